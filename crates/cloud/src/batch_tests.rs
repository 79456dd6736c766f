//! Batches of static tokens, from asking for one to its end.

use std::io::{Cursor, Read as _};

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{Answer, Person, Site, send};

const TEMPLATE: &str = "TMPLsoil00001";

async fn ask(person: &Person<'_>, name: &str, count: u32) -> i64 {
    let body = json!({ "templateId": TEMPLATE, "name": name, "count": count });
    let asked = person.post("/static-tokens/batches", body).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    asked.json()["id"].as_i64().expect("a number")
}

/// The batch once it is not being made any more.
async fn ended(person: &Person<'_>, id: i64) -> Value {
    loop {
        let batch = person
            .get(&format!("/static-tokens/batch?batchId={id}"))
            .await;
        let batch = batch.json();
        if batch["state"] != "making" {
            return batch;
        }
        tokio::task::yield_now().await;
    }
}

async fn batch(person: &Person<'_>, name: &str, count: u32) -> Value {
    let id = ask(person, name, count).await;
    let made = ended(person, id).await;
    assert_eq!(made["state"], "ready", "{made}");
    made
}

async fn tokens(person: &Person<'_>, query: &str) -> Vec<Value> {
    let found = person.get(&format!("/static-tokens/find?{query}")).await;
    assert_eq!(found.status, 200, "{found:?}");
    found.json()["content"].as_array().expect("a list").clone()
}

/// The QR token of the newest static token.
async fn newest_qr(person: &Person<'_>) -> String {
    let all = person.get("/static-tokens?size=1000").await.json();
    let last = all["content"].as_array().expect("a list").last().cloned();
    last.expect("some")["token"]
        .as_str()
        .expect("a token")
        .to_owned()
}

async fn import(person: &Person<'_>, query: &str, table: impl Into<reqwest::Body>) -> Answer {
    let target = format!("/static-tokens/import?templateId={TEMPLATE}&{query}");
    let request = person.request(Method::POST, &target);
    send(request.header("content-type", "text/csv").body(table)).await
}

#[tokio::test]
async fn a_batch_is_made_found_and_claimed_from() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let made = batch(&admin, "Spring Run", 900).await;
    assert_eq!(made["made"], 900);
    assert_eq!(made["unclaimed"], 900);
    let id = made["id"].to_string();

    let found = tokens(&admin, &format!("batchId={id}&query=run%2012&size=3")).await;
    let labels: Vec<_> = found.iter().map(|token| token["label"].as_str()).collect();
    assert_eq!(
        labels,
        [120, 121, 122]
            .map(|n| format!("Spring Run {n}"))
            .each_ref()
            .map(|label| Some(label.as_str()))
    );
    assert!(found[0].get("token").is_none(), "{}", found[0]);

    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.claim(&newest_qr(&admin).await).await.status, 201);
    let after = ended(&admin, made["id"].as_i64().expect("a number")).await;
    assert_eq!(
        (&after["claimed"], &after["unclaimed"]),
        (&json!(1), &json!(899))
    );
    let claimed = tokens(&admin, "state=CLAIMED&query=spring").await;
    assert_eq!(claimed[0]["label"], "Spring Run 900");

    let listed = admin
        .get("/static-tokens/batches?query=SPRING")
        .await
        .json();
    assert_eq!(listed["totalElements"], 1);
    assert_eq!(listed["content"][0]["templateName"], "Soil sensor");
}

/// By what they are called without a batch, and by what their devices are called now, where the one who looks sees those.
#[tokio::test]
async fn labels_are_found_by_their_number_and_their_device() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let all = tokens(&support, "size=1000").await;
    for token in &all {
        assert_eq!(token["label"], format!("#{}", token["id"]));
        let found = tokens(&support, &format!("query=%23{}", token["id"])).await;
        assert!(found.contains(token), "{token}");
        let every = found.iter().all(|one| {
            let label = one["label"].as_str().expect("a text");
            label.contains(token["label"].as_str().expect("a text"))
        });
        assert!(every, "{found:?}");
    }
    let found = tokens(&support, "query=TOMATO").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["deviceName"], "Tomato bed 2");
    let renamed = json!({ "name": "Roof garden" });
    let path = format!("/device?deviceId={}", found[0]["deviceId"]);
    assert_eq!(support.put(&path, renamed).await.status, 200);
    assert!(tokens(&support, "query=tomato").await.is_empty());
    assert_eq!(
        tokens(&support, "query=roof").await[0]["id"],
        found[0]["id"]
    );
    // Of the maker's organization alone: the device is elsewhere, and seen.
    assert_eq!(tokens(&support, "orgId=1&query=roof").await.len(), 1);
}

