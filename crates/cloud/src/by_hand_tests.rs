//! Devices that are made by hand, many at once, from tables and into tables; what they sign in with, and what is known
//! about them.

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site, send};

const TEMPLATE: &str = "TMPLsoil00001";

fn pumps(count: u32) -> Value {
    json!({ "templateId": TEMPLATE, "orgId": 2, "name": "Pump {n}", "count": count })
}

/// The work once it is not being done any more.
async fn ended(person: &Person<'_>, work: &Value) -> Value {
    let target = format!("/devices/work?workId={}", work["id"]);
    loop {
        let work = person.get(&target).await.json();
        if work["state"] != "making" {
            return work;
        }
        tokio::task::yield_now().await;
    }
}

async fn made(person: &Person<'_>, body: Value) -> Value {
    let asked = person.post("/devices/create", body).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    ended(person, &asked.json()).await
}

async fn import(person: &Person<'_>, query: &str, table: impl Into<reqwest::Body>) -> Answer {
    let target = format!("/devices/import?templateId={TEMPLATE}&orgId=2&{query}");
    let request = person.request(Method::POST, &target);
    send(request.header("content-type", "text/csv").body(table)).await
}

async fn names(person: &Person<'_>) -> Vec<String> {
    let found = person.get("/devices?orgId=2&size=1000").await.json();
    let rows = found["content"].as_array().expect("a list").iter();
    rows.map(|row| row["name"].as_str().expect("a name").to_owned())
        .collect()
}

async fn own_template(person: &Person<'_>) -> String {
    let draft = json!({
        "name": "Water valve",
        "metaFields": [
            {"name": "Place", "kind": "text", "default": "cellar"},
            {"name": "Depth", "kind": "number"}
        ]
    });
    let made = person.post("/template", draft).await.json();
    made["templateId"].as_str().expect("an id").to_owned()
}

/// The rows of a table, by their headers.
fn rows(table: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.deserialize();
    rows.map(|row| row.expect("a row")).collect()
}

#[tokio::test]
async fn many_devices_are_made_at_once() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let work = made(&support, pumps(1_200)).await;
    assert_eq!(work["state"], "ready", "{work}");
    assert_eq!(
        (&work["count"], &work["made"]),
        (&json!(1_200), &json!(1_200))
    );
    let numbers = work["deviceIds"].as_array().expect("a list");
    assert_eq!(numbers.len(), 1_200);
    let first = support
        .get(&format!("/device?deviceId={}", numbers[0]))
        .await;
    assert_eq!(first.json()["name"], "Pump 1");
    let names = names(&support).await;
    assert_eq!(names[..2], ["Pump 1200", "Pump 1199"]);
    let found = support.get("/search/devices?query=pump+119&orgId=2").await;
    assert_eq!(found.json()["totalElements"], 11);
    for (sql, want) in [
        ("SELECT COUNT(*) FROM devices WHERE owner_id = 2", 1_200),
        ("SELECT COUNT(DISTINCT auth_digest) FROM devices", 1_203),
        ("SELECT COUNT(*) FROM static_tokens", 12),
        ("SELECT COUNT(*) FROM batch_rows", 0),
        (
            "SELECT COUNT(DISTINCT device_id) FROM audit WHERE action = 'create_device' AND user_id = 2",
            1_200,
        ),
        (
            "SELECT COUNT(*) FROM device_moves WHERE kind = 'create' AND to_org_id = 2",
            1_200,
        ),
    ] {
        assert_eq!(site.count(sql).await, want, "{sql}");
    }
    // It is no batch of labels, and the next device has a number that none of them has.
    let batches = support.get("/static-tokens/batches").await.json();
    assert_eq!(batches["totalElements"], 0);
    let one = json!({ "templateId": TEMPLATE, "orgId": 2, "name": "Shed" });
    let one = support.post("/device/create", one).await;
    assert_eq!(one.json()["id"], 1_204);
}

