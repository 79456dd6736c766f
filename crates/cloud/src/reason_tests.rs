//! Why somebody did something: kept in the audit when the device's own history is gone, and read by those alone who reach the
//! organization of whoever gave it.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::audit_tests::take_triggers_away;
use crate::service::{approvals, audit};
use crate::testing::{Ground, Person, Site};

/// What is told about a device, each action with its reason, the oldest first.
async fn told(person: &Person<'_>, device: i64) -> Vec<(String, Option<String>)> {
    let list = format!("/audit?deviceId={device}&sort=oldest");
    let list = person.get(&list).await;
    assert_eq!(list.status, 200, "{list:?}");
    let list = list.json();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let row = |entry: &Value| {
        let action = text(&entry["action"]).expect("an action");
        (action, text(&entry["reason"]))
    };
    let content = list["content"].as_array().expect("a list");
    content.iter().map(row).collect()
}

/// The same as a test writes it down.
fn rows(rows: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    let row =
        |&(action, reason): &(&str, Option<&str>)| (action.to_owned(), reason.map(str::to_owned));
    rows.iter().map(row).collect()
}

async fn fault(site: &Site) -> Option<handover_wire::AuditFault> {
    let core = site.cloud.core();
    audit::seal(core).await.expect("sealed");
    let checked = audit::check(&core.store, &core.keys, None).await;
    checked.expect("checked").fault
}

/// Does something to a device that gives a reason.
async fn does(person: &Person<'_>, path: &str, device: i64, rest: Value, reason: &str) {
    let mut body = rest;
    body["deviceId"] = json!(device);
    body["reason"] = json!(reason);
    let done = person.post(path, body).await;
    assert!([200, 204].contains(&done.status), "{path}: {done:?}");
}

#[tokio::test]
async fn a_reason_outlives_the_device_s_history_and_is_for_those_who_reach_its_giver() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, ..) = site.client("One", "one@example.com").await;
    let (_, org, _) = site.client("Other", "other@example.com").await;
    let (theirs, _) = site.member(org, "staff@example.com", Role::Staff).await;
    let claimed = one.claim(&site.qr(5)).await.json();
    let id = claimed["id"].as_i64().expect("a number");
    let to = json!({ "newOrgId": org });
    does(&admin, "/device/transfer", id, to.clone(), "sold").await;
    does(&admin, "/device/undo", id, json!({}), "too early").await;
    does(&admin, "/device/transfer", id, to, "sold again").await;
    site.clock.pass_seconds(601);
    site.end_moves().await;
    // Where it came to, they are told that it did, and not in whose words.
    assert_eq!(
        told(&theirs, id).await,
        rows(&[
            ("receive_device", None),
            ("undo", None),
            ("receive_device", None)
        ])
    );
    let erased = json!({ "history": "erase" });
    does(&theirs, "/device/release", id, erased, "broken").await;
    let moves = admin.get(&format!("/device/moves?deviceId={id}")).await;
    assert_eq!(moves.status, 404, "its own history is gone with it");
    let release = ("release_device".to_owned(), Some("broken".to_owned()));
    assert_eq!(told(&theirs, id).await.last(), Some(&release));
    assert_eq!(
        told(&admin, id).await,
        rows(&[
            ("claim", None),
            ("transfer_device", Some("sold")),
            ("receive_device", Some("sold")),
            ("undo", Some("too early")),
            ("receive_device", Some("too early")),
            ("transfer_device", Some("sold again")),
            ("receive_device", Some("sold again")),
            ("release_device", Some("broken")),
        ])
    );
    let file = format!("/audit/export?deviceId={id}");
    for format in ["csv", "jsonl"] {
        let file = format!("{file}&format={format}");
        let theirs = theirs.get(&file).await;
        assert!(theirs.text.contains("receive_device"), "{}", theirs.text);
        assert!(theirs.text.contains("broken"), "{}", theirs.text);
        assert!(!theirs.text.contains("sold"), "{}", theirs.text);
        let admins = admin.get(&file).await;
        assert!(admins.text.contains("sold again"), "{}", admins.text);
    }
    assert_eq!(fault(&site).await, None);
}