#[tokio::test]
async fn labels_are_found_by_the_serial_number_in_their_metadata() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let table = "Device Name,Serial Number,Colour\nPump 1,SN-77:1 2,red\nPump 2,SN-77:13,blue 1\n";
    let asked = import(&admin, "name=Line%20seven", table).await.json();
    let id = asked["batch"]["id"].as_i64().expect("a number");
    ended(&admin, id).await;
    for (query, found) in [
        ("SN-77:1%202", 1),
        ("sn7712", 1),
        ("SN%2077-12", 1),
        ("77:1", 2),
        ("77", 2),
        ("SN-77:14", 0),
        ("red", 0),
        ("pump%202", 1),
        ("seven", 2),
    ] {
        let of_all = tokens(&admin, &format!("query={query}")).await;
        let of_batch = tokens(&admin, &format!("batchId={id}&query={query}")).await;
        assert_eq!((of_all.len(), of_batch.len()), (found, found), "{query}");
    }
    for label in ["SN-77:13", "sn 7713"] {
        let why = admin.post("/static-tokens/why", json!({ "label": label }));
        let why = why.await.json();
        assert_eq!(why["labels"][0]["label"], "Line seven 2", "{label}: {why}");
    }
    // Others' are found by nobody who does not see them.
    let (_, org, _) = site.client("Meadow", "m@meadow.example").await;
    let stranger = site.member(org, "s@meadow.example", Role::Admin).await.0;
    assert!(tokens(&stranger, "query=SN-77:13").await.is_empty());
}

#[tokio::test]
async fn columns_that_are_no_field_are_told() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let table = "Device Name,Serial Number,Colour,Note\nA,1,red,x\n";
    let report = import(
        &admin,
        "dryRun=true&mapping=%7B%22Note%22%3A%22%22%7D",
        table,
    )
    .await;
    assert_eq!(report.status, 200, "{report:?}");
    let report = report.json();
    assert_eq!(report["leftOut"], json!(["Note"]));
    assert_eq!(report["newFields"], json!(["Colour"]));
}

#[tokio::test]
async fn an_unfinished_batch_is_there_for_nobody() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let before = admin.get("/static-tokens").await.json()["totalElements"].clone();
    let id = batch(&admin, "Unfinished", 3).await["id"].clone();
    let qr = newest_qr(&admin).await;
    // As it is while the last tokens are still to come; another process has it.
    site.execute("UPDATE batches SET state = 'making', lease_until = 9000000000000")
        .await;
    let customer = site.sign_in(Role::User).await;
    let unknown = customer.claim("sqr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    let refused = customer.claim(&qr).await;
    assert_eq!(
        (refused.status, &refused.text),
        (unknown.status, &unknown.text)
    );
    assert_eq!(refused.outcome(), (404, "not_claimable".to_owned()));
    assert_eq!(
        admin.get("/static-tokens").await.json()["totalElements"],
        before
    );
    assert_eq!(tokens(&admin, &format!("batchId={id}")).await.len(), 0);
    let listed = admin.get("/static-tokens/batches").await.json();
    assert_eq!(listed["content"][0]["unclaimed"], 0);
    let early = admin
        .get(&format!("/static-tokens/batch/export?batchId={id}"))
        .await;
    assert_eq!(early.outcome(), (409, "batch_not_ready".to_owned()));
    let early = admin
        .post("/static-tokens/revoke", json!({ "batchId": id }))
        .await;
    assert_eq!(early.outcome(), (409, "batch_not_ready".to_owned()));

    let cancel = format!("/static-tokens/batch/cancel?batchId={id}");
    assert_eq!(admin.post(&cancel, json!({})).await.status, 204);
    let again = admin.post(&cancel, json!({})).await;
    assert_eq!(again.outcome(), (409, "batch_not_ready".to_owned()));
    assert_eq!(customer.claim(&qr).await.status, 404);
    while site
        .count("SELECT COUNT(*) FROM static_tokens WHERE batch_id IS NOT NULL")
        .await
        > 0
    {
        tokio::task::yield_now().await;
    }
    let listed = admin.get("/static-tokens/batches").await.json();
    assert_eq!(listed["content"][0]["state"], "cancelled");

    batch(&admin, "Next", 1).await;
    let ground = site.stop().await;
    ground.clock.pass_seconds(8 * 24 * 3_600);
    let site = Site::on(ground, true).await;
    let admin = site.sign_in(Role::Admin).await;
    let listed = admin.get("/static-tokens/batches").await.json();
    assert_eq!(
        listed["totalElements"], 1,
        "what came to nothing is forgotten"
    );
    assert_eq!(listed["content"][0]["name"], "Next");
}

