//! Who sees what: one table over all endpoints that read, and what changes besides claiming.

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{API, Answer, Person, Site, send};

fn names(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let rows = json["content"].as_array().expect("a list").clone();
    rows.iter()
        .map(|row| row["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test]
async fn people_see_down_the_tree_and_never_up() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(admin.claim(&site.qr(3)).await.status, 201);
    let everybody: [&Person; 3] = [&admin, &support, &customer];
    for (path, statuses) in [
        ("/profile", [200, 200, 200]),
        ("/user/profile", [200, 200, 200]),
        ("/me", [200, 200, 200]),
        ("/sub-organizations", [200, 200, 200]),
        ("/users", [200, 200, 403]),
        ("/users?orgId=1", [200, 200, 403]),
        ("/users?orgId=9", [404, 404, 403]),
        ("/devices", [200, 200, 200]),
        ("/devices?orgId=1", [200, 200, 404]),
        ("/devices?orgId=2", [200, 200, 200]),
        ("/devices?orgId=9", [404, 404, 404]),
        ("/devices?orgId=x", [400, 400, 400]),
        ("/devices?sort=name&state=online", [200, 200, 200]),
        ("/devices?sort=size", [400, 400, 400]),
        ("/devices?state=lost", [400, 400, 400]),
        ("/devices?templateId=TMPLsoil00001", [200, 200, 200]),
        ("/devices?templateId=TMPLnone00001", [400, 400, 400]),
        ("/devices?after=x", [400, 400, 400]),
        ("/search/devices?query=soil&sort=size", [400, 400, 400]),
        ("/search/devices?query=soil&state=lost", [400, 400, 400]),
        (
            "/search/devices?query=soil&templateId=TMPLnone00001",
            [400, 400, 400],
        ),
        ("/search/devices?query=so", [400, 400, 400]),
        ("/search/devices", [400, 400, 400]),
        ("/search/devices?query=soil%00", [400, 400, 400]),
        ("/search/devices?query=soil&orgId=1", [200, 200, 404]),
        ("/search/devices?query=soil&orgId=9", [404, 404, 404]),
        ("/device?deviceId=1", [200, 200, 200]),
        ("/device?deviceId=4", [200, 200, 404]),
        ("/device?deviceId=99", [404, 404, 404]),
        ("/device", [400, 400, 400]),
        ("/device/online?deviceId=1", [200, 200, 200]),
        ("/device/online?deviceId=4", [200, 200, 404]),
        ("/device/online?deviceId=99", [404, 404, 404]),
        ("/device/online", [400, 400, 400]),
        ("/templates", [200, 200, 200]),
        ("/template?templateId=TMPLsoil00001", [200, 200, 200]),
        ("/template?templateId=TMPLnone00001", [404, 404, 404]),
        ("/static-tokens", [200, 200, 200]),
        ("/static-tokens?orgId=1", [200, 200, 404]),
    ] {
        for (person, want) in everybody.iter().zip(statuses) {
            let answer = person.get(path).await;
            assert_eq!(answer.status, want, "{path}: {answer:?}");
        }
        let nobody = site.get(&format!("{API}{path}")).await;
        assert_eq!(
            nobody.outcome(),
            (401, "unauthenticated".to_owned()),
            "{path}"
        );
        assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn lists_hold_what_the_caller_reaches() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    assert_eq!(admin.claim(&site.qr(3)).await.status, 201);
    let farm = ["Orchard gate", "Tomato bed 2", "Greenhouse north"];
    let all = ["Soil sensor 1", farm[0], farm[1], farm[2]];
    for (person, path, want) in [
        (&admin, "/devices", &all[..1]),
        (&admin, "/devices?includeSubOrgDevices=true", &all),
        (&admin, "/devices?orgId=2", &farm),
        (
            &admin,
            "/devices?includeSubOrgDevices=true&size=2",
            &all[..2],
        ),
        (
            &admin,
            "/devices?includeSubOrgDevices=true&size=2&page=1",
            &all[2..],
        ),
        (&admin, "/devices?includeSubOrgDevices=true&page=7", &[]),
        (&customer, "/devices", &farm),
        (&customer, "/devices?includeSubOrgDevices=true", &farm),
        (&admin, "/search/devices?query=SOIL", &all[..1]),
        (&admin, "/search/devices?query=tomato", &farm[1..2]),
        (&admin, "/search/devices?query=%25%25%25", &[]),
        (&customer, "/search/devices?query=soil", &[]),
        (&admin, "/search/devices?query=soil&orgId=2", &[]),
        (&admin, "/search/devices?query=tomato&orgId=2", &farm[1..2]),
        (&admin, "/sub-organizations", &["Green Farm"]),
        (&customer, "/sub-organizations", &[]),
        (&admin, "/users", &["Ada Marsh", "Clara Green", "Sam Reed"]),
        (&admin, "/users?orgId=2", &["Clara Green"]),
        (&customer, "/templates", &["Soil sensor"]),
    ] {
        assert_eq!(names(&person.get(path).await), want, "{path}");
    }
    let first_page = admin.get("/devices?includeSubOrgDevices=true&size=2").await;
    assert_eq!(first_page.json()["totalElements"], 4);
}

/// A page goes on where the one before ended, in its own order alone.
#[tokio::test]
async fn a_list_goes_on_in_its_order() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let list = "/devices?includeSubOrgDevices=true&size=1&sort=";
    let first = admin.get(&format!("{list}name")).await.json();
    let next = first["next"].as_str().expect("there are more");
    let second = admin.get(&format!("{list}name&after={next}")).await;
    assert_eq!(second.status, 200);
    assert_ne!(second.json()["content"], first["content"]);
    assert_eq!(second.json()["totalElements"], first["totalElements"]);
    for (path, field) in [
        (format!("{list}name_reversed&after={next}"), "after"),
        (list.to_owned(), "sort"),
        ("/devices?state=".to_owned(), "state"),
        ("/devices?templateId=".to_owned(), "templateId"),
    ] {
        let refused = admin.get(&path).await;
        assert_eq!(refused.status, 400, "{path}");
        assert_eq!(refused.json()["error"]["attributes"]["field"], field);
    }
}

/// A device is found by its number however that is written, where it is within reach, and so is its label; an export is of
/// what was found.
#[tokio::test]
async fn numbers_are_found_as_people_write_them() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    site.execute(
        "UPDATE static_tokens SET identifier_kind = 'eui48', identifier = '02005E100001', sought = '02005E100001',
                                  folded = '02005e100001' WHERE device_id = 1",
    )
    .await;
    site.execute(
        "UPDATE static_tokens SET identifier_kind = 'serial', identifier = 'sn-0012_34', sought = 'SN-0012_34',
                                  folded = 'sn-0012_34' WHERE device_id = 2",
    )
    .await;
    for (query, device) in [
        ("02005e100001", Some(1)),
        ("02:00:5e:10:00:01", Some(1)),
        ("02-00-5E-10-00-01", Some(1)),
        ("0200.5e10.0001", Some(1)),
        ("SN 0012-34", Some(2)),
        ("sn001234", Some(2)),
        ("02:00:5e:10:00:02", None),
    ] {
        let whose = |answer: Answer| {
            let content = answer.json()["content"].as_array().expect("rows").clone();
            let ids = content.iter().map(|row| row["id"].as_i64());
            ids.collect::<Vec<_>>()
        };
        let expected: Vec<Option<i64>> = device.iter().map(|id| Some(*id)).collect();
        for order in ["", "&sort=name", "&templateId=TMPLsoil00001"] {
            let path = format!("/search/devices?query={query}{order}");
            assert_eq!(whose(customer.get(&path).await), expected, "{path}");
        }
        let tokens = admin
            .get(&format!("/static-tokens/find?query={query}"))
            .await;
        let tokens = tokens.json()["content"].clone();
        let found: Vec<Option<i64>> = tokens
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row["deviceId"].as_i64())
            .collect();
        assert_eq!(found, expected, "{query}");
        let export = format!("/devices/export?includeSubOrgDevices=true&query={query}");
        let rows = admin.get(&export).await.text.lines().count();
        assert_eq!(rows, 1 + expected.len(), "{query}");
    }
    let part = admin.get("/static-tokens/find?query=5e:10:00").await.json();
    assert_eq!(part["totalElements"], 1);
    let shown = customer.get("/device?deviceId=1").await.json();
    assert_eq!(
        shown["identifier"],
        json!({ "kind": "eui48", "value": "02005E100001" })
    );
    // Nothing is connected in a demo that nobody connects to.
    site.execute(
        "UPDATE devices SET first_connect_time = 1, connect_time = 2, disconnect_time = NULL WHERE id = 1",
    )
    .await;
    let filtered = admin
        .get("/devices/export?includeSubOrgDevices=true&state=online")
        .await;
    assert_eq!(filtered.text.lines().count(), 2);
}