#[tokio::test]
async fn a_key_makes_nothing_twice() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let mut body = pumps(2);
    body["key"] = json!("once");
    let first = support.post("/devices/create", body.clone()).await.json();
    assert_eq!(ended(&support, &first).await["state"], "ready");
    let again = support.post("/devices/create", body.clone()).await;
    assert_eq!((again.status, &again.json()["id"]), (202, &first["id"]));
    body["count"] = json!(3);
    let other = support.post("/devices/create", body).await;
    assert_eq!(other.outcome(), (409, "idempotency_conflict".to_owned()));
    let table = "Device Name\nPump 7\n";
    let first = import(&support, "key=table", table).await.json();
    assert_eq!(ended(&support, &first["work"]).await["state"], "ready");
    let again = import(&support, "key=table", table).await.json();
    assert_eq!(again["work"]["id"], first["work"]["id"]);
    assert_eq!(names(&support).await.len(), 6);
}

#[tokio::test]
async fn what_cannot_be_made_says_why_and_makes_nothing() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let with = |field: &str, value: Value| {
        let mut body = pumps(2);
        body[field] = value;
        body
    };
    for (body, want) in [
        (with("count", json!(0)), (400, "invalid_request")),
        (with("count", json!(10_001)), (400, "invalid_request")),
        (with("name", json!("Pump")), (400, "invalid_request")),
        (with("name", json!("Pump/{n}")), (400, "invalid_request")),
        (
            with("templateId", json!("TMPLnone00001")),
            (404, "not_found"),
        ),
        (with("orgId", json!(9)), (404, "not_found")),
        (with("ownerId", json!(99)), (404, "not_found")),
    ] {
        let answer = support.post("/devices/create", body.clone()).await;
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{body}");
    }
    assert_eq!(customer.post("/devices/create", pumps(2)).await.status, 403);
    assert_eq!(names(&support).await.len(), 3);
}

#[tokio::test]
async fn work_that_broke_off_is_gone_on_with_and_work_that_was_stopped_leaves_nothing() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let asked = support.post("/devices/create", pumps(3_000)).await.json();
    let (access, refresh) = (support.access, support.refresh);
    let site = site.restart(true).await;
    site.clock.pass_seconds(60);
    let support = site.person(&access, &refresh);
    assert_eq!(ended(&support, &asked).await["state"], "ready");
    assert_eq!(names(&support).await.len(), 1_000, "of 3,003 a page");

    let asked = support.post("/devices/create", pumps(10_000)).await.json();
    let target = format!("/devices/work/cancel?workId={}", asked["id"]);
    let stopped = support.post(&target, Value::Null).await;
    let after = ended(&support, &asked).await;
    // Where it was faster than the word to stop, all are there.
    let (want, state) = match stopped.status {
        204 => (3_003, "cancelled"),
        _ => (13_003, "ready"),
    };
    assert_eq!(after["state"], state);
    assert_eq!(site.count("SELECT COUNT(*) FROM devices").await, want);
    assert_eq!(
        support.post(&target, Value::Null).await.outcome(),
        (409, "batch_not_ready".to_owned())
    );
}

