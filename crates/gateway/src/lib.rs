//! A gateway that runs: takes what nodes say, decodes it by rules, keeps it until the cloud has it, and takes to nodes what
//! people set.
//!
//! - `config`: the file that says all of it.
//! - `input`: where payloads come in.
//! - `rules`: what they mean, as pure functions.
//! - `desk`, `keep`: what is kept before anybody is told that it is.
//! - `up`: to the cloud over HTTPS, and back by MQTT.
//! - `meshed`: a gateway of a mesh alone, whose radio and memory are somebody else's.

mod config;
mod desk;
mod forms;
mod input;
mod keep;
mod meshed;
mod noted;
mod route;
mod rules;
mod token;
mod up;

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use handover_device::StoreError;
use handover_wire::{DeviceId, Secret};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use config::{CloudConfig, Config, EXAMPLE, InputConfig, MeshConfig, NoConfig};
use desk::{Closed, Desk, DeskConfig};
use input::Input;
pub use meshed::{Meshed, run_meshed};
pub use rules::{Nothing, Reading, Rules, Who, unhex};
pub use token::{NoToken, TOKEN, token};
use up::Up;
use up::http::Cloud;
pub use up::http::NoSpeech;
use up::mesh::{Between, Mesh, NoMesh};
use up::mqtt::Down;
use up::roster::Rosters;

/// Milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How long what is under way may take at the end.
const GOODBYE: Duration = Duration::from_secs(5);
/// How often is looked whether a window is over.
const TICK: Duration = Duration::from_secs(1);

/// Why a gateway does not run, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// Its folder cannot be made.
    #[error("{}: {source}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// What it keeps cannot be read or written. A gateway that is started anew goes on with what is there.
    #[error("what the gateway keeps in {}: {source}", path.display())]
    Store {
        /// Its folder.
        path: PathBuf,
        /// What happened.
        source: StoreError,
    },
    /// Nothing comes in there.
    #[error("the input {place}: {source}")]
    Input {
        /// Which.
        place: String,
        /// The system's words.
        source: io::Error,
    },
    /// The mesh.
    #[error("the mesh: {0}")]
    Mesh(#[from] NoMesh),
    /// It cannot speak with the cloud.
    #[error(transparent)]
    Speech(#[from] NoSpeech),
    /// A part of it broke.
    #[error("a part of the gateway broke; the log says which")]
    Broken,
}

/// Runs a gateway until it is told to stop. `ready` is called once it listens.
///
/// # Errors
/// Where it cannot start, or its disk fails.
pub async fn run(
    config: Config,
    token: Secret,
    clock: Clock,
    stop: CancellationToken,
    ready: impl FnOnce(),
) -> Result<(), GatewayError> {
    let folder = config.folder.clone();
    make_private(&folder).map_err(|source| GatewayError::Folder {
        path: folder.clone(),
        source,
    })?;
    let cloud = Cloud::new(&config.cloud, token)?;
    let mut inputs = Vec::new();
    for input in &config.inputs {
        let opened = Input::open(input).await;
        inputs.push(opened.map_err(|(place, source)| GatewayError::Input { place, source })?);
    }
    let kept = |source| GatewayError::Store {
        path: folder.clone(),
        source,
    };
    let mesh = match &config.mesh {
        Some(mesh) => Some(Mesh::open(mesh, &folder).await?),
        None => None,
    };
    let rules = Arc::new(config.rules);
    let desk = DeskConfig {
        rules: rules.clone(),
        sources: config.sources,
        keep: config.keep,
        orders: inputs.iter().find_map(Input::orders),
        clock: clock.clone(),
    };
    let (desk, failure) = Desk::open(&folder, desk).map_err(kept)?;
    let rosters = Arc::new(Rosters::new(cloud, desk.clone()));
    let down = Down::new(&config.cloud, desk.clone(), rosters.clone())?;
    let mut parts = Parts(JoinSet::new());
    for input in inputs {
        parts.spawn(stop.clone(), input.run(desk.clone()));
    }
    parts.spawn(stop.clone(), tick(desk.clone()));
    let ways = async {
        let up = Up::new(desk.clone(), rosters.clone());
        let down = async {
            match &down {
                Some(down) => down.run(&stop).await,
                None => Ok(()),
            }
        };
        let ((), up, down) = tokio::join!(rosters.run(&stop), up.run(&stop), down);
        rosters.tell_dropped();
        up.and(down)
    };
    let between = Between::new(rosters.clone(), desk.clone(), rules, clock);
    let mesh = async {
        if let Some(mesh) = mesh {
            mesh.run(&between, &stop).await?;
        }
        // The ways up and down end by themselves.
        std::future::pending::<Result<(), NoMesh>>().await
    };
    ready();
    let ended = tokio::select! {
        ended = ways => ended.map_err(|Closed| GatewayError::Broken),
        failed = failure => Err(failed.map_or(GatewayError::Broken, kept)),
        ended = mesh => ended.map_err(GatewayError::Mesh),
        () = parts.broken() => Err(GatewayError::Broken),
        () = late(&stop) => Ok(()),
    };
    stop.cancel();
    ended
}

/// When it was told to stop, and what was under way has had its time.
async fn late(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GOODBYE).await;
}

async fn tick(desk: Desk) -> io::Result<()> {
    while desk.tick().await.is_ok() {
        tokio::time::sleep(TICK).await;
    }
    Ok(())
}

/// Parts that run until the gateway stops.
struct Parts(JoinSet<io::Result<()>>);

impl Parts {
    fn spawn(
        &mut self,
        stop: CancellationToken,
        part: impl Future<Output = io::Result<()>> + Send + 'static,
    ) {
        self.0.spawn(async move {
            tokio::select! {
                ended = part => ended,
                () = stop.cancelled() => Ok(()),
            }
        });
    }

    /// When one of them broke. One that has come to its end, as standard input does, leaves the others.
    async fn broken(&mut self) {
        while let Some(ended) = self.0.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return tracing::error!(%error, "an input broke"),
                Err(error) => return tracing::error!(%error, "a part broke"),
            }
        }
        std::future::pending().await
    }
}

/// What is in it is nobody else's to read.
fn make_private(folder: &std::path::Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// What the rules of a configuration make of a payload, in words for whoever writes them.
pub fn explain(
    config: &Config,
    source: &str,
    template: &str,
    payload: &[u8],
) -> (Vec<(String, String)>, Vec<String>) {
    let number = config
        .sources
        .get(source)
        .copied()
        .or_else(|| source.parse().ok());
    let who = Who {
        device: DeviceId(number.unwrap_or_default()),
        template,
        source,
    };
    let (decoded, nothing) = config.rules.decode(&who, payload);
    let values = decoded
        .into_iter()
        .map(|(pin, _, reading)| (pin.to_string(), reading.text()));
    (
        values.collect(),
        nothing.iter().map(ToString::to_string).collect(),
    )
}
