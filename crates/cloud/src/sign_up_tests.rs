//! A label that somebody has in hand who asks for an account: it comes back with the mailed link, wherever that is opened.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Answer, Site};

const REGISTER: &str = "/api/v1/organization/users/register";
const EMAIL: &str = "al@client.example";
const PASSWORD: &str = "correct horse";

async fn follow(site: &Site, secret: &str) -> Answer {
    let follow = json!({ "code": secret, "password": PASSWORD, "name": "Al" });
    site.post("/api/link/follow", follow).await
}

/// Mails whoever has this address, and gives what the newest link says of itself.
async fn asked_with(site: &Site, label: Value, mails: usize) -> (String, Value) {
    // So many mails to one address have their time.
    site.clock.pass_seconds(3_600);
    let register = json!({ "email": EMAIL, "label": label });
    assert_eq!(site.post(REGISTER, register).await.status, 204);
    let secret = site.link(EMAIL, mails).await;
    let look = site.post("/api/link", json!({ "code": secret })).await;
    (secret, look.json())
}

/// The mail may be opened in another browser or on another device, where nothing is known of the label.
#[tokio::test]
async fn a_label_in_hand_goes_along_with_a_sign_up() {
    let site = Site::demo().await;
    let kept = "SELECT COUNT(*) FROM one_time_links WHERE label_sealed IS NOT NULL";
    for (mails, label) in [(1, json!(site.qr(6))), (2, json!("sqr_nothing"))] {
        let (_, look) = asked_with(&site, label.clone(), mails).await;
        assert_eq!(look["label"], label, "known or not, nothing is looked up");
    }
    let (secret, look) = asked_with(&site, json!(" "), 3).await;
    assert_eq!(look["label"], Value::Null);
    assert_eq!(site.count(kept).await, 0, "it went with its link");
    assert_eq!(
        asked_with(&site, json!(site.qr(6)), 4).await.1["label"],
        site.qr(6)
    );
    let gone = site.post("/api/link", json!({ "code": secret })).await;
    assert_eq!(gone.outcome(), (404, "link_invalid".to_owned()));
    let (secret, look) = asked_with(&site, json!(site.qr(6)), 5).await;
    let database = site.database().await;
    let sealed = "SELECT label_sealed FROM one_time_links WHERE label_sealed IS NOT NULL";
    let sealed: Vec<Vec<u8>> = sqlx::query_scalar(sealed)
        .fetch_all(&database)
        .await
        .expect("one is kept");
    database.close().await;
    assert_eq!(sealed.len(), 1);
    assert!(!String::from_utf8_lossy(&sealed[0]).contains("sqr_"));
    let followed = follow(&site, &secret).await;
    assert_eq!(followed.status, 204);
    assert_eq!(site.count(kept).await, 0, "a used link has none");
    let al = site.sign_in_as(EMAIL, PASSWORD).await.expect("signed in");
    let label = look["label"].as_str().expect("the label");
    assert_eq!(al.claim(label).await.status, 201);
}

#[tokio::test]
async fn a_label_that_is_no_label_s_length_is_refused_before_any_mail() {
    let site = Site::demo().await;
    let long = json!({ "email": EMAIL, "label": "x".repeat(1_001) });
    let refused = site.post(REGISTER, long).await;
    let field = refused.json()["error"]["attributes"]["field"].clone();
    assert_eq!((refused.status, field), (400, json!("label")));
    assert!(site.mails(EMAIL).await.is_empty());
}

/// Somebody who was invited and asks for an account gets the invitation again, and their label with it.
#[tokio::test]
async fn a_label_goes_along_with_an_invitation_that_is_asked_for_again() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let invited = json!({ "email": EMAIL, "name": "Al", "roleId": 3 });
    assert_eq!(admin.post("/users/invite", invited).await.status, 201);
    let (secret, look) = asked_with(&site, json!(site.qr(6)), 2).await;
    assert_eq!(look["purpose"], "invitation");
    assert_eq!(look["label"], site.qr(6));
    assert_eq!(follow(&site, &secret).await.status, 204);
}
