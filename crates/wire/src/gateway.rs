//! Gateways and the nodes that they speak for (all of it ours).

use serde::{Deserialize, Serialize};

use crate::{
    BatchToken, DeviceId, DeviceState, ErrorBody, History, LabelChoice, LabelImage, MeshKeys,
    OrgId, OwnerAfter, Secret, TemplateId, TokenId, UserId,
};

/// What a device is among gateways and nodes: `GET /gateway`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DevicePart {
    /// It speaks for nodes.
    Gateway(GatewayDetails),
    /// A gateway speaks for it.
    Node(NodePart),
    /// It speaks for itself.
    Alone,
}

/// A gateway with its nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GatewayDetails {
    /// Until when nodes may ask to join, in milliseconds since the epoch; none where they may not.
    pub join_until: Option<i64>,
    /// Its nodes within reach, by name; 1,000 at the most.
    pub nodes: Vec<GatewayNode>,
    /// Nodes that have asked and wait for a word, the first first.
    pub waiting: Vec<WaitingNode>,
}

/// A node of a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GatewayNode {
    /// Its number.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// What kind of device it is.
    pub template_name: String,
    /// Its organization.
    pub org_id: OrgId,
    /// What that is called.
    pub org_name: String,
    /// Whether it is heard of.
    pub state: DeviceState,
    /// When it last said something, in milliseconds since the epoch.
    pub last_value_at: Option<i64>,
    /// Whether a gateway carried what it said last.
    pub is_carried: bool,
    /// When it was paired, in milliseconds since the epoch.
    pub paired_at: i64,
}

/// A node that wants to join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct WaitingNode {
    /// Its number.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// What kind of device it is.
    pub template_name: String,
    /// When it asked, in milliseconds since the epoch.
    pub asked_at: i64,
    /// Whether it is nobody's yet, so that accepting it claims it.
    pub is_unclaimed: bool,
}

/// The gateway of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct NodePart {
    /// Which; none where it is out of the caller's reach.
    pub gateway: Option<GatewayOfNode>,
    /// When it was paired, in milliseconds since the epoch.
    pub paired_at: i64,
    /// Whether a gateway carried what it said last.
    pub is_carried: bool,
}

/// A gateway as its node's page names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GatewayOfNode {
    /// Its number.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// Whether it is there.
    pub state: DeviceState,
}

/// `POST /gateway/pair` and `POST /gateway/move`: which node is to be which gateway's.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct PairNode {
    /// The gateway.
    pub gateway_id: DeviceId,
    /// The node.
    pub node_id: DeviceId,
}

/// `POST /gateway/unpair`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct UnpairNode {
    /// The node.
    pub node_id: DeviceId,
}

/// `POST /gateway/replace`: all nodes of one gateway go to another one.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ReplaceGateway {
    /// The gateway that is broken.
    pub gateway_id: DeviceId,
    /// The one that takes its place.
    pub new_gateway_id: DeviceId,
}

/// How many went.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct ReplacedGateway {
    /// Nodes that are the other gateway's now.
    pub nodes: i64,
}

/// `POST /gateway/window`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenJoinWindow {
    /// The gateway.
    pub gateway_id: DeviceId,
    /// For how many minutes from now on, 60 at the most; 0 closes it, and forgets who waits.
    pub minutes: i64,
}

/// How long it is open.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct JoinWindowAnswer {
    /// When it closes, in milliseconds since the epoch; none where it is closed.
    pub until: Option<i64>,
}

/// `POST /gateway/decide`: a node that waits is taken, or is not.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DecideJoin {
    /// The gateway.
    pub gateway_id: DeviceId,
    /// The node.
    pub node_id: DeviceId,
    /// Whether it is taken.
    pub accept: bool,
}

/// `POST /static-tokens/gateway` (ours): labels that nobody has wait with a gateway's, and come with it to whoever claims that.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct WaitTogether {
    /// The gateway's static token.
    pub token_id: TokenId,
    /// The nodes'; 500 at the most. All of them, or none.
    pub node_token_ids: Vec<TokenId>,
    /// Whether they wait with it; or no longer.
    #[serde(default = "yes")]
    #[ts(as = "Option<bool>", optional)]
    pub together: bool,
}

/// `GET /static-tokens/gateway` (ours): what waits together. Of a label that waits with none, and with which none waits, the
/// list is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct GatewayLabels {
    /// The gateway's; the label that was asked about where nothing waits with it.
    pub gateway: BatchToken,
    /// The nodes'.
    pub nodes: Vec<BatchToken>,
}

fn yes() -> bool {
    true
}

