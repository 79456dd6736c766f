//! What was done by mistake has not happened: the printed label is good, and nobody was told.

use handover_wire::Role;
use serde_json::json;

use crate::testing::{Answer, Person, Site};

async fn undo(person: &Person<'_>, device: i64) -> Answer {
    person
        .post("/device/undo", json!({ "deviceId": device }))
        .await
}

fn id(answer: &Answer) -> i64 {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["id"].as_i64().expect("a number")
}

#[tokio::test]
async fn a_claim_on_behalf_is_voided() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let (neighbour, ..) = site.client("Meadow", "m@meadow.example").await;
    let body = json!({ "token": site.auth(3), "userId": 3 });
    let device = id(&support.post("/static-tokens/claim", body).await);
    assert_eq!(undo(&neighbour, device).await.status, 404);
    let theirs = undo(&customer, device).await;
    assert_eq!(theirs.outcome(), (403, "forbidden".to_owned()));
    let undone = undo(&support, device).await;
    assert_eq!(
        (undone.status, &undone.json()["undone"]),
        (200, &json!("claim"))
    );
    assert_eq!(customer.get("/devices").await.json()["totalElements"], 3);
    assert_eq!(undo(&support, device).await.status, 404);
    let tokens = support.get("/static-tokens").await.json();
    assert_eq!(tokens["content"][3]["status"], "UNCLAIMED");
    assert_eq!(tokens["content"][3]["token"], site.qr(3));
    let rows = "SELECT COUNT(*) FROM audit WHERE action = 'undo' AND actor = 'user 2'";
    assert_eq!(site.count(rows).await, 1);
    site.clock.pass_seconds(600);
    site.end_moves().await;
    assert_eq!(site.mails("customer@greenfarm.example").await.len(), 0);
    // As if nobody had had it: with its auth token, too.
    assert_eq!(neighbour.claim(&site.auth(3)).await.status, 201);
}

#[tokio::test]
async fn a_claim_on_behalf_is_told_once_it_cannot_be_undone() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let profile = customer.get("/user/profile").await.json();
    let address = profile["email"].as_str().expect("an address");
    let body = json!({ "token": site.qr(3), "userId": 3 });
    let device = id(&support.post("/static-tokens/claim", body).await);
    id(&customer.claim(&site.qr(4)).await);
    site.clock.pass_seconds(600);
    let late = undo(&support, device).await;
    assert_eq!(late.outcome(), (409, "undo_over".to_owned()));
    assert_eq!(late.attribute("cause"), "time_over");
    site.end_moves().await;
    let told = site.mails(address).await;
    assert_eq!(told.len(), 1, "and not of what they claimed themselves");
    assert_eq!(told[0]["subject"], "Soil sensor 4 is yours");
    // The label that was claimed with is what it was.
    let shown = support
        .get(&format!("/device/label?deviceId={device}"))
        .await;
    let text = shown.json()["text"].as_str().expect("a text").to_owned();
    assert!(text.ends_with(&site.qr(3)), "a claim renews no label");
}

#[tokio::test]
async fn a_transfer_is_voided_and_what_came_before_it_is_not() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let (neighbour, meadow, _) = site.client("Meadow", "m@meadow.example").await;
    let device = id(&customer.claim(&site.qr(3)).await);
    let body = json!({ "deviceId": device, "newOrgId": meadow });
    assert_eq!(support.post("/device/transfer", body).await.status, 204);
    assert_eq!(undo(&neighbour, device).await.status, 403);
    assert_eq!(undo(&customer, device).await.status, 404);
    assert_eq!(undo(&support, device).await.json()["undone"], "transfer");
    let back = customer.get(&format!("/device?deviceId={device}")).await;
    assert_eq!(back.json()["ownerUserId"], 3);
    let over = undo(&customer, device).await;
    assert_eq!(over.outcome(), (409, "undo_over".to_owned()));
    assert_eq!(over.attribute("cause"), "undone");
    assert_eq!(customer.claim(&site.qr(3)).await.status, 200);
}

#[tokio::test]
async fn customers_undo_their_own_claims() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let (neighbour, ..) = site.client("Meadow", "m@meadow.example").await;
    let device = id(&customer.claim(&site.qr(3)).await);
    assert_eq!(undo(&customer, device).await.status, 200);
    assert_eq!(neighbour.claim(&site.qr(3)).await.status, 201);
    let nothing = undo(&customer, 1).await;
    assert_eq!(nothing.outcome(), (409, "undo_over".to_owned()));
}

