//! Passwords: argon2id, a few at a time, the same work whether the person exists or not.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use handover_wire::Secret;
use tokio::sync::Semaphore;

use crate::entropy::{self, Entropy};

/// Hashes computed at one time: each takes 19 MiB and a core, and a crowd must take neither all at once.
const AT_ONCE: usize = 4;

/// Why a password could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The hash in the database is not one.
    #[error("a stored password hash is malformed")]
    Malformed,
    /// Hashing itself failed.
    #[error("argon2 failed: {0}")]
    Hashing(String),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
}

/// Hashes and checks passwords.
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// Checked against where there is nobody to check against.
    nobody: Secret,
}

impl Passwords {
    /// Makes the hash that stands for nobody. Takes as long as one sign-in.
    pub async fn new(entropy: &dyn Entropy) -> Result<Self, PasswordError> {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let password = entropy::token40(entropy);
        let nobody = hash_in_turn(&turns, password, entropy::bytes(entropy)).await?;
        Ok(Self { turns, nobody })
    }

    /// The hash of a new password, in PHC form, with its own salt.
    pub async fn hash(
        &self,
        password: &Secret,
        entropy: &dyn Entropy,
    ) -> Result<Secret, PasswordError> {
        hash_in_turn(&self.turns, password.clone(), entropy::bytes(entropy)).await
    }

    /// Whether the password is right. With no hash the answer is no, after the same work.
    pub async fn verify(
        &self,
        password: &Secret,
        hash: Option<&Secret>,
    ) -> Result<bool, PasswordError> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).clone();
        let password = password.clone();
        let right = in_turn(&self.turns, move || {
            let hash = PasswordHash::new(hash.expose()).map_err(|_| PasswordError::Malformed)?;
            let checked = Argon2::default().verify_password(password.expose().as_bytes(), &hash);
            Ok(checked.is_ok())
        })
        .await?;
        Ok(exists && right)
    }
}

async fn hash_in_turn(
    turns: &Arc<Semaphore>,
    password: Secret,
    salt: [u8; 16],
) -> Result<Secret, PasswordError> {
    in_turn(turns, move || {
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(password.expose().as_bytes(), &salt)
            .map_err(|error| PasswordError::Hashing(error.to_string()))?;
        Ok(Secret::new(hash.to_string()))
    })
    .await
}

/// Waits for a turn, then works beside the threads that serve requests. A caller who leaves frees the turn only
/// when the work is done.
async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
) -> Result<T, PasswordError> {
    let turn = turns
        .clone()
        .acquire_owned()
        .await
        .map_err(|_| PasswordError::Stopping)?;
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    })
    .await
    .map_err(|_| PasswordError::Stopping)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[tokio::test]
    async fn right_wrong_and_nobody() {
        let passwords = Passwords::new(&SystemEntropy).await.expect("hashes");
        let right = Secret::new("correct horse");
        let hash = passwords
            .hash(&right, &SystemEntropy)
            .await
            .expect("hashes");
        assert!(hash.expose().starts_with("$argon2id$"));
        let wrong = Secret::new("battery staple");
        for (password, hash, want) in [
            (&right, Some(&hash), true),
            (&wrong, Some(&hash), false),
            (&right, None, false),
        ] {
            assert_eq!(
                passwords.verify(password, hash).await.expect("checks"),
                want
            );
        }
        let malformed = Secret::new("not a hash");
        assert!(passwords.verify(&right, Some(&malformed)).await.is_err());
    }
}
