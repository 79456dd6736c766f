//! Lists in the order that somebody chose, and what is found in them.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Person, Site};

const TEMPLATE: &str = "TMPLsoil00001";

/// What a list's rows say under a key.
async fn listed(person: &Person<'_>, target: &str, key: &str) -> Vec<String> {
    let found = person.get(target).await;
    assert_eq!(found.status, 200, "{target}: {found:?}");
    let rows = found.json()["content"].as_array().expect("a list").clone();
    let text = |row: &Value| {
        row[key]
            .as_str()
            .map_or(row[key].to_string(), str::to_owned)
    };
    rows.iter().map(text).collect()
}

/// The same list in each order, by name without those whose names do not begin so.
async fn in_orders(person: &Person<'_>, list: &str, ours: &str) -> [Vec<String>; 4] {
    let mut all = Vec::new();
    for sort in ["newest", "oldest", "name", "name_reversed"] {
        let names = listed(person, &format!("{list}sort={sort}"), "name").await;
        all.push(
            names
                .into_iter()
                .filter(|name| name.starts_with(ours))
                .collect(),
        );
    }
    all.try_into().expect("four orders")
}

fn orders(names: [&str; 3], by_name: [&str; 3]) -> [Vec<String>; 4] {
    let forwards = |names: [&str; 3]| names.map(str::to_owned).to_vec();
    let backwards = |names| forwards(names).into_iter().rev().collect();
    [
        backwards(names),
        forwards(names),
        forwards(by_name),
        backwards(by_name),
    ]
}

#[tokio::test]
async fn organizations_templates_and_batches_come_in_each_order() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let names = ["Zz beta", "Zz Gamma", "Zz alpha"];
    for name in names {
        let made = admin.post("/create", json!({ "name": name })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = admin.post("/template", json!({ "name": name })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let batch = json!({ "templateId": TEMPLATE, "name": name, "count": 1 });
        admin.made_batch(batch).await;
    }
    let wanted = orders(names, ["Zz alpha", "Zz beta", "Zz Gamma"]);
    for list in [
        "/sub-organizations?",
        "/templates?",
        "/static-tokens/batches?",
    ] {
        assert_eq!(in_orders(&admin, list, "Zz").await, wanted, "{list}");
    }
    let bad = admin.get("/templates?sort=colour").await;
    assert_eq!(bad.status, 400, "{bad:?}");
}

#[tokio::test]
async fn labels_come_in_each_order() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let batch = json!({ "templateId": TEMPLATE, "name": "Zz", "count": 3 });
    let batch = admin.made_batch(batch).await;
    let target = format!("/static-tokens/find?batchId={batch}");
    let usual = listed(&admin, &target, "label").await;
    assert_eq!(usual.len(), 3);
    let backwards: Vec<String> = usual.iter().rev().cloned().collect();
    for (sort, wanted) in [
        ("oldest", &usual),
        ("newest", &backwards),
        ("name", &usual),
        ("name_reversed", &backwards),
    ] {
        assert_eq!(
            &listed(&admin, &format!("{target}&sort={sort}"), "label").await,
            wanted
        );
    }
    let all = listed(&admin, "/static-tokens/find?query=Zz", "label").await;
    assert_eq!(all, backwards, "of all batches the newest come first");
}

#[tokio::test]
async fn claims_that_wait_are_found_by_who_asks_and_what_for() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let identifiers =
        json!({ "kind": "eui48", "first": "4a:33:54:68:c9:f1", "proof": "staff_approval" });
    let body =
        json!({ "templateId": TEMPLATE, "name": "Own", "count": 2, "identifiers": identifiers });
    admin.made_batch(body).await;
    let (other, ..) = site.client("Hill Farm", "hill@example.org").await;
    let customer = site.sign_in(Role::User).await;
    for (who, mac) in [(&customer, "4A335468C9F1"), (&other, "4A335468C9F2")] {
        let body = json!({ "token": mac, "askApproval": true });
        let asked = who.post("/static-tokens/claim", body).await;
        assert_eq!(asked.status, 202, "{asked:?}");
    }
    let found = async |query: &str| {
        listed(
            &admin,
            &format!("/static-tokens/approvals?{query}"),
            "identifier",
        )
        .await
    };
    let usual = found("").await;
    assert_eq!(usual.len(), 2);
    let backwards: Vec<String> = usual.iter().rev().cloned().collect();
    assert_eq!(found("sort=newest").await, backwards);
    assert_eq!(found("sort=oldest").await, usual);
    assert_eq!(
        found("query=HILL%20farm").await,
        usual[1..],
        "by organization"
    );
    assert_eq!(found("query=hill@").await, usual[1..], "by address");
    assert_eq!(found(&format!("query={}", usual[0])).await, usual[..1]);
    assert_eq!(found("query=nobody%20at%20all").await, [""; 0]);
    let page = admin
        .get("/static-tokens/approvals?query=hill@")
        .await
        .json();
    assert_eq!(page["totalElements"], 1);
}

#[tokio::test]
async fn the_audit_is_read_from_its_beginning_too() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    for name in ["Zz one", "Zz two"] {
        admin.post("/create", json!({ "name": name })).await;
    }
    let target = "/audit?action=create_organization";
    let newest = listed(&admin, target, "id").await;
    assert!(newest.len() >= 2);
    let mut oldest = listed(&admin, &format!("{target}&sort=oldest"), "id").await;
    oldest.reverse();
    assert_eq!(oldest, newest);
}

#[tokio::test]
async fn mails_are_found_by_address_and_subject() {
    let site = Site::demo().await;
    let (_, org, _) = site.client("Hill Farm", "one@example.org").await;
    site.customer_of(org, "two@example.org").await;
    let found = async |query: &str| {
        let found = site.get(&format!("/api/mailbox?{query}")).await;
        assert_eq!(found.status, 200, "{found:?}");
        found.json()
    };
    let mail = found("query=TWO@").await;
    assert_eq!(mail["totalElements"], 1);
    assert_eq!(mail["content"][0]["to"], "two@example.org");
    let subject = mail["content"][0]["subject"].as_str().expect("a subject");
    let word = subject.split(' ').next().expect("a word");
    let both = found(&format!("query={word}&size=1")).await;
    assert_eq!(
        (
            &both["totalElements"],
            both["content"].as_array().map(Vec::len)
        ),
        (&json!(2), Some(1))
    );
    assert_eq!(
        found(&format!("query={word}&size=1&page=1")).await["content"][0]["to"],
        "one@example.org"
    );
    assert_eq!(found("query=nobody%20at%20all").await["totalElements"], 0);
}
