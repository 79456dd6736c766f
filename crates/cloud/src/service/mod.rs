//! What the cloud does, whoever asks: each use-case is a function over the open cloud.

pub mod approvals;
pub mod audit;
pub mod batches;
pub mod bootstrap;
pub mod claim;
pub mod devices;
pub mod export;
pub mod export_devices;
pub mod faults;
pub mod files;
pub mod fleets;
pub mod forgotten;
pub mod gateways;
pub mod hands;
pub mod import;
pub mod limits;
pub mod links;
pub mod live;
pub mod living;
pub mod machines;
pub mod making;
pub mod many;
pub mod mint;
pub mod names;
mod notices;
pub mod orgs;
pub mod people;
pub mod refusals;
pub mod requests;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod sign_up;
pub mod tallies;
pub mod templates;
pub mod text_indexes;
pub mod waiting;
pub mod why;

use std::fs::File;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, OnceLock};

use handover_wire::OrgId;
use tokio::sync::Notify;
use url::Url;

use crate::clock::{Clock, Time};
use crate::demo::Demo;
use crate::entropy::Entropy;
use crate::mail::Post;
use crate::passwords::{PasswordError, Passwords};
use crate::secrets::{Digest, Kept, Keys, Purpose, Unsealable};
use crate::store::{MayBeConflict, Store, StoreError, Write};

/// The open cloud: everything that a use-case needs.
pub struct Core {
    /// What is kept.
    pub store: Store,
    /// The key outside the database.
    pub keys: Keys,
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Randomness.
    pub entropy: Box<dyn Entropy>,
    /// Passwords.
    pub passwords: Passwords,
    /// Where letters go.
    pub post: Post,
    /// Wakes whoever makes batches.
    pub making: Arc<Notify>,
    /// Requests that organizations may still make.
    pub requests: requests::Requests,
    /// Claims that are made together.
    pub line: claim::Line,
    /// Pages that are told of changes.
    pub live: live::Live,
    /// Devices that speak with this process.
    pub hub: living::Hub,
    /// What the log says of those that are refused.
    pub refusals: refusals::Refusals,
    /// The demo's sign-ins and tokens, where this is one.
    pub demo: Option<Demo>,
    /// What goes wrong on demand, where this cloud was started for that.
    pub faults: Option<faults::Switchboard>,
    /// The fleet that testers start, where this cloud was started for that.
    pub fleets: Option<fleets::Fleets>,
    /// The address that people reach this cloud under; known once it listens.
    pub address: OnceLock<Url>,
    /// The token that the demo showed last, by internal id.
    pub last_demo_label: AtomicI64,
    /// Locked as long as anything is open, so that two clouds never share a folder.
    pub _lock: File,
}

impl Core {
    /// The time now.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// What a secret is found by.
    pub fn digest(&self, purpose: Purpose, secret: &str) -> Digest {
        self.keys.digest(purpose, secret)
    }

    /// A text that is only read again.
    pub fn seal(&self, purpose: Purpose, text: &str) -> Vec<u8> {
        self.keys.seal(purpose, text, self.entropy.as_ref())
    }

    /// A secret as the database has it.
    pub fn keep(&self, purpose: Purpose, secret: &str) -> Kept {
        self.keys.keep(purpose, secret, self.entropy.as_ref())
    }
}

/// What something was to be made in, or of, which somebody found a moment ago, and is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gone {
    /// The organization was closed.
    #[error("there is no such organization any more")]
    Organization,
    /// The template was deleted.
    #[error("there is no such template any more")]
    Template,
}

impl Write {
    /// Whether both are there still, where something is to be made in the organization, of the template.
    pub(in crate::service) async fn still_there(
        &mut self,
        org: OrgId,
        template: i64,
    ) -> Result<Result<(), Gone>, StoreError> {
        if !self.is_open(org).await? {
            return Ok(Err(Gone::Organization));
        }
        Ok(match self.has_template(template).await? {
            true => Ok(()),
            false => Err(Gone::Template),
        })
    }
}

/// What can break in any use-case, through nobody's fault.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sealed secret.
    #[error(transparent)]
    Sealed(#[from] Unsealable),
    /// A password's hash.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// An answer that does not serialize.
    #[error("an answer does not serialize: {0}")]
    Answer(#[from] serde_json::Error),
    /// Where the audit's chain ends was not written by a cloud with this key, so nothing is added to it.
    #[error(
        "the end of the audit's chain is missing or was changed: `handover cloud verify-audit` tells more"
    )]
    AuditEnd,
    /// Whoever had something taken out may not any more.
    #[error("whoever asked for it may not have it any more")]
    Withdrawn,
    /// A table that cannot be written.
    #[error("a table cannot be written: {0}")]
    Table(#[from] csv::Error),
    /// An image that cannot be drawn.
    #[error("a label cannot be drawn: {0}")]
    Label(String),
}

impl MayBeConflict for Broken {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}

/// Lets `?` take whatever breaks a use-case into the variant `Broken` of its own error, and a change find out there
/// whether another came between.
macro_rules! breaks {
    ($error:ty) => {
        impl<E> From<E> for $error
        where
            Broken: From<E>,
        {
            fn from(error: E) -> Self {
                Self::Broken(error.into())
            }
        }

        impl $crate::store::MayBeConflict for $error {
            fn is_conflict(&self) -> bool {
                matches!(self, Self::Broken(broken) if broken.is_conflict())
            }
        }
    };
}
pub(crate) use breaks;
