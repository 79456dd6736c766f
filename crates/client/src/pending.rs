//! Claims whose answer is not known: they wait in the host's secret store, and are sent again with the same key.

use async_trait::async_trait;
use handover_wire::{ErrorBody, ErrorCode, Secret, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::Result;

/// Where secrets outlive the program: the operating system's keyring, or memory where there is none.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// The secret of that name, if there is one.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    async fn read(&self, name: &str) -> Result<Option<Secret>>;
    /// Keeps a secret in place of the one before it.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    async fn write(&self, name: &str, secret: Secret) -> Result<()>;
    /// Forgets a secret; that there is none is no error.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    async fn delete(&self, name: &str) -> Result<()>;
}

/// A claim that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingClaim {
    /// The idempotency key.
    pub key: String,
    /// What the label says.
    pub text: Secret,
    /// For whom; the claimer where absent.
    pub user_id: Option<UserId>,
    /// Who claims. Nobody else may send it.
    pub claimer: UserId,
    /// When it was first tried, in milliseconds since the epoch.
    pub since: i64,
}

/// The claims that wait. The whole list is one secret, since labels claim.
pub struct PendingClaims<S> {
    store: S,
    name: String,
    /// Serializes read-change-write; the list itself lives in the store alone.
    turn: Mutex<()>,
}

impl<S: SecretStore> PendingClaims<S> {
    /// The claims kept in `store` under `name`.
    pub fn new(store: S, name: impl Into<String>) -> Self {
        Self {
            store,
            name: name.into(),
            turn: Mutex::new(()),
        }
    }

    /// All that wait, oldest first.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    pub async fn list(&self) -> Result<Vec<WaitingClaim>> {
        let Some(text) = self.store.read(&self.name).await? else {
            return Ok(Vec::new());
        };
        // A list of a version that is not known is set aside rather than trusted.
        Ok(serde_json::from_str(text.expose()).unwrap_or_default())
    }

    /// Keeps a claim before it is sent; one with the same key stays as it is.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    pub async fn keep(&self, claim: WaitingClaim) -> Result<()> {
        self.change(|claims| {
            if claims.iter().all(|known| known.key != claim.key) {
                claims.push(claim);
            }
        })
        .await
    }

    /// Forgets a claim that was answered or given up.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    pub async fn settle(&self, key: &str) -> Result<()> {
        self.change(|claims| claims.retain(|claim| claim.key != key))
            .await
    }

    /// Forgets all of them.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    pub async fn clear(&self) -> Result<()> {
        self.change(Vec::clear).await
    }

    async fn change(&self, change: impl FnOnce(&mut Vec<WaitingClaim>)) -> Result<()> {
        let _turn = self.turn.lock().await;
        let mut claims = self.list().await?;
        change(&mut claims);
        if claims.is_empty() {
            return self.store.delete(&self.name).await;
        }
        let text = serde_json::to_string(&claims)
            .map_err(|error| ErrorBody::new(ErrorCode::Internal, error.to_string()))?;
        self.store.write(&self.name, Secret::new(text)).await
    }
}
