//! Templates, from making one to its end.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Person, Site};

const DEMO: &str = "TMPLsoil00001";

fn valve() -> Value {
    json!({
        "name": "Water valve",
        "description": "Opens and shuts",
        "datastreams": [
            {"pin": 9, "name": "State", "dataType": {"kind": "enum", "values": ["shut", "open"], "default": 0}},
            {"pin": 1, "name": "Opening", "unit": "%", "writable": true, "queued": true,
             "dataType": {"kind": "integer", "min": 0, "max": 100, "default": 0}}
        ],
        "metaFields": [{"name": "Serial Number", "kind": "text"}],
        "events": [{"code": "stuck", "name": "Stuck", "severity": "critical"}]
    })
}

async fn made(person: &Person<'_>) -> String {
    let made = person.post("/template", valve()).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["templateId"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// The administrator of a new client of the maker's.
async fn administrator_below<'a>(site: &'a Site, email: &str) -> Person<'a> {
    let admin = site.sign_in(Role::Admin).await;
    let org = json!({ "name": "Hill Farm" });
    let org = admin.post("/create", org).await.json()["id"].clone();
    let org = org.as_i64().expect("a number");
    site.member(org, email, Role::Admin).await.0
}

#[tokio::test]
async fn a_template_is_made_found_changed_and_deleted() {
    let site = Site::demo().await;
    let staff = site.sign_in(Role::Staff).await;
    let id = made(&staff).await;
    let found = staff.get("/templates?query=VALVE").await.json();
    assert_eq!(found["totalElements"], 1);
    assert_eq!(found["content"][0]["templateId"], id);

    let one = format!("/template?templateId={id}");
    let template = staff.get(&one).await.json();
    let pins: Vec<_> = [0, 1]
        .map(|index| template["datastreams"][index]["pin"].as_i64())
        .to_vec();
    assert_eq!(pins, [Some(1), Some(9)], "in the order of their pins");
    for (list, path) in [
        ("datastreams", "datastreams"),
        ("events", "events"),
        ("metaFields", "metafields"),
    ] {
        let answer = staff
            .get(&format!("/template/{path}?templateId={id}"))
            .await;
        assert_eq!(answer.json(), template[list], "{path}");
    }

    let mut draft = valve();
    draft["name"] = json!("Gas valve");
    draft["revision"] = template["revision"].clone();
    draft["events"] = json!([]);
    let edited = staff.put(&one, draft).await;
    assert_eq!(edited.status, 200, "{edited:?}");
    let template = staff.get(&one).await.json();
    assert_eq!(template, edited.json());
    assert_eq!(template["name"], "Gas valve");
    assert_eq!(template["events"], json!([]));

    assert_eq!(staff.delete(&one).await.status, 204);
    assert_eq!(staff.get(&one).await.status, 404);
    let audit = staff.get("/audit?size=3").await.json();
    let rows = audit["content"].as_array().expect("a list").iter();
    let rows: Vec<_> = rows
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            (text("action"), text("detail"))
        })
        .collect();
    let row = |action: &str, detail: String| (action.to_owned(), detail);
    assert_eq!(
        rows,
        [
            row("delete_template", format!("Gas valve ({id})")),
            row("edit_template", format!("{id}, was Water valve")),
            row("create_template", id.clone()),
        ]
    );
}

