//! One session with one cloud.

use std::sync::Arc;
use std::time::{Duration, Instant};

use handover_wire::{
    ClaimReply, ClaimRequest, ConsoleInfo, Device, DeviceDetails, DeviceId, DeviceView, EditDevice,
    ErrorBody, ErrorCode, FollowLink, ForgotPassword, GenerateTokens, GrantType, IDEMPOTENCY_KEY,
    KeptMail, LabelImage, LinkInfo, LinkSecret, MailId, MailSummary, OauthError, OauthErrorCode,
    OrgId, Organization, Page, PageQuery, Profile, RegisterUser, Secret, SetupRequest, StaticToken,
    Template, TokenAnswer, TokenRequest,
};
use reqwest::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use url::Url;

use crate::transport::{accepted, http_client, no_answer, not_a_cloud, value};
use crate::{Result, platform};

/// An access token this close to its end is renewed first, so that it does not end on the way.
const MARGIN: Duration = Duration::from_secs(20);

/// As long as a file may take, either way.
const FILE: Duration = Duration::from_secs(60 * 60);

/// A server that promises longer is asked again after a day; its number may be anything.
const LONGEST: u64 = 24 * 60 * 60;

/// Told of each new refresh token, which has to be kept at once: the one before it is spent.
pub type Refreshed = Arc<dyn Fn(Secret) + Send + Sync>;

/// A session that has just begun.
pub struct SignedIn {
    /// The client to go on with.
    pub client: Client,
    /// What resumes the session later; keep it in the keyring and nowhere else.
    pub refresh_token: Secret,
}

/// One session with one cloud. Cheap to share behind an `Arc`; calls run side by side.
pub struct Client {
    http: reqwest::Client,
    server: Url,
    /// Held while a refresh is under way, so that a single-use refresh token is used once.
    tokens: Mutex<Tokens>,
    refreshed: Refreshed,
}

struct Tokens {
    access: Option<Access>,
    refresh: Secret,
}

struct Access {
    token: Secret,
    ends: Instant,
}

/// A file that comes piece by piece.
pub struct Download(Response);

impl Download {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// What broke the connection off: what came before is not the whole file.
    pub async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + Send + use<>>> {
        self.0.chunk().await.map_err(|error| no_answer(&error))
    }
}

impl Client {
    /// Signs in with e-mail and password.
    ///
    /// # Errors
    /// `wrong_credentials`, or what keeps the server from being reached.
    pub async fn sign_in(
        server: Url,
        email: &str,
        password: Secret,
        refreshed: Refreshed,
    ) -> Result<SignedIn> {
        let http = http_client(&server)?;
        let request = TokenRequest {
            grant_type: GrantType::UserCredentials,
            username: Some(email.trim().to_owned()),
            password: Some(password),
            refresh_token: None,
            client_id: None,
            client_secret: None,
        };
        let answer = token(&http, &server, &request, ErrorCode::WrongCredentials).await?;
        let (access, refresh) = split(answer)?;
        let client = Self {
            http,
            server,
            tokens: Mutex::new(Tokens {
                access: Some(access),
                refresh: refresh.clone(),
            }),
            refreshed,
        };
        Ok(SignedIn {
            client,
            refresh_token: refresh,
        })
    }

    /// Goes on with an earlier session; nothing is sent before the first call.
    ///
    /// # Errors
    /// `unsupported` where this machine cannot speak TLS at all.
    pub fn resume(server: Url, refresh_token: Secret, refreshed: Refreshed) -> Result<Self> {
        Ok(Self {
            http: http_client(&server)?,
            server,
            tokens: Mutex::new(Tokens {
                access: None,
                refresh: refresh_token,
            }),
            refreshed,
        })
    }

    /// What a cloud is, without a session.
    ///
    /// # Errors
    /// `not_a_cloud`, or what keeps the server from being reached.
    pub async fn info(server: &Url) -> Result<ConsoleInfo> {
        let http = http_client(server)?;
        let sent = http.get(url(server, platform::INFO)).send().await;
        let response = sent.map_err(|error| no_answer(&error))?;
        if !response.status().is_success() {
            return Err(not_a_cloud());
        }
        value(response).await
    }

