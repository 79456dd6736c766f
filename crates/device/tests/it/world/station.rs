//! A device, its store, and what its application knows.

use std::collections::{BTreeMap, BTreeSet};

use handover_device::link::Heard;
use handover_device::{
    AuthToken, Dice, Fate, Gateway, MemoryStore, Message, Moment, Node, NodeOutput, Order, Refused,
};

use super::{Cloud, Rules};

/// Hears a frame and says what to send.
pub type Trick = Box<dyn FnMut(&[u8]) -> Vec<Vec<u8>>>;

pub enum Role {
    Node(Box<Node<MemoryStore>>),
    Gateway(Box<Gateway<MemoryStore>>),
    Hostile(Trick),
    Off,
}

pub struct Station {
    pub role: Role,
    pub store: MemoryStore,
    /// Its next answer is lost in a crash, after what it answers was stored.
    pub crash_before_answer: bool,
    pub wake: Option<Moment>,
    pub orders: Vec<Order>,
    pub sent: BTreeMap<(u32, u64), Vec<u8>>,
    pub acknowledged: BTreeSet<(u32, u64)>,
    pub given_up: BTreeSet<(u32, u64)>,
    pub received: Vec<(u64, Vec<u8>)>,
    /// Not taken, as far as the application knows; the store may have it.
    maybe: Vec<Vec<u8>>,
    tricks: Vec<Vec<u8>>,
    at: usize,
    is_gateway: bool,
    rules: Rules,
    dice: Dice,
}

pub fn token(node: usize) -> AuthToken {
    AuthToken::new(&format!("node{node:028}")).expect("a token")
}

impl Station {
    pub fn new(at: usize, is_gateway: bool, rules: Rules, seed: u64) -> Self {
        let mut station = Self {
            role: Role::Off,
            store: MemoryStore::default(),
            crash_before_answer: false,
            wake: None,
            orders: Vec::new(),
            sent: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            given_up: BTreeSet::new(),
            received: Vec::new(),
            maybe: Vec::new(),
            tricks: Vec::new(),
            at,
            is_gateway,
            rules,
            dice: Dice::new(seed),
        };
        station.start();
        station
    }

    /// Starts from what its store has.
    pub fn start(&mut self) {
        let (store, seed) = (self.store.clone(), self.dice.roll());
        self.crash_before_answer = false;
        // A store that was told to fail fails while it is opened, too: then once more.
        self.role = if self.is_gateway {
            let open = || Gateway::open(store.clone(), self.rules.gateway, seed);
            Role::Gateway(Box::new(open().or_else(|_| open()).expect("a gateway")))
        } else {
            let open = || Node::open(token(self.at), store.clone(), self.rules.node, seed);
            Role::Node(Box::new(open().or_else(|_| open()).expect("a node")))
        };
    }

    pub fn node(&self) -> &Node<MemoryStore> {
        match &self.role {
            Role::Node(node) => node,
            _ => panic!("station {} is no node", self.at),
        }
    }

    pub fn gateway(&self) -> &Gateway<MemoryStore> {
        match &self.role {
            Role::Gateway(gateway) => gateway,
            _ => panic!("station {} is no gateway", self.at),
        }
    }

    pub fn send(&mut self, payload: &[u8]) {
        let Role::Node(node) = &mut self.role else {
            return;
        };
        match node.send(payload) {
            Ok(number) => _ = self.sent.insert((node.life(), number), payload.to_vec()),
            Err(Refused::Store(_)) => {
                self.maybe.push(payload.to_vec());
                self.start();
            }
            Err(Refused::Full) => {}
            Err(refused) => panic!("{refused}"),
        }
    }

    pub fn hear(&mut self, heard: &Heard, now: Moment) {
        match &mut self.role {
            Role::Node(node) => {
                if node.hear(&heard.bytes, heard.signal, now).is_err() {
                    self.start();
                }
            }
            Role::Gateway(gateway) => drop(gateway.hear(&heard.bytes, heard.signal, now)),
            Role::Hostile(trick) => self.tricks.extend(trick(&heard.bytes)),
            Role::Off => {}
        }
    }

