//! Claiming: a label's secret, or an identifier and its proof, becomes somebody's device, once.

mod complete;
mod held;
mod line;
mod pretended;
mod proof;

pub(super) use complete::{By, complete};
use handover_wire::{
    ApiError, ClaimOutcome, ClaimReply, ClaimRequest, ErrorBody, ErrorCode, OrgId, PendingAnswer,
    PendingOutcome, UserId,
};
pub(super) use held::{Held, Proof};
pub use line::Line;
use line::Plain;
pub use pretended::pretend;
use proof::{Lacking, claiming, with_proof};

use super::hands::DEVICE_LIMIT;
use super::limits::{self, Allowed, Budget, Counted, Origin};
use super::{Broken, Core, bootstrap, breaks};
use crate::clock::Time;
use crate::domain::{
    Actor, ClaimWith, Claiming, FieldError, Holder, Names, NotClaimable, PRESS_SECONDS, Reach,
    Reason, TooOften, Waiting,
};
use crate::secrets::{Digest, Purpose};
use crate::store::{
    Action, AuditRow, KeptAnswer, NewApproval, Secret, TokenFound, TokenKey, Write, change,
};

/// Who claims.
#[derive(Clone)]
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
    #[error("{0}")]
    TooOften(TooOften, Option<Budget>),
    /// The organization that it would come into has as many devices as it may have.
    #[error("the organization has as many devices as it may have")]
    DeviceLimit,
    /// There is no such person within reach.
    #[error("there is no such person, or they belong to another organization")]
    NoSuchUser,
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
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
    /// It is a gateway's, and there is no room for it with the nodes that wait with it.
    #[error("the organization has no room for the gateway with its nodes")]
    DeviceLimit,
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
    pub budget: Option<Budget>,
}

/// Claims or refuses; or answers what the same key was answered before, be it a device or a refusal.
pub async fn claim(
    core: &Core,
    claimer: &Claimer,
    request: &ClaimRequest,
    key: Option<&str>,
) -> Result<Answered, ClaimError> {
    let reason = Reason::parse(request.reason.as_deref())?;
    let request_digest = digest_of(core, request);
    let held = Held::read(core, request);
    if reason.is_none()
        && let Some(plain) = Plain::of(core, claimer, (request, &held), key)
        && let Some(answered) = line::claim(core, plain).await
    {
        return Ok(answered);
    }
    let own = limits_of(core, claimer, &held);
    let asked = Asked {
        held: &held,
        reason: reason.as_ref(),
    };
    // Two claims of one organization number its devices.
    let _lane = core.store.lane(claimer.org).await;
    // What was counted stays counted where the wait is the answer: that is no failure of the change.
    let (answered, budget) = change!(core.store, |write| {
        let (answered, untouched) =
            answer(core, write, claimer, (request, asked), request_digest, key).await?;
        // What nothing was counted of is as it was looked up.
        let known = untouched.and_then(|allowed| allowed.smallest(&own, core.now()));
        let budget = match known {
            Some(budget) => budget,
            None => limits::smallest(write, &own, core.now()).await?,
        };
        Ok::<_, ClaimError>((answered, budget))
    })?;
    match answered {
        Ok(answer) => Ok(Answered { answer, budget }),
        Err(Unasked::TooOften(wait)) => Err(ClaimError::TooOften(wait, budget)),
        Err(Unasked::DeviceLimit) => Err(ClaimError::DeviceLimit),
    }
}

/// What a claim asks for, and why.
#[derive(Clone, Copy)]
struct Asked<'a> {
    held: &'a Held,
    reason: Option<&'a Reason>,
}

