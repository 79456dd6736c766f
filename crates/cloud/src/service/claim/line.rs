//! Claims that come at the same time and are made together: many rows in one statement, one commit for all of them, and no two
//! that meet in one row.
//!
//! Most claims are the same: somebody scans a label that nobody had before. What such a claim looks up hangs on nothing that
//! the others of its moment do, so that all of them are looked up at once, and written at once. Everything else (a label that
//! claims nothing, one that had an owner, an answer that was given before, a limit that is reached, an error) goes its usual
//! way by itself, after them: this makes nothing but ordinary claims, faster.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use handover_wire::{ClaimReply, ClaimRequest};
use tokio::sync::{MutexGuard, oneshot};

use super::complete::{By, Fresh, noted};
use super::held::Held;
use super::{Answered, ClaimError, Claimer, by_maker, digest_of, written};
use crate::clock::Time;
use crate::domain::{ClaimWith, Claimed, Claiming, Holder};
use crate::secrets::Digest;
use crate::service::limits::{self, Allowed, Counted};
use crate::service::{Broken, Core};
use crate::store::{
    ClaimFacts, ClaimQuestion, KeptAnswer, Secret, StoreError, TokenFound, Write, change,
};

/// The most that are made together, so that nobody waits long for others.
const MOST: usize = 32;

/// The claims that wait, and whose turn it is.
#[derive(Default)]
pub struct Line {
    waiting: Mutex<Queue>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Queue {
    /// The number of whoever comes next.
    next: u64,
    all: Vec<Waiting>,
}

/// One that waits. It is told its answer; or nothing, where it has to go its usual way.
struct Waiting {
    number: u64,
    plain: Plain,
    tell: oneshot::Sender<Answered>,
}

/// A claim of a label's secret, by somebody for themselves, with a key, for which they give no reason.
pub(super) struct Plain {
    claimer: Claimer,
    into: Holder,
    held: Held,
    request: Digest,
    key: String,
    counted: [Counted; 2],
}

impl Plain {
    /// Whether a claim is one.
    pub fn of(
        core: &Core,
        claimer: &Claimer,
        (request, held): (&ClaimRequest, &Held),
        key: Option<&str>,
    ) -> Option<Self> {
        let own = claimer.user?;
        let is_secret = matches!(held, Held::QrToken(..) | Held::AuthToken(_));
        let is_own = request.user_id.is_none_or(|wanted| wanted == own);
        (is_secret && is_own).then_some(())?;
        Some(Self {
            claimer: claimer.clone(),
            into: Holder {
                org: claimer.org,
                owner: Some(own),
            },
            held: held.clone(),
            request: digest_of(core, request),
            key: key?.to_owned(),
            counted: limits::claim(core, &claimer.actor.to_string(), claimer.origin),
        })
    }

    /// What it looks up.
    fn question(&self) -> Option<ClaimQuestion<'_>> {
        Some(ClaimQuestion {
            actor: &self.claimer.actor,
            key: &self.key,
            counted: limits::digests(&self.counted),
            into: self.into.org,
            secret: self.secret()?,
        })
    }

    fn secret(&self) -> Option<Secret<'_>> {
        match &self.held {
            Held::QrToken(digest, _) => Some(Secret::QrToken(digest)),
            Held::AuthToken(digest) => Some(Secret::AuthToken(digest)),
            Held::Named { .. } => None,
        }
    }

    /// What its token is claimed with, if it is of the organization that the label names, where it names one.
    fn with(&self, found: &TokenFound) -> Option<ClaimWith> {
        match self.held {
            Held::QrToken(_, named) if named.is_none_or(|named| named == found.org) => {
                Some(ClaimWith::QrToken)
            }
            Held::AuthToken(_) => Some(ClaimWith::AuthToken),
            Held::QrToken(..) | Held::Named { .. } => None,
        }
    }
}

/// Claims with others. None: nothing has happened, and it goes its usual way.
pub(super) async fn claim(core: &Core, plain: Plain) -> Option<Answered> {
    let (tell, mut told) = oneshot::channel();
    let number = core.line.join(plain, tell);
    while core.line.has(number) {
        tokio::select! {
            biased;
            answered = &mut told => return answered.ok(),
            turn = core.line.turn.lock() => {
                // Somebody may have taken it with others while it waited for the turn.
                if core.line.has(number) && !serve(core, turn).await && core.line.leave(number) {
                    return None;
                }
            }
        }
    }
    told.await.ok()
}

impl Line {
    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, plain: Plain, tell: oneshot::Sender<Answered>) -> u64 {
        let mut queue = self.queue();
        let number = queue.next;
        queue.next += 1;
        queue.all.push(Waiting {
            number,
            plain,
            tell,
        });
        number
    }

    /// Whether it still waits for somebody to take it.
    fn has(&self, number: u64) -> bool {
        self.queue().all.iter().any(|one| one.number == number)
    }

    /// Waits no more. False where somebody has taken it.
    fn leave(&self, number: u64) -> bool {
        let all = &mut self.queue().all;
        let before = all.len();
        all.retain(|one| one.number != number);
        all.len() < before
    }

    /// Those whose turn it is. As many as a power of two says: each number of claims has statements of its own, which are kept.
    fn take(&self) -> Vec<Waiting> {
        let all = &mut self.queue().all;
        // Who went away meanwhile wants nothing any more.
        all.retain(|waiting| !waiting.tell.is_closed());
        let many = all.len().min(MOST);
        let many = many.checked_ilog2().map_or(0, |power| 1 << power);
        all.drain(..many).collect()
    }
}

