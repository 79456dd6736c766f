//! `POST /devices/create` and `/devices/work` (ours): many devices at once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{
    ApiError, BatchState, CreateDevices, DeviceWork, ErrorCode, OrgId, Template, TemplateId,
    UserId, WorkId,
};
use serde::Deserialize;

use super::devices_transfer::check_key;
use super::within;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::Core;
use crate::service::many::{self, ManyError, Room, Wanted};

/// Which work.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct WhichWork {
    /// Its number.
    work_id: WorkId,
}

/// Makes many devices by hand, all or none, each with a credential of its own. They are made in the background:
/// `GET /devices/work` says how far that is, and none of them is there before all are. Exports have their credentials.
#[utoipa::path(
    post, path = "/devices/create", operation_id = "createDevices", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("create_devices"))),
    request_body(content = CreateDevices, example = json!({
        "templateId": "TMPLsoil00001", "name": "Pump {n}", "count": 2
    })),
    responses(
        (status = 202, body = DeviceWork),
        (status = 400, body = ApiError, description = "A field is not as it must be, or the owner is not active in or above the organization"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; or the organization may not have so many devices (`device_limit`)"),
        (status = 404, body = ApiError, description = "No such organization, template or owner within reach"),
        (status = 409, body = ApiError, description = "The key was used for a different request"),
    )
)]
pub async fn create(
    State(core): State<Arc<Core>>,
    caller: Caller<may::CreateDevices>,
    Body(request): Body<CreateDevices>,
) -> Result<(StatusCode, Json<DeviceWork>), ApiFailure> {
    check_key(request.key.as_deref())?;
    let named = (request.org_id, &request.template_id, request.owner_id);
    let found = Found::within(&core, &caller, named).await?;
    let (first, count) = (request.first.unwrap_or(1), request.count);
    let names = (request.name.as_str(), first, count);
    let work = many::create(&core, &caller, &found.wanted(request.key.as_deref()), names).await?;
    Ok((StatusCode::ACCEPTED, Json(work)))
}

/// How far the making of many devices is.
#[utoipa::path(
    get, path = "/devices/work", operation_id = "deviceWork", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("create_devices"))),
    params(WhichWork),
    responses(
        (status = 200, body = DeviceWork),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such work within reach, or it is over for a week"),
    )
)]
pub async fn work(
    State(core): State<Arc<Core>>,
    caller: Caller<may::CreateDevices>,
    Params(which): Params<WhichWork>,
) -> Result<Json<DeviceWork>, ApiFailure> {
    let found = core
        .store
        .device_work(caller.reach(), which.work_id)
        .await?;
    Ok(Json(found.ok_or(ManyError::NotFound)?))
}

/// Stops the making of many devices: there will be none of them.
#[utoipa::path(
    post, path = "/devices/work/cancel", operation_id = "cancelDeviceWork", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("create_devices"))),
    params(WhichWork),
    responses(
        (status = 204, description = "Stopped"),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such work within reach"),
        (status = 409, body = ApiError, description = "They are made already, or came to nothing"),
    )
)]
pub async fn cancel(
    State(core): State<Arc<Core>>,
    caller: Caller<may::CreateDevices>,
    Params(which): Params<WhichWork>,
) -> Result<StatusCode, ApiFailure> {
    many::cancel(&core, &caller, which.work_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a request named, found within the caller's reach.
pub(super) struct Found {
    org: OrgId,
    template: Template,
    owner: UserId,
}

impl Found {
    /// Finds organization, template and owner: the caller's own, and the caller, where they are not named.
    pub async fn within(
        core: &Core,
        caller: &Caller<may::CreateDevices>,
        (org, template, owner): (Option<OrgId>, &TemplateId, Option<UserId>),
    ) -> Result<Self, ApiFailure> {
        let org = caller.org_in_reach(core, org).await?;
        let template = within::template(core, org, template).await?;
        let owner = owner.or(caller.user());
        let owner = owner.ok_or_else(|| ApiFailure::invalid("ownerId", "ownerId is needed."))?;
        within::check_owner(core, caller.reach(), owner, org).await?;
        Ok(Self {
            org,
            template,
            owner,
        })
    }

    /// The same for the use-case.
    pub fn wanted<'a>(&'a self, key: Option<&'a str>) -> Wanted<'a> {
        Wanted {
            template: &self.template,
            org: self.org,
            owner: self.owner,
            key,
        }
    }
}

impl From<ManyError> for ApiFailure {
    fn from(error: ManyError) -> Self {
        match error {
            ManyError::Field(error) => error.into(),
            ManyError::Table(error) => error.into(),
            ManyError::Gone(gone) => gone.into(),
            ManyError::DeviceLimit(None) => Self::device_limit(),
            ManyError::DeviceLimit(Some(Room { free, too_many })) => Self::new(
                StatusCode::FORBIDDEN,
                ErrorCode::DeviceLimit,
                &format!("The organization has room for {free} devices: {too_many} are too many."),
            )
            .with("free", free)
            .with("tooMany", too_many),
            ManyError::KeyUsed(error) => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::IdempotencyConflict,
                &error.to_string(),
            ),
            ManyError::NotFound => Self::not_found("There is no such work."),
            ManyError::Over(state) => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::BatchNotReady,
                match state {
                    BatchState::Making => "The devices are still being made.",
                    BatchState::Ready => "The devices are made already.",
                    BatchState::Cancelled | BatchState::Failed => "The devices were never made.",
                },
            ),
            ManyError::Broken(broken) => broken.into(),
        }
    }
}
