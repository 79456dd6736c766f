//! The closed set of error codes, shared by the cloud, the client, the app and the UI.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// Why something did not happen. Closed: the UI has a sentence for each, and a test proves it.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
            ts_rs::TS,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)+
        }

        impl ErrorCode {
            /// Every code there is.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name),+];

            /// The code as it is written on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text),+ }
            }
        }
    };
}

codes! {
    // What the cloud answers.
    /// A field of the request is missing or malformed; attribute `field` names it.
    InvalidRequest = "invalid_request",
    /// The access token is missing, expired or revoked.
    Unauthenticated = "unauthenticated",
    /// E-mail or password is wrong.
    WrongCredentials = "wrong_credentials",
    /// The role does not allow it.
    Forbidden = "forbidden",
    /// There is no such thing, or it is not the caller's to see.
    NotFound = "not_found",
    /// This label cannot be claimed; deliberately without the reason (no oracle).
    NotClaimable = "not_claimable",
    /// An identifier alone claims nothing; attribute `proofs` lists what does, the same for every identifier.
    ProofRequired = "proof_required",
    /// Whoever asked has their answer: it was decided before, or nobody decided in time.
    AlreadyDecided = "already_decided",
    /// No machine with this fingerprint, or that shows these digits, asks for the device's token.
    PinGone = "pin_gone",
    /// Several machines say that they are the device: its button decides nothing, nor do digits that two of them show.
    PinConflict = "pin_conflict",
    /// The same idempotency key was used for a different request.
    IdempotencyConflict = "idempotency_conflict",
    /// Too many requests; attribute `retryAfter` says how many seconds to wait.
    RateLimited = "rate_limited",
    /// The request's body is larger than the cloud takes.
    TooLarge = "too_large",
    /// The set-up link was used before or is not the newest.
    SetupLinkInvalid = "setup_link_invalid",
    /// The mailed link is unknown: mistyped, or a newer one was mailed.
    LinkInvalid = "link_invalid",
    /// The mailed link is too old.
    LinkExpired = "link_expired",
    /// The mailed link has done what it was for.
    LinkUsed = "link_used",
    /// Somebody has an account with this address.
    EmailInUse = "email_in_use",
    /// The tree of organizations is as deep as it gets.
    TooDeep = "too_deep",
    /// Another one beside it has this name.
    NameTaken = "name_taken",
    /// Something is in it still; attributes count what.
    NotEmpty = "not_empty",
    /// It cannot be done to oneself: somebody else has to.
    NotYourself = "not_yourself",
    /// The person's status does not allow it.
    WrongStatus = "wrong_status",
    /// Nobody has the device, or its label was taken out of use for good.
    NotHeld = "not_held",
    /// The device is with this organization or owner already.
    SameHolder = "same_holder",
    /// The device speaks for no nodes: its template does not let it.
    NoGateway = "no_gateway",
    /// These two cannot be paired; attribute `problem` says why ([`PairingProblem`](crate::PairingProblem)).
    NotPairable = "not_pairable",
    /// The organization cannot use the device's template.
    TemplateMissing = "template_missing",
    /// Another organization above has the template: only that one, or one above it, says what identifies its devices.
    TemplateNotYours = "template_not_yours",
    /// There is nothing to undo: its time is over, or it was undone.
    UndoOver = "undo_over",
    /// The device has no label: it was made by hand.
    NoLabel = "no_label",
    /// The batch is not in a state for this: it is still being made, or never was.
    BatchNotReady = "batch_not_ready",
    /// A fleet is playing, or there is none that was recorded: it is stopped first, or started.
    FleetNotReady = "fleet_not_ready",
    /// The secrets were shown once, and are not kept: whoever needs others revokes the tokens and generates anew.
    SecretsGone = "secrets_gone",
    /// The file is no table that can be imported; attribute `problem` says why ([`TableProblem`](crate::TableProblem)).
    UnreadableTable = "unreadable_table",
    /// The template contradicts itself; attribute `problem` says how ([`TemplateProblem`](crate::TemplateProblem)).
    BadTemplate = "bad_template",
    /// Somebody changed the template meanwhile; attribute `revision` is what it is now.
    TemplateChanged = "template_changed",
    /// The organization has as many devices as it may have.
    DeviceLimit = "device_limit",
    /// Devices, static tokens or batches are of this template; attributes count them.
    TemplateInUse = "template_in_use",
    /// The cloud's disk is full: nothing was changed.
    StorageFull = "storage_full",
    /// The cloud's database does not answer; whether a change happened is not known.
    Unavailable = "unavailable",
    /// Something broke in the cloud; its log says what.
    Internal = "internal",

    // What the app finds out by itself.
    /// The server could not be reached at all.
    Unreachable = "unreachable",
    /// The server did not answer in time; whether it acted is not known.
    Timeout = "timeout",
    /// The server's certificate is not trusted.
    UntrustedServer = "untrusted_server",
    /// What answered is not a Handover cloud or Platform API.
    NotACloud = "not_a_cloud",
    /// The server's address is not one.
    InvalidAddress = "invalid_address",
    /// Nobody is signed in.
    SignedOut = "signed_out",
    /// The session ended: sign in again.
    SessionExpired = "session_expired",
    /// The operating system's keyring could not be used.
    KeyringUnavailable = "keyring_unavailable",
    /// The bundled cloud could not be started.
    BundledCloudFailed = "bundled_cloud_failed",
    /// This build or platform cannot do that.
    Unsupported = "unsupported",

    // Labels and pictures.
    /// The text is no label of ours; attribute `format` says what it is.
    NotALabel = "not_a_label",
    /// There is no code in the picture.
    NoCodeFound = "no_code_found",
    /// The file is not a picture of a known format.
    UnknownPicture = "unknown_picture",
    /// The picture is damaged or cut off.
    BrokenPicture = "broken_picture",
    /// The picture is empty.
    EmptyPicture = "empty_picture",
    /// The picture is larger than can be read.
    PictureTooLarge = "picture_too_large",
    /// The file could not be read.
    UnreadableFile = "unreadable_file",
    /// The file could not be written to this machine.
    FileNotSaved = "file_not_saved",

    // Cameras.
    /// There is no camera.
    NoCamera = "no_camera",
    /// Another program has the camera.
    CameraBusy = "camera_busy",
    /// The camera may not be used: permission is missing.
    CameraDenied = "camera_denied",
    /// The camera was unplugged.
    CameraUnplugged = "camera_unplugged",
    /// The camera failed in some other way; attribute `detail` has its words.
    CameraFailed = "camera_failed",
}