#[tokio::test]
async fn a_batch_that_broke_off_is_gone_on_with() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let table: String = (1..=1_500).map(|n| format!("SN-{n}\n")).collect();
    let query = "name=Rest&identifierColumn=Serial&identifierKind=serial";
    let asked = import(&admin, query, format!("Serial\n{table}")).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    let id = asked.json()["batch"]["id"].as_i64().expect("a number");
    // Whoever made it is gone in the middle, at whatever chunk that is.
    let ground = site.stop().await;
    ground
        .execute("UPDATE batches SET lease_until = 1800000020000 WHERE state = 'making'")
        .await;
    ground.clock.pass_seconds(60);
    let site = Site::on(ground, true).await;
    let admin = site.sign_in(Role::Admin).await;
    let made = ended(&admin, id).await;
    assert_eq!(
        (&made["state"], &made["unclaimed"]),
        (&json!("ready"), &json!(1_500))
    );
    let last = tokens(&admin, &format!("batchId={id}&query=sn-1500")).await;
    assert_eq!(last[0]["label"], "Rest 1500");
    assert_eq!(site.count("SELECT COUNT(*) FROM batch_rows").await, 0);
}

#[tokio::test]
async fn a_table_becomes_a_batch_whose_devices_have_their_names() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let table = "\u{feff}Device Name;MAC;Colour\r\nPump east;4a:33:54:68:c9:f1;red\r\n";
    let query = "name=Pumps&note=Line%202&identifierColumn=MAC&identifierKind=eui48";
    let asked = import(&admin, query, table).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    let id = asked.json()["batch"]["id"].as_i64().expect("a number");
    assert_eq!(ended(&admin, id).await["identifierKind"], "eui48");
    let found = tokens(&admin, "query=3354").await;
    assert_eq!(found[0]["identifier"], "4A335468C9F1");
    assert_eq!(found[0]["name"], "Pump east");
    assert_eq!(found[0]["metadata"], json!({ "Colour": "red" }));
    let customer = site.sign_in(Role::User).await;
    let claimed = customer.claim(&newest_qr(&admin).await).await;
    let device = claimed.json();
    assert_eq!(device["name"], "Pump east");
    let shown = customer
        .get(&format!("/device?deviceId={}", device["id"]))
        .await
        .json();
    let field = |id: i64, name: &str, value: &str| json!({ "id": id, "name": name, "value": { "type": "Text", "value": value } });
    assert_eq!(
        shown["metaFieldValues"],
        json!([field(1, "Serial Number", ""), field(2, "Colour", "red")])
    );
}

#[tokio::test]
async fn nothing_is_imported_of_a_table_with_faults_unless_told() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let query = "name=Meters&identifierColumn=IMEI&identifierKind=imei";
    let first = "IMEI\n490154203237518\n";
    let asked = import(&admin, query, first).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    ended(
        &admin,
        asked.json()["batch"]["id"].as_i64().expect("a number"),
    )
    .await;

    let table = "IMEI\n352656106118683\n490154203237518\n352656106118684\n352656106118683\n";
    let refused = import(&admin, query, table).await;
    assert_eq!(refused.status, 200, "{refused:?}");
    let report = refused.json();
    assert_eq!(report["batch"], Value::Null);
    let faults = report["faults"].as_array().expect("a list");
    let faults: Vec<_> = faults
        .iter()
        .map(|fault| (&fault["line"], &fault["problem"]))
        .collect();
    assert_eq!(
        faults,
        [
            (&json!(3), &json!("double_in_cloud")),
            (&json!(4), &json!("bad_identifier")),
            (&json!(5), &json!("double_in_file")),
        ]
    );
    let listed = admin.get("/static-tokens/batches").await.json();
    assert_eq!(listed["totalElements"], 1);

    let taken = import(&admin, &format!("{query}&goodRows=true"), table).await;
    assert_eq!((taken.status, &taken.json()["good"]), (202, &json!(1)));
    let id = taken.json()["batch"]["id"].as_i64().expect("a number");
    assert_eq!(ended(&admin, id).await["unclaimed"], 1);
}

