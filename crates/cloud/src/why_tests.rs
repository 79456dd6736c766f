//! Why a label does not claim: told to the support of whoever made it, and to nobody else.

use std::sync::atomic::Ordering;

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site, send};

const MAC: &str = "4A335468C9F1";
const PATH: &str = "/static-tokens/why";

async fn batch(person: &Person<'_>, kind: &str, first: &str, proof: &str) -> i64 {
    let identifiers = json!({ "kind": kind, "first": first, "proof": proof });
    let body = json!({
        "templateId": "TMPLsoil00001", "name": "Line", "count": 2, "identifiers": identifiers,
    });
    person.made_batch(body).await
}

async fn why(person: &Person<'_>, ask: Value) -> Value {
    let answer = person.post(PATH, ask).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// What is told of the one label that has this text.
pub async fn one(person: &Person<'_>, ask: Value) -> Value {
    let answer = why(person, ask).await;
    let labels = answer["labels"].as_array().expect("a list");
    assert_eq!(labels.len(), 1, "{answer}");
    labels[0].clone()
}

async fn claimed(person: &Person<'_>, label: &str) -> Value {
    let claimed = person.claim(label).await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    claimed.json()
}

#[tokio::test]
async fn what_became_of_a_label_is_told() {
    let site = Site::demo().await;
    let (staff, customer) = (
        site.sign_in(Role::Staff).await,
        site.sign_in(Role::User).await,
    );
    let label = site.qr(5);
    let told = one(&staff, json!({ "label": label })).await;
    assert_eq!(
        (&told["state"], &told["obstacles"]),
        (&json!("minted"), &json!([]))
    );

    let device = claimed(&customer, &label).await["id"].clone();
    let told = one(&staff, json!({ "label": label })).await;
    assert_eq!(told["obstacles"], json!(["claimed"]));
    assert_eq!(
        (
            &told["device"]["orgName"],
            &told["device"]["ownerName"],
            &told["device"]["id"]
        ),
        (&json!("Green Farm"), &json!("Clara Green"), &device)
    );
    assert!(told["claimedAt"].is_i64() && told["undoUntil"].is_i64());
    assert_eq!(told["moves"][0]["by"], "Clara Green");
    // For whoever has it, it is theirs.
    let me = customer.get("/me").await.json()["user"]["id"].clone();
    let told = one(&staff, json!({ "label": label, "userId": me })).await;
    assert_eq!(told["obstacles"], json!(["already_theirs"]));

    let release = json!({ "deviceId": device, "history": "keep" });
    let released = customer.post("/device/release", release).await.json();
    let told = one(&staff, json!({ "label": label })).await;
    assert_eq!(
        (&told["state"], &told["obstacles"]),
        (&json!("released"), &json!(["old_label"]))
    );
    assert_eq!(
        (&told["replaced"]["kind"], &told["replaced"]["by"]),
        (&json!("release"), &json!("Clara Green"))
    );
    let fresh = released["label"]["text"].clone();
    let told = one(&staff, json!({ "label": fresh })).await;
    assert_eq!(told["obstacles"], json!([]));
    let key = json!({ "label": site.auth(5) });
    assert_eq!(one(&staff, key).await["obstacles"], json!(["had_owner"]));

    // A transfer, while it can be undone and after.
    let (_, meadow, user) = site.client("Meadow", "m@meadow.example").await;
    let moved = claimed(&customer, fresh.as_str().expect("a text")).await["id"].clone();
    let transfer = json!({ "deviceId": moved, "newOrgId": meadow, "newUserId": user });
    let transferred = staff.post("/device/transfer", transfer).await;
    assert_eq!(transferred.status, 204, "{transferred:?}");
    let told = one(&staff, json!({ "label": fresh })).await;
    assert_eq!(told["obstacles"], json!(["in_transfer"]));
    let transferred_at = told["moves"][0]["at"].clone();
    site.clock.pass_seconds(601);
    let staff = site.sign_in(Role::Staff).await;
    for _ in 0..2 {
        let told = one(&staff, json!({ "label": fresh })).await;
        assert_eq!(told["obstacles"], json!(["old_label", "claimed"]));
        assert_eq!(told["device"]["orgName"], "Meadow");
        // The second time it is written down, too.
        site.end_moves().await;
    }
    let told = one(&staff, json!({ "label": fresh })).await;
    assert_eq!(told["replaced"]["kind"], "transfer");
    assert_eq!(
        told["replaced"]["at"], transferred_at,
        "not when it was final"
    );
}

#[tokio::test]
async fn what_an_identifier_lacks_is_told() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    let me = customer.get("/me").await.json()["user"]["id"].clone();
    batch(&admin, "eui48", MAC, "claim_code").await;
    batch(&admin, "serial", "PB-10", "presence").await;
    batch(&admin, "serial", "SN-10", "staff_approval").await;
    batch(&admin, "serial", "FREE-10", "none").await;
    let gone = batch(&admin, "serial", "GONE-10", "none").await;
    let revoke = json!({ "batchId": gone, "reason": "Misprinted" });
    let revoked = admin.post("/static-tokens/revoke", revoke).await;
    assert_eq!(revoked.status, 200, "{revoked:?}");
    for (ask, want) in [
        (
            json!({ "label": "4a:33:54:68:c9:f1" }),
            json!(["needs_code"]),
        ),
        (
            json!({ "label": MAC, "claimCode": "0000-0000" }),
            json!(["wrong_code"]),
        ),
        (
            json!({ "label": "4a 33 54 68 c9 f1", "claimCode": "0000-0000" }),
            json!(["wrong_code"]),
        ),
        // What is found by a part of its name has its code beside it as well.
        (
            json!({ "label": "4A-335468-C9F1", "claimCode": "0000-0000" }),
            json!(["wrong_code"]),
        ),
        (
            json!({ "label": "FREE-10", "claimCode": "0000-0000" }),
            json!(["no_codes"]),
        ),
        (json!({ "label": "pb-10" }), json!(["not_pressed"])),
        (json!({ "label": "SN-10" }), json!(["needs_approval"])),
        (json!({ "label": "FREE-10" }), json!([])),
        (json!({ "label": "GONE-10" }), json!(["revoked"])),
    ] {
        let told = one(&admin, ask.clone()).await;
        assert_eq!(told["obstacles"], want, "{ask}: {told}");
    }
    let told = one(&admin, json!({ "label": "GONE-10" })).await;
    assert_eq!(told["revokedBy"], "Ada Marsh");
    assert_eq!(told["revokeReason"], "Misprinted");
    assert!(told["revokedAt"].is_i64());

    // Wrong codes, and what they who typed them have to wait for.
    for index in 0..5 {
        let guess = json!({ "token": MAC, "claimCode": "0000-0000" });
        let wrong = customer.claim_as(&format!("guess {index}"), guess).await;
        assert_eq!(wrong.status, 404, "{wrong:?}");
    }
    let ask = json!({ "label": MAC, "userId": me, "claimCode": "0000-0000" });
    let told = why(&admin, ask).await;
    assert_eq!(told["labels"][0]["wrongCodes"]["count"], 5);
    assert_eq!(told["claimer"]["waits"][0]["limit"], "codes");
    assert_eq!(told["claimer"]["hasRoom"], true);
    let refused = told["refused"].as_array().expect("a list");
    assert_eq!(refused.len(), 5);
    assert_eq!(
        (&refused[0]["by"], &refused[0]["withoutProof"]),
        (&json!("Clara Green"), &json!(false))
    );

    // A question to support.
    let asked = json!({ "token": "SN-10", "askApproval": true });
    assert_eq!(
        customer.post("/static-tokens/claim", asked).await.status,
        202
    );
    let told = one(&admin, json!({ "label": "SN-10" })).await;
    assert_eq!(
        (
            &told["approvals"][0]["state"],
            &told["approvals"][0]["userName"]
        ),
        (&json!("pending"), &json!("Clara Green"))
    );

    // The button: the first machine's press proves it, whoever comes after; nobody else's does.
    let press = async |secret: &str| {
        let body = json!({ "identifier": "PB-10", "secret": secret });
        let path = "/external/api/bootstrap/presence";
        send(site.request(Method::POST, path).json(&body)).await
    };
    assert_eq!(press("the-real-devices-secret").await.status, 200);
    let told = one(&admin, json!({ "label": "PB-10" })).await;
    assert_eq!(told["obstacles"], json!([]));
    assert!(told["pressedAt"].is_i64());
    assert_eq!(press("what-a-stranger-made-up").await.status, 200);
    let told = one(&admin, json!({ "label": "PB-10" })).await;
    assert_eq!(told["obstacles"], json!([]));
    site.clock.pass_seconds(301);
    assert_eq!(press("what-a-stranger-made-up").await.status, 200);
    let told = one(&admin, json!({ "label": "PB-10" })).await;
    assert_eq!(told["obstacles"], json!(["several_machines"]));
}

