//! Signing in, staying signed in, signing out.

use std::sync::Arc;
use std::time::Duration;

use handover_client::{Client, Refreshed, Result, server_address};
use handover_wire::{ErrorBody, ErrorCode, ForgotPassword, Profile, RegisterUser, Secret};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use crate::{App, BundledCloud, Host, MailTo, OrganizationCall, Session, SignInTo};

/// How long signing out waits for the server to hear of it.
const GOODBYE: Duration = Duration::from_secs(3);

/// The name of the session in the secret store.
const SESSION: &str = "session";

/// The session that is under way.
pub(crate) struct Active {
    pub(crate) client: Arc<Client>,
    pub(crate) session: Session,
    keeper: Keeper,
}

/// The session as the secret store keeps it.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    /// None: the bundled cloud, whose address changes with each start.
    server: Option<String>,
    refresh_token: Secret,
    /// Who it is, so that the app can start without a network.
    profile: Profile,
    demo: bool,
    #[serde(default)]
    mailbox: bool,
    #[serde(default)]
    faults: bool,
}

impl App {
    /// Who is signed in: now, or since an earlier run. None where nobody is.
    ///
    /// # Errors
    /// `keyring_unavailable`, or what keeps the bundled cloud from starting. A server that cannot be reached is no
    /// error here: the session is told as it was last known.
    pub async fn session(&self) -> Result<Option<Session>> {
        let mut slot = self.active.write().await;
        if slot.is_none() {
            *slot = self.resume().await?;
        }
        Ok(slot.as_ref().map(|active| active.session.clone()))
    }

    /// Starts the bundled cloud where it does not run yet.
    ///
    /// # Errors
    /// `bundled_cloud_failed`, or `unsupported`.
    pub async fn bundled_cloud(&self) -> Result<BundledCloud> {
        self.host.bundled_cloud().await
    }

    /// Signs in, and keeps the session in the secret store.
    ///
    /// # Errors
    /// `invalid_address`, `wrong_credentials`, or what keeps the server from being reached.
    pub async fn sign_in(&self, to: SignInTo) -> Result<Session> {
        let url = self.address(to.server.as_deref()).await?;
        let info = Client::info(&url).await?;
        let keeper = Keeper::default();
        let signed_in = Client::sign_in(
            url,
            &to.sign_in.email,
            to.sign_in.password,
            keeper.callback(self.host.clone()),
        )
        .await?;
        let profile = signed_in.client.me().await?;
        let kept = Kept {
            server: to
                .server
                .is_some()
                .then(|| signed_in.client.server().to_string()),
            refresh_token: signed_in.refresh_token,
            profile,
            demo: info.demo,
            mailbox: info.mailbox,
            faults: info.faults,
        };
        let session = kept.session(signed_in.client.server());
        keeper.begin(self.host.as_ref(), kept).await?;
        let client = Arc::new(signed_in.client);
        *self.active.write().await = Some(Active {
            client,
            session: session.clone(),
            keeper,
        });
        Ok(session)
    }

    /// Asks a cloud for an account: a mail follows where it lets strangers sign up.
    ///
    /// # Errors
    /// `forbidden` where it does not, `invalid_request`, `invalid_address`, or what keeps the server from being reached.
    pub async fn register(&self, at: MailTo) -> Result<()> {
        let url = self.address(at.server.as_deref()).await?;
        let request = RegisterUser {
            email: at.email,
            locale: at.locale,
            label: at.label,
        };
        Client::register(&url, &request).await
    }

    /// Asks a cloud for the mail that lets its reader choose another password.
    ///
    /// # Errors
    /// As for [`App::register`].
    pub async fn forgot_password(&self, at: MailTo) -> Result<()> {
        let url = self.address(at.server.as_deref()).await?;
        Client::forgot_password(&url, &ForgotPassword { email: at.email }).await
    }

    /// Calls what stands below the Platform API's one path: the pages of staff and makers know the shapes.
    ///
    /// # Errors
    /// `invalid_request` where the target leads elsewhere, `signed_out`, or whatever the cloud says.
    pub async fn organization(&self, call: OrganizationCall) -> Result<serde_json::Value> {
        let (client, _) = self.signed_in().await?;
        let method = call.method.into();
        client
            .organization(method, &call.target, call.body.as_ref())
            .await
    }

    /// Sends a table to what stands below the Platform API's one path.
    ///
    /// # Errors
    /// As for [`App::organization`].
    pub async fn upload(&self, target: &str, table: &[u8]) -> Result<serde_json::Value> {
        let (client, _) = self.signed_in().await?;
        client.upload(target, table).await
    }

