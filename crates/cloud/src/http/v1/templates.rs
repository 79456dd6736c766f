//! `/templates` and `/template`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{
    ApiError, Datastream, ErrorCode, ListSort, MetaField, Page, PageQuery, Template,
    TemplateDetails, TemplateDraft, TemplateEvent, TemplateId,
};
use serde::Deserialize;

use crate::domain::SearchText;
use crate::http::caller::{Caller, SignedIn, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::Core;
use crate::service::templates::{self, TemplateError};

/// Which templates.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Part of a name.
    #[serde(default)]
    query: Option<String>,
    /// In which order; by name where absent.
    #[serde(default)]
    #[param(inline)]
    sort: Option<ListSort>,
    /// Only those that devices within the caller's reach are of.
    #[serde(default)]
    has_devices: bool,
}

/// Which template.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TemplateParams {
    /// Its public id, `TMPL` and nine characters.
    template_id: TemplateId,
}

/// The templates that the caller's organization can use: its own and those of the organizations above it.
#[utoipa::path(
    get, path = "/templates", operation_id = "templates", tag = "templates",
    extensions(("x-handover" = json!("published; query, sort and hasDevices are ours")), ("x-permission" = json!("any"))),
    params(Which, PageQuery),
    responses(
        (status = 200, body = Page<Template>),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
    )
)]
pub async fn templates(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(which): Params<Which>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Template>>, ApiFailure> {
    let search = SearchText::any(which.query.as_deref().unwrap_or_default());
    let sort = which.sort.unwrap_or(ListSort::Name);
    let store = &core.store;
    Ok(Json(match which.has_devices {
        true => {
            let found = store.templates_of_devices(caller.reach(), search.as_str(), sort, page);
            found.await?
        }
        false => {
            let found = store.templates(caller.org, search.as_str(), sort, page);
            found.await?
        }
    }))
}

/// One of them, with all that belongs to it.
#[utoipa::path(
    get, path = "/template", operation_id = "template", tag = "templates",
    extensions(("x-handover" = json!("published; the shape is ours")), ("x-permission" = json!("any"))),
    params(TemplateParams),
    responses(
        (status = 200, body = TemplateDetails),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such template for this organization"),
    )
)]
pub async fn template(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<TemplateParams>,
) -> Result<Json<TemplateDetails>, ApiFailure> {
    Ok(Json(found(&core, &caller, &params).await?))
}

async fn found(
    core: &Core,
    caller: &Caller<SignedIn>,
    params: &TemplateParams,
) -> Result<TemplateDetails, ApiFailure> {
    let found = core
        .store
        .template_details(caller.org, &params.template_id)
        .await?;
    Ok(found.ok_or(TemplateError::NotFound)?)
}

/// The datastreams of a template, in the order of their pins.
#[utoipa::path(
    get, path = "/template/datastreams", operation_id = "templateDatastreams", tag = "templates",
    extensions(("x-handover" = json!("published; the shape is ours")), ("x-permission" = json!("any"))),
    params(TemplateParams),
    responses(
        (status = 200, body = Vec<Datastream>),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such template for this organization"),
    )
)]
pub async fn datastreams(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<TemplateParams>,
) -> Result<Json<Vec<Datastream>>, ApiFailure> {
    Ok(Json(
        found(&core, &caller, &params).await?.parts.datastreams,
    ))
}

/// The events of a template.
#[utoipa::path(
    get, path = "/template/events", operation_id = "templateEvents", tag = "templates",
    extensions(("x-handover" = json!("published; the shape is ours")), ("x-permission" = json!("any"))),
    params(TemplateParams),
    responses(
        (status = 200, body = Vec<TemplateEvent>),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such template for this organization"),
    )
)]
pub async fn events(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<TemplateParams>,
) -> Result<Json<Vec<TemplateEvent>>, ApiFailure> {
    Ok(Json(found(&core, &caller, &params).await?.parts.events))
}