impl<'a> Asked<'a> {
    fn by(self, claimer: &'a Claimer) -> By<'a> {
        By {
            actor: &claimer.actor,
            reason: self.reason,
        }
    }
}

/// The limits on this claim that are its account's own: what others do does not show in them.
pub fn own_limits(core: &Core, claimer: &Claimer, request: &ClaimRequest) -> Vec<Counted> {
    limits_of(core, claimer, &Held::read(core, request))
}

/// The same of what was read.
fn limits_of(core: &Core, claimer: &Claimer, held: &Held) -> Vec<Counted> {
    let account = claimer.actor.to_string();
    let [every, _] = limits::claim(core, &account, claimer.origin);
    let mut own = vec![every];
    if let Held::Named { names, proof } = held {
        let [bare, _] = limits::bare_identifier(core, &account, claimer.origin);
        match proof {
            Proof::Code { carried, .. } => {
                own.extend(limits::claim_code(core, &account, names.main()));
                own.extend(carried.then_some(bare));
            }
            Proof::Nothing => own.push(bare),
            Proof::Presence => own.extend(limits::presence(core, &account, names.main())),
            Proof::Approval => own.extend(limits::approval(core, &account)),
        }
    }
    own
}

/// Why nothing was looked up. What was counted until then stays counted, so the change has happened all the same.
#[derive(Debug)]
enum Unasked {
    /// It was wrong too often.
    TooOften(TooOften),
    /// There is no room.
    DeviceLimit,
}

impl From<TooOften> for Unasked {
    fn from(wait: TooOften) -> Self {
        Self::TooOften(wait)
    }
}

/// The answer, written down before it is given, or why there is none; and what was looked up of the account's limits, where
/// nothing was counted.
async fn answer(
    core: &Core,
    write: &mut Write,
    claimer: &Claimer,
    (request, asked): (&ClaimRequest, Asked<'_>),
    request_digest: Digest,
    key: Option<&str>,
) -> Result<(Result<KeptAnswer, Unasked>, Option<Allowed>), ClaimError> {
    let now = core.now();
    if let Some(key) = key
        && let Some(answer) = write.kept_answer(&claimer.actor, key).await?
    {
        if answer.request != request_digest {
            return Err(ClaimError::IdempotencyConflict);
        }
        return Ok((Ok(answer), None));
    }
    let holder = for_whom(write, claimer, request.user_id).await?;
    let (decided, untouched) = match counted(core, write, claimer, holder, asked, now).await? {
        Ok(decided) => decided,
        Err(wait) => return Ok((Err(wait), None)),
    };
    // A claim that waits for a button is sent again until it was pressed, so that is no answer to be kept.
    let is_final = !matches!(
        &decided,
        Ok(ClaimReply::Pending(PendingAnswer {
            outcome: PendingOutcome::PendingPresence,
            ..
        }))
    );
    let (status, body) = written(decided)?;
    let answer = KeptAnswer {
        request: request_digest,
        status,
        body,
    };
    if let Some(key) = key.filter(|_| is_final) {
        write.keep_answer(&claimer.actor, key, &answer, now);
    }
    Ok((Ok(answer), untouched))
}

/// What a claim may get wrong, and what it may ask for, each as often as the limits let it.
struct Limited {
    /// Counted where it is wrong.
    wrong: Vec<Counted>,
    /// The same for the identifier, of whomever: what is right passes it.
    target: Option<Counted>,
    /// Counted where something is asked for and waits. The answer does not tell whether anything has the identifier.
    asks: Vec<Counted>,
}

impl Limited {
    /// `waits`: whether this claim waits for a button already, so that it is no other one.
    fn of(core: &Core, claimer: &Claimer, held: &Held, waits: bool) -> Self {
        let account = claimer.actor.to_string();
        let mut wrong: Vec<Counted> = limits::claim(core, &account, claimer.origin).into();
        let (mut target, mut asks) = (None, Vec::new());
        if let Held::Named { names, proof } = held {
            match proof {
                Proof::Code {
                    carried, or_ask, ..
                } => {
                    wrong.extend(limits::claim_code(core, &account, names.main()));
                    // It claims what asks for no proof, too, and is as little to guess.
                    if *carried {
                        wrong.extend(limits::bare_identifier(core, &account, claimer.origin));
                    }
                    target = Some(limits::claim_target(core, names.main()));
                    if *or_ask {
                        asks.extend(limits::approval(core, &account));
                    }
                }
                Proof::Nothing => {
                    wrong.extend(limits::bare_identifier(core, &account, claimer.origin));
                }
                Proof::Presence if waits => {}
                Proof::Presence => asks.extend(limits::presence(core, &account, names.main())),
                Proof::Approval => asks.extend(limits::approval(core, &account)),
            }
        }
        Self {
            wrong,
            target,
            asks,
        }
    }
}

/// Decides, and counts what was wrong. Whether it may be wrong once more is clear before anything is looked up; what is right
/// writes nothing, so that claims side by side do not wait for each other's counts.
async fn counted(
    core: &Core,
    write: &mut Write,
    claimer: &Claimer,
    holder: Holder,
    asked: Asked<'_>,
    now: Time,
) -> Result<Result<(Result<ClaimReply, Refused>, Option<Allowed>), Unasked>, Broken> {
    let held = asked.held;
    let waits = waits_until(write, holder, held, now).await?;
    let limited = Limited::of(core, claimer, held, waits.is_some());
    let wrong = match limits::allow(write, &limited.wrong, now).await? {
        Ok(allowed) => allowed,
        Err(wait) => return Ok(Err(wait.into())),
    };
    // Before anything is looked up: whether there is room has nothing to do with the label.
    if !write.has_room(holder.org, None, 1).await? {
        return Ok(Err(Unasked::DeviceLimit));
    }
    let asks = match limits::allow(write, &limited.asks, now).await? {
        Ok(allowed) => allowed,
        Err(wait) => return Ok(Err(wait.into())),
    };
    let decided = decide(write, claimer, holder, asked, waits, now).await;
    match &decided {
        Ok(ClaimReply::Device(_)) => return Ok(Ok((decided, Some(wrong)))),
        Err(Refused::Broken(_)) => {}
        Ok(ClaimReply::Pending(_)) => {
            limits::count(write, &asks).await?;
            // A code that was not right is a guess, also where support is asked after it.
            if let Some(target) = &limited.target {
                limits::count(write, &wrong).await?;
                limits::note(write, target, now).await?;
            }
        }
        Err(Refused::ProofRequired) => limits::count(write, &wrong).await?,
        Err(Refused::DeviceLimit) => return Ok(Err(Unasked::DeviceLimit)),
        Err(Refused::NotClaimable(_)) => {
            limits::count(write, &wrong).await?;
            if let Some(target) = &limited.target
                && let Some(wait) = limits::note(write, target, now).await?
            {
                return Ok(Err(wait.into()));
            }
        }
    }
    Ok(Ok((decided, None)))
}

/// Until when this claim waits for a button, where it has waited before.
async fn waits_until(
    write: &mut Write,
    holder: Holder,
    held: &Held,
    now: Time,
) -> Result<Option<Time>, Broken> {
    let Held::Named {
        names,
        proof: Proof::Presence,
    } = held
    else {
        return Ok(None);
    };
    let Some(user) = holder.owner else {
        return Ok(None);
    };
    let until = write.presence_wait(user, names.main()).await?;
    Ok(until.filter(|&until| now < until))
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
            "An identifier alone claims nothing: give its claim code, press the device's button, ask support to approve, or scan the label's QR code.",
        )
        .with("proofs", "claim_code presence staff_approval"),
        Err(Refused::DeviceLimit) => ErrorBody::new(ErrorCode::DeviceLimit, DEVICE_LIMIT),
        Err(Refused::Broken(broken)) => return Err(broken),
    };
    let status = match error.code {
        ErrorCode::DeviceLimit => 403,
        ErrorCode::ProofRequired => 422,
        _ => 404,
    };
    Ok((status, serde_json::to_string(&ApiError { error })?))
}

