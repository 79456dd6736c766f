//! Gateways and their nodes, as people arrange them.

use handover_wire::Role;
use serde_json::{Value, json};

use crate::testing::{Person, Site};

/// A template of the maker's, whose devices speak for nodes or do not.
pub async fn template(site: &Site, name: &str, is_gateway: bool) -> Value {
    let admin = site.sign_in(Role::Admin).await;
    let streams = json!([{ "pin": 1, "name": "Moisture", "dataType": { "kind": "double" } },
        { "pin": 0, "name": "Light", "dataType": { "kind": "integer" }, "writable": true, "queued": true }]);
    let draft = json!({ "name": name, "gatewayApi": is_gateway, "datastreams": streams });
    let made = admin.post("/template", draft).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["templateId"].clone()
}

/// A device of a template, made by hand, of the customer's or somebody else.
pub async fn device(site: &Site, template: &Value, org: i64, owner: i64, name: &str) -> i64 {
    let admin = site.sign_in(Role::Admin).await;
    let new = json!({ "templateId": template, "orgId": org, "ownerId": owner, "name": name });
    let made = admin.post("/device/create", new).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["id"].as_i64().expect("a number")
}

/// Two devices of the demo's customer, with numbered names.
pub async fn two(site: &Site, template: &Value, name: &str) -> [i64; 2] {
    let customer = customer(site).await;
    let name = |number: u8| format!("{name} {number}");
    [
        device(site, template, FARM, customer, &name(1)).await,
        device(site, template, FARM, customer, &name(2)).await,
    ]
}

/// The demo's customer, by their number.
async fn customer(site: &Site) -> i64 {
    let me = site.sign_in(Role::User).await.get("/me").await.json();
    me["user"]["id"].as_i64().expect("a number")
}

/// A device's auth token, as its maker sees it.
pub async fn token(site: &Site, device: i64) -> String {
    let admin = site.sign_in(Role::Admin).await;
    let path = format!("/device/token?deviceId={device}");
    let found = admin.get(&path).await.json();
    found["token"].as_str().expect("a token").to_owned()
}

/// What devices there are to play with: two gateways and two nodes of the customer's.
pub struct Scene {
    pub gateway: i64,
    pub other: i64,
    pub nodes: [i64; 2],
    pub hub: Value,
    pub plain: Value,
    pub customer: i64,
}

/// The organization of the demo's customer.
pub const FARM: i64 = 2;

pub async fn scene(site: &Site) -> Scene {
    let (hub, plain) = (
        template(site, "Hub", true).await,
        template(site, "Probe", false).await,
    );
    let [gateway, other] = two(site, &hub, "Hub").await;
    Scene {
        gateway,
        other,
        nodes: two(site, &plain, "Probe").await,
        hub,
        plain,
        customer: customer(site).await,
    }
}

pub async fn pair(person: &Person<'_>, gateway: i64, node: i64) -> (u16, String) {
    let both = json!({ "gatewayId": gateway, "nodeId": node });
    person.post("/gateway/pair", both).await.outcome()
}

async fn part(person: &Person<'_>, device: i64) -> Value {
    let path = format!("/gateway?deviceId={device}");
    person.get(&path).await.json()
}

async fn nodes(person: &Person<'_>, gateway: i64) -> Vec<String> {
    let part = part(person, gateway).await;
    let all = part["nodes"].as_array().expect("a gateway").clone();
    let names = all
        .iter()
        .map(|node| node["name"].as_str().expect("a name").to_owned());
    names.collect()
}

