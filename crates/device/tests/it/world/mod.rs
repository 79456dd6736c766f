//! A world of stations that hear each other, and its time.

mod cloud;
mod map;
mod station;
mod witness;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use handover_device::link::memory::Air;
use handover_device::link::{Heard, memory::Weather};
use handover_device::{Dice, Moment, NodeId, Order};

pub use cloud::Cloud;
pub use map::Map;
pub use station::{Role, Station, token};
use witness::Witness;

use handover_device::{GatewayConfig, NodeConfig};

pub struct World {
    pub now: Moment,
    pub air: Air,
    pub stations: Vec<Station>,
    pub cloud: Cloud,
    pub frames: u64,
    dice: Dice,
    witness: Witness,
    flying: BTreeMap<(Moment, u64), (usize, Heard)>,
    count: u64,
    wakes: BTreeSet<(Moment, usize)>,
}

/// How everybody behaves.
#[derive(Clone, Copy, Default)]
pub struct Rules {
    pub node: NodeConfig,
    pub gateway: GatewayConfig,
}

impl World {
    /// The first `gateways` stations of the map are gateways, all others nodes.
    pub fn new(map: &Map, gateways: usize, weather: Weather, rules: Rules, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut air = Air::new(map.stations, weather, dice.roll());
        for (one, other, signal) in &map.edges {
            air.connect(*one, *other, *signal);
        }
        let stations = (0..map.stations)
            .map(|at| Station::new(at, at < gateways, rules, dice.roll()))
            .collect();
        let mut world = Self {
            now: Duration::from_secs(1),
            air,
            stations,
            cloud: Cloud::default(),
            frames: 0,
            dice,
            witness: Witness::default(),
            flying: BTreeMap::new(),
            count: 0,
            wakes: BTreeSet::new(),
        };
        for node in gateways..map.stations {
            world.pair(node, 0, 0);
        }
        world
    }

    /// The cloud gives a node to a gateway, under this derivation, and sends again what has no outcome yet.
    pub fn pair(&mut self, node: usize, gateway: usize, derivation: u32) {
        let orders = self.cloud.pair(node, gateway, derivation);
        for order in orders {
            self.order(gateway, &order);
        }
    }

    pub fn unpair(&mut self, node: usize, gateway: usize) {
        self.order(gateway, &Order::Unpair(NodeId(node as u64)));
    }

    /// The cloud sends a message to a node, through its gateway.
    pub fn command(&mut self, node: usize, payload: &[u8]) {
        let (gateway, order) = self.cloud.command(node, payload);
        self.order(gateway, &order);
    }

    fn order(&mut self, gateway: usize, order: &Order) {
        self.stations[gateway].orders.push(order.clone());
        self.step(gateway);
    }

    pub fn send(&mut self, node: usize, payload: &[u8]) {
        self.stations[node].send(payload);
        self.step(node);
    }

    /// It crashes and starts anew.
    pub fn crash(&mut self, station: usize) {
        self.stations[station].start();
        self.step(station);
    }

    pub fn switch_off(&mut self, station: usize) {
        self.stations[station].role = Role::Off;
    }

    /// Time passes until then, or until nothing would ever happen.
    pub fn run_until(&mut self, end: Moment) {
        loop {
            let arrival = self.flying.first_key_value().map(|((at, _), _)| *at);
            let wake = self.wakes.first().map(|(at, _)| *at);
            let next = arrival.into_iter().chain(wake).min();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.now = self.now.max(end);
                return;
            };
            self.now = self.now.max(next);
            if arrival == Some(next) {
                let (_, (to, heard)) = self.flying.pop_first().expect("it is there");
                self.stations[to].hear(&heard, self.now);
                self.step(to);
            } else if let Some((_, station)) = self.wakes.pop_first() {
                self.stations[station].wake = None;
                self.step(station);
            }
        }
    }

    pub fn run_for(&mut self, time: Duration) {
        self.run_until(self.now + time);
    }

    /// Until nobody waits for anything; false where somebody still does at the end.
    pub fn settle(&mut self, most: Duration) -> bool {
        let end = self.now + most;
        while self.now < end {
            if self.is_settled() {
                return true;
            }
            self.run_for(Duration::from_secs(5));
            // What the cloud did not take is given to it again.
            for at in 0..self.stations.len() {
                self.step(at);
            }
        }
        self.is_settled()
    }

    fn is_settled(&self) -> bool {
        self.cloud.open() == 0 && self.stations.iter().all(Station::is_settled)
    }

    /// Sends bytes from a station, as a hostile one does.
    pub fn transmit(&mut self, from: usize, bytes: &[u8]) {
        self.frames += 1;
        if !matches!(self.stations[from].role, Role::Hostile(_)) {
            self.witness.look(bytes);
        }
        for arrival in self.air.send(from, bytes, self.now) {
            self.count += 1;
            let key = (arrival.at, self.count);
            self.flying.insert(key, (arrival.to, arrival.heard));
        }
    }

    /// Has a station do all that it wants now.
    fn step(&mut self, at: usize) {
        loop {
            let sent = self.stations[at].poll(self.now, &mut self.cloud, &mut self.dice);
            let Some(bytes) = sent else {
                break;
            };
            self.transmit(at, &bytes);
        }
        let station = &mut self.stations[at];
        let wake = station.next_wake().map(|wake| wake.max(self.now));
        if let Some(before) = station.wake.take() {
            self.wakes.remove(&(before, at));
        }
        station.wake = wake;
        self.wakes.extend(wake.map(|wake| (wake, at)));
    }

    /// What must hold at any time.
    pub fn check(&self) {
        for (at, station) in self.stations.iter().enumerate() {
            station.check(&self.cloud.messages_of(at));
            let [seen, waiting, counted] = station.remembered();
            assert!(seen <= 512 && waiting <= 64 && counted <= 256, "bounded");
        }
    }
}
