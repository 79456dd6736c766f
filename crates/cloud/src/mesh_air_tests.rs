//! Nodes and gateways as they run, over air that loses a part of what is sent, with the real cloud behind them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handover_device::link::memory::{Air, MemoryLink, Weather, links};
use handover_device::{
    Address, AuthToken, Away, Derivation, Fate, Gateway, GatewayConfig, Item, Key, MemoryStore,
    MeshGateway, MeshNode, Node, NodeConfig, NodeId, NodeKeys, Order, Outcome, Refused, Retry,
    RunError, Signal, Uplink,
};
use handover_wire::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::gateway_tests::{FARM, device, pair, template, token};
use crate::mesh_tests::{asked, mesh_template, report};
use crate::mqtt_tests::values;
use crate::testing::{Person, Site};

const NODES: usize = 12;
/// Messages of each node.
const EACH: i64 = 3;

/// A gateway's way to the cloud over HTTP, as a program for gateways has it.
struct Http<'a> {
    site: &'a Site,
    token: String,
    orders: tokio::sync::Mutex<mpsc::Receiver<Order>>,
    /// How often something is told that the cloud had.
    known: Mutex<usize>,
}

fn number(value: u64) -> i64 {
    i64::try_from(value).expect("a small number")
}

fn item(item: &Item) -> Value {
    match item {
        Item::Message(message) => {
            let path = message.path.iter().map(
                |hop| json!({ "relay": format!("{:04x}", hop.short), "signal": hop.signal.0 }),
            );
            let value: Value = serde_json::from_slice(&message.payload).expect("JSON");
            json!({ "kind": "message", "deviceId": message.node.0, "derivation": message.derivation.0, "life": message.id.life,
                "sequence": message.id.sequence.to_string(), "path": path.collect::<Vec<_>>(), "signal": message.signal.0,
                "heardAt": message.heard_at, "values": value })
        }
        Item::Outcome {
            node,
            command,
            outcome,
        } => {
            let outcome = match outcome {
                Outcome::Acknowledged => "acknowledged",
                Outcome::Overtaken => "overtaken",
                Outcome::GivenUp => "given_up",
            };
            json!({ "kind": "outcome", "deviceId": node.0, "command": command.to_string(), "outcome": outcome })
        }
        Item::Reinstalled { node, life } => {
            json!({ "kind": "reinstalled", "deviceId": node.0, "life": life })
        }
    }
}

impl Uplink for Http<'_> {
    async fn deliver(&self, items: Vec<Item>) -> Result<(), Away> {
        let items: Vec<Value> = items.iter().map(item).collect();
        let told = report(self.site, &self.token, &json!(items)).await;
        // What is told is told once more, as it is after a crash.
        let again = report(self.site, &self.token, &json!(items)).await;
        if told.status != 200 || again.status != 200 {
            return Err(Away);
        }
        let states = again.json()["results"].as_array().expect("results").clone();
        let known = states.iter().filter(|one| one["state"] == "known");
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) += known.count();
        Ok(())
    }

    async fn next(&self) -> Order {
        match self.orders.lock().await.recv().await {
            Some(order) => order,
            None => std::future::pending().await,
        }
    }

    fn answer(&self, _: &Order, _: Result<(), Refused>) {}

    fn clock(&self) -> u64 {
        1_800_000_000_000
    }
}

fn bytes<const N: usize>(hex: &Value) -> [u8; N] {
    let hex = hex.as_str().expect("hex digits");
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits");
    }
    bytes
}

