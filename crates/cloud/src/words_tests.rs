//! What a former owner called a device and noted about it is nothing that whoever has it next reads, unless it was handed on.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Person, Site};

/// A device as somebody sees it: its name and its metadata of its own.
async fn words(person: &Person<'_>, device: i64) -> (String, Option<String>) {
    let found = person.get(&format!("/device?deviceId={device}")).await;
    assert_eq!(found.status, 200, "{found:?}");
    let found = found.json();
    let fields = found["metaFieldValues"].as_array().expect("a list");
    let serial = fields.iter().find(|field| field["name"] == "Serial Number");
    let serial = serial.and_then(|field| field["value"]["value"].as_str());
    let serial = serial.filter(|text| !text.is_empty()).map(str::to_owned);
    (found["name"].as_str().expect("a name").to_owned(), serial)
}

fn said(name: &str, serial: Option<&str>) -> (String, Option<String>) {
    (name.to_owned(), serial.map(str::to_owned))
}

/// Calls it something, and notes the same as its serial number.
async fn write(person: &Person<'_>, device: i64, text: &str) {
    let fields = json!({ "name": text, "metaFields": { "Serial Number": text } });
    let path = format!("/device?deviceId={device}");
    let edited = person.put(&path, fields).await;
    assert_eq!(edited.status, 200, "{edited:?}");
}

async fn transfer(person: &Person<'_>, device: i64, org: i64, history: Option<&str>) {
    let mut body = json!({ "deviceId": device, "newOrgId": org });
    if let Some(history) = history {
        body["history"] = json!(history);
    }
    let moved = person.post("/device/transfer", body).await;
    assert_eq!(moved.status, 204, "{moved:?}");
}

async fn undo(person: &Person<'_>, device: i64) {
    let undone = person.post("/device/undo", json!({ "deviceId": device }));
    let undone = undone.await;
    assert_eq!(undone.status, 200, "{undone:?}");
}

async fn settle(site: &Site) {
    site.clock.pass_seconds(601);
    site.end_moves().await;
}

fn number(answer: &Value) -> i64 {
    answer["id"].as_i64().expect("a number")
}

#[tokio::test]
async fn a_move_that_erases_brings_the_label_s_own_name_and_metadata_back() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, ..) = site.client("One", "one@one.example").await;
    let (other, other_org, _) = site.client("Other", "other@other.example").await;
    site.execute(
        "UPDATE static_tokens SET name = 'Pump 7', metadata = '{\"Serial Number\":\"SN-7\"}'
         WHERE id = 6",
    )
    .await;
    for (label, own) in [
        (5, said("Pump 7", Some("SN-7"))),
        (6, said("Soil sensor 1", None)),
    ] {
        let device = number(&one.claim(&site.qr(label)).await.json());
        settle(&site).await;
        write(&one, device, "Attic").await;
        for history in [None, Some("erase")] {
            transfer(&admin, device, other_org, history).await;
            let seen = words(&other, device).await;
            assert_eq!(seen.1, own.1, "{label} {history:?}");
            // A running number is not given twice, also where the move is undone.
            let stem = own.0.trim_end_matches(char::is_numeric);
            assert!(seen.0.starts_with(stem), "{label} {history:?}: {seen:?}");
            undo(&admin, device).await;
            assert_eq!(words(&one, device).await, said("Attic", Some("Attic")));
        }
        transfer(&admin, device, other_org, Some("keep")).await;
        assert_eq!(words(&other, device).await, said("Attic", Some("Attic")));
        undo(&admin, device).await;
        transfer(&admin, device, other_org, None).await;
        write(&other, device, "Cellar").await;
        settle(&site).await;
        assert_eq!(words(&other, device).await, said("Cellar", Some("Cellar")));
        let left = "SELECT COUNT(*) FROM devices WHERE former_name IS NOT NULL OR name = 'Attic'";
        assert_eq!(site.count(left).await, 0, "{label}");
    }
}