#[tokio::test]
async fn what_cannot_be_imported_says_why() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let latin = b"Gr\xf6\xdfe\n1\n".to_vec();
    let refused = import(&admin, "dryRun=true", latin).await;
    assert_eq!(refused.outcome(), (400, "unreadable_table".to_owned()));
    let attributes = &refused.json()["error"]["attributes"];
    assert_eq!(
        attributes,
        &json!({ "problem": "encoding", "encoding": "Windows-1252" })
    );
    for (query, table, code) in [
        ("", "a\n1\n", "invalid_request"),
        ("name=a%2Fb", "a\n1\n", "invalid_request"),
        ("name=a&mapping=x", "a\n1\n", "invalid_request"),
        ("name=a&identifierColumn=a", "a\n1\n", "invalid_request"),
        ("name=a&orgId=99", "a\n1\n", "not_found"),
        ("name=a", "a\n", "unreadable_table"),
    ] {
        let refused = import(&admin, query, table).await;
        assert_eq!(refused.code(), code, "{query}: {refused:?}");
    }
    let large = import(&admin, "dryRun=true", "a,\n".repeat(12 * 1024 * 1024)).await;
    assert_eq!(large.outcome(), (413, "too_large".to_owned()));
    let looked = import(&admin, "dryRun=true", "Name,x\nPump,1\n").await;
    assert_eq!(looked.json()["columns"], json!(["Name", "x"]));
    assert_eq!(looked.json()["sample"], json!([["Pump", "1"]]));
    assert_eq!(looked.json()["looksLike"], json!({}));
    let numbers = "Name,MAC,IMEI\nA,4a:33:54:68:c9:f1,490154203237518\nB,4A335468C9F2,\n";
    let looked = import(&admin, "dryRun=true", numbers).await;
    assert_eq!(
        looked.json()["looksLike"],
        json!({ "MAC": "eui48", "IMEI": "imei" })
    );
    let guessed = |looked: &Answer| {
        let report = looked.json();
        [
            report["likelyName"].clone(),
            report["likelyIdentifier"].clone(),
        ]
    };
    assert_eq!(guessed(&looked), [json!("Name"), json!("MAC")]);
    // A header says it, too, where the values do not, and in German.
    for (table, want) in [
        (
            "mac,name
x,Pump
y,Pump
",
            ["name", "mac"],
        ),
        (
            "Gerätename;Seriennr.
Pumpe;1
",
            ["Gerätename", "Seriennr."],
        ),
    ] {
        let looked = import(&admin, "dryRun=true", table).await;
        assert_eq!(
            guessed(&looked),
            want.map(|header| json!(header)),
            "{table}"
        );
    }
    assert_eq!(
        admin.get("/static-tokens/batches").await.json()["totalElements"],
        0
    );
}

#[tokio::test]
async fn revoked_labels_claim_nothing_and_claimed_ones_stay() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let id = batch(&admin, "Recall", 5).await["id"].clone();
    let customer = site.sign_in(Role::User).await;
    let kept = newest_qr(&admin).await;
    assert_eq!(customer.claim(&kept).await.status, 201);
    let found = tokens(&admin, &format!("batchId={id}")).await;
    let of = |index: usize| found[index]["id"].clone();

    let some = json!({ "tokenIds": [of(0), of(4)] });
    let answer = admin.post("/static-tokens/revoke", some).await.json();
    assert_eq!(answer, json!({ "revoked": 1, "claimed": 1 }));
    let unknown = json!({ "tokenIds": [of(1), 999_999] });
    assert_eq!(
        admin.post("/static-tokens/revoke", unknown).await.status,
        404
    );
    let both = json!({ "tokenIds": [of(1)], "batchId": id });
    assert_eq!(admin.post("/static-tokens/revoke", both).await.status, 400);

    let last = newest_qr(&admin).await;
    let answer = admin
        .post("/static-tokens/revoke", json!({ "batchId": id }))
        .await
        .json();
    assert_eq!(answer, json!({ "revoked": 3, "claimed": 1 }));
    let after = ended(&admin, id.as_i64().expect("a number")).await;
    let counts = ["unclaimed", "claimed", "revoked"].map(|state| after[state].clone());
    assert_eq!(counts, [json!(0), json!(1), json!(4)]);
    // The claimed one is the newest still: its owner scans it again.
    assert_eq!(last, kept);
    assert_eq!(customer.claim(&kept).await.status, 200);
    let rows = site
        .count("SELECT COUNT(*) FROM audit WHERE action = 'revoke_tokens'")
        .await;
    assert_eq!(rows, 2);
    // The audit names the batch, and the labels by their numbers in it.
    let told = admin.get("/audit?action=revoke_tokens&sort=oldest").await;
    let told = told.json()["content"][0].clone();
    assert_eq!(told["detail"], format!("batch {id}, 1 labels: 1"));
    assert_eq!(told["detailName"], "Recall");
}

