//! `POST /api/setup` (ours): the first administrator.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, ErrorCode, SetupRequest};

use super::error::ApiFailure;
use super::extract::Body;
use crate::service::Core;
use crate::service::setup::{self, SetupError};

impl From<SetupError> for ApiFailure {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Field(field) => field.into(),
            SetupError::Broken(broken) => broken.into(),
            SetupError::LinkInvalid => Self::new(
                StatusCode::FORBIDDEN,
                ErrorCode::SetupLinkInvalid,
                "The set-up link was used before or is not the newest.",
            ),
        }
    }
}

/// Makes the maker's organization and its administrator, by the one-time link that the first start prints.
#[utoipa::path(
    post, path = "/api/setup", operation_id = "setUp", tag = "cloud",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(content = SetupRequest, example = json!({
        "code": "from the link", "organization": "Meadow Instruments", "email": "ada@meadow.example",
        "name": "Ada Marsh", "password": "...", "locale": "de"
    })),
    responses(
        (status = 204, description = "Done: sign in"),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 403, body = ApiError, description = "The link was used before or is not the newest"),
    )
)]
pub async fn set_up(
    State(core): State<Arc<Core>>,
    Body(request): Body<SetupRequest>,
) -> Result<StatusCode, ApiFailure> {
    setup::set_up(&core, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::Site;

    fn request(code: &str) -> Value {
        json!({
            "code": code, "organization": "Meadow Instruments", "email": "Ada@Meadow.example",
            "name": "Ada", "password": "long enough"
        })
    }

    fn code(site: &Site) -> String {
        let link = site.cloud.setup_link().expect("a link at the first start");
        link.split_once("/setup#")
            .expect("in the fragment")
            .1
            .to_owned()
    }

    #[tokio::test]
    async fn the_link_works_once() {
        let site = Site::empty().await;
        assert_eq!(site.get("/api/info").await.json()["needsSetup"], true);
        let older = code(&site);
        let site = site.restart(false).await;
        let newest = code(&site);
        for wrong in ["", "guess", &older] {
            let answer = site.post("/api/setup", request(wrong)).await;
            assert_eq!(answer.outcome(), (403, "setup_link_invalid".to_owned()));
        }
        let done = site.post("/api/setup", request(&newest)).await;
        assert_eq!(done.status, 204, "{done:?}");
        let again = site.post("/api/setup", request(&newest)).await;
        assert_eq!(again.outcome(), (403, "setup_link_invalid".to_owned()));
        let sign_in = json!({ "email": "ada@meadow.example", "password": "long enough" });
        let session = site.post("/api/session", sign_in).await;
        let user = &session.json()["profile"]["user"];
        assert_eq!(user["roleId"], 1);
        assert_eq!(user["locale"], "en", "unless they say another");
        assert_eq!(site.get("/api/info").await.json()["needsSetup"], false);
        let site = site.restart(false).await;
        assert_eq!(site.cloud.setup_link(), None);
    }

    #[tokio::test]
    async fn the_first_administrator_is_written_to_in_their_language() {
        let site = Site::empty().await;
        let mut german = request(&code(&site));
        german["locale"] = json!("de");
        assert_eq!(site.post("/api/setup", german).await.status, 204);
        let person = site.sign_in_as("ada@meadow.example", "long enough").await;
        let person = person.expect("they have chosen that password");
        assert_eq!(person.get("/user/profile").await.json()["locale"], "de");
    }

    #[tokio::test]
    async fn fields_are_checked_and_named() {
        let site = Site::empty().await;
        let code = code(&site);
        for (field, value) in [
            ("organization", "ab"),
            ("email", "nobody"),
            ("name", " "),
            ("password", "too short"),
            ("locale", "german"),
        ] {
            let mut body = request(&code);
            body[field] = json!(value);
            let answer = site.post("/api/setup", body).await;
            assert_eq!(answer.status, 400, "{field}");
            assert_eq!(answer.json()["error"]["attributes"]["field"], field);
        }
        assert_eq!(site.post("/api/setup", request(&code)).await.status, 204);
    }
}
