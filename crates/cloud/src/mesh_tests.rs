//! What gateways of meshes are given, tell and are told.

use std::collections::{BTreeMap, BTreeSet};

use handover_device::{AuthToken, Derivation};
use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::gateway_tests::{FARM, device, pair, template, token, two};
use crate::mqtt_tests::{BOTH, Client, Version, values};
use crate::testing::{Answer, Person, Site, send};

/// A template whose devices are reached by mesh.
pub async fn mesh_template(site: &Site, name: &str) -> Value {
    let admin = site.sign_in(Role::Admin).await;
    let made = admin.post("/template", draft(name, true)).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["templateId"].clone()
}

fn draft(name: &str, mesh: bool) -> Value {
    json!({ "name": name, "mesh": mesh,
        "datastreams": [
            { "pin": 0, "name": "Light", "dataType": { "kind": "integer" }, "writable": true, "queued": true },
            { "pin": 1, "name": "Moisture", "dataType": { "kind": "double" } },
            { "pin": 2, "name": "Text", "dataType": { "kind": "string" }, "writable": true },
            { "pin": 3, "name": "Place", "dataType": { "kind": "location" } }],
        "events": [{ "code": "hot", "name": "Hot", "severity": "warning" }] })
}

/// Two gateways and two nodes of the customer's, with the gateways' tokens.
pub struct Scene {
    pub gateways: [i64; 2],
    pub tokens: [String; 2],
    pub nodes: [i64; 2],
    pub template: Value,
}

pub async fn scene(site: &Site) -> Scene {
    let hub = template(site, "Hub", true).await;
    let template = mesh_template(site, "Mesh probe").await;
    let gateways = two(site, &hub, "Hub").await;
    Scene {
        tokens: [
            token(site, gateways[0]).await,
            token(site, gateways[1]).await,
        ],
        gateways,
        nodes: two(site, &template, "Probe").await,
        template,
    }
}

/// A request of a gateway.
pub async fn asked(site: &Site, method: Method, path: &str, token: &str) -> Answer {
    let request = site.request(method, &format!("/external/api/{path}"));
    send(request.header("X-Gateway-Token", token)).await
}

pub async fn report(site: &Site, token: &str, items: &Value) -> Answer {
    let request = site.request(Method::POST, "/external/api/gateway/mesh");
    let body = json!({ "items": items });
    send(request.header("X-Gateway-Token", token).json(&body)).await
}

/// What became of each thing of a report, in a word or two.
pub async fn told(site: &Site, token: &str, items: Value) -> Vec<String> {
    let answer = report(site, token, &items).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let all = answer.json()["results"].clone();
    let all = all.as_array().expect("results").iter().map(|one| {
        let words = [&one["state"], &one["reason"]];
        let words = words.iter().filter_map(|word| word.as_str());
        words.collect::<Vec<_>>().join(" ")
    });
    all.collect()
}

pub fn message(node: i64, derivation: i64, (life, sequence): (u32, i64), values: Value) -> Value {
    json!({ "kind": "message", "deviceId": node, "derivation": derivation, "life": life,
        "sequence": sequence.to_string(), "path": [], "signal": -80, "heardAt": 0, "values": values, "events": [] })
}

async fn held(person: &Person<'_>, device: i64, pin: &str) -> Value {
    let all = values(person, device).await;
    let all = all.as_array().expect("values").clone();
    let found = all.into_iter().find(|one| one["pin"] == pin);
    found.unwrap_or(Value::Null)["value"].clone()
}

pub async fn nodes(site: &Site, token: &str) -> Vec<Value> {
    let answer = asked(site, Method::GET, "gateway/nodes", token).await;
    let all = answer.json()["nodes"].clone();
    all.as_array().expect("nodes").clone()
}

