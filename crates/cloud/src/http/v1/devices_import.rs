//! `POST /devices/import` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, ImportReport, OrgId, TemplateId, UserId};
use serde::Deserialize;

use super::devices_create::Found;
use super::devices_transfer::check_key;
use super::import::{Columns, Table};
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;
use crate::service::many::{self, Import};

/// What the table is of, and what to do with it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct What {
    /// Which kind of device.
    #[param(example = "TMPLsoil00001")]
    template_id: TemplateId,
    /// In which organization; the caller's own where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
    /// Whose the devices are to be; the caller's where absent.
    #[serde(default)]
    owner_id: Option<UserId>,
    /// 1 to 200 printable characters: the same key with the same rows makes nothing twice.
    #[serde(default)]
    key: Option<String>,
}

/// Makes devices from a CSV table, all or none: headers, and below them a row for each device, as `GET /devices/export` has
/// them for one.
///
/// UTF-8, with or without a byte order mark; commas, semicolons or tabs between the cells; 10,000 rows at most. Every row is
/// looked at: the answer names each that is at fault with its line, and nothing is imported unless all are good or
/// `goodRows` is set. Columns of an export that are no metadata are left out, unless `mapping` says otherwise. Auth tokens,
/// QR tokens and claim codes in a table are never taken: each device gets a credential of its own.
#[utoipa::path(
    post, path = "/devices/import", operation_id = "importDevices", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("create_devices"))),
    params(What, Columns),
    request_body(content = String, content_type = "text/csv", example = json!("Device Name,Serial Number\nPump 1,S-1\n")),
    responses(
        (status = 200, body = ImportReport, description = "Looked at: nothing was imported"),
        (status = 202, body = ImportReport, description = "The devices are being made"),
        (status = 400, body = ApiError, description = "A parameter is not as it must be, or the file is no table"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; or the organization may not have so many devices (`device_limit`)"),
        (status = 404, body = ApiError, description = "No such organization, template or owner within reach"),
        (status = 409, body = ApiError, description = "The key was used for a different request"),
        (status = 413, body = ApiError, description = "More than 32 MiB"),
    )
)]
pub async fn import(
    State(core): State<Arc<Core>>,
    caller: Caller<may::CreateDevices>,
    Params(what): Params<What>,
    Params(columns): Params<Columns>,
    Table(table): Table,
) -> Result<(StatusCode, Json<ImportReport>), ApiFailure> {
    check_key(what.key.as_deref())?;
    let named = (what.org_id, &what.template_id, what.owner_id);
    let found = Found::within(&core, &caller, named).await?;
    let import = Import {
        mapping: columns.mapping()?,
        good_rows: columns.good_rows,
        dry_run: columns.dry_run,
    };
    let report = many::import(
        &core,
        &caller,
        &found.wanted(what.key.as_deref()),
        table,
        import,
    )
    .await?;
    let status = match report.work {
        Some(_) => StatusCode::ACCEPTED,
        None => StatusCode::OK,
    };
    Ok((status, Json(report)))
}