/// An error as it crosses the network and the bridge: `{"error":{"message","code","attributes"}}` on
/// the network (`message` is published, the rest ours), the inner object on the bridge.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    thiserror::Error,
    utoipa::ToSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct ErrorBody {
    /// For logs and foreign clients; the UI translates the code instead.
    pub message: String,
    /// The closed code.
    pub code: ErrorCode,
    /// Facts that the sentence needs, such as `field` or `retryAfter`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(as = "Option<BTreeMap<String, String>>", optional)]
    pub attributes: BTreeMap<String, String>,
}

impl ErrorBody {
    /// An error without attributes.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code,
            attributes: BTreeMap::new(),
        }
    }

    /// The same with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.attributes.insert(name.to_owned(), value.to_string());
        self
    }
}

/// The envelope of an error on the network.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct ApiError {
    /// What went wrong.
    pub error: ErrorBody,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_error_crosses_the_network_unchanged(
            code in prop::sample::select(ErrorCode::ALL),
            message: String,
            attributes in prop::collection::btree_map(".*", ".*", 0..4),
        ) {
            let error = ErrorBody { message, code, attributes };
            let json = serde_json::to_string(&ApiError { error: error.clone() });
            let back: ApiError = serde_json::from_str(&json.expect("an error serializes"))
                .expect("and is read again");
            prop_assert_eq!(back.error, error);
        }
    }

    #[test]
    fn every_code_is_written_as_it_serializes() {
        for code in ErrorCode::ALL {
            let json = serde_json::to_value(code).expect("a code serializes");
            assert_eq!(json, code.as_str());
        }
    }
}
