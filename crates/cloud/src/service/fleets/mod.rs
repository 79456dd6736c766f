//! Fleets of devices that there are not, in a cloud that was started for tests: one at a time, over real sockets against the
//! cloud itself.
//!
//! What is asked for is done by one task of the process (`keep`), so that a request never waits for it. What is to be made stands in
//! the cloud's folder before it is asked for (`works`), so that it is known and can be deleted whatever happens.

mod made;
mod playing;
mod signals;
mod works;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use handover_simulate::{FILES_IN_MESH, Journal, Progress, Recorded, Source, Topology};
use handover_wire::{
    FleetFailure, FleetNow, FleetPhase, FleetTopology, OrgId, StartFleet, TemplateParts,
};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::gateways::GatewayError;
use super::many::ManyError;
use super::{Broken, Core, breaks};
use crate::connections::Stop;
use crate::domain::{Acting, FieldError};
use crate::files::open_many_files;
use playing::Kind;
pub use playing::Plan;
use signals::fits;
use works::Works;

/// Devices at the most.
const MOST: u32 = 10_000;
/// Devices of one gateway where nobody says how many gateways there are.
const EACH: u32 = 100;
/// Devices of one gateway at the most.
const MOST_EACH: u32 = 1_000;
/// The same of a mesh, whose nodes carry each other's messages: each is heard by all that are near.
const EACH_IN_MESH: u32 = 25;
const MOST_EACH_IN_MESH: u32 = 100;
/// Files that the cloud needs beside those of a fleet.
const OTHER_FILES: u64 = 800;

/// Why nothing is begun.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// A field is not as it must be.
    #[error("{} must be {}.", .0.field, .0.must)]
    Field(#[from] FieldError),
    /// The devices' template does not take a signal.
    #[error("{signal} does not fit the template: V{} {why}.", .signal.pin)]
    Misfit {
        /// Which one.
        signal: Source,
        /// What its datastream is instead.
        why: &'static str,
    },
    /// Something is under way.
    #[error("A fleet is under way: stop it first.")]
    Busy,
    /// There is nothing to stop, to play again or to delete.
    #[error("There is no fleet for that.")]
    Nothing,
    /// It speaks MQTT to nobody.
    #[error("This cloud was started without --mqtt, which gateways speak.")]
    NoMqtt,
    /// There are too few files for both ends of the connections.
    #[error(
        "Both ends of so many connections take {needed} files, and this machine lets the cloud open {has}: raise the limit (ulimit -Hn), let gateways speak for the devices, or play them with `handover simulate`, whose ends are in a program of their own."
    )]
    TooFewFiles {
        /// How many it may open.
        has: u64,
        /// How many it would have to.
        needed: u64,
    },
    /// There is no such template.
    #[error("Template is not found.")]
    NoTemplate,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(FleetError);

/// Why it came to nothing.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Many(#[from] ManyError),
    #[error("the devices could not be made")]
    NotMade,
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error("it could not be written down: {0}")]
    File(#[from] io::Error),
    #[error(transparent)]
    Broken(Broken),
}

breaks!(Trouble);

impl Trouble {
    fn failure(&self) -> FleetFailure {
        match self {
            Self::Many(ManyError::DeviceLimit(_)) => FleetFailure::DeviceLimit,
            Self::Many(_) | Self::NotMade => FleetFailure::NotMade,
            Self::Gateway(_) => FleetFailure::NotPaired,
            Self::File(_) => FleetFailure::NotRecorded,
            Self::Broken(_) => FleetFailure::Broken,
        }
    }
}

/// What is to be done.
enum Job {
    /// Devices are made where there are too few, and play.
    Play(Acting, Box<Plan>),
    /// Those that were made are deleted.
    Delete(Acting),
}

/// The fleet of this process.
pub struct Fleets {
    folder: PathBuf,
    doors: OnceLock<(SocketAddr, Option<SocketAddr>)>,
    wake: Notify,
    state: Mutex<State>,
    /// How many of what is under way are done.
    done: AtomicU64,
    of: AtomicU64,
    devices: AtomicU64,
    /// Those that somebody else has by now.
    left: AtomicU64,
}

#[derive(Default)]
struct State {
    phase: FleetPhase,
    failure: Option<FleetFailure>,
    wanted: Option<StartFleet>,
    is_assumed: bool,
    org: Option<OrgId>,
    job: Option<Job>,
    progress: Arc<Progress>,
    /// Since when it plays, and how fast.
    playing: Option<(Instant, f64)>,
    stop: CancellationToken,
}

impl State {
    fn is_busy(&self) -> bool {
        use FleetPhase as Phase;
        match self.phase {
            Phase::Making | Phase::Pairing | Phase::Running | Phase::Deleting => true,
            Phase::Idle | Phase::Ended | Phase::Stopped | Phase::Failed => false,
        }
    }
}

