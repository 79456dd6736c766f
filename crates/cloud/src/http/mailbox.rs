//! `GET /api/mailbox`, `GET /api/mailbox/mail` (ours): the mails of a cloud without a mail server.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use handover_wire::{ApiError, KeptMail, MailId, MailSummary, Page, PageQuery};
use serde::Deserialize;

use super::caller::{Caller, may};
use super::error::ApiFailure;
use super::extract::Params;
use crate::domain::SearchText;
use crate::service::Core;

/// Somebody who may read all mails of this cloud: an administrator of the topmost organization; in a demo, which is for
/// this machine alone, whoever asks. Where there is a mail server nobody may, since there is nothing to read.
pub struct MailReader;

impl FromRequestParts<Arc<Core>> for MailReader {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, core: &Arc<Core>) -> Result<Self, ApiFailure> {
        if core.post.smtp.is_some() {
            return Err(ApiFailure::not_found(
                "This cloud sends its mails; none are kept.",
            ));
        }
        if core.demo.is_some() {
            return Ok(Self);
        }
        let caller: Caller<may::ManageCloud> = Caller::from_request_parts(parts, core).await?;
        caller.at_the_top(core).await?;
        Ok(Self)
    }
}

/// Which mail.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MailParams {
    /// Its number.
    id: MailId,
}

/// Which mails.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MailsParams {
    /// Part of an address or a subject.
    #[serde(default)]
    query: Option<String>,
}

/// The kept mails, the newest first. They stay for 30 days, 1,000 at the most.
#[utoipa::path(
    get, path = "/api/mailbox", operation_id = "mailbox", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    params(MailsParams, PageQuery),
    responses(
        (status = 200, body = Page<MailSummary>),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization; open in a demo"),
        (status = 404, body = ApiError, description = "This cloud has a mail server"),
    )
)]
pub async fn mailbox(
    State(core): State<Arc<Core>>,
    _reader: MailReader,
    Params(which): Params<MailsParams>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<MailSummary>>, ApiFailure> {
    let search = SearchText::any(which.query.as_deref().unwrap_or_default());
    Ok(Json(core.find_kept(search.as_str(), page).await?))
}

/// A kept mail with all that it says. Its links may open an account.
#[utoipa::path(
    get, path = "/api/mailbox/mail", operation_id = "mail", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    params(MailParams),
    responses(
        (status = 200, body = KeptMail),
        (status = 400, body = ApiError, description = "`id` is missing or no number"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization; open in a demo"),
        (status = 404, body = ApiError, description = "No such mail, or this cloud has a mail server"),
    )
)]
pub async fn mail(
    State(core): State<Arc<Core>>,
    _reader: MailReader,
    Params(which): Params<MailParams>,
) -> Result<Json<KeptMail>, ApiFailure> {
    match core.store.kept_mail(which.id.0).await? {
        Some(row) => Ok(Json(core.open_kept(row)?)),
        None => Err(ApiFailure::not_found("There is no such mail.")),
    }
}

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use reqwest::Method;
    use serde_json::json;

    use crate::testing::{Site, send};

    /// Support claims a label for the demo's customer, who is told once it cannot be undone.
    async fn claim_for_customer(site: &Site, index: usize) {
        let support = site.sign_in(Role::Staff).await;
        let body = json!({ "token": site.qr(index), "userId": 3 });
        let answer = support.post("/static-tokens/claim", body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        site.clock.pass_seconds(600);
        site.end_moves().await;
    }

    #[tokio::test]
    async fn whoever_gets_a_device_is_told() {
        let site = Site::demo().await;
        assert_eq!(site.get("/api/mailbox").await.json()["totalElements"], 0);
        claim_for_customer(&site, 3).await;
        claim_for_customer(&site, 4).await;
        let customer = site.sign_in(Role::User).await;
        customer.claim(&site.qr(5)).await;
        site.clock.pass_seconds(600);
        site.end_moves().await;
        let list = site.get("/api/mailbox?size=1").await.json();
        assert_eq!(
            list["totalElements"], 2,
            "of what one does oneself nobody is told"
        );
        let newest = &list["content"][0];
        assert_eq!(newest["to"], "customer@greenfarm.example");
        assert_eq!(newest["subject"], "Soil sensor 5 is yours");
        assert_eq!(newest["language"], "en");
        let path = format!("/api/mailbox/mail?id={}", newest["id"]);
        let mail = site.get(&path).await.json();
        assert_eq!(mail["subject"], newest["subject"]);
        for part in ["text", "html"] {
            let part = mail[part].as_str().expect("a part");
            assert!(
                part.contains("Sam Reed") && part.contains("Green Farm"),
                "{part}"
            );
        }
    }

    #[tokio::test]
    async fn a_repeated_claim_writes_once() {
        let site = Site::demo().await;
        let support = site.sign_in(Role::Staff).await;
        let body = json!({ "token": site.qr(3), "userId": 3 });
        for _ in 0..3 {
            support.claim_as("a key", body.clone()).await;
        }
        support.post("/static-tokens/claim", body).await;
        site.clock.pass_seconds(600);
        site.end_moves().await;
        site.end_moves().await;
        assert_eq!(site.get("/api/mailbox").await.json()["totalElements"], 1);
    }

    #[tokio::test]
    async fn the_mailbox_is_for_the_topmost_administrators() {
        let site = Site::demo().await;
        claim_for_customer(&site, 3).await;
        let (admin, staff, user) = (
            site.sign_in(Role::Admin).await.access,
            site.sign_in(Role::Staff).await.access,
            site.sign_in(Role::User).await.access,
        );
        // The same people without a demo; the customer as an administrator of an organization below.
        let site = site.restart(false).await;
        for (who, want) in [
            (&admin, 200),
            (&staff, 403),
            (&user, 403),
            (&"x".to_owned(), 401),
        ] {
            for path in ["/api/mailbox", "/api/mailbox/mail?id=1"] {
                let request = site.request(Method::GET, path).bearer_auth(who);
                assert_eq!(send(request).await.status, want, "{path}");
            }
        }
        site.execute("UPDATE users SET role = 1").await;
        let request = site.request(Method::GET, "/api/mailbox").bearer_auth(&user);
        assert_eq!(send(request).await.outcome(), (403, "forbidden".to_owned()));
        assert_eq!(site.get("/api/mailbox").await.status, 401);
    }

    #[tokio::test]
    async fn unknown_mails_are_not_found() {
        let site = Site::demo().await;
        for (query, want) in [("id=1", 404), ("id=x", 400), ("", 400)] {
            let answer = site.get(&format!("/api/mailbox/mail?{query}")).await;
            assert_eq!(answer.status, want, "{query}");
        }
    }

    #[tokio::test]
    async fn mails_are_sealed_and_forgotten() {
        let site = Site::demo().await;
        claim_for_customer(&site, 3).await;
        let database = site.database().await;
        let sealed: Vec<u8> = sqlx::query_scalar("SELECT sealed FROM mails")
            .fetch_one(&database)
            .await
            .expect("a mail");
        database.close().await;
        assert!(!sealed.windows(9).any(|window| window == b"greenfarm"));
        site.clock.pass_seconds(31 * 24 * 3_600);
        let site = site.restart(true).await;
        assert_eq!(site.count("SELECT COUNT(*) FROM mails").await, 0);
    }
}
