//! Batches of static tokens: asked for, cancelled, revoked. `making` makes them.

use std::collections::BTreeMap;

use handover_wire::{
    Batch, BatchId, BatchSource, BatchState, ClaimProof, CreateBatch, NewIdentifiers, OrgId,
    RevokeAnswer, Template, TokenId,
};

use super::import::lines;
use super::{Broken, Core, Gone, breaks};
use crate::domain::{
    Acting, BatchName, Description, FieldError, MOST_TOKENS, Reason, Row, Scheme, as_people_write,
};
use crate::store::{Action, AuditRow, NewBatch, NewRows, Revocation, Revoking, StoreError, change};

/// Tokens that are taken out of use at a time.
const CHUNK: i64 = 2_000;
/// Tokens that can be named in one request.
const MOST_NAMED: usize = 1_000;

/// Why batches and tokens are as they were.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// What identifies devices of this template, others say.
    #[error(transparent)]
    Template(#[from] TemplateNotYours),
    /// There is no such batch or token within reach.
    #[error("there is no such batch or token within reach")]
    NotFound,
    /// What it was to be made in or of is gone.
    #[error(transparent)]
    Gone(#[from] Gone),
    /// Its secrets were shown once, and are not kept.
    #[error("the batch's secrets were shown once")]
    SecretsGone,
    /// The block of numbers that the first identifier is of ends before there are as many.
    #[error("there are {0} identifiers left in the block")]
    BlockEnds(u64),
    /// The batch is not in a state for this.
    #[error("the batch is {0:?}")]
    NotReady(BatchState),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(BatchError);

/// The template is of an organization above the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "only the organization that has the template, or one above it, says what identifies its devices"
)]
pub struct TemplateNotYours;

/// Whether the caller may say what identifies devices of a template: people of the organization that has it, or of one above
/// it. A machine that asks for its token by such a number is taken for one of theirs.
pub(super) async fn may_identify(
    core: &Core,
    acting: &Acting,
    template: &Template,
) -> Result<Result<(), TemplateNotYours>, StoreError> {
    let theirs = core.store.reaches(acting.reach(), template.org_id).await?;
    Ok(if theirs {
        Ok(())
    } else {
        Err(TemplateNotYours)
    })
}

/// What a batch is called and is for, checked.
pub struct Heading {
    pub(super) name: BatchName,
    pub(super) note: Option<Description>,
}

impl Heading {
    /// Checks what a person typed.
    pub fn parse(name: &str, note: Option<&str>) -> Result<Self, FieldError> {
        Ok(Self {
            name: BatchName::parse(name)?,
            note: Description::parse_as(note.unwrap_or_default(), "note")?,
        })
    }
}

/// Asks for a batch of so many tokens. The caller has checked that organization and template are within reach.
pub async fn generate(
    core: &Core,
    acting: &Acting,
    template: &Template,
    org: OrgId,
    request: &CreateBatch,
) -> Result<Batch, BatchError> {
    if !(1..=MOST_TOKENS).contains(&request.count) {
        return Err(FieldError {
            field: "count",
            must: "1 to 100,000",
        }
        .into());
    }
    let heading = Heading::parse(&request.name, request.note.as_deref())?;
    let identified = match &request.identifiers {
        Some(asked) => {
            may_identify(core, acting, template).await??;
            let of = (org, template.id);
            Some(identified(core, of, asked, request.count).await?)
        }
        None => None,
    };
    let identifiers = identified.as_ref();
    let batch = NewBatch {
        org,
        template: template.id,
        name: &heading.name,
        note: heading.note.as_ref(),
        count: i64::from(request.count),
        source: BatchSource::Generated,
        secrets: request.secrets,
        identifiers: identifiers.map(|(scheme, proof, _)| (scheme, *proof)),
        rows: identifiers.map(|(_, _, lines)| NewRows {
            fields: "[]",
            lines,
        }),
        owner: None,
        actor: &acting.actor,
    };
    Ok(add(core, acting, &batch).await??)
}

/// The identifiers of a batch to generate, none of which another token has, as rows that wait to be made.
async fn identified(
    core: &Core,
    of: (OrgId, i64),
    asked: &NewIdentifiers,
    count: u32,
) -> Result<(Scheme, ClaimProof, Vec<u8>), BatchError> {
    let scheme = Scheme::parse(asked.kind, asked.pattern.as_deref(), "identifiers.pattern")?;
    if let Some(left) = scheme.left_in_block(&asked.first)
        && left < u64::from(count)
    {
        return Err(BatchError::BlockEnds(left));
    }
    let all = scheme.run(&asked.first, count).ok_or(FieldError {
        field: "identifiers.first",
        must: "an identifier of the batch's kind with as many after it as there are tokens",
    })?;
    let texts: Vec<&str> = all.iter().map(String::as_str).collect();
    let taken = core.store.taken_identifiers(of, &texts);
    if !taken.await?.is_empty() {
        return Err(FieldError {
            field: "identifiers.first",
            must: "the first of identifiers that no other token has",
        }
        .into());
    }
    let rows = all.into_iter().map(|identifier| Row {
        identifier: Some(identifier),
        ..Row::default()
    });
    let lines = lines(&rows.collect::<Vec<_>>())?;
    Ok((scheme, asked.proof, lines))
}

