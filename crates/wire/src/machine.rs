//! Machines: programs with credentials of their own (ours).

use serde::{Deserialize, Serialize};

use crate::{OrgId, Secret};

/// `POST /oauth-clients`: credentials for a machine.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct CreateMachine {
    /// What to call it, 1 to 100 characters.
    pub name: String,
}

/// A machine's credentials, shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct NewMachine {
    /// `oa2-client-id_` and 32 characters.
    pub client_id: String,
    /// 40 characters.
    pub client_secret: Secret,
}

/// A machine whose credentials are good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// The id of its credentials.
    pub client_id: String,
    /// What it is called.
    pub name: String,
    /// The organization that it acts in, and below.
    pub org_id: OrgId,
    /// That organization's name.
    pub org_name: String,
    /// When its credentials were made, in milliseconds since the epoch.
    pub created_at: i64,
    /// Who made them; none where that is nobody whom the caller sees.
    #[serde(default)]
    pub created_by: Option<String>,
    /// When it last signed in, in milliseconds since the epoch; none where it never did.
    pub last_used_at: Option<i64>,
}