    /// Does what it wants; gives the next frame that it sends.
    pub fn poll(&mut self, now: Moment, cloud: &mut Cloud, dice: &mut Dice) -> Option<Vec<u8>> {
        loop {
            let wish = match &mut self.role {
                Role::Node(_) => self.poll_node(now),
                Role::Gateway(_) => self.poll_gateway(now, cloud, dice),
                Role::Hostile(_) => return self.tricks.pop(),
                Role::Off => return None,
            };
            match wish {
                Ok(Some(_)) if std::mem::take(&mut self.crash_before_answer) => self.start(),
                Ok(bytes) => return bytes,
                Err(()) => self.start(),
            }
        }
    }

    fn poll_node(&mut self, now: Moment) -> Result<Option<Vec<u8>>, ()> {
        let Role::Node(node) = &mut self.role else {
            return Ok(None);
        };
        while let Some((command, payload)) = node.received() {
            if self.received.last().is_none_or(|last| last.0 != command) {
                self.received.push((command, payload.to_vec()));
            }
            node.taken(command).map_err(drop)?;
        }
        loop {
            match node.poll(now).map_err(drop)? {
                Some(NodeOutput::Send(bytes)) => return Ok(Some(bytes)),
                Some(NodeOutput::Settled(number, fate)) => {
                    let settled = match fate {
                        Fate::Acknowledged => &mut self.acknowledged,
                        Fate::GivenUp => &mut self.given_up,
                    };
                    assert!(settled.insert((node.life(), number)), "told once");
                }
                None => return Ok(None),
            }
        }
    }

    fn poll_gateway(
        &mut self,
        now: Moment,
        cloud: &mut Cloud,
        dice: &mut Dice,
    ) -> Result<Option<Vec<u8>>, ()> {
        let Role::Gateway(gateway) = &mut self.role else {
            return Ok(None);
        };
        gateway.set_clock(now, 1_700_000_000_000);
        while let Some(order) = self.orders.first() {
            obey(gateway, order)?;
            self.orders.remove(0);
        }
        let sent = gateway.poll(now).map_err(drop)?;
        if !cloud.away && gateway.waiting().len() > 0 {
            let mut last = 0;
            for (number, item) in gateway.waiting() {
                cloud.take(item);
                last = *number;
            }
            // Now and then the cloud's answer is lost.
            if dice.happens(0.9) {
                gateway.delivered(last).map_err(drop)?;
            }
        }
        Ok(sent)
    }

    pub fn next_wake(&self) -> Option<Moment> {
        match &self.role {
            Role::Node(node) => node.wake(),
            Role::Gateway(gateway) => gateway.wake(),
            Role::Hostile(_) | Role::Off => None,
        }
    }

    pub fn remembered(&self) -> [usize; 3] {
        match &self.role {
            Role::Node(node) => node.remembered(),
            Role::Gateway(gateway) => gateway.remembered(),
            Role::Hostile(_) | Role::Off => [0; 3],
        }
    }

    pub fn is_settled(&self) -> bool {
        match &self.role {
            Role::Node(node) => node.waiting().count() == 0,
            Role::Gateway(gateway) => gateway.waiting().len() == 0,
            Role::Hostile(_) | Role::Off => true,
        }
    }

    /// Nothing arrived that was not sent, nor altered; what is acknowledged has arrived, or is on a gateway's disk.
    pub fn check(&self, arrived: &[&Message]) {
        for message in arrived {
            let key = (message.id.life, message.id.sequence);
            let is_sent = self.sent.get(&key) == Some(&message.payload);
            assert!(is_sent || self.maybe.contains(&message.payload), "{key:?}");
        }
        let commands: Vec<_> = self.received.iter().map(|(command, _)| *command).collect();
        assert!(
            commands.is_sorted_by(|one, next| one < next),
            "in order, and once"
        );
    }
}

fn obey(gateway: &mut Gateway<MemoryStore>, order: &Order) -> Result<(), ()> {
    let outcome = match order {
        Order::Pair(node, keys) => gateway.pair(*node, keys.clone()),
        Order::Unpair(node) => gateway.unpair(*node).map_err(Refused::Store),
        Order::Send {
            node,
            command,
            payload,
        } => gateway.command(*node, *command, payload),
    };
    match outcome {
        Err(Refused::Store(_)) => Err(()),
        outcome => {
            outcome.expect("what the cloud orders fits");
            Ok(())
        }
    }
}
