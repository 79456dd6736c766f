//! `GET /audit` (ours): who did what, for whom.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{
    ApiError, AuditAction, AuditEntry, DeviceId, OrgId, Page, PageQuery, TimeSort, UserId,
};
use serde::Deserialize;

use crate::clock::Time;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;
use crate::store::{AuditQuery, Part};

/// Which entries; each parameter narrows.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// In this organization alone; in the caller's own and all below where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
    /// About this device, which may be deleted.
    #[serde(default)]
    device_id: Option<DeviceId>,
    /// By or about this person, who may have left.
    #[serde(default)]
    user_id: Option<UserId>,
    /// What that person had to do with it.
    #[serde(default, rename = "as")]
    #[param(inline)]
    had_part: HadPart,
    /// Of this kind alone.
    #[serde(default)]
    action: Option<AuditAction>,
    /// From this time on, in milliseconds since the epoch.
    #[serde(default)]
    from: Option<i64>,
    /// Before this time, in milliseconds since the epoch.
    #[serde(default)]
    until: Option<i64>,
}

/// What a person had to do with it.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum HadPart {
    /// They did it, or it happened to them.
    #[default]
    Either,
    /// They did it.
    Actor,
    /// It happened to them.
    Affected,
}

impl From<HadPart> for Part {
    fn from(part: HadPart) -> Self {
        match part {
            HadPart::Either => Self::Either,
            HadPart::Actor => Self::Actor,
            HadPart::Affected => Self::Affected,
        }
    }
}

impl Which {
    /// The query of this caller. What is out of reach and never was within it is as if it were not there.
    pub async fn query(
        self,
        core: &Core,
        caller: &Caller<may::ViewAudit>,
    ) -> Result<AuditQuery, ApiFailure> {
        let reach = caller.reach();
        let org = match self.org_id {
            Some(org) if core.store.knows_closed_org(reach, org).await? => Some(org),
            Some(org) => Some(caller.org_in_reach(core, Some(org)).await?),
            None => None,
        };
        if let Some(device) = self.device_id
            && !core.store.knows_device(reach, device).await?
        {
            return Err(ApiFailure::not_found(
                "There is no such device within your reach.",
            ));
        }
        if let Some(person) = self.user_id
            && !core.store.knows_person(reach, person).await?
        {
            return Err(ApiFailure::not_found(
                "There is no such person within your reach.",
            ));
        }
        Ok(AuditQuery {
            reach,
            org,
            device: self.device_id,
            person: self.user_id.map(|id| (id, self.had_part.into())),
            action: self.action,
            from: self.from.map(Time),
            until: self.until.map(Time),
        })
    }
}

/// In which order.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Order {
    /// In which order; the newest first where absent.
    #[serde(default)]
    #[param(inline)]
    sort: Option<TimeSort>,
}

/// Who did what. Entries stay when what they are about is deleted.
#[utoipa::path(
    get, path = "/audit", operation_id = "audit", tag = "audit",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("view_audit"))),
    params(Which, Order, PageQuery),
    responses(
        (status = 200, body = Page<AuditEntry>),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such organization, device or person within reach, now or before"),
    )
)]
pub async fn audit(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ViewAudit>,
    Params(which): Params<Which>,
    Params(order): Params<Order>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<AuditEntry>>, ApiFailure> {
    let query = which.query(&core, &caller).await?;
    let sort = order.sort.unwrap_or(TimeSort::Newest);
    Ok(Json(core.store.audit(query, sort, page).await?))
}