async fn orders(site: &Site, token: &str) -> Value {
    let answer = asked(site, Method::GET, "gateway/orders", token).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

pub async fn moved(site: &Site, node: i64, gateway: i64) {
    let customer = site.sign_in(Role::User).await;
    let both = json!({ "gatewayId": gateway, "nodeId": node });
    assert_eq!(customer.post("/gateway/move", both).await.status, 204);
}

#[tokio::test]
async fn a_gateway_of_a_mesh_gets_keys_and_no_token() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let admin = site.sign_in(Role::Admin).await;
    let Scene {
        gateways: [gateway, _],
        tokens: [hub, _],
        nodes: [node, _],
        template,
    } = scene(&site).await;
    let mut both = draft("Both", true);
    both["gatewayApi"] = json!(true);
    let refused = admin.post("/template", both).await;
    assert_eq!(refused.outcome(), (400, "invalid_request".to_owned()));
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    let own = token(&site, node).await;
    let keys = AuthToken::new(&own).expect("a token").keys(Derivation(1));
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let mesh = json!({ "address": hex(&keys.address.0), "up": hex(keys.up.expose()), "down": hex(keys.down.expose()) });
    assert_eq!(
        nodes(&site, &hub).await,
        [
            json!({ "deviceId": node, "name": "Probe 1", "templateId": template, "token": null, "derivation": 1,
                "mesh": mesh })
        ]
    );
    // By the auth token nothing is carried for it, over whatever.
    let path = format!("update?token={own}&v1=21");
    let unknown = asked(&site, Method::GET, "update?token=nobodys&v1=21", &hub).await;
    let answer = asked(&site, Method::GET, &path, &hub).await;
    assert_eq!((answer.status, &answer.text), (400, &unknown.text));
    for version in BOTH {
        let mut client = Client::new(&site, version).await;
        client.send(&version.connect("mgmt_device", &hub, 45)).await;
        client.next().await.expect("an answer");
        let topic = format!("dev/{own}/ds/Moisture");
        client.publish(1, 3, &topic, b"23.5").await;
        client.hears(0x40, 3, 0x90).await;
        let no = if version == Version::Five { 0x87 } else { 0x80 };
        let filter = format!("dev/{own}/downlink/#");
        assert_eq!(client.subscribe(&filter, 1).await, no);
    }
    assert_eq!(held(&customer, node, "v1").await, Value::Null);
    // The switch changes what the gateway is given, and the keys with it.
    for (mesh, derivation) in [(false, 2), (true, 3)] {
        let path = format!("/template?templateId={}", template.as_str().expect("an id"));
        let mut new = draft("Mesh probe", mesh);
        new["revision"] = admin.get(&path).await.json()["revision"].clone();
        let edited = admin.put(&path, new).await;
        assert_eq!(edited.status, 200, "{edited:?}");
        let node = &nodes(&site, &hub).await[0];
        assert_eq!(node["derivation"], derivation);
        assert_eq!(
            (node["token"].is_null(), node["mesh"].is_null()),
            (mesh, !mesh)
        );
    }
    let path = format!("update?token={own}&v1=21");
    assert_eq!(asked(&site, Method::GET, &path, &hub).await.status, 400);
    // What the node says by itself is its own, as ever.
    assert_eq!(site.get(&format!("/external/api/{path}")).await.status, 200);
}

