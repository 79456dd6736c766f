//! `POST /api/label/explain` (ours): what a text on a label is.

use axum::Json;
use axum::extract::DefaultBodyLimit;
use handover_label::{Reading, Scanned, explain_scanned};
use handover_wire::{ApiError, Secret};
use serde::{Deserialize, Serialize};

use super::error::ApiFailure;
use super::extract::Body;

/// The most bytes that a body has; a label's text has 4 KiB at most.
pub const BODY_LIMIT: usize = 64 * 1024;

/// A text from a label.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainRequest {
    /// The text as it was read. It may be a secret: it is neither logged nor stored.
    text: Secret,
    /// The symbology identifier (ISO/IEC 15424, such as `]C1`) of the symbol that the text was read from, where it is known.
    #[serde(default)]
    symbology_identifier: String,
    /// Whether the text is one part of a text that is spread over several symbols: nothing can be claimed with it.
    #[serde(default)]
    is_part: bool,
}

/// What the text can be.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ExplainAnswer {
    /// Best first, never empty; secrets are masked.
    readings: Vec<Reading>,
}

/// What a text on a label is: the console has no parser of its own and asks here.
#[utoipa::path(
    post, path = "/api/label/explain", operation_id = "explainLabel", tag = "labels",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(content = ExplainRequest, example = json!({"text": "352656106118683"})),
    responses(
        (status = 200, body = ExplainAnswer),
        (status = 413, body = ApiError, description = "More than 64 KiB"),
    )
)]
pub async fn explain(
    Body(request): Body<ExplainRequest>,
) -> Result<Json<ExplainAnswer>, ApiFailure> {
    let readings = explain_scanned(&Scanned {
        identifier: &request.symbology_identifier,
        is_part: request.is_part,
        ..Scanned::typed(request.text.expose())
    });
    Ok(Json(ExplainAnswer { readings }))
}

/// The endpoint's own limit, tighter than everybody's.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(BODY_LIMIT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::Site;

    #[tokio::test]
    async fn texts_are_explained_and_secrets_masked() {
        let site = Site::demo().await;
        let qr = site.qr(3);
        for (text, format, claimable) in [
            (qr.as_str(), "qr_token", true),
            ("352656106118683", "imei", true),
            ("https://example.org/", "text", false),
        ] {
            let answer = site
                .post("/api/label/explain", json!({ "text": text }))
                .await;
            assert_eq!(answer.status, 200);
            let best = answer.json()["readings"][0].clone();
            assert_eq!(best["format"], format, "{best}");
            assert_eq!(best["claimable"], claimable, "{best}");
            assert!(!answer.text.contains(&qr[8..]), "masked");
        }
    }

    #[tokio::test]
    async fn the_symbol_settles_what_digits_leave_open() {
        let site = Site::demo().await;
        for (identifier, format) in [("]E0", "retail_barcode"), ("]Q1", "serial")] {
            let body = json!({ "text": "5901234123457", "symbologyIdentifier": identifier });
            let answer = site.post("/api/label/explain", body).await.json();
            assert_eq!(answer["readings"][0]["format"], format, "{identifier}");
        }
    }

    #[tokio::test]
    async fn long_texts_are_answered_and_longer_ones_refused() {
        let site = Site::demo().await;
        for (bytes, want) in [(4 * 1024, 200), (60 * 1024, 200), (1024 * 1024, 413)] {
            let body = json!({ "text": "x".repeat(bytes) });
            assert_eq!(site.post("/api/label/explain", body).await.status, want);
        }
    }
}
