//! `GET /overview` (ours): an organization's devices in numbers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, OrgId, Overview};
use serde::Deserialize;

use crate::domain::Stretches;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

/// Of which organization, and when.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct OverviewParams {
    /// The organization; the caller's own where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
    /// Where stretches of time end and begin, 2 to 101 times in milliseconds since the epoch, with commas between them: such
    /// as the midnights of a month.
    #[param(example = "1764201600000,1764288000000")]
    bounds: String,
}

/// How many devices an organization and those below it have, how many are connected, and how many were claimed when.
#[utoipa::path(
    get, path = "/overview", operation_id = "overview", tag = "organizations",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("see_below"))),
    params(OverviewParams),
    responses(
        (status = 200, body = Overview),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn overview(
    State(core): State<Arc<Core>>,
    caller: Caller<may::SeeBelow>,
    Params(params): Params<OverviewParams>,
) -> Result<Json<Overview>, ApiFailure> {
    let org = caller.org_in_reach(&core, params.org_id).await?;
    let stretches = Stretches::parse(&params.bounds)?;
    let reach = caller.reach_from(org);
    Ok(Json(core.store.overview(reach, &stretches).await?))
}

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use serde_json::{Value, json};

    use crate::clock::Clock as _;
    use crate::testing::{Person, Site};

    async fn claims(person: &Person<'_>, query: &str) -> Value {
        let answer = person.get(&format!("/overview?{query}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    #[tokio::test]
    async fn claims_are_counted_where_and_when_they_happened() {
        let site = Site::demo().await;
        let support = site.sign_in(Role::Staff).await;
        let customer = site.sign_in(Role::User).await;
        let (neighbour, org, _) = site.client("Meadow", "m@meadow.example").await;
        let start = site.clock.now().0;
        assert_eq!(customer.claim(&site.qr(3)).await.status, 201);
        site.clock.pass_seconds(100);
        assert_eq!(neighbour.claim(&site.qr(4)).await.status, 201);
        let mistake = customer.claim(&site.qr(5)).await.json();
        let undo = json!({ "deviceId": mistake["id"] });
        assert_eq!(customer.post("/device/undo", undo).await.status, 200);

        let bounds = format!("bounds={start},{},{}", start + 100_000, start + 200_000);
        let all = claims(&support, &bounds).await;
        assert_eq!(
            all["claims"],
            json!([1, 1]),
            "what was undone has not happened"
        );
        let devices = support.get("/devices?includeSubOrgDevices=true").await;
        assert_eq!(all["devices"], devices.json()["totalElements"]);
        let theirs = claims(&support, &format!("{bounds}&orgId={org}")).await;
        assert_eq!(
            theirs,
            json!({ "devices": 1, "online": 0, "claims": [0, 1] })
        );
    }

    #[tokio::test]
    async fn what_is_connected_is_counted() {
        let site = Site::demo().await;
        let support = site.sign_in(Role::Staff).await;
        let connect = "UPDATE devices SET first_connect_time = 1, connect_time = id,
                       disconnect_time = CASE WHEN id = 2 THEN 3 END WHERE id <= 2";
        site.execute(connect).await;
        let all = claims(&support, "bounds=0,1").await;
        assert_eq!(all["online"], 1);
    }

    #[tokio::test]
    async fn times_are_in_order_and_customers_do_not_ask() {
        let site = Site::demo().await;
        let support = site.sign_in(Role::Staff).await;
        for query in ["", "?bounds=", "?bounds=2,1", "?bounds=1,x"] {
            let answer = support.get(&format!("/overview{query}")).await;
            assert_eq!(answer.status, 400, "{query}");
        }
        let customer = site.sign_in(Role::User).await;
        assert_eq!(customer.get("/overview?bounds=0,1").await.status, 403);
        assert_eq!(
            support.get("/overview?bounds=0,1&orgId=999").await.status,
            404
        );
    }
}
