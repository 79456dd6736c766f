use handover_wire::Role;
use serde_json::json;

use crate::testing::{Answer, Site};

const UNKNOWN_QR: &str = "sqr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const UNKNOWN_AUTH: &str = "AAAAAAAAAAAAAAAA-_AAAAAAAAAAAAAA";

#[tokio::test]
async fn every_form_of_a_label_claims() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for (index, text) in [
        (3, site.qr(3)),
        (4, format!("{}+1", site.qr(4))),
        (5, format!("https://elsewhere.example/claim#{}", site.qr(5))),
        (6, format!("handover://claim#{}", site.qr(6))),
        (7, site.auth(7)),
    ] {
        let answer = customer.claim(&text).await;
        assert_eq!(answer.status, 201, "token {index}: {answer:?}");
        let device = answer.json();
        assert_eq!(device["outcome"], "claimed");
        assert_eq!(device["name"], format!("Soil sensor {}", index + 1));
        assert_eq!(device["orgName"], "Green Farm");
        assert_eq!(device["state"], "never_connected");
        assert!(device.get("token").is_none(), "no credential in the answer");
        let again = customer.claim(&text).await;
        assert_eq!(again.status, 200, "token {index} again");
        assert_eq!(again.json()["outcome"], "already_yours");
        assert_eq!(again.json()["id"], device["id"]);
    }
    let devices = customer.get("/devices").await.json();
    assert_eq!(devices["totalElements"], 8);
    assert_eq!(
        site.count("SELECT COUNT(*) FROM audit WHERE action = 'claim'")
            .await,
        5
    );
}

/// A claim answers with a device that it has just made, and did not read.
#[tokio::test]
async fn the_answer_is_what_is_seen_afterwards() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let mut claimed = customer.claim(&site.qr(3)).await.json();
    let path = format!("/device?deviceId={}", claimed["id"]);
    let mut seen = customer.get(&path).await.json();
    // Each says something that the other has no words for.
    for field in [
        "outcome",
        "dataStreamValues",
        "metaFieldValues",
        "hasLabel",
        "mayTakeBack",
    ] {
        claimed.as_object_mut().expect("an object").remove(field);
        seen.as_object_mut().expect("an object").remove(field);
    }
    assert_eq!(claimed, seen);
}

/// How often the database was asked something while this was answered.
async fn counted(site: &Site, claim: impl Future<Output = Answer>) -> (Answer, u64) {
    let calls = || {
        let calls = &site.cloud.core().store.calls;
        calls.load(std::sync::atomic::Ordering::Relaxed)
    };
    let before = calls();
    let answer = claim.await;
    (answer, calls() - before)
}

