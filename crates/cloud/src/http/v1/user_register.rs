//! `POST /users/register`: a stranger wants an account.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use handover_wire::{ApiError, RegisterUser};

use crate::domain::{EmailAddress, Locale};
use crate::http::error::{ApiFailure, telling};
use crate::http::extract::Body;
use crate::http::origin::PeerOrigin;
use crate::service::sign_up::{self, HeldLabel};
use crate::service::{Core, links, settings};

/// Mails the link that begins an account, where the maker lets strangers sign up. The answer is the same whether the
/// address has an account or not; the mail says it. A label that they have in hand goes along, sealed: the mail may be opened
/// in another browser or on another device.
#[utoipa::path(
    post, path = "/users/register", operation_id = "register", tag = "people",
    extensions(("x-handover" = json!("published; the label is ours"))),
    security(()),
    request_body(content = RegisterUser, example = json!({"email": "john@example.com", "locale": "de"})),
    responses(
        (status = 204, description = "A mail is on its way"),
        (status = 400, body = ApiError, description = "Not an address, or the label is too long"),
        (status = 403, body = ApiError, description = "The maker does not let strangers sign up"),
        (status = 429, body = ApiError, description = "Too many mails; `Retry-After` says how long to wait"),
    )
)]
pub async fn register(
    State(core): State<Arc<Core>>,
    PeerOrigin(origin): PeerOrigin,
    Body(request): Body<RegisterUser>,
) -> Result<Response, ApiFailure> {
    let email = EmailAddress::parse(&request.email)?;
    let locale = Locale::parse(request.locale.as_deref().unwrap_or("en"))?;
    let label = HeldLabel::parse(request.label)?;
    if !settings::get(&core).await?.sign_up {
        return Err(ApiFailure::forbidden(
            "Nobody can sign up here by themselves.",
        ));
    }
    let own = links::own_limits(&core, origin, &email);
    let asked = sign_up::register(&core, origin, email, locale, label).await;
    let answer = asked.map(|()| StatusCode::NO_CONTENT);
    Ok(telling(&core, &own, answer.map_err(ApiFailure::from)).await)
}