/// Two requests are the same when the label's text, the proof and the person are, whatever the reason.
pub(super) fn digest_of(core: &Core, request: &ClaimRequest) -> Digest {
    let user = request.user_id.map(|id| id.to_string()).unwrap_or_default();
    let mut text = format!("{user}\n{}", request.token.expose());
    // Without a proof it is what it was before there were any, so that answers which were kept are found.
    if let Some(code) = &request.claim_code {
        text = format!("{text}\ncode {}", code.expose());
    }
    if request.ask_approval {
        text.push_str("\napproval");
    }
    if request.presence {
        text.push_str("\npresence");
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
    asked: Asked<'_>,
    waits: Option<Time>,
    now: Time,
) -> Result<ClaimReply, Refused> {
    let (found, with) = match asked.held {
        Held::QrToken(digest, named) => {
            let key = TokenKey::Secret(Secret::QrToken(digest), into.org);
            (find(write, key, *named).await?, ClaimWith::QrToken)
        }
        Held::AuthToken(digest) => {
            let key = TokenKey::Secret(Secret::AuthToken(digest), into.org);
            (find(write, key, None).await?, ClaimWith::AuthToken)
        }
        Held::Named { names, proof } => {
            let all = write.find_named(names, into.org).await?;
            match with_proof(&all, into, proof, now) {
                Ok((place, with)) => {
                    let found = all.into_iter().nth(place);
                    (found.ok_or(NotClaimable)?, with)
                }
                Err(Lacking::Refused(refused)) => return Err(refused),
                Err(Lacking::Approval) => {
                    let waits = ask(write, asked.by(claimer), into, (names, all), now).await?;
                    return Ok(ClaimReply::Pending(waits));
                }
                Err(Lacking::Press) => {
                    let waits = wait_for_press(write, into, names, waits, now).await?;
                    return Ok(ClaimReply::Pending(waits));
                }
            }
        }
    };
    let claiming = Claiming {
        with,
        into,
        by_maker: by_maker(claimer, &found),
    };
    let answer = complete(write, asked.by(claimer), claiming, &found, now).await?;
    if with == ClaimWith::Presence && answer.outcome == ClaimOutcome::Claimed {
        bootstrap::note_claimed_by_press(write, found.id).await?;
        if let (Held::Named { names, .. }, Some(user)) = (asked.held, into.owner) {
            write.end_presence_wait(user, names.main()).await?;
        }
    }
    Ok(ClaimReply::Device(Box::new(answer)))
}

/// Whether the maker's own people claim it, whose hands it may have come back to.
fn by_maker(claimer: &Claimer, found: &TokenFound) -> bool {
    claimer.on_behalf.is_some() && claimer.org == found.org
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

/// Waits for the button of whatever has this identifier, if anything does.
async fn wait_for_press(
    write: &mut Write,
    into: Holder,
    names: &Names,
    waits: Option<Time>,
    now: Time,
) -> Result<PendingAnswer, Refused> {
    let user = into.owner.ok_or(NotClaimable)?;
    let until = match waits {
        Some(until) => until,
        None => {
            let until = now.plus_seconds(PRESS_SECONDS);
            write.wait_for_presence(user, names.main(), until).await?;
            until
        }
    };
    Ok(PendingAnswer {
        outcome: PendingOutcome::PendingPresence,
        until: until.0,
    })
}

/// Asks support. Whether anything has this identifier is not told: it is written down either way, and ends either way.
async fn ask(
    write: &mut Write,
    by: By<'_>,
    into: Holder,
    (names, all): (&Names, Vec<TokenFound>),
    now: Time,
) -> Result<PendingAnswer, Refused> {
    let user = into.owner.ok_or(NotClaimable)?;
    let claims = |found: &&TokenFound| {
        let claiming = claiming(ClaimWith::Approval, into);
        found.hands.claim(claiming, now).is_ok()
    };
    let Waiting::Pending { until } = Waiting::new(now) else {
        return Err(NotClaimable.into());
    };
    let new = NewApproval {
        token: all.iter().find(claims).map(|found| found.id),
        identifier: names.main(),
        user,
        until,
        reason: by.reason,
    };
    let until = write.ask_approval(new, now).await?;
    let row = AuditRow::by(by.actor, Action::AskApproval, into.org, now);
    let row = row.because(by.reason).user(user);
    write.audit(row.detail(names.main().to_owned())).await?;
    Ok(PendingAnswer {
        outcome: PendingOutcome::PendingApproval,
        until: until.0,
    })
}
