//! `POST /oauth2/revoke` (RFC 7009; ours).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use handover_wire::{OauthError, RevokeRequest};

use super::extract::bytes;
use super::oauth_token::{Failure, fields, missing};
use crate::service::{Core, sessions};

/// Signs out: ends the session of a refresh token, with all its tokens. Who holds the token may do so.
///
/// A token that is unknown or has ended before is answered alike: what was wanted is so.
#[utoipa::path(
    post, path = "/oauth2/revoke", operation_id = "revoke", tag = "sign-in",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(
        content = RevokeRequest, content_type = "application/x-www-form-urlencoded",
        example = json!({"token": "a refresh token"}),
    ),
    responses(
        (status = 200, description = "The token is good for nothing"),
        (status = 400, body = OauthError, description = "There is no field `token`, or it is there twice"),
    )
)]
pub async fn revoke(
    State(core): State<Arc<Core>>,
    request: Request,
) -> Result<StatusCode, Failure> {
    let mut fields = fields(&bytes(request, &()).await?)?;
    let token = fields.remove("token").ok_or(missing("token is missing."))?;
    sessions::sign_out(&core, &token).await?;
    Ok(StatusCode::OK)
}

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use reqwest::Method;

    use crate::testing::{Site, send};

    #[tokio::test]
    async fn signing_out_ends_the_session_and_tells_nothing() {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        let other = site.sign_in(Role::User).await;
        assert_eq!(customer.get("/me").await.status, 200);
        for (form, want) in [
            (vec![], 400),
            (vec![("token", "a"), ("token", "b")], 400),
            (vec![("token", "unknown")], 200),
            (vec![("token", &*customer.refresh)], 200),
            (
                vec![
                    ("token", &*customer.refresh),
                    ("token_type_hint", "refresh_token"),
                ],
                200,
            ),
        ] {
            let request = site.request(Method::POST, "/oauth2/revoke").form(&form);
            assert_eq!(send(request).await.status, want, "{} fields", form.len());
        }
        assert_eq!(customer.get("/me").await.status, 401);
        assert_eq!(other.get("/me").await.status, 200, "one session alone");
        let renew = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &customer.refresh),
        ];
        let request = site.request(Method::POST, "/oauth2/token").form(&renew);
        assert_eq!(send(request).await.status, 400);
    }
}