#[tokio::test]
async fn a_machine_s_reason_is_read_where_the_machine_is() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (one, org, _) = site.client("One", "one@example.com").await;
    let (theirs, _) = site.member(org, "staff@example.com", Role::Staff).await;
    let claimed = one.claim(&site.qr(5)).await.json();
    let id = claimed["id"].as_i64().expect("a number");
    let machine = site.machine("Books").await;
    let taken = json!({ "history": "erase", "label": "keep" });
    does(&machine, "/static-tokens/unclaim", id, taken, "unpaid").await;
    assert_eq!(
        told(&theirs, id).await,
        rows(&[("claim", None), ("disclaim", None)])
    );
    let (disclaim, unpaid) = ("disclaim", Some("unpaid"));
    assert_eq!(
        told(&admin, id).await,
        rows(&[
            ("claim", None),
            (disclaim, unpaid),
            ("receive_device", unpaid)
        ])
    );
    // The audit and the device's history name the same: a machine where it is, and nobody to those below.
    let moves = format!("/device/moves?deviceId={id}");
    assert_eq!(admin.get(&moves).await.json()["content"][0]["by"], "Books");
    let who = async |person: &Person<'_>| {
        let list = format!("/audit?deviceId={id}&action=disclaim");
        person.get(&list).await.json()["content"][0]["actor"]["name"].clone()
    };
    assert_eq!(who(&admin).await, "Books");
    assert_eq!(who(&theirs).await, Value::Null);
}

#[tokio::test]
async fn the_audit_and_the_history_name_the_same_people() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let (theirs, _) = site.member(2, "s@greenfarm.example", Role::Staff).await;
    let body = json!({ "token": site.qr(5), "userId": 3 });
    let device = support.post("/static-tokens/claim", body).await.json()["id"].clone();
    let moves = format!("/device/moves?deviceId={device}");
    let audit = format!("/audit?deviceId={device}&action=claim");
    let named = async |person: &Person<'_>| {
        let audit = person.get(&audit).await.json()["content"][0].clone();
        let by = person.get(&moves).await.json()["content"][0]["by"].clone();
        assert_eq!(audit["actor"]["id"], 2, "a number, whoever reads it");
        (audit["actor"]["name"].clone(), by)
    };
    assert_eq!(
        named(&support).await,
        (json!("Sam Reed"), json!("Sam Reed"))
    );
    assert_eq!(named(&theirs).await, (Value::Null, Value::Null));
}

/// The reasons that are told of one action, the newest first.
async fn reasons(person: &Person<'_>, action: &str) -> Vec<Value> {
    let list = person.get(&format!("/audit?action={action}")).await.json();
    let content = list["content"].as_array().expect("a list");
    content
        .iter()
        .map(|entry| entry["reason"].clone())
        .collect()
}

#[tokio::test]
async fn whatever_is_done_for_others_can_say_why() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (_, org, person) = site.client("One", "one@example.com").await;
    let (theirs, _) = site.member(org, "staff@example.com", Role::Staff).await;
    let claim = json!({ "token": site.qr(5), "userId": person, "reason": " order 4711 " });
    let claimed = admin.claim_as("first", claim.clone()).await;
    assert_eq!(claimed.status, 201, "{claimed:?}");
    // Why is no part of what is claimed: the key has its answer, also where another reason comes with it.
    let mut again = claim;
    again["reason"] = json!("order 4712");
    let again = admin.claim_as("first", again).await;
    assert_eq!(again.outcome(), claimed.outcome());
    let id = claimed.json()["id"].clone();
    let moves = format!("/device/moves?deviceId={id}");
    let why = |moves: Value| moves["content"][0]["reason"].clone();
    assert_eq!(why(admin.get(&moves).await.json()), "order 4711");
    assert_eq!(why(theirs.get(&moves).await.json()), Value::Null);

    let batch = json!({ "templateId": "TMPLsoil00001", "name": "Own", "count": 4 });
    let batch = admin.made_batch(batch).await;
    let tokens = format!("/static-tokens/find?batchId={batch}");
    let token = admin.get(&tokens).await.json()["content"][0]["id"].clone();
    for body in [
        json!({ "tokenIds": [token], "reason": "smudged" }),
        json!({ "batchId": batch, "reason": "misprinted" }),
    ] {
        let revoked = admin.post("/static-tokens/revoke", body).await;
        assert_eq!(revoked.status, 200, "{revoked:?}");
    }
    let gone = format!("/device?deviceId={id}&key=one&reason=stolen%20goods");
    let deleted = admin.delete(&gone).await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    assert_eq!(admin.delete(&gone).await.text, deleted.text, "by its key");
    for (action, want) in [
        ("claim", json!(["order 4711"])),
        ("revoke_tokens", json!(["misprinted", "smudged"])),
        ("delete_device", json!(["stolen goods"])),
    ] {
        assert_eq!(json!(reasons(&admin, action).await), want, "{action}");
    }
    assert_eq!(reasons(&theirs, "delete_device").await, [Value::Null]);
    assert_eq!(fault(&site).await, None);
}