/// Has a gateway do what the cloud wants, as long as it runs.
async fn follow(site: &Site, token: &str, orders: mpsc::Sender<Order>) {
    let mut known = (String::new(), String::new());
    let mut have = BTreeSet::new();
    loop {
        let path = format!("gateway/orders?nodes={}&after={}&wait=25", known.0, known.1);
        let told = asked(site, Method::GET, &path, token).await.json();
        let text = |name: &str| told[name].as_str().expect("text").to_owned();
        let now = (text("nodes"), text("after"));
        if now.0 != known.0 {
            let all = asked(site, Method::GET, "gateway/nodes", token)
                .await
                .json();
            let mut there = BTreeSet::new();
            for node in all["nodes"].as_array().expect("nodes") {
                let id = NodeId(node["deviceId"].as_u64().expect("a number"));
                let derivation = node["derivation"].as_u64().expect("a number");
                let keys = NodeKeys {
                    derivation: Derivation(u32::try_from(derivation).expect("small")),
                    address: Address(bytes(&node["mesh"]["address"])),
                    up: Key::new(bytes(&node["mesh"]["up"])),
                    down: Key::new(bytes(&node["mesh"]["down"])),
                };
                there.insert(id);
                if orders.send(Order::Pair(id, keys)).await.is_err() {
                    return;
                }
            }
            for gone in have.difference(&there) {
                if orders.send(Order::Unpair(*gone)).await.is_err() {
                    return;
                }
            }
            have = there;
        }
        for send in told["sends"].as_array().expect("sends") {
            let order = Order::Send {
                node: NodeId(send["deviceId"].as_u64().expect("a number")),
                command: send["command"]
                    .as_str()
                    .expect("text")
                    .parse()
                    .expect("a number"),
                payload: send["values"].to_string().into_bytes(),
            };
            if orders.send(order).await.is_err() {
                return;
            }
        }
        known = now;
    }
}

/// Quick, since this runs in real time.
fn retry() -> Retry {
    Retry {
        first: Duration::from_millis(150),
        most: Duration::from_millis(600),
        ..Retry::default()
    }
}

fn start(
    token: &str,
    link: MemoryLink,
    seed: usize,
) -> (
    MeshNode,
    impl Future<Output = Result<(), RunError>> + Send + use<>,
) {
    let config = NodeConfig {
        retry: retry(),
        ..NodeConfig::default()
    };
    let token = AuthToken::new(token).expect("a token");
    let node = Node::open(token, MemoryStore::default(), config, seed as u64);
    MeshNode::start(node.expect("a node"), link)
}

/// How many of the nodes that stay have each of their three messages in the cloud, and none twice.
const WHOLE: &str = "SELECT COUNT(*) FROM device_points p JOIN devices d ON d.id = p.device_id
    WHERE p.pin = 1 AND p.step = 3600000 AND p.amount = 3
    AND d.name IN ('Probe 2', 'Probe 3', 'Probe 4', 'Probe 5', 'Probe 6', 'Probe 7')";

/// Whether a node's first value is this.
async fn holds(person: &Person<'_>, node: i64, value: i64) -> bool {
    let held = values(person, node).await;
    let mut held = held.as_array().expect("values").iter();
    let held = held.find(|one| one["pin"] == "v1");
    held.and_then(|one| one["value"].as_f64()) == Some(value as f64)
}

