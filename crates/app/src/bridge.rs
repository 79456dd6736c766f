//! What crosses the bridge between the app and its web view, beside the shapes of the network.
//!
//! Errors cross it as `handover_wire::ErrorBody`.

use handover_client::Method;
use handover_label::Reading;
use handover_wire::{DeviceId, DeviceView, OrgId, Profile, Secret, SignIn, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where pictures come from. The UI asks for this, never for a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CameraKind {
    /// The host films, decodes, and hands frames to the web view.
    Native,
    /// The web view films by itself and decodes by itself.
    Stream,
    /// The platform's own full-screen scanner.
    Scanner,
    /// There is none.
    None,
}

/// Where the session's secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretsKept {
    /// In the operating system's keyring.
    Keyring,
    /// In a cookie that scripts cannot read.
    Cookie,
    /// In memory, for this run only: there is no keyring.
    ThisRun,
}

/// What this host can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// Where pictures come from.
    pub camera: CameraKind,
    /// Whether the cloud is bundled.
    pub bundled_cloud: bool,
    /// Where the session's secrets are kept.
    pub secrets: SecretsKept,
    /// Whether another server's address can be typed; the console belongs to its own.
    pub choose_server: bool,
    /// The program's version.
    pub version: String,
}

/// Who is signed in, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The cloud's address.
    pub server: String,
    /// Whether it is the bundled one.
    pub bundled: bool,
    /// Whether that cloud runs with demo data, and so has labels to try.
    pub demo: bool,
    /// Whether that cloud keeps its mails for the mailbox page, since it has no mail server.
    pub mailbox: bool,
    /// Whether that cloud was started for tests, so that its administrators may let things go wrong on demand.
    pub faults: bool,
    /// Who.
    pub profile: Profile,
}

/// Sign in to a server.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInTo {
    /// Its address; `https://` is added where no scheme is given. None: the bundled cloud.
    #[ts(optional)]
    pub server: Option<String>,
    /// Who.
    #[serde(flatten)]
    pub sign_in: SignIn,
}

/// Somebody who is not signed in wants a mail.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MailTo {
    /// The cloud's address, as for `SignInTo`.
    #[ts(optional)]
    pub server: Option<String>,
    /// Theirs.
    pub email: String,
    /// BCP 47: the language of the mail.
    #[ts(optional)]
    pub locale: Option<String>,
    /// For a sign-up: the label in hand, which the mailed link brings back wherever it is opened.
    #[serde(default)]
    #[ts(optional)]
    pub label: Option<Secret>,
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum CallMethod {
    /// Looks.
    Get,
    /// Makes.
    Post,
    /// Changes.
    Put,
    /// Deletes.
    Delete,
}

impl From<CallMethod> for Method {
    fn from(method: CallMethod) -> Self {
        match method {
            CallMethod::Get => Self::GET,
            CallMethod::Post => Self::POST,
            CallMethod::Put => Self::PUT,
            CallMethod::Delete => Self::DELETE,
        }
    }
}

/// A call of the Platform API, made with the session's token.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct OrganizationCall {
    /// What it does.
    pub method: CallMethod,
    /// Path and query below the Platform API's one path, without a leading `/`.
    pub target: String,
    /// What is sent.
    #[serde(default)]
    #[ts(optional, type = "unknown")]
    pub body: Option<serde_json::Value>,
}

/// A file of the Platform API that is to be saved on this machine.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct FileCall {
    /// Path and query below the Platform API's one path, without a leading `/`.
    pub target: String,
    /// What to call the file.
    pub name: String,
}

/// The bundled cloud, once it runs.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BundledCloud {
    /// Its address on this machine.
    pub url: String,
    /// Who can sign in with one click.
    pub demo_users: Vec<SignIn>,
    /// Whether its mails can be read before signing in: it is a demo, and keeps them.
    pub mailbox: bool,
}

/// Which devices to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceQuery {
    /// Part of a name, or a number that identifies a device; fewer than 3 characters list everything.
    pub search: String,
    /// The organization; the caller's own and those below it where absent.
    #[ts(optional)]
    pub org_id: Option<OrgId>,
    /// In which order, and which of them.
    #[serde(flatten)]
    pub view: DeviceView,
    /// The page, from 0 on.
    pub page: u32,
    /// Rows on a page.
    pub size: u32,
}