#[tokio::test]
async fn a_table_becomes_devices_or_nothing() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let template = own_template(&support).await;
    let import = async |query: &str, table: &'static str| {
        let target = format!("/devices/import?templateId={template}&orgId=1&{query}");
        let request = support.request(Method::POST, &target);
        send(request.header("content-type", "text/csv").body(table)).await
    };
    let table =
        "Device Name;Place;Depth;Auth Token\nValve 1;hall;2.5;secret\nValve/2;;;\nValve 3;;deep;\n";
    let refused = import("", table).await;
    assert_eq!(refused.status, 200, "{refused:?}");
    let report = refused.json();
    assert_eq!(report["leftOut"], json!(["Auth Token"]));
    assert!(!refused.text.contains("secret"), "{report}");
    let faults: Vec<_> = report["faults"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|fault| (&fault["line"], &fault["problem"]))
        .collect();
    assert_eq!(
        faults,
        [
            (&json!(3), &json!("bad_name")),
            (&json!(4), &json!("not_a_number"))
        ]
    );
    assert_eq!(site.count("SELECT COUNT(*) FROM devices").await, 3);

    let looked = import("goodRows=true&dryRun=true", table).await;
    assert_eq!((looked.status, &looked.json()["work"]), (200, &Value::Null));
    let taken = import("goodRows=true", table).await;
    assert_eq!((taken.status, &taken.json()["good"]), (202, &json!(1)));
    assert_eq!(
        ended(&support, &taken.json()["work"]).await["state"],
        "ready"
    );
    let nameless = import("", "Place,Depth\nroof,-1\n").await;
    assert_eq!(
        ended(&support, &nameless.json()["work"]).await["state"],
        "ready"
    );
    let found = support.get("/devices?orgId=1").await.json();
    let mut held = Vec::new();
    for row in found["content"].as_array().expect("a list") {
        let device = support
            .get(&format!("/device?deviceId={}", row["id"]))
            .await
            .json();
        let fields = &device["metaFieldValues"];
        held.push((
            device["name"].clone(),
            fields[0]["value"].clone(),
            fields[1]["value"].clone(),
        ));
    }
    let text = |text: &str| json!({ "type": "Text", "value": text });
    assert_eq!(
        held,
        [
            (
                json!("Water valve 1"),
                text("roof"),
                json!({ "type": "Number", "value": -1 })
            ),
            (
                json!("Valve 1"),
                text("hall"),
                json!({ "type": "Number", "value": 2.5 })
            ),
        ]
    );
}

#[tokio::test]
async fn what_is_exported_is_imported_again() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let table = "Device Name,Serial Number,Note\nPump 1,=cmd(),a\nPump 2,\"two, \"\"three\"\"\",b\n-x,'=1,c\n";
    let asked = import(&admin, "", table).await;
    assert_eq!(
        asked.json()["leftOut"],
        json!(["Note"]),
        "there is no such field"
    );
    assert_eq!(ended(&admin, &asked.json()["work"]).await["state"], "ready");

    let exported = admin.get("/devices/export?orgId=2").await;
    assert_eq!(
        exported.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let whole = rows(&exported.text);
    assert_eq!(whole.len(), 6);
    let third = &whole[2];
    assert_eq!(third["Device Name"], "Pump 1");
    assert_eq!(third["Serial Number"], "'=cmd()", "no formula");
    assert_eq!(third["Organization ID"], "2");
    let token = admin
        .get(&format!("/device/token?deviceId={}", third["Device ID"]))
        .await;
    assert_eq!(token.json()["token"], third["Auth Token"]);
    for (row, device) in whole.iter().rev().take(3).zip(0..) {
        assert_eq!(row["Auth Token"], site.auth(device));
        assert_eq!(row["Owner Email"], "customer@greenfarm.example");
    }

    // Elsewhere: the client's devices once more, in the maker's organization.
    let target = format!("/devices/import?templateId={TEMPLATE}&orgId=1");
    let request = admin.request(Method::POST, &target).body(exported.text);
    let again = send(request.header("content-type", "text/csv")).await;
    assert_eq!(again.status, 202, "{again:?}");
    ended(&admin, &again.json()["work"]).await;
    let copied = rows(&admin.get("/devices/export?orgId=1").await.text);
    let known = |row: &std::collections::BTreeMap<String, String>| {
        ["Device Name", "Serial Number", "Template ID"].map(|column| row[column].clone())
    };
    let (mut before, mut after): (Vec<_>, Vec<_>) = (
        whole.iter().map(known).collect(),
        copied.iter().map(known).collect(),
    );
    before.sort();
    after.sort();
    assert_eq!(before, after);
    let tokens: std::collections::BTreeSet<_> = whole
        .iter()
        .chain(&copied)
        .map(|row| &row["Auth Token"])
        .collect();
    assert_eq!(tokens.len(), 12, "each has its own");
}

