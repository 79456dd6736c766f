//! Claiming: a label's secret becomes somebody's device, once.

use handover_label::Claim;
use handover_wire::{
    ApiError, ClaimAnswer, ClaimOutcome, ClaimRequest, DeviceId, ErrorBody, ErrorCode, MoveKind,
    OrgId, UserId,
};

use super::{Broken, Core, breaks, limits};
use crate::clock::Time;
use crate::domain::{
    Actor, ClaimWith, Claimed, Claiming, DeviceName, Holder, NotClaimable, Reach, TooOften, Was,
};
use crate::secrets::{Digest, Purpose};
use crate::store::{
    Action, AuditRow, KeptAnswer, NewDevice, NewMove, StoreError, TokenFound, Write, change,
};

/// Who claims.
pub struct Claimer {
    /// For the audit and the idempotency key.
    pub actor: Actor,
    /// The person, where it is one.
    pub user: Option<UserId>,
    /// Whose people they may claim for; none where they claim for themselves alone.
    pub on_behalf: Option<Reach>,
    /// Where they belong.
    pub org: OrgId,
}

/// Why the label was not even looked at. Nothing of this is kept under the key.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The key stands for another request.
    #[error("this Idempotency-Key was used for a different request")]
    IdempotencyConflict,
    /// A machine must say for whom it claims.
    #[error("userId is needed: a machine has no devices of its own")]
    ForWhom,
    /// The caller's role claims for nobody else.
    #[error("this role claims for itself alone")]
    OnBehalfForbidden,
    /// Too many labels that claim nothing.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// There is no such person within reach.
    #[error("there is no such person, or they belong to another organization")]
    NoSuchUser,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(ClaimError);

