//! What happens too often is refused, and works again after the wait that the answer names.

use handover_wire::{OrgId, Role};
use reqwest::Method;
use serde_json::json;

use crate::service::requests;
use crate::testing::{Answer, Site, send};

const EMAIL: &str = "customer@greenfarm.example";

fn limited(answer: &Answer, seconds: &str) {
    assert_eq!(answer.outcome(), (429, "rate_limited".to_owned()));
    assert_eq!(answer.header("retry-after"), Some(seconds));
    let attributes = &answer.json()["error"]["attributes"];
    assert_eq!(attributes["retryAfter"], seconds);
}

/// Signs in to the console through a proxy on this machine, which says where from.
async fn sign_in(site: &Site, from: &str, password: &str) -> Answer {
    let request = site.request(Method::POST, "/api/session");
    let body = json!({ "email": EMAIL, "password": password });
    send(request.header("x-forwarded-for", from).json(&body)).await
}

#[tokio::test]
async fn passwords_are_not_guessed() {
    let site = Site::demo().await;
    let right = site.cloud.demo().expect("a demo").users[2].password.clone();
    for _ in 0..10 {
        assert_eq!(sign_in(&site, "192.0.2.1", "wrong").await.status, 401);
    }
    limited(&sign_in(&site, "192.0.2.1", "wrong").await, "60");
    limited(&sign_in(&site, "192.0.2.1", right.expose()).await, "60");
    let elsewhere = sign_in(&site, "192.0.2.2", right.expose()).await;
    assert_eq!(elsewhere.status, 200, "the owner is not locked out");
    site.clock.pass_seconds(60);
    for _ in 0..2 {
        let again = sign_in(&site, "192.0.2.1", right.expose()).await;
        assert_eq!(again.status, 200, "a right one does not count");
    }
    assert_eq!(sign_in(&site, "192.0.2.1", "wrong").await.status, 401);
    let form = [
        ("grant_type", "user_credentials"),
        ("username", EMAIL),
        ("password", "wrong"),
    ];
    let request = site.request(Method::POST, "/oauth2/token").form(&form);
    let app = send(request.header("x-forwarded-for", "192.0.2.1")).await;
    limited(&app, "60");
}

/// What an answer tells of limits: their name, how many there are, how many are left, and seconds until there is one more.
fn told(answer: &Answer) -> Option<(&str, &str)> {
    answer
        .header("ratelimit-policy")
        .zip(answer.header("ratelimit"))
}

#[tokio::test]
async fn every_sign_in_says_how_many_are_left() {
    let site = Site::demo().await;
    let right = site.cloud.demo().expect("a demo").users[2].password.clone();
    let policy = "\"sign-in\";q=10;w=600";
    let all = "\"sign-in\";r=10;t=0";
    let wrong = sign_in(&site, "192.0.2.1", "wrong").await;
    assert_eq!(told(&wrong), Some((policy, "\"sign-in\";r=9;t=60")));
    let right = sign_in(&site, "192.0.2.2", right.expose()).await;
    assert_eq!(told(&right), Some((policy, all)), "others do not show");
    for email in [EMAIL, "nobody@example.org"] {
        let form = [
            ("grant_type", "user_credentials"),
            ("username", email),
            ("password", "wrong"),
        ];
        let request = site.request(Method::POST, "/oauth2/token").form(&form);
        let app = send(request.header("x-forwarded-for", "192.0.2.3")).await;
        assert_eq!(
            told(&app),
            Some((policy, "\"sign-in\";r=9;t=60")),
            "{email}: nobody learns who has an account"
        );
    }
    for left in (0..=8).rev() {
        let wrong = sign_in(&site, "192.0.2.1", "wrong").await;
        let told = wrong.header("ratelimit").expect("told");
        assert!(
            told.starts_with(&format!("\"sign-in\";r={left};")),
            "{told}"
        );
    }
    let refused = sign_in(&site, "192.0.2.1", "wrong").await;
    assert_eq!(told(&refused), Some((policy, "\"sign-in\";r=0;t=60")));
}

