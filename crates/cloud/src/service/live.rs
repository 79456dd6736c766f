//! Tells open pages that something changed, so that they ask anew.
//!
//! What is told is what the audit has: its sealed rows have places without a gap, in one order for all processes on one
//! database, so that each process follows the chain and misses nothing, whoever made the change. That devices come, go and
//! say something is in no audit; of that a look finds what is a few seconds old at the most.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{Stream, unfold};
use handover_wire::{AuditAction, Changes, OrgId, Permission, Topic};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::fleets::Fleets;
use super::{Broken, Core};
use crate::clock::Time;
use crate::connections::Stop;
use crate::domain::{Acting, Actor};
use crate::store::AuditChange;

/// Between two looks, while anybody listens.
const EVERY: Duration = Duration::from_millis(500);
/// Rows of the audit in one look; the rest has its turn in the next.
const AT_ONCE: i64 = 500;
/// Looks that a slow listener may be behind before it is told that anything may have changed.
const BEHIND: usize = 64;
/// Listeners of one process: half of the connections that it answers, so that the other half is left for requests.
const MOST: usize = 256;
/// Listeners of one account in one process: more pages than somebody has open, and too few to leave others none.
const MOST_OF_ONE: usize = 16;

/// Who listens, in one process.
pub struct Live {
    looks: broadcast::Sender<Look>,
    seats: Arc<Semaphore>,
    /// How many each account has.
    taken: Arc<Taken>,
    ended: CancellationToken,
}

/// What one look found.
type Look = Arc<Seen>;

struct Seen {
    /// At the audit's end.
    audit: Vec<AuditChange>,
    /// About devices that came, went or said something, which no audit has.
    devices: Vec<(OrgId, Topic)>,
}

/// Milliseconds that a change about a device may take to become visible and be told all the same.
const LATE: i64 = 5_000;

/// How far this process has looked.
struct Looked {
    /// In the audit.
    seq: i64,
    /// At each organization's devices: the newest change of each topic.
    newest: HashMap<(i64, Topic), i64>,
    /// At the fleet of a cloud for tests, which no other process has.
    fleet: Option<(OrgId, u64)>,
}

/// As many listen as this process has connections for.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many pages listen")]
pub struct Busy;

impl Default for Live {
    fn default() -> Self {
        Self {
            looks: broadcast::channel(BEHIND).0,
            seats: Arc::new(Semaphore::new(MOST)),
            taken: Arc::default(),
            ended: CancellationToken::new(),
        }
    }
}

/// Seats by account.
#[derive(Default)]
struct Taken(Mutex<HashMap<Actor, usize>>);

impl Taken {
    fn all(&self) -> MutexGuard<'_, HashMap<Actor, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A seat that is taken for as long as it is held.
struct Seat {
    whose: Actor,
    taken: Arc<Taken>,
    _permit: OwnedSemaphorePermit,
}

impl Live {
    fn sit(&self, whose: &Actor) -> Result<Seat, Busy> {
        let permit = self.seats.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Busy)?;
        let mut all = self.taken.all();
        let own = all.entry(whose.clone()).or_default();
        if *own == MOST_OF_ONE {
            return Err(Busy);
        }
        *own += 1;
        Ok(Seat {
            whose: whose.clone(),
            taken: self.taken.clone(),
            _permit: permit,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut all = self.taken.all();
        if let Some(own) = all.get_mut(&self.whose) {
            *own -= 1;
            if *own == 0 {
                all.remove(&self.whose);
            }
        }
    }
}

/// Follows the audit while anybody listens, until it is told to stop; listeners end with it.
pub async fn follow(core: Arc<Core>, stop: Stop) {
    let mut place = None;
    loop {
        tokio::select! {
            () = stop.gracefully.cancelled() => break,
            () = tokio::time::sleep(EVERY) => {}
        }
        match look(&core, place.as_ref()).await {
            Ok(next) => place = next,
            Err(error) => tracing::warn!(%error, "open pages are not told of changes now"),
        }
    }
    core.live.ended.cancel();
}

/// Tells what came after a place, and gives the place to go on from: none while nobody listens.
async fn look(core: &Core, place: Option<&Looked>) -> Result<Option<Looked>, Broken> {
    if core.live.looks.receiver_count() == 0 {
        return Ok(None);
    }
    let (audit, seq) = match place {
        None => (Vec::new(), core.store.last_sealed().await?),
        Some(Looked { seq, .. }) => {
            let changes = core.store.audit_after(*seq, AT_ONCE).await?;
            let last = changes.last().map_or(*seq, |change| change.seq);
            (changes, last)
        }
    };
    let newest = newest(core).await?;
    let is_news = |(key, at): (&(i64, Topic), &i64)| {
        let before = place.and_then(|place| place.newest.get(key));
        (place.is_some() && before.is_none_or(|before| before < at))
            .then_some((OrgId(key.0), key.1))
    };
    let mut devices: Vec<_> = newest.iter().filter_map(is_news).collect();
    let fleet = core.fleets.as_ref().and_then(Fleets::stamp);
    if let Some((org, _)) = fleet.filter(|_| place.is_some_and(|place| place.fleet != fleet)) {
        devices.push((org, Topic::Fleet));
    }
    // That nobody is there any more is no fault.
    let _ = core.live.looks.send(Arc::new(Seen { audit, devices }));
    Ok(Some(Looked { seq, newest, fleet }))
}

/// When devices of each organization last came, went or said something, where that was a moment ago.
async fn newest(core: &Core) -> Result<HashMap<(i64, Topic), i64>, Broken> {
    let after = Time(core.now().0 - LATE);
    let mut newest = HashMap::new();
    for stamp in core.store.stamps_after(after).await? {
        for (topic, at) in [
            (Topic::Devices, stamp.state_at),
            (Topic::Values, stamp.values_at),
        ] {
            if let Some(at) = at {
                let known = newest.entry((stamp.org.0, topic)).or_insert(at);
                *known = at.max(*known);
            }
        }
    }
    Ok(newest)
}

/// Somebody who listens.
struct Listener {
    core: Arc<Core>,
    acting: Acting,
    looks: broadcast::Receiver<Look>,
    _seat: Seat,
    /// Whether the first event was given.
    begun: bool,
    until: Instant,
}

/// What changes within somebody's reach, from the first event on, for so long.
pub fn listen(
    core: Arc<Core>,
    acting: Acting,
    lasting: Duration,
) -> Result<impl Stream<Item = Changes> + Send + use<>, Busy> {
    let seat = core.live.sit(&acting.actor)?;
    let listener = Listener {
        looks: core.live.looks.subscribe(),
        core,
        acting,
        _seat: seat,
        begun: false,
        until: Instant::now() + lasting,
    };
    Ok(unfold(listener, |mut listener| async move {
        Some((listener.next().await?, listener))
    }))
}

impl Listener {
    /// The next event; none where the time is over, or the cloud stops.
    async fn next(&mut self) -> Option<Changes> {
        loop {
            let look = tokio::select! {
                () = self.core.live.ended.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                look = self.looks.recv() => look,
            };
            let look = match look {
                Ok(look) if self.begun => look,
                // From here on nothing is missed; or something was.
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    self.begun = true;
                    let topics = Topic::ALL.into_iter();
                    let topics = topics.filter(|topic| self.may_see(*topic)).collect();
                    return Some(Changes { topics });
                }
                Err(RecvError::Closed) => return None,
            };
            // Whoever cannot be told in time asks again by themselves.
            let topics = self.topics(&look).await.ok()?;
            if !topics.is_empty() {
                let topics = topics.into_iter().collect();
                return Some(Changes { topics });
            }
        }
    }