#[tokio::test]
async fn a_search_has_3_to_100_characters() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for (length, want) in [(2, 400), (3, 200), (100, 200), (101, 400), (60_000, 400)] {
        let path = format!("/search/devices?query={}", "x".repeat(length));
        let answer = customer.get(&path).await;
        assert_eq!(answer.status, want, "{length}");
        if want == 400 {
            assert_eq!(answer.json()["error"]["attributes"]["field"], "query");
        }
    }
}

#[tokio::test]
async fn states_are_those_of_the_demo() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for (id, state, name) in [
        (1, "offline", "Offline"),
        (2, "offline", "Offline"),
        (3, "never_connected", "Never connected"),
    ] {
        let device = customer.get(&format!("/device?deviceId={id}")).await.json();
        assert_eq!(device["state"], state);
        assert_eq!(device["lifecycleStatus"]["name"], name);
        let values = device["dataStreamValues"].as_array().expect("a list");
        assert_eq!(values.len(), 10, "one for each of the template's");
        assert!(
            values.iter().all(|one| one.get("updatedAt").is_none()),
            "nothing came yet"
        );
        let field =
            json!({ "id": 1, "name": "Serial Number", "value": { "type": "Text", "value": "" } });
        assert_eq!(device["metaFieldValues"], json!([field]));
    }
}