#[tokio::test]
async fn what_was_made_by_hand_for_a_customer_has_a_number_and_nothing_else_after_a_move_that_erases()
 {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (other, other_org, _) = site.client("Other", "other@other.example").await;
    let by_hand =
        json!({ "templateId": "TMPLsoil00001", "orgId": 2, "name": "Pantry", "ownerId": 3 });
    let made = support.post("/device/create", by_hand).await;
    let device = number(&made.json());
    let customer = site.sign_in(Role::User).await;
    write(&customer, device, "Behind the pantry").await;
    // Each of several, too, and the others as before.
    let moved = json!({ "deviceIds": [device, 1], "newOrgId": other_org, "dryRun": false });
    let moved = support.post("/devices/transfer", moved).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    let (name, serial) = words(&other, device).await;
    assert!(name.starts_with("Soil sensor "), "{name}");
    assert_eq!(serial, None);
    let list = other.get("/devices").await;
    for text in ["antry", "Greenhouse north"] {
        assert!(!list.text.contains(text), "{list:?}");
    }
    let found = other.get("/search/devices?query=pantry").await;
    assert_eq!(found.json()["totalElements"], 0, "{found:?}");
}

#[tokio::test]
async fn what_the_maker_s_staff_wrote_stays_for_whoever_has_it_first_and_for_nobody_after() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (one, one_org, _) = site.client("One", "one@one.example").await;
    let (other, other_org, _) = site.client("Other", "other@other.example").await;
    let own = json!({ "templateId": "TMPLsoil00001", "orgId": 1, "name": "For One" });
    let by_hand = number(&support.post("/device/create", own).await.json());
    let labelled = number(&support.claim(&site.qr(5)).await.json());
    for device in [by_hand, labelled] {
        write(&support, device, "For One").await;
        // The wrong one at first.
        transfer(&support, device, other_org, None).await;
        undo(&support, device).await;
        transfer(&support, device, one_org, Some("erase")).await;
        let seen = words(&one, device).await;
        assert_eq!(seen, said("For One", Some("For One")), "{device}");
        settle(&site).await;
        write(&one, device, "At home").await;
        // By way of the maker, who had it first, too.
        transfer(&support, device, 1, Some("keep")).await;
        let seen = words(&support, device).await;
        assert_eq!(seen, said("At home", Some("At home")), "{device}");
        transfer(&support, device, other_org, None).await;
        let (name, serial) = words(&other, device).await;
        assert!(name.starts_with("Soil sensor "), "{name}");
        assert_eq!(serial, None, "{device}");
    }
}

#[tokio::test]
async fn customers_of_the_maker_s_own_organization_read_nothing_of_each_other_that_was_erased() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (anna, _) = site.customer_of(1, "anna@meadow.example").await;
    let (ben, ben_id) = site.customer_of(1, "ben@meadow.example").await;
    let device = number(&anna.claim(&site.qr(5)).await.json());
    settle(&site).await;
    write(&anna, device, "Bedroom").await;
    let moved = json!({ "deviceId": device, "newUserId": ben_id, "history": "erase" });
    let moved = support.post("/device/transfer", moved).await;
    assert_eq!(moved.status, 204, "{moved:?}");
    let (name, serial) = words(&ben, device).await;
    assert!(name.starts_with("Soil sensor "), "{name}");
    assert_eq!(serial, None);
}

#[tokio::test]
async fn a_maker_that_takes_a_device_back_reads_what_its_owner_wrote_only_where_that_is_kept() {
    for (history, is_kept) in [("keep", true), ("erase", false)] {
        let site = Site::demo().await;
        let support = site.sign_in(Role::Staff).await;
        let (one, ..) = site.client("One", "one@one.example").await;
        let device = number(&one.claim(&site.qr(5)).await.json());
        settle(&site).await;
        write(&one, device, "Attic").await;
        let back = json!({ "deviceId": device, "history": history });
        let back = support.post("/static-tokens/unclaim", back).await;
        assert_eq!(back.status, 200, "{back:?}");
        let seen = words(&support, device).await;
        assert_eq!(seen == said("Attic", Some("Attic")), is_kept, "{seen:?}");
        // Nor does whoever claims it after that.
        let path = format!("/device/label?deviceId={device}");
        let label = support.get(&path).await.json()["text"].clone();
        let (next, ..) = site.client("Next", "next@next.example").await;
        let claimed = next.claim(label.as_str().expect("a text")).await;
        assert_eq!(claimed.status, 201, "{claimed:?}");
        assert_eq!(claimed.text.contains("Attic"), is_kept, "{claimed:?}");
    }
}