#[tokio::test]
async fn what_a_gateway_heard_is_kept_once() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateways: [gateway, _],
        tokens: [hub, foreign],
        nodes: [node, other],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    let plain = device(&site, &json!("TMPLsoil00001"), FARM, 3, "Plain").await;
    assert_eq!(pair(&customer, gateway, plain).await.0, 204);
    let v1 = |value: f64| json!({ "Moisture": value });
    for (items, want) in [
        (json!([]), vec![]),
        (
            json!([
                message(node, 1, (5, 10), v1(1.0)),
                message(node, 1, (5, 10), v1(2.0)),
                message(node, 1, (5, 9), v1(3.0))
            ]),
            vec!["kept", "known", "kept"],
        ),
        // Another life begins anew.
        (
            json!([
                message(node, 1, (6, 10), v1(4.0)),
                message(node, 1, (5, 10), v1(5.0))
            ]),
            vec!["kept", "known"],
        ),
        (
            json!([
                message(node, 0, (5, 11), v1(6.0)),
                message(node, 2, (5, 11), v1(6.0))
            ]),
            vec!["refused wrong_derivation", "refused wrong_derivation"],
        ),
        (
            json!([
                message(other, 1, (5, 11), v1(6.0)),
                message(999_999, 1, (5, 11), v1(6.0)),
                message(plain, 1, (5, 11), v1(6.0))
            ]),
            vec![
                "refused not_its_node",
                "refused not_its_node",
                "refused not_its_node",
            ],
        ),
        (
            json!([
                message(node, 1, (5, 9_000), v1(7.0)),
                message(node, 1, (5, 11), v1(8.0)),
                message(node, 1, (5, 4_905), v1(8.0))
            ]),
            vec!["kept", "refused too_old", "kept"],
        ),
        (
            json!([message(node, 1, (5, -1), v1(9.0))]),
            vec!["refused malformed"],
        ),
        (
            json!([{ "kind": "outcome", "deviceId": other, "command": "1", "outcome": "acknowledged" },
            { "kind": "outcome", "deviceId": plain, "command": "1", "outcome": "acknowledged" },
            { "kind": "outcome", "deviceId": node, "command": "1", "outcome": "acknowledged" },
            { "kind": "reinstalled", "deviceId": other, "life": 1 }]),
            vec![
                "refused not_its_node",
                "refused not_its_node",
                "known",
                "refused not_its_node",
            ],
        ),
    ] {
        assert_eq!(told(&site, &hub, items.clone()).await, want, "{items}");
    }
    // Of another gateway it is told what of everything else it is told.
    let items = json!([message(node, 1, (5, 10), v1(1.0))]);
    assert_eq!(told(&site, &foreign, items).await, ["refused not_its_node"]);
    for (body, status) in [
        (
            json!({ "items": vec![message(node, 1, (5, 10), v1(1.0)); 64] }),
            200,
        ),
        (
            json!({ "items": vec![message(node, 1, (5, 10), v1(1.0)); 65] }),
            400,
        ),
        (json!({ "items": [{ "kind": "message" }] }), 400),
        (json!([]), 400),
    ] {
        let request = site.request(Method::POST, "/external/api/gateway/mesh");
        let request = request.header("X-Gateway-Token", &hub).json(&body);
        assert_eq!(send(request).await.status, status);
    }
    for token in ["x".repeat(32), token(&site, node).await] {
        let answer = report(&site, &token, &json!([])).await;
        assert_eq!(
            (answer.status, answer.text.contains("Invalid token.")),
            (400, true)
        );
    }
}

#[tokio::test]
async fn values_enter_typed_with_the_time_they_were_heard_at() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateways: [gateway, _],
        tokens: [hub, _],
        nodes: [node, _],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    // A day after the present owner got it, by when everybody has to sign in anew.
    site.clock.pass_seconds(86_400);
    let customer = site.sign_in(Role::User).await;
    let now = 1_800_086_400_000_i64;
    let said = |sequence: i64, at: i64, values: Value| {
        let mut said = message(node, 1, (1, sequence), values);
        said["heardAt"] = json!(at);
        said
    };
    let mut first = said(
        1,
        now - 5_000,
        json!({ "Moisture": 23.5, "V2": "on", "Place": [8.5, 47.4], "Light": "dark", "V77": 1 }),
    );
    first["events"] = json!([{ "code": "hot", "description": "40 degrees" }, { "code": "cold" }]);
    let answer = report(&site, &hub, &json!([first])).await.json();
    let unsaid = answer["results"][0]["unsaid"]
        .as_array()
        .expect("a list")
        .clone();
    let unsaid: BTreeMap<_, _> = unsaid
        .iter()
        .map(|one| {
            (
                one["what"].as_str().expect("text"),
                one["reason"].as_str().expect("text"),
            )
        })
        .collect();
    assert_eq!(answer["results"][0]["state"], "kept");
    assert_eq!(
        unsaid,
        BTreeMap::from([
            ("Light", "Value doesn't match the Datastream data type."),
            (
                "V77",
                "Requested dataStream doesn't exist in the product Mesh probe"
            ),
            (
                "cold",
                "Can't find Event with this code in Product template"
            ),
        ])
    );
    for (pin, value) in [
        ("v0", Value::Null),
        ("v1", json!(23.5)),
        ("v2", json!("on")),
        ("v3", json!([8.5, 47.4])),
    ] {
        assert_eq!(held(&customer, node, pin).await, value, "{pin}");
    }
    let found = customer
        .get(&format!("/device?deviceId={node}"))
        .await
        .json();
    assert_eq!(found["state"], "online");
    let at = "SELECT at FROM device_values WHERE pin = 1";
    assert_eq!(site.count(at).await, now - 5_000);
    // What was heard earlier is no news, and what is heard at no time that can be is heard now.
    told(
        &site,
        &hub,
        json!([said(2, now - 60_000, json!({ "V1": 1 }))]),
    )
    .await;
    assert_eq!(held(&customer, node, "v1").await, 23.5);
    for (sequence, at) in [(3, 0), (4, now + 86_400_000), (5, now - 40 * 86_400_000)] {
        told(
            &site,
            &hub,
            json!([said(sequence, at, json!({ "V1": sequence }))]),
        )
        .await;
        assert_eq!(held(&customer, node, "v1").await, json!(sequence as f64));
    }
    assert_eq!(site.count(at).await, now);
    // What was heard long ago makes nobody be there now, and what its holder before had is nobody's.
    site.clock.pass_seconds(3_600);
    let customer = site.sign_in(Role::User).await;
    crate::service::living::sweep(site.cloud.core())
        .await
        .expect("the database");
    told(
        &site,
        &hub,
        json!([
            said(6, now + 1_000, json!({ "V1": 7 })),
            said(7, 1_799_000_000_000, json!({ "V1": 8 }))
        ]),
    )
    .await;
    let found = customer
        .get(&format!("/device?deviceId={node}"))
        .await
        .json();
    assert_eq!(found["state"], "offline");
    assert_eq!(held(&customer, node, "v1").await, 7.0);
}