impl Fleets {
    /// Of a cloud with this folder.
    pub fn open(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            doors: OnceLock::new(),
            wake: Notify::new(),
            state: Mutex::default(),
            done: AtomicU64::new(0),
            of: AtomicU64::new(0),
            devices: AtomicU64::new(0),
            left: AtomicU64::new(0),
        }
    }

    /// The cloud listens there: for devices, and for gateways.
    pub fn listens(&self, web: SocketAddr, mqtt: Option<SocketAddr>) {
        // Nobody else says so: it is said once for each cloud.
        let _ = self.doors.set((reached(web), mqtt.map(reached)));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of what a fleet did.
    pub fn recording(&self) -> PathBuf {
        self.folder.join("fleet-recorded.jsonl")
    }

    /// How far it is.
    pub fn now(&self) -> FleetNow {
        let state = self.state();
        let progress = &state.progress;
        let number =
            |count: &AtomicU64| u32::try_from(count.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        let of = number(&self.of);
        let done = match state.playing {
            Some((since, speed)) => seconds_of(since, speed).min(of),
            None => number(&self.done),
        };
        FleetNow {
            phase: state.phase,
            failure: state.failure,
            wanted: state.wanted.clone(),
            is_assumed: state.is_assumed,
            done,
            of,
            devices: number(&self.devices),
            left: number(&self.left),
            there: number(&progress.there),
            sent: number(&progress.sent),
            unsent: number(&progress.unsent),
            refused: number(&progress.refused),
            told: number(&progress.told),
            arrived: number(&progress.arrived),
            broken: number(&progress.broken),
            strangers: number(&progress.strangers),
            is_recorded: self.recording().exists(),
        }
    }

    /// What tells two states from each other, and whose fleet it is; none where there was none.
    pub fn stamp(&self) -> Option<(OrgId, u64)> {
        let org = self.state().org?;
        let mut hasher = DefaultHasher::new();
        serde_json::to_string(&self.now()).ok()?.hash(&mut hasher);
        Some((org, hasher.finish()))
    }

    fn begin(&self, phase: FleetPhase, of: u64) {
        let mut state = self.state();
        state.phase = phase;
        state.playing = None;
        self.done.store(0, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }

    fn one_done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Puts down what is to be done, where nothing is under way.
    fn ask(&self, org: OrgId, phase: FleetPhase, job: Job) -> Result<(), FleetError> {
        let mut state = self.state();
        if state.is_busy() {
            return Err(FleetError::Busy);
        }
        let (wanted, is_assumed) = match &job {
            Job::Play(_, plan) => (Some(plan.wanted.clone()), plan.is_assumed()),
            Job::Delete(_) => (state.wanted.take(), false),
        };
        *state = State {
            phase,
            wanted,
            is_assumed,
            org: Some(org),
            job: Some(job),
            ..State::default()
        };
        self.done.store(0, Ordering::Relaxed);
        self.of.store(0, Ordering::Relaxed);
        drop(state);
        self.wake.notify_one();
        Ok(())
    }
}

/// Seconds of a fleet's time.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a time is not negative, and a number too large becomes the largest"
)]
fn seconds_of(since: Instant, speed: f64) -> u32 {
    (since.elapsed().as_secs_f64() * speed) as u32
}

/// Where this machine reaches what listens there.
fn reached(listens: SocketAddr) -> SocketAddr {
    use std::net::{Ipv4Addr, Ipv6Addr};
    let ip = match listens.ip() {
        ip if !ip.is_unspecified() => ip,
        ip if ip.is_ipv4() => Ipv4Addr::LOCALHOST.into(),
        _ => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, listens.port())
}

/// Which template its devices are of, and what belongs to that.
async fn template(
    core: &Core,
    acting: &Acting,
    wanted: &StartFleet,
) -> Result<(Kind, TemplateParts), FleetError> {
    let named = wanted.template_id.clone();
    let is_named = named.is_some();
    let demo = || {
        core.demo
            .as_ref()?
            .tokens
            .first()
            .map(|token| token.template_id.clone())
    };
    let id = named.or_else(demo).ok_or(FleetError::NoTemplate)?;
    let found = core.store.template_details(acting.org, &id).await?;
    let found = found.ok_or(FleetError::NoTemplate)?;
    let (parts, template) = (found.parts, found.template);
    let of_mesh = parts.mesh;
    let must = match wanted.topology {
        FleetTopology::Mesh if !is_named && !of_mesh => {
            return Ok((Kind::LikeInMesh(template), parts));
        }
        FleetTopology::Mesh if !of_mesh => "a template whose devices are reached by mesh",
        FleetTopology::Hub if of_mesh => "a template whose devices are not reached by mesh",
        _ => return Ok((Kind::Known(template), parts)),
    };
    Err(FieldError {
        field: "templateId",
        must,
    }
    .into())
}

