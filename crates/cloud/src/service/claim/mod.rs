//! Claiming: a label's secret, or an identifier and its proof, becomes somebody's device, once.

mod complete;
mod held;

use handover_wire::{
    ApiError, ClaimOutcome, ClaimProof, ClaimReply, ClaimRequest, ErrorBody, ErrorCode, OrgId,
    PendingAnswer, PendingOutcome, UserId,
};
use subtle::ConstantTimeEq as _;

pub(super) use complete::complete;
use held::{Held, Proof};

use super::limits::{self, Budget, Origin};
use super::{Broken, Core, breaks};
use crate::clock::Time;
use crate::domain::{
    Actor, ClaimWith, Claiming, Holder, Names, NotClaimable, Reach, TooOften, Waiting,
};
use crate::secrets::{Digest, Purpose};
use crate::store::{
    Action, AuditRow, KeptAnswer, NewApproval, TokenFound, TokenKey, Write, change,
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
    /// Where their request comes from.
    pub origin: Origin,
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
    /// The organization that it would come into has as many devices as it may have.
    #[error("the organization has as many devices as it may have")]
    DeviceLimit,
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
pub(super) enum Refused {
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

/// An answer, and what its account has left of what it may get wrong.
pub struct Answered {
    /// The answer.
    pub answer: KeptAnswer,
    /// What is left.
    pub budget: Budget,
}

/// Claims or refuses; or answers what the same key was answered before, be it a device or a refusal.
pub async fn claim(
    core: &Core,
    claimer: &Claimer,
    request: &ClaimRequest,
    key: Option<&str>,
) -> Result<Answered, ClaimError> {
    let request_digest = digest_of(core, request);
    // Two claims of one organization number its devices.
    let _lane = core.store.lane(claimer.org).await;
    // What was counted stays counted where the wait is the answer: that is no failure of the change.
    let answered: Result<Answered, Unasked> = change!(core.store, |write| {
        answer(core, write, claimer, request, request_digest, key).await
    })?;
    Ok(answered?)
}

/// Why nothing was looked up. What was counted until then stays counted, so the change has happened all the same.
#[derive(Debug)]
enum Unasked {
    /// It was wrong too often.
    TooOften(TooOften),
    /// There is no room.
    DeviceLimit,
}

impl From<Unasked> for ClaimError {
    fn from(unasked: Unasked) -> Self {
        match unasked {
            Unasked::TooOften(wait) => Self::TooOften(wait),
            Unasked::DeviceLimit => Self::DeviceLimit,
        }
    }
}

impl From<TooOften> for Unasked {
    fn from(wait: TooOften) -> Self {
        Self::TooOften(wait)
    }
}

/// The answer, written down before it is given; or why there is none.
async fn answer(
    core: &Core,
    write: &mut Write,
    claimer: &Claimer,
    request: &ClaimRequest,
    request_digest: Digest,
    key: Option<&str>,
) -> Result<Result<Answered, Unasked>, ClaimError> {
    let now = core.now();
    if let Some(key) = key
        && let Some(answer) = write.kept_answer(&claimer.actor, key).await?
    {
        if answer.request != request_digest {
            return Err(ClaimError::IdempotencyConflict);
        }
        let [account, _] = limits::claim(core, &claimer.actor.to_string(), claimer.origin);
        let budget = limits::budget(write, &account, now).await?;
        return Ok(Ok(Answered { answer, budget }));
    }
    let holder = for_whom(write, claimer, request.user_id).await?;
    let held = Held::read(core, request);
    let (decided, budget) = match counted(core, write, claimer, holder, &held, now).await? {
        Ok(decided) => decided,
        Err(wait) => return Ok(Err(wait)),
    };
    let (status, body) = written(decided)?;
    let answer = KeptAnswer {
        request: request_digest,
        status,
        body,
    };
    if let Some(key) = key {
        write.keep_answer(&claimer.actor, key, &answer, now).await?;
    }
    Ok(Ok(Answered { answer, budget }))
}

/// A decision, and what its account has left after it.
type Counted = (Result<ClaimReply, Refused>, Budget);

/// Decides, and counts what was wrong. Whether it may be wrong once more is clear before anything is looked up; what is right
/// writes nothing, so that claims side by side do not wait for each other's counts.
async fn counted(
    core: &Core,
    write: &mut Write,
    claimer: &Claimer,
    holder: Holder,
    held: &Held,
    now: Time,
) -> Result<Result<Counted, Unasked>, Broken> {
    let account = claimer.actor.to_string();
    let mut counted = limits::claim(core, &account, claimer.origin).to_vec();
    let mut target = None;
    // An ask counts whatever comes of it: the answer does not tell.
    let mut asks = Vec::new();
    if let Held::Named { names, proof } = held {
        match proof {
            Proof::Code(_) => {
                counted.extend(limits::claim_code(core, &account, names.main()));
                target = Some(limits::claim_target(core, names.main()));
            }
            Proof::Nothing => {
                counted.extend(limits::bare_identifier(core, &account, claimer.origin));
            }
            Proof::Approval => asks.extend(limits::approval(core, &account)),
        }
    }
    let allowed = match limits::allow(write, &counted, now).await? {
        Ok(allowed) => allowed,
        Err(wait) => return Ok(Err(wait.into())),
    };
    // Before anything is looked up: whether there is room has nothing to do with the label.
    if !write.has_room(holder.org, None, 1).await? {
        return Ok(Err(Unasked::DeviceLimit));
    }
    if let Err(wait) = limits::take(write, &asks, now).await? {
        return Ok(Err(wait.into()));
    }
    let decided = decide(write, claimer, holder, held, now).await;
    let is_wrong = matches!(
        decided,
        Err(Refused::ProofRequired | Refused::NotClaimable(_))
    );
    if is_wrong {
        limits::count(write, &allowed).await?;
    }
    if let (Err(Refused::NotClaimable(_)), Some(target)) = (&decided, target)
        && let Some(wait) = limits::note(write, &target, now).await?
    {
        return Ok(Err(wait.into()));
    }
    let budget = allowed.budget(is_wrong, now);
    Ok(Ok((decided, budget)))
}

/// Status and body, as they are kept and sent.
fn written(decided: Result<ClaimReply, Refused>) -> Result<(u16, String), Broken> {
    let error = match decided {
        Ok(reply) => {
            let status = match &reply {
                ClaimReply::Pending(_) => 202,
                ClaimReply::Device(answer) => match answer.outcome {
                    ClaimOutcome::Claimed => 201,
                    ClaimOutcome::AlreadyYours => 200,
                },
            };
            return Ok((status, serde_json::to_string(&reply)?));
        }
        Err(Refused::NotClaimable(_)) => {
            ErrorBody::new(ErrorCode::NotClaimable, "This label cannot be claimed.")
        }
        Err(Refused::ProofRequired) => ErrorBody::new(
            ErrorCode::ProofRequired,
            "An identifier alone claims nothing: give its claim code, ask support to approve, or scan the label's QR code.",
        )
        .with("proofs", "claim_code staff_approval"),
        Err(Refused::Broken(broken)) => return Err(broken),
    };
    let status = match error.code {
        ErrorCode::ProofRequired => 422,
        _ => 404,
    };
    Ok((status, serde_json::to_string(&ApiError { error })?))
}

/// Two requests are the same when the label's text, the proof and the person are.
fn digest_of(core: &Core, request: &ClaimRequest) -> Digest {
    let user = request.user_id.map(|id| id.to_string()).unwrap_or_default();
    let mut text = format!("{user}\n{}", request.token.expose());
    // Without a proof it is what it was before there were any, so that answers which were kept are found.
    if let Some(code) = &request.claim_code {
        text = format!("{text}\ncode {}", code.expose());
    }
    if request.ask_approval {
        text.push_str("\napproval");
    }
    core.digest(Purpose::ClaimRequest, &text)
}

/// Rights first, before anything about the label is looked up.
async fn for_whom(
    write: &mut Write,
    claimer: &Claimer,
    wanted: Option<UserId>,
) -> Result<Holder, ClaimError> {
    let of = |owner, org| Holder {
        org,
        owner: Some(owner),
    };
    let owner = match (wanted, claimer.user) {
        (None, Some(own)) => return Ok(of(own, claimer.org)),
        (Some(wanted), Some(own)) if wanted == own => return Ok(of(own, claimer.org)),
        (None, None) => return Err(ClaimError::ForWhom),
        (Some(wanted), _) => wanted,
    };
    let reach = claimer.on_behalf.ok_or(ClaimError::OnBehalfForbidden)?;
    let org = write.org_of_user(reach, owner).await?;
    Ok(of(owner, org.ok_or(ClaimError::NoSuchUser)?))
}

/// Finds the token, decides, and writes what follows.
async fn decide(
    write: &mut Write,
    claimer: &Claimer,
    into: Holder,
    held: &Held,
    now: Time,
) -> Result<ClaimReply, Refused> {
    let (found, with) = match held {
        Held::QrToken(digest, named) => {
            let key = TokenKey::QrToken(digest, into.org);
            (find(write, key, *named).await?, ClaimWith::QrToken)
        }
        Held::AuthToken(digest) => {
            let key = TokenKey::AuthToken(digest, into.org);
            (find(write, key, None).await?, ClaimWith::AuthToken)
        }
        Held::Named { names, proof } => {
            let all = write.find_named(names, into.org).await?;
            match proof {
                Proof::Code(code) => (with_code(all, code)?, ClaimWith::ClaimCode),
                Proof::Nothing => (without_proof(all, into, now)?, ClaimWith::Identifier),
                Proof::Approval => {
                    return Ok(ClaimReply::Pending(
                        ask(write, claimer, into, (names, all), now).await?,
                    ));
                }
            }
        }
    };
    let claiming = Claiming {
        with,
        into,
        by_maker: claimer.on_behalf.is_some() && claimer.org == found.org,
    };
    let answer = complete(write, &claimer.actor, claiming, &found, now).await?;
    Ok(ClaimReply::Device(Box::new(answer)))
}

/// Finds the token of a label's secret, if it is of the organization that the label names, where it names one.
async fn find(
    write: &mut Write,
    key: TokenKey<'_>,
    named: Option<OrgId>,
) -> Result<TokenFound, Refused> {
    let found = write.find_token(key).await?;
    let as_named = |found: &TokenFound| named.is_none_or(|named| named == found.org);
    Ok(found.filter(as_named).ok_or(NotClaimable)?)
}

/// The one of an identifier's tokens that this code is beside.
fn with_code(all: Vec<TokenFound>, code: &Digest) -> Result<TokenFound, Refused> {
    let fits = |found: &TokenFound| {
        let own = found
            .code
            .filter(|_| found.proof == Some(ClaimProof::ClaimCode));
        own.is_some_and(|own| own.ct_eq(code).into())
    };
    Ok(all.into_iter().find(fits).ok_or(NotClaimable)?)
}

/// The one of an identifier's tokens that claims without any proof. Whatever keeps it from that is no answer's business.
fn without_proof(all: Vec<TokenFound>, into: Holder, now: Time) -> Result<TokenFound, Refused> {
    let claiming = Claiming {
        with: ClaimWith::Identifier,
        into,
        by_maker: false,
    };
    let claims = |found: &TokenFound| {
        found.proof == Some(ClaimProof::None) && found.hands.claim(claiming, now).is_ok()
    };
    all.into_iter().find(claims).ok_or(Refused::ProofRequired)
}

/// Asks support. Whether anything has this identifier is not told: it is written down either way, and ends either way.
async fn ask(
    write: &mut Write,
    claimer: &Claimer,
    into: Holder,
    (names, all): (&Names, Vec<TokenFound>),
    now: Time,
) -> Result<PendingAnswer, Refused> {
    let user = into.owner.ok_or(NotClaimable)?;
    let claiming = Claiming {
        with: ClaimWith::Approval,
        into,
        by_maker: false,
    };
    let claims = |found: &&TokenFound| found.hands.claim(claiming, now).is_ok();
    let Waiting::Pending { until } = Waiting::new(now) else {
        return Err(NotClaimable.into());
    };
    let new = NewApproval {
        token: all.iter().find(claims).map(|found| found.id),
        identifier: names.main(),
        user,
        until,
    };
    let until = write.ask_approval(new, now).await?;
    let row = AuditRow::by(&claimer.actor, Action::AskApproval, into.org, now);
    write.audit(row.user(user)).await?;
    Ok(PendingAnswer {
        outcome: PendingOutcome::PendingApproval,
        until: until.0,
    })
}