#[tokio::test]
async fn what_people_set_reaches_a_node_and_is_told_until_it_has_an_outcome() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateways: [gateway, other],
        tokens: [hub, second],
        nodes: [node, _],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    let set = async |pin: i64, value: Value| {
        let set = json!({ "deviceId": node, "pin": pin, "value": value });
        assert_eq!(customer.put("/device/value", set).await.status, 200);
    };
    let outcome = async |token: &str, command: &str, outcome: &str| {
        let item =
            json!({ "kind": "outcome", "deviceId": node, "command": command, "outcome": outcome });
        told(&site, token, json!([item])).await.remove(0)
    };
    let send = |command: &str, values: Value| json!({ "deviceId": node, "command": command, "values": values });
    // Its template has Light wait for it, and Text not; it was never there.
    set(0, json!(1)).await;
    set(2, json!("lost")).await;
    let first = orders(&site, &hub).await;
    assert_eq!(first["sends"], json!([send("1", json!({ "V0": 1 }))]));
    assert_eq!(orders(&site, &hub).await, first, "until it has an outcome");
    told(&site, &hub, json!([message(node, 1, (1, 1), json!({}))])).await;
    // What is set meanwhile goes in a message of its own, and what it takes the place of is said no more.
    set(2, json!("on")).await;
    assert_eq!(
        orders(&site, &hub).await["sends"],
        json!([
            send("1", json!({ "V0": 1 })),
            send("2", json!({ "V2": "on" }))
        ])
    );
    set(0, json!(2)).await;
    assert_eq!(
        orders(&site, &hub).await["sends"],
        json!([
            send("2", json!({ "V2": "on" })),
            send("3", json!({ "V0": 2 }))
        ])
    );
    assert_eq!(outcome(&hub, "1", "acknowledged").await, "known");
    assert_eq!(outcome(&hub, "2", "acknowledged").await, "kept");
    assert_eq!(outcome(&hub, "2", "acknowledged").await, "known");
    // Another gateway goes on with the same number.
    moved(&site, node, other).await;
    assert_eq!(orders(&site, &hub).await["sends"], json!([]));
    assert_eq!(
        outcome(&hub, "3", "acknowledged").await,
        "refused not_its_node"
    );
    assert_eq!(
        orders(&site, &second).await["sends"],
        json!([send("3", json!({ "V0": 2 }))])
    );
    // What may not have come is said again; what the node does not answer, where it waits.
    assert_eq!(outcome(&second, "3", "overtaken").await, "kept");
    assert_eq!(
        orders(&site, &second).await["sends"],
        json!([send("4", json!({ "V0": 2 }))])
    );
    set(2, json!("gone")).await;
    orders(&site, &second).await;
    for command in ["4", "5"] {
        assert_eq!(outcome(&second, command, "given_up").await, "kept");
    }
    assert_eq!(
        orders(&site, &second).await["sends"],
        json!([send("6", json!({ "V0": 2 }))])
    );
    assert_eq!(outcome(&second, "6", "refused").await, "kept");
    assert_eq!(orders(&site, &second).await["sends"], json!([]));
    // What fits into no message goes alone.
    told(&site, &second, json!([message(node, 2, (1, 2), json!({}))])).await;
    set(0, json!(3)).await;
    set(2, json!("x".repeat(200))).await;
    let sends = orders(&site, &second).await["sends"].clone();
    assert_eq!(sends.as_array().expect("a list").len(), 2, "{sends}");
}

