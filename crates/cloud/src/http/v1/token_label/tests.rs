//! A label outlives its device: who is shown it, who renews it, and what claims after that.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site};

fn path(token: &Value) -> String {
    format!("/static-tokens/label?tokenId={token}")
}

async fn renew(person: &Person<'_>, token: &Value) -> Answer {
    person
        .post("/static-tokens/label", json!({ "tokenId": token }))
        .await
}

fn text(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    let json = answer.json();
    let label = if json["label"].is_object() {
        &json["label"]
    } else {
        &json
    };
    label["text"].as_str().expect("a label").to_owned()
}

async fn batch(admin: &Person<'_>, secrets: &str) -> Vec<Value> {
    let body = json!({
        "templateId": "TMPLsoil00001", "name": secrets, "count": 2, "secrets": secrets
    });
    let id = admin.made_batch(body).await;
    let found = format!("/static-tokens/find?batchId={id}");
    let found = admin.get(&found).await.json();
    let tokens = found["content"].as_array().expect("a list");
    let tokens: Vec<Value> = tokens.iter().map(|token| token["id"].clone()).collect();
    if secrets == "once" {
        // Its labels leave by its export, and by nothing before it.
        let early = (403, "forbidden".to_owned());
        assert_eq!(admin.get(&path(&tokens[0])).await.outcome(), early);
        assert_eq!(renew(admin, &tokens[0]).await.outcome(), early);
        let export = format!("/static-tokens/batch/export?batchId={id}");
        assert_eq!(admin.get(&export).await.status, 200);
    }
    tokens
}

#[tokio::test]
async fn a_label_without_a_device_is_shown_and_renewed() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let admin = site.sign_in(Role::Admin).await;
    for (secrets, released) in [
        ("kept", true),
        ("kept", false),
        ("once", true),
        ("once", false),
    ] {
        let case = format!("{secrets}, released: {released}");
        let token = &batch(&admin, secrets).await[0];
        let first = text(&renew(&support, token).await);
        let claimed = customer.claim(&first).await;
        assert_eq!(claimed.status, 201, "{case} {claimed:?}");
        let device = claimed.json()["id"].clone();
        // Somebody has it: its label is theirs to replace.
        let held = renew(&support, token).await;
        assert_eq!(held.outcome(), (403, "forbidden".to_owned()), "{case}");

        let given = match released {
            true => {
                customer
                    .post("/device/release", json!({ "deviceId": device }))
                    .await
            }
            false => customer.delete(&format!("/device?deviceId={device}")).await,
        };
        let given = text(&given);
        let gone = support
            .get(&format!("/device/label?deviceId={device}"))
            .await;
        assert_eq!(gone.outcome(), (404, "not_found".to_owned()), "{case}");
        let shown = support.get(&path(token)).await;
        match secrets {
            "kept" => assert_eq!(text(&shown), given, "{case}"),
            _ => assert_eq!(shown.outcome(), (410, "secrets_gone".to_owned()), "{case}"),
        }
        let renewed = text(&renew(&support, token).await);
        for old in [&first, &given] {
            let answer = customer.claim(old).await;
            assert_eq!(
                answer.outcome(),
                (404, "not_claimable".to_owned()),
                "{case}"
            );
            let why = json!({ "label": old });
            let why = support.post("/static-tokens/why", why).await.json();
            assert_eq!(why["labels"][0]["tokenId"], *token, "{case}");
            assert_eq!(why["labels"][0]["obstacles"][0], "old_label", "{case}");
            assert_eq!(why["labels"][0]["once"], secrets == "once", "{case}");
        }
        let why = json!({ "label": given });
        let why = support.post("/static-tokens/why", why).await.json();
        assert_eq!(why["labels"][0]["replaced"]["kind"], "renew", "{case}");
        assert_eq!(customer.claim(&renewed).await.status, 201, "{case}");
    }
    for (rows, want) in [
        (
            "SELECT COUNT(*) FROM audit WHERE action = 'renew_label' AND org_id = 1 AND detail LIKE 'label %'",
            8,
        ),
        (
            "SELECT COUNT(*) FROM audit WHERE action = 'show_secrets' AND org_id = 1 AND detail LIKE 'label %'",
            2,
        ),
    ] {
        assert_eq!(site.count(rows).await, want, "{rows}");
    }
}