/// `POST /gateway/release` (ours): a gateway is given up together with nodes of it, all or nothing.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseGateway {
    /// The gateway.
    pub device_id: DeviceId,
    /// Nodes that go with it, 500 at the most; all within reach where absent. The others stay, and speak for themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub node_ids: Option<Vec<DeviceId>>,
    /// What becomes of what they said; erased where absent.
    #[serde(default)]
    #[ts(as = "Option<History>", optional)]
    pub history: History,
    /// Whether they stay together for whoever claims the gateway next; they do where absent.
    #[serde(default = "yes")]
    #[ts(as = "Option<bool>", optional)]
    pub keep_together: bool,
    /// Why, for the record; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// Nothing is given up: the answer is what would happen.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub dry_run: bool,
    /// 1 to 200 printable characters: the same key gets the same answer again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<String>,
}

/// `POST /gateway/transfer` (ours): a gateway moves together with nodes of it, all or nothing, and they stay its nodes.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct TransferGateway {
    /// The gateway.
    pub device_id: DeviceId,
    /// Nodes that go with it, as in `ReleaseGateway`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub node_ids: Option<Vec<DeviceId>>,
    /// The organization; the new owner's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub new_org_id: Option<OrgId>,
    /// The owner; as `ownerAfter` says where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub new_user_id: Option<UserId>,
    /// Who owns them in person where no `newUserId` is named; nobody where both are absent (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub owner_after: Option<OwnerAfter>,
    /// What becomes of what they said, as for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub history: Option<History>,
    /// Why, for the record; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// Nothing is moved: the answer is what would happen.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub dry_run: bool,
    /// 1 to 200 printable characters: the same key gets the same answer again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<String>,
}

/// `POST /gateway/take-back` (ours): the maker takes a gateway back together with nodes of it, all or nothing.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct TakeGatewayBack {
    /// The gateway.
    pub device_id: DeviceId,
    /// Nodes that go with it, as in `ReleaseGateway`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub node_ids: Option<Vec<DeviceId>>,
    /// What becomes of their labels, as for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub label: Option<LabelChoice>,
    /// What becomes of what they said: erased where absent, else the maker sees it.
    #[serde(default)]
    #[ts(as = "Option<History>", optional)]
    pub history: History,
    /// Whether they stay together for whoever claims the gateway next; they do where absent.
    #[serde(default = "yes")]
    #[ts(as = "Option<bool>", optional)]
    pub keep_together: bool,
    /// Why, for the record, and for whoever had them, in the mail that tells them; up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// Nothing is taken back: the answer is what would happen.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub dry_run: bool,
}

/// What became, or would become, of one of those that go together.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GatewayOutcome {
    /// Which.
    pub device_id: DeviceId,
    /// What it is called, or was.
    pub name: String,
    /// Its new code, where it was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub label: Option<LabelImage>,
    /// Why it may not; absent where it may, or has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<ErrorBody>,
}

/// The answer: the gateway first, then its nodes.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct GatewayOutcomes {
    /// Each.
    pub outcomes: Vec<GatewayOutcome>,
}

/// A node as its gateway is told of it: `GET /external/api/gateway/nodes`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TunnelledNode {
    /// Its number.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its template.
    pub template_id: TemplateId,
    /// Its auth token, which its messages are tunnelled with; none where it was shown once and is not kept, and where it is
    /// reached by mesh.
    pub token: Option<Secret>,
    /// How often it was given to a gateway: its keys on the air follow from its token and this.
    pub derivation: i64,
    /// Its keys on the air where it is reached by mesh; none where its token was shown once and is not kept.
    pub mesh: Option<MeshKeys>,
}

/// All of them.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TunnelledNodes {
    /// By number.
    pub nodes: Vec<TunnelledNode>,
}

/// What became of a node's wish to join: `POST /external/api/gateway/join`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JoinState {
    /// The gateway speaks for it.
    Paired,
    /// It waits for a word of whoever has the gateway.
    Waiting,
    /// The join window is closed.
    Closed,
}

/// The same as an answer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JoinAnswer {
    /// What became of it.
    pub state: JoinState,
}

/// Why two devices are not paired. Crosses the network as the attribute `problem`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PairingProblem {
    /// It is a gateway itself.
    IsGateway,
    /// Another gateway has it: it has to be moved.
    Elsewhere,
    /// No gateway has it, so that there is nothing to move.
    NotPaired,
    /// It is neither in the gateway's organization nor below.
    Organization,
    /// The gateway has as many nodes as it may have.
    Full,
}

impl PairingProblem {
    /// Every problem there is.
    pub const ALL: &'static [Self] = &[
        Self::IsGateway,
        Self::Elsewhere,
        Self::NotPaired,
        Self::Organization,
        Self::Full,
    ];

    /// The problem as it is written on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IsGateway => "is_gateway",
            Self::Elsewhere => "elsewhere",
            Self::NotPaired => "not_paired",
            Self::Organization => "organization",
            Self::Full => "full",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_written_as_it_serializes() {
        for problem in PairingProblem::ALL {
            let json = serde_json::to_value(problem).expect("a problem serializes");
            assert_eq!(json, problem.as_str());
        }
    }
}