#[tokio::test]
async fn a_label_is_found_by_its_name_and_a_claimer_by_their_number() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "Door-10", "none").await;
    for part in ["line 1", "door-10"] {
        let told = one(&admin, json!({ "label": part })).await;
        assert_eq!(told["label"], "Line 1", "{part}");
    }
    let both = why(&admin, json!({ "label": "line" })).await;
    assert_eq!(both["labels"].as_array().map(Vec::len), Some(2));
    assert_eq!(both["readAs"], "text");
    // An organization that is full, and somebody of another branch.
    let (_, meadow, user) = site.client("Meadow", "m@meadow.example").await;
    let full = json!({ "orgId": meadow, "deviceLimit": 0 });
    let full = admin.put("/edit/device-limit", full).await;
    assert_eq!(full.status, 200, "{full:?}");
    let told = why(&admin, json!({ "label": "Door-10", "userId": user })).await;
    assert_eq!(told["claimer"]["hasRoom"], false);
    assert_eq!(told["claimer"]["orgName"], "Meadow");
    let owner = site.member(meadow, "o@meadow.example", Role::Admin).await.0;
    let own = json!({ "templateId": "TMPLsoil00001", "name": "Sub", "count": 1 });
    owner.made_batch(own).await;
    let me = site.sign_in(Role::User).await;
    let me = me.get("/me").await.json()["user"]["id"].clone();
    let told = one(&admin, json!({ "label": "Sub 1", "userId": me })).await;
    assert_eq!(told["obstacles"], json!(["other_branch"]));
    // A device that was made by hand has no label.
    let made = json!({ "templateId": "TMPLsoil00001", "orgId": 1, "name": "Hand made" });
    let made = admin.post("/device/create", made).await;
    assert_eq!(made.status, 201, "{made:?}");
    let told = why(&admin, json!({ "label": made.json()["token"] })).await;
    assert_eq!(told["byHand"]["name"], "Hand made");
    for (ask, want) in [
        (json!({ "label": "" }), 400),
        (json!({ "label": "x".repeat(5_000) }), 400),
        (json!({ "label": "SN-1", "userId": 999 }), 404),
    ] {
        assert_eq!(admin.post(PATH, ask).await.status, want);
    }
    let customer = site.sign_in(Role::User).await;
    let refused = customer.post(PATH, json!({ "label": "SN-1" })).await;
    assert_eq!(refused.status, 403);
}