/// Asks for a batch, unless what it is to be made in or of is gone.
pub(super) async fn add(
    core: &Core,
    acting: &Acting,
    batch: &NewBatch<'_>,
) -> Result<Result<Batch, Gone>, Broken> {
    let now = core.now();
    change!(core.store, |write| {
        if let Err(gone) = write.still_there(batch.org, batch.template).await? {
            return Ok(Err(gone));
        }
        let id = write.insert_batch(batch, now).await?;
        let row = AuditRow::about(acting, Action::CreateBatch, batch.org, now);
        let (count, template) = (batch.count, batch.template);
        let detail = format!("batch {id}, {count} of template {template}");
        write.audit(row.detail(detail)).await?;
        write.wake_after(core.making.clone());
        let made = write.batch(acting.reach(), id).await?;
        let made = made.ok_or(StoreError::Corrupt("a new batch is out of reach"))?;
        Ok(Ok(made))
    })
}

/// Stops the making of a batch; none of its tokens ever was there for anybody.
pub async fn cancel(core: &Core, acting: &Acting, id: BatchId) -> Result<(), BatchError> {
    let now = core.now();
    change!(core.store, |write| {
        let found = write.batch(acting.reach(), id).await?;
        let batch = found.ok_or(BatchError::NotFound)?;
        if !write.end_batch(id, BatchState::Cancelled, None).await? {
            return Err(BatchError::NotReady(batch.state));
        }
        let row = AuditRow::about(acting, Action::CancelBatch, batch.org_id, now);
        write.audit(row.detail(format!("batch {id}"))).await?;
        write.wake_after(core.making.clone());
        Ok(())
    })
}

/// Takes tokens out of use, all or none. Those that somebody has claimed stay as they are.
pub async fn revoke_tokens(
    core: &Core,
    acting: &Acting,
    tokens: &[TokenId],
    reason: Option<&str>,
) -> Result<RevokeAnswer, BatchError> {
    let reason = Reason::parse(reason)?;
    if !(1..=MOST_NAMED).contains(&tokens.len()) {
        return Err(FieldError {
            field: "tokenIds",
            must: "1 to 1,000 tokens",
        }
        .into());
    }
    let now = core.now();
    let how = Revoking {
        at: now,
        actor: &acting.actor,
        reason: reason.as_ref(),
    };
    change!(core.store, |write| {
        let mut by_batch: BTreeMap<(OrgId, Option<BatchId>), Vec<i64>> = BTreeMap::new();
        let mut answer = RevokeAnswer {
            revoked: 0,
            claimed: 0,
        };
        for &id in tokens {
            match write.revoke_token(acting.reach(), id, how).await? {
                None => return Err(BatchError::NotFound),
                Some(Revocation::Claimed) => answer.claimed += 1,
                Some(Revocation::Before) => answer.revoked += 1,
                Some(Revocation::Now(org, batch, number)) => {
                    by_batch.entry((org, batch)).or_default().push(number);
                    answer.revoked += 1;
                }
            }
        }
        for ((org, batch), numbers) in by_batch {
            let row = AuditRow::about(acting, Action::RevokeTokens, org, now);
            let row = row.because(reason.as_ref());
            let count = numbers.len();
            let numbers = as_people_write(numbers);
            let detail = match batch {
                Some(batch) => format!("batch {batch}, {count} labels: {numbers}"),
                None => format!("tokens {numbers}"),
            };
            write.audit(row.detail(detail)).await?;
        }
        Ok(answer)
    })
}

/// Takes all tokens of a batch out of use that nobody has claimed, some at a time. Who asked for it is on the disk before
/// the first of them is: where it breaks off, the audit says more than was done, and asking again does the rest.
pub async fn revoke_batch(
    core: &Core,
    acting: &Acting,
    id: BatchId,
    reason: Option<&str>,
) -> Result<RevokeAnswer, BatchError> {
    let reason = Reason::parse(reason)?;
    let now = core.now();
    let batch = change!(core.store, |write| {
        let found = write.batch(acting.reach(), id).await?;
        let batch = found.ok_or(BatchError::NotFound)?;
        if batch.state != BatchState::Ready {
            return Err(BatchError::NotReady(batch.state));
        }
        let row = AuditRow::about(acting, Action::RevokeTokens, batch.org_id, now);
        let row = row.because(reason.as_ref());
        let detail = format!("batch {id}, all {} that were unclaimed", batch.unclaimed);
        write.audit(row.detail(detail)).await?;
        Ok(batch)
    })?;
    let how = Revoking {
        at: now,
        actor: &acting.actor,
        reason: reason.as_ref(),
    };
    let mut revoked = 0;
    loop {
        let some: i64 = change!(core.store, |write| write
            .revoke_unclaimed(id, CHUNK, how)
            .await)
        .map_err(Broken::from)?;
        revoked += some;
        if some == 0 {
            break;
        }
    }
    let after = core.store.batch(acting.reach(), id).await?;
    Ok(RevokeAnswer {
        revoked,
        claimed: after.unwrap_or(batch).claimed,
    })
}
