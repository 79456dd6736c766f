//! Devices that are claimed by what identifies them: with a claim code, support's word, or nothing.

use std::io::{Cursor, Read as _};
use std::sync::atomic::Ordering;

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site, send};

const TEMPLATE: &str = "TMPLsoil00001";
const MAC: &str = "4A335468C9F1";

/// A batch of two, the first with this identifier, once it is made.
async fn batch(person: &Person<'_>, kind: &str, first: &str, proof: &str) -> i64 {
    let identifiers = json!({ "kind": kind, "first": first, "proof": proof });
    let body =
        json!({ "templateId": TEMPLATE, "name": "Own", "count": 2, "identifiers": identifiers });
    person.made_batch(body).await
}

/// The claim codes of a batch, as its export has them.
pub async fn codes(person: &Person<'_>, batch: i64) -> Vec<String> {
    let target = format!("/static-tokens/batch/export?batchId={batch}&images=none");
    let sent = person.request(Method::GET, &target).send().await;
    let bytes = sent.expect("an answer").bytes().await.expect("the file");
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    let mut table = zip.by_index(0).expect("a table");
    table.read_to_string(&mut text).expect("text");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let rows = rows.records().map(|row| row.expect("a row")[3].to_owned());
    rows.collect()
}

pub async fn with_code(person: &Person<'_>, token: &str, code: &str) -> Answer {
    let body = json!({ "token": token, "claimCode": code });
    person.post("/static-tokens/claim", body).await
}

pub async fn ask(person: &Person<'_>, token: &str) -> Answer {
    let body = json!({ "token": token, "askApproval": true });
    person.post("/static-tokens/claim", body).await
}

pub async fn queue(person: &Person<'_>, state: &str) -> Vec<Value> {
    let target = format!("/static-tokens/approvals?state={state}");
    let found = person.get(&target).await;
    assert_eq!(found.status, 200, "{found:?}");
    found.json()["content"].as_array().expect("a list").clone()
}

pub async fn decide(person: &Person<'_>, step: &str, id: &Value) -> Answer {
    let body = json!({ "approvalId": id });
    person
        .post(&format!("/static-tokens/approvals/{step}"), body)
        .await
}

/// Waits until a running cloud has nothing to do by itself: whoever counts store calls would count those, too.
async fn quiet(site: &Site) {
    let told = crate::service::approvals::tell_due(site.cloud.core()).await;
    told.expect("the database");
    site.end_moves().await;
    site.sealed().await;
}

fn code(answer: &Answer) -> (u16, &str) {
    let known = [
        "not_claimable",
        "proof_required",
        "already_decided",
        "rate_limited",
    ];
    let found = known.into_iter().find(|code| answer.text.contains(code));
    (answer.status, found.unwrap_or("-"))
}

#[tokio::test]
async fn a_claim_code_claims_once() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = batch(&admin, "eui48", "4a:33:54:68:c9:f1", "claim_code").await;
    let made = admin
        .get(&format!("/static-tokens/batch?batchId={id}"))
        .await
        .json();
    assert_eq!(
        (&made["identifierKind"], &made["proof"]),
        (&json!("eui48"), &json!("claim_code"))
    );
    let codes = codes(&admin, id).await;
    assert_eq!(codes.len(), 2);
    assert_ne!(codes[0], codes[1]);
    let customer = site.sign_in(Role::User).await;
    let wrong = with_code(&customer, MAC, &codes[1]).await;
    assert_eq!(
        code(&wrong),
        (404, "not_claimable"),
        "of the device beside it"
    );
    let typed = codes[0].to_lowercase().replace('-', " ");
    let right = with_code(&customer, "4a-33-54-68-c9-f1", &typed).await;
    assert_eq!(right.status, 201, "{right:?}");
    assert_eq!(right.json()["orgName"], "Green Farm");
    let again = with_code(&customer, MAC, &codes[0]).await;
    assert_eq!(
        (again.status, &again.json()["outcome"]),
        (200, &json!("already_yours"))
    );
    // Whoever had it knows the code: for the next owner it is none.
    let release = json!({ "deviceId": right.json()["id"], "history": "keep" });
    assert_eq!(customer.post("/device/release", release).await.status, 200);
    assert_eq!(
        code(&with_code(&customer, MAC, &codes[0]).await),
        (404, "not_claimable")
    );
}