/// A claim that is to be made, once, however often it is sent.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// The idempotency key: one for a label and an intent, kept over retries.
    pub key: String,
    /// What the label says.
    pub text: Secret,
    /// For whom; the person signed in where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user_id: Option<UserId>,
    /// The claim code that stands beside an identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub claim_code: Option<Secret>,
    /// Asks support to approve a claim by identifier.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub ask_approval: bool,
    /// Waits for the button of the device that an identifier names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub presence: bool,
    /// Why, for the record; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// A claim that could not be sent, or whose answer was lost. It waits; nothing is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PendingClaim {
    /// The idempotency key to try again with.
    pub key: String,
    /// The label, masked.
    pub label: String,
    /// When it was first tried, in milliseconds since the epoch.
    pub since: i64,
}

/// A code found in a picture.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundCode {
    /// What it says.
    pub text: Secret,
    /// Four corners in pixels of the picture as shown, clockwise from the code's own top left.
    pub corners: [[f32; 2]; 4],
    /// What the text can be, best first.
    pub readings: Vec<Reading>,
}

/// What would help to read a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// Nothing is wrong that the next pictures would not mend, or it moves.
    HoldStill,
    /// It is too small.
    Closer,
    /// Light is reflected in it.
    Glare,
    /// It is out of focus.
    Blurred,
}

impl From<handover_scan::Hint> for Hint {
    fn from(hint: handover_scan::Hint) -> Self {
        match hint {
            handover_scan::Hint::HoldStill => Self::HoldStill,
            handover_scan::Hint::Closer => Self::Closer,
            handover_scan::Hint::Glare => Self::Glare,
            handover_scan::Hint::Blurred => Self::Blurred,
        }
    }
}

/// Something in a picture that looks like a code and was not read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FoundCandidate {
    /// Four corners in pixels of the picture as shown, clockwise.
    pub corners: [[f32; 2]; 4],
    /// What would help.
    pub hint: Hint,
}

/// What was found in a picture.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureFindings {
    /// Its width in pixels, as shown.
    pub width: u32,
    /// Its height in pixels, as shown.
    pub height: u32,
    /// The codes.
    pub codes: Vec<FoundCode>,
    /// What else looks like codes; none in a picture that was taken before.
    pub candidates: Vec<FoundCandidate>,
    /// What would help as to the picture as a whole; none where there are codes or candidates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hint: Option<Hint>,
}

/// A camera to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CameraChoice {
    /// What to open it by.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// What an open camera can do beside filming, and how that stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CameraAbilities {
    /// How near it can show things; absent where it cannot zoom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub zoom: Option<ZoomRange>,
    /// Whether its lamp is on; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub torch: Option<bool>,
}

/// How near a camera can show things, in its own units: the larger the nearer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ZoomRange {
    /// At its widest.
    pub min: f64,
    /// At its nearest.
    pub max: f64,
    /// As it is.
    pub now: f64,
}

impl From<handover_scan::live::Abilities> for CameraAbilities {
    fn from(abilities: handover_scan::live::Abilities) -> Self {
        let range = |zoom: handover_scan::live::Zoom| ZoomRange {
            min: zoom.min(),
            max: zoom.max(),
            now: zoom.now(),
        };
        Self {
            zoom: abilities.zoom.map(range),
            torch: abilities.torch,
        }
    }
}

/// What an open camera tells, beside its frames.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CameraEvent {
    /// Frames come, at first or again, from a camera that can do this.
    Live(CameraAbilities),
    /// No frames come; the host keeps trying, and `live` follows when the cause is gone.
    Trouble {
        /// Why, one of the camera codes.
        error: handover_wire::ErrorBody,
    },
    /// What the newest decoded frame shows; empty lists when a code has left the picture.
    Codes(PictureFindings),
}

/// Rename a device.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Rename {
    /// Which.
    pub device_id: DeviceId,
    /// To what.
    pub name: String,
}
