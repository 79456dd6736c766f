//! Makes the tokens of batches, some at a time, so that nobody else's change has to wait for long.
//!
//! What there is to do stands in the database: a batch that was left in the middle, by a cloud that stopped or was killed,
//! is gone on with by whichever comes next. Its tokens are there for nobody until the last one is.

use std::sync::Arc;
use std::time::Duration;

use handover_wire::{BatchFailure, BatchId, BatchState, OrgId, Permission};

use super::mint::{draw_code, mint};
use super::{Broken, Core, export, many};
use crate::connections::Stop;
use crate::domain::{Actor, Row, label, sought_by};
use crate::store::{LeasedBatch, NewToken, StoreError, TokenDetails, Write, change};

/// Tokens that are written at a time: some hundredths of a second.
const CHUNK: usize = 500;
/// Tokens of one organization that are made while another one waits.
const TURN: usize = 4 * CHUNK;
/// Tokens of a batch that came to nothing that are deleted at a time.
const SWEPT: i64 = 2_000;
/// Seconds until another process goes on with a batch that this one left.
const LEASE_SECONDS: i64 = 30;
/// Identifiers that are named where another batch has them.
const NAMED: usize = 5;
/// Seconds that an export takes at the most: what a batch shows once and still has after them is forgotten.
const EXPORT_SECONDS: i64 = 2 * 3_600;
/// The longest that nobody looks whether another process left a batch.
const LONGEST: Duration = Duration::from_secs(15);

/// Makes batches until it is told to stop. It is woken at once after a change that asked for one.
pub async fn make_batches(core: Arc<Core>, stop: Stop) {
    loop {
        if let Err(error) = round(&core, &stop).await {
            tracing::warn!(%error, "batches cannot be made now");
        }
        tokio::select! {
            () = stop.gracefully.cancelled() => return,
            () = core.making.notified() => {}
            () = tokio::time::sleep(LONGEST) => {}
        }
    }
}

/// Makes what there is to make, and clears away what is left of batches that came to nothing.
pub async fn round(core: &Core, stop: &Stop) -> Result<(), Broken> {
    let late = core.now().plus_seconds(-EXPORT_SECONDS);
    if let Some(batch) = change!(core.store, |write| write.unforgotten_batch(late).await)? {
        export::forget(core, batch).await?;
    }
    let mut last = OrgId(0);
    // Looking costs nothing; only work is worth a change.
    while !stop.gracefully.is_cancelled() && core.store.batch_work(core.now()).await? {
        change!(core.store, |write| write.sweep_batches(SWEPT).await)?;
        let now = core.now();
        let until = now.plus_seconds(LEASE_SECONDS);
        let leased = change!(core.store, |write| write
            .lease_batch(last, now, until)
            .await)?;
        if let Some(batch) = leased {
            let (id, template) = (batch.id, batch.template_id);
            last = OrgId(batch.org_id);
            match make(core, stop, batch).await {
                Ok(None) => {}
                Ok(Some(failure)) => {
                    tracing::warn!(batch = id, ?failure, "devices could not be made");
                    end(core, id, BatchState::Failed, Some(&failure)).await?;
                }
                Err(Broken::Store(
                    error @ (StoreError::Full
                    | StoreError::GroupLost(_)
                    | StoreError::Unavailable(_)),
                )) => {
                    // It is gone on with once the lease ends.
                    return Err(error.into());
                }
                Err(error) => {
                    tracing::error!(batch = id, %error, "a batch could not be made");
                    let failure = failure_of(core, id, template).await?;
                    end(core, id, BatchState::Failed, Some(&failure)).await?;
                }
            }
        }
    }
    Ok(())
}

/// What became of some of a batch's tokens.
enum Chunk {
    /// They are there.
    Added,
    /// Whoever asked for the batch may not have it any more.
    NotAllowed,
    /// Others were given one of their identifiers since the batch was asked for, be it as another kind.
    Taken,
    /// The batch was cancelled; or this process was so slow that another one took it.
    Lost,
}

