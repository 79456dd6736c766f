//! Faults on demand (ours): what a cloud that was started for tests does wrong, and when. The same shapes are in the file of
//! `handover cloud --faults`, in what testers switch over HTTP, and in a recording, which is such a file.

use serde::{Deserialize, Serialize};

use crate::DeviceId;

/// What goes wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Faults {
    /// Where chance begins: the same seed lets the same calls fail.
    #[serde(default)]
    pub seed: u32,
    /// What goes wrong when. All rules that are of a call happen to it, in this order; after one that answers it, or loses
    /// it, no others do.
    #[serde(default)]
    pub rules: Vec<FaultRule>,
    /// What happened in a run that was recorded, and happens again: these calls fail as they did, beside the rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recorded: Vec<RecordedCall>,
}

/// A fault, and whose calls it is of. What is not said is of all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultRule {
    /// Method and path of the OpenAPI document, the latter with or without `/api/v1/organization`: `GET /devices`. Or what
    /// devices do that stay connected: `binary login`, `binary message`, `mqtt login`, `mqtt message`; or `tls handshake`.
    /// Without it, all but those of sessions and TLS, which have to be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub endpoint: Option<String>,
    /// The mail address of the person who calls, or who has the device that is connected; or the id of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub account: Option<String>,
    /// The device that the call is about, or that makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub device: Option<DeviceId>,
    /// Of how many calls in a hundred, by chance; all, where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub percent: Option<f64>,
    /// How many more times it happens; without end where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<u32>,
    /// What happens.
    pub fault: Fault,
}

/// What happens to a call.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// It takes longer.
    Latency {
        /// Milliseconds, 120,000 at most.
        ms: u32,
        /// Up to as many milliseconds more, by chance.
        #[serde(default)]
        jitter: u32,
    },
    /// It is not done, and the connection breaks without an answer. Of a device that stays connected the message is lost, and
    /// nothing else.
    LostRequest,
    /// It is done, and the connection breaks without an answer. Of a device that stays connected the answer is lost, and
    /// nothing else.
    LostAnswer,
    /// It is done, and the connection breaks amid the answer.
    CutOff {
        /// Bytes of the answer's body that still arrive.
        #[serde(default)]
        after: u32,
    },
    /// It is not done, and answered like this.
    Status {
        /// 400 to 599.
        status: u16,
        /// Seconds that the header `Retry-After` says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        retry_after: Option<u32>,
    },
    /// The access token counts as expired. Getting another one works.
    SessionExpired,
    /// A claim is answered like this, in the words of the real answer.
    Claim {
        /// The answer.
        answer: ClaimFault,
    },
    /// The connection of a device breaks: what it said is not done.
    Disconnect,
    /// A device that signs in is not let in.
    Refused {
        /// What it is told.
        login: LoginFault,
    },
    /// A device's message is not taken, since it says too much: in the binary protocol it is told so, in MQTT the connection
    /// ends with that.
    TooMuch,
    /// What answers in TLS shows a certificate that nobody should believe.
    Certificate {
        /// What is wrong with it.
        wrong: CertificateFault,
    },
}

/// Why a device is not let in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum LoginFault {
    /// There is no device with such a token.
    WrongToken,
    /// As many devices are connected as the cloud takes. MQTT has a word for it; in the binary protocol the connection ends.
    ServerFull,
}

/// What is wrong with a certificate.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum CertificateFault {
    /// It is another server's.
    OtherName,
    /// Its time is over.
    Expired,
    /// Nobody vouches for it.
    UnknownAuthority,
}

/// An answer to a claim that is not of its label.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ClaimFault {
    /// 200: it is claimed, where it can be, and said to have been the claimer's before.
    AlreadyYours,
    /// 202: support decides. Nobody is asked.
    PendingApproval,
    /// 202: the device's button is waited for. It never completes.
    PendingPresence,
    /// 403: the organization is full.
    DeviceLimit,
    /// 404: unknown, claimed elsewhere, revoked or with a wrong code.
    NotClaimable,
    /// 409: the key was used for another claim.
    IdempotencyConflict,
    /// 422: an identifier alone.
    ProofRequired,
    /// 429: too many wrong ones.
    RateLimited,
}

/// A call of a recorded run that something happened to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordedCall {
    /// Method and path of the OpenAPI document.
    pub endpoint: String,
    /// Who called; none without an access token that is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub account: Option<String>,
    /// The device that is connected, where it was no call but what such a device did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub device: Option<DeviceId>,
    /// Which of that account's calls of that endpoint it was, or of that device's, from 1 on.
    pub call: u32,
    /// What happened to it.
    pub faults: Vec<Fault>,
}

/// What goes wrong at present.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct FaultsNow {
    /// The rules, with how many times each still happens. What was recorded and is played again is not among them.
    pub faults: Faults,
    /// How many times each rule has happened, in their order.
    pub happened: Vec<u32>,
    /// How many recorded calls are still to be played.
    pub to_play: u32,
    /// How many calls something has happened to.
    pub recorded: u32,
}