/// Whatever is wrong with a label, the answer is the same, byte for byte and header for header, after as many store calls.
#[tokio::test]
async fn refusals_tell_a_guesser_nothing() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    assert_eq!(admin.claim(&site.qr(3)).await.status, 201);
    site.execute("UPDATE static_tokens SET revoked_at = 1 WHERE id = 5")
        .await;
    site.execute("UPDATE static_tokens SET first_claimed_at = 1 WHERE id = 6")
        .await;
    let customer = site.sign_in(Role::User).await;
    for (path, body) in [
        (
            "/device/release",
            json!({ "deviceId": 1, "history": "keep" }),
        ),
        (
            "/device/release",
            json!({ "deviceId": 2, "history": "erase" }),
        ),
        ("/device/transfer", json!({ "deviceId": 3, "newOrgId": 1 })),
    ] {
        let answer = admin.post(path, body).await;
        assert!([200, 204].contains(&answer.status), "{path}: {answer:?}");
    }
    // The first answer makes the row that counts labels which claim nothing.
    customer.claim(UNKNOWN_QR).await;
    // Each guess is answered with what is left of the account's own budget; in this time it is the same again.
    site.clock.pass_seconds(60);
    site.sealed().await;
    let (reference, calls) = counted(&site, customer.claim(UNKNOWN_QR)).await;
    assert_eq!(reference.outcome(), (404, "not_claimable".to_owned()));
    assert!(calls > 0);
    // A claim that says why goes by itself, and is refused as alike.
    let saying_why = async |text: &str| {
        site.clock.pass_seconds(60);
        let body = json!({ "token": text, "reason": "It is mine" });
        counted(&site, customer.post("/static-tokens/claim", body)).await
    };
    let (_, calls_why) = saying_why(UNKNOWN_QR).await;
    for (what, text) in [
        ("unknown auth token", UNKNOWN_AUTH.to_owned()),
        ("claimed elsewhere", site.qr(3)),
        ("claimed elsewhere, by auth token", site.auth(3)),
        ("revoked", site.qr(4)),
        ("revoked, by auth token", site.auth(4)),
        ("auth token of something that was owned", site.auth(5)),
        ("another organization's", format!("{}+2", site.qr(7))),
        ("no organization's", format!("{}+999", site.qr(7))),
        ("too short", site.qr(7)[..30].to_owned()),
        ("too long", format!("{}A", site.qr(7))),
        (
            "a link to nothing",
            "https://a.example/claim#sqr_x".to_owned(),
        ),
        ("1 MiB", "x".repeat(1024 * 1024)),
        ("released, by its old label", site.qr(0)),
        ("released, by auth token", site.auth(0)),
        ("released and erased, by its old label", site.qr(1)),
        ("released and erased, by auth token", site.auth(1)),
        ("moved to somebody else", site.qr(2)),
        ("moved to somebody else, by auth token", site.auth(2)),
    ] {
        site.clock.pass_seconds(60);
        let (answer, asked) = counted(&site, customer.claim(&text)).await;
        assert_eq!(asked, calls, "{what}");
        assert_eq!(answer.status, reference.status, "{what}");
        assert_eq!(answer.text, reference.text, "{what}");
        assert_eq!(answer.headers, reference.headers, "{what}");
        let (answer, asked) = saying_why(&text).await;
        assert_eq!(asked, calls_why, "{what}, with a reason");
        assert_eq!(answer.text, reference.text, "{what}, with a reason");
        assert_eq!(answer.headers, reference.headers, "{what}, with a reason");
    }
    // What was released is claimed with its QR token, and nothing above has used the others up.
    for index in [5, 7] {
        assert_eq!(customer.claim(&site.qr(index)).await.status, 201);
    }
}

#[tokio::test]
async fn an_identifier_alone_claims_nothing() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let reference = customer.claim("352656106118683").await;
    assert_eq!(reference.outcome(), (422, "proof_required".to_owned()));
    for text in [
        "4A:33:54:68:C9:F1",
        "AABBCCDDEEFF0011",
        "SN-0001",
        "352656106118683",
    ] {
        site.clock.pass_seconds(60);
        let answer = customer.claim(text).await;
        assert_eq!(answer.status, reference.status, "{text}");
        assert_eq!(answer.text, reference.text, "{text}");
        assert_eq!(answer.headers, reference.headers, "{text}");
    }
}

#[tokio::test]
async fn the_same_key_gives_the_first_answer_again() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let body = json!({ "token": site.qr(3) });
    let first = customer.claim_as("one", body.clone()).await;
    assert_eq!(first.status, 201);
    let id = first.json()["id"].clone();
    let renamed = customer
        .put(&format!("/device?deviceId={id}"), json!({ "name": "Shed" }))
        .await;
    assert_eq!(renamed.status, 200);
    let again = customer.claim_as("one", body.clone()).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.text, first.text);
    assert_eq!(again.headers, first.headers);
    let other = customer
        .claim_as("one", json!({ "token": site.qr(4) }))
        .await;
    assert_eq!(other.outcome(), (409, "idempotency_conflict".to_owned()));
    // Keys are the caller's own.
    let support = site.sign_in(Role::Staff).await;
    let theirs = support
        .claim_as("one", json!({ "token": site.qr(4) }))
        .await;
    assert_eq!(theirs.status, 201);
    for key in ["".to_owned(), "k".repeat(201)] {
        let answer = customer.claim_as(&key, body.clone()).await;
        assert_eq!(answer.outcome(), (400, "invalid_request".to_owned()));
    }
}

