//! Where devices may go, what both sides hear of it, and when the label becomes another one.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::Site;

async fn label_of(site: &Site, device: i64) -> Value {
    let support = site.sign_in(Role::Staff).await;
    let path = format!("/device/label?deviceId={device}");
    support.get(&path).await.json()["text"].clone()
}

#[tokio::test]
async fn devices_go_where_they_can_be_used() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let (_, meadow, person) = site.client("Meadow", "m@meadow.example").await;
    let (_, _, gone) = site.client("Hill", "h@hill.example").await;
    let admin = site.sign_in(Role::Admin).await;
    let suspend = format!("/users/suspend?userId={gone}");
    assert_eq!(admin.post(&suspend, json!({})).await.status, 204);
    // A template of one client's own is nothing that another one has.
    site.execute("INSERT INTO templates (id, template_id, org_id, name) VALUES (9, 'TMPLown000001', 2, 'Own')")
        .await;
    site.execute("UPDATE devices SET template_id = 9 WHERE id = 3")
        .await;
    let to = |device: i64, org: Value, user: Value| json!({ "deviceId": device, "newOrgId": org, "newUserId": user });
    for (who, body, want) in [
        (
            &customer,
            to(1, json!(meadow), json!(null)),
            (403, "forbidden"),
        ),
        (
            &support,
            to(1, json!(null), json!(null)),
            (400, "invalid_request"),
        ),
        (&support, to(1, json!(99), json!(null)), (404, "not_found")),
        (
            &support,
            to(99, json!(meadow), json!(null)),
            (404, "not_found"),
        ),
        (&support, to(1, json!(null), json!(999)), (404, "not_found")),
        (&support, to(1, json!(2), json!(person)), (404, "not_found")),
        (
            &support,
            to(1, json!(null), json!(gone)),
            (409, "wrong_status"),
        ),
        (&support, to(1, json!(2), json!(3)), (400, "same_holder")),
        (&support, to(1, json!(null), json!(3)), (400, "same_holder")),
        (
            &support,
            to(3, json!(meadow), json!(null)),
            (409, "template_missing"),
        ),
        (&support, to(1, json!(meadow), json!(null)), (204, "-")),
        (
            &support,
            to(1, json!(meadow), json!(null)),
            (400, "same_holder"),
        ),
        (&support, to(1, json!(null), json!(person)), (204, "-")),
        (&support, to(2, json!(meadow), json!(2)), (204, "-")),
    ] {
        let answer = who.post("/device/transfer", body.clone()).await;
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{body}");
    }
    let message = support.post("/device/transfer", to(1, json!(99), json!(null)));
    let message = message.await.json()["error"]["message"].clone();
    assert_eq!(
        message,
        "Destination organization is not found or you don't have access to it."
    );
    for (path, body, want) in [
        ("to-owner", to(3, json!(2), json!(null)), 400),
        ("to-organization", to(3, json!(null), json!(3)), 400),
        ("to-organization", to(3, json!(2), json!(null)), 204),
        ("to-owner", to(3, json!(null), json!(3)), 204),
    ] {
        let answer = support
            .post(&format!("/device/transfer/{path}"), body)
            .await;
        assert_eq!(answer.status, want, "{path}: {answer:?}");
    }
}

/// Whoever owns it from now on reads of themselves as "you", and in which organization it is.
#[tokio::test]
async fn the_new_owner_is_told_that_it_is_theirs() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (_, meadow, person) = site.client("Meadow", "m@meadow.example").await;
    let body = json!({ "deviceId": 1, "newOrgId": meadow, "newUserId": person });
    assert_eq!(support.post("/device/transfer", body).await.status, 204);
    site.clock.pass_seconds(601);
    site.end_moves().await;
    let mails = site.mails("m@meadow.example").await;
    let told = mails
        .iter()
        .find(|mail| mail["subject"] == "A device is yours now");
    let text = told.expect("a mail")["text"].as_str().expect("a text");
    assert!(
        text.contains("from “Green Farm” to you, and is in “Meadow” now"),
        "{text}"
    );
}

/// Customers see their own organization alone, so that what is below it is nobody's of theirs.
#[tokio::test]
async fn an_owner_sees_what_they_own() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let below = json!({ "name": "Glasshouse", "parentOrganizationId": 2 });
    let below = admin.post("/create", below).await;
    assert_eq!(below.status, 201, "{below:?}");
    let below = below.json()["id"].clone();
    let (_, customer) = site.member(2, "c@greenfarm.example", Role::User).await;
    let (_, boss) = site.member(2, "b@greenfarm.example", Role::Admin).await;
    let to = |user: i64| json!({ "deviceId": 1, "newOrgId": below, "newUserId": user });
    let refused = admin.post("/device/transfer", to(customer)).await;
    assert_eq!(refused.outcome(), (400, "invalid_request".to_owned()));
    assert_eq!(refused.json()["error"]["attributes"]["field"], "newUserId");
    assert!(refused.text.contains("would not see"), "{refused:?}");
    let moved = admin.post("/device/transfer", to(boss)).await;
    assert_eq!(moved.status, 204, "{moved:?}");
}

