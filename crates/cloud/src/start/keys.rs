//! The key file, and whether it is the database's.

use std::{fs, io};

use super::{Config, StartError};
use crate::entropy::Entropy;
use crate::secrets::{self, KeyFileError, Keys, Purpose};
use crate::store::{Store, change};

/// The name of the setting that tells whether key and database belong together.
const KEY_CHECK: &str = "key_check";

/// Reads the key; makes one where neither file nor database has one yet.
pub async fn open(
    config: &Config,
    store: &Store,
    entropy: &dyn Entropy,
) -> Result<Keys, StartError> {
    let path = config.key_file();
    let broken = |error| config.broken(error);
    let file = |error| match error {
        KeyFileError::Io(error) if error.kind() == io::ErrorKind::StorageFull => {
            config.file(path.clone(), error)
        }
        error => StartError::KeyFile(path.clone(), error),
    };
    let kept = store.setting(KEY_CHECK).await.map_err(broken)?;
    let found = secrets::read_key(&path).map_err(file)?;
    let is_new = found.is_none();
    let keys = match found {
        Some(keys) => keys,
        None if kept.is_some() => return Err(StartError::WrongKey(path)),
        None => secrets::create_key(&path, entropy).map_err(file)?,
    };
    let check = keys.digest(Purpose::KeyCheck, KEY_CHECK);
    let kept = match kept {
        Some(kept) => kept,
        None => {
            change!(store, |write| write.setting_or(KEY_CHECK, &check).await).map_err(broken)?
        }
    };
    if kept == check {
        return Ok(keys);
    }
    if is_new {
        // Another cloud on the same database was a moment earlier, and this key opens nothing.
        fs::remove_file(&path).map_err(|error| file(error.into()))?;
    }
    Err(StartError::WrongKey(path))
}

/// The key that the database was made with.
pub async fn existing(config: &Config, store: &Store) -> Result<Keys, StartError> {
    let path = config.key_file();
    let kept = store.setting(KEY_CHECK).await;
    let kept = kept.map_err(|error| config.broken(error))?;
    let found = secrets::read_key(&path);
    let found = found.map_err(|error| StartError::KeyFile(path.clone(), error))?;
    found
        .filter(|keys| kept.is_some_and(|kept| kept == keys.digest(Purpose::KeyCheck, KEY_CHECK)))
        .ok_or(StartError::WrongKey(path))
}
