//! Several organizations on one cloud, and machines that say a number which more than one of them has: whose it is, is
//! nothing that people of another organization can decide.

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::service::names;
use crate::testing::{Answer, Person, Site, send};

const SOIL: &str = "TMPLsoil00001";
const MAC: &str = "4A335468C9F1";
const REAL: &str = "the-real-devices-secret";

async fn identified(person: &Person<'_>, template: &str, org: i64, first: &str) -> Answer {
    let identifiers = json!({ "kind": "eui48", "first": first, "proof": "none" });
    let body = json!({ "templateId": template, "name": "Own", "count": 1, "orgId": org,
                       "identifiers": identifiers });
    let asked = person.post("/static-tokens/batches", body).await;
    if asked.status == 202 {
        let target = format!("/static-tokens/batch?batchId={}", asked.json()["id"]);
        while person.get(&target).await.json()["state"] == "making" {
            tokio::task::yield_now().await;
        }
    }
    asked
}

async fn import(person: &Person<'_>, template: &str, mac: &str) -> Answer {
    let what = format!(
        "/static-tokens/import?templateId={template}&name=Table&identifierColumn=MAC&identifierKind=eui48&proof=none"
    );
    let table = person.request(Method::POST, &what);
    send(
        table
            .header("content-type", "text/csv")
            .body(format!("MAC\n{mac}\n")),
    )
    .await
}

