//! `GET /static-tokens/batch/export` (ours).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use handover_wire::{ApiError, BatchId};
use serde::Deserialize;

use crate::domain::stem;
use crate::http::attachment::disposition;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::http::method_not_allowed;
use crate::service::Core;
use crate::service::batches::BatchError;
use crate::service::export::{self, Form, Images, Naming};

/// Which batch, and in which form.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The batch.
    batch_id: BatchId,
    /// The labels' images.
    #[serde(default)]
    #[param(inline)]
    images: Images,
    /// What the images are named by.
    #[serde(default)]
    #[param(inline)]
    naming: Naming,
}

/// What the file is to be called.
fn named(id: BatchId, stem: &str) -> String {
    disposition(&format!("{stem}.zip"), &format!("batch-{id}.zip"))
}

/// A batch as one zip: a CSV table with its tokens, and an image of each label's QR code, as `images` says: `png`, which it
/// is unless told, `svg`, `both` or `none`. Revoked tokens are left out. Whoever has the file can claim all devices that
/// nobody has claimed: each export leaves an audit row.
#[utoipa::path(
    get, path = "/static-tokens/batch/export", operation_id = "exportBatch", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("export_tokens"))),
    params(Which),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip"),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such batch within reach"),
        (status = 409, body = ApiError, description = "It is still being made, or never was"),
        (status = 410, body = ApiError, description = "Its secrets are shown once, and were: revoke it and generate another"),
    )
)]
pub async fn export(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ExportTokens>,
    method: Method,
    Params(which): Params<Which>,
) -> Result<Response, ApiFailure> {
    // Whoever only asks how large it is would be shown the secrets once, and get none of them.
    if method == Method::HEAD {
        return Err(method_not_allowed().await);
    }
    let found = core.store.batch(caller.reach(), which.batch_id).await?;
    let batch = found.ok_or(BatchError::NotFound)?;
    let disposition = named(batch.id, &stem(&batch.name));
    let form = Form {
        images: which.images,
        naming: which.naming,
    };
    let pieces = export::export(&core, &caller, batch, form).await?;
    let body = stream::unfold(pieces, |mut pieces| async {
        pieces.next().await.map(|piece| (piece, pieces))
    });
    let mut response = Body::from_stream(body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_like_their_batch_in_any_script() {
        for (stem, want) in [
            ("Line-2", r#"attachment; filename="Line-2.zip""#),
            (
                "Frühling_7",
                r#"attachment; filename="batch-7.zip"; filename*=UTF-8''Fr%C3%BChling_7.zip"#,
            ),
            (
                "春",
                r#"attachment; filename="batch-7.zip"; filename*=UTF-8''%E6%98%A5.zip"#,
            ),
        ] {
            let told = named(BatchId(7), stem);
            assert_eq!(told, want);
            assert!(HeaderValue::from_str(&told).is_ok(), "{told}");
        }
    }
}