#[tokio::test]
async fn secrets_are_for_support_and_leave_a_trace() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let shown = "SELECT COUNT(*) FROM audit WHERE action = 'show_secrets' AND actor = 'user 2'";
    let tokens = support.get("/static-tokens").await.json();
    assert_eq!(tokens["totalElements"], 12);
    assert_eq!(tokens["content"][5]["token"], site.qr(5));
    assert_eq!(tokens["content"][5]["deviceToken"], site.auth(5));
    assert_eq!(tokens["content"][5]["status"], "UNCLAIMED");
    assert_eq!(tokens["content"][0]["status"], "CLAIMED");
    assert_eq!(site.count(shown).await, 1);
    for person in [&support, &customer] {
        let device = person.get("/device?deviceId=1").await.json();
        assert!(device.get("token").is_none(), "pages look all the time");
    }
    assert_eq!(site.count(shown).await, 1);
    let token = support.get("/device/token?deviceId=1").await.json();
    assert_eq!(token["token"], site.auth(0));
    assert_eq!(site.count(shown).await, 2);
    for path in [
        "/devices",
        "/devices?includeSubOrgDevices=true",
        "/static-tokens",
    ] {
        let (seen, listed) = (customer.get(path).await, support.get(path).await);
        assert!(!seen.text.contains(&site.auth(0)), "{path}");
        assert_eq!(
            listed.text.contains(&site.auth(0)),
            path == "/static-tokens"
        );
    }
}

#[tokio::test]
async fn devices_are_renamed() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let long = "x".repeat(51);
    for (id, name, want) in [
        (1, "Gewächshaus Süd", (200, "-")),
        (1, "  Clara's bed_2-b ", (200, "-")),
        (1, "", (400, "invalid_request")),
        (1, "a/b", (400, "invalid_request")),
        (1, &long, (400, "invalid_request")),
        (99, "Shed", (404, "not_found")),
    ] {
        let path = format!("/device?deviceId={id}");
        let answer = customer.put(&path, json!({ "name": name })).await;
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{name:?}");
    }
    let device = customer.get("/device?deviceId=1").await.json();
    assert_eq!(device["name"], "Clara's bed_2-b");
    let foreign = site
        .sign_in(Role::Admin)
        .await
        .claim(&site.qr(3))
        .await
        .json();
    let path = format!("/device?deviceId={}", foreign["id"]);
    assert_eq!(
        customer.put(&path, json!({ "name": "Mine" })).await.status,
        404
    );
}

