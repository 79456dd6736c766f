//! Claims by identifier that wait for the word of the maker's support: decided, and who is told of them.

use handover_wire::{ApprovalId, ApprovalState, ClaimAnswer, Secret, UserStatus};

use super::claim::{By, Refused, complete};
use super::{Broken, Core, breaks};
use crate::clock::Time;
use crate::domain::{
    Acting, Actor, ClaimWith, Claiming, Decided, EmailAddress, FieldError, Holder, Reason, Waiting,
};
use crate::mail::{Language, Letter};
use crate::store::{Action, Addressee, ApprovalRow, AuditRow, StoreError, TokenKey, Write, change};

/// Letters in one change: it is short enough for others to wait.
const AT_ONCE: i64 = 100;

/// Why a claim that waits is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    /// There is no such claim within reach.
    #[error("there is no such claim within reach")]
    NotFound,
    /// It was decided before, or its time is over.
    #[error(transparent)]
    Decided(#[from] Decided),
    /// Somebody else has the device, or its label was taken out of use.
    #[error("somebody else has the device, or its label was taken out of use")]
    Taken,
    /// The organization of whoever asked has as many devices as it may have.
    #[error("their organization has as many devices as it may have")]
    DeviceLimit,
    /// Whoever asked could not do anything with it.
    #[error("whoever asked is not active")]
    Asker(UserStatus),
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(ApprovalError);

/// Lets somebody have the device that they asked for. They are told once it can no longer be undone, as of every claim for
/// somebody else.
pub async fn approve(
    core: &Core,
    acting: &Acting,
    id: ApprovalId,
    reason: Option<&str>,
) -> Result<ClaimAnswer, ApprovalError> {
    let reason = Reason::parse(reason)?;
    let reason = reason.as_ref();
    let now = core.now();
    change!(core.store, |write| {
        let (found, state) = waiting(write, acting, id, true, now).await?;
        let asker = write.person(found.user).await?;
        let asker = asker.ok_or(ApprovalError::NotFound)?;
        if asker.status != UserStatus::Active {
            return Err(ApprovalError::Asker(asker.status));
        }
        if !write.has_room(asker.org_id, None, 1).await? {
            return Err(ApprovalError::DeviceLimit);
        }
        let token = write.find_token(TokenKey::Id(found.token)).await?;
        let token = token.ok_or(ApprovalError::NotFound)?;
        // They may have moved to another branch of the tree since they asked.
        if !write.is_at_or_above(token.org, asker.org_id).await? {
            return Err(ApprovalError::Taken);
        }
        let claiming = Claiming {
            with: ClaimWith::Approval,
            into: Holder {
                org: asker.org_id,
                owner: Some(found.user),
            },
            by_maker: true,
        };
        let by = By {
            actor: &acting.actor,
            reason,
        };
        let answer = match complete(write, by, claiming, &token, now).await {
            Ok(answer) => answer,
            Err(Refused::Broken(broken)) => return Err(ApprovalError::Broken(broken)),
            Err(Refused::DeviceLimit) => return Err(ApprovalError::DeviceLimit),
            Err(Refused::NotClaimable(_) | Refused::ProofRequired) => {
                return Err(ApprovalError::Taken);
            }
        };
        // Somebody else of the same organization may have it by now.
        if answer.device.owner_user_id != Some(found.user) {
            return Err(ApprovalError::Taken);
        }
        let decided = (Some(&acting.actor), reason);
        write.settle_approval(id, state, decided, now).await?;
        let row = AuditRow::about(acting, Action::ApproveClaim, asker.org_id, now);
        write.audit_last(AuditRow {
            device: Some(answer.device.id),
            user: Some(found.user),
            detail: Some(found.identifier),
            reason,
            ..row
        });
        Ok(answer)
    })
}

/// Says no, and why.
pub async fn refuse(
    core: &Core,
    acting: &Acting,
    id: ApprovalId,
    reason: Option<&str>,
) -> Result<(), ApprovalError> {
    let reason = Reason::parse(reason)?;
    let reason = reason.as_ref();
    let now = core.now();
    change!(core.store, |write| {
        let (found, state) = waiting(write, acting, id, false, now).await?;
        let decided = (Some(&acting.actor), reason);
        write.settle_approval(id, state, decided, now).await?;
        let asker = write.person(found.user).await?;
        let asker = asker.ok_or(ApprovalError::NotFound)?;
        let row = AuditRow::about(acting, Action::RefuseClaim, asker.org_id, now);
        let row = row.because(reason);
        write
            .audit(row.user(asker.id).detail(found.identifier.clone()))
            .await?;
        let letter = Letter::ApprovalRefused {
            identifier: found.identifier,
            reason: reason.map(|reason| reason.as_str().to_owned()),
        };
        let to = write.addressee(asker.id).await?;
        Ok(tell(core, write, &to, &letter).await?)
    })
}

/// One within reach that can be decided, and where it is after that.
async fn waiting(
    write: &mut Write,
    acting: &Acting,
    id: ApprovalId,
    approves: bool,
    now: Time,
) -> Result<(ApprovalRow, ApprovalState), ApprovalError> {
    let found = write.approval(acting.reach(), id).await?;
    let found = found.ok_or(ApprovalError::NotFound)?;
    let decided = Waiting::of(found.state, found.until, now).decide(approves)?;
    Ok((found, decided.state()))
}

/// Tells support of what waits, and whoever asked of what nobody decided in time or can decide any more. Not with the change that
/// asks: it would tell by its length whether anything has the identifier.
pub async fn tell_due(core: &Core) -> Result<(), Broken> {
    if !core.store.approval_work(core.now()).await? {
        return Ok(());
    }
    let now = core.now();
    change!(core.store, |write| {
        for (id, identifier, user) in write.expired_approvals(AT_ONCE, now).await? {
            let state = ApprovalState::Expired;
            write.settle_approval(id, state, (None, None), now).await?;
            if let Some(asker) = write.person(user).await? {
                let row = AuditRow::by(&Actor::Cloud, Action::ExpireClaim, asker.org_id, now);
                write
                    .audit(row.user(user).detail(identifier.clone()))
                    .await?;
            }
            let to = write.addressee(user).await?;
            tell(core, write, &to, &Letter::ApprovalExpired { identifier }).await?;
        }
        refuse_revoked(core, write, now).await?;
        for (org, count) in write.untold_approvals(now).await? {
            let letter = Letter::ApprovalWaiting {
                count,
                link: queue_link(core),
            };
            for to in write.support_of(org).await? {
                tell(core, write, &to, &letter).await?;
            }
            write.note_told(org, now).await?;
        }
        Ok(())
    })
}

/// Whoever took a label out of use refused what waits for it. Why they did that is not for whoever asked.
async fn refuse_revoked(core: &Core, write: &mut Write, now: Time) -> Result<(), Broken> {
    for (id, identifier, user, by) in write.revoked_approvals(AT_ONCE).await? {
        let decided = (by.as_ref(), None);
        write
            .settle_approval(id, ApprovalState::Refused, decided, now)
            .await?;
        if let Some(asker) = write.person(user).await? {
            let by = by.unwrap_or(Actor::Cloud);
            let row = AuditRow::by(&by, Action::RefuseClaim, asker.org_id, now);
            write
                .audit(row.user(user).detail(identifier.clone()))
                .await?;
        }
        let letter = Letter::ApprovalRefused {
            identifier,
            reason: None,
        };
        let to = write.addressee(user).await?;
        tell(core, write, &to, &letter).await?;
    }
    Ok(())
}

/// Where support decides.
fn queue_link(core: &Core) -> Secret {
    let base = core.address.get().map(url::Url::as_str).unwrap_or_default();
    Secret::new(format!("{base}#/approvals"))
}

async fn tell(
    core: &Core,
    write: &mut Write,
    to: &Addressee,
    letter: &Letter,
) -> Result<(), Broken> {
    let address = EmailAddress::parse(&to.email)
        .map_err(|_| StoreError::Corrupt("somebody's address is none"))?;
    let language = Language::from_tag(&to.locale);
    write.queue_letter(core, &address, language, letter).await
}
