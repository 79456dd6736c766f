//! `/api/v1/organization`: the Platform API.

mod claim;
mod clients;
mod device;
mod device_create;
mod device_delete;
mod device_online;
mod devices;
mod generate;
pub mod me;
mod profile;
mod search_devices;
mod static_tokens;
mod sub_organizations;
mod templates;
#[cfg(test)]
mod tests;
mod user_profile;
mod users;

use std::sync::Arc;

use handover_wire::OrgId;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Core;

/// Which organization a list is of.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct OrgParams {
    /// The organization; the caller's own where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
}

/// All endpoints.
pub fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new()
        .routes(routes!(profile::profile))
        .routes(routes!(user_profile::user_profile))
        .routes(routes!(me::me))
        .routes(routes!(sub_organizations::sub_organizations))
        .routes(routes!(users::users))
        .routes(routes!(devices::devices))
        .routes(routes!(search_devices::search_devices))
        .routes(routes!(device::get, device::rename, device_delete::delete))
        .routes(routes!(device_online::online))
        .routes(routes!(device_create::create))
        .routes(routes!(templates::templates))
        .routes(routes!(templates::template))
        .routes(routes!(static_tokens::static_tokens))
        .routes(routes!(generate::generate))
        .routes(routes!(claim::claim))
        .routes(routes!(clients::create_client))
}
