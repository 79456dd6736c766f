//! `/oauth-clients` (ours): credentials of machines.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, CreateMachine, Machine, NewMachine, Page, PageQuery};
use serde::Deserialize;

use super::OrgParams;
use crate::domain::PersonName;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::{Core, machines};

/// The machines of an organization and those below it, whose credentials are good, the newest first.
#[utoipa::path(
    get, path = "/oauth-clients", operation_id = "oauthClients", tag = "sign-in",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_machines"))),
    params(OrgParams, PageQuery),
    responses(
        (status = 200, body = Page<Machine>),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn machines(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageMachines>,
    Params(of): Params<OrgParams>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Machine>>, ApiFailure> {
    let org = caller.org_in_reach(&core, of.org_id).await?;
    Ok(Json(
        core.store.machines(caller.reach_from(org), page).await?,
    ))
}

/// Makes credentials for `client_credentials`. The machine does what support does, in the caller's organization and
/// below.
#[utoipa::path(
    post, path = "/oauth-clients", operation_id = "createOauthClient", tag = "sign-in",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_machines"))),
    request_body(content = CreateMachine, example = json!({"name": "Order system"})),
    responses(
        (status = 201, body = NewMachine),
        (status = 400, body = ApiError, description = "Not a name"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
    )
)]
pub async fn create(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageMachines>,
    Body(request): Body<CreateMachine>,
) -> Result<(StatusCode, Json<NewMachine>), ApiFailure> {
    let name = PersonName::parse(&request.name)?;
    let (client_id, client_secret) =
        machines::create(&core, &caller.actor, caller.org, name.as_str()).await?;
    let made = NewMachine {
        client_id,
        client_secret,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Which machine.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct WhichMachine {
    /// The id of its credentials.
    #[param(example = "oa2-client-id_00000000000000000000000000000000")]
    client_id: String,
}

/// Takes a machine's credentials back: it is signed out at once, and cannot sign in.
#[utoipa::path(
    delete, path = "/oauth-clients", operation_id = "revokeOauthClient", tag = "sign-in",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_machines"))),
    params(WhichMachine),
    responses(
        (status = 204, description = "Taken back"),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such machine within reach"),
    )
)]
pub async fn revoke(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageMachines>,
    Params(which): Params<WhichMachine>,
) -> Result<StatusCode, ApiFailure> {
    let reach = caller.reach();
    if machines::revoke(&core, &caller.actor, reach, &which.client_id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiFailure::not_found(
            "There is no such machine within your reach.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use serde_json::json;

    use crate::testing::{Answer, Site, send};

    async fn sign_in(site: &Site, id: &str, secret: &str) -> Answer {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ];
        send(
            site.request(reqwest::Method::POST, "/oauth2/token")
                .form(&form),
        )
        .await
    }

    #[tokio::test]
    async fn credentials_are_taken_back_at_once() {
        let site = Site::demo().await;
        let maker = site.sign_in(Role::Admin).await;
        let (neighbour, org, _) = site.client("Meadow", "m@meadow.example").await;
        let made = maker
            .post("/oauth-clients", json!({ "name": "Shop" }))
            .await;
        let made = made.json();
        let text = |field: &str| made[field].as_str().expect("a text").to_owned();
        let (id, secret) = (text("clientId"), text("clientSecret"));
        let session = sign_in(&site, &id, &secret).await.json();
        let machine = site.person(session["access_token"].as_str().expect("a token"), "");
        assert_eq!(machine.get("/devices").await.status, 200);

        let list = maker.get("/oauth-clients").await.json();
        assert_eq!(list["totalElements"], 1);
        assert_eq!(list["content"][0]["name"], "Shop");
        assert!(list["content"][0]["lastUsedAt"].is_i64());
        assert!(!list.to_string().contains(&secret));

        let path = format!("/oauth-clients?clientId={id}");
        assert_eq!(neighbour.delete(&path).await.status, 403);
        let (stranger, _) = site.member(org, "boss@meadow.example", Role::Admin).await;
        assert_eq!(stranger.delete(&path).await.status, 404);
        assert_eq!(
            stranger.get("/oauth-clients").await.json()["totalElements"],
            0
        );
        assert_eq!(machine.delete(&path).await.status, 403, "people alone");
        assert_eq!(maker.delete(&path).await.status, 204);
        assert_eq!(machine.get("/devices").await.status, 401);
        assert_eq!(sign_in(&site, &id, &secret).await.status, 401);
        assert_eq!(maker.delete(&path).await.status, 404);
        assert_eq!(maker.get("/oauth-clients").await.json()["totalElements"], 0);
        let rows = "SELECT COUNT(*) FROM audit WHERE action = 'revoke_client'";
        assert_eq!(site.count(rows).await, 1);
        let history = maker.get("/audit?action=revoke_client").await.json();
        assert_eq!(history["content"][0]["detail"], id);
    }
}