#[tokio::test]
async fn of_two_who_change_a_template_the_later_writes_nothing_over() {
    let site = Site::demo().await;
    let staff = site.sign_in(Role::Staff).await;
    let admin = site.sign_in(Role::Admin).await;
    let one = format!("/template?templateId={}", made(&staff).await);
    let mut draft = staff.get(&one).await.json();
    assert_eq!(draft["revision"], 1);
    let mut other = draft.clone();
    draft["events"] = json!([]);
    other["name"] = json!("Gas valve");
    assert_eq!(staff.put(&one, draft.clone()).await.json()["revision"], 2);
    let refused = admin.put(&one, other.clone()).await;
    assert_eq!(refused.outcome(), (409, "template_changed".to_owned()));
    assert_eq!(refused.json()["error"]["attributes"]["revision"], "2");
    let mut found = admin.get(&one).await.json();
    assert_eq!(
        (&found["name"], &found["events"]),
        (&json!("Water valve"), &json!([]))
    );
    // Looked at and made to it, nothing of either is lost.
    found["name"] = json!("Gas valve");
    let both = admin.put(&one, found).await.json();
    assert_eq!(
        (&both["name"], &both["events"], &both["revision"]),
        (&json!("Gas valve"), &json!([]), &json!(3))
    );
    // Whoever does not say what they began with writes over nothing.
    let refused = admin.put(&one, valve()).await;
    assert_eq!(refused.json()["error"]["attributes"]["field"], "revision");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_crowd_one_changes_a_template() {
    let site = Site::demo().await;
    let staff = site.sign_in(Role::Staff).await;
    let one = format!("/template?templateId={}", made(&staff).await);
    let mut draft = valve();
    draft["revision"] = json!(1);
    let edits = (0..8).map(|_| staff.put(&one, draft.clone()));
    let answers = futures_util::future::join_all(edits).await;
    let made = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers
        .iter()
        .filter(|answer| answer.code() == "template_changed")
        .count();
    assert_eq!((made, refused), (1, 7), "{answers:?}");
}

#[tokio::test]
async fn a_template_that_contradicts_itself_says_where() {
    let site = Site::demo().await;
    let staff = site.sign_in(Role::Staff).await;
    let mut double = valve();
    double["datastreams"][0]["pin"] = json!(1);
    let mut range = valve();
    range["datastreams"][1]["dataType"]["min"] = json!(101);
    for (draft, problem, index) in [(double, "double_pin", "1"), (range, "bad_range", "1")] {
        let answer = staff.post("/template", draft).await;
        assert_eq!(answer.outcome(), (400, "bad_template".to_owned()));
        let attributes = &answer.json()["error"]["attributes"];
        assert_eq!(attributes["problem"], problem);
        assert_eq!(attributes["part"], "datastreams");
        assert_eq!(attributes["index"], index);
    }
    let mut pin = valve();
    pin["datastreams"][0]["pin"] = json!(256);
    let answer = staff.post("/template", pin).await;
    assert_eq!(answer.outcome(), (400, "invalid_request".to_owned()));
    let found = staff.get("/templates?query=valve").await.json();
    assert_eq!(found["totalElements"], 0, "nothing was made");
}

#[tokio::test]
async fn what_devices_and_tokens_use_stays() {
    let site = Site::demo().await;
    let staff = site.sign_in(Role::Staff).await;
    let demo = format!("/template?templateId={DEMO}");
    let refused = staff.delete(&demo).await;
    assert_eq!(refused.outcome(), (409, "template_in_use".to_owned()));
    let attributes = &refused.json()["error"]["attributes"];
    assert_eq!(attributes["devices"], "3");
    assert_eq!(attributes["tokens"], "12");

    // A device alone holds it, and once that is gone nothing does: not even the number that named it.
    let id = made(&staff).await;
    let own = format!("/template?templateId={id}");
    let org = staff.get("/me").await.json()["organization"]["id"].clone();
    let device = json!({ "templateId": id, "orgId": org });
    let device = staff.post("/device/create", device).await.json();
    assert_eq!(device["name"], "Water valve 1");
    assert_eq!(staff.delete(&own).await.code(), "template_in_use");
    let device = format!("/device?deviceId={}", device["id"]);
    assert_eq!(staff.delete(&device).await.status, 200);
    assert_eq!(staff.delete(&own).await.status, 204);
}

#[tokio::test]
async fn those_below_use_a_template_and_leave_it_as_it_is() {
    let site = Site::demo().await;
    let maker = site.sign_in(Role::Staff).await;
    let id = made(&maker).await;
    let one = format!("/template?templateId={id}");
    let client = administrator_below(&site, "hana@hill.example").await;
    assert_eq!(client.get(&one).await.json(), maker.get(&one).await.json());
    let mut draft = valve();
    draft["revision"] = json!(1);
    assert_eq!(client.put(&one, draft).await.status, 404);
    assert_eq!(client.delete(&one).await.status, 404);

    let below = made(&client).await;
    let below = format!("/template?templateId={below}");
    assert_eq!(client.get(&below).await.status, 200);
    assert_eq!(maker.get(&below).await.status, 404, "the maker's it is not");
    let customer = site.sign_in(Role::User).await;
    assert_eq!(customer.get(&one).await.status, 200);
    assert_eq!(customer.post("/template", valve()).await.status, 403);
}

#[tokio::test]
async fn the_demos_template_has_ten_datastreams() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let streams = customer
        .get(&format!("/template/datastreams?templateId={DEMO}"))
        .await
        .json();
    let streams = streams.as_array().expect("a list");
    let pins: Vec<_> = streams.iter().map(|one| one["pin"].as_i64()).collect();
    assert_eq!(pins, (0..10).map(Some).collect::<Vec<_>>());
    for number in [1, 2] {
        assert_eq!(streams[number]["dataType"]["kind"], "double");
    }
}

#[tokio::test]
async fn whoever_filters_devices_by_kind_is_shown_the_kinds_of_their_devices() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    // A kind of the maker's that nobody has a device of but the maker.
    let valve = made(&admin).await;
    let kinds = async |person: &Person<'_>| {
        let found = person.get("/templates?hasDevices=true").await.json();
        let all = found["content"].as_array().expect("a list").clone();
        assert_eq!(found["totalElements"], all.len());
        let ids = all.iter().map(|one| one["templateId"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(kinds(&admin).await, [json!(DEMO)], "nothing is a valve");
    let device = json!({ "templateId": valve, "orgId": 1 });
    assert_eq!(admin.post("/device/create", device).await.status, 201);
    assert_eq!(kinds(&admin).await, [json!(DEMO), json!(valve)]);
    assert_eq!(kinds(&customer).await, [json!(DEMO)]);
    // All that they may use are there as before.
    assert_eq!(customer.get("/templates").await.json()["totalElements"], 2);
    // What an organization below made is seen from above.
    let below = administrator_below(&site, "head@hill.example").await;
    let own = made(&below).await;
    let profile = below.get("/profile").await.json();
    let device = json!({ "templateId": own, "orgId": profile["id"] });
    assert_eq!(below.post("/device/create", device).await.status, 201);
    assert_eq!(kinds(&below).await, [json!(own)]);
    assert_eq!(kinds(&admin).await.len(), 3);
    let searched = admin.get("/templates?hasDevices=true&query=soil").await;
    assert_eq!(searched.json()["totalElements"], 1);
}