    /// Signs out: every secret of the session is gone from this machine, and claims that waited with it. The server
    /// is told; where it cannot be reached, the session there ends by itself.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    pub async fn sign_out(&self) -> Result<()> {
        let active = self.active.write().await.take();
        self.listening.begin();
        self.pending.clear().await?;
        let Some(active) = active else {
            return self.host.secrets().delete(SESSION).await;
        };
        active.keeper.end(self.host.as_ref()).await?;
        match tokio::time::timeout(GOODBYE, active.client.revoke()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => tracing::info!("signed out without the server"),
        }
        Ok(())
    }

    /// The session's client, and who it is.
    pub(crate) async fn signed_in(&self) -> Result<(Arc<Client>, Session)> {
        let slot = self.active.read().await;
        match slot.as_ref() {
            Some(active) => Ok((active.client.clone(), active.session.clone())),
            None => Err(ErrorBody::new(ErrorCode::SignedOut, "nobody is signed in")),
        }
    }

    async fn resume(&self) -> Result<Option<Active>> {
        let Some(text) = self.host.secrets().read(SESSION).await? else {
            return Ok(None);
        };
        let Ok(mut kept) = serde_json::from_str::<Kept>(text.expose()) else {
            tracing::warn!(
                "the kept session is of a version that is not known; signing in again is needed"
            );
            return Ok(None);
        };
        let url = self.address(kept.server.as_deref()).await?;
        let keeper = Keeper::default();
        keeper.resume(kept.clone()).await;
        let client = Client::resume(
            url,
            kept.refresh_token.clone(),
            keeper.callback(self.host.clone()),
        )?;
        match client.me().await {
            Ok(profile) => kept.profile = profile,
            Err(error) if error.code == ErrorCode::SessionExpired => {
                self.host.secrets().delete(SESSION).await?;
                return Ok(None);
            }
            Err(error) => tracing::info!(code = error.code.as_str(), "started without the server"),
        }
        let session = kept.session(client.server());
        Ok(Some(Active {
            client: Arc::new(client),
            session,
            keeper,
        }))
    }

    async fn address(&self, server: Option<&str>) -> Result<Url> {
        match server {
            Some(server) => server_address(server),
            None => server_address(&self.host.bundled_cloud().await?.url),
        }
    }
}

impl Kept {
    fn session(&self, server: &Url) -> Session {
        Session {
            server: server.to_string(),
            bundled: self.server.is_none(),
            demo: self.demo,
            mailbox: self.mailbox,
            faults: self.faults,
            profile: self.profile.clone(),
        }
    }
}

/// Keeps each new refresh token. The lock is held while the secret store works, so that a later token never loses to
/// an earlier one, and none is written after the end.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<Option<Kept>>>);

impl Keeper {
    /// A session of an earlier run goes on, which the secret store has already.
    async fn resume(&self, kept: Kept) {
        *self.0.lock().await = Some(kept);
    }

    /// The session begins: it is written now, and with every refresh from here on.
    async fn begin(&self, host: &dyn Host, kept: Kept) -> Result<()> {
        let mut slot = self.0.lock().await;
        write(host, slot.insert(kept)).await
    }

    /// The session ends, and so does what was kept of it.
    async fn end(&self, host: &dyn Host) -> Result<()> {
        let mut slot = self.0.lock().await;
        *slot = None;
        host.secrets().delete(SESSION).await
    }

    /// Another refresh token; without a session it is of no use and forgotten.
    async fn renew(&self, host: &dyn Host, token: Secret) -> Result<()> {
        let mut slot = self.0.lock().await;
        let Some(kept) = slot.as_mut() else {
            return Ok(());
        };
        kept.refresh_token = token;
        write(host, kept).await
    }

    fn callback(&self, host: Arc<dyn Host>) -> Refreshed {
        let keeper = self.clone();
        let (queue, mut tokens) = tokio::sync::mpsc::unbounded_channel::<Secret>();
        tokio::spawn(async move {
            while let Some(token) = tokens.recv().await {
                if let Err(error) = keeper.renew(host.as_ref(), token).await {
                    tracing::error!(code = error.code.as_str(), "the session could not be kept");
                }
            }
        });
        Arc::new(move |token| drop(queue.send(token)))
    }
}

async fn write(host: &dyn Host, kept: &Kept) -> Result<()> {
    let text = serde_json::to_string(kept)
        .map_err(|error| ErrorBody::new(ErrorCode::Internal, error.to_string()))?;
    host.secrets().write(SESSION, Secret::new(text)).await
}