/// How many gateways speak for the devices.
fn gateways(wanted: &StartFleet) -> Result<u32, FleetError> {
    let (each, most, must) = match wanted.topology {
        FleetTopology::Direct => return Ok(0),
        FleetTopology::Hub => (
            EACH,
            MOST_EACH,
            "one for each 1,000 devices at least, and one for each device at most",
        ),
        FleetTopology::Mesh => (
            EACH_IN_MESH,
            MOST_EACH_IN_MESH,
            "one for each 100 devices of a mesh at least, and one for each device at most",
        ),
    };
    let gateways = wanted.gateways.unwrap_or(wanted.count.div_ceil(each));
    let enough = (wanted.count.div_ceil(most)..=wanted.count).contains(&gateways);
    within("gateways", enough, must)?;
    Ok(gateways)
}

fn within(field: &'static str, is: bool, must: &'static str) -> Result<(), FleetError> {
    match is {
        true => Ok(()),
        false => Err(FieldError { field, must }.into()),
    }
}

/// Begins a fleet: what the numbers say, or what was recorded.
pub async fn start(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    wanted: StartFleet,
    journal: Option<Journal>,
) -> Result<FleetNow, FleetError> {
    within("count", (1..=MOST).contains(&wanted.count), "1 to 10,000")?;
    let gateways = gateways(&wanted)?;
    within(
        "seconds",
        (1..=2_592_000).contains(&wanted.seconds),
        "1 to 2,592,000",
    )?;
    within(
        "every",
        (0.05..=86_400.0).contains(&wanted.every),
        "0.05 to 86,400",
    )?;
    within(
        "speed",
        (0.001..=10_000.0).contains(&wanted.speed),
        "0.001 to 10,000",
    )?;
    within(
        "uploads",
        (0.0..=3_600.0).contains(&wanted.uploads.unwrap_or_default()),
        "0 to 3,600",
    )?;
    let (template, parts) = template(core, acting, &wanted).await?;
    let plan = Plan::read(wanted, gateways, journal, template)?;
    fits(plan.sources(), &parts)?;
    let doors = fleets.doors.get();
    if gateways > 0 && doors.is_none_or(|(_, mqtt)| mqtt.is_none()) {
        return Err(FleetError::NoMqtt);
    }
    let of_one_end = match plan.wanted.topology {
        FleetTopology::Direct => plan.wanted.count,
        FleetTopology::Hub => gateways,
        FleetTopology::Mesh => gateways * FILES_IN_MESH,
    };
    let needed = 2 * u64::from(of_one_end) + OTHER_FILES;
    let has = open_many_files();
    if has < needed {
        return Err(FleetError::TooFewFiles { has, needed });
    }
    let job = Job::Play(acting.clone(), Box::new(plan));
    fleets.ask(acting.org, FleetPhase::Making, job)?;
    Ok(fleets.now())
}

/// How a recording is played that does not say it itself.
#[derive(Clone, Copy, Debug)]
pub struct Assumed {
    /// How its devices reach the cloud.
    pub topology: FleetTopology,
    /// How many of its first numbers are gateways'.
    pub gateways: u32,
    /// Where chance began.
    pub seed: u32,
}

/// Plays what was recorded. What it says of itself counts, and what is assumed where it says nothing.
pub async fn replay(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    (journal, assumed, speed): (Journal, Assumed, f64),
) -> Result<FleetNow, FleetError> {
    let wanted = match journal.of {
        Some(of) => recorded(of, speed)?,
        None => {
            let is_direct = assumed.topology == FleetTopology::Direct;
            let gateways = if is_direct { 0 } else { assumed.gateways };
            let devices = journal.numbers().saturating_sub(gateways);
            replayed(assumed, (gateways, devices), speed)
        }
    };
    start(core, fleets, acting, wanted, Some(journal)).await
}

/// A fleet as a recording says it was.
fn recorded(of: Recorded, speed: f64) -> Result<StartFleet, FleetError> {
    let topology = match of.topology {
        Topology::Direct => FleetTopology::Direct,
        Topology::Hub => FleetTopology::Hub,
        Topology::Mesh => FleetTopology::Mesh,
    };
    let seed = u32::try_from(of.seed).map_err(|_| FieldError {
        field: "seed",
        must: "4,294,967,295 at the most: play this recording with `handover simulate --replay`",
    })?;
    let assumed = Assumed {
        topology,
        gateways: of.gateways,
        seed,
    };
    Ok(replayed(assumed, (of.gateways, of.devices), speed))
}