/// Why the label claims nothing.
#[derive(Debug, thiserror::Error)]
enum Refused {
    /// Deliberately without the reason.
    #[error(transparent)]
    NotClaimable(#[from] NotClaimable),
    /// An identifier alone claims nothing, known or not.
    #[error("an identifier alone claims nothing: proof is needed")]
    ProofRequired,
    /// No refusal: something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(Refused);

/// For whom, and what they hold in their hand.
struct Wanted {
    holder: Holder,
    with: ClaimWith,
    secret: Digest,
    /// The organization that the label names.
    named_org: Option<OrgId>,
}

/// Claims or refuses; or answers what the same key was answered before, be it a device or a refusal.
pub async fn claim(
    core: &Core,
    claimer: &Claimer,
    request: &ClaimRequest,
    key: Option<&str>,
) -> Result<KeptAnswer, ClaimError> {
    let request_digest = digest_of(core, request);
    change!(core.store, |write| answer(
        core,
        write,
        claimer,
        request,
        request_digest,
        key
    )
    .await)
}

/// The answer, written down before it is given.
async fn answer(
    core: &Core,
    write: &mut Write,
    claimer: &Claimer,
    request: &ClaimRequest,
    request_digest: Digest,
    key: Option<&str>,
) -> Result<KeptAnswer, ClaimError> {
    if let Some(key) = key
        && let Some(kept) = write.kept_answer(&claimer.actor, key).await?
    {
        return if kept.request == request_digest {
            Ok(kept)
        } else {
            Err(ClaimError::IdempotencyConflict)
        };
    }
    let (owner, into) = for_whom(write, claimer, request.user_id).await?;
    let now = core.now();
    // Before anything is looked up, and taken back where the label claims.
    let counted = limits::claim(core, &claimer.actor.to_string());
    limits::take(write, &counted, now).await??;
    let decided = match read_label(core, request.token.expose(), owner, into) {
        Ok(wanted) => decide(write, claimer, &wanted, now).await,
        Err(refused) => Err(refused),
    };
    if decided.is_ok() {
        limits::give_back(write, &counted).await?;
    }
    let (status, body) = written(decided)?;
    let answer = KeptAnswer {
        request: request_digest,
        status,
        body,
    };
    if let Some(key) = key {
        write.keep_answer(&claimer.actor, key, &answer, now).await?;
    }
    Ok(answer)
}

/// Status and body, as they are kept and sent.
fn written(decided: Result<ClaimAnswer, Refused>) -> Result<(u16, String), Broken> {
    let (status, code, message) = match decided {
        Ok(answer) => {
            let status = match answer.outcome {
                ClaimOutcome::Claimed => 201,
                ClaimOutcome::AlreadyYours => 200,
            };
            return Ok((status, serde_json::to_string(&answer)?));
        }
        Err(Refused::NotClaimable(_)) => (
            404,
            ErrorCode::NotClaimable,
            "This label cannot be claimed.",
        ),
        Err(Refused::ProofRequired) => (
            422,
            ErrorCode::ProofRequired,
            "An identifier alone claims nothing: scan the label's QR code.",
        ),
        Err(Refused::Broken(broken)) => return Err(broken),
    };
    let error = ErrorBody::new(code, message);
    Ok((status, serde_json::to_string(&ApiError { error })?))
}

/// Two requests are the same when the label's text and the person are.
fn digest_of(core: &Core, request: &ClaimRequest) -> Digest {
    let user = request.user_id.map(|id| id.to_string()).unwrap_or_default();
    let text = format!("{user}\n{}", request.token.expose());
    core.digest(Purpose::ClaimRequest, &text)
}

/// Rights first, before anything about the label is looked up.
async fn for_whom(
    write: &mut Write,
    claimer: &Claimer,
    wanted: Option<UserId>,
) -> Result<(UserId, OrgId), ClaimError> {
    let owner = match (wanted, claimer.user) {
        (None, Some(own)) => return Ok((own, claimer.org)),
        (Some(wanted), Some(own)) if wanted == own => return Ok((own, claimer.org)),
        (None, None) => return Err(ClaimError::ForWhom),
        (Some(wanted), _) => wanted,
    };
    let reach = claimer.on_behalf.ok_or(ClaimError::OnBehalfForbidden)?;
    let org = write.org_of_user(reach, owner).await?;
    Ok((owner, org.ok_or(ClaimError::NoSuchUser)?))
}

/// What a claim looks up. A text that only resembles a token is looked up all the same, and not found.
fn read_label(core: &Core, text: &str, owner: UserId, into: OrgId) -> Result<Wanted, Refused> {
    let (with, secret, named_org) = match handover_label::claim(text) {
        Some(Claim::QrToken { token, org }) => (
            ClaimWith::QrToken,
            core.digest(Purpose::QrToken, token.expose()),
            org.map(OrgId),
        ),
        Some(Claim::AuthToken(token)) => (
            ClaimWith::AuthToken,
            core.digest(Purpose::AuthToken, token.expose()),
            None,
        ),
        Some(Claim::Identifier(_)) if !resembles_token(text) => {
            return Err(Refused::ProofRequired);
        }
        Some(Claim::Identifier(_)) | None => (
            ClaimWith::QrToken,
            core.digest(Purpose::QrToken, text),
            None,
        ),
    };
    let owner = Some(owner);
    Ok(Wanted {
        holder: Holder { org: into, owner },
        with,
        secret,
        named_org,
    })
}

/// A damaged token is no serial number, though it has the letters of one.
fn resembles_token(text: &str) -> bool {
    text.contains("sqr_")
}

/// Finds the token, decides, and writes what follows.
async fn decide(
    write: &mut Write,
    claimer: &Claimer,
    wanted: &Wanted,
    now: Time,
) -> Result<ClaimAnswer, Refused> {
    // Both are asked whatever the first finds, so that an unknown token takes as many store calls as a known one.
    let into = wanted.holder.org;
    let found = write.find_token(wanted.with, &wanted.secret).await?;
    let org = found.as_ref().map_or(into, |found| found.org);
    let in_line = write.is_at_or_above(org, into).await?;
    let named = wanted.named_org.is_none_or(|named| named == org);
    let found = found.filter(|_| in_line && named).ok_or(NotClaimable)?;
    let claiming = Claiming {
        with: wanted.with,
        into: wanted.holder,
        by_maker: claimer.on_behalf.is_some() && claimer.org == org,
    };
    let (device, outcome) = match (found.hands.claim(claiming, now)?, found.device) {
        (Claimed::AlreadyYours, Some(device)) => (device, ClaimOutcome::AlreadyYours),
        (Claimed::AlreadyYours, None) => {
            return Err(StoreError::Corrupt("a claimed token without its device").into());
        }
        (Claimed::Now { was, hands }, _) => {
            let device = take(write, wanted.holder, &found, now).await?;
            let open_until = hands.open_until();
            let what = (was, wanted.holder, open_until);
            note(write, claimer, &found, device, what, now).await?;
            (device, ClaimOutcome::Claimed)
        }
    };
    let row = write
        .device(Reach::only(into), device)
        .await?
        .ok_or(StoreError::Corrupt(
            "a claimed device is not where it was put",
        ))?;
    Ok(ClaimAnswer {
        device: row.device,
        outcome,
    })
}

/// Makes the device, or moves the one that its former owner left with its history, and marks the token.
async fn take(
    write: &mut Write,
    holder: Holder,
    found: &TokenFound,
    now: Time,
) -> Result<DeviceId, Broken> {
    let device = match found.device {
        Some(device) => {
            write.place_device(device, holder, Some(now)).await?;
            device
        }
        None => {
            let number = write.next_device_number(holder.org, found.template).await?;
            // The maker's own name for it, where the batch came from a table that has one.
            let given = found.name.as_deref().map(DeviceName::parse);
            let name = match given {
                Some(Ok(name)) => name,
                _ => DeviceName::numbered(&found.template_name, number),
            };
            let device = NewDevice {
                template: found.template,
                holder,
                name: &name,
                auth: &found.auth,
            };
            write.insert_device(device, now).await?
        }
    };
    write.mark_claimed(found.id, holder, device, now).await?;
    Ok(device)
}

/// A row of the device's history, and one for the audit. Whoever it is for is told once it cannot be undone any more.
async fn note(
    write: &mut Write,
    claimer: &Claimer,
    found: &TokenFound,
    device: DeviceId,
    (was, to, open_until): (Was, Holder, Option<Time>),
    now: Time,
) -> Result<(), Broken> {
    let left = found.device.map(|_| Holder {
        org: found.org,
        owner: None,
    });
    let row = NewMove {
        device,
        kind: MoveKind::Claim,
        actor: &claimer.actor,
        reason: None,
        was,
        from: left,
        to: Some(to),
        open_until,
    };
    write.insert_move(row, now).await?;
    write
        .audit(AuditRow {
            at: now,
            actor: &claimer.actor,
            action: Action::Claim,
            org: to.org,
            device: Some(device),
            user: to.owner,
            detail: None,
        })
        .await?;
    Ok(())
}