#[tokio::test]
async fn a_lorawan_label_carries_its_code() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = batch(&admin, "eui64", "AABBCCDDEEFF0011", "claim_code").await;
    let own = codes(&admin, id).await[0].replace('-', "");
    let label = |owner: &str| format!("LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:O{owner}");
    let customer = site.sign_in(Role::User).await;
    assert_eq!(
        code(&customer.claim(&label("00000000")).await),
        (404, "not_claimable")
    );
    assert_eq!(customer.claim(&label(&own)).await.status, 201);
}

#[tokio::test]
async fn a_lorawan_label_is_the_device_of_its_dev_eui_alone() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = batch(&admin, "serial", "A1000", "claim_code").await;
    let own = codes(&admin, id).await[0].replace('-', "");
    let customer = site.sign_in(Role::User).await;
    // Guesses at the serial number's code would be counted for whatever DevEUI somebody makes up.
    let label = format!("LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:O{own}:SA1000");
    assert_eq!(code(&customer.claim(&label).await), (404, "not_claimable"));
    // Support would be shown the one and give away the other.
    assert_eq!(ask(&customer, &label).await.status, 202);
    assert_eq!(queue(&admin, "pending").await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_identifier_is_the_same_however_it_is_written() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "Door-a10", "none").await;
    batch(&admin, "eui48", MAC, "none").await;
    batch(&admin, "eui64", "AABBCCDDEEFF0011", "none").await;
    let customer = site.sign_in(Role::User).await;
    // What a LoRaWAN label carries for other batches does not keep it from claiming where the number alone does.
    let lorawan = "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:O00000000";
    for token in ["door-A10", "MAC:4a:33:54:68:c9:f1", lorawan] {
        let claimed = customer.claim(token).await;
        assert_eq!(claimed.status, 201, "{token}: {claimed:?}");
    }
    // What is theirs already is not asked for.
    for token in ["DOOR-A10", "mac 4A335468C9F1", lorawan] {
        let asked = ask(&customer, token).await;
        let outcome = asked.json()["outcome"].clone();
        assert_eq!(
            (asked.status, outcome),
            (200, json!("already_yours")),
            "{token}"
        );
    }
}

/// What is typed in any case is told apart by more than that: within a table, against what there is, and by the database where
/// two ask at once. What differs in its case alone from before that stays as it is.
#[tokio::test]
async fn identifiers_differ_by_more_than_their_case() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "Door-a10", "none").await;
    let identifiers = json!({ "kind": "serial", "first": "DOOR-A11" });
    let twice =
        json!({ "templateId": TEMPLATE, "name": "Twice", "count": 1, "identifiers": identifiers });
    let refused = admin.post("/static-tokens/batches", twice.clone()).await;
    assert_eq!(refused.outcome(), (400, "invalid_request".to_owned()));
    let table = "SN\nLid-1\nlid-1\ndoor-A10\nlid-2\n";
    let target = format!(
        "/static-tokens/import?templateId={TEMPLATE}&identifierColumn=SN&identifierKind=serial&dryRun=true"
    );
    let request = admin.request(Method::POST, &target);
    let request = request.header("content-type", "text/csv").body(table);
    let report = send(request).await.json();
    let faults = report["faults"].as_array().expect("a list");
    let faults: Vec<_> = faults
        .iter()
        .map(|fault| (&fault["line"], &fault["problem"], &fault["value"]))
        .collect();
    assert_eq!(
        faults,
        [
            (&json!(3), &json!("double_in_file"), &json!("lid-1")),
            (&json!(4), &json!("double_in_cloud"), &json!("door-A10")),
        ]
    );
    // Nor may they be the same as another kind and of another template: one label would be that of two devices.
    let door = admin
        .post("/template", json!({ "name": "Door" }))
        .await
        .json();
    let kind = json!({ "kind": "pattern", "pattern": ".*", "first": "DOOR-A10" });
    let pattern = json!({ "templateId": door["templateId"], "name": "Pattern", "count": 1, "identifiers": kind });
    let other = admin.post("/static-tokens/batches", pattern).await;
    assert_eq!(other.outcome(), (400, "invalid_request".to_owned()));
    // As if from before: both stay, and neither is given again.
    batch(&admin, "serial", "Gate-a10", "none").await;
    site.execute("UPDATE static_tokens SET identifier = 'GATE-A10', sought = 'GATE-A10', case_twin = 1 WHERE identifier = 'Gate-a11'").await;
    let twins = "SELECT COUNT(*) FROM static_tokens WHERE sought = 'GATE-A10'";
    assert_eq!(site.count(twins).await, 2);
    let one_more = "INSERT INTO static_tokens (org_id, template_id, auth_digest, auth_sealed, qr_digest, qr_sealed, created_at, identifier_kind, identifier, sought)
         SELECT org_id, template_id, qr_digest, auth_sealed, auth_digest, qr_sealed, created_at, identifier_kind, 'gate-A10', sought
         FROM static_tokens WHERE identifier = 'GATE-A10'";
    let database = site.database().await;
    assert!(sqlx::query(one_more).execute(&database).await.is_err());
    database.close().await;
}

