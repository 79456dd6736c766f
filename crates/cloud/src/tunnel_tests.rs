//! What gateways carry for their nodes, over MQTT and HTTPS, and what they are refused.

use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::clock::Clock as _;
use crate::gateway_tests::{FARM, Scene, device, pair, scene, token};
use crate::mqtt_tests::{BOTH, Client, Version, values};
use crate::testing::{Answer, Person, Site, send};

async fn signed_in(site: &Site, version: Version, token: &str) -> Client {
    let mut client = Client::new(site, version).await;
    client
        .send(&version.connect("mgmt_device", token, 45))
        .await;
    let (first, body) = client.next().await.expect("an answer");
    assert_eq!((first, &body[..2]), (0x20, &[0, 0][..]), "{body:02x?}");
    client
}

/// A request of the device API with this gateway's token.
async fn carried(site: &Site, method: Method, path: &str, gateway: &str) -> Answer {
    let path = format!("/external/api/{path}");
    send(
        site.request(method, &path)
            .header("X-Gateway-Token", gateway),
    )
    .await
}

async fn join(site: &Site, gateway: &str, node: &str) -> Answer {
    let request = site.request(Method::POST, "/external/api/gateway/join");
    let request = request.header("X-Gateway-Token", gateway);
    send(request.header("X-Node-Token", node)).await
}

async fn moisture(person: &Person<'_>, device: i64) -> Value {
    let all = values(person, device).await;
    let all = all.as_array().expect("values");
    let found = all.iter().find(|one| one["pin"] == "v1");
    found.map_or(Value::Null, |one| one["value"].clone())
}

async fn state(person: &Person<'_>, device: i64) -> (Value, Value) {
    let part = person
        .get(&format!("/gateway?deviceId={device}"))
        .await
        .json();
    let found = person
        .get(&format!("/device?deviceId={device}"))
        .await
        .json();
    (found["state"].clone(), part["isCarried"].clone())
}

#[tokio::test]
async fn a_gateway_speaks_for_its_nodes_over_mqtt() {
    for version in BOTH {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        let Scene {
            gateway,
            other,
            nodes: [one, two],
            ..
        } = scene(&site).await;
        assert_eq!(pair(&customer, gateway, one).await.0, 204);
        assert_eq!(pair(&customer, other, two).await.0, 204);
        let (own, foreign) = (token(&site, one).await, token(&site, two).await);
        let mut hub = signed_in(&site, version, &token(&site, gateway).await).await;
        hub.publish(1, 3, &format!("dev/{own}/ds/Moisture"), b"23.5")
            .await;
        hub.hears(0x40, 3, 0).await;
        assert_eq!(moisture(&customer, one).await, 23.5);
        assert_eq!(state(&customer, one).await, (json!("online"), json!(true)));
        // Another gateway's node is refused like what there is not, and nobody is disturbed.
        for token in [&foreign, "x".repeat(32).as_str()] {
            hub.publish(1, 4, &format!("dev/{token}/ds/Moisture"), b"1")
                .await;
            hub.hears(0x40, 4, 0x90).await;
            let no = if version == Version::Five { 0x87 } else { 0x80 };
            let filter = format!("dev/{token}/downlink/#");
            assert_eq!(hub.subscribe(&filter, 1).await, no, "{token}");
        }
        assert_eq!(moisture(&customer, two).await, Value::Null);
        // What is set finds its way to the node by its gateway, and once.
        let filter = format!("dev/{own}/downlink/#");
        assert_eq!(hub.subscribe(&filter, 1).await, 1);
        let set = json!({ "deviceId": one, "pin": 0, "value": 7 });
        assert_eq!(customer.put("/device/value", set.clone()).await.status, 200);
        let id = hub
            .is_told(&format!("dev/{own}/downlink/ds/Light"), "7")
            .await;
        let id = id.expect("surely");
        hub.send(&[0x40, 2, id[0], id[1]]).await;
        // It asks for its node.
        hub.publish(0, 0, &format!("dev/{own}/get/ds"), b"Moisture")
            .await;
        hub.is_told(&format!("dev/{own}/downlink/ds/Moisture"), "23.5")
            .await;
        let waits = "SELECT COUNT(*) FROM pending_writes";
        while site.count(waits).await > 0 {
            tokio::task::yield_now().await;
        }
        // A node that connects by itself takes over; what its gateway still carries is heard, and its own end is not its end.
        let node = Client::signed_in(&site, version, &own).await;
        assert_eq!(state(&customer, one).await, (json!("online"), json!(false)));
        hub.publish(1, 5, &format!("dev/{own}/ds/Moisture"), b"24")
            .await;
        hub.hears(0x40, 5, 0).await;
        drop(node);
        while site
            .count("SELECT COUNT(*) FROM liveness WHERE session IS NOT NULL")
            .await
            > 1
        {
            tokio::task::yield_now().await;
        }
        assert_eq!(state(&customer, one).await, (json!("online"), json!(true)));
        // The pairing ends, and with it all of this, in the middle of the connection.
        customer
            .post("/gateway/unpair", json!({ "nodeId": one }))
            .await;
        customer.put("/device/value", set).await;
        hub.publish(1, 6, &format!("dev/{own}/ds/Moisture"), b"1")
            .await;
        hub.hears(0x40, 6, 0x90).await;
        assert_eq!(moisture(&customer, one).await, 24.0);
        hub.publish(1, 7, "ds/Moisture", b"4").await;
        hub.hears(0x40, 7, 0).await;
        assert_eq!(moisture(&customer, gateway).await, 4.0);
    }
}