fn replayed(of: Assumed, (gateways, count): (u32, u32), speed: f64) -> StartFleet {
    StartFleet {
        topology: of.topology,
        count,
        gateways: (of.topology != FleetTopology::Direct).then_some(gateways),
        template_id: None,
        seed: of.seed,
        // Of no account, since the recording says.
        seconds: 1,
        every: 1.0,
        speed,
        signals: Vec::new(),
        failures: Vec::new(),
        uploads: None,
    }
}

/// Plays what was recorded last, with devices of the template that they were of where that is known still.
pub async fn again(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    speed: f64,
) -> Result<FleetNow, FleetError> {
    let before = fleets.state().wanted.clone();
    let file = std::fs::File::open(fleets.recording()).map_err(|_| FleetError::Nothing)?;
    let journal = Journal::read(io::BufReader::new(file)).map_err(|_| FleetError::Nothing)?;
    let wanted = match (journal.of, before) {
        (Some(of), Some(before)) => {
            let now = recorded(of, speed)?;
            match now.topology == before.topology {
                true => StartFleet {
                    count: now.count,
                    gateways: now.gateways,
                    seed: now.seed,
                    speed,
                    ..before
                },
                // The fleet that was asked for last has recorded nothing.
                false => now,
            }
        }
        (Some(of), None) => recorded(of, speed)?,
        (None, Some(before)) => StartFleet { speed, ..before },
        (None, None) => return Err(FleetError::Nothing),
    };
    start(core, fleets, acting, wanted, Some(journal)).await
}

/// Stops what is under way.
pub fn stop(fleets: &Fleets) -> Result<FleetNow, FleetError> {
    let state = fleets.state();
    if !state.is_busy() {
        return Err(FleetError::Nothing);
    }
    state.stop.cancel();
    drop(state);
    Ok(fleets.now())
}

/// Deletes the devices that were made for fleets.
pub async fn delete(core: &Core, fleets: &Fleets, acting: &Acting) -> Result<FleetNow, FleetError> {
    let works = Works::read(&fleets.folder);
    if works.count(core, fleets).await? == 0 && !works.are_making() {
        return Err(FleetError::Nothing);
    }
    fleets.ask(
        acting.org,
        FleetPhase::Deleting,
        Job::Delete(acting.clone()),
    )?;
    Ok(fleets.now())
}

/// Does what is asked for until it is told to stop.
pub async fn keep(core: Arc<Core>, stop: Stop) {
    let Some(fleets) = &core.fleets else { return };
    // What was being made when the process before ended.
    let mut settling = true;
    loop {
        tokio::select! {
            () = stop.gracefully.cancelled() => return,
            () = fleets.wake.notified() => {}
            settled = Works::settled(&core, fleets), if settling => {
                settling = false;
                if let Err(error) = settled {
                    tracing::warn!(%error, "how many devices were made for fleets is not known now");
                }
                continue;
            }
        }
        let (job, stopped) = {
            let mut state = fleets.state();
            (state.job.take(), state.stop.clone())
        };
        let Some(job) = job else { continue };
        let outcome = tokio::select! {
            () = stop.gracefully.cancelled() => return,
            outcome = perform(&core, fleets, job, &stopped) => outcome,
        };
        let mut state = fleets.state();
        state.playing = None;
        state.phase = match (&outcome, stopped.is_cancelled()) {
            (Err(_), _) => FleetPhase::Failed,
            (Ok(_), true) => FleetPhase::Stopped,
            (Ok(after), false) => *after,
        };
        if let Err(trouble) = outcome {
            tracing::warn!(error = %trouble, "a fleet came to nothing");
            state.failure = Some(trouble.failure());
        }
    }
}

/// Does it, and gives what is so afterwards.
async fn perform(
    core: &Core,
    fleets: &Fleets,
    job: Job,
    stopped: &CancellationToken,
) -> Result<FleetPhase, Trouble> {
    match job {
        Job::Play(acting, plan) => {
            let cast = tokio::select! {
                () = stopped.cancelled() => None,
                cast = made::cast(core, fleets, &acting, &plan) => Some(cast?),
            };
            let Some(cast) = cast else {
                // What is being made is given up, and what was made in that moment is known.
                Works::halted(core, fleets, &acting).await?;
                return Ok(FleetPhase::Stopped);
            };
            playing::play(fleets, *plan, cast, stopped).await?;
            Ok(FleetPhase::Ended)
        }
        Job::Delete(acting) => {
            tokio::select! {
                () = stopped.cancelled() => return Ok(FleetPhase::Stopped),
                deleted = made::delete(core, fleets, &acting) => deleted?,
            }
            Ok(FleetPhase::Idle)
        }
    }
}
