//! `GET /me` (ours): the caller and their organization in one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Profile, UserId};

use crate::domain::permissions;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::service::Core;
use crate::store::StoreError;

/// The person who calls, and their organization.
#[utoipa::path(
    get, path = "/me", operation_id = "me", tag = "people",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    responses(
        (status = 200, body = Profile),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "A machine's credentials have no profile"),
    )
)]
pub async fn me(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
) -> Result<Json<Profile>, ApiFailure> {
    Ok(Json(profile_of(&core, caller.person()?).await?))
}

/// A person and their organization.
pub async fn profile_of(core: &Core, user: UserId) -> Result<Profile, StoreError> {
    let gone = StoreError::Corrupt("a session of nobody, or of nowhere");
    let Some(user) = core.store.user(user).await? else {
        return Err(gone);
    };
    let Some(organization) = core.store.org(user.org_id).await? else {
        return Err(gone);
    };
    Ok(Profile {
        permissions: permissions(user.role_id),
        user,
        organization,
    })
}