/// Two gateways at both ends of a line of nodes; half of these are given to the other gateway meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_mesh_and_its_cloud_lose_nothing_and_keep_nothing_twice() {
    let site = Site::demo().await;
    let hub = template(&site, "Hub", true).await;
    let probe = mesh_template(&site, "Mesh probe").await;
    let customer = site.sign_in(Role::User).await;
    let me = customer.get("/me").await.json();
    let owner = me["user"]["id"].as_i64().expect("a number");
    let mut ids = Vec::new();
    let mut tokens = Vec::new();
    for at in 0..2 + NODES {
        let (kind, name) = if at < 2 {
            (&hub, "Hub")
        } else {
            (&probe, "Probe")
        };
        let id = device(&site, kind, FARM, owner, &format!("{name} {at}")).await;
        tokens.push(token(&site, id).await);
        ids.push(id);
    }
    for node in &ids[2..] {
        assert_eq!(pair(&customer, ids[0], *node).await.0, 204);
    }
    let weather = Weather {
        loss: 0.15,
        duplicates: 0.1,
        ..Default::default()
    };
    // Rows of three, the gateways before the first and behind the last.
    let mut air = Air::new(2 + NODES, weather, 11);
    let row = |node: usize| node / 3;
    for one in 0..NODES {
        for other in 0..one {
            if row(one) - row(other) <= 1 {
                air.connect(2 + one, 2 + other, Signal(-75));
            }
        }
        if row(one) == 0 {
            air.connect(0, 2 + one, Signal(-70));
        }
        if row(one) == row(NODES - 1) {
            air.connect(1, 2 + one, Signal(-72));
        }
    }
    let (_air, mut links) = links(air);
    let mut running = JoinSet::new();
    let mut nodes = Vec::new();
    for at in (2..2 + NODES).rev() {
        let (node, runs) = start(&tokens[at], links.remove(at), at);
        running.spawn(runs);
        nodes.insert(0, Arc::new(node));
    }
    let config = GatewayConfig {
        retry: retry(),
        ..GatewayConfig::default()
    };
    let mut uplinks = Vec::new();
    let mut senders = Vec::new();
    for token in &tokens[..2] {
        let (orders, ordered) = mpsc::channel(64);
        senders.push(orders);
        uplinks.push(Http {
            site: &site,
            token: token.clone(),
            orders: tokio::sync::Mutex::new(ordered),
            known: Mutex::default(),
        });
    }
    let gateway = |at: usize, link| {
        let gateway = Gateway::open(MemoryStore::default(), config, 90 + at as u64);
        MeshGateway::run(gateway.expect("a gateway"), link, &uplinks[at])
    };
    let (behind, before) = (links.remove(1), links.remove(0));
    let (first, second) = (gateway(0, before), gateway(1, behind));
    let story = async {
        // Half of the nodes have spoken by the one gateway when they get the other one.
        let send = async |at: usize, round: i64| {
            let text = json!({ "V1": number(at as u64) * 100 + round }).to_string();
            nodes[at]
                .send(text.into_bytes())
                .await
                .expect("it runs")
                .expect("it is taken")
        };
        for round in 0..EACH {
            let mut sent = Vec::new();
            for at in 0..NODES {
                sent.push(send(at, round).await);
            }
            if round == 1 {
                for node in &ids[2 + NODES / 2..] {
                    let both = json!({ "gatewayId": ids[1], "nodeId": node });
                    assert_eq!(customer.post("/gateway/move", both).await.status, 204);
                }
            }
            for sent in sent {
                assert_eq!(sent.fate().await, Ok(Fate::Acknowledged));
            }
        }
        // What people set reaches all of them.
        for (at, node) in ids[2..].iter().enumerate() {
            let set = json!({ "deviceId": node, "pin": 0, "value": at });
            assert_eq!(customer.put("/device/value", set).await.status, 200);
        }
        for (at, node) in nodes.iter().enumerate() {
            let received = node.receive().await.expect("it runs");
            let told: Value = serde_json::from_slice(&received.payload).expect("JSON");
            assert_eq!(told, json!({ "V0": at }));
            node.taken(received.command)
                .await
                .expect("it runs")
                .expect("stored");
        }
        // What a gateway has acknowledged is in the cloud a little later.
        let waits = "SELECT COUNT(*) FROM pending_writes";
        while site.count(waits).await > 0 || site.count(WHOLE).await < 6 {
            tokio::task::yield_now().await;
        }
        // What the gateway that lost a node acknowledged, and had not told by then, is lost; what comes after it is not.
        for at in NODES / 2..NODES {
            let last = number(at as u64) * 100 + EACH;
            while !holds(&customer, ids[2 + at], last).await {
                let sent = send(at, EACH).await;
                assert_eq!(sent.fate().await, Ok(Fate::Acknowledged));
            }
        }
    };
    tokio::select! {
        () = story => {}
        ended = first => panic!("{ended:?}"),
        ended = second => panic!("{ended:?}"),
        Some(ended) = running.join_next() => panic!("{ended:?}"),
        () = follow(&site, &tokens[0], senders[0].clone()) => panic!("it stopped"),
        () = follow(&site, &tokens[1], senders[1].clone()) => panic!("it stopped"),
    }
    assert!(
        uplinks
            .iter()
            .all(|uplink| *uplink.known.lock().unwrap_or_else(PoisonError::into_inner) > 0)
    );
    assert_eq!(site.count(WHOLE).await, 6);
    let mesh = customer
        .get(&format!("/mesh?deviceId={}", ids[1]))
        .await
        .json();
    assert_eq!(mesh["routes"].as_array().expect("routes").len(), NODES / 2);
}
