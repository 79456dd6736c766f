//! Many devices at once: each has its own outcome, a try changes nothing, a key counts once.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Answer, Site};

fn codes(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let json = answer.json();
    let outcomes = json["outcomes"].as_array().expect("a list");
    let code = |one: &Value| one["error"]["code"].as_str().unwrap_or("done").to_owned();
    outcomes.iter().map(code).collect()
}

#[tokio::test]
async fn each_device_has_its_own_outcome_and_all_can_be_undone() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (neighbour, meadow, _) = site.client("Meadow", "m@meadow.example").await;
    let count = async || neighbour.get("/devices").await.json()["totalElements"].clone();
    let body = |key: &str, devices: &[i64], dry_run: bool| json!({ "deviceIds": devices, "newOrgId": meadow, "dryRun": dry_run, "key": key });
    let all = [1, 99, 3, 1];
    let preview = support
        .post("/devices/transfer", body("k", &all, true))
        .await;
    assert_eq!(codes(&preview), ["done", "not_found", "done", "done"]);
    assert_eq!(count().await, 0);
    let done = support
        .post("/devices/transfer", body("k", &all, false))
        .await;
    assert_eq!(codes(&done), ["done", "not_found", "done", "same_holder"]);
    assert_eq!(count().await, 2);
    let again = support
        .post("/devices/transfer", body("k", &all, false))
        .await;
    assert_eq!(again.text, done.text);
    let other = support
        .post("/devices/transfer", body("k", &[2], false))
        .await;
    assert_eq!(other.outcome(), (409, "idempotency_conflict".to_owned()));
    let undo = json!({ "deviceIds": [1, 2, 3, 99] });
    let undone = support.post("/devices/undo", undo).await;
    assert_eq!(codes(&undone), ["done", "undo_over", "done", "not_found"]);
    assert_eq!(count().await, 0);
    site.clock.pass_seconds(600);
    site.end_moves().await;
    let told = site.mails("m@meadow.example").await;
    assert_eq!(
        told.len(),
        1,
        "the invitation, and nothing of what was undone"
    );
}

#[tokio::test]
async fn what_one_person_moved_is_one_letter() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (_, meadow, _) = site.client("Meadow", "m@meadow.example").await;
    let body = json!({ "deviceIds": [1, 2, 3], "newOrgId": meadow });
    support.post("/devices/transfer", body).await;
    site.clock.pass_seconds(600);
    site.end_moves().await;
    let told = site.mails("m@meadow.example").await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["subject"], "3 devices are with Meadow now");
}

#[tokio::test]
async fn what_is_too_many_or_nothing_is_refused() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let many: Vec<i64> = (0..501).collect();
    for (path, body) in [
        ("transfer", json!({ "deviceIds": [], "newOrgId": 2 })),
        ("transfer", json!({ "deviceIds": many, "newOrgId": 2 })),
        (
            "transfer",
            json!({ "deviceIds": [1], "newOrgId": 2, "key": "" }),
        ),
        (
            "transfer",
            json!({ "deviceIds": [1], "newOrgId": 2, "key": "a b" }),
        ),
        ("transfer", json!({ "deviceIds": [1] })),
        ("undo", json!({ "deviceIds": [] })),
    ] {
        let answer = support
            .post(&format!("/devices/{path}"), body.clone())
            .await;
        assert_eq!(
            answer.outcome(),
            (400, "invalid_request".to_owned()),
            "{body}"
        );
    }
}
