//! Who gives up what, what is left of it, and which label claims after it.

use handover_wire::Role;
use serde_json::json;

use crate::testing::{Answer, Person, Site};

const CUSTOMER: &str = "customer@greenfarm.example";

async fn release(person: &Person<'_>, device: i64, history: &str) -> Answer {
    let body = json!({ "deviceId": device, "history": history, "reason": "sold" });
    person.post("/device/release", body).await
}

/// What the label in an answer claims with.
fn label(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    let label = answer.json()["label"].clone();
    assert!(label["svg"].as_str().expect("an image").starts_with("<svg"));
    label["text"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn the_new_label_claims_and_the_old_one_does_not() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let (neighbour, org, _) = site.client("Meadow", "m@meadow.example").await;
    let before = customer.get("/device?deviceId=1").await.json();
    let kept = release(&customer, 1, "keep").await;
    assert_eq!(kept.json()["name"], before["name"]);
    let erased = release(&customer, 2, "erase").await;
    assert_eq!(customer.get("/devices").await.json()["totalElements"], 1);
    // What was kept waits with the maker.
    let waiting = support.get("/device?deviceId=1").await.json();
    assert_eq!(waiting["orgId"], 1);
    assert!(waiting["ownerUserId"].is_null());
    assert_eq!(support.get("/device?deviceId=2").await.status, 404);
    let shown = support.get("/device/label?deviceId=1").await;
    assert_eq!(shown.json()["text"], label(&kept));

    let unknown = customer.claim("sqr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    for index in [0, 1] {
        for text in [site.qr(index), site.auth(index)] {
            for person in [&customer, &neighbour] {
                // In this time the budget that an answer tells of is the same again.
                site.clock.pass_seconds(10);
                let answer = person.claim(&text).await;
                assert_eq!(answer.text, unknown.text, "{index}");
                assert_eq!(answer.headers, unknown.headers, "{index}");
            }
        }
    }
    let again = neighbour.claim(&label(&kept)).await;
    assert_eq!(again.status, 201, "{again:?}");
    let device = again.json();
    assert_eq!(device["id"], 1);
    assert_eq!(device["orgId"], org);
    for field in ["name", "firstConnectTime", "hardwareInfo"] {
        assert_eq!(device[field], before[field], "{field} is kept");
    }
    let anew = neighbour.claim(&label(&erased)).await.json();
    assert_eq!(anew["name"], "Soil sensor 1");
    assert!(anew["firstConnectTime"].is_null() && anew["hardwareInfo"].is_null());
}

#[tokio::test]
async fn owners_release_their_own_and_support_everything_within_reach() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    assert_eq!(support.claim(&site.qr(3)).await.status, 201);
    let for_farm = json!({
        "templateId": "TMPLsoil00001", "orgId": 2, "name": "Shed", "ownerId": 2
    });
    assert_eq!(support.post("/device/create", for_farm).await.status, 201);
    for (who, device, history, want) in [
        (&customer, 4, "keep", (404, "not_found")),
        (&customer, 5, "keep", (403, "forbidden")),
        (&customer, 99, "keep", (404, "not_found")),
        (&customer, 1, "burn", (400, "invalid_request")),
        (&customer, 1, "keep", (200, "-")),
        (&customer, 1, "keep", (404, "not_found")),
        (&support, 1, "keep", (409, "not_held")),
        (&support, 2, "erase", (200, "-")),
        (&support, 4, "keep", (200, "-")),
    ] {
        let answer = release(who, device, history).await;
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{device}");
    }
    let long = json!({ "deviceId": 3, "history": "keep", "reason": "x".repeat(201) });
    let answer = customer.post("/device/release", long).await;
    assert_eq!(answer.outcome(), (400, "invalid_request".to_owned()));
    for (sql, want) in [
        (
            "SELECT COUNT(*) FROM audit WHERE action = 'release_device'",
            3,
        ),
        (
            "SELECT COUNT(*) FROM device_moves WHERE kind = 'release' AND actor_user_id = 2
             AND device_id = 2 AND reason = 'sold' AND from_owner_id = 3 AND to_org_id IS NULL",
            1,
        ),
    ] {
        assert_eq!(site.count(sql).await, want, "{sql}");
    }
}

#[tokio::test]
async fn a_device_that_was_made_by_hand_gets_a_label() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let (neighbour, ..) = site.client("Meadow", "m@meadow.example").await;
    let shed = json!({
        "templateId": "TMPLsoil00001", "orgId": 2, "name": "Shed", "ownerId": 3
    });
    let made = support.post("/device/create", shed).await.json();
    let id = made["id"].as_i64().expect("a number");
    let none = support.get(&format!("/device/label?deviceId={id}")).await;
    assert_eq!(none.outcome(), (404, "no_label".to_owned()));
    let released = release(&customer, id, "keep").await;
    let token = made["token"].as_str().expect("an auth token");
    assert_eq!(neighbour.claim(token).await.status, 404);
    let claimed = neighbour.claim(&label(&released)).await;
    assert_eq!((claimed.status, &claimed.json()["id"]), (201, &made["id"]));
}

#[tokio::test]
async fn the_makers_staff_claim_what_they_hold_with_its_own_key() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    release(&customer, 1, "keep").await;
    assert_eq!(customer.claim(&site.auth(0)).await.status, 404);
    assert_eq!(support.claim(&site.auth(0)).await.status, 201);
}

#[tokio::test]
async fn a_lost_answer_loses_no_label() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let (neighbour, ..) = site.client("Meadow", "m@meadow.example").await;
    let body = json!({ "deviceId": 1, "history": "erase", "key": "once" });
    let first = customer.post("/device/release", body.clone()).await;
    assert_eq!(first.status, 200, "{first:?}");
    let again = customer.post("/device/release", body).await;
    assert_eq!((again.status, &again.text), (200, &first.text));
    let other = json!({ "deviceId": 2, "history": "erase", "key": "once" });
    let other = customer.post("/device/release", other).await;
    assert_eq!(other.outcome(), (409, "idempotency_conflict".to_owned()));
    let long = json!({ "deviceId": 2, "history": "erase", "key": "x".repeat(201) });
    let long = customer.post("/device/release", long).await;
    assert_eq!(long.outcome(), (400, "invalid_request".to_owned()));
    let clear = "SELECT COUNT(*) FROM claim_answers WHERE body LIKE '%sqr\\_%' ESCAPE '\\'";
    assert_eq!(
        site.count(clear).await,
        0,
        "no database has a label in clear"
    );
    assert_eq!(neighbour.claim(&label(&again)).await.status, 201);
}

#[tokio::test]
async fn whoever_had_it_is_told_of_what_others_gave_up() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let before = site.mails(CUSTOMER).await.len();
    release(&customer, 1, "keep").await;
    assert_eq!(site.mails(CUSTOMER).await.len(), before, "they know of it");
    release(&support, 2, "keep").await;
    let mails = site.mails(CUSTOMER).await;
    assert_eq!(mails.len(), before + 1);
    assert_eq!(mails[0]["subject"], "Tomato bed 2 was released");
    // Nobody has it any more, so there is nobody to tell that it is deleted.
    let everything = "SELECT COUNT(*) FROM mails";
    let before = site.count(everything).await;
    let deleted = support.delete("/device?deviceId=2").await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    assert_eq!(site.count(everything).await, before);
}
