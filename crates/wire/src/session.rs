//! The console's session and the first start (ours).

use serde::{Deserialize, Serialize};

use crate::{Profile, Secret};

/// `POST /api/session`: sign in from a browser. The refresh token goes into a cookie that scripts cannot read.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct SignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: Secret,
}

/// What a browser gets on signing in and on `POST /api/session/refresh`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsoleSession {
    /// Kept in memory, sent as `Authorization: Bearer`.
    pub access_token: Secret,
    /// Seconds until it ends.
    pub expires_in: u64,
    /// Who is signed in.
    pub profile: Profile,
}

/// `GET /api/info`: what this cloud is, open to all.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsoleInfo {
    /// Always `handover`.
    pub name: String,
    /// The program's version.
    pub version: String,
    /// Whether it was started with `--demo`.
    pub demo: bool,
    /// The demo's sign-ins, so that one click can try them; empty without `--demo`.
    pub demo_users: Vec<SignIn>,
    /// Whether mails are kept for the mailbox page, since there is no mail server.
    #[serde(default)]
    pub mailbox: bool,
    /// Whether it was started for tests, so that its administrators may let things go wrong on demand.
    #[serde(default)]
    pub faults: bool,
    /// Whether the administrator has not been set up yet.
    pub needs_setup: bool,
    /// Whether strangers may sign up.
    #[serde(default)]
    pub sign_up: bool,
}

/// One of the caller's sign-ins: `GET /sessions` (ours).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionInfo {
    /// Its number.
    pub id: i64,
    /// What the program called itself on signing in; none where it said nothing.
    pub program: Option<String>,
    /// Whether it is a browser's (with a cookie) or an app's.
    pub browser: bool,
    /// When it began, in milliseconds since the epoch.
    pub created_at: i64,
    /// When it was last renewed, in milliseconds since the epoch.
    pub last_used_at: i64,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// What the maker chooses for the whole cloud: `GET` and `PUT /settings` (ours).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct CloudSettings {
    /// Whether strangers may sign up; each gets an organization below "Clients".
    pub sign_up: bool,
}

/// `POST /api/setup`: the first administrator, by the one-time link.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupRequest {
    /// From the link.
    pub code: Secret,
    /// The maker's organization, 3 to 100 characters.
    pub organization: String,
    /// The administrator's address.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// At least 10 characters.
    pub password: Secret,
    /// BCP 47: the language of their mails; English where absent.
    #[serde(default)]
    #[ts(optional)]
    pub locale: Option<String>,
}