#[tokio::test]
async fn nothing_goes_back_to_where_nobody_is() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let staff = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let made = json!({ "name": "Meadow", "type": "CLIENT" });
    let meadow = id(&admin.post("/create", made).await);
    let device = id(&customer.claim(&site.qr(3)).await);
    let transfer = async |to: i64| {
        site.clock.pass_seconds(600);
        let body = json!({ "deviceId": device, "newOrgId": to });
        assert_eq!(staff.post("/device/transfer", body).await.status, 204);
    };
    // To an organization that was deleted since.
    transfer(meadow).await;
    transfer(1).await;
    let deleted = admin.delete(&format!("?orgId={meadow}")).await;
    assert_eq!(deleted.status, 204, "{deleted:?}");
    let undone = undo(&staff, device).await;
    assert_eq!(undone.outcome(), (409, "undo_over".to_owned()));
    assert_eq!(undone.attribute("cause"), "former_gone");
    // To a person who left since: it is their organization's.
    let (_, owner) = site.member(2, "o@greenfarm.example", Role::User).await;
    let body = json!({ "deviceId": device, "newUserId": owner });
    site.clock.pass_seconds(600);
    assert_eq!(staff.post("/device/transfer", body).await.status, 204);
    transfer(1).await;
    let left = admin.delete(&format!("/user?userId={owner}")).await;
    assert_eq!(left.status, 204, "{left:?}");
    let undone = undo(&staff, device).await;
    assert_eq!(undone.status, 200, "{undone:?}");
    assert_eq!(undone.json()["ownerLeft"], true, "it is told");
    let back = staff
        .get(&format!("/device?deviceId={device}"))
        .await
        .json();
    assert_eq!(back["orgId"], 2);
    assert!(back["ownerUserId"].is_null(), "{back}");
}

#[tokio::test]
async fn whoever_was_suspended_meanwhile_has_their_device_again() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (person, owner) = site.member(2, "o@greenfarm.example", Role::User).await;
    let device = id(&person.claim(&site.qr(3)).await);
    site.clock.pass_seconds(600);
    let many = json!({ "deviceIds": [device], "newOrgId": 1 });
    let moved = admin.post("/devices/transfer", many).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    let suspend = format!("/users/suspend?userId={owner}");
    let barred = admin.post(&suspend, json!({})).await;
    assert_eq!(barred.status, 204, "{barred:?}");
    let many = json!({ "deviceIds": [device] });
    let undone = admin.post("/devices/undo", many).await.json();
    assert_eq!(
        undone["outcomes"],
        json!([{ "deviceId": device }]),
        "nothing is amiss"
    );
    let target = format!("/device?deviceId={device}");
    let back = admin.get(&target).await.json();
    assert_eq!(
        (&back["orgId"], &back["ownerUserId"]),
        (&json!(2), &json!(owner))
    );
}

/// What support approved by mistake waits again, so that whoever asked has an answer.
#[tokio::test]
async fn an_approved_request_waits_again() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    let identifiers = json!({ "kind": "serial", "first": "SN-10", "proof": "staff_approval" });
    admin
        .made_batch(json!({
            "templateId": "TMPLsoil00001", "name": "Own", "count": 2, "identifiers": identifiers,
        }))
        .await;
    let ask = json!({ "token": "SN-10", "askApproval": true });
    assert_eq!(customer.post("/static-tokens/claim", ask).await.status, 202);
    let listed = async |state: &str| {
        let list = format!("/static-tokens/approvals?state={state}");
        admin.get(&list).await.json()
    };
    let request = listed("pending").await["content"][0]["id"].clone();
    let which = json!({ "approvalId": request });
    let approve = async || {
        let path = "/static-tokens/approvals/approve";
        id(&admin.post(path, which.clone()).await)
    };
    let device = approve().await;
    assert_eq!(listed("approved").await["totalElements"], 1);
    site.clock.pass_seconds(60);
    assert_eq!(undo(&admin, device).await.status, 200);
    assert_eq!(listed("approved").await["totalElements"], 0);
    let waiting = listed("pending").await["content"][0].clone();
    assert_eq!(
        (&waiting["id"], &waiting["taken"]),
        (&request, &json!(false))
    );
    assert_eq!(waiting["decidedAt"], serde_json::Value::Null, "{waiting}");
    // What was given for good stays approved, whatever becomes of the device after that.
    let device = approve().await;
    site.clock.pass_seconds(600);
    site.end_moves().await;
    let transfer = json!({ "deviceId": device, "newOrgId": 1 });
    assert_eq!(admin.post("/device/transfer", transfer).await.status, 204);
    assert_eq!(undo(&admin, device).await.status, 200);
    assert_eq!(listed("approved").await["totalElements"], 1);
}

#[tokio::test]
async fn what_was_there_comes_back_beyond_a_limit() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let transfer = json!({ "deviceId": 1, "newOrgId": 1 });
    assert_eq!(admin.post("/device/transfer", transfer).await.status, 204);
    let limit = json!({ "orgId": 2, "deviceLimit": 2 });
    let limited = admin.put("/edit/device-limit", limit).await;
    assert_eq!(limited.status, 200, "{limited:?}");
    assert_eq!(undo(&admin, 1).await.status, 200);
    let back = admin.get("/device?deviceId=1").await.json();
    assert_eq!(back["orgId"], 2, "{back}");
}
