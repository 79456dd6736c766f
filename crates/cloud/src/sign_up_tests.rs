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
    assert_eq!(
        look["label"], "sqr_nothing",
        "whoever asks again without one ends the older link, and not what it has"
    );
    assert_eq!(site.count(kept).await, 1, "it is in one link alone");
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

/// The same the other way round: whoever asked for an account and is invited then.
#[tokio::test]
async fn a_label_goes_along_with_an_invitation_that_comes_after_a_sign_up() {
    let site = Site::demo().await;
    let (sign_up, _) = asked_with(&site, json!(site.qr(6)), 1).await;
    let admin = site.sign_in(Role::Admin).await;
    let invited = json!({ "email": EMAIL, "name": "Al", "roleId": 3 });
    let invited = admin.post("/users/invite", invited).await;
    assert_eq!(invited.status, 201, "{invited:?}");
    check_invitation(&site, &sign_up, 2).await;
    // Once more, and it is in the newest mail still.
    let again = format!("/users/invite/again?userId={}", invited.json()["id"]);
    assert_eq!(admin.post(&again, json!({})).await.status, 204);
    let secret = check_invitation(&site, &sign_up, 3).await;
    assert_eq!(follow(&site, &secret).await.status, 204);
    let kept = "SELECT COUNT(*) FROM one_time_links WHERE label_sealed IS NOT NULL";
    assert_eq!(site.count(kept).await, 0);
}

/// The link of the sign-up says that there is a newer mail, which is the invitation with the label. Gives its link.
async fn check_invitation(site: &Site, sign_up: &str, mails: usize) -> String {
    let look = site.post("/api/link", json!({ "code": sign_up })).await;
    let gone = (404, "link_invalid".to_owned());
    assert_eq!(look.outcome(), gone);
    assert_eq!(follow(site, sign_up).await.outcome(), gone);
    let secret = site.link(EMAIL, mails).await;
    let look = site.post("/api/link", json!({ "code": secret })).await;
    let look = look.json();
    assert_eq!(look["purpose"], "invitation", "{look}");
    assert_eq!(look["label"], site.qr(6));
    secret
}

/// Somebody whose address was an account elsewhere when they were invited, and who asks for one of their own once it is not.
#[tokio::test]
async fn a_sign_up_ends_with_an_invitation_that_was_held_aside() {
    let site = Site::demo().await;
    let (_, _, al) = site.client("Meadow", EMAIL).await;
    let (boss, _) = site.member(2, "boss@greenfarm.example", Role::Admin).await;
    let invited = json!({ "email": EMAIL, "name": "Al", "roleId": 3 });
    let invited = boss.post("/users/invite", invited).await.json();
    let admin = site.sign_in(Role::Admin).await;
    let left = admin.delete(&format!("/user?userId={al}")).await;
    assert_eq!(left.status, 204, "{left:?}");
    // Their own invitation and the word about the other came before.
    let register = json!({ "email": EMAIL, "label": site.qr(6) });
    assert_eq!(site.post(REGISTER, register).await.status, 204);
    let sign_up = site.link(EMAIL, 3).await;
    let again = format!("/users/invite/again?userId={}", invited["id"]);
    assert_eq!(boss.post(&again, json!({})).await.status, 204);
    let secret = check_invitation(&site, &sign_up, 4).await;
    assert_eq!(follow(&site, &secret).await.status, 204);
    let joined = site.sign_in_as(EMAIL, PASSWORD).await.expect("signed in");
    assert_eq!(joined.get("/profile").await.json()["name"], "Green Farm");
    assert_eq!(joined.claim(&site.qr(6)).await.status, 201);
}

/// As if from before the invitation took the place of the sign-up.
#[tokio::test]
async fn the_link_of_a_sign_up_that_is_an_invitation_by_now_says_that_there_is_a_newer_mail() {
    let site = Site::demo().await;
    let (secret, _) = asked_with(&site, Value::Null, 1).await;
    let admin = site.sign_in(Role::Admin).await;
    let invited = json!({ "email": "other@client.example", "name": "Al", "roleId": 3 });
    assert_eq!(admin.post("/users/invite", invited).await.status, 201);
    site.execute(
        "UPDATE users SET email = 'al@client.example' WHERE email = 'other@client.example'",
    )
    .await;
    let followed = follow(&site, &secret).await;
    assert_eq!(followed.outcome(), (404, "link_invalid".to_owned()));
}