#[tokio::test]
async fn wildcards_reach_over_no_nodes() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        nodes: [one, _],
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, one).await.0, 204);
    let (hub, node) = (token(&site, gateway).await, token(&site, one).await);
    for version in BOTH {
        let mut client = signed_in(&site, version, &hub).await;
        let no = if version == Version::Five { 0x87 } else { 0x80 };
        for filter in ["#", "dev/#", "dev/+", "dev/+/downlink/#", "dev/+/#"] {
            assert_eq!(client.subscribe(filter, 0).await, no, "{filter}");
        }
        for rest in ["#", "+", "ds/#", "downlink", "downlink/+"] {
            let filter = format!("dev/{node}/{rest}");
            assert_eq!(client.subscribe(&filter, 0).await, no, "{rest}");
        }
        for topic in [
            "dev/+/ds/Moisture".to_owned(),
            format!("dev/{node}/ds/+"),
            format!("dev/{node}"),
            format!("dev/{node}/downlink/ds/Light"),
            format!("dev/{node}/dev/{node}/ds/Light"),
        ] {
            let mut client = signed_in(&site, version, &hub).await;
            client.publish(0, 0, &topic, b"1").await;
            client.is_cut_off(0x90).await;
        }
        // A device that is no gateway, a gateway that nobody has, a node.
        let plain = device(&site, &json!("TMPLsoil00001"), FARM, 1, "Plain").await;
        for token in [token(&site, plain).await, node.clone(), site.auth(2)] {
            let mut client = Client::new(&site, version).await;
            client
                .send(&version.connect("mgmt_device", &token, 45))
                .await;
            let wrong = if version == Version::Five { 0x86 } else { 4 };
            let (_, body) = client.next().await.expect("an answer");
            assert_eq!(body[..2], [0, wrong]);
        }
        // Whoever signs in as a device speaks for nobody else, be it a gateway.
        let mut client = Client::signed_in(&site, version, &hub).await;
        client
            .publish(0, 0, &format!("dev/{node}/ds/Moisture"), b"1")
            .await;
        client.is_cut_off(0x90).await;
    }
}

