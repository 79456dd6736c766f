//! `GET /templates` and `GET /template`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Page, PageQuery, Template, TemplateId};
use serde::Deserialize;

use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

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
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    params(PageQuery),
    responses((status = 200, body = Page<Template>), (status = 401, body = ApiError))
)]
pub async fn templates(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Template>>, ApiFailure> {
    Ok(Json(core.store.templates(caller.org, page).await?))
}

/// One of them.
#[utoipa::path(
    get, path = "/template", operation_id = "template", tag = "templates",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    params(TemplateParams),
    responses(
        (status = 200, body = Template),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such template for this organization"),
    )
)]
pub async fn template(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<TemplateParams>,
) -> Result<Json<Template>, ApiFailure> {
    let found = core.store.template(caller.org, &params.template_id).await?;
    found
        .map(Json)
        .ok_or_else(|| ApiFailure::not_found("Template is not found."))
}