#[tokio::test]
async fn letters_and_the_audit_call_a_device_that_moved_what_each_side_calls_it() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, ..) = site.client("One", "one@one.example").await;
    let (other, other_org, _) = site.client("Other", "other@other.example").await;
    let device = number(&one.claim(&site.qr(5)).await.json());
    settle(&site).await;
    write(&one, device, "Attic").await;
    transfer(&admin, device, other_org, None).await;
    write(&other, device, "Cellar").await;
    settle(&site).await;
    for (to, named, hidden) in [
        ("one@one.example", "Attic", "Cellar"),
        ("other@other.example", "Cellar", "Attic"),
    ] {
        let newest = &site.mails(to).await[0];
        let text = newest.to_string();
        assert!(text.contains(named) && !text.contains(hidden), "{text}");
    }
    for (action, told) in [
        ("transfer_device", ", history erased, called \"Attic\""),
        ("receive_device", ", history erased"),
    ] {
        let entry = admin.get(&format!("/audit?action={action}&size=1")).await;
        let detail = entry.json()["content"][0]["detail"].clone();
        let detail = detail.as_str().expect("a detail");
        assert!(detail.ends_with(told), "{detail}");
    }
}

/// Whoever moves a whole selection to a client did not choose those that the client has already.
#[tokio::test]
async fn those_that_are_there_keep_their_owner_and_their_names_where_that_is_meant() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Admin).await;
    let before = support.get("/device?deviceId=1").await.json();
    assert!(before["ownerUserId"].is_number(), "{before}");
    let org = &before["orgId"];
    for dry_run in [true, false] {
        let moved = json!({ "deviceIds": [1, 2], "newOrgId": org, "ownerAfter": "as_it_is", "dryRun": dry_run });
        let moved = support.post("/devices/transfer", moved).await.json();
        for outcome in moved["outcomes"].as_array().expect("outcomes") {
            assert_eq!(outcome["error"]["code"], "same_holder", "{outcome}");
        }
    }
    let one = json!({ "deviceId": 1, "newOrgId": org, "ownerAfter": "as_it_is" });
    let one = support.post("/device/transfer", one).await;
    assert_eq!(one.code(), "same_holder");
    let after = support.get("/device?deviceId=1").await.json();
    for part in ["ownerUserId", "name", "metaFields"] {
        assert_eq!(after[part], before[part], "{part}");
    }
}

/// One device as many: whom a move names nobody for becomes the organization's, as is published.
#[tokio::test]
async fn those_that_are_there_lose_their_owner_where_nobody_is_meant_or_nothing_is_said() {
    for (path, which) in [
        ("/device/transfer", json!({ "deviceId": 1 })),
        (
            "/devices/transfer",
            json!({ "deviceIds": [1], "dryRun": false }),
        ),
        (
            "/devices/transfer",
            json!({ "deviceIds": [1, 2], "dryRun": false }),
        ),
    ] {
        for meant in [None, Some("nobody")] {
            let site = Site::demo().await;
            let support = site.sign_in(Role::Admin).await;
            let before = support.get("/device?deviceId=1").await.json();
            assert!(before["ownerUserId"].is_number(), "{before}");
            let mut body = which.clone();
            body["newOrgId"] = before["orgId"].clone();
            if let Some(meant) = meant {
                body["ownerAfter"] = json!(meant);
            }
            let moved = support.post(path, body.clone()).await;
            assert!(!moved.text.contains("error"), "{body}: {moved:?}");
            let after = support.get("/device?deviceId=1").await.json();
            assert_eq!(after["ownerUserId"], json!(null), "{body}");
        }
    }
}

#[tokio::test]
async fn an_owner_and_another_choice_beside_them_contradict_each_other() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Admin).await;
    for (path, which) in [
        ("/device/transfer", json!({ "deviceId": 1 })),
        (
            "/devices/transfer",
            json!({ "deviceIds": [1], "dryRun": true }),
        ),
    ] {
        let mut body = which;
        body["newUserId"] = json!(3);
        body["ownerAfter"] = json!("nobody");
        let refused = support.post(path, body).await;
        assert_eq!(refused.outcome(), (400, "invalid_request".to_owned()));
        assert!(refused.text.contains("ownerAfter"), "{refused:?}");
    }
}