/// Makes a batch from where it is, to its end or until it is another organization's turn. What it came to nothing for,
/// where that is nobody's fault.
async fn make(
    core: &Core,
    stop: &Stop,
    mut batch: LeasedBatch,
) -> Result<Option<BatchFailure>, Broken> {
    let rows = core.store.batch_rows(batch.id).await?;
    let made = usize::try_from(batch.made).unwrap_or_default();
    let mut lines = rows
        .as_deref()
        .map(|rows| rows.split(|&byte| byte == b'\n').skip(made));
    let mut in_turn = 0;
    while batch.made < batch.wanted {
        let is_over = in_turn >= TURN
            && core
                .store
                .others_wait(OrgId(batch.org_id), core.now())
                .await?;
        if is_over || stop.gracefully.is_cancelled() {
            change!(core.store, |write| write.release_batch(batch.id).await)?;
            return Ok(None);
        }
        let left = usize::try_from(batch.wanted - batch.made).unwrap_or_default();
        let tokens = (0..left.min(CHUNK))
            .map(|place| {
                let number = batch.made + 1 + i64::try_from(place).unwrap_or_default();
                let row = match &mut lines {
                    Some(lines) => serde_json::from_slice(lines.next().unwrap_or_default())?,
                    None => Row::default(),
                };
                token(core, &batch, number, row)
            })
            .collect::<Result<Vec<_>, Broken>>()?;
        let now = core.now();
        let until = now.plus_seconds(LEASE_SECONDS);
        let of = (OrgId(batch.org_id), batch.template_id);
        let identifiers = tokens
            .iter()
            .filter_map(|(_, one)| one.identifier.as_deref());
        let identifiers: Vec<&str> = identifiers.collect();
        let chunk = change!(core.store, |write| {
            if !may_go_on(write, &batch).await? {
                return Ok::<_, Broken>(Chunk::NotAllowed);
            }
            if !write.taken_identifiers(of, &identifiers).await?.is_empty() {
                return Ok(Chunk::Taken);
            }
            Ok(
                match write.add_to_batch(&batch, &tokens, now, until).await? {
                    true => Chunk::Added,
                    false => Chunk::Lost,
                },
            )
        })?;
        match chunk {
            Chunk::NotAllowed => return Ok(Some(BatchFailure::NotAllowed)),
            Chunk::Taken => return Ok(Some(failure_of(core, batch.id, batch.template_id).await?)),
            Chunk::Lost => return Ok(None),
            Chunk::Added => {}
        }
        batch.made += i64::try_from(tokens.len()).unwrap_or_default();
        in_turn += tokens.len();
    }
    let failure = match batch.owner_id {
        Some(owner) => many::finish(core, &batch, owner).await?,
        None => {
            end(core, batch.id, BatchState::Ready, None).await?;
            None
        }
    };
    if failure.is_none() {
        tracing::info!(batch = batch.id, tokens = batch.wanted, "a batch is made");
    }
    Ok(failure)
}

/// Whether whoever asked for a batch may still have it made: it is theirs until its last token.
pub(super) async fn may_go_on(write: &mut Write, batch: &LeasedBatch) -> Result<bool, StoreError> {
    let Some(actor) = batch.actor.as_deref().and_then(Actor::parse) else {
        return Ok(true);
    };
    let permission = match batch.owner_id {
        Some(_) => Permission::CreateDevices,
        None => Permission::ManageTokens,
    };
    let Some(acting) = write.acting(&actor).await? else {
        return Ok(false);
    };
    let reaches = write.org(acting.reach(), OrgId(batch.org_id)).await?;
    Ok(acting.may(permission) && reaches.is_some())
}

/// Why a batch broke off: whether its identifiers are those of another one by now, or else what the log says.
async fn failure_of(core: &Core, id: i64, template: i64) -> Result<BatchFailure, Broken> {
    let Some((org, made)) = core.store.batch_identifiers(BatchId(id)).await? else {
        return Ok(BatchFailure::Broke);
    };
    let rows = core.store.batch_rows(id).await?.unwrap_or_default();
    // Its own tokens have those before.
    let left = rows.split(|&byte| byte == b'\n');
    let left = left.skip(usize::try_from(made).unwrap_or_default());
    let rows: Vec<Row> = left.map(serde_json::from_slice).collect::<Result<_, _>>()?;
    let identifiers = rows.iter().filter_map(|row| row.identifier.as_deref());
    let identifiers: Vec<&str> = identifiers.collect();
    let taken = core
        .store
        .taken_identifiers((org, template), &identifiers)
        .await?;
    if taken.is_empty() {
        return Ok(BatchFailure::Broke);
    }
    let in_order = identifiers.into_iter().filter(|one| taken.contains(*one));
    Ok(BatchFailure::IdentifiersTaken {
        count: i64::try_from(taken.len()).unwrap_or(i64::MAX),
        first: in_order.take(NAMED).map(str::to_owned).collect(),
    })
}

/// What a row of a batch becomes.
pub fn token(
    core: &Core,
    batch: &LeasedBatch,
    number: i64,
    row: Row,
) -> Result<(NewToken, TokenDetails), Broken> {
    let label = label(&batch.name, number, batch.wanted);
    let folded = match batch.owner_id {
        // A device is found by its name alone, and searched for by nothing else.
        Some(_) => row.name.as_deref().unwrap_or_default().to_lowercase(),
        None => {
            let own = [row.identifier.as_deref(), row.name.as_deref()];
            sought_by(&label, own, row.metadata.values())
        }
    };
    let metadata = match row.metadata.is_empty() {
        true => None,
        false => Some(serde_json::to_string(&row.metadata)?),
    };
    let identified = row.identifier.is_some() && batch.has_codes();
    let details = TokenDetails {
        code: identified.then(|| draw_code(core)),
        number,
        folded,
        name: row.name,
        identifier: row.identifier,
        metadata,
    };
    let minted = mint(core, OrgId(batch.org_id), batch.template_id);
    Ok((minted.row, details))
}

async fn end(
    core: &Core,
    id: i64,
    state: BatchState,
    failure: Option<&BatchFailure>,
) -> Result<(), Broken> {
    change!(core.store, |write| write
        .end_batch(BatchId(id), state, failure)
        .await)?;
    Ok(())
}
