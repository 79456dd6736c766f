//! Who deletes what, and what is left of it.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site};

async fn owner_of(person: &Person<'_>) -> Value {
    person.get("/user/profile").await.json()["id"].clone()
}

fn status_of_token(list: &Answer, index: usize) -> Value {
    list.json()["content"][index]["status"].clone()
}

#[tokio::test]
async fn owners_delete_their_own_and_support_everything_within_reach() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let admin = site.sign_in(Role::Admin).await;
    // Device 4 is the maker's own; device 5 is the customer organization's and owned by the administrator.
    assert_eq!(admin.claim(&site.qr(3)).await.status, 201);
    let for_farm = json!({
        "templateId": "TMPLsoil00001", "orgId": 2, "name": "Shed", "ownerId": owner_of(&admin).await
    });
    assert_eq!(support.post("/device/create", for_farm).await.status, 201);
    for (who, query, want) in [
        (&customer, "?deviceId=4", (404, "not_found")),
        (&customer, "?deviceId=5", (403, "forbidden")),
        (&customer, "?deviceId=99", (404, "not_found")),
        (&customer, "?deviceId=x", (400, "invalid_request")),
        (&customer, "", (400, "invalid_request")),
        (&customer, "?deviceId=1", (200, "-")),
        (&customer, "?deviceId=1", (404, "not_found")),
        (&support, "?deviceId=2", (200, "-")),
        (&support, "?deviceId=4", (200, "-")),
        (&admin, "?deviceId=5", (200, "-")),
    ] {
        let answer = who.delete(&format!("/device{query}")).await;
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{query}");
    }
    let list = customer.get("/devices").await.json();
    assert_eq!(list["totalElements"], 1);
    assert_eq!(list["content"][0]["id"], 3);
    assert_eq!(customer.get("/device?deviceId=1").await.status, 404);
    for (sql, want) in [
        (
            "SELECT COUNT(*) FROM audit WHERE action = 'delete_device'",
            4,
        ),
        (
            "SELECT COUNT(*) FROM audit WHERE action = 'delete_device' AND actor = 'user 2'
             AND org_id = 2 AND device_id = 2 AND user_id = 3 AND detail IS NOT NULL",
            1,
        ),
        (
            "SELECT COUNT(*) FROM audit WHERE action = 'delete_device' AND device_id = 5
             AND detail LIKE 'called \"%\"'",
            1,
        ),
    ] {
        assert_eq!(site.count(sql).await, want, "{sql}");
    }
}

#[tokio::test]
async fn a_deleted_device_s_token_is_unclaimed_and_its_old_label_claims_nothing() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let body = json!({ "token": site.qr(3) });
    let first = customer.claim_as("one", body.clone()).await;
    let path = format!("/device?deviceId={}", first.json()["id"]);
    let deleted = customer.delete(&path).await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    let shown = deleted.json()["label"]["text"].as_str().map(str::to_owned);
    let list = support.get("/static-tokens").await;
    assert_eq!(status_of_token(&list, 3), "UNCLAIMED");
    let token = list.json()["content"][3].clone();
    for field in ["ownerId", "deviceId", "claimedOrgId"] {
        assert!(token[field].is_null(), "{field}");
    }
    assert_eq!(token["deviceToken"], site.auth(3));
    let new_qr = token["token"].as_str().expect("a QR token").to_owned();
    assert_ne!(new_qr, site.qr(3));
    assert!(
        shown.is_some_and(|text| text.ends_with(&new_qr)),
        "whoever deleted it is shown the new label"
    );
    let unknown = customer.claim("sqr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    for (person, text) in [
        (&customer, site.qr(3)),
        (&support, site.qr(3)),
        (&customer, site.auth(3)),
    ] {
        // In this time the budget that an answer tells of is the same again.
        site.clock.pass_seconds(10);
        let answer = person.claim(&text).await;
        assert_eq!(answer.outcome(), (404, "not_claimable".to_owned()));
        assert_eq!(answer.text, unknown.text);
        assert_eq!(answer.headers, unknown.headers);
    }
    // The old key is answered as before, and brings nothing back.
    let again = customer.claim_as("one", body).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(customer.get(&path).await.status, 404);
    // Another device never gets the number of one that is gone.
    let next = customer.claim(&new_qr).await;
    assert_eq!(next.status, 201);
    assert_ne!(next.json()["id"], first.json()["id"]);
}

#[tokio::test]
async fn a_lost_answer_loses_no_label() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let first = customer.delete("/device?deviceId=1&key=once").await;
    assert_eq!(first.status, 200, "{first:?}");
    let again = customer.delete("/device?deviceId=1&key=once").await;
    assert_eq!((again.status, &again.text), (200, &first.text));
    let other = customer.delete("/device?deviceId=2&key=once").await;
    assert_eq!(other.outcome(), (409, "idempotency_conflict".to_owned()));
    let long = format!("/device?deviceId=2&key={}", "x".repeat(201));
    let long = customer.delete(&long).await;
    assert_eq!(long.outcome(), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn what_has_no_label_gets_none_and_its_owner_is_told_either_way() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let shed = json!({
        "templateId": "TMPLsoil00001", "orgId": 2, "name": "Shed", "ownerId": 3
    });
    let made = support.post("/device/create", shed).await.json();
    for (device, has_label, subject) in [
        (made["id"].clone(), false, "Shed was deleted"),
        (json!(2), true, "Tomato bed 2 was deleted"),
    ] {
        let deleted = support.delete(&format!("/device?deviceId={device}")).await;
        assert_eq!(
            deleted.json()["label"].is_object(),
            has_label,
            "{deleted:?}"
        );
        let mails = site.mails("customer@greenfarm.example").await;
        assert_eq!(mails[0]["subject"], subject);
    }
}

/// What somebody has claimed themselves they know of, however short it is theirs; of what support claimed for them a moment ago
/// they were not told yet.
#[tokio::test]
async fn whoever_knows_of_a_device_is_told_that_it_is_gone() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let me = customer.get("/me").await.json()["user"]["id"].clone();
    let own = customer.claim(&site.qr(3)).await.json()["id"].clone();
    let theirs = json!({ "token": site.qr(4), "userId": me });
    let theirs = support.post("/static-tokens/claim", theirs).await;
    let theirs = theirs.json()["id"].clone();
    for (device, letters) in [(theirs, 0), (own, 1)] {
        let gone = support.delete(&format!("/device?deviceId={device}")).await;
        assert_eq!(gone.status, 200, "{gone:?}");
        let mails = site.mails("customer@greenfarm.example").await;
        assert_eq!(mails.len(), letters, "{mails:?}");
    }
}
