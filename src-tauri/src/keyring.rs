//! Secrets in the operating system's keyring, or in memory for this run where there is none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use handover_app::{SecretStore, SecretsKept};
use handover_wire::{ErrorBody, ErrorCode, Secret};
use keyring_core::{Entry, Error};

/// What the keyring's own tools show the entries under.
const SERVICE: &str = "com.handover.app";

/// A keyring, or memory in its place. Clones are of one and the same.
#[derive(Clone)]
pub(crate) enum Secrets {
    /// The operating system's.
    Keyring,
    /// There is none: secrets end with the program.
    ThisRun(Arc<Mutex<HashMap<String, Secret>>>),
}

impl Secrets {
    /// Looks for a keyring that can be read; `store` says whether the platform has one at all. May block, and the
    /// system may ask the user to unlock it.
    pub(crate) fn find(store: Result<(), Error>) -> Self {
        let readable = store.and_then(|()| {
            entry("session")?
                .get_password()
                .map(drop)
                .or_else(none_is_fine)
        });
        match readable {
            Ok(()) => Secrets::Keyring,
            Err(error) => {
                tracing::warn!(%error, "no keyring: secrets are kept for this run only");
                Secrets::ThisRun(Arc::default())
            }
        }
    }

    /// Where they are kept.
    pub(crate) fn kept(&self) -> SecretsKept {
        match self {
            Secrets::Keyring => SecretsKept::Keyring,
            Secrets::ThisRun(_) => SecretsKept::ThisRun,
        }
    }
}

#[async_trait]
impl SecretStore for Secrets {
    async fn read(&self, name: &str) -> Result<Option<Secret>, ErrorBody> {
        match self {
            Secrets::Keyring => {
                let found = in_keyring(name, |entry| entry.get_password().map(Some));
                Ok(found.await?.flatten().map(Secret::new))
            }
            Secrets::ThisRun(memory) => Ok(lock(memory).get(name).cloned()),
        }
    }

    async fn write(&self, name: &str, secret: Secret) -> Result<(), ErrorBody> {
        match self {
            Secrets::Keyring => {
                in_keyring(name, move |entry| entry.set_password(secret.expose())).await?;
            }
            Secrets::ThisRun(memory) => {
                lock(memory).insert(name.to_owned(), secret);
            }
        }
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), ErrorBody> {
        match self {
            Secrets::Keyring => {
                in_keyring(name, |entry| entry.delete_credential()).await?;
            }
            Secrets::ThisRun(memory) => {
                lock(memory).remove(name);
            }
        }
        Ok(())
    }
}

/// Works on an entry off the async threads, since a keyring may wait for its user. None: there is no such entry.
async fn in_keyring<T: Send + 'static>(
    name: &str,
    work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<Option<T>, ErrorBody> {
    let name = name.to_owned();
    let done = tokio::task::spawn_blocking(move || work(&entry(&name)?)).await;
    match done.map_err(|error| ErrorBody::new(ErrorCode::Internal, error.to_string()))? {
        Ok(value) => Ok(Some(value)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(ErrorBody::new(
            ErrorCode::KeyringUnavailable,
            error.to_string(),
        )),
    }
}

fn entry(name: &str) -> Result<Entry, Error> {
    Entry::new(SERVICE, name)
}

fn none_is_fine(error: Error) -> Result<(), Error> {
    match error {
        Error::NoEntry => Ok(()),
        error => Err(error),
    }
}

fn lock(memory: &Mutex<HashMap<String, Secret>>) -> MutexGuard<'_, HashMap<String, Secret>> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}