#[tokio::test]
async fn every_mail_and_invitation_says_how_many_are_left() {
    let site = Site::demo().await;
    let body = json!({ "email": EMAIL });
    for (path, left) in [
        ("/api/password/forgot", 4),
        ("/api/v1/organization/users/register", 3),
    ] {
        let asked = site.post(path, body.clone()).await;
        let want = format!("\"mails\";r={left};t=1800");
        assert_eq!(
            told(&asked),
            Some(("\"mails\";q=5;w=9000", &*want)),
            "{path}"
        );
    }
    let admin = site.sign_in(Role::Admin).await;
    let nina = json!({ "email": "nina@client.example", "name": "Nina", "roleId": 3 });
    let policy = "\"invitations\";q=5;w=3000";
    let invited = admin.post("/users/invite", nina.clone()).await;
    assert_eq!(told(&invited), Some((policy, "\"invitations\";r=4;t=600")));
    let again = admin.post("/users/invite", nina).await;
    assert_eq!(again.status, 400);
    assert_eq!(told(&again), Some((policy, "\"invitations\";r=3;t=600")));
    let again = format!("/users/invite/again?userId={}", invited.json()["id"]);
    let resend = async || admin.post(&again, json!({})).await;
    let again = resend().await;
    assert_eq!(told(&again), Some((policy, "\"invitations\";r=2;t=600")));
    for _ in 0..2 {
        resend().await;
    }
    let refused = resend().await;
    limited(&refused, "600");
    assert_eq!(told(&refused), Some((policy, "\"invitations\";r=0;t=600")));
}

#[tokio::test]
async fn the_current_password_is_not_guessed_either() {
    let site = Site::demo().await;
    let right = site.cloud.demo().expect("a demo").users[2].password.clone();
    let customer = site.sign_in(Role::User).await;
    let change = async |current: &str| {
        let body = json!({ "current": current, "password": "correct horse" });
        let request = customer.request(Method::PUT, "/user/password");
        send(request.header("x-forwarded-for", "192.0.2.1").json(&body)).await
    };
    for _ in 0..9 {
        let refused = change("wrong").await;
        assert_eq!(refused.outcome(), (403, "wrong_credentials".to_owned()));
    }
    assert_eq!(sign_in(&site, "192.0.2.1", "wrong").await.status, 401);
    limited(&change(right.expose()).await, "60");
    limited(&sign_in(&site, "192.0.2.1", right.expose()).await, "60");
    site.clock.pass_seconds(60);
    assert_eq!(change(right.expose()).await.status, 204);
    let again = sign_in(&site, "192.0.2.1", "correct horse").await;
    assert_eq!(again.status, 200, "a right one does not count");
}

/// One customer of a network may have 65,536 of the halves that are counted by themselves.
#[tokio::test]
async fn a_whole_network_is_counted_too() {
    let site = Site::demo().await;
    for half in 0..8 {
        for _ in 0..10 {
            let from = format!("2001:db8:1:{half}::7");
            assert_eq!(sign_in(&site, &from, "wrong").await.status, 401, "{half}");
        }
    }
    limited(&sign_in(&site, "2001:db8:1:9::7", "wrong").await, "7");
    let elsewhere = sign_in(&site, "2001:db8:2:9::7", "wrong").await;
    assert_eq!(elsewhere.status, 401);
}

#[tokio::test]
async fn guesses_side_by_side_are_counted() {
    let site = Site::demo().await;
    let guesses = (0..30).map(|_| sign_in(&site, "192.0.2.1", "wrong"));
    let answers = futures_util::future::join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401);
    assert_eq!(looked_at.count(), 10);
}