#[tokio::test]
async fn whoever_decides_reads_why_somebody_asks() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    let identifiers = json!({ "kind": "serial", "first": "SN-10", "proof": "staff_approval" });
    admin
        .made_batch(json!({
            "templateId": "TMPLsoil00001", "name": "Own", "count": 2, "identifiers": identifiers,
        }))
        .await;
    let ask = async |device: &str, why: Option<&str>| {
        let mut body = json!({ "token": device, "askApproval": true });
        body["reason"] = json!(why);
        let asked = customer.post("/static-tokens/claim", body).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        asked.text
    };
    let told = async |admin: &Person<'_>| {
        let waiting = admin.get("/static-tokens/approvals").await.json();
        waiting["content"][0]["askReason"].clone()
    };
    let silent = ask("SN-10", None).await;
    assert_eq!(told(&admin).await, Value::Null);
    assert_eq!(ask("SN-10", Some(" It fell off ")).await, silent);
    assert_eq!(told(&admin).await, "It fell off");
    ask("SN-10", None).await;
    assert_eq!(told(&admin).await, "It fell off", "what was said stays");
    ask("SN-10", Some("It burnt")).await;
    assert_eq!(told(&admin).await, "It burnt", "what was said last");
    let why = json!({ "label": "SN-10" });
    let why = admin.post("/static-tokens/why", why).await.json();
    let asked = &why["labels"][0]["approvals"][0];
    assert_eq!(asked["askReason"], "It burnt", "{why}");
    // Another question after that one's time has other words, or none.
    site.clock.pass_seconds(7 * 24 * 3_600);
    let customer = site.sign_in(Role::User).await;
    let body = json!({ "token": "SN-10", "askApproval": true });
    let asked = customer.post("/static-tokens/claim", body).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    let admin = site.sign_in(Role::Admin).await;
    assert_eq!(told(&admin).await, Value::Null);
}

#[tokio::test]
async fn whoever_looks_back_reads_who_decided_and_why() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let (below, _) = site.member(2, "s@greenfarm.example", Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let identifiers = json!({ "kind": "serial", "first": "SN-10", "proof": "staff_approval" });
    admin
        .made_batch(json!({
            "templateId": "TMPLsoil00001", "name": "Own", "count": 2, "orgId": 2,
            "identifiers": identifiers,
        }))
        .await;
    for (device, step) in [("SN-10", "approve"), ("SN-11", "refuse")] {
        let body = json!({ "token": device, "askApproval": true });
        let asked = customer.post("/static-tokens/claim", body).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        let waiting = admin.get("/static-tokens/approvals").await.json();
        let which = waiting["content"][0]["id"].clone();
        let body = json!({ "approvalId": which, "reason": format!("{step} it") });
        let path = format!("/static-tokens/approvals/{step}");
        let done = admin.post(&path, body).await;
        assert!([201, 204].contains(&done.status), "{done:?}");
    }
    let told = async |person: &Person<'_>, state: &str| {
        let list = format!("/static-tokens/approvals?state={state}");
        let one = person.get(&list).await.json()["content"][0].clone();
        (one["decidedBy"].clone(), one["reason"].clone())
    };
    let by = admin.get("/user/profile").await.json()["name"].clone();
    assert_eq!(
        told(&admin, "approved").await,
        (by.clone(), json!("approve it"))
    );
    assert_eq!(told(&admin, "refused").await, (by, json!("refuse it")));
    // Whoever is below does not see who decided, nor what only those read who do.
    assert_eq!(told(&below, "approved").await, (Value::Null, Value::Null));
    assert_eq!(
        told(&below, "refused").await,
        (Value::Null, json!("refuse it")),
        "whoever asked was told it"
    );
}

