use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{Answer, Ground, Person, Site, send};

const DEVICES: &str = "GET /devices";
const CLAIM: &str = "POST /static-tokens/claim";

/// A demo that was started with an empty file of faults.
async fn for_tests() -> Site {
    let ground = Ground::fresh().await;
    let file = ground.folder.path().join("faults.json");
    std::fs::write(&file, "\n").expect("a file");
    let mut config = ground.config(true);
    config.faults = Some(file);
    Site::with(ground, config).await
}

async fn switch(admin: &Person<'_>, rules: Value) -> Answer {
    let body = json!({ "seed": 1, "rules": rules });
    send(admin.request(Method::PUT, "/faults").json(&body)).await
}

async fn switched(admin: &Person<'_>, rules: Value) {
    let answer = switch(admin, rules).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn nothing_goes_wrong_on_demand_elsewhere() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    for (method, path) in [
        (Method::GET, "/faults"),
        (Method::GET, "/faults/recorded"),
        (Method::PUT, "/faults"),
    ] {
        let request = admin.request(method, path).json(&json!({"rules": []}));
        assert_eq!(send(request).await.outcome(), (404, "not_found".to_owned()));
    }
    assert_eq!(site.get("/api/info").await.json()["faults"], false);
}

#[tokio::test]
async fn only_those_at_the_top_switch() {
    let site = for_tests().await;
    assert_eq!(site.get("/api/info").await.json()["faults"], true);
    for (role, want) in [(Role::User, 403), (Role::Staff, 403), (Role::Admin, 200)] {
        let person = site.sign_in(role).await;
        assert_eq!(switch(&person, json!([])).await.status, want, "{role:?}");
        assert_eq!(person.get("/faults").await.status, want, "{role:?}");
        assert_eq!(
            person.get("/faults/recorded").await.status,
            want,
            "{role:?}"
        );
    }
}

#[tokio::test]
async fn a_rule_that_cannot_be_is_refused_and_what_was_stays() {
    let site = for_tests().await;
    let admin = site.sign_in(Role::Admin).await;
    switched(
        &admin,
        json!([{"fault": {"kind": "lost_answer"}, "endpoint": DEVICES}]),
    )
    .await;
    let refused = switch(
        &admin,
        json!([{"fault": {"kind": "lost_answer"}, "endpoint": "GET /device/"}]),
    )
    .await;
    assert_eq!(refused.outcome(), (400, "invalid_request".to_owned()));
    assert!(
        refused.text.contains("rule 1: this cloud has no endpoint"),
        "{refused:?}"
    );
    assert_eq!(
        refused.json()["error"]["attributes"]["problem"],
        "endpoint_unknown"
    );
    let now = admin.get("/faults").await.json();
    assert_eq!(now["faults"]["rules"][0]["fault"]["kind"], "lost_answer");
}

/// What a claim is answered: the status and the code, or the outcome.
async fn claim(person: &Person<'_>, qr: &str) -> (u16, String) {
    let answer = person.claim(qr).await;
    let json = answer.json();
    let outcome = json["outcome"].as_str().map(str::to_owned);
    (answer.status, outcome.unwrap_or_else(|| answer.code()))
}

#[tokio::test]
async fn what_is_wrong_about_an_endpoint_is_told_in_a_word() {
    let site = for_tests().await;
    let admin = site.sign_in(Role::Admin).await;
    for (endpoint, kind, want) in [
        ("GET /no/where", "lost_answer", json!("endpoint_unknown")),
        ("PUT /faults", "lost_answer", json!("endpoint_switches")),
        (DEVICES, "disconnect", json!("endpoint_misfit")),
    ] {
        let refused = switch(
            &admin,
            json!([{"fault": {"kind": kind}, "endpoint": endpoint}]),
        )
        .await;
        assert_eq!(refused.status, 400, "{endpoint}");
        let told = refused.json()["error"]["attributes"]["problem"].clone();
        assert_eq!(told, want, "{endpoint}");
    }
    let rules = json!([{"fault": {"kind": "lost_answer"}, "percent": 150}]);
    let refused = switch(&admin, rules).await;
    assert_eq!(
        refused.json()["error"]["attributes"]["problem"],
        Value::Null
    );
}