#[tokio::test]
async fn a_gateway_fetches_its_nodes_and_speaks_for_them_over_https() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        other,
        nodes: [one, two],
        plain,
        ..
    } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, one).await.0, 204);
    assert_eq!(pair(&customer, other, two).await.0, 204);
    let hub = token(&site, gateway).await;
    let (own, foreign) = (token(&site, one).await, token(&site, two).await);
    let nodes = carried(&site, Method::GET, "gateway/nodes", &hub)
        .await
        .json();
    assert_eq!(
        nodes["nodes"],
        json!([{ "deviceId": one, "name": "Probe 1", "templateId": plain, "token": own, "derivation": 1,
            "mesh": null }])
    );
    let update = |token: &str| format!("update?token={token}&v1=21");
    let answer = carried(&site, Method::GET, &update(&own), &hub).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(moisture(&customer, one).await, 21.0);
    assert_eq!(state(&customer, one).await.1, json!(true));
    // The gateway is there with that, too.
    while state(&customer, gateway).await.0 != "online" {
        tokio::task::yield_now().await;
    }
    // The node itself, without its gateway.
    let answer = site.get(&format!("/external/api/{}", update(&own))).await;
    assert_eq!(answer.status, 200);
    assert_eq!(state(&customer, one).await.1, json!(false));
    // What is not its node, and who is no gateway, in the same words.
    let wrong = carried(&site, Method::GET, &update("nobodys"), &hub).await;
    assert_eq!(
        (wrong.status, wrong.text.contains("Invalid token.")),
        (400, true)
    );
    for (node, gateway) in [
        (&foreign, &hub),
        (&own, &foreign),
        (&hub, &hub),
        (&own, &"x".repeat(32)),
    ] {
        let answer = carried(&site, Method::GET, &update(node), gateway).await;
        assert_eq!((answer.status, &answer.text), (400, &wrong.text));
    }
    let answer = carried(&site, Method::GET, "gateway/nodes", &own).await;
    assert_eq!((answer.status, &answer.text), (400, &wrong.text));
    let answer = site.get("/external/api/gateway/nodes").await;
    assert_eq!((answer.status, &answer.text), (400, &wrong.text));
}

#[tokio::test]
async fn a_node_asks_to_join_and_is_accepted_and_claimed() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene {
        gateway,
        other,
        nodes: [one, two],
        ..
    } = scene(&site).await;
    let hub = token(&site, gateway).await;
    let (own, paired) = (token(&site, one).await, token(&site, two).await);
    assert_eq!(pair(&customer, other, two).await.0, 204);
    let (_, org, id) = site.client("Beside", "beside@client.example").await;
    let beside = device(&site, &json!("TMPLsoil00001"), org, id, "Theirs").await;
    let beside = token(&site, beside).await;
    let asks = async |token: &str| join(&site, &hub, token).await;
    let state = |state: &str| json!({ "state": state });
    // Nobody has opened the window.
    assert_eq!(asks(&own).await.json(), state("closed"));
    let open = json!({ "gatewayId": gateway, "minutes": 5 });
    assert_eq!(customer.post("/gateway/window", open).await.status, 200);
    let unknown = asks(&"x".repeat(32)).await;
    for foreign in [&paired, &beside, &hub] {
        let answer = asks(foreign).await;
        assert_eq!((answer.status, &answer.text), (400, &unknown.text));
    }
    // Its own organization's, and one of a label that nobody has claimed.
    let label = site.auth(4);
    for _ in 0..2 {
        assert_eq!(asks(&own).await.json(), state("waiting"));
        assert_eq!(asks(&label).await.json(), state("waiting"));
    }
    let path = format!("/gateway?deviceId={gateway}");
    let waiting = customer.get(&path).await.json()["waiting"].clone();
    let found: Vec<_> = waiting.as_array().expect("a list").iter().collect();
    assert_eq!(found.len(), 2, "{waiting}");
    let unclaimed = found.iter().find(|one| one["isUnclaimed"] == true);
    let unclaimed = unclaimed.expect("one that is nobody's")["deviceId"].clone();
    let decide = |node: &Value, accept: bool| json!({ "gatewayId": gateway, "nodeId": node, "accept": accept });
    for (node, accept) in [(&unclaimed, true), (&json!(one), false)] {
        let decided = customer.post("/gateway/decide", decide(node, accept)).await;
        assert_eq!(decided.status, 204, "{decided:?}");
    }
    assert_eq!(asks(&label).await.json(), state("paired"));
    let now = customer.get(&path).await.json();
    assert_eq!(now["waiting"], json!([]));
    assert_eq!(now["nodes"][0]["deviceId"], unclaimed);
    let device = customer.get(&format!("/device?deviceId={unclaimed}")).await;
    assert_eq!(device.status, 200, "{device:?}");
    // It speaks at once.
    let answer = carried(
        &site,
        Method::GET,
        &format!("update?token={label}&v1=5"),
        &hub,
    )
    .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    // After the window nobody asks any more.
    site.clock.pass_seconds(300);
    assert_eq!(asks(&own).await.json(), state("closed"));
}

