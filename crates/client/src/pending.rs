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
    /// The claim code that stands beside an identifier.
    #[serde(default)]
    pub claim_code: Option<Secret>,
    /// Whether support is asked to approve it.
    #[serde(default)]
    pub ask_approval: bool,
    /// Whether it waits for the device's button.
    #[serde(default)]
    pub presence: bool,
    /// Why, for the record.
    #[serde(default)]
    pub reason: Option<String>,
    /// At which cloud; none: the bundled one, whose address changes. It is sent to no other.
    pub cloud: Option<String>,
    /// Who claims. Nobody else may send it.
    pub claimer: UserId,
    /// When it was first tried, in milliseconds since the epoch.
    pub since: i64,
}

/// The claims that wait. The whole list is one secret, since labels claim. Where the store fails, they wait in memory.
pub struct PendingClaims<S> {
    store: S,
    name: String,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    claims: Vec<WaitingClaim>,
    /// Whether those of earlier runs are among them. Until then nothing is written, so that none is overwritten.
    complete: bool,
}

impl<S: SecretStore> PendingClaims<S> {
    /// The claims kept in `store` under `name`.
    pub fn new(store: S, name: impl Into<String>) -> Self {
        Self {
            store,
            name: name.into(),
            waiting: Mutex::default(),
        }
    }

    /// All that wait, oldest first; those of this run alone while the store cannot be read.
    pub async fn list(&self) -> Vec<WaitingClaim> {
        let mut waiting = self.waiting.lock().await;
        if let Err(error) = self.complete(&mut waiting).await {
            tracing::warn!(
                code = error.code.as_str(),
                "claims of earlier runs cannot be read"
            );
        }
        waiting.claims.clone()
    }

    /// Keeps a claim before it is sent; one with the same key stays as it is.
    ///
    /// # Errors
    /// `keyring_unavailable`: it waits for this run only.
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
    /// `keyring_unavailable`: it is forgotten for this run, and may be back in the next.
    pub async fn settle(&self, key: &str) -> Result<()> {
        self.change(|claims| claims.retain(|claim| claim.key != key))
            .await
    }

    /// Forgets all of them.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    pub async fn clear(&self) -> Result<()> {
        let mut waiting = self.waiting.lock().await;
        waiting.claims.clear();
        waiting.complete = true;
        self.store.delete(&self.name).await
    }

    async fn change(&self, change: impl FnOnce(&mut Vec<WaitingClaim>)) -> Result<()> {
        let mut waiting = self.waiting.lock().await;
        let complete = self.complete(&mut waiting).await;
        change(&mut waiting.claims);
        complete?;
        if waiting.claims.is_empty() {
            return self.store.delete(&self.name).await;
        }
        let text = serde_json::to_string(&waiting.claims)
            .map_err(|error| ErrorBody::new(ErrorCode::Internal, error.to_string()))?;
        self.store.write(&self.name, Secret::new(text)).await
    }

    /// Takes in the claims of earlier runs, once.
    async fn complete(&self, waiting: &mut Waiting) -> Result<()> {
        if waiting.complete {
            return Ok(());
        }
        if let Some(text) = self.store.read(&self.name).await? {
            // A list of a version that is not known is set aside rather than trusted.
            let mut all: Vec<WaitingClaim> =
                serde_json::from_str(text.expose()).unwrap_or_default();
            let later = std::mem::take(&mut waiting.claims);
            all.retain(|known| later.iter().all(|claim| claim.key != known.key));
            all.extend(later);
            waiting.claims = all;
        }
        waiting.complete = true;
        Ok(())
    }
}