#[tokio::test]
async fn every_answer_of_the_claim_table_can_be_had() {
    let site = for_tests().await;
    let (admin, customer) = (
        site.sign_in(Role::Admin).await,
        site.sign_in(Role::User).await,
    );
    let mut label = 3;
    for (answer, status, what) in [
        ("pending_approval", 202, "pending_approval"),
        ("pending_presence", 202, "pending_presence"),
        ("device_limit", 403, "device_limit"),
        ("not_claimable", 404, "not_claimable"),
        ("idempotency_conflict", 409, "idempotency_conflict"),
        ("proof_required", 422, "proof_required"),
        ("rate_limited", 429, "rate_limited"),
    ] {
        let fault = json!({"kind": "claim", "answer": answer});
        switched(&admin, json!([{"next": 1, "fault": fault}])).await;
        let qr = site.qr(label);
        label += 1;
        assert_eq!(claim(&customer, &qr).await, (status, what.to_owned()));
        // It was not looked at, so it claims now.
        assert_eq!(
            claim(&customer, &qr).await,
            (201, "claimed".to_owned()),
            "{answer}"
        );
    }
    let fault = json!({"kind": "claim", "answer": "already_yours"});
    switched(&admin, json!([{"next": 1, "fault": fault}])).await;
    let qr = site.qr(label);
    let yours = (200, "already_yours".to_owned());
    assert_eq!(claim(&customer, &qr).await, yours);
    assert_eq!(claim(&customer, &qr).await, yours, "it is");
}

#[tokio::test]
async fn a_pretended_refusal_is_the_real_one_byte_for_byte() {
    let site = for_tests().await;
    let (admin, customer) = (
        site.sign_in(Role::Admin).await,
        site.sign_in(Role::User).await,
    );
    let unknown = format!("sqr_{}", "u".repeat(32));
    let real = customer.claim(&unknown).await;
    let fault = json!({"kind": "claim", "answer": "not_claimable"});
    switched(&admin, json!([{"fault": fault}])).await;
    let pretended = customer.claim(&site.qr(3)).await;
    assert_eq!((real.status, real.text), (pretended.status, pretended.text));
    let stranger = site.request(Method::POST, "/api/v1/organization/static-tokens/claim");
    let stranger = send(stranger.json(&json!({"token": site.qr(3)}))).await;
    assert_eq!(stranger.status, 401, "who is not signed in is told that");
}