#[tokio::test]
async fn an_export_is_for_administrators_of_what_they_see_and_is_written_down() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let shown = async |query: &str| {
        let answer = admin.get(&format!("/devices/export{query}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let names: Vec<_> = rows(&answer.text)
            .iter()
            .map(|row| row["Device Name"].clone())
            .collect();
        names
    };
    assert!(shown("").await.is_empty());
    assert_eq!(shown("?includeSubOrgDevices=true").await.len(), 3);
    assert_eq!(shown("?orgId=2&query=TOMATO").await, ["Tomato bed 2"]);
    for (role, want) in [(Role::Staff, 403), (Role::User, 403)] {
        assert_eq!(
            site.sign_in(role).await.get("/devices/export").await.status,
            want
        );
    }
    assert_eq!(admin.get("/devices/export?orgId=9").await.status, 404);
    assert_eq!(admin.get("/devices/export?query=ab").await.status, 400);
    let audit = admin.get("/audit?action=export_devices").await.json();
    let details: Vec<_> = audit["content"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["detail"].as_str().expect("a text"))
        .collect();
    assert_eq!(
        details,
        ["alone, named with \"TOMATO\"", "with those below", "alone"]
    );
}

/// What a list shows, its export has, in the same order.
#[tokio::test]
async fn an_export_has_the_order_of_its_list() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    assert_eq!(made(&admin, pumps(700)).await["state"], "ready");
    for query in [
        "sort=newest",
        "sort=oldest",
        "sort=name",
        "sort=name_reversed",
        "sort=recently_seen",
        "sort=long_unseen",
        "sort=name&state=never_connected",
        "sort=name&query=PUMP",
        "sort=name_reversed&query=tomato",
    ] {
        let path = match query.contains("query=") {
            true => "search/devices",
            false => "devices",
        };
        let listed = format!("/{path}?orgId=2&size=1000&{query}");
        let listed = admin.get(&listed).await.json();
        let listed = listed["content"].as_array().expect("a list").iter();
        let listed: Vec<String> = listed.map(|device| device["id"].to_string()).collect();
        let exported = admin.get(&format!("/devices/export?orgId=2&{query}")).await;
        let exported: Vec<String> = rows(&exported.text)
            .iter()
            .map(|row| row["Device ID"].clone())
            .collect();
        assert!(!exported.is_empty(), "{query}");
        assert_eq!(exported, listed, "{query}");
    }
    let wrong = admin.get("/devices/export?orgId=2&sort=height").await;
    assert_eq!(wrong.status, 400);
}

/// A serial number that came with a table stands in the metadata alone.
#[tokio::test]
async fn a_device_is_found_by_a_number_in_its_metadata() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let table = "Device Name,Serial Number\nPump 1,sn-77:1 2\nPump 2,SN-77:13\nPump 3,blue\n";
    let asked = import(&admin, "", table).await;
    assert_eq!(ended(&admin, &asked.json()["work"]).await["state"], "ready");
    let found = async |text: &str| {
        let text: String = url_encoded(text);
        let path = format!("/search/devices?query={text}");
        let found = admin.get(&path).await;
        assert_eq!(found.status, 200, "{found:?}");
        let exported = admin
            .get(&format!("/devices/export?orgId=2&query={text}"))
            .await;
        let names = |rows: &[String]| rows.join(", ");
        let exported: Vec<String> = rows(&exported.text)
            .iter()
            .map(|row| row["Device Name"].clone())
            .collect();
        let found = found.json();
        let found = found["content"].as_array().expect("a list").iter();
        let found: Vec<String> = found
            .map(|device| device["name"].as_str().expect("a name").to_owned())
            .collect();
        assert_eq!(found, exported, "{text}");
        names(&found)
    };
    for (text, want) in [
        ("SN7712", "Pump 1"),
        ("sn-77:12", "Pump 1"),
        ("Sn 77 13", "Pump 2"),
        // It is a whole number, or nothing; and a word is none.
        ("SN771", ""),
        ("blue", ""),
    ] {
        assert_eq!(found(text).await, want, "{text}");
    }
    let id = site
        .count("SELECT id FROM devices WHERE name = 'Pump 2'")
        .await;
    let path = format!("/device?deviceId={id}");
    let mistyped = json!({ "name": "Pump 7", "metafields": { "Serial Number": "SN-77:99" } });
    let mistyped = admin.put(&path, mistyped).await;
    assert_eq!(
        mistyped.status, 400,
        "what it does not know is not left out unsaid"
    );
    let edited = json!({ "metaFields": { "Serial Number": "SN-77:99" } });
    assert_eq!(admin.put(&path, edited).await.status, 200);
    assert_eq!(found("SN7713").await, "");
    assert_eq!(found("SN7799").await, "Pump 2");
    // Another organization's is nobody else's to find.
    let (other, _, _) = site.client("Meadow", "m@meadow.example").await;
    let foreign = other.get("/search/devices?query=SN7712").await.json();
    assert_eq!(foreign["totalElements"], 0);
    assert_eq!(admin.delete(&path).await.status, 200);
    assert_eq!(found("SN7799").await, "");
    let left = "SELECT COUNT(*) FROM device_serials";
    assert_eq!(site.count(left).await, 1);
}