/// A serial number may be a MAC address, however it is written: a label with one would be that of two devices.
#[tokio::test]
async fn an_address_is_one_device_s_be_it_as_a_serial_number() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "eui48", MAC, "none").await;
    let door = json!({ "name": "Door" });
    let door = admin.post("/template", door).await.json()["templateId"].clone();
    let imported = async |kind: &str, table: &str| {
        let door = door.as_str().expect("an id");
        let target = format!(
            "/static-tokens/import?templateId={door}&name=Table&identifierColumn=N&identifierKind={kind}"
        );
        let request = admin.request(Method::POST, &target);
        let request = request.header("content-type", "text/csv");
        let report = send(request.body(format!("N\n{table}"))).await.json();
        report["faults"][0]["problem"].clone()
    };
    for written in [MAC, "4a:33:54:68:c9:f1", "4A33.5468.C9F1"] {
        let fault = imported("serial", written).await;
        assert_eq!(fault, "double_in_cloud", "{written}");
    }
    let twice = imported("serial", "4A-33-54-68-C9-FF\n4A:33:54:68:C9:FF\n").await;
    assert_eq!(twice, "double_in_file");
    // The other way round, and what only looks alike.
    assert_eq!(
        imported("serial", "1-11\n11-1\n4A:33:54:68:CA:00\n").await,
        Value::Null
    );
    while site
        .count("SELECT COUNT(*) FROM batches WHERE state = 'making'")
        .await
        > 0
    {
        tokio::task::yield_now().await;
    }
    assert_eq!(imported("eui48", "4A335468CA00").await, "double_in_cloud");
}

/// As if from before that was refused: nobody gets either of two devices by chance.
#[tokio::test]
async fn a_number_that_two_devices_have_claims_neither_by_itself() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "eui48", MAC, "none").await;
    batch(&admin, "serial", "SN-1", "none").await;
    site.execute(
        "UPDATE static_tokens SET identifier = '4A:33:54:68:C9:F1', sought = '4A:33:54:68:C9:F1',
                                  alike = '4A335468C9F1' WHERE identifier = 'SN-1'",
    )
    .await;
    let customer = site.sign_in(Role::User).await;
    // Either is that of both, however it is written.
    for written in ["4A:33:54:68:C9:F1", MAC, "4a-33-54-68-c9-f1"] {
        let both = customer.claim(written).await;
        assert_eq!(code(&both), (422, "proof_required"), "{written}");
    }
}

#[tokio::test]
async fn a_right_code_claims_also_beside_a_question() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let own = codes(&admin, batch(&admin, "eui48", MAC, "claim_code").await).await;
    let customer = site.sign_in(Role::User).await;
    let both = |code: &str| json!({ "token": MAC, "claimCode": code, "askApproval": true });
    let wrong = customer
        .post("/static-tokens/claim", both("0000-0000"))
        .await;
    assert_eq!(wrong.status, 202, "{wrong:?}");
    assert_eq!(
        wrong.header("ratelimit"),
        Some("\"claims\";r=4;t=600"),
        "a guess is one"
    );
    let right = customer.post("/static-tokens/claim", both(&own[0])).await;
    assert_eq!(right.status, 201, "{right:?}");
}

