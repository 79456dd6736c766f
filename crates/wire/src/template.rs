//! Templates: what a kind of device is.

use serde::{Deserialize, Serialize};

use crate::{OrgId, TemplateId};

/// A kind of device. Datastreams, events and metadata come later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// The numeric id; static tokens carry it as `productId`.
    pub id: i64,
    /// The public id, `TMPL` and nine characters.
    pub template_id: TemplateId,
    /// The organization that owns it; organizations below may use it.
    pub org_id: OrgId,
    /// What the product is called.
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
}