fn said(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_node_is_paired_moved_and_let_go() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        other,
        nodes: [one, two],
        ..
    } = scene(&site).await;
    assert_eq!(part(&customer, one).await, json!({ "kind": "alone" }));
    for _ in 0..2 {
        assert_eq!(pair(&customer, gateway, one).await, said(204, "-"));
    }
    assert_eq!(nodes(&customer, gateway).await, ["Probe 1"]);
    let found = part(&customer, one).await;
    assert_eq!(found["gateway"]["name"], "Hub 1");
    // No node has two gateways, no gateway has one, and what is none speaks for nobody.
    for (gateway, node, code, problem) in [
        (other, one, "not_pairable", "elsewhere"),
        (gateway, other, "not_pairable", "is_gateway"),
        (gateway, gateway, "not_pairable", "is_gateway"),
        (two, one, "no_gateway", ""),
    ] {
        let both = json!({ "gatewayId": gateway, "nodeId": node });
        let answer = customer.post("/gateway/pair", both).await;
        assert_eq!(answer.outcome(), said(409, code), "{gateway} {node}");
        let found = answer.json()["error"]["attributes"]["problem"].clone();
        assert_eq!(found.as_str().unwrap_or_default(), problem);
    }
    let both = |gateway: i64, node: i64| json!({ "gatewayId": gateway, "nodeId": node });
    let answer = customer.post("/gateway/move", both(other, two)).await;
    assert_eq!(
        answer.json()["error"]["attributes"]["problem"],
        "not_paired"
    );
    assert_eq!(
        customer
            .post("/gateway/move", both(other, one))
            .await
            .status,
        204
    );
    assert_eq!(nodes(&customer, other).await, ["Probe 1"]);
    assert_eq!(nodes(&customer, gateway).await, Vec::<String>::new());
    // A broken gateway is replaced with all that it has.
    assert_eq!(pair(&customer, other, two).await, said(204, "-"));
    let replace = json!({ "gatewayId": other, "newGatewayId": gateway });
    let replaced = customer.post("/gateway/replace", replace).await;
    assert_eq!(replaced.json(), json!({ "nodes": 2 }));
    assert_eq!(nodes(&customer, gateway).await, ["Probe 1", "Probe 2"]);
    for _ in 0..2 {
        let unpaired = customer
            .post("/gateway/unpair", json!({ "nodeId": one }))
            .await;
        assert_eq!(unpaired.status, 204);
    }
    assert_eq!(nodes(&customer, gateway).await, ["Probe 2"]);
    // Each time that a node was given to a gateway its keys on the air are others.
    let given = "SELECT CAST(SUM(derivation) AS BIGINT) FROM devices";
    assert_eq!(site.count(given).await, 5);
    for (action, times) in [
        ("pair_node", 2),
        ("move_node", 3),
        ("unpair_node", 1),
        ("replace_gateway", 1),
    ] {
        let sql = format!("SELECT COUNT(*) FROM audit WHERE action = '{action}'");
        assert_eq!(
            site.count(sqlx::AssertSqlSafe(sql)).await,
            times,
            "{action}"
        );
    }
}