#[tokio::test]
async fn what_is_lost_before_it_is_done_is_not_done_and_what_after_is() {
    let site = for_tests().await;
    let (admin, customer) = (
        site.sign_in(Role::Admin).await,
        site.sign_in(Role::User).await,
    );
    for (index, fault, after) in [
        (3, json!({"kind": "lost_request"}), "claimed"),
        (4, json!({"kind": "lost_answer"}), "already_yours"),
        (5, json!({"kind": "cut_off", "after": 20}), "already_yours"),
    ] {
        switched(
            &admin,
            json!([{"endpoint": CLAIM, "next": 1, "fault": fault}]),
        )
        .await;
        let body = json!({ "token": site.qr(index) });
        let sent = customer
            .request(Method::POST, "/static-tokens/claim")
            .json(&body);
        let arrived = match sent.send().await {
            Ok(answer) => answer.bytes().await.map(|body| body.len()),
            Err(error) => Err(error),
        };
        arrived.expect_err("the connection breaks");
        assert_eq!(claim(&customer, &site.qr(index)).await.1, after, "{fault}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_arrives_up_to_there() {
    let site = for_tests().await;
    let admin = site.sign_in(Role::Admin).await;
    let whole = admin.get("/devices").await.text;
    switched(
        &admin,
        json!([{"endpoint": DEVICES, "fault": {"kind": "cut_off", "after": 9}}]),
    )
    .await;
    let mut answer = admin
        .request(Method::GET, "/devices")
        .send()
        .await
        .expect("a header");
    assert_eq!(answer.content_length(), Some(whole.len() as u64));
    let piece = answer
        .chunk()
        .await
        .expect("some bytes")
        .expect("some bytes");
    assert_eq!(piece, whole.as_bytes()[..9]);
    answer.chunk().await.expect_err("the connection breaks");
}

#[tokio::test]
async fn a_status_says_how_long_to_wait_and_a_session_expires_once() {
    let site = for_tests().await;
    let admin = site.sign_in(Role::Admin).await;
    let busy = json!({"kind": "status", "status": 429, "retry_after": 5});
    let expired = json!({"kind": "session_expired"});
    switched(
        &admin,
        json!([{"next": 1, "fault": busy}, {"next": 1, "fault": expired}]),
    )
    .await;
    let answer = admin.get("/devices").await;
    assert_eq!(answer.outcome(), (429, "rate_limited".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("5"));
    let answer = admin.get("/devices").await;
    assert_eq!(answer.outcome(), (401, "unauthenticated".to_owned()));
    assert_eq!(admin.get("/devices").await.status, 200);
}

#[tokio::test]
async fn one_account_or_one_device_alone() {
    let site = for_tests().await;
    let (admin, customer) = (
        site.sign_in(Role::Admin).await,
        site.sign_in(Role::User).await,
    );
    let device = customer.claim(&site.qr(3)).await.json()["id"]
        .as_i64()
        .expect("a number");
    let other = customer.claim(&site.qr(4)).await.json()["id"]
        .as_i64()
        .expect("a number");
    let down = json!({"kind": "status", "status": 503});
    switched(
        &admin,
        json!([{"account": "Customer@greenfarm.example", "endpoint": DEVICES, "fault": down}]),
    )
    .await;
    assert_eq!(admin.get("/devices").await.status, 200);
    assert_eq!(customer.get("/devices").await.status, 503);
    switched(&admin, json!([{"device": device, "fault": down}])).await;
    for (id, want) in [(device, 503), (other, 200)] {
        let answer = customer.get(&format!("/device?deviceId={id}")).await;
        assert_eq!(answer.status, want, "by its number in the query");
        let set = json!({"deviceId": id, "pin": "V0", "value": "1"});
        let answer = customer
            .post("/device/release", json!({"deviceId": id}))
            .await;
        assert_eq!(answer.status == 503, want == 503, "in the body, {set}");
    }
    for (index, want) in [(3, 503), (4, 200)] {
        let path = format!(
            "/external/api/isHardwareConnected?token={}",
            site.auth(index)
        );
        assert_eq!(site.get(&path).await.status, want, "by its token");
    }
}

#[tokio::test]
async fn a_recorded_run_is_played_again() {
    let site = for_tests().await;
    let admin = site.sign_in(Role::Admin).await;
    let down = json!({"kind": "status", "status": 503});
    switched(
        &admin,
        json!([{"percent": 50, "endpoint": DEVICES, "fault": down}]),
    )
    .await;
    let mut first = Vec::new();
    for _ in 0..12 {
        first.push(admin.get("/devices").await.status);
    }
    assert!(first.contains(&503) && first.contains(&200), "{first:?}");
    let recorded = admin.get("/faults/recorded").await.json();
    let answer = send(admin.request(Method::PUT, "/faults").json(&recorded)).await;
    assert!(answer.json()["toPlay"].as_u64() > Some(0), "{answer:?}");
    let mut again = Vec::new();
    for _ in 0..12 {
        again.push(admin.get("/devices").await.status);
    }
    assert_eq!(first, again);
}

#[tokio::test]
async fn what_is_no_endpoint_meets_nothing_and_a_recording_can_be_had_under_any_rule() {
    let site = for_tests().await;
    let admin = site.sign_in(Role::Admin).await;
    let down = json!({"kind": "status", "status": 503});
    switched(&admin, json!([{ "fault": down }])).await;
    let invented = Method::from_bytes(b"BLAH").expect("a method");
    for method in [Method::HEAD, invented] {
        let answer = send(site.request(method, "/api/v1/organization/devices")).await;
        assert_ne!(answer.status, 503, "{answer:?}");
    }
    assert_eq!(site.get("/api/info").await.status, 200);
    assert_eq!(admin.get("/devices").await.status, 503);
    let recorded = admin.get("/faults/recorded").await;
    assert_eq!(recorded.status, 200, "{recorded:?}");
    assert_eq!(
        recorded.json()["recorded"].as_array().map(Vec::len),
        Some(1)
    );
    let played = send(admin.request(Method::PUT, "/faults").json(&recorded.json())).await;
    assert_eq!(played.status, 200, "{played:?}");
}

#[tokio::test]
async fn a_file_that_says_nothing_of_faults_starts_no_cloud() {
    let ground = Ground::on_sqlite();
    let file = ground.folder.path().join("faults.json");
    let mut config = ground.config(true);
    config.faults = Some(file.clone());
    for (text, words) in [
        (None, "cannot be read"),
        (Some("rules:"), "is not as it must be"),
        (
            Some(r#"{"rules": [{"fault": {"kind": "fire"}}]}"#),
            "unknown variant `fire`",
        ),
        (
            Some(r#"{"rules": [{"endpoint": "GET /x", "fault": {"kind": "lost_answer"}}]}"#),
            "rule 1: this cloud has no endpoint",
        ),
    ] {
        if let Some(text) = text {
            std::fs::write(&file, text).expect("a file");
        }
        let refused = ground
            .start_as(config.clone())
            .await
            .err()
            .expect("refused");
        assert!(refused.to_string().contains(words), "{refused}");
    }
}