#[tokio::test]
async fn nobody_s_inbox_is_flooded() {
    let site = Site::demo().await;
    let known = json!({ "email": EMAIL });
    let unknown = json!({ "email": "nobody@example.org" });
    let forgot =
        async |body: &serde_json::Value| site.post("/api/password/forgot", body.clone()).await;
    for _ in 0..5 {
        assert_eq!(forgot(&known).await.status, 204);
        assert_eq!(forgot(&unknown).await.status, 204);
    }
    limited(&forgot(&known).await, "1800");
    limited(&forgot(&unknown).await, "1800");
    let register = site
        .post("/api/v1/organization/users/register", known)
        .await;
    limited(&register, "1800");
}

#[tokio::test]
async fn nobody_uses_up_the_mails_of_somebody_else() {
    let site = Site::demo().await;
    let forgot = async |from: &str| {
        let request = site.request(Method::POST, "/api/password/forgot");
        let body = json!({ "email": EMAIL });
        send(request.header("x-forwarded-for", from).json(&body)).await
    };
    for _ in 0..5 {
        assert_eq!(forgot("192.0.2.1").await.status, 204);
    }
    limited(&forgot("192.0.2.1").await, "1800");
    let owner = forgot("192.0.2.2").await;
    assert_eq!(owner.status, 204, "the owner gets theirs: {owner:?}");
    assert_eq!(owner.header("ratelimit"), Some("\"mails\";r=4;t=1800"));
    // All the same an inbox is not flooded from everywhere.
    for from in 3..=16 {
        assert_eq!(forgot(&format!("192.0.2.{from}")).await.status, 204);
    }
    // Whoever is refused for what others did may do nothing now, whatever is left of their own.
    let refused = forgot("192.0.2.17").await;
    limited(&refused, "1800");
    assert_eq!(refused.header("ratelimit"), Some("\"mails\";r=0;t=1800"));
}

#[tokio::test]
async fn labels_are_not_guessed() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let guess = format!("sqr_{}", "A".repeat(32));
    let refused = customer.claim_as("k", json!({ "token": guess })).await;
    assert_eq!(refused.status, 404);
    // Another request under its key is refused, and tells what is left like any other.
    let other = customer.claim_as("k", json!({ "token": site.qr(5) })).await;
    assert_eq!(other.outcome(), (409, "idempotency_conflict".to_owned()));
    assert_eq!(other.header("ratelimit"), Some("\"claims\";r=99;t=10"));
    for _ in 0..99 {
        assert_eq!(customer.claim(&guess).await.status, 404);
    }
    limited(&customer.claim(&guess).await, "10");
    limited(&customer.claim(&site.qr(5)).await, "10");
    let again = customer.claim_as("k", json!({ "token": guess })).await;
    assert_eq!(again.text, refused.text, "the same key is no guess");
    let staff = site.sign_in(Role::Staff).await;
    let body = json!({ "token": site.qr(5), "userId": 3 });
    assert_eq!(staff.claim_as("s", body).await.status, 201, "others go on");
    site.clock.pass_seconds(10);
    assert_eq!(customer.claim(&site.qr(6)).await.status, 201);
    assert_eq!(
        customer.claim(&site.qr(7)).await.status,
        201,
        "what claims does not count"
    );
}

/// Makes so many requests of an organization, without asking for anything.
async fn make_requests(site: &Site, org: OrgId, how_many: u32) {
    for number in 0..how_many {
        let counted = requests::count(site.cloud.core(), org).await;
        assert_eq!(counted, Ok(()), "request {number}");
    }
}

#[tokio::test]
async fn an_organization_makes_as_many_requests_as_published() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let own = customer.get("/profile").await.json()["id"].as_i64();
    make_requests(
        &site,
        own.map(OrgId).expect("an id"),
        requests::A_MINUTE - 1,
    )
    .await;
    let refused = customer.get("/devices").await;
    limited(&refused, "3");
    let staff = site.sign_in(Role::Staff).await;
    assert_eq!(staff.get("/devices").await.status, 200, "others go on");
    site.clock.pass_seconds(3);
    assert_eq!(customer.get("/devices").await.status, 200);
}