#[tokio::test]
async fn both_sides_are_told_once_it_cannot_be_undone() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (neighbour, meadow, _) = site.client("Meadow", "m@meadow.example").await;
    let customer = site.sign_in(Role::User).await;
    let mine = customer.get("/user/profile").await.json()["email"].clone();
    let mine = mine.as_str().expect("an address");
    for device in [1, 2] {
        let body = json!({ "deviceId": device, "newOrgId": meadow });
        assert_eq!(support.post("/device/transfer", body).await.status, 204);
    }
    assert_eq!(customer.get("/devices").await.json()["totalElements"], 1);
    let devices = neighbour.get("/devices").await.json();
    assert_eq!(devices["content"][0]["undo"]["kind"], "transfer");
    let before = label_of(&site, 1).await;
    site.clock.pass_seconds(599);
    site.end_moves().await;
    assert_eq!(site.mails(mine).await.len(), 0);
    assert_eq!(label_of(&site, 1).await, before);
    site.clock.pass_seconds(1);
    // Before anybody has written down that the time is over: the old label is good for nothing.
    assert_eq!(neighbour.claim(&site.qr(0)).await.status, 404);
    assert_ne!(label_of(&site, 1).await, before);
    site.end_moves().await;
    site.end_moves().await;
    // Device 1 was ended by the look at its label, and told of then.
    for address in [mine, "m@meadow.example"] {
        let mails = site.mails(address).await;
        let told: Vec<_> = mails
            .iter()
            .map(|mail| mail["subject"].as_str().expect("a subject"))
            .filter(|subject| subject.contains("with Meadow now"))
            .collect();
        assert_eq!(told, ["A device is with Meadow now"; 2], "{address}");
    }
    let devices = neighbour.get("/devices").await.json();
    assert!(devices["content"][0].get("undo").is_none());
}

/// Below different organizations there may be several of one name.
#[tokio::test]
async fn organizations_that_look_alike_are_told_apart() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let made = json!({ "name": "Green Farm", "parentOrganizationId": 2 });
    let other = admin.post("/create", made).await.json()["id"].clone();
    let body = json!({ "deviceId": 1, "newOrgId": other });
    assert_eq!(admin.post("/device/transfer", body).await.status, 204);
    let moves = admin.get("/device/moves?deviceId=1").await.json();
    let newest = &moves["content"][0];
    assert_eq!(
        (&newest["fromOrgId"], &newest["toOrgId"]),
        (&json!(2), &other)
    );
    site.clock.pass_seconds(600);
    site.end_moves().await;
    let told = site.mails("customer@greenfarm.example").await;
    let text = told[0]["text"].as_str().expect("text");
    for name in ["Green Farm (2)".to_owned(), format!("Green Farm ({other})")] {
        assert!(text.contains(&name), "{name}: {text}");
    }
}

#[tokio::test]
async fn what_happened_is_shown_to_staff_and_names_nobody_out_of_reach() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (_, meadow, person) = site.client("Meadow", "m@meadow.example").await;
    let admin = site.sign_in(Role::Admin).await;
    let body = json!({ "deviceId": 1, "newUserId": person, "reason": "moved house" });
    assert_eq!(support.post("/device/transfer", body).await.status, 204);
    let moves = support.get("/device/moves?deviceId=1").await.json();
    let newest = &moves["content"][0];
    for (field, want) in [
        ("kind", "transfer"),
        ("by", "Sam Reed"),
        ("fromOrg", "Green Farm"),
        ("toOrg", "Meadow"),
        ("toOwner", "Somebody"),
        ("reason", "moved house"),
    ] {
        assert_eq!(newest[field], want, "{field}");
    }
    let role = json!({ "userId": person, "roleId": 2 });
    assert_eq!(admin.put("/users/role", role).await.status, 204);
    let theirs = site.sign_in_as("m@meadow.example", "correct horse").await;
    let theirs = theirs.expect("they can sign in");
    let moves = theirs.get("/device/moves?deviceId=1").await.json();
    let newest = &moves["content"][0];
    assert_eq!(newest["toOrg"], "Meadow");
    assert!(
        newest["fromOrg"].is_null() && newest["by"].is_null(),
        "{newest}"
    );
    let beside = json!({ "deviceId": 1, "newOrgId": meadow });
    assert_eq!(theirs.post("/device/transfer", beside).await.status, 204);
}
