//! `GET /audit/export` (ours): the audit as a file.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use futures_util::stream;
use handover_wire::{ApiError, AuditActor, AuditEntry};
use serde::Deserialize;

use super::audit::Which;
use crate::clock::Time;
use crate::domain::{harmless, table_rows};
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::{Broken, Core, audit};

/// As which kind of file.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// A table, with a line for its headings.
    #[default]
    Csv,
    /// One JSON object on a line, as in the list.
    Jsonl,
}

/// How to write it down.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// As which kind of file: `csv` unless told.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    fn head(self) -> Result<Bytes, Broken> {
        match self {
            Self::Csv => Ok(table_rows([HEADINGS.map(str::to_owned)])?.into()),
            Self::Jsonl => Ok(Bytes::new()),
        }
    }

    fn rows(self, entries: &[AuditEntry]) -> Result<Bytes, Broken> {
        match self {
            Self::Csv => Ok(table_rows(entries.iter().map(cells))?.into()),
            Self::Jsonl => {
                let mut text = Vec::new();
                for entry in entries {
                    serde_json::to_writer(&mut text, entry)?;
                    text.push(b'\n');
                }
                Ok(text.into())
            }
        }
    }
}

const HEADINGS: [&str; 15] = [
    "entry",
    "sequence",
    "time",
    "action",
    "actor",
    "actor_name",
    "organization",
    "organization_name",
    "device",
    "device_name",
    "person",
    "person_name",
    "detail",
    "detail_name",
    "reason",
];

fn cells(entry: &AuditEntry) -> [String; HEADINGS.len()] {
    let or_nothing = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    let (actor, actor_name) = match &entry.actor {
        AuditActor::Person { id, name } => (id.to_string(), name),
        AuditActor::Machine { id, name } => (id.clone(), name),
        AuditActor::Cloud => ("cloud".to_owned(), &None),
    };
    let named = |name: &Option<String>| harmless(name.as_deref().unwrap_or_default());
    [
        entry.id.to_string(),
        or_nothing(entry.seq),
        Time(entry.at).in_iso_8601(),
        entry.action.as_str().to_owned(),
        actor,
        named(actor_name),
        entry.org_id.to_string(),
        harmless(&entry.org_name),
        or_nothing(entry.device_id.map(|id| id.0)),
        named(&entry.device_name),
        or_nothing(entry.user_id.map(|id| id.0)),
        named(&entry.user_name),
        named(&entry.detail),
        named(&entry.detail_name),
        named(&entry.reason),
    ]
}

/// The audit as a file, the newest first: all that `GET /audit` lists, without pages. Leaves an entry of its own, which is
/// the first in it.
#[utoipa::path(
    get, path = "/audit/export", operation_id = "exportAudit", tag = "audit",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("view_audit"))),
    params(Which, How),
    responses(
        (status = 200, content((String = "text/csv"), (String = "application/x-ndjson")), description = "The file, as `format` says"),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such organization, device or person within reach, now or before"),
    )
)]
pub async fn export(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ViewAudit>,
    Params(which): Params<Which>,
    Params(How { format }): Params<How>,
) -> Result<Response, ApiFailure> {
    let query = which.query(&core, &caller).await?;
    audit::note_export(&core, &caller, &query).await?;
    let day = core.now().in_iso_8601();
    let day = day.split('T').next().unwrap_or_default();
    let name = format!("handover-audit-{day}.{}", format.ending());
    let head = stream::once(async move { format.head() });
    let rows = audit::portions(core, query).map(move |portion| format.rows(&portion?));
    // Where it breaks off in the middle, the answer does, too, so that nobody takes part of it for all.
    let file = Body::from_stream(head.chain(rows));
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, file).into_response())
}
