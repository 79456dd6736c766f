//! Plays a fleet against the cloud itself, and writes down what it does.

use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

use handover_device::About;
use handover_simulate::{
    Cast, Failure, Fleet, Journal, Plot, Recorded, Source, Stage, Step, perform,
};
use handover_wire::{FleetPhase, StartFleet, Template};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{FleetError, Fleets, Trouble};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::FieldError;
use crate::durable;

/// Within which time devices come, at the most.
const ARRIVE: Duration = Duration::from_secs(5);

/// What a fleet's devices are of.
pub enum Kind {
    /// This template.
    Known(Template),
    /// One that takes what devices of this template say, and is reached by mesh.
    LikeInMesh(Template),
}

/// What is to be played.
pub struct Plan {
    /// As it was asked for.
    pub wanted: StartFleet,
    /// How many gateways.
    pub gateways: u32,
    fleet: Fleet,
    journal: Option<Journal>,
    /// What its devices are of.
    pub template: Kind,
}

impl Plan {
    /// Whether it plays a recording that does not say what kind of a fleet it was.
    pub fn is_assumed(&self) -> bool {
        let of = self.journal.as_ref().map(|journal| journal.of);
        of.is_some_and(|of| of.is_none())
    }

    /// What its devices measure; nothing where a recording says what they send.
    pub fn sources(&self) -> &[Source] {
        match self.journal {
            Some(_) => &[],
            None => &self.fleet.sources,
        }
    }

    /// Reads what was asked for.
    pub fn read(
        wanted: StartFleet,
        gateways: u32,
        journal: Option<Journal>,
        template: Kind,
    ) -> Result<Self, FleetError> {
        let sources: Result<Vec<Source>, _> =
            wanted.signals.iter().map(|one| one.parse()).collect();
        let failures: Result<Vec<Failure>, _> =
            wanted.failures.iter().map(|one| one.parse()).collect();
        let lasts = Duration::from_secs(wanted.seconds.into());
        let fleet = Fleet {
            seed: wanted.seed.into(),
            lasts,
            every: Duration::from_secs_f64(wanted.every),
            arrive: ARRIVE.min(lasts / 2),
            sources: sources.map_err(|_| FieldError {
                field: "signals",
                must: "written like V1=temperature: temperature, moisture, battery, radio, counter or switch",
            })?,
            failures: failures.map_err(|_| FieldError {
                field: "failures",
                must: "written like power-cut=2/h:30s: power-cut, radio-loss, flood or clock-wrong",
            })?,
            partition: None,
            uploads: wanted.uploads.unwrap_or_default(),
        };
        Ok(Self {
            wanted,
            gateways,
            fleet,
            journal,
            template,
        })
    }
}

/// Seconds that a recording lasts.
fn seconds(journal: &Journal) -> u32 {
    let ends = journal.steps.values().filter_map(|steps| steps.last());
    let last = ends.map(|step| step.at.as_secs()).max().unwrap_or_default();
    u32::try_from(last).unwrap_or(u32::MAX).saturating_add(1)
}

/// Plays it to its end, or until it is stopped.
pub async fn play(
    fleets: &Fleets,
    plan: Plan,
    cast: Cast,
    stopped: &CancellationToken,
) -> Result<(), Trouble> {
    let Some(&(web, mqtt)) = fleets.doors.get() else {
        return Err(Trouble::NotMade);
    };
    let (told, done) = unbounded_channel();
    let stage = Stage {
        cloud: web,
        // Who has no gateways needs none.
        mqtt: mqtt.unwrap_or(web),
        now: || SystemClock.now().0,
        about: About {
            board: "simulated".to_owned(),
            ..About::default()
        },
        speed: plan.wanted.speed,
        stop: stopped.clone(),
        journal: Some(told),
    };
    let lasts = plan.journal.as_ref().map_or(plan.wanted.seconds, seconds);
    fleets.begin(FleetPhase::Running, lasts.into());
    let progress = {
        let mut state = fleets.state();
        state.playing = Some((Instant::now(), plan.wanted.speed));
        state.progress.clone()
    };
    // Beside what was recorded before, until it is whole.
    let (path, new) = (fleets.recording(), fleets.recording().with_extension("new"));
    let of = cast.recorded(plan.wanted.seed.into());
    let writing = tokio::task::spawn_blocking({
        let new = new.clone();
        move || record(&new, of, done)
    });
    let plot = match plan.journal {
        Some(journal) => Plot::Journal(journal),
        None => Plot::Fleet(plan.fleet),
    };
    perform(&stage, cast, plot, &progress).await;
    drop(stage);
    writing.await.map_err(io::Error::other)??;
    Ok(std::fs::rename(&new, &path)?)
}

/// Writes down what is done, as it is done.
fn record(path: &Path, of: Recorded, mut done: UnboundedReceiver<(u32, Step)>) -> io::Result<()> {
    durable::private_file(path)?;
    let file = std::fs::File::options()
        .write(true)
        .truncate(true)
        .open(path)?;
    let mut file = BufWriter::new(file);
    Journal::begin(&mut file, of)?;
    while let Some((device, step)) = done.blocking_recv() {
        Journal::write(&mut file, device, &step)?;
    }
    file.flush()
}
