//! Nodes and gateways as they run, over links in memory, with tokio's clock paused: it goes on when all wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handover_device::link::memory::{Air, Weather, links};
use handover_device::{
    Away, Derivation, Fate, Gateway, Item, MemoryStore, MeshGateway, MeshNode, Node, NodeId, Order,
    Outcome, Refused, Signal, Uplink,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::world::token;

struct Cloud {
    away: AtomicBool,
    items: Mutex<Vec<Item>>,
    orders: tokio::sync::Mutex<mpsc::Receiver<Order>>,
    answers: Mutex<Vec<bool>>,
}

impl Cloud {
    fn items(&self) -> MutexGuard<'_, Vec<Item>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Uplink for &Cloud {
    async fn deliver(&self, items: Vec<Item>) -> Result<(), Away> {
        if self.away.load(Ordering::Relaxed) {
            return Err(Away);
        }
        self.items().extend(items);
        Ok(())
    }

    async fn next(&self) -> Order {
        match self.orders.lock().await.recv().await {
            Some(order) => order,
            None => std::future::pending().await,
        }
    }

    fn answer(&self, _: &Order, outcome: Result<(), Refused>) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.push(outcome.is_ok());
    }

    fn clock(&self) -> u64 {
        1_700_000_000_000
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_goes_up_and_an_order_down() {
    let weather = Weather {
        loss: 0.2,
        ..Default::default()
    };
    let mut air = Air::new(3, weather, 4);
    air.connect(0, 1, Signal(-80));
    air.connect(1, 2, Signal(-80));
    let (_air, mut links) = links(air);
    let (orders, ordered) = mpsc::channel(4);
    let cloud = Cloud {
        away: AtomicBool::new(true),
        items: Mutex::default(),
        orders: tokio::sync::Mutex::new(ordered),
        answers: Mutex::default(),
    };
    let start = |at: usize, link| {
        let store = MemoryStore::default();
        let node = Node::open(token(at), store, Default::default(), at as u64);
        MeshNode::start(node.expect("a node"), link)
    };
    let (node, runs) = start(2, links.remove(2));
    let (_relay, relays) = start(1, links.remove(1));
    let gateway = Gateway::open(MemoryStore::default(), Default::default(), 9).expect("a gateway");
    let uplink = &cloud;
    let gateway = MeshGateway::run(gateway, links.remove(0), &uplink);

    let story = async {
        let keys = token(2).keys(Derivation(0));
        orders
            .send(Order::Pair(NodeId(2), keys))
            .await
            .expect("running");
        let sent = node
            .send(b"23.5".to_vec())
            .await
            .expect("running")
            .expect("taken");
        assert_eq!(
            sent.fate().await,
            Ok(Fate::Acknowledged),
            "the cloud is away"
        );
        assert!(cloud.items().is_empty());
        cloud.away.store(false, Ordering::Relaxed);
        let command = |node, command| Order::Send {
            node: NodeId(node),
            command,
            payload: b"on".to_vec(),
        };
        orders.send(command(2, 1)).await.expect("running");
        orders.send(command(3, 1)).await.expect("running");
        let received = node.receive().await.expect("running");
        assert_eq!((received.command, &received.payload[..]), (1, &b"on"[..]));
        let again = node.receive().await.expect("running");
        assert_eq!(again, received, "until it is taken");
        node.taken(1).await.expect("running").expect("stored");
        let quiet = timeout(Duration::from_secs(600), node.receive()).await;
        assert!(quiet.is_err(), "and not again");
        let long = node.send(vec![0; 1000]).await.expect("running");
        assert!(matches!(long, Err(Refused::Long(_))));
    };
    tokio::select! {
        biased;
        () = story => {}
        ended = runs => panic!("{ended:?}"),
        ended = relays => panic!("{ended:?}"),
        ended = gateway => panic!("{ended:?}"),
    }
    let items = cloud.items();
    let Item::Message(message) = &items[0] else {
        panic!("{items:?}");
    };
    assert_eq!(
        (message.node, &message.payload[..]),
        (NodeId(2), &b"23.5"[..])
    );
    assert_eq!(message.path.len(), 1);
    assert!(message.heard_at >= 1_700_000_000_000);
    let outcome = Item::Outcome {
        node: NodeId(2),
        command: 1,
        outcome: Outcome::Acknowledged,
    };
    assert_eq!(items[1..], [outcome]);
    let answers = cloud.answers.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(
        *answers,
        [true, true, false],
        "it does not have the third one's node"
    );
}