    /// Asks for an account: a mail follows where the cloud lets strangers sign up.
    ///
    /// # Errors
    /// `forbidden` where it does not, `invalid_request` where the address is none, or what keeps the server from being
    /// reached.
    pub async fn register(server: &Url, request: &RegisterUser) -> Result<()> {
        post(server, platform::REGISTER, request).await
    }

    /// Asks for the mail that lets its reader choose another password.
    ///
    /// # Errors
    /// `invalid_request` where the address is none, or what keeps the server from being reached.
    pub async fn forgot_password(server: &Url, request: &ForgotPassword) -> Result<()> {
        post(server, platform::FORGOT, request).await
    }

    /// Makes the first organization and its administrator, by the one-time link of the cloud's first start.
    ///
    /// # Errors
    /// `setup_link_invalid` where it was used or is not the newest, `invalid_request`, or what keeps the server from being
    /// reached.
    pub async fn set_up(server: &Url, request: &SetupRequest) -> Result<()> {
        post(server, platform::SETUP, request).await
    }

    /// What a mailed link is for, without using it.
    ///
    /// # Errors
    /// `link_invalid`, `link_expired`, `link_used`, or what keeps the server from being reached.
    pub async fn look_at_link(server: &Url, secret: &LinkSecret) -> Result<LinkInfo> {
        post(server, platform::LINK, secret).await
    }

    /// Does what a mailed link is for, once; the person signs in after it.
    ///
    /// # Errors
    /// As [`Client::look_at_link`]; `invalid_request` where a field is not as it must be, `wrong_status`, `forbidden`.
    pub async fn follow_link(server: &Url, request: &FollowLink) -> Result<()> {
        post(server, platform::FOLLOW, request).await
    }