/// The metadata fields of a template.
#[utoipa::path(
    get, path = "/template/metafields", operation_id = "templateMetaFields", tag = "templates",
    extensions(("x-handover" = json!("published; the shape is ours")), ("x-permission" = json!("any"))),
    params(TemplateParams),
    responses(
        (status = 200, body = Vec<MetaField>),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such template for this organization"),
    )
)]
pub async fn meta_fields(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<TemplateParams>,
) -> Result<Json<Vec<MetaField>>, ApiFailure> {
    Ok(Json(
        found(&core, &caller, &params).await?.parts.meta_fields,
    ))
}

/// Makes a template of the caller's organization.
#[utoipa::path(
    post, path = "/template", operation_id = "createTemplate", tag = "templates",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_templates"))),
    request_body(content = TemplateDraft, example = json!({
        "name": "Water valve",
        "datastreams": [{
            "pin": 1, "name": "Opening", "unit": "%", "writable": true, "queued": true,
            "dataType": {"kind": "integer", "min": 0, "max": 100, "default": 0}
        }],
        "metaFields": [{"name": "Serial Number", "kind": "text"}],
        "events": [{"code": "stuck", "name": "Stuck", "severity": "critical"}]
    })),
    responses(
        (status = 201, body = TemplateDetails),
        (status = 400, body = ApiError, description = "A field is not as it must be, or the template contradicts itself"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
    )
)]
pub async fn create(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTemplates>,
    Body(draft): Body<TemplateDraft>,
) -> Result<(StatusCode, Json<TemplateDetails>), ApiFailure> {
    let made = templates::create(&core, &caller, draft).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Makes a template of the caller's organization what it is to be, all of it: what the body leaves out is gone.
///
/// The body says which `revision` the change began with. Where somebody else changed the template meanwhile, nothing is
/// written over: the answer is 409 `template_changed` with the revision that it is of now. Look at it, and send the change
/// again with that.
#[utoipa::path(
    put, path = "/template", operation_id = "editTemplate", tag = "templates",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_templates"))),
    params(TemplateParams),
    request_body(content = TemplateDraft, example = json!({"name": "Water valve", "revision": 1})),
    responses(
        (status = 200, body = TemplateDetails),
        (status = 400, body = ApiError, description = "A field is not as it must be, or the template contradicts itself"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "The caller's organization has no such template of its own"),
        (status = 409, body = ApiError, description = "Somebody changed it meanwhile"),
    )
)]
pub async fn edit(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTemplates>,
    Params(params): Params<TemplateParams>,
    Body(draft): Body<TemplateDraft>,
) -> Result<Json<TemplateDetails>, ApiFailure> {
    let edited = templates::edit(&core, &caller, &params.template_id, draft);
    Ok(Json(edited.await?))
}

/// Deletes a template of the caller's organization, unless something is of it.
#[utoipa::path(
    delete, path = "/template", operation_id = "deleteTemplate", tag = "templates",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_templates"))),
    params(TemplateParams),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "The caller's organization has no such template of its own"),
        (status = 409, body = ApiError, description = "Devices, static tokens or batches are of it"),
    )
)]
pub async fn delete(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTemplates>,
    Params(params): Params<TemplateParams>,
) -> Result<StatusCode, ApiFailure> {
    templates::delete(&core, &caller, &params.template_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<TemplateError> for ApiFailure {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Field(error) => error.into(),
            TemplateError::Fault(fault) => Self::new(
                StatusCode::BAD_REQUEST,
                ErrorCode::BadTemplate,
                &format!(
                    "There is no template like this: {}, at {} of {}.",
                    fault.problem.as_str(),
                    fault.index,
                    fault.part.as_str(),
                ),
            )
            .with("problem", fault.problem.as_str())
            .with("part", fault.part.as_str())
            .with("index", fault.index),
            TemplateError::NotFound => Self::not_found("Template is not found."),
            TemplateError::Changed(revision) => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::TemplateChanged,
                "Somebody changed the template meanwhile.",
            )
            .with("revision", revision),
            TemplateError::InUse(uses) => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::TemplateInUse,
                "Something is of this template.",
            )
            .with("devices", uses.devices)
            .with("tokens", uses.tokens)
            .with("batches", uses.batches),
            TemplateError::Broken(broken) => broken.into(),
        }
    }
}
