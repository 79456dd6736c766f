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
        let body = json!({ "deviceId": device });
        let answer = who.post("/static-tokens/unclaim", body).await;
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{device}");
    }
}
