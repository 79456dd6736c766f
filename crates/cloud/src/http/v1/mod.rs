//! `/api/v1/organization`: the Platform API.

mod approvals;
mod audit;
mod audit_check;
mod audit_export;
mod batch_export;
mod batch_tokens;
mod batches;
mod claim;
mod device;
mod device_bootstrap;
mod device_create;
mod device_delete;
mod device_files;
mod device_label;
mod device_moves;
mod device_online;
mod device_readings;
mod device_release;
mod device_token;
mod device_transfer;
mod device_undo;
mod devices;
mod devices_create;
mod devices_export;
mod devices_import;
mod devices_listed;
mod devices_transfer;
mod events;
mod faults;
mod fleet;
mod gateway_hands;
mod gateways;
mod generate;
mod import;
mod machines;
pub mod me;
mod organization_create;
mod organization_edit;
mod overview;
mod profile;
mod search_devices;
mod sessions;
mod settings;
mod static_tokens;
mod sub_organizations;
mod templates;
#[cfg(test)]
mod tests;
mod token_label;
mod unclaim;
mod user;
mod user_change;
mod user_invite;
mod user_password;
mod user_profile;
mod user_register;
mod users;
mod waiting_mail;
mod why;
mod within;

use std::sync::Arc;

use handover_wire::OrgId;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Core;

/// The published sentence, but for the destination in it.
pub const ORG_NOT_FOUND: &str = "Organization is not found or you don't have access to it.";

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
        .routes(routes!(organization_create::create))
        .routes(routes!(organization_edit::rename))
        .routes(routes!(organization_edit::limit_devices))
        .routes(routes!(organization_edit::delete))
        .routes(routes!(user_profile::user_profile, user_profile::edit))
        .routes(routes!(user_password::change))
        .routes(routes!(sessions::sessions, sessions::end))
        .routes(routes!(settings::get, settings::set))
        .routes(routes!(waiting_mail::get))
        .routes(routes!(faults::get, faults::switch))
        .routes(routes!(faults::recorded))
        .routes(routes!(fleet::get))
        .routes(routes!(fleet::start))
        .routes(routes!(fleet::stop))
        .routes(routes!(fleet::delete))
        .routes(routes!(fleet::recorded))
        .routes(routes!(me::me))
        .routes(routes!(sub_organizations::sub_organizations))
        .routes(routes!(sub_organizations::search))
        .routes(routes!(overview::overview))
        .routes(routes!(users::users))
        .routes(routes!(user::get, user::remove))
        .routes(routes!(user_invite::invite))
        .routes(routes!(user_invite::invite_again))
        .routes(routes!(user_register::register))
        .routes(routes!(user_change::role))
        .routes(routes!(user_change::suspend))
        .routes(routes!(user_change::restore))
        .routes(routes!(devices::devices))
        .routes(routes!(search_devices::search_devices))
        .routes(routes!(device::get, device::rename, device_delete::delete))
        .routes(routes!(device_bootstrap::look))
        .routes(routes!(device_bootstrap::confirm))
        .routes(routes!(device_bootstrap::refuse))
        .routes(routes!(device_bootstrap::press))
        .routes(routes!(device_bootstrap::reset))
        .routes(routes!(device_bootstrap::reset_unclaimed))
        .routes(routes!(device_online::online))
        .routes(routes!(device_readings::set))
        .routes(routes!(device_readings::history))
        .routes(routes!(device_readings::events))
        .routes(routes!(device_readings::properties))
        .routes(routes!(device_files::list))
        .routes(routes!(device_files::get, device_files::delete))
        .routes(routes!(device_create::create))
        .routes(routes!(device_release::release))
        .routes(routes!(device_transfer::transfer))
        .routes(routes!(device_transfer::to_owner))
        .routes(routes!(device_transfer::to_organization))
        .routes(routes!(device_undo::undo))
        .routes(routes!(device_label::label))
        .routes(routes!(device_token::token))
        .routes(routes!(device_moves::moves))
        .routes(routes!(gateways::look))
        .routes(routes!(gateways::mesh))
        .routes(routes!(gateways::pair))
        .routes(routes!(gateways::go_to))
        .routes(routes!(gateways::unpair))
        .routes(routes!(gateways::replace))
        .routes(routes!(gateways::window))
        .routes(routes!(gateways::decide))
        .routes(routes!(gateway_hands::release))
        .routes(routes!(gateway_hands::transfer))
        .routes(routes!(gateway_hands::take_back))
        .routes(routes!(gateway_hands::labels, gateway_hands::wait))
        .routes(routes!(devices_create::create))
        .routes(routes!(devices_create::work))
        .routes(routes!(devices_create::cancel))
        .routes(routes!(devices_export::export))
        .routes(routes!(devices_transfer::transfer))
        .routes(routes!(devices_transfer::undo))
        .routes(routes!(templates::templates))
        .routes(routes!(
            templates::template,
            templates::create,
            templates::edit,
            templates::delete
        ))
        .routes(routes!(templates::datastreams))
        .routes(routes!(templates::events))
        .routes(routes!(templates::meta_fields))
        .routes(routes!(static_tokens::static_tokens))
        .routes(routes!(generate::generate))
        .routes(routes!(batches::batches, batches::create))
        .routes(routes!(batches::batch))
        .routes(routes!(batches::cancel))
        .routes(routes!(batch_export::export))
        .routes(routes!(batch_tokens::find))
        .routes(routes!(batch_tokens::revoke))
        .routes(routes!(token_label::label, token_label::renew))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(import::import))
                .routes(routes!(devices_import::import))
                .routes(routes!(fleet::play))
                .layer(import::limit()),
        )
        .routes(routes!(claim::claim))
        .routes(routes!(approvals::approvals))
        .routes(routes!(approvals::approve))
        .routes(routes!(approvals::refuse))
        .routes(routes!(unclaim::unclaim))
        .routes(routes!(why::why))
        .routes(routes!(
            machines::machines,
            machines::create,
            machines::revoke
        ))
        .routes(routes!(events::events))
        .routes(routes!(audit::audit))
        .routes(routes!(audit_export::export))
        .routes(routes!(audit_check::check))
}