#[tokio::test]
async fn an_export_has_a_row_and_an_image_for_each_label_and_no_secret_in_a_name() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let table = "Device Name,Serial,Colour\nPump 1,SN/1,red\nPump 2,SN2,\nPump 3,SN-1-1,=1+1\n";
    let query = "name=Line%202&identifierColumn=Serial&identifierKind=serial";
    let asked = import(&admin, query, table).await.json();
    let id = asked["batch"]["id"].as_i64().expect("a number");
    ended(&admin, id).await;

    let target = format!("/static-tokens/batch/export?batchId={id}&images=both&naming=identifier");
    let sent = admin
        .request(Method::GET, &target)
        .send()
        .await
        .expect("an answer");
    assert_eq!(sent.headers()["content-type"], "application/zip");
    assert_eq!(
        sent.headers()["content-disposition"],
        "attachment; filename=\"Line-2.zip\""
    );
    let bytes = sent.bytes().await.expect("the whole file");
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut names: Vec<_> = zip
        .file_names()
        .map(|name| name.expect("a name").into_owned())
        .collect();
    names.sort();
    // Two identifiers that differ in signs which no file name has.
    let images = ["SN-1-1", "SN-1~1", "SN2"];
    let images = images.map(|name| ["png", "svg"].map(|kind| format!("labels/{name}.{kind}")));
    assert_eq!(names[0], "Line-2.csv");
    assert_eq!(names[1..], images.concat());
    let mut text = String::new();
    zip.by_name("Line-2.csv")
        .expect("a table")
        .read_to_string(&mut text)
        .expect("text");
    let mut lines = text.lines();
    let header =
        "Label,Device Name,Identifier,Claim Code,State,Claim Link,QR Token,Auth Token,Image,Colour";
    assert_eq!(lines.next(), Some(header));
    let first: Vec<_> = lines.next().expect("a row").split(',').collect();
    assert_eq!(first[..3], ["Line 2 1", "Pump 1", "SN/1"]);
    assert_eq!((first[3].len(), first[4]), ("ABCD-EFGH".len(), "unclaimed"));
    assert_eq!(first[5], format!("{}claim#{}", site.cloud.url(), first[6]));
    assert_eq!(first[8..], ["labels/SN-1~1.png", "red"]);
    // No program for tables calculates what somebody typed.
    assert!(lines.last().is_some_and(|line| line.ends_with(",'=1+1")));
    let mut svg = String::new();
    zip.by_name("labels/SN2.svg")
        .expect("an image")
        .read_to_string(&mut svg)
        .expect("text");
    assert!(svg.starts_with("<svg"), "{svg}");

    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.claim(first[5]).await.json()["name"], "Pump 1");
    let staff = site.sign_in(Role::Staff).await;
    assert_eq!(
        staff.get(&target).await.outcome(),
        (403, "forbidden".to_owned())
    );
    let rows = site
        .count("SELECT COUNT(*) FROM audit WHERE action = 'export_tokens'")
        .await;
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_batch_that_is_still_made_is_content_of_its_organization() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let made = json!({ "name": "Meadow", "type": "CLIENT" });
    let org = admin.post("/create", made).await.json()["id"].clone();
    let body = json!({ "templateId": "TMPLsoil00001", "orgId": org, "name": "Late", "count": 5 });
    let batch = admin.post("/static-tokens/batches", body).await;
    assert_eq!(batch.status, 202, "{batch:?}");
    let target = format!("/static-tokens/batch?batchId={}", batch.json()["id"]);
    while admin.get(&target).await.json()["state"] == "making" {
        tokio::task::yield_now().await;
    }
    // As it is before its first token is there; another process has it.
    site.execute("UPDATE batches SET state = 'making', lease_until = 9000000000000")
        .await;
    site.execute("DELETE FROM static_tokens WHERE batch_id IS NOT NULL")
        .await;
    let refused = admin.delete(&format!("?orgId={org}")).await;
    assert_eq!(refused.status, 409, "{refused:?}");
}