#[tokio::test]
async fn what_ended_is_told_and_forgotten_after_a_while() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(ask(&customer, "SN-unknown").await.status, 202);
    site.clock.pass_seconds(7 * 24 * 3_600);
    let told = crate::service::approvals::tell_due(site.cloud.core()).await;
    told.expect("the database");
    let event = "SELECT COUNT(*) FROM audit WHERE action = 'expire_claim' AND actor = 'cloud'";
    assert_eq!(site.count(event).await, 1);
    for (days, left) in [(80, 1), (20, 0)] {
        site.clock.pass_seconds(days * 24 * 3_600);
        let tidied = crate::start::tidy(site.cloud.core()).await;
        tidied.expect("the database");
        assert_eq!(
            site.count("SELECT COUNT(*) FROM approvals").await,
            left,
            "{days}"
        );
    }
}

#[tokio::test]
async fn what_a_colleague_has_is_not_approved() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "SN-10", "staff_approval").await;
    let (first, org, _) = site.client("Meadow", "m@meadow.example").await;
    let (second, _) = site.customer_of(org, "n@meadow.example").await;
    assert_eq!(ask(&first, "SN-10").await.status, 202);
    assert_eq!(ask(&second, "SN-10").await.status, 202);
    let waiting = queue(&admin, "pending").await;
    let approved = decide(&admin, "approve", &waiting[0]["id"]).await;
    assert_eq!(approved.status, 201, "{approved:?}");
    let other = decide(&admin, "approve", &waiting[1]["id"]).await;
    assert_eq!(other.status, 409, "{other:?}");
    assert_eq!(queue(&admin, "approved").await.len(), 1);
}

/// Whatever is wrong with a proof, the answer is the same, byte for byte and header for header, after as many store calls.
#[tokio::test]
async fn refusals_of_identifiers_tell_a_guesser_nothing() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let own = codes(&admin, batch(&admin, "eui48", MAC, "claim_code").await).await;
    batch(&admin, "serial", "SN-10", "staff_approval").await;
    batch(&admin, "serial", "C0:FF:EE:00:00:01", "claim_code").await;
    let gone = batch(&admin, "serial", "GONE-10", "claim_code").await;
    let lost = codes(&admin, gone).await;
    let revoke = json!({ "batchId": gone });
    assert_eq!(
        admin.post("/static-tokens/revoke", revoke).await.status,
        200
    );
    assert_eq!(with_code(&admin, MAC, &own[0]).await.status, 201);
    batch(&admin, "serial", "FREE-10", "none").await;
    assert_eq!(admin.claim("FREE-10").await.status, 201);

    let customer = site.sign_in(Role::User).await;
    let calls = || site.cloud.core().store.calls.load(Ordering::Relaxed);
    let codes: [(&str, &str, &str); 7] = [
        ("unknown", "0000000000FF", "0000-0000"),
        ("claimed elsewhere", MAC, &own[0]),
        ("wrong", "4A335468C9F2", "0000-0000"),
        ("no code at all", "4A335468C9F2", "guess"),
        ("wrong, and said otherwise", "c0ffee000001", "0000-0000"),
        ("approval is asked for there", "SN-10", "0000-0000"),
        ("revoked", "GONE-10", &lost[0]),
    ];
    let mut reference: Option<(Answer, u64)> = None;
    for (what, token, proof) in codes {
        // The first makes the rows that count; the account's own budget, which is told, is the same again after a while.
        site.clock.pass_seconds(6_000);
        let customer = site.sign_in(Role::User).await;
        with_code(&customer, token, proof).await;
        site.clock.pass_seconds(600);
        let customer = site.sign_in(Role::User).await;
        quiet(&site).await;
        let before = calls();
        let answer = with_code(&customer, token, proof).await;
        let asked = calls() - before;
        assert_eq!(code(&answer), (404, "not_claimable"), "{what}");
        let (first, first_asked) = reference.get_or_insert_with(|| {
            (
                Answer {
                    status: answer.status,
                    headers: answer.headers.clone(),
                    text: answer.text.clone(),
                },
                asked,
            )
        });
        assert_eq!(
            (&answer.text, &answer.headers),
            (&first.text, &first.headers),
            "{what}"
        );
        assert_eq!(asked, *first_asked, "{what}");
    }

    let mut reference: Option<(Answer, u64)> = None;
    for token in [
        "0000000000FF",
        MAC,
        "4A335468C9F2",
        "c0ffee000001",
        "SN-10",
        "SN-99",
        "FREE-10",
        "GONE-10",
    ] {
        customer.claim(token).await;
        site.clock.pass_seconds(600);
        let customer = site.sign_in(Role::User).await;
        quiet(&site).await;
        let before = calls();
        let answer = customer.claim(token).await;
        let asked = calls() - before;
        assert_eq!(code(&answer), (422, "proof_required"), "{token}");
        let (first, first_asked) = reference.get_or_insert_with(|| {
            (
                Answer {
                    status: answer.status,
                    headers: answer.headers.clone(),
                    text: answer.text.clone(),
                },
                asked,
            )
        });
        assert_eq!(
            (&answer.text, &answer.headers),
            (&first.text, &first.headers),
            "{token}"
        );
        assert_eq!(asked, *first_asked, "{token}");
    }

    let mut reference: Option<(String, u64)> = None;
    for token in [
        "0000000000FF",
        MAC,
        "4A335468C9F2",
        "c0ffee000001",
        "SN-10",
        "SN-99",
        "GONE-10",
    ] {
        site.clock.pass_seconds(3_600 * 10);
        let customer = site.sign_in(Role::User).await;
        if reference.is_none() {
            assert_eq!(ask(&customer, "another").await.status, 202);
            site.clock.pass_seconds(3_000);
        }
        quiet(&site).await;
        let before = calls();
        let answer = ask(&customer, token).await;
        let asked = calls() - before;
        assert_eq!(answer.status, 202, "{token}");
        let until = answer.json()["until"].to_string();
        let text = answer.text.replace(&until, "");
        let (first, first_asked) = reference.get_or_insert((text.clone(), asked));
        assert_eq!((&text, asked), (&*first, *first_asked), "{token}");
    }
}

