//! The maker takes devices back, and says what becomes of the label.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::Site;

#[tokio::test]
async fn a_label_is_kept_or_renewed_as_is_asked() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (neighbour, ..) = site.client("Meadow", "m@meadow.example").await;
    // Device 4 is in the hands of the maker's own staff: no customer has had it.
    assert_eq!(support.claim(&site.qr(3)).await.status, 201);
    for (index, asked, want) in [
        (0_u8, json!(null), "renew"),
        (1, json!("keep"), "keep"),
        (2, json!("renew"), "renew"),
        (3, json!(null), "keep"),
    ] {
        let device = index + 1;
        let body = json!({ "deviceId": device, "label": asked });
        let answer = support.post("/static-tokens/unclaim", body).await;
        assert_eq!(answer.json()["label"], want, "{device}: {answer:?}");
        let claimed = neighbour.claim(&site.qr(index.into())).await;
        let good = if want == "keep" { 201 } else { 404 };
        assert_eq!(claimed.status, good, "{device}");
    }
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.get("/devices").await.json()["totalElements"], 0);
    let told = site.mails("customer@greenfarm.example").await;
    let told: Vec<_> = told
        .iter()
        .filter_map(|mail| mail["subject"].as_str())
        .collect();
    assert_eq!(told.len(), 3, "whoever had them is told: {told:?}");
    assert!(
        told.iter()
            .all(|subject| subject.ends_with("was taken back"))
    );
    let back = support.get("/device?deviceId=1").await.json();
    assert_eq!(
        (&back["orgId"], &back["ownerUserId"]),
        (&json!(1), &Value::Null)
    );
}

#[tokio::test]
async fn only_the_makers_people_take_back_and_only_what_somebody_has() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let admin = site.sign_in(Role::Admin).await;
    let (_, _, person) = site.client("Meadow", "m@meadow.example").await;
    let role = json!({ "userId": person, "roleId": 2 });
    assert_eq!(admin.put("/users/role", role).await.status, 204);
    let theirs = site.sign_in_as("m@meadow.example", "correct horse").await;
    let theirs = theirs.expect("they can sign in");
    let claimed = theirs.claim(&site.qr(3)).await.json()["id"].clone();
    let by_hand = json!({
        "templateId": "TMPLsoil00001", "orgId": 2, "name": "Shed", "ownerId": 3
    });
    let by_hand = support.post("/device/create", by_hand).await.json()["id"].clone();
    for (who, device, want) in [
        (&customer, json!(1), (403, "forbidden")),
        (&theirs, claimed, (404, "not_found")),
        (&theirs, json!(1), (404, "not_found")),
        (&support, json!(99), (404, "not_found")),
        (&support, by_hand, (404, "no_label")),
        (&support, json!(1), (200, "-")),
        (&support, json!(1), (409, "not_held")),
    ] {
        // Whoever looks at the device is offered what the cloud does, and nothing else.
        let seen = who.get(&format!("/device?deviceId={device}")).await;
        let is_offered = seen.status == 200 && seen.json()["mayTakeBack"] == true;
        let body = json!({ "deviceId": device });
        let answer = who.post("/static-tokens/unclaim", body).await;
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{device}");
        assert_eq!(is_offered, want.0 == 200, "{device}: {seen:?}");
    }
}

/// A device that was somebody's in between is not as good as new, whoever has it when the maker takes it back.
#[tokio::test]
async fn a_device_that_was_out_is_not_as_new() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let device = support.claim(&site.qr(3)).await.json()["id"].clone();
    for to in [json!({ "newUserId": 3 }), json!({ "newOrgId": 1 })] {
        let mut body = to;
        body["deviceId"] = device.clone();
        assert_eq!(support.post("/device/transfer", body).await.status, 204);
    }
    let body = json!({ "deviceId": device });
    let answer = support.post("/static-tokens/unclaim", body).await;
    assert_eq!(answer.json()["label"], "renew", "{answer:?}");
    let claimed = customer.claim(&site.auth(3)).await;
    assert_eq!(claimed.outcome(), (404, "not_claimable".to_owned()));
}

/// While a transfer can still be undone its label is the printed one, and a label that is kept is that.
#[tokio::test]
async fn a_kept_label_is_the_one_that_is_printed() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let device = support.claim(&site.qr(3)).await.json()["id"].clone();
    let out = json!({ "deviceId": device, "newUserId": 3 });
    assert_eq!(support.post("/device/transfer", out).await.status, 204);
    let back = json!({ "deviceId": device, "label": "keep" });
    let answer = support.post("/static-tokens/unclaim", back).await;
    assert_eq!(answer.json()["label"], "keep", "{answer:?}");
    assert_eq!(customer.claim(&site.qr(3)).await.status, 201);
}

#[tokio::test]
async fn whoever_had_it_reads_why_in_the_mail() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let why = format!("it drifts {}", "x".repeat(190));
    let body = json!({ "deviceId": 1, "reason": why });
    let taken = support.post("/static-tokens/unclaim", body).await;
    assert_eq!(taken.status, 200, "{taken:?}");
    let told = site.mails("customer@greenfarm.example").await;
    for part in ["text", "html"] {
        let part = told[0][part].as_str().expect("a part");
        assert!(part.contains(&why), "whole: {part}");
    }
    let body = json!({ "deviceId": 2 });
    assert_eq!(
        support.post("/static-tokens/unclaim", body).await.status,
        200
    );
    let told = site.mails("customer@greenfarm.example").await;
    let silent = told.iter().filter(|mail| {
        let text = mail["text"].as_str().expect("text");
        !text.contains("They say")
    });
    assert_eq!(silent.count(), 1, "who gave no reason is quoted with none");
}
