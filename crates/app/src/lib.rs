//! The use cases behind the app's commands, against a [`Host`]; knows no Tauri.
//!
//! Each command of the app is one method of [`App`], declared once. A host gives what a platform has (a keyring, a
//! camera, a bundled cloud); one that lacks a part does not compile.

mod bridge;
mod camera;
mod claiming;
mod devices;
mod download;
mod host;
mod live;
mod mailbox;
mod pictures;
mod session;
mod typescript;

pub use bridge::*;
pub use camera::camera_error;
pub use host::Host;
pub use typescript::typescript;

use std::sync::Arc;

pub use handover_client::SecretStore;

use handover_client::{PendingClaims, Result};
use handover_wire::{ErrorBody, Secret};
use tokio::sync::RwLock;

use camera::CameraDesk;
use live::Listening;
use session::Active;

/// Tells the time, in milliseconds since the epoch.
pub type Clock = fn() -> i64;

/// The app, whatever it runs in.
pub struct App {
    host: Arc<dyn Host>,
    active: RwLock<Option<Active>>,
    pending: PendingClaims<HostSecrets>,
    clock: Clock,
    camera: CameraDesk,
    listening: Listening,
}

impl App {
    /// The app in its host.
    pub fn new(host: Arc<dyn Host>, clock: Clock) -> Self {
        Self {
            clock,
            pending: PendingClaims::new(HostSecrets(host.clone()), "pending-claims"),
            camera: CameraDesk::default(),
            listening: Listening::default(),
            active: RwLock::new(None),
            host,
        }
    }

    /// What this host can do.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities {
            camera: self.host.camera_kind(),
            bundled_cloud: self.host.has_bundled_cloud(),
            secrets: self.host.secrets_kept(),
            choose_server: true,
            version: handover_wire::VERSION.to_owned(),
        }
    }
}

/// The host's secret store, where a sized type is wanted.
struct HostSecrets(Arc<dyn Host>);

#[async_trait::async_trait]
impl SecretStore for HostSecrets {
    async fn read(&self, name: &str) -> Result<Option<Secret>> {
        self.0.secrets().read(name).await
    }

    async fn write(&self, name: &str, secret: Secret) -> Result<()> {
        self.0.secrets().write(name, secret).await
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.0.secrets().delete(name).await
    }
}

/// Runs work that would hold up everything else on a thread of its own.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| ErrorBody::new(handover_wire::ErrorCode::Internal, error.to_string()))
}