fn url_encoded(text: &str) -> String {
    text.replace(' ', "%20")
}

#[tokio::test]
async fn a_long_export_comes_in_pieces_and_whole() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    assert_eq!(made(&admin, pumps(1_777)).await["state"], "ready");
    let exported = rows(&admin.get("/devices/export?orgId=2").await.text);
    assert_eq!(exported.len(), 1_780);
    let ids: Vec<i64> = exported
        .iter()
        .map(|row| row["Device ID"].parse().expect("a number"))
        .collect();
    assert!(
        ids.is_sorted_by(|before, after| before > after),
        "the newest first, each once"
    );
}

#[tokio::test]
async fn a_token_is_shown_when_it_is_asked_for() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let shown = "SELECT COUNT(*) FROM audit WHERE action = 'show_secrets'";
    for _ in 0..2 {
        let device = support.get("/device?deviceId=1").await;
        assert!(!device.text.contains(&site.auth(0)));
    }
    assert_eq!(site.count(shown).await, 0);
    let token = support.get("/device/token?deviceId=1").await;
    assert_eq!(token.json(), json!({ "token": site.auth(0) }));
    assert_eq!(site.count("SELECT COUNT(*) FROM audit WHERE action = 'show_secrets' AND device_id = 1 AND org_id = 2").await, 1);
    assert_eq!(
        support.get("/device/token?deviceId=99").await.outcome(),
        (404, "not_found".to_owned())
    );
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.get("/device/token?deviceId=1").await.status, 403);
    assert_eq!(site.count(shown).await, 1);
}

#[tokio::test]
async fn a_machine_is_answered_as_published() {
    let site = Site::demo().await;
    let machine = site.machine("Line 2").await;
    let device = machine.get("/device?deviceId=1").await.json();
    assert_eq!(device["token"], site.auth(0));
    let shown = "SELECT COUNT(*) FROM audit WHERE action = 'show_secrets' AND device_id = 1";
    assert_eq!(site.count(shown).await, 1);
}

#[tokio::test]
async fn metadata_are_the_templates_with_the_devices_own_values() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let template = own_template(&support).await;
    let device = json!({ "templateId": template, "orgId": 2, "name": "Valve" });
    let device = support.post("/device/create", device).await.json();
    let one = format!("/device?deviceId={}", device["id"]);
    let held = async || {
        let device = customer.get(&one).await.json();
        let fields = device["metaFieldValues"]
            .as_array()
            .expect("a list")
            .clone();
        let fields: Vec<_> = fields
            .iter()
            .map(|field| field["value"]["value"].clone())
            .collect();
        Value::from(fields)
    };
    assert_eq!(held().await, json!(["cellar", ""]), "defaults");
    let edited = customer
        .put(
            &one,
            json!({ "metaFields": { "Place": "roof", "Depth": "3" } }),
        )
        .await;
    assert_eq!(edited.status, 200, "{edited:?}");
    assert_eq!(held().await, json!(["roof", 3]));
    let both = customer
        .put(
            &one,
            json!({ "name": "Roof valve", "metaFields": { "Place": "" } }),
        )
        .await;
    assert_eq!(both.json()["name"], "Roof valve");
    assert_eq!(held().await, json!(["cellar", 3]));
    for body in [
        json!({ "metaFields": { "Depth": "deep" } }),
        json!({ "metaFields": { "Colour": "red" } }),
        json!({ "name": "No/name", "metaFields": { "Place": "shed" } }),
        json!({}),
    ] {
        assert_eq!(customer.put(&one, body.clone()).await.status, 400, "{body}");
    }
    assert_eq!(held().await, json!(["cellar", 3]));

    // Another default is that of all devices without a value of their own; a field that is gone keeps its values.
    let target = format!("/template?templateId={template}");
    let draft = json!({ "name": "Valve", "revision": 1, "metaFields": [{"name": "Place", "kind": "text", "default": "hall"}] });
    assert_eq!(support.put(&target, draft).await.status, 200);
    assert_eq!(held().await, json!(["hall", "3"]));
    let details = "SELECT COUNT(*) FROM audit WHERE action = 'edit_device' AND detail IN ('Depth, Place', 'Place')";
    assert_eq!(site.count(details).await, 2);
}

