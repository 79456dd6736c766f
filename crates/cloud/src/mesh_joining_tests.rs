//! Nodes of a mesh that ask to join by the address of what they send.

use handover_device::{AuthToken, Derivation};
use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::gateway_tests::{device, pair, token};
use crate::mesh_tests::{Scene, asked, nodes, scene};
use crate::testing::{Answer, Person, Site, send};

/// What a gateway hears of somebody with this token.
fn frame_of(token: &str, derivation: u32) -> Value {
    let token = AuthToken::new(token).expect("a token");
    let address = token.address(Derivation(derivation));
    let address: Vec<String> = address.0.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "address": address.concat(), "derivation": derivation })
}

/// A gateway tells whom it heard.
async fn tells(site: &Site, gateway: &str, heard: &Value) -> Answer {
    let request = site.request(Method::POST, "/external/api/gateway/strangers");
    let body = json!({ "heard": heard });
    send(request.header("X-Gateway-Token", gateway).json(&body)).await
}

/// Opens the join window.
async fn open(customer: &Person<'_>, gateway: i64, minutes: i64) -> Value {
    let body = json!({ "gatewayId": gateway, "minutes": minutes });
    customer.post("/gateway/window", body).await.json()["until"].clone()
}

/// Who waits for a word.
async fn waiting(customer: &Person<'_>, gateway: i64) -> Vec<i64> {
    let path = format!("/gateway?deviceId={gateway}");
    let part = customer.get(&path).await.json();
    let all = part["waiting"].as_array().expect("a gateway").clone();
    let all = all.iter().map(|one| one["deviceId"].as_i64());
    all.collect::<Option<_>>().expect("numbers")
}

#[tokio::test]
async fn a_node_is_found_by_its_address_while_the_window_is_open_and_is_taken() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateways: [gateway, other],
        tokens: [hub, _],
        nodes: [node, paired],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, other, paired).await.0, 204);
    let heard = json!([frame_of(&token(&site, node).await, 0)]);
    // While it is closed nobody asks.
    let closed = tells(&site, &hub, &heard).await;
    assert_eq!(
        (closed.status, closed.json()),
        (200, json!({ "until": null }))
    );
    assert_eq!(waiting(&customer, gateway).await, [0; 0]);
    let known = asked(&site, Method::GET, "gateway/orders", &hub)
        .await
        .json();
    assert_eq!(known["joining"], false);
    let until = open(&customer, gateway, 5).await;
    // The gateway waits for it.
    let text = |name: &str| known[name].as_str().expect("text").to_owned();
    let (nodes_known, after) = (text("nodes"), text("after"));
    let path = format!("gateway/orders?nodes={nodes_known}&after={after}&wait=25");
    let now = asked(&site, Method::GET, &path, &hub).await.json();
    assert_eq!(now["joining"], true);
    assert_ne!(now["nodes"], known["nodes"]);
    // What has a gateway does not ask, under whatever address, nor does what has never had one under keys that there are not yet.
    let secret = token(&site, paired).await;
    let wrong = json!([
        frame_of(&secret, 0),
        frame_of(&secret, 1),
        frame_of(&token(&site, node).await, 1),
        frame_of(&site.auth(0), 0),
        frame_of(&hub, 0),
        { "address": "00000000000000ff", "derivation": 0 },
    ]);
    let told = tells(&site, &hub, &wrong).await;
    assert_eq!((told.status, told.json()), (200, json!({ "until": until })));
    assert_eq!(waiting(&customer, gateway).await, [0; 0]);
    // It is told the same whoever was found.
    assert_eq!(
        tells(&site, &hub, &heard).await.json(),
        json!({ "until": until })
    );
    assert_eq!(waiting(&customer, gateway).await, [node]);
    let accept = json!({ "gatewayId": gateway, "nodeId": node, "accept": true });
    assert_eq!(customer.post("/gateway/decide", accept).await.status, 204);
    let own = nodes(&site, &hub).await;
    let keys = frame_of(&token(&site, node).await, 1);
    assert_eq!(
        (own.len(), &own[0]["derivation"], &own[0]["mesh"]["address"]),
        (1, &json!(1), &keys["address"])
    );
    // Once it is parted, it is found under any of its addresses.
    let part = json!({ "nodeId": node });
    for derivation in [1, 0] {
        customer.post("/gateway/unpair", part.clone()).await;
        let heard = json!([frame_of(&token(&site, node).await, derivation)]);
        tells(&site, &hub, &heard).await;
        assert_eq!(waiting(&customer, gateway).await, [node]);
        let refuse = json!({ "gatewayId": gateway, "nodeId": node, "accept": false });
        assert_eq!(customer.post("/gateway/decide", refuse).await.status, 204);
    }
    site.clock.pass_seconds(300);
    let over = asked(&site, Method::GET, "gateway/orders", &hub)
        .await
        .json();
    assert_eq!(over["joining"], false);
}

#[tokio::test]
async fn what_is_not_the_organization_s_asks_nobody_and_too_often_is_not_looked_for() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateways: [gateway, _],
        tokens: [hub, _],
        nodes: [node, _],
        template,
    } = scene(&site).await;
    let (_, org, owner) = site.client("Neighbour", "neighbour@example.org").await;
    let foreign = device(&site, &template, org, owner, "Foreign").await;
    open(&customer, gateway, 5).await;
    let foreign = json!([frame_of(&token(&site, foreign).await, 0)]);
    let own = json!([frame_of(&token(&site, node).await, 0)]);
    for _ in 0..6 {
        tells(&site, &hub, &foreign).await;
    }
    assert_eq!(waiting(&customer, gateway).await, [0; 0]);
    assert_eq!(tells(&site, &hub, &own).await.status, 200);
    assert_eq!(
        waiting(&customer, gateway).await,
        [0; 0],
        "it was too often"
    );
    site.clock.pass_seconds(5);
    tells(&site, &hub, &own).await;
    assert_eq!(waiting(&customer, gateway).await, [node]);
    for (heard, says) in [
        (
            json!([{ "address": "ff", "derivation": 0 }]),
            "16 hex digits",
        ),
        (
            json!([{ "address": "+0000000000000ff", "derivation": 0 }]),
            "16 hex digits",
        ),
        (
            json!([{ "address": "00000000000000ff", "derivation": -1 }]),
            "Wrong list",
        ),
        (
            json!([{ "address": "00000000000000ff" }]),
            "missing field `derivation`",
        ),
        (json!(7), "Wrong list"),
        (json!(vec![own[0].clone(); 17]), "16 addresses"),
    ] {
        let refused = tells(&site, &hub, &heard).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        assert!(refused.text.contains(says), "{refused:?}");
    }
    let stranger = tells(&site, &site.auth(2), &own).await;
    assert!(stranger.text.contains("Invalid token."), "{stranger:?}");
}
