//! `GET /api/demo/label` (ours): a label to try.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, LabelImage};

use super::error::ApiFailure;
use crate::demo;
use crate::service::Core;

/// A label that nobody has claimed; another one each time. There are some as long as there is a demo.
#[utoipa::path(
    get, path = "/api/demo/label", operation_id = "demoLabel", tag = "cloud",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    responses(
        (status = 200, body = LabelImage),
        (status = 404, body = ApiError, description = "This cloud was started without --demo"),
    )
)]
pub async fn demo_label(State(core): State<Arc<Core>>) -> Result<Json<LabelImage>, ApiFailure> {
    let label = demo::next_label(&core).await?;
    label
        .map(Json)
        .ok_or_else(|| ApiFailure::not_found("This cloud was started without --demo."))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use handover_wire::Role;

    use crate::testing::Site;

    #[tokio::test]
    async fn there_is_always_a_label_to_try() {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        let mut seen = BTreeSet::new();
        for _ in 0..15 {
            let label = site.get("/api/demo/label").await.json();
            let text = label["text"].as_str().expect("a text").to_owned();
            assert!(text.starts_with(&format!("{}claim#sqr_", site.cloud.url())));
            assert!(label["svg"].as_str().expect("an image").starts_with("<svg"));
            assert_eq!(customer.claim(&text).await.status, 201);
            assert!(seen.insert(text), "another one each time");
        }
    }

    #[tokio::test]
    async fn two_calls_show_two_labels() {
        let site = Site::demo().await;
        let first = site.get("/api/demo/label").await;
        assert_ne!(first.text, site.get("/api/demo/label").await.text);
    }

    #[tokio::test]
    async fn a_real_cloud_has_none() {
        let site = Site::empty().await;
        let answer = site.get("/api/demo/label").await;
        assert_eq!(answer.outcome(), (404, "not_found".to_owned()));
    }
}