#[tokio::test]
async fn a_gateway_that_waits_is_told_at_once() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateways: [gateway, other],
        tokens: [hub, _],
        nodes: [node, _],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    let wait = |known: &Value| {
        let (nodes, after) = (known["nodes"].as_str(), known["after"].as_str());
        let path = format!(
            "gateway/orders?nodes={}&after={}&wait=25",
            nodes.expect("text"),
            after.expect("text")
        );
        let (site, hub) = (&site, hub.as_str());
        async move { asked(site, Method::GET, &path, hub).await.json() }
    };
    let known = orders(&site, &hub).await;
    let set = json!({ "deviceId": node, "pin": 0, "value": 7 });
    let (told, set) = tokio::join!(wait(&known), customer.put("/device/value", set));
    assert_eq!(
        (set.status, &told["sends"][0]["values"]),
        (200, &json!({ "V0": 7 }))
    );
    assert_eq!(told["nodes"], known["nodes"]);
    let ((), gone) = tokio::join!(moved(&site, node, other), wait(&told));
    assert_eq!(gone["sends"], json!([]));
    assert_ne!(gone["nodes"], told["nodes"]);
}

#[tokio::test]
async fn a_node_whose_store_was_lost_gets_other_keys() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateways: [gateway, _],
        tokens: [hub, _],
        nodes: [node, _],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    let derivation = async || nodes(&site, &hub).await[0]["derivation"].clone();
    let reinstalled = async |life: i64| {
        let item = json!({ "kind": "reinstalled", "deviceId": node, "life": life });
        told(&site, &hub, json!([item])).await.remove(0)
    };
    let before = orders(&site, &hub).await["nodes"].clone();
    for (life, state) in [
        (5, "kept"),
        (5, "known"),
        (6, "kept"),
        (7, "kept"),
        (6, "known"),
    ] {
        assert_eq!(reinstalled(life).await, state, "{life}");
        assert_eq!(derivation().await, 2);
    }
    assert_ne!(orders(&site, &hub).await["nodes"], before);
    site.clock.pass_seconds(299);
    orders(&site, &hub).await;
    assert_eq!(derivation().await, 2);
    site.clock.pass_seconds(1);
    orders(&site, &hub).await;
    assert_eq!(derivation().await, 3);
    site.clock.pass_seconds(1_000);
    orders(&site, &hub).await;
    assert_eq!(derivation().await, 3, "once for both");
    // What was heard before counts, since it is the same pairing.
    let items = json!([
        message(node, 1, (5, 1), json!({})),
        message(node, 3, (7, 1), json!({}))
    ]);
    assert_eq!(told(&site, &hub, items).await, ["kept", "kept"]);
    // What came before another pairing does not.
    let unpaired = customer.post("/gateway/unpair", json!({ "nodeId": node }));
    assert_eq!(unpaired.await.status, 204);
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    let items = json!([
        message(node, 3, (7, 2), json!({})),
        message(node, 4, (7, 2), json!({}))
    ]);
    assert_eq!(
        told(&site, &hub, items).await,
        ["refused wrong_derivation", "kept"]
    );
}