/// A gateway that has lost a node and asks for it again keeps nothing from the one that has it now.
#[tokio::test]
async fn a_gateway_before_hears_nothing_and_holds_up_nothing() {
    for version in BOTH {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        let Scene {
            gateway,
            other,
            nodes: [one, _],
            ..
        } = scene(&site).await;
        assert_eq!(pair(&customer, gateway, one).await.0, 204);
        let own = token(&site, one).await;
        let filter = format!("dev/{own}/downlink/#");
        let mut before = signed_in(&site, version, &token(&site, gateway).await).await;
        assert_eq!(before.subscribe(&filter, 1).await, 1);
        let both = json!({ "gatewayId": other, "nodeId": one });
        assert_eq!(customer.post("/gateway/move", both).await.status, 204);
        let mut now = signed_in(&site, version, &token(&site, other).await).await;
        assert_eq!(now.subscribe(&filter, 1).await, 1);
        let no = if version == Version::Five { 0x87 } else { 0x80 };
        assert_eq!(before.subscribe(&filter, 1).await, no);
        let set = json!({ "deviceId": one, "pin": 0, "value": 7 });
        assert_eq!(customer.put("/device/value", set).await.status, 200);
        let topic = format!("dev/{own}/downlink/ds/Light");
        let told = now.is_told(&topic, "7").await.expect("with a number");
        // What the one before acknowledges is nothing that it was told, so it ends no waiting.
        before.send(&[0x40, 2, told[0], told[1]]).await;
        before.publish(1, 9, "ds/Moisture", b"1").await;
        before.hears(0x40, 9, 0).await;
        let waits = "SELECT COUNT(*) FROM pending_writes";
        assert_eq!(site.count(waits).await, 1);
        now.send(&[0x40, 2, told[0], told[1]]).await;
        while site.count(waits).await > 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// A node that never spoke has nobody that is known to have it: its gateway is told all the same, as often as something is set.
#[tokio::test]
async fn what_is_set_twice_for_a_node_that_never_spoke_is_told_twice() {
    for version in BOTH {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        let Scene {
            gateway,
            nodes: [one, _],
            ..
        } = scene(&site).await;
        assert_eq!(pair(&customer, gateway, one).await.0, 204);
        let own = token(&site, one).await;
        let mut hub = signed_in(&site, version, &token(&site, gateway).await).await;
        let filter = format!("dev/{own}/downlink/#");
        assert_eq!(hub.subscribe(&filter, 1).await, 1);
        let topic = format!("dev/{own}/downlink/ds/Light");
        let mut told = Vec::new();
        for _ in 0..2 {
            let set = json!({ "deviceId": one, "pin": 0, "value": 7 });
            assert_eq!(customer.put("/device/value", set).await.status, 200);
            told.push(hub.is_told(&topic, "7").await.expect("with a number"));
        }
        // That it has the first says nothing of the second.
        for (id, waiting) in told.into_iter().zip([1, 0]) {
            hub.send(&[0x40, 2, id[0], id[1]]).await;
            hub.publish(1, 9, "ds/Moisture", b"1").await;
            hub.hears(0x40, 9, 0).await;
            let waits = "SELECT COUNT(*) FROM pending_writes";
            assert_eq!(site.count(waits).await, waiting);
        }
    }
}

/// A request to join is as old as a window can be open at the most; after that the node has to ask again.
#[tokio::test]
async fn a_request_to_join_grows_old() {
    let site = Site::demo().await;
    // Longer than anybody stays signed in.
    let customer = async || site.sign_in(Role::User).await;
    let Scene {
        gateway,
        nodes: [one, _],
        ..
    } = scene(&site).await;
    let (hub, own) = (token(&site, gateway).await, token(&site, one).await);
    let opened = async || {
        let open = json!({ "gatewayId": gateway, "minutes": 60 });
        assert_eq!(
            customer().await.post("/gateway/window", open).await.status,
            200
        );
    };
    let waiting = async || {
        let path = format!("/gateway?deviceId={gateway}");
        let found = customer().await.get(&path).await.json();
        let found = found["waiting"].as_array().expect("a list").clone();
        let ages = found.iter().map(|node| node["askedAt"].as_i64());
        ages.collect::<Vec<_>>()
    };
    let accept = json!({ "gatewayId": gateway, "nodeId": one, "accept": true });
    opened().await;
    let asked = site.clock.now().0;
    assert_eq!(join(&site, &hub, &own).await.json()["state"], "waiting");
    assert_eq!(waiting().await, [Some(asked)]);
    site.clock.pass_seconds(3_599);
    opened().await;
    assert_eq!(waiting().await, [Some(asked)]);
    site.clock.pass_seconds(2);
    assert!(waiting().await.is_empty(), "though the window is open");
    let decide = async || {
        customer()
            .await
            .post("/gateway/decide", accept.clone())
            .await
    };
    let late = decide().await;
    assert_eq!(late.outcome(), (404, "not_found".to_owned()));
    let asked = site.clock.now().0;
    assert_eq!(join(&site, &hub, &own).await.json()["state"], "waiting");
    assert_eq!(waiting().await, [Some(asked)]);
    let taken = decide().await;
    assert_eq!(taken.status, 204, "{taken:?}");
}

#[tokio::test]
async fn wrong_tokens_of_others_at_its_address_hold_up_no_node_that_asks_a_gateway() {
    let site = Site::demo().await;
    let Scene { gateway, nodes, .. } = scene(&site).await;
    let hub = token(&site, gateway).await;
    let own = token(&site, nodes[0]).await;
    let wrong = async || site.get("/external/api/get?token=wrong&v1").await.status;
    while wrong().await == 400 {}
    assert_eq!(wrong().await, 429, "nobody guesses on from there");
    let stranger = "x".repeat(32);
    assert_eq!(join(&site, &hub, &own).await.json()["state"], "closed");
    assert_eq!(join(&site, &hub, &stranger).await.status, 400);
    // It has no more guesses than others have.
    let mut left = 59;
    while join(&site, &hub, &stranger).await.status == 400 {
        left -= 1;
    }
    assert_eq!(left, 0);
    assert_eq!(join(&site, &hub, &own).await.json()["state"], "closed");
}

#[tokio::test]
async fn points_that_are_sent_again_for_want_of_an_answer_count_once() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let Scene { gateway, nodes, .. } = scene(&site).await;
    assert_eq!(pair(&customer, gateway, nodes[0]).await.0, 204);
    let hub = token(&site, gateway).await;
    let own = token(&site, nodes[0]).await;
    let now = site.cloud.core().now().0;
    let [a, b, c] = [1, 2, 3].map(|number| json!([now - 10 + number, number]));
    let corrected = json!([now - 7, 4]);
    let amount = "SELECT CAST(SUM(amount) AS BIGINT) FROM device_points WHERE step = 3600000";
    for (points, all) in [
        (vec![&a, &b], 2),
        (vec![&a, &b], 2),
        (vec![&a, &b, &c], 3),
        // In halves, where the cloud did not take all of it.
        (vec![&a], 3),
        (vec![&b, &c], 3),
        (vec![&corrected], 4),
    ] {
        let path = format!("/external/api/batch/update?token={own}&pin=v1");
        let request = site.request(Method::POST, &path).json(&points);
        let answer = send(request.header("X-Gateway-Token", &hub)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(site.count(amount).await, all, "{points:?}");
    }
    assert_eq!(moisture(&customer, nodes[0]).await, 4.0);
}