#[tokio::test]
async fn whoever_has_neither_pairs_nothing() {
    let site = Site::demo().await;
    let Scene {
        gateway,
        nodes: [one, _],
        hub,
        plain,
        ..
    } = scene(&site).await;
    let (stranger, org, id) = site.client("Beside", "beside@client.example").await;
    let (own_gateway, own_node) = (
        device(&site, &hub, org, id, "Their hub").await,
        device(&site, &plain, org, id, "Their probe").await,
    );
    let unknown = pair(&stranger, own_gateway, 9_999).await;
    for (with, node) in [(own_gateway, one), (gateway, own_node), (gateway, one)] {
        assert_eq!(pair(&stranger, with, node).await, unknown, "{with} {node}");
    }
    assert_eq!(unknown, said(404, "not_found"));
    // Support of both may see both, and an organization's gateway does not speak for another one's node.
    let support = site.sign_in(Role::Staff).await;
    let both = json!({ "gatewayId": gateway, "nodeId": own_node });
    let answer = support.post("/gateway/pair", both).await;
    assert_eq!(
        answer.json()["error"]["attributes"]["problem"],
        "organization"
    );
    assert_eq!(pair(&support, gateway, one).await, said(204, "-"));
    // One above does.
    let above = device(&site, &hub, 1, 1, "Makers hub").await;
    assert_eq!(pair(&support, above, own_node).await, said(204, "-"));
    let found = part(&stranger, own_node).await;
    assert_eq!(found["gateway"], Value::Null, "{found}");
    // A colleague of the owner's gives nothing of theirs away.
    let (colleague, _) = site.customer_of(FARM, "other@client.example").await;
    for path in ["/gateway/unpair", "/gateway/pair", "/gateway/window"] {
        let body = json!({ "gatewayId": gateway, "nodeId": one, "minutes": 5 });
        assert_eq!(
            colleague.post(path, body).await.outcome(),
            said(403, "forbidden"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_pairing_ends_with_the_hands_that_it_was_made_in() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let admin = site.sign_in(Role::Admin).await;
    let Scene {
        gateway,
        other,
        nodes: [one, two],
        plain,
        customer: id,
        ..
    } = scene(&site).await;
    let release = json!({ "deviceId": one, "history": "keep" });
    let transfer = json!({ "deviceId": one, "newOrgId": 1 });
    let third = device(&site, &plain, FARM, id, "Probe 3").await;
    for node in [one, two, third] {
        assert_eq!(pair(&customer, gateway, node).await, said(204, "-"));
    }
    // An undone transfer brings the device back, and not what was ended.
    assert_eq!(admin.post("/device/transfer", transfer).await.status, 204);
    assert_eq!(nodes(&admin, gateway).await, ["Probe 2", "Probe 3"]);
    let undone = admin.post("/device/undo", json!({ "deviceId": one })).await;
    assert_eq!(undone.status, 200, "{undone:?}");
    assert_eq!(nodes(&admin, gateway).await, ["Probe 2", "Probe 3"]);
    assert_eq!(pair(&customer, gateway, one).await, said(204, "-"));
    assert_eq!(customer.post("/device/release", release).await.status, 200);
    let deleted = customer.delete(&format!("/device?deviceId={two}")).await;
    assert_eq!(deleted.status, 200);
    assert_eq!(nodes(&customer, gateway).await, ["Probe 3"]);
    assert_eq!(pair(&admin, gateway, one).await, said(409, "not_held"));
    // A gateway that goes leaves its nodes behind, each on its own.
    let release = json!({ "deviceId": gateway, "history": "keep" });
    assert_eq!(customer.post("/device/release", release).await.status, 200);
    assert_eq!(part(&customer, third).await, json!({ "kind": "alone" }));
    assert_eq!(pair(&customer, other, third).await, said(204, "-"));
}

#[tokio::test]
async fn a_join_window_closes_by_itself() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        nodes: [one, _],
        ..
    } = scene(&site).await;
    let open = |minutes: i64| json!({ "gatewayId": gateway, "minutes": minutes });
    for minutes in [-1, 61] {
        let answer = customer.post("/gateway/window", open(minutes)).await;
        assert_eq!(answer.outcome(), said(400, "invalid_request"));
    }
    let opened = customer.post("/gateway/window", open(5)).await.json();
    assert_eq!(part(&customer, gateway).await["joinUntil"], opened["until"]);
    // Who has not asked is not accepted.
    let decide = json!({ "gatewayId": gateway, "nodeId": one, "accept": true });
    assert_eq!(
        customer.post("/gateway/decide", decide).await.outcome(),
        said(404, "not_found")
    );
    site.clock.pass_seconds(300);
    assert_eq!(part(&customer, gateway).await["joinUntil"], Value::Null);
    customer.post("/gateway/window", open(5)).await;
    let closed = customer.post("/gateway/window", open(0)).await.json();
    assert_eq!(closed, json!({ "until": null }));
}

/// The keys on the air follow from token and derivation: whoever had a node before must not have those of whoever has it next.
#[tokio::test]
async fn keys_on_the_air_are_never_the_same_again() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        nodes: [one, _],
        ..
    } = scene(&site).await;
    let derivation = "SELECT MAX(derivation) FROM devices WHERE name LIKE 'Probe%'";
    let other = json!({ "gatewayId": gateway, "nodeId": one });
    assert_eq!(pair(&customer, gateway, one).await, said(204, "-"));
    assert_eq!(customer.post("/gateway/unpair", other).await.status, 204);
    assert_eq!(pair(&customer, gateway, one).await, said(204, "-"));
    assert_eq!(site.count(derivation).await, 2);
    let gone = customer
        .post("/device/release", json!({ "deviceId": one }))
        .await;
    let label = gone.json()["label"]["text"]
        .as_str()
        .expect("a label")
        .to_owned();
    let again = customer.claim(&label).await;
    let again = again.json()["id"].as_i64().expect("a number");
    assert_ne!(again, one, "it was erased and made anew");
    assert_eq!(pair(&customer, gateway, again).await, said(204, "-"));
    assert_eq!(site.count("SELECT MAX(derivation) FROM devices").await, 3);
}

#[tokio::test]
async fn what_is_no_gateway_any_more_has_no_nodes() {
    let site = Site::demo().await;
    let admin = site.sign_in(Role::Admin).await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        nodes: [one, _],
        hub,
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, one).await, said(204, "-"));
    let path = format!("/template?templateId={}", hub.as_str().expect("an id"));
    let mut draft = admin.get(&path).await.json();
    draft["gatewayApi"] = json!(false);
    let changed = admin.put(&path, draft).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(part(&customer, one).await, json!({ "kind": "alone" }));
    assert_eq!(site.count("SELECT COUNT(*) FROM gateway_nodes").await, 0);
}