async fn asks(site: &Site, identifier: &str, template: Option<&str>) -> Value {
    let mut body = json!({ "identifier": identifier, "secret": REAL });
    if let Some(template) = template {
        body["templateId"] = json!(template);
    }
    let asked = site.request(Method::POST, "/external/api/bootstrap");
    let answer = send(asked.json(&body)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// Claims, and says that the machine which asks is the device.
async fn claims_and_confirms(site: &Site, person: &Person<'_>, mac: &str) -> Value {
    let device = person.claim(mac).await.json()["id"].clone();
    let check = asks(site, mac, None).await["check"].clone();
    let body = json!({ "deviceId": device, "check": check });
    person.post("/device/bootstrap/confirm", body).await;
    device
}

async fn machines(person: &Person<'_>, device: &Value) -> usize {
    let target = format!("/device/bootstrap?deviceId={device}");
    let found = person.get(&target).await.json();
    found["pins"].as_array().map_or(0, Vec::len)
}

/// A client of the demo's maker with a kind of device of their own, its template's id and their organization.
async fn client(site: &Site) -> (Person<'_>, String, i64) {
    let (_, org, _) = site.client("Orchard", "c@orchard.example").await;
    let (staff, _) = site.member(org, "s@orchard.example", Role::Staff).await;
    let made = staff.post("/template", json!({ "name": "Press" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let template = made.json()["templateId"]
        .as_str()
        .expect("an id")
        .to_owned();
    (staff, template, org)
}

#[tokio::test]
async fn who_has_a_template_says_what_identifies_its_devices() {
    let site = Site::demo().await;
    let maker = site.sign_in(Role::Staff).await;
    let (staff, own, org) = client(&site).await;
    let refused = (403, "template_not_yours".to_owned());
    assert_eq!(identified(&staff, SOIL, org, MAC).await.outcome(), refused);
    assert_eq!(import(&staff, SOIL, MAC).await.outcome(), refused);
    // Labels without numbers they make as ever, and numbers of what is their own; the maker may do either for them.
    let plain = json!({ "templateId": SOIL, "name": "Plain", "count": 1 });
    assert_eq!(
        staff.post("/static-tokens/batches", plain).await.status,
        202
    );
    assert_eq!(identified(&staff, &own, org, MAC).await.status, 202);
    assert_eq!(import(&staff, &own, "4A335468C9F2").await.status, 202);
    assert_eq!(
        identified(&maker, &own, org, "4A335468C9F3").await.status,
        202
    );
    assert_eq!(
        identified(&maker, SOIL, org, "4A335468C9F4").await.status,
        202
    );
    // One number of one template is one device's, in whatever organization.
    let double = identified(&maker, SOIL, 1, "4A335468C9F4").await;
    assert_eq!(double.outcome(), (400, "invalid_request".to_owned()));
    let double = import(&maker, SOIL, "4A335468C9F4").await.json();
    assert_eq!(
        double["faults"][0]["problem"], "double_in_cloud",
        "{double}"
    );
}

#[tokio::test]
async fn a_namesake_stops_no_device() {
    let site = Site::demo().await;
    let maker = site.sign_in(Role::Staff).await;
    let (staff, own, org) = client(&site).await;
    identified(&maker, SOIL, 1, MAC).await;
    let customer = site.sign_in(Role::User).await;
    let device = claims_and_confirms(&site, &customer, MAC).await;
    assert_eq!(asks(&site, MAC, None).await["state"], "ready");
    assert_eq!(identified(&staff, &own, org, MAC).await.status, 202);
    assert_eq!(asks(&site, MAC, None).await["state"], "ready");
    assert_eq!(asks(&site, MAC, Some(SOIL)).await["state"], "ready");
    // Also where there are two of one template by now: it stays what it is, and another machine is of the maker's.
    identified(&maker, SOIL, 2, "4A335468C9F9").await;
    site.execute(
        "UPDATE static_tokens SET identifier = '4A335468C9F1', sought = '4A335468C9F1',
                                  alike = '4A335468C9F1'
         WHERE identifier = '4A335468C9F9'",
    )
    .await;
    assert_eq!(asks(&site, MAC, Some(SOIL)).await["state"], "ready");
    let body = json!({ "deviceId": device });
    assert_eq!(
        customer.post("/device/bootstrap/reset", body).await.status,
        200
    );
    assert_eq!(asks(&site, MAC, None).await["state"], "waiting");
    assert_eq!(machines(&customer, &device).await, 1);
}

#[tokio::test]
async fn a_namesake_catches_no_device() {
    let site = Site::demo().await;
    let maker = site.sign_in(Role::Staff).await;
    let (staff, own, org) = client(&site).await;
    // Before the maker has noted the number of a device that is switched on already.
    assert_eq!(identified(&staff, &own, org, MAC).await.status, 202);
    let decoy = claims_and_confirms(&site, &staff, MAC).await;
    assert_eq!(machines(&staff, &decoy).await, 0);
    assert_eq!(asks(&site, MAC, None).await["state"], "waiting");
    assert_eq!(import(&maker, SOIL, MAC).await.json()["faults"], json!([]));
    while site
        .count("SELECT COUNT(*) FROM batches WHERE state = 'making'")
        .await
        > 0
    {
        tokio::task::yield_now().await;
    }
    let customer = site.sign_in(Role::User).await;
    claims_and_confirms(&site, &customer, MAC).await;
    assert_eq!(asks(&site, MAC, None).await["state"], "ready");
    // Theirs are those that say so.
    asks(&site, MAC, Some(&own)).await;
    assert_eq!(machines(&staff, &decoy).await, 1);
}

/// Names from before were compared with all of their spaces.
#[tokio::test]
async fn a_name_with_several_spaces_from_before_is_found_and_told_apart_with_one() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let made = admin
        .post("/create", json!({ "name": "Hill   Farm" }))
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    let named = admin.put("/device?deviceId=1", json!({ "name": "Pump  7" }));
    assert_eq!(named.await.status, 200);
    for sql in [
        "UPDATE organizations SET name_folded = 'hill   farm' WHERE name = 'Hill   Farm'",
        "UPDATE devices SET name_folded = 'pump  7' WHERE id = 1",
        "DELETE FROM _sqlx_migrations WHERE version = 37",
    ] {
        site.execute(sql).await;
    }
    let site = site.restart(true).await;
    let admin = site.sign_in(Role::Admin).await;
    for list in [
        "/sub-organizations?query=hill%20farm",
        "/search/devices?query=pump%207",
    ] {
        let found = admin.get(list).await.json();
        assert_eq!(found["totalElements"], 1, "{list}");
    }
    let again = admin.post("/create", json!({ "name": "Hill Farm" })).await;
    assert_eq!(again.code(), "name_taken");
}

/// An `i` was told from an `l` before.
#[tokio::test]
async fn names_from_before_are_compared_by_what_they_look_like_now() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let made = admin.post("/create", json!({ "name": "Hill Farm" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    for sql in [
        "UPDATE organizations SET looks = 'hill farrn' WHERE name = 'Hill Farm'",
        "DELETE FROM _sqlx_migrations WHERE version = 41",
    ] {
        site.execute(sql).await;
    }
    let site = site.restart(true).await;
    // What a running cloud does by itself, soon after it has begun.
    let sorted = names::sort(site.cloud.core(), &CancellationToken::new()).await;
    sorted.expect("the database");
    let admin = site.sign_in(Role::Admin).await;
    let twin = admin.post("/create", json!({ "name": "Hlll Farm" })).await;
    assert_eq!(twin.code(), "name_taken", "{twin:?}");
    // A name that is like none of them is nobody's yet.
    let other = admin.post("/create", json!({ "name": "Mill Farm" })).await;
    assert_eq!(other.status, 201, "{other:?}");
}