#[tokio::test]
async fn what_waits_for_a_revoked_label_is_refused() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    let identifiers = json!({ "kind": "serial", "first": "SN-10", "proof": "staff_approval" });
    let batch = admin
        .made_batch(json!({
            "templateId": "TMPLsoil00001", "name": "Own", "count": 1, "identifiers": identifiers,
        }))
        .await;
    let body = json!({ "token": "SN-10", "askApproval": true });
    let asked = customer.post("/static-tokens/claim", body).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    let revoke = json!({ "batchId": batch, "reason": "misprinted" });
    let revoked = admin.post("/static-tokens/revoke", revoke).await;
    assert_eq!(revoked.status, 200, "{revoked:?}");
    let told = approvals::tell_due(site.cloud.core()).await;
    told.expect("the database");
    let waiting = admin.get("/static-tokens/approvals").await.json();
    assert_eq!(waiting["totalElements"], 0, "{waiting}");
    let refused = admin.get("/static-tokens/approvals?state=refused").await;
    let by = admin.get("/user/profile").await.json()["name"].clone();
    assert_eq!(refused.json()["content"][0]["decidedBy"], by);
    assert_eq!(reasons(&admin, "refuse_claim").await, [Value::Null]);
    // Whoever asked has an answer, and is not told why the label was revoked.
    let mails = site.mails("customer@greenfarm.example").await;
    let text = mails[0]["text"].as_str().expect("text");
    assert!(
        text.contains("SN-10") && !text.contains("misprinted"),
        "{text}"
    );
    assert_eq!(mails.len(), 1, "once");
}

#[tokio::test]
async fn a_reason_that_is_too_long_is_told_before_anything_is_done() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let long = "x".repeat(201);
    let asked = [
        ("/static-tokens/claim", json!({ "token": site.qr(5) })),
        ("/static-tokens/claim", json!({ "token": "sqr_unknown" })),
        ("/static-tokens/revoke", json!({ "batchId": 999 })),
        ("/static-tokens/revoke", json!({ "tokenIds": [1] })),
        (
            "/static-tokens/approvals/approve",
            json!({ "approvalId": 9 }),
        ),
    ];
    for (path, mut body) in asked {
        body["reason"] = json!(long);
        let refused = admin.post(path, body).await;
        let field = refused.json()["error"]["attributes"]["field"].clone();
        assert_eq!((refused.status, field), (400, json!("reason")), "{path}");
    }
    let delete = format!("/device?deviceId=1&reason={long}");
    assert_eq!(admin.delete(&delete).await.status, 400);
    assert_eq!(admin.get("/device?deviceId=1").await.status, 200);
}

#[tokio::test]
async fn whoever_changes_a_sealed_reason_is_found_out() {
    for (statement, is_found) in [
        ("UPDATE audit SET reason = reason", false),
        (
            "UPDATE audit SET reason = 'paid' WHERE reason = 'unpaid'",
            true,
        ),
        (
            "UPDATE audit SET reason = NULL WHERE reason = 'unpaid'",
            true,
        ),
        ("UPDATE audit SET reason = '' WHERE action = 'claim'", true),
    ] {
        let site = Site::demo().await;
        let admin = site.sign_in(Role::Admin).await;
        let customer = site.sign_in(Role::User).await;
        assert_eq!(customer.claim(&site.qr(5)).await.status, 201);
        let taken = json!({ "history": "erase" });
        does(&admin, "/static-tokens/unclaim", 1, taken, "unpaid").await;
        assert_eq!(fault(&site).await, None);
        let database = site.database().await;
        let refused = sqlx::query(statement).execute(&database).await;
        database.close().await;
        let refused = refused.expect_err("refused").to_string();
        assert!(refused.contains("of the audit"), "{statement}: {refused}");
        take_triggers_away(&site).await;
        site.execute(statement).await;
        assert_eq!(fault(&site).await.is_some(), is_found, "{statement}");
    }
}

/// A chain that was sealed before there were reasons is whole, and goes on with them.
#[tokio::test]
async fn a_chain_from_before_reasons_is_whole_and_goes_on() {
    let site = Site::on(Ground::on_sqlite(), true).await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.claim(&site.qr(5)).await.status, 201);
    assert_eq!(fault(&site).await, None);
    let before = site.count("SELECT MAX(seq) FROM audit").await;
    for sql in [
        "DROP TRIGGER audit_is_kept",
        "ALTER TABLE audit DROP COLUMN reason",
        "CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit WHEN OLD.seq IS NOT NULL
         BEGIN SELECT RAISE(ABORT, 'rows of the audit stay as they are'); END",
        "DELETE FROM _sqlx_migrations WHERE version = 32",
    ] {
        site.execute(sql).await;
    }
    let site = site.restart(true).await;
    assert_eq!(fault(&site).await, None);
    let admin = site.sign_in(Role::Admin).await;
    let taken = json!({ "history": "keep" });
    does(&admin, "/static-tokens/unclaim", 1, taken, "unpaid").await;
    assert_eq!(fault(&site).await, None);
    let told = "SELECT COUNT(*) FROM audit WHERE reason = 'unpaid'";
    assert_eq!(site.count(told).await, 2);
    assert_eq!(site.count("SELECT MAX(seq) FROM audit").await, before + 2);
}