#[tokio::test]
async fn who_is_shown_a_label_and_which() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let admin = site.sign_in(Role::Admin).await;
    let (_, meadow, _) = site.client("Meadow", "m@meadow.example").await;
    let (other, _) = site.member(meadow, "s@meadow.example", Role::Staff).await;
    let tokens = batch(&admin, "kept").await;
    let revoked = json!({ "tokenIds": [tokens[1]] });
    assert_eq!(
        admin.post("/static-tokens/revoke", revoked).await.status,
        200
    );
    for (who, token, want) in [
        (&customer, &tokens[0], (403, "forbidden")),
        (&other, &tokens[0], (404, "not_found")),
        (&other, &json!(9_999), (404, "not_found")),
        (&support, &tokens[1], (409, "not_held")),
        (&support, &json!(9_999), (404, "not_found")),
        (&support, &tokens[0], (200, "-")),
    ] {
        let want = (want.0, want.1.to_owned());
        assert_eq!(who.get(&path(token)).await.outcome(), want, "{token}");
        assert_eq!(renew(who, token).await.outcome(), want, "{token}");
    }
    // What was tried out stays, and has the renewal in its history.
    let released = json!({ "deviceId": 1, "history": "keep" });
    assert_eq!(customer.post("/device/release", released).await.status, 200);
    let id = site
        .count("SELECT id FROM static_tokens WHERE device_id = 1")
        .await;
    let renewed = text(&renew(&support, &json!(id)).await);
    let moves = support.get("/device/moves?deviceId=1").await.json();
    assert_eq!(moves["content"][0]["kind"], "renew");
    assert_eq!(
        text(&support.get("/device/label?deviceId=1").await),
        renewed
    );
    assert_eq!(text(&support.get(&path(&json!(id))).await), renewed);
}

/// Whoever looks at a label by its number looks at its device's, where there is one: it stands in that one's audit, and where
/// the device is.
#[tokio::test]
async fn a_look_at_a_label_is_written_down_with_its_device() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let admin = site.sign_in(Role::Admin).await;
    let token = &batch(&admin, "kept").await[0];
    let looked = async || {
        text(&support.get(&path(token)).await);
        let rows = admin.get("/audit?action=show_secrets").await.json();
        let newest = rows["content"][0].clone();
        (
            newest["orgId"].clone(),
            newest["deviceId"].clone(),
            newest["detail"].clone(),
        )
    };
    let label = json!("label kept 1");
    assert_eq!(looked().await, (json!(1), Value::Null, label.clone()));
    let claimed = customer
        .claim(&text(&support.get(&path(token)).await))
        .await
        .json();
    let device = claimed["id"].clone();
    assert_eq!(looked().await, (json!(2), device.clone(), label.clone()));
    let released = json!({ "deviceId": device, "history": "keep" });
    assert_eq!(customer.post("/device/release", released).await.status, 200);
    assert_eq!(looked().await, (json!(1), device, label));
}

/// What is gone keeps its name in the audit, and nowhere else.
#[tokio::test]
async fn a_deleted_device_s_name_stays_in_the_audit() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let admin = site.sign_in(Role::Admin).await;
    let name = async |id: i64| {
        let device = customer.get(&format!("/device?deviceId={id}")).await;
        device.json()["name"].as_str().expect("a name").to_owned()
    };
    let newest = async |action: &str| {
        let rows = format!("/audit?action={action}");
        admin.get(&rows).await.json()["content"][0]["detail"].clone()
    };
    let first = name(1).await;
    assert_eq!(customer.delete("/device?deviceId=1").await.status, 200);
    assert_eq!(
        newest("delete_device").await,
        format!("called {first:?}, its token is unclaimed, with a new QR token")
    );
    let second = name(2).await;
    let released = json!({ "deviceId": 2 });
    assert_eq!(customer.post("/device/release", released).await.status, 200);
    assert_eq!(
        newest("release_device").await,
        format!("called {second:?}, history erased, with a new QR token")
    );
}

/// A revoked label has one reason why nobody is shown it.
#[tokio::test]
async fn a_revoked_label_says_one_thing() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let token = &batch(&admin, "kept").await[0];
    let revoked = json!({ "tokenIds": [token] });
    assert_eq!(
        admin.post("/static-tokens/revoke", revoked).await.status,
        200
    );
    for answer in [admin.get(&path(token)).await, renew(&admin, token).await] {
        assert_eq!(answer.outcome(), (409, "not_held".to_owned()));
        assert!(answer.text.contains("was taken out of use for good"));
        assert!(!answer.text.contains("Nobody has the device"));
    }
}

/// What is deleted after its label was revoked gets no other one, and nobody is told that it did.
#[tokio::test]
async fn a_revoked_label_stays_revoked_when_its_device_is_deleted() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let token = site
        .count("SELECT id FROM static_tokens WHERE device_id = 1")
        .await;
    let back = json!({ "deviceId": 1, "label": "renew", "history": "keep" });
    let back = admin.post("/static-tokens/unclaim", back).await;
    assert_eq!(back.status, 200, "{back:?}");
    let revoked = admin
        .post("/static-tokens/revoke", json!({ "tokenIds": [token] }))
        .await;
    assert_eq!(revoked.status, 200, "{revoked:?}");
    let deleted = admin.delete("/device?deviceId=1").await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    assert_eq!(deleted.json()["label"], Value::Null);
    let rows = admin.get("/audit?action=delete_device").await.json();
    let detail = rows["content"][0]["detail"].as_str().expect("a detail");
    assert!(detail.ends_with(", its label stays revoked"), "{detail}");
    let answer = admin.get(&path(&json!(token))).await;
    assert_eq!(answer.outcome(), (409, "not_held".to_owned()));
}