#[tokio::test]
async fn people_see_the_mesh_as_it_was_last_heard() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateways: [gateway, other],
        tokens: [hub, _],
        nodes: [near, far],
        ..
    } = scene(&site).await;
    for node in [near, far] {
        assert_eq!(pair(&customer, gateway, node).await.0, 204);
    }
    let seen = async |device: i64| {
        customer
            .get(&format!("/mesh?deviceId={device}"))
            .await
            .json()
    };
    assert_eq!(seen(gateway).await["links"], json!([]));
    let keys = nodes(&site, &hub).await;
    let short = &keys[0]["mesh"]["address"].as_str().expect("an address")[..4];
    let mut said = message(far, 1, (1, 1), json!({ "V1": 1 }));
    said["path"] = json!([{ "relay": short, "signal": -71 }, { "relay": "0000", "signal": -90 }]);
    told(
        &site,
        &hub,
        json!([message(near, 1, (1, 1), json!({})), said]),
    )
    .await;
    let mesh = seen(gateway).await;
    let ids: Vec<_> = mesh["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| node["id"].clone())
        .collect();
    let (one, two) = (format!("device {near}"), format!("device {far}"));
    assert_eq!(
        ids,
        [
            json!("gateway"),
            json!(one),
            json!(two),
            json!("relay 0000")
        ]
    );
    let links: BTreeSet<_> = mesh["links"]
        .as_array()
        .expect("links")
        .iter()
        .map(|link| {
            (
                link["from"].to_string(),
                link["to"].to_string(),
                link["signal"].as_i64(),
                link["isHeardByGateway"].as_bool(),
            )
        })
        .collect();
    let text = |text: &str| json!(text).to_string();
    assert_eq!(
        links,
        BTreeSet::from([
            (text(&one), text("gateway"), Some(-80), Some(true)),
            (text(&two), text(&one), Some(-71), Some(false)),
            (text(&one), text("relay 0000"), Some(-90), Some(false)),
            (text("relay 0000"), text("gateway"), Some(-80), Some(true)),
        ])
    );
    assert_eq!(mesh["routes"].as_array().expect("routes").len(), 2);
    // A node's own way alone.
    let own = seen(near).await;
    assert_eq!(own["routes"].as_array().expect("routes").len(), 1);
    assert_eq!(own["nodes"].as_array().expect("nodes").len(), 2);
    assert_eq!(
        seen(other).await["nodes"].as_array().expect("nodes").len(),
        1
    );
    // Somebody whose organization it is not sees neither.
    let (_, org, id) = site.client("Beside", "beside@client.example").await;
    let stranger = device(&site, &json!("TMPLsoil00001"), org, id, "Theirs").await;
    assert_eq!(
        customer
            .get(&format!("/mesh?deviceId={stranger}"))
            .await
            .status,
        404
    );
    // It ends with the pairing.
    moved(&site, far, other).await;
    assert_eq!(seen(far).await["links"], json!([]));
    assert_eq!(
        seen(gateway).await["routes"]
            .as_array()
            .expect("routes")
            .len(),
        1
    );
}

/// Two clouds are told the same at the same time, which only PostgreSQL has.
#[tokio::test(flavor = "multi_thread")]
async fn two_clouds_keep_each_message_once() {
    let one = Site::demo().await;
    let Some(ground) = one.beside() else { return };
    let Scene {
        gateways: [gateway, _],
        tokens: [hub, _],
        nodes: [node, _],
        ..
    } = scene(&one).await;
    let customer = one.sign_in(Role::User).await;
    assert_eq!(pair(&customer, gateway, node).await.0, 204);
    let two = Site::on(ground, false).await;
    for round in 0..10 {
        let items: Vec<_> = (0..20)
            .map(|number| message(node, 1, (1, round * 20 + number), json!({ "V1": 1 })))
            .collect();
        let items = json!(items);
        let (here, there) = tokio::join!(told(&one, &hub, items.clone()), told(&two, &hub, items));
        for (here, there) in here.iter().zip(&there) {
            let both = BTreeSet::from([here.as_str(), there.as_str()]);
            assert_eq!(both, BTreeSet::from(["kept", "known"]));
        }
    }
    let amount = "SELECT CAST(SUM(amount) AS BIGINT) FROM device_points WHERE step = 3600000";
    assert_eq!(one.count(amount).await, 200);
    // What is set at one is told by the other.
    let known = orders(&two, &hub).await;
    let set = json!({ "deviceId": node, "pin": 0, "value": 7 });
    assert_eq!(customer.put("/device/value", set).await.status, 200);
    let path = format!(
        "gateway/orders?nodes={}&after={}&wait=25",
        known["nodes"].as_str().expect("text"),
        known["after"].as_str().expect("text")
    );
    let told = asked(&two, Method::GET, &path, &hub).await.json();
    assert_eq!(told["sends"][0]["values"], json!({ "V0": 7 }));
}