    /// Calls what stands below the Platform API's one path, as it is: for the many calls whose shapes only whoever shows
    /// them knows. `target` is a path without a leading `/`, with its query.
    ///
    /// # Errors
    /// `invalid_request` where the target leads elsewhere; else as every call.
    pub async fn organization<T: DeserializeOwned>(
        &self,
        method: Method,
        target: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<T> {
        below_organization(&self.server, target)?;
        self.call(&|http, to| {
            let to = below_organization(to, target).unwrap_or_else(|_| to.clone());
            let request = http.request(method.clone(), to);
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        })
        .await
    }

    /// Sends a table to what stands below the Platform API's one path.
    ///
    /// # Errors
    /// As [`Client::organization`].
    pub async fn upload<T: DeserializeOwned>(&self, target: &str, table: &[u8]) -> Result<T> {
        below_organization(&self.server, target)?;
        self.call(&|http, to| {
            let to = below_organization(to, target).unwrap_or_else(|_| to.clone());
            http.post(to)
                .header("content-type", "text/csv")
                .timeout(FILE)
                .body(table.to_vec())
        })
        .await
    }

    /// Fetches a file from below the Platform API's one path; `target` as for [`Client::organization`].
    ///
    /// # Errors
    /// `invalid_request` where the target leads elsewhere; else as every call.
    pub async fn download(&self, target: &str) -> Result<Download> {
        below_organization(&self.server, target)?;
        self.ask(&|http, to| {
            let to = below_organization(to, target).unwrap_or_else(|_| to.clone());
            http.get(to).timeout(FILE)
        })
        .await
        .map(Download)
    }

    /// The cloud's address.
    pub fn server(&self) -> &Url {
        &self.server
    }

    /// Ends the session on the server (RFC 7009); this client is of no use afterwards.
    ///
    /// # Errors
    /// What keeps the server from being reached.
    pub async fn revoke(&self) -> Result<()> {
        let form = [("token", self.tokens.lock().await.refresh.clone())];
        let sent = self
            .http
            .post(url(&self.server, platform::REVOKE))
            .form(&form)
            .send()
            .await;
        sent.map(drop).map_err(|error| no_answer(&error))
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// As every call: `session_expired`, or what keeps the server from being reached.
    pub async fn me(&self) -> Result<Profile> {
        self.call(&|http, to| http.get(url(to, platform::ME))).await
    }

    /// The devices of an organization and those below it.
    ///
    /// # Errors
    /// As every call.
    pub async fn devices(
        &self,
        search: &str,
        org: Option<OrgId>,
        view: &DeviceView,
        page: PageQuery,
    ) -> Result<Page<Device>> {
        let search = search.trim();
        let searched = search.chars().count() >= platform::SEARCH_FROM;
        self.call(&|http, to| {
            let path = if searched {
                platform::SEARCH_DEVICES
            } else {
                platform::DEVICES
            };
            let mut target = paged(to, path, page);
            target
                .query_pairs_mut()
                .append_pair("includeSubOrgDevices", "true");
            if searched {
                target.query_pairs_mut().append_pair("query", search);
            }
            if let Some(org) = org {
                target
                    .query_pairs_mut()
                    .append_pair("orgId", &org.to_string());
            }
            for (name, value) in view.parameters() {
                // A search is gone through by the numbers of its pages.
                if !(searched && name == "after") {
                    target.query_pairs_mut().append_pair(name, value);
                }
            }
            http.get(target)
        })
        .await
    }

    /// One device with its values.
    ///
    /// # Errors
    /// `not_found`, or as every call.
    pub async fn device(&self, device: DeviceId) -> Result<DeviceDetails> {
        self.call(&|http, to| http.get(device_url(to, device)))
            .await
    }

    /// Gives a device another name.
    ///
    /// # Errors
    /// `invalid_request` where the name is not one, `not_found`, or as every call.
    pub async fn rename_device(&self, device: DeviceId, name: &str) -> Result<Device> {
        let body = EditDevice {
            name: Some(name.trim().to_owned()),
            ..EditDevice::default()
        };
        self.call(&|http, to| http.put(device_url(to, device)).json(&body))
            .await
    }

    /// Claims what a label says. The same key claims once, however often it is sent.
    ///
    /// # Errors
    /// The rows of the claim table: `not_claimable`, `proof_required`, ...; or as every call. See
    /// [`crate::is_undecided`] for those that are worth another try.
    pub async fn claim(&self, key: &str, request: &ClaimRequest) -> Result<ClaimReply> {
        self.call(&|http, to| {
            http.post(url(to, platform::CLAIM))
                .header(IDEMPOTENCY_KEY, key)
                .json(request)
        })
        .await
    }

    /// The kinds of device there are.
    ///
    /// # Errors
    /// As every call.
    pub async fn templates(&self) -> Result<Page<Template>> {
        self.call(&|http, to| http.get(url(to, platform::TEMPLATES)))
            .await
    }

    /// The organizations below one's own.
    ///
    /// # Errors
    /// As every call.
    pub async fn sub_organizations(&self) -> Result<Page<Organization>> {
        self.call(&|http, to| http.get(url(to, platform::SUB_ORGANIZATIONS)))
            .await
    }

    /// The static tokens of one's own organization.
    ///
    /// # Errors
    /// `forbidden`, or as every call.
    pub async fn static_tokens(&self, page: PageQuery) -> Result<Page<StaticToken>> {
        self.call(&|http, to| http.get(paged(to, platform::STATIC_TOKENS, page)))
            .await
    }

    /// Makes static tokens.
    ///
    /// # Errors
    /// `forbidden`, `invalid_request`, or as every call.
    pub async fn generate(&self, request: &GenerateTokens) -> Result<Page<StaticToken>> {
        self.call(&|http, to| http.post(url(to, platform::GENERATE)).json(request))
            .await
    }

    /// A label to try, from a cloud with demo data.
    ///
    /// # Errors
    /// `not_found` where the cloud has none, or as every call.
    pub async fn demo_label(&self) -> Result<LabelImage> {
        self.call(&|http, to| http.get(url(to, platform::DEMO_LABEL)))
            .await
    }

    /// The mails of a cloud without a mail server, the newest first: those with the text in their address or subject.
    ///
    /// # Errors
    /// `not_found` where the cloud has a mail server, `forbidden`, or as every call.
    pub async fn mailbox(&self, search: &str, page: PageQuery) -> Result<Page<MailSummary>> {
        self.call(&|http, to| http.get(mailbox_url(to, search, page)))
            .await
    }

    /// One of those mails.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, or as every call.
    pub async fn mail(&self, id: MailId) -> Result<KeptMail> {
        self.call(&|http, to| http.get(mail_url(to, id))).await
    }

    /// The mails of a demo, without a session.
    ///
    /// # Errors
    /// `unauthenticated` where it is no demo, or as every call.
    pub async fn demo_mailbox(
        server: &Url,
        search: &str,
        page: PageQuery,
    ) -> Result<Page<MailSummary>> {
        open(server, mailbox_url(server, search, page)).await
    }

    /// One of those mails.
    ///
    /// # Errors
    /// `not_found`, `unauthenticated` where it is no demo, or as every call.
    pub async fn demo_mail(server: &Url, id: MailId) -> Result<KeptMail> {
        open(server, mail_url(server, id)).await
    }

    /// Asks for a value.
    async fn call<T: DeserializeOwned>(
        &self,
        request: &(dyn Fn(&reqwest::Client, &Url) -> RequestBuilder + Send + Sync),
    ) -> Result<T> {
        value(self.ask(request).await?).await
    }

    /// Sends a request with the session's token, renewing it once where the cloud says that it ended.
    async fn ask(
        &self,
        request: &(dyn Fn(&reqwest::Client, &Url) -> RequestBuilder + Send + Sync),
    ) -> Result<Response> {
        let access = self.access(None).await?;
        match self.send(request, &access).await {
            Err(error) if error.code == ErrorCode::Unauthenticated => {
                let access = self.access(Some(&access)).await?;
                self.send(request, &access)
                    .await
                    .map_err(|error| match error.code {
                        ErrorCode::Unauthenticated => session_expired(),
                        _ => error,
                    })
            }
            answer => answer,
        }
    }

    async fn send(
        &self,
        request: &(dyn Fn(&reqwest::Client, &Url) -> RequestBuilder + Send + Sync),
        access: &Secret,
    ) -> Result<Response> {
        let built = request(&self.http, &self.server).bearer_auth(access.expose());
        accepted(built.send().await.map_err(|error| no_answer(&error))?).await
    }

    /// An access token that is good, and is not `refused`.
    async fn access(&self, refused: Option<&Secret>) -> Result<Secret> {
        let mut tokens = self.tokens.lock().await;
        if let Some(access) = &tokens.access
            && access.ends > Instant::now() + MARGIN
            && refused != Some(&access.token)
        {
            return Ok(access.token.clone());
        }
        let request = TokenRequest {
            grant_type: GrantType::RefreshToken,
            username: None,
            password: None,
            refresh_token: Some(tokens.refresh.clone()),
            client_id: None,
            client_secret: None,
        };
        let answer = token(
            &self.http,
            &self.server,
            &request,
            ErrorCode::SessionExpired,
        )
        .await?;
        let (access, refresh) = split(answer)?;
        (self.refreshed)(refresh.clone());
        tokens.refresh = refresh;
        let token = access.token.clone();
        tokens.access = Some(access);
        Ok(token)
    }
}

/// Asks for what is open to all.
async fn open<T: DeserializeOwned>(server: &Url, target: Url) -> Result<T> {
    let sent = http_client(server)?.get(target).send().await;
    value(sent.map_err(|error| no_answer(&error))?).await
}

fn mail_url(server: &Url, id: MailId) -> Url {
    let mut url = url(server, platform::MAIL);
    url.query_pairs_mut().append_pair("id", &id.to_string());
    url
}

fn url(server: &Url, path: &str) -> Url {
    let mut url = server.clone();
    url.set_path(path);
    url
}

/// The address of a target below the Platform API's path; one that leads out of there is refused.
fn below_organization(server: &Url, target: &str) -> Result<Url> {
    let base = url(server, platform::ORGANIZATION);
    if target.is_empty() || target.starts_with('?') {
        // The organization itself has no slash behind it.
        let mut itself = url(server, platform::ORGANIZATION.trim_end_matches('/'));
        itself.set_query(target.strip_prefix('?'));
        return Ok(itself);
    }
    let joined = base.join(target).ok();
    joined
        .filter(|joined| joined.origin() == base.origin() && joined.path().starts_with(base.path()))
        .ok_or_else(|| {
            ErrorBody::new(
                ErrorCode::InvalidRequest,
                "the call leads out of the Platform API",
            )
        })
}

fn paged(server: &Url, path: &str, page: PageQuery) -> Url {
    let mut url = url(server, path);
    url.query_pairs_mut()
        .append_pair("page", &page.page.unwrap_or(0).to_string())
        .append_pair("size", &page.limit().to_string());
    url
}

fn mailbox_url(server: &Url, search: &str, page: PageQuery) -> Url {
    let mut url = paged(server, platform::MAILBOX, page);
    if !search.is_empty() {
        url.query_pairs_mut().append_pair("query", search);
    }
    url
}

fn device_url(server: &Url, device: DeviceId) -> Url {
    let mut url = url(server, platform::DEVICE);
    url.query_pairs_mut()
        .append_pair("deviceId", &device.to_string());
    url
}

/// Sends what takes no session.
async fn post<T: DeserializeOwned>(server: &Url, path: &str, body: &impl Serialize) -> Result<T> {
    let sent = http_client(server)?.post(url(server, path)).json(body);
    value(sent.send().await.map_err(|error| no_answer(&error))?).await
}

/// Asks the token endpoint; `refused` is what a refusal of the grant means here.
async fn token(
    http: &reqwest::Client,
    server: &Url,
    request: &TokenRequest,
    refused: ErrorCode,
) -> Result<TokenAnswer> {
    let sent = http
        .post(url(server, platform::TOKEN))
        .form(request)
        .send()
        .await;
    let response = sent.map_err(|error| no_answer(&error))?;
    if response.status().is_client_error() && response.status() != 429 {
        let Ok(error) = response.json::<OauthError>().await else {
            return Err(not_a_cloud());
        };
        let code = match error.error {
            OauthErrorCode::InvalidGrant => refused,
            _ => ErrorCode::InvalidRequest,
        };
        return Err(ErrorBody::new(code, error.error_description));
    }
    value(response).await
}

fn split(answer: TokenAnswer) -> Result<(Access, Secret)> {
    let refresh = answer.refresh_token.ok_or_else(not_a_cloud)?;
    let access = Access {
        token: answer.access_token,
        ends: Instant::now() + Duration::from_secs(answer.expires_in.min(LONGEST)),
    };
    Ok((access, refresh))
}

fn session_expired() -> ErrorBody {
    ErrorBody::new(ErrorCode::SessionExpired, "the session ended")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_stay_below_the_platform_api() {
        let server: Url = "https://cloud.example:8443/".parse().expect("a URL");
        for (target, want) in [
            (
                "users?page=0",
                Some("https://cloud.example:8443/api/v1/organization/users?page=0"),
            ),
            (
                "users/invite",
                Some("https://cloud.example:8443/api/v1/organization/users/invite"),
            ),
            ("", Some("https://cloud.example:8443/api/v1/organization")),
            (
                "?orgId=3",
                Some("https://cloud.example:8443/api/v1/organization?orgId=3"),
            ),
            ("/api/session", None),
            ("../../session", None),
            ("users/../../x", None),
            ("%2e%2e/x", None),
            ("//evil.example/api/v1/organization/", None),
            ("https://evil.example/api/v1/organization/users", None),
            ("\\\\evil.example/users", None),
        ] {
            let found = below_organization(&server, target).ok();
            assert_eq!(found.as_ref().map(Url::as_str), want, "{target}");
        }
    }
}
