//! `GET /static-tokens`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Page, PageQuery, Secret, StaticToken};

use super::OrgParams;
use crate::domain::Reach;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::secrets::Purpose;
use crate::service::{Broken, Core, devices};
use crate::store::TokenRow;

/// An organization's static tokens, in the order in which they were made. Support and administrators see their
/// secrets, which leaves an audit row; customers see none.
#[utoipa::path(
    get, path = "/static-tokens", operation_id = "staticTokens", tag = "static tokens",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    params(OrgParams, PageQuery),
    responses(
        (status = 200, body = Page<StaticToken>),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn static_tokens(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(org): Params<OrgParams>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<StaticToken>>, ApiFailure> {
    let org = caller.org_in_reach(&core, org.org_id).await?;
    let page = core.store.tokens(Reach::only(org), page).await?;
    if !caller.sees_secrets() {
        return Ok(Json(page.map(|row| row.token)));
    }
    let Page {
        content: rows,
        total_elements,
        ..
    } = page;
    if !rows.is_empty() {
        devices::note_shown(&core, &caller.actor, org, None, rows.len()).await?;
    }
    let shown = rows.into_iter().map(|row| with_secrets(&core, row));
    let shown = shown.collect::<Result<_, Broken>>()?;
    Ok(Json(Page::new(shown, total_elements)))
}

/// Nothing where a batch's one export shows it.
fn open(
    core: &Core,
    purpose: Purpose,
    row: &TokenRow,
    sealed: &[u8],
) -> Result<Option<Secret>, Broken> {
    let sealed = match row.once {
        true => &[],
        false => sealed,
    };
    Ok(core.keys.open_kept(purpose, sealed)?)
}

fn with_secrets(core: &Core, row: TokenRow) -> Result<StaticToken, Broken> {
    Ok(StaticToken {
        token: open(core, Purpose::QrToken, &row, &row.qr_sealed)?,
        device_token: open(core, Purpose::AuthToken, &row, &row.auth_sealed)?,
        ..row.token
    })
}
