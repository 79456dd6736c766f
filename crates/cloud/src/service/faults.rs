//! Faults on demand, in a cloud that was started for tests: they can be switched where it was started with them, and cannot
//! be had otherwise.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fs, io};

use handover_wire::{DeviceId, Fault, Faults, FaultsNow};

use super::{Broken, Core};
use crate::domain::{Actor, BadFaults, Call, Fates, Moment, Reach};
use crate::secrets::Purpose;
use crate::store::StoreError;

/// What goes wrong, where anything may.
#[derive(Debug)]
pub struct Switchboard {
    endpoints: Vec<String>,
    fates: Mutex<Fates>,
}

/// Why a file says nothing of faults.
#[derive(Debug, thiserror::Error)]
pub enum BadFaultsFile {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It has another shape.
    #[error("it is not as it must be: {0}")]
    Shape(#[from] serde_json::Error),
    /// It says what cannot be.
    #[error(transparent)]
    Bad(#[from] BadFaults),
}

impl Switchboard {
    /// What this file says, for a cloud with these endpoints.
    pub fn open(file: &Path, endpoints: Vec<String>) -> Result<Self, BadFaultsFile> {
        let text = fs::read(file)?;
        // A new file is made by `touch` as well as by a text editor.
        let faults = match text.trim_ascii() {
            [] => Faults::default(),
            text => serde_json::from_slice(text)?,
        };
        let fates = Mutex::new(Fates::new(faults, &endpoints)?);
        Ok(Self { endpoints, fates })
    }

    fn with<T>(&self, what: impl FnOnce(&mut Fates) -> T) -> T {
        what(&mut self.fates.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What goes wrong at present.
    pub fn now(&self) -> FaultsNow {
        self.with(|fates| fates.now())
    }

    /// What has happened since it began, to be played again.
    pub fn recording(&self) -> Faults {
        self.with(|fates| fates.recording())
    }

    /// Lets this go wrong from now on, and nothing else. Counts and chance begin anew.
    pub fn switch(&self, faults: Faults) -> Result<FaultsNow, BadFaults> {
        let fates = Fates::new(faults, &self.endpoints)?;
        Ok(self.with(|current| {
            *current = fates;
            current.now()
        }))
    }

    /// Whether it has to be known who has a device.
    fn asks_for_account(&self) -> bool {
        self.with(|fates| fates.asks_for_account())
    }

    /// Whether it has to be known which device a call is about.
    pub fn asks_for_device(&self) -> bool {
        self.with(|fates| fates.asks_for_device())
    }

    /// What happens to this call.
    pub fn meets(&self, call: &Call) -> Vec<Fault> {
        // What is no endpoint is refused anyway; strangers invent methods without end, and none is to be remembered.
        let is_moment = || Moment::ALL.iter().any(|one| one.name() == call.endpoint);
        if !self.endpoints.iter().any(|known| known == call.endpoint) && !is_moment() {
            return Vec::new();
        }
        let met = self.with(|fates| fates.meets(call));
        if !met.is_empty() {
            tracing::info!(endpoint = call.endpoint, ?met, "a fault on demand");
        }
        met
    }
}

/// Who has this access token: the mail address of a person, the id of a machine.
pub async fn account(core: &Core, token: &str) -> Result<Option<String>, StoreError> {
    let digest = core.digest(Purpose::AccessToken, token);
    let Some(caller) = core.store.caller(&digest, core.now()).await? else {
        return Ok(None);
    };
    match caller.actor {
        Actor::User(user) => Ok(core.store.user(user).await?.map(|user| user.email)),
        other => Ok(Some(other.to_string())),
    }
}

/// The device that has this auth token.
pub async fn device(core: &Core, token: &str) -> Result<Option<DeviceId>, StoreError> {
    let digest = core.digest(Purpose::AuthToken, token);
    core.store.device_by_auth(&digest).await
}

/// The mail address of whoever has a device, where somebody does.
async fn owner(core: &Core, device: DeviceId) -> Result<Option<String>, Broken> {
    let mut look = core.store.look().await?;
    let Some(standing) = look.standing(device).await? else {
        return Ok(None);
    };
    let hands = look.device_hands(Reach::only(standing.org), device);
    let owner = hands.await?.and_then(|hands| hands.owner);
    drop(look);
    match owner {
        Some(owner) => Ok(core.store.user(owner).await?.map(|user| user.email)),
        None => Ok(None),
    }
}

/// Lets what somebody does who stays connected meet what it is to meet: waits as long as it is to take, and gives what else
/// happens. Costs nothing in a cloud that was not started for that.
pub async fn meet(core: &Core, moment: Moment, device: Option<DeviceId>) -> Option<Fault> {
    let switchboard = core.faults.as_ref()?;
    let owner = match device.filter(|_| switchboard.asks_for_account()) {
        Some(device) => owner(core, device).await,
        None => Ok(None),
    };
    let owner = owner.unwrap_or_else(|error| {
        tracing::warn!(%error, "who has a device is not known now: rules of its owner pass it by");
        None
    });
    let call = Call {
        endpoint: moment.name(),
        account: owner.as_deref(),
        device,
    };
    let mut last = None;
    for fault in switchboard.meets(&call) {
        match fault {
            Fault::Latency { ms, .. } => {
                tokio::time::sleep(Duration::from_millis(ms.into())).await;
            }
            other => last = Some(other),
        }
    }
    last
}