#[tokio::test]
async fn where_no_proof_is_asked_for_an_identifier_claims_once() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "FREE-10", "none").await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(
        code(&customer.claim("FREE-12").await),
        (422, "proof_required")
    );
    let claimed = customer.claim("FREE-10").await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    assert_eq!(customer.claim("FREE-10").await.status, 200);
    assert_eq!(code(&admin.claim("FREE-10").await), (422, "proof_required"));
    let release = json!({ "deviceId": claimed.json()["id"], "history": "erase" });
    assert_eq!(customer.post("/device/release", release).await.status, 200);
    assert_eq!(
        code(&customer.claim("FREE-10").await),
        (422, "proof_required")
    );
    // Stricter limits: 20 at once, of which three are used up.
    for _ in 0..18 {
        assert_eq!(
            code(&customer.claim("FREE-99").await),
            (422, "proof_required")
        );
    }
    let limited = customer.claim("FREE-11").await;
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("60"))
    );
}

#[tokio::test]
async fn codes_are_not_guessed_and_nobody_is_locked_out() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let own = codes(&admin, batch(&admin, "eui48", MAC, "claim_code").await).await;
    let mut guessers = vec![
        site.sign_in(Role::Staff).await,
        site.sign_in(Role::Admin).await,
    ];
    for index in 0..2 {
        let (person, ..) = site
            .client(
                &format!("Guesser {index}"),
                &format!("g{index}@guess.example"),
            )
            .await;
        guessers.push(person);
    }
    for guesser in &guessers {
        for _ in 0..5 {
            assert_eq!(
                code(&with_code(guesser, MAC, "0000-0000").await),
                (404, "not_claimable")
            );
        }
        let limited = with_code(guesser, MAC, &own[0]).await;
        assert_eq!(
            (limited.status, limited.header("retry-after")),
            (429, Some("600")),
            "also a right one"
        );
    }
    let customer = site.sign_in(Role::User).await;
    let wrong = with_code(&customer, "4A:33:54:68:C9:F1", "0000-0000").await;
    assert_eq!(code(&wrong), (429, "rate_limited"), "20 for one identifier");
    let left = |answer: &Answer| answer.header("ratelimit").map(str::to_owned);
    let right = with_code(&customer, MAC, &own[0]).await;
    assert_eq!(right.status, 201, "strangers lock nobody out");
    assert_eq!(
        left(&right).as_deref(),
        Some("\"claims\";r=4;t=600"),
        "the wrong one counts, in the limit that is nearest"
    );
    assert_eq!(
        right.header("ratelimit-policy"),
        Some("\"claims\";q=5;w=3000")
    );
}