/// Whoever took a label out of use said why for their own people and those above; others are told neither who nor why.
#[tokio::test]
async fn the_reason_of_those_above_is_told_to_nobody_below() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (_, org, _) = site.client("Meadow", "m@meadow.example").await;
    let theirs = site.member(org, "s@meadow.example", Role::Admin).await.0;
    let made = json!({ "templateId": "TMPLsoil00001", "name": "Sub", "count": 2 });
    theirs.made_batch(made).await;
    let found = theirs.get("/static-tokens/find").await.json();
    let ids = [0, 1].map(|index: usize| found["content"][index]["id"].clone());
    for (who, id, reason) in [(&admin, &ids[0], "Unpaid"), (&theirs, &ids[1], "Smudged")] {
        let revoke = json!({ "tokenIds": [id], "reason": reason });
        let revoked = who.post("/static-tokens/revoke", revoke).await;
        assert_eq!(revoked.status, 200, "{revoked:?}");
    }
    for label in ["Sub 1", "Sub 2"] {
        let above = one(&admin, json!({ "label": label })).await;
        let below = one(&theirs, json!({ "label": label })).await;
        let is_own = above["revokeReason"] == "Smudged";
        assert!(above["revokeReason"].is_string(), "{above}");
        let want = is_own.then_some("Smudged");
        assert_eq!(below["revokeReason"].as_str(), want, "{below}");
        assert_eq!(below["revokedBy"].is_string(), is_own, "{below}");
    }
}

/// Whoever is support of another organization, of one below too, is told of its labels what is told of labels that there are
/// not: byte for byte, after as many questions; and nothing is written.
#[tokio::test]
async fn what_others_made_is_like_what_nobody_has() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "eui48", MAC, "claim_code").await;
    batch(&admin, "serial", "Line-10", "none").await;
    let customer = site.sign_in(Role::User).await;
    let device = claimed(&customer, &site.qr(6)).await["id"].clone();
    let release = json!({ "deviceId": device, "history": "keep" });
    assert_eq!(customer.post("/device/release", release).await.status, 200);
    let (_, org, _) = site.client("Meadow", "m@meadow.example").await;
    let stranger = site.member(org, "s@meadow.example", Role::Admin).await.0;
    // The first request of an organization counts for the next ones as well.
    stranger.get("/me").await;
    let core = site.cloud.core();
    let (calls, looks) = (&core.store.calls, &core.store.looks);
    let unknown_qr = format!("sqr_{}", "A".repeat(32));
    let unknown_key = "B".repeat(32);
    let ask = async |label: &str| -> (Answer, u64) {
        site.end_moves().await;
        site.sealed().await;
        let (written, before) = (calls.load(Ordering::Relaxed), looks.load(Ordering::Relaxed));
        let answer = stranger.post(PATH, json!({ "label": label })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(calls.load(Ordering::Relaxed), written, "nothing is written");
        (answer, looks.load(Ordering::Relaxed) - before)
    };
    for (unknown, others) in [
        (
            unknown_qr.as_str(),
            vec![site.qr(5), site.qr(6), site.qr(0)],
        ),
        (unknown_key.as_str(), vec![site.auth(5), site.auth(0)]),
        ("0000000000FF", vec![MAC.to_owned()]),
        (
            "nothing-of-this",
            vec!["Line-10".to_owned(), "line 1".to_owned()],
        ),
    ] {
        let (nothing, asked) = ask(unknown).await;
        assert_eq!(nothing.json()["labels"], json!([]));
        for other in others {
            let (answer, again) = ask(&other).await;
            assert_eq!(
                (&answer.text, &answer.headers, again),
                (&nothing.text, &nothing.headers, asked),
                "{other}"
            );
        }
    }
}