#[tokio::test]
async fn devices_are_made_by_hand() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let request = |template: &str, org: i64, name: Value, owner: Value| json!({ "templateId": template, "orgId": org, "name": name, "ownerId": owner });
    let soil = "TMPLsoil00001";
    for (body, want) in [
        (request(soil, 2, json!("Shed"), json!(3)), (201, "-")),
        (request(soil, 2, Value::Null, Value::Null), (201, "-")),
        (
            request(soil, 9, Value::Null, Value::Null),
            (404, "not_found"),
        ),
        (
            request("TMPLnone00001", 2, Value::Null, Value::Null),
            (404, "not_found"),
        ),
        (request(soil, 2, Value::Null, json!(99)), (404, "not_found")),
        // The customer's organization stands below the maker's.
        (
            request(soil, 1, Value::Null, json!(3)),
            (400, "invalid_request"),
        ),
        (
            request(soil, 2, json!("a/b"), Value::Null),
            (400, "invalid_request"),
        ),
    ] {
        let answer = support.post("/device/create", body.clone()).await;
        assert_eq!(answer.outcome(), (want.0, want.1.to_owned()), "{body}");
        if answer.status == 201 {
            assert_eq!(answer.json()["token"].as_str().map(str::len), Some(32));
        }
    }
    site.execute("UPDATE users SET status = 'Suspended' WHERE id = 1")
        .await;
    let body = request(soil, 2, Value::Null, json!(1));
    let answer = support.post("/device/create", body).await;
    assert_eq!(answer.json()["error"]["attributes"]["field"], "ownerId");
    let body = request(soil, 2, Value::Null, Value::Null);
    assert_eq!(customer.post("/device/create", body).await.status, 403);
    let names = names(&customer.get("/devices").await);
    assert_eq!(names[..2], ["Soil sensor 4", "Shed"]);
}

#[tokio::test]
async fn tokens_are_generated() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let customer = site.sign_in(Role::User).await;
    let request = |count: i64| json!({ "templateId": "TMPLsoil00001", "count": count });
    let made = support.post("/static-tokens/generate", request(100)).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    assert_eq!(made["totalElements"], 100);
    for row in made["content"].as_array().expect("a list") {
        let qr = row["token"].as_str().expect("a QR token");
        assert!(qr.starts_with("sqr_") && qr.len() == 36);
        assert_eq!(row["deviceToken"].as_str().map(str::len), Some(32));
    }
    let qr = made["content"][99]["token"].as_str().expect("a QR token");
    assert_eq!(customer.claim(qr).await.status, 201);
    for (person, count, want) in [
        (&support, 0, 400),
        (&support, 10_001, 400),
        (&support, -1, 400),
        (&customer, 1, 403),
    ] {
        let answer = person.post("/static-tokens/generate", request(count)).await;
        assert_eq!(answer.status, want, "{count}");
    }
    assert_eq!(site.count("SELECT COUNT(*) FROM static_tokens").await, 112);
    let elsewhere = json!({ "templateId": "TMPLsoil00001", "count": 1, "orgId": 9 });
    assert_eq!(
        support
            .post("/static-tokens/generate", elsewhere)
            .await
            .status,
        404
    );
}

/// PostgreSQL refuses NUL in a text; nobody gets to see that.
#[tokio::test]
async fn texts_with_nul_are_found_nowhere() {
    let site = Site::demo().await;
    let support = site.sign_in(Role::Staff).await;
    let found = support.get("/template?templateId=TMPL%00soil").await;
    assert_eq!(found.status, 404, "{}", found.text);
    let found = support.get("/search/devices?query=pump%00").await.status;
    assert!([200, 400].contains(&found), "{found}");
    let body = json!({ "email": "ada\0@meadow.example", "password": "long enough" });
    let answer = site.post("/api/session", body).await;
    assert_eq!(answer.code(), "wrong_credentials", "{}", answer.text);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "a\0"),
        ("client_secret", "b"),
    ];
    let answer = send(site.request(Method::POST, "/oauth2/token").form(&form)).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
}