#[tokio::test]
async fn support_approves_once_and_in_time() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "SN-10", "staff_approval").await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(
        code(&with_code(&customer, "SN-10", "0000-0000").await),
        (404, "not_claimable")
    );
    let asked = ask(&customer, "SN-10").await;
    assert_eq!(
        (asked.status, &asked.json()["outcome"]),
        (202, &json!("pending_approval"))
    );
    site.clock.pass_seconds(60);
    let again = ask(&customer, " SN-10 ").await;
    assert_eq!(
        again.text, asked.text,
        "one that waits, however often it is asked for"
    );
    let (other, ..) = site.client("Neighbour", "next@door.example").await;
    assert_eq!(ask(&other, "SN-10").await.status, 202, "anybody may ask");

    assert_eq!(customer.get("/static-tokens/approvals").await.status, 403);
    let waiting = queue(&admin, "pending").await;
    assert_eq!(waiting.len(), 2);
    assert_eq!(waiting[0]["identifier"], "SN-10");
    assert_eq!(waiting[0]["orgName"], "Green Farm");
    assert_eq!(waiting[0]["label"], "Own 1");
    let mine = &waiting[0]["id"];
    let approve = json!({ "approvalId": mine, "reason": "They have the invoice" });
    let approved = admin.post("/static-tokens/approvals/approve", approve);
    let approved = approved.await;
    assert_eq!(approved.status, 201, "{approved:?}");
    assert_eq!(approved.json()["orgName"], "Green Farm");
    for (action, device) in [
        ("ask_approval", &Value::Null),
        ("approve_claim", &approved.json()["id"]),
        ("claim", &approved.json()["id"]),
    ] {
        let entry = admin
            .get(&format!("/audit?action={action}&sort=oldest"))
            .await
            .json();
        let entry = &entry["content"][0];
        let detail = if action == "claim" {
            "by approval"
        } else {
            "SN-10"
        };
        assert_eq!(
            (&entry["deviceId"], &entry["detail"]),
            (device, &json!(detail)),
            "{action}"
        );
        // Whoever asked gave none.
        let why = (action != "ask_approval").then_some("They have the invoice");
        assert_eq!(entry["reason"].as_str(), why, "{action}");
    }
    assert_eq!(
        code(&decide(&admin, "approve", mine).await),
        (409, "already_decided")
    );
    assert_eq!(
        code(&decide(&admin, "refuse", mine).await),
        (409, "already_decided")
    );
    let left = queue(&admin, "pending").await;
    assert_eq!((left.len(), &left[0]["taken"]), (1, &json!(true)));
    assert_eq!(
        code(&decide(&admin, "approve", &left[0]["id"]).await),
        (409, "not_claimable")
    );
    let refused = json!({ "approvalId": left[0]["id"], "reason": "Not yours" });
    assert_eq!(
        admin
            .post("/static-tokens/approvals/refuse", refused)
            .await
            .status,
        204
    );
    let told = site.mails("next@door.example").await;
    assert!(
        told[0]["text"]
            .as_str()
            .expect("text")
            .contains("Not yours"),
        "{told:?}"
    );
    for action in ["ask_approval", "approve_claim", "refuse_claim"] {
        let entries = admin.get(&format!("/audit?action={action}")).await.json();
        assert_ne!(entries["totalElements"], 0, "{action}");
    }
    let refused = admin.get("/audit?action=refuse_claim").await.json();
    let refused = &refused["content"][0];
    assert_eq!(refused["detail"], left[0]["identifier"], "{refused}");
    assert_eq!(refused["reason"], "Not yours", "{refused}");
    assert_eq!(customer.get("/devices").await.json()["totalElements"], 4);
    // Whoever asked is told that it was approved, once that cannot be undone any more.
    site.clock.pass_seconds(601);
    site.end_moves().await;
    let told = site.mails("customer@greenfarm.example").await;
    let told = told[0]["text"].as_str().expect("a text");
    assert!(told.contains("has approved it"), "{told}");
    assert!(!told.contains("If you did not ask"), "{told}");
}