#[tokio::test]
async fn two_who_import_the_same_identifiers_are_told_which() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    // Whoever is checked after the other has begun is told at once; that neither was takes a try or two.
    for round in 0_u32.. {
        let table = |name: &str| {
            let lines = (0..1_500).map(|number| format!("SN-{round}-{number}\n"));
            let query = "identifierColumn=SN&identifierKind=serial";
            let target = format!("/static-tokens/import?templateId={TEMPLATE}&name={name}&{query}");
            let request = admin.request(Method::POST, &target);
            let table = std::iter::once("SN\n".to_owned())
                .chain(lines)
                .collect::<String>();
            send(request.header("content-type", "text/csv").body(table))
        };
        let (one, other) = tokio::join!(table("One"), table("Other"));
        let mut states = Vec::new();
        for asked in [one, other] {
            let Some(id) = asked.json()["batch"]["id"].as_i64() else {
                assert_eq!(asked.json()["faults"][0]["problem"], "double_in_cloud");
                continue;
            };
            let target = format!("/static-tokens/batch?batchId={id}");
            let batch = loop {
                let batch = admin.get(&target).await.json();
                if batch["state"] != "making" {
                    break batch;
                }
                tokio::task::yield_now().await;
            };
            if batch["state"] == "failed" {
                let failure = &batch["failure"];
                assert_eq!(failure["reason"], "identifiers_taken", "{batch}");
                assert_eq!(failure["count"], 1_500);
                assert_eq!(failure["first"][4], format!("SN-{round}-4"));
            }
            states.push(batch["state"].as_str().expect("a state").to_owned());
        }
        assert!(states.contains(&"ready".to_owned()), "{states:?}");
        if states.contains(&"failed".to_owned()) {
            return;
        }
    }
}

#[tokio::test]
async fn a_table_makes_no_fields_that_nobody_meant() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    for (table, query, column) in [
        ("device name,serial number\nPump 1,S1\n", "", "device name"),
        ("Pump 1,S1\nPump 2,S2\n", "dryRun=true", "Pump 1"),
        (
            "Device Name,S\nPump 1,S1\n",
            "mapping=%7B%22S%22%3A%22Nope%22%7D",
            "Nope",
        ),
    ] {
        let refused = import(&admin, query, table).await;
        let error = &refused.json()["error"];
        assert_eq!(refused.status, 400, "{refused:?}");
        assert_eq!(error["attributes"]["problem"], "no_such_field");
        assert_eq!(error["attributes"]["column"], column);
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM devices").await, 3);
}

/// A device is found in the table by what stands on it, and by whose it is.
#[tokio::test]
async fn an_export_says_what_identifies_devices() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    site.execute(
        "UPDATE static_tokens SET identifier = 'SN-7', identifier_kind = 'serial', sought = 'SN-7'
         WHERE device_id = 1",
    )
    .await;
    let exported = rows(&admin.get("/devices/export?orgId=2").await.text);
    let of = |id: &str| {
        let found = exported.iter().find(|row| row["Device ID"] == id);
        found.expect("it is there")["Identifier"].clone()
    };
    assert_eq!((of("1").as_str(), of("2").as_str()), ("SN-7", ""));
}