#[tokio::test]
async fn a_refusal_is_the_first_answer_too() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    site.execute("UPDATE static_tokens SET revoked_at = 1 WHERE id = 5")
        .await;
    for (key, text, want) in [
        ("one", site.qr(4), (404, "not_claimable")),
        ("two", "352656106118683".to_owned(), (422, "proof_required")),
    ] {
        let body = json!({ "token": text });
        let first = customer.claim_as(key, body.clone()).await;
        assert_eq!(first.outcome(), (want.0, want.1.to_owned()), "{key}");
        site.clock.pass_seconds(60);
        let keyless = customer.claim(&text).await;
        assert_eq!(keyless.text, first.text, "{key}");
        assert_eq!(keyless.headers, first.headers, "{key}");
        site.execute("UPDATE static_tokens SET revoked_at = NULL WHERE id = 5")
            .await;
        let again = customer.claim_as(key, body).await;
        assert_eq!(again.status, first.status, "{key}");
        assert_eq!(again.text, first.text, "{key}");
        assert_eq!(again.headers, first.headers, "{key}");
        let other = json!({ "token": site.qr(6) });
        let other = customer.claim_as(key, other).await;
        assert_eq!(other.outcome(), (409, "idempotency_conflict".to_owned()));
    }
    // With a new key it is a new claim.
    let body = json!({ "token": site.qr(4) });
    assert_eq!(customer.claim_as("three", body).await.status, 201);
    // A fault of the request itself uses no key up.
    let nobody = json!({ "token": site.qr(6), "userId": 999 });
    assert_eq!(customer.claim_as("four", nobody).await.status, 403);
    let body = json!({ "token": site.qr(6) });
    assert_eq!(customer.claim_as("four", body).await.status, 201);
}

#[tokio::test]
async fn repeats_at_the_same_time_make_one_device() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let body = json!({ "token": site.qr(3) });
    let repeats = (0..20).map(|_| customer.claim_as("one", body.clone()));
    let answers = join_all(repeats).await;
    for answer in &answers {
        assert_eq!(answer.status, 201);
        assert_eq!(answer.text, answers[0].text);
    }
    assert_eq!(customer.get("/devices").await.json()["totalElements"], 4);
}

#[tokio::test]
async fn of_two_who_claim_at_once_one_wins() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    for index in 3..12 {
        let text = site.qr(index);
        let (one, other) = tokio::join!(customer.claim(&text), support.claim(&text));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 404], "token {index}");
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM devices").await, 12);
}

#[tokio::test]
async fn support_claims_for_a_client() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    let me = customer.get("/user/profile").await.json()["id"].clone();
    let admin = site
        .sign_in(Role::Admin)
        .await
        .get("/user/profile")
        .await
        .json()["id"]
        .clone();
    let claim =
        |user: &serde_json::Value, index| json!({ "token": site.qr(index), "userId": user });
    let answer = support.post("/static-tokens/claim", claim(&me, 3)).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["orgName"], "Green Farm");
    assert_eq!(answer.json()["ownerUserId"], me);
    let traces =
        "SELECT COUNT(*) FROM audit WHERE action = 'claim' AND actor = 'user 2' AND user_id = 3";
    assert_eq!(site.count(traces).await, 1);
    for (who, user, want) in [
        (&support, json!(999), (404, "not_found")),
        (&customer, admin, (403, "forbidden")),
        (&customer, json!(999), (403, "forbidden")),
        (&customer, me, (201, "-")),
    ] {
        let answer = who.post("/static-tokens/claim", claim(&user, 4)).await;
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{user}");
    }
}

#[tokio::test]
async fn bodies_that_are_none() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for (body, want) in [
        ("", (400, "invalid_request")),
        ("{", (400, "invalid_request")),
        ("{}", (400, "invalid_request")),
        ("{\"token\":5}", (400, "invalid_request")),
        (
            "{\"token\":\"sqr_secret\",\"userId\":\"sqr_secret\"}",
            (400, "invalid_request"),
        ),
        (&"x".repeat(3 * 1024 * 1024), (413, "too_large")),
    ] {
        let request = customer.request(reqwest::Method::POST, "/static-tokens/claim");
        let answer = crate::testing::send(request.body(body.to_owned())).await;
        let start = body.get(..20).unwrap_or(body);
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{start}");
        assert!(
            !answer.text.contains("sqr_secret"),
            "a refusal repeats nothing"
        );
    }
}

async fn join_all(work: impl Iterator<Item = impl Future<Output = Answer>>) -> Vec<Answer> {
    let mut running: Vec<_> = work.map(Box::pin).collect();
    let mut answers = Vec::new();
    // All are polled together, as one task.
    std::future::poll_fn(|context| {
        running.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                answers.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if running.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    answers
}