#[tokio::test]
async fn support_is_told_once_and_nobody_waits_forever() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let me = admin.get("/user/profile").await.json()["email"].clone();
    let me = me.as_str().expect("an address");
    batch(&admin, "serial", "SN-10", "staff_approval").await;
    let customer = site.sign_in(Role::User).await;
    for token in ["SN-10", "SN-11", "SN-unknown"] {
        assert_eq!(ask(&customer, token).await.status, 202);
    }
    crate::service::approvals::tell_due(site.cloud.core())
        .await
        .expect("the database");
    assert_eq!(site.mails(me).await.len(), 1, "once in a while");
    assert_eq!(
        queue(&admin, "pending").await.len(),
        2,
        "what nothing has is nobody's business"
    );
    let id = queue(&admin, "pending").await[0]["id"].clone();
    site.clock.pass_seconds(7 * 24 * 3_600);
    let admin = site.sign_in(Role::Admin).await;
    assert_eq!(queue(&admin, "pending").await.len(), 0);
    assert_eq!(
        code(&decide(&admin, "approve", &id).await),
        (409, "already_decided")
    );
    crate::service::approvals::tell_due(site.cloud.core())
        .await
        .expect("the database");
    assert_eq!(queue(&admin, "expired").await.len(), 2);
    let told = site.mails("customer@greenfarm.example").await;
    assert_eq!(told.len(), 3, "also of what nothing has");
}

#[tokio::test]
async fn support_is_not_flooded() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for index in 0..10 {
        let asked = ask(&customer, &format!("SN-{index}")).await;
        assert_eq!(asked.status, 202);
    }
    for _ in 0..3 {
        let limited = ask(&customer, "SN-10").await;
        let wait = limited.header("retry-after");
        assert_eq!((limited.status, wait), (429, Some("3600")));
    }
    let guess = customer.claim("sqr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    let left = guess.header("ratelimit");
    assert_eq!(
        left,
        Some("\"claims\";r=99;t=10"),
        "what was refused is no guess"
    );
}

#[tokio::test]
async fn identifiers_of_a_batch_are_checked() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    batch(&admin, "serial", "SN-10", "claim_code").await;
    for (kind, pattern, first, field) in [
        ("serial", None, "SN-11", "identifiers.first"),
        ("serial", None, "SN-9", "identifiers.first"),
        ("eui48", None, "SN-20", "identifiers.first"),
        ("imei", None, "490154203237519", "identifiers.first"),
        ("pattern", None, "GF-01", "identifiers.pattern"),
        ("pattern", Some("("), "GF-01", "identifiers.pattern"),
        ("pattern", Some("GF-[0-9]{2}"), "XX-01", "identifiers.first"),
        ("serial", Some("GF"), "GF", "identifiers.pattern"),
    ] {
        let identifiers = json!({ "kind": kind, "pattern": pattern, "first": first });
        let body = json!({ "templateId": TEMPLATE, "name": "Own", "count": 2, "identifiers": identifiers });
        let answer = admin.post("/static-tokens/batches", body).await;
        assert_eq!(answer.status, 400, "{kind} {first}");
        assert_eq!(
            answer.json()["error"]["attributes"]["field"],
            field,
            "{kind} {first}"
        );
    }
    // What comes after the maker's block is somebody else's.
    let identifiers = json!({ "kind": "eui48", "first": "4A3354FFFFFF" });
    let body =
        json!({ "templateId": TEMPLATE, "name": "Own", "count": 2, "identifiers": identifiers });
    let beyond = admin.post("/static-tokens/batches", body).await;
    let error = beyond.json()["error"].clone();
    assert_eq!(beyond.status, 400, "{beyond:?}");
    assert_eq!(
        (&error["attributes"]["field"], &error["attributes"]["left"]),
        (&json!("identifiers.first"), &json!("1"))
    );
    let identifiers = json!({ "kind": "pattern", "pattern": "GF-[0-9]{2}", "first": "GF-01" });
    let body =
        json!({ "templateId": TEMPLATE, "name": "Own", "count": 2, "identifiers": identifiers });
    let made = admin.post("/static-tokens/batches", body).await;
    assert_eq!(made.json()["identifierPattern"], "GF-[0-9]{2}");
}

#[tokio::test]
async fn the_claim_code_of_a_renewed_label_claims_nothing() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = batch(&admin, "serial", "A1000", "claim_code").await;
    let before = codes(&admin, id).await[0].clone();
    let first = "SELECT MIN(id) FROM static_tokens WHERE batch_id IS NOT NULL";
    let token = site.count(first).await;
    let renewed = json!({ "tokenId": token });
    let renewed = admin.post("/static-tokens/label", renewed).await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
    let customer = site.sign_in(Role::User).await;
    let old = with_code(&customer, "A1000", &before).await;
    assert_eq!(code(&old), (404, "not_claimable"));
    let label = renewed.json()["text"].as_str().expect("a label").to_owned();
    assert_eq!(customer.claim(&label).await.status, 201);
}