    async fn topics(&self, look: &Seen) -> Result<BTreeSet<Topic>, Broken> {
        let mut by_org: BTreeMap<i64, BTreeSet<Topic>> = BTreeMap::new();
        for (org, topic) in &look.devices {
            by_org.entry(org.0).or_default().insert(*topic);
        }
        for change in &look.audit {
            for org in change.orgs.into_iter().flatten() {
                let topics = by_org.entry(org.0).or_default();
                topics.extend(change.action.into_iter().flat_map(topics_of));
                topics.insert(Topic::Audit);
            }
        }
        let mut seen = BTreeSet::new();
        for (org, mut topics) in by_org {
            topics.retain(|topic| !seen.contains(topic) && self.may_see(*topic));
            if !topics.is_empty()
                && (self.core.store.reaches(self.acting.reach(), OrgId(org))).await?
            {
                seen.append(&mut topics);
            }
        }
        Ok(seen)
    }

    fn may_see(&self, topic: Topic) -> bool {
        let needs = match topic {
            Topic::Devices | Topic::Values | Topic::Organizations => return true,
            Topic::Tokens => Permission::ManageTokens,
            Topic::Templates => Permission::ManageTemplates,
            Topic::Approvals => Permission::ClaimForOthers,
            Topic::People => Permission::ViewPeople,
            Topic::Settings | Topic::Fleet => Permission::ManageCloud,
            Topic::Audit => Permission::ViewAudit,
        };
        self.acting.may(needs)
    }
}

/// Where it can be seen that this was done, but for the audit.
fn topics_of(action: AuditAction) -> &'static [Topic] {
    use AuditAction as Did;
    match action {
        Did::CreateDevice
        | Did::ReceiveDevice
        | Did::RenameDevice
        | Did::EditDevice
        | Did::ConfirmDevice
        | Did::RefuseDevice
        | Did::ResetPins
        | Did::PinConflict
        | Did::GiveToken
        | Did::PairNode
        | Did::MoveNode
        | Did::UnpairNode
        | Did::ReplaceGateway
        | Did::SetJoinWindow
        | Did::RefuseNode => &[Topic::Devices],
        Did::WaitTogether => &[Topic::Tokens],
        Did::SetValue | Did::DeleteFile => &[Topic::Values],
        // Whose a label is stands beside it, and beside whoever waits for it.
        Did::Claim
        | Did::DeleteDevice
        | Did::ReleaseDevice
        | Did::TransferDevice
        | Did::Disclaim
        | Did::Undo => &[Topic::Devices, Topic::Tokens, Topic::Approvals],
        Did::GenerateTokens | Did::CreateBatch | Did::CancelBatch => &[Topic::Tokens],
        Did::RenewLabel => &[Topic::Devices, Topic::Tokens],
        Did::RevokeTokens => &[Topic::Tokens, Topic::Approvals],
        Did::CreateTemplate | Did::EditTemplate | Did::DeleteTemplate => &[Topic::Templates],
        Did::AskApproval | Did::ApproveClaim | Did::RefuseClaim | Did::ExpireClaim => {
            &[Topic::Approvals]
        }
        Did::CreateOrganization
        | Did::RenameOrganization
        | Did::SetDeviceLimit
        | Did::DeleteOrganization => &[Topic::Organizations],
        Did::Invite
        | Did::AcceptInvitation
        | Did::SignUp
        | Did::ChangeRole
        | Did::Suspend
        | Did::Restore => &[Topic::People],
        Did::RemoveUser => &[Topic::People, Topic::Approvals],
        Did::ChangeSettings => &[Topic::Settings],
        Did::ExportTokens
        | Did::ExportDevices
        | Did::ShowSecrets
        | Did::CreateClient
        | Did::RevokeClient
        | Did::ChangePassword
        | Did::SetUp
        | Did::ExportAudit => &[],
    }
}