/// Makes the claims of those who are first, and tells them. Where changes stand in one line, who is next waits for the database
/// meanwhile, and takes those who have come by then: while some are made, those before are answered, and claim again. Where
/// changes run side by side, who is next waits for these, with whom they would meet in the numbers of one organization's
/// devices. False where none were taken, since nothing can be changed now: each finds that out for itself.
async fn serve(core: &Core, turn: MutexGuard<'_, ()>) -> bool {
    let mut turn = Some(turn);
    let mut taken: Option<Vec<Waiting>> = None;
    let made = change!(core.store, |write| {
        // A change that is made again is made for the same ones.
        let some = taken.get_or_insert_with(|| core.line.take());
        if core.store.is_grouped() {
            turn.take();
        }
        write.commit_at_once();
        together(write, some, core.now()).await
    });
    drop(turn);
    let Some(some) = taken else {
        return false;
    };
    match made {
        Ok(made) => {
            for (waiting, answered) in some.into_iter().zip(made) {
                if let Some(answered) = answered {
                    // Whoever went away meanwhile asks again with the same key.
                    let _ = waiting.tell.send(answered);
                }
            }
        }
        // Each finds out for itself whether it is to blame.
        Err(error) => tracing::debug!(%error, "claims were not made together"),
    }
    true
}

/// Makes those that are ordinary claims.
async fn together(
    write: &mut Write,
    all: &[Waiting],
    now: Time,
) -> Result<Vec<Option<Answered>>, ClaimError> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let questions: Option<Vec<_>> = all.iter().map(|one| one.plain.question()).collect();
    let questions = questions.ok_or(StoreError::Corrupt("a label's secret is none"))?;
    let facts = write.claim_facts(&questions).await?;
    let mut ordinary = Ordinary::default();
    let chosen = all.iter().zip(facts);
    let chosen: Vec<Option<Chosen<'_>>> = chosen
        .map(|(one, facts)| ordinary.choose(&one.plain, facts, now))
        .collect();
    let made = made(write, chosen.iter().flatten(), now).await?;
    let mut made = made.into_iter();
    let answers = chosen.iter().map(|chosen| {
        let Some(chosen) = chosen else {
            return Ok(None);
        };
        let reply = made
            .next()
            .ok_or(StoreError::Corrupt("a claim is not made"))?;
        Ok(Some(answered(write, chosen, reply, now)?))
    });
    answers.collect()
}

/// One that is made with others.
struct Chosen<'a> {
    plain: &'a Plain,
    allowed: Allowed,
    fresh: Fresh,
}

/// Which tokens and keys are taken already: each claim is made as if it were the only one.
#[derive(Default)]
struct Ordinary<'a> {
    tokens: HashSet<i64>,
    keys: HashSet<(&'a crate::domain::Actor, &'a str)>,
}

impl<'a> Ordinary<'a> {
    /// Whether it claims what nobody had, as its organization and its limits let it.
    fn choose(&mut self, plain: &'a Plain, facts: ClaimFacts, now: Time) -> Option<Chosen<'a>> {
        let found = facts.token.filter(|_| facts.has_room && !facts.is_known)?;
        let allowed = limits::judge(&plain.counted, facts.free_at, now).ok()?;
        let claiming = Claiming {
            with: plain.with(&found)?,
            into: plain.into,
            by_maker: by_maker(&plain.claimer, &found),
        };
        // A gateway's nodes come with it, one by one.
        let is_fresh = found.device.is_none() && found.waiting_nodes == 0;
        let Ok(Claimed::Now { was, hands }) = found.hands.claim(claiming, now) else {
            return None;
        };
        let is_first =
            self.tokens.insert(found.id) && self.keys.insert((&plain.claimer.actor, &plain.key));
        (is_fresh && is_first).then_some(Chosen {
            plain,
            allowed,
            fresh: Fresh {
                claiming,
                found,
                was,
                hands,
            },
        })
    }
}

/// Makes their devices.
async fn made<'a>(
    write: &mut Write,
    chosen: impl Iterator<Item = &'a Chosen<'a>> + Clone,
    now: Time,
) -> Result<Vec<ClaimReply>, Broken> {
    let kinds = chosen.clone();
    let kinds = kinds.map(|one| (one.plain.into.org, one.fresh.found.template));
    let numbers = write.next_numbers_of(&kinds.collect::<Vec<_>>()).await?;
    let parts: Vec<_> = chosen
        .clone()
        .zip(numbers)
        .map(|(one, number)| one.fresh.parts(number))
        .collect();
    let devices = chosen.clone().zip(&parts);
    let devices = devices.map(|(one, parts)| one.fresh.device(parts, now));
    let rows = write.insert_devices(devices.collect(), now).await?;
    let replies = chosen.zip(rows).map(|(one, row)| {
        let claim = (one.fresh.claiming, one.fresh.hands, one.fresh.was);
        let by = By {
            actor: &one.plain.claimer.actor,
            reason: None,
        };
        let answer = noted(write, by, &one.fresh.found, row.device, claim, now);
        ClaimReply::Device(Box::new(answer))
    });
    Ok(replies.collect())
}

/// Its answer, kept under its key.
fn answered(
    write: &mut Write,
    chosen: &Chosen<'_>,
    reply: ClaimReply,
    now: Time,
) -> Result<Answered, ClaimError> {
    let (status, body) = written(Ok(reply))?;
    let plain = chosen.plain;
    let answer = KeptAnswer {
        request: plain.request,
        status,
        body,
    };
    write.keep_answer(&plain.claimer.actor, &plain.key, &answer, now);
    // The first is the account's own: what others do does not show.
    let budget = chosen.allowed.smallest(&plain.counted[..1], now).flatten();
    Ok(Answered { answer, budget })
}
