//! `POST /static-tokens/import` (ours).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::StatusCode;
use handover_wire::{
    ApiError, ClaimProof, ErrorCode, IdentifierKind, ImportReport, OrgId, SecretsShown, TemplateId,
};
use serde::Deserialize;

use super::within;
use crate::domain::{Mapping, Scheme, TableError};
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Params, bytes};
use crate::service::Core;
use crate::service::batches::Heading;
use crate::service::import::{self, Import, ImportError};

/// The most bytes that a table has: 100,000 rows of 320 bytes.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// What the table is of, and what to do with it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct What {
    /// Which kind of device.
    #[param(example = "TMPLsoil00001")]
    template_id: TemplateId,
    /// In which organization; the caller's where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
    /// The batch's name: 1 to 50 letters, digits, spaces or '_-. Needed unless the table is only looked at.
    #[serde(default)]
    name: Option<String>,
    /// What there is to know about the batch; 1,000 characters at most.
    #[serde(default)]
    note: Option<String>,
    /// The header of the column that identifies the devices.
    #[serde(default)]
    identifier_column: Option<String>,
    /// What stands in that column.
    #[serde(default)]
    #[param(inline)]
    identifier_kind: Option<IdentifierKind>,
    /// The maker's own pattern for what stands there: a regular expression for the whole identifier, 200 characters at most.
    #[serde(default)]
    identifier_pattern: Option<String>,
    /// What has to come with an identifier before it claims. With `none`, whoever knows it claims the device.
    #[serde(default)]
    #[param(inline)]
    proof: ClaimProof,
    /// How long the secrets can be read.
    #[serde(default)]
    #[param(inline)]
    secrets: SecretsShown,
}

/// What to make of a table, whatever its rows become.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Columns {
    /// A JSON object from headers to the metadata fields that their columns fill. `Device Name` is the device's name; an
    /// empty text leaves a column out. A column that is not named fills the field of its own header.
    #[serde(default)]
    mapping: Option<String>,
    /// Whether to import the rows that are good where others are not. Otherwise nothing is.
    #[serde(default)]
    pub(super) good_rows: bool,
    /// Whether to look only.
    #[serde(default)]
    pub(super) dry_run: bool,
}

/// A table as it was sent.
pub struct Table(pub(super) axum::body::Bytes);

impl<S: Send + Sync> FromRequest<S> for Table {
    type Rejection = ApiFailure;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiFailure> {
        bytes(request, state).await.map(Self)
    }
}

/// Makes a batch of static tokens from a CSV table: headers, and below them a row for each token.
///
/// UTF-8, with or without a byte order mark; commas, semicolons or tabs between the cells; 100,000 rows at most. Every row
/// is looked at: the answer names each that is at fault with its line, and nothing is imported unless all are good or
/// `goodRows` is set.
#[utoipa::path(
    post, path = "/static-tokens/import", operation_id = "importStaticTokens", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    params(What, Columns),
    request_body(content = String, content_type = "text/csv", example = json!("Device Name,MAC\nPump 1,4A:33:54:68:C9:F1\n")),
    responses(
        (status = 200, body = ImportReport, description = "Looked at: nothing was imported"),
        (status = 202, body = ImportReport, description = "The batch is being made"),
        (status = 400, body = ApiError, description = "A parameter is not as it must be, or the file is no table"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; with identifiers, of the organization that has the template or one above it"),
        (status = 404, body = ApiError, description = "No such organization or template within reach"),
        (status = 413, body = ApiError, description = "More than 32 MiB"),
    )
)]
pub async fn import(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Params(what): Params<What>,
    Params(columns): Params<Columns>,
    Table(table): Table,
) -> Result<(StatusCode, Json<ImportReport>), ApiFailure> {
    let org = caller.org_in_reach(&core, what.org_id).await?;
    let template = within::template(&core, org, &what.template_id).await?;
    let import = Import {
        org,
        template: &template,
        mapping: Mapping {
            identifier: what.identifier()?,
            ..columns.mapping()?
        },
        proof: what.proof,
        secrets: what.secrets,
        heading: match columns.dry_run {
            true => None,
            false => Some(what.heading()?),
        },
        good_rows: columns.good_rows,
    };
    let report = import::import(&core, &caller, table, &import).await?;
    let status = match report.batch {
        Some(_) => StatusCode::ACCEPTED,
        None => StatusCode::OK,
    };
    Ok((status, Json(report)))
}

/// The endpoint's own limit, wider than everybody's.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(BODY_LIMIT)
}

impl Columns {
    /// What columns fill, by their headers.
    pub(super) fn mapping(&self) -> Result<Mapping, ApiFailure> {
        let fields: Option<BTreeMap<String, String>> = self
            .mapping
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|_| {
                ApiFailure::invalid("mapping", "mapping must be a JSON object of texts.")
            })?;
        Ok(Mapping {
            fields: fields.unwrap_or_default(),
            ..Mapping::default()
        })
    }
}

impl What {
    fn identifier(&self) -> Result<Option<(String, Scheme)>, ApiFailure> {
        match (&self.identifier_column, self.identifier_kind) {
            (None, None) => Ok(None),
            (Some(column), Some(kind)) => {
                let pattern = self.identifier_pattern.as_deref();
                let scheme = Scheme::parse(kind, pattern, "identifierPattern")?;
                Ok(Some((column.clone(), scheme)))
            }
            _ => Err(ApiFailure::invalid(
                "identifierKind",
                "identifierColumn and identifierKind belong together.",
            )),
        }
    }

    fn heading(&self) -> Result<Heading, ApiFailure> {
        let name = self.name.as_deref().unwrap_or_default();
        Ok(Heading::parse(name, self.note.as_deref())?)
    }
}

impl From<ImportError> for ApiFailure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Table(error) => error.into(),
            ImportError::Template(error) => error.into(),
            ImportError::Gone(gone) => gone.into(),
            ImportError::Broken(broken) => broken.into(),
        }
    }
}

impl From<TableError> for ApiFailure {
    fn from(error: TableError) -> Self {
        use handover_wire::TableProblem as Problem;
        let message = match error.problem {
            Problem::Empty => "The file is empty.",
            Problem::Encoding => "The file is not in UTF-8. Save it as CSV UTF-8 and try again.",
            Problem::DoubleHeader => "Two columns fill the same field.",
            Problem::NoHeader => "A column has no header, or one of more than 100 characters.",
            Problem::NoSuchColumn => "There is no column of that name; capitals count.",
            Problem::NoSuchField => "There is no metadata field of that name; capitals count.",
            Problem::NoRows => "There are no rows below the headers.",
            Problem::OpenQuote => "A quotation mark opens a cell and none closes it.",
            Problem::TooManyRows => {
                "There are more rows than can be imported at once. Divide the file."
            }
            Problem::TooManyCells => {
                "There are more cells than can be imported at once. Divide the file."
            }
        };
        let failure = Self::new(StatusCode::BAD_REQUEST, ErrorCode::UnreadableTable, message)
            .with("problem", error.problem.as_str());
        match error.fact {
            Some((name, value)) => failure.with(name, value),
            None => failure,
        }
    }
}
