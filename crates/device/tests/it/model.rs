//! Random meshes and what befalls them, against what must always hold.

use std::time::Duration;

use handover_device::link::memory::Weather;
use handover_device::{Failure, GatewayConfig, MAX_HOPS, NodeConfig, Outcome, Retry};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::world::{Map, Rules, World};

/// What befalls a mesh. Stations are numbers that are taken modulo how many there are.
#[derive(Clone, Debug)]
enum Step {
    Send(usize),
    Command(usize),
    /// Any station crashes and starts anew.
    Crash(usize),
    /// A gateway crashes after it stored something and before it tells anybody.
    CrashBeforeAnswer(usize),
    StoreFails(usize, Failure),
    CloudAway(bool),
    /// Stations below and above do not hear each other.
    Cut(usize),
    Heal,
    /// The cloud gives a node to a gateway, maybe the same one, and raises the derivation.
    Rotate(usize, usize),
    /// The cloud gives a node's present keys to another gateway as well.
    Share(usize, usize),
}

fn steps() -> impl Strategy<Value = Step> {
    let which = || 0..64_usize;
    let failure = prop_oneof![Just(Failure::Before), Just(Failure::After)];
    prop_oneof![
        8 => which().prop_map(Step::Send),
        3 => which().prop_map(Step::Command),
        2 => which().prop_map(Step::Crash),
        2 => which().prop_map(Step::CrashBeforeAnswer),
        2 => (which(), failure).prop_map(|(at, failure)| Step::StoreFails(at, failure)),
        1 => any::<bool>().prop_map(Step::CloudAway),
        1 => which().prop_map(Step::Cut),
        1 => Just(Step::Heal),
        1 => (which(), which()).prop_map(|(node, gateway)| Step::Rotate(node, gateway)),
        1 => (which(), which()).prop_map(|(node, gateway)| Step::Share(node, gateway)),
    ]
}

#[derive(Clone, Debug)]
enum Shape {
    Line(usize),
    Random(usize, usize),
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        1 => (3..=10_usize).prop_map(Shape::Line),
        3 => (3..=12_usize, 0..12_usize).prop_map(|(stations, more)| Shape::Random(stations, more)),
    ]
}

fn weathers() -> impl Strategy<Value = Weather> {
    (0..30_u8, 0..30_u8, 2..400_u64).prop_map(|(loss, duplicates, longest)| Weather {
        loss: f64::from(loss) / 100.0,
        duplicates: f64::from(duplicates) / 100.0,
        shortest: Duration::from_millis(1),
        longest: Duration::from_millis(longest),
    })
}

pub fn rules(hops: u8) -> Rules {
    let retry = Retry {
        most: Duration::from_secs(20),
        ..Default::default()
    };
    Rules {
        node: NodeConfig {
            hops,
            retry,
            ..Default::default()
        },
        gateway: GatewayConfig {
            hops,
            retry,
            ..Default::default()
        },
    }
}

struct Model {
    world: World,
    gateways: usize,
    derivations: Vec<u32>,
    homes: Vec<Vec<usize>>,
    count: usize,
}

impl Model {
    fn node(&self, number: usize) -> usize {
        self.gateways + number % (self.world.stations.len() - self.gateways)
    }

    fn step(&mut self, step: &Step) {
        self.count += 1;
        let stations = self.world.stations.len();
        let text = format!("{} of {step:?}", self.count);
        match *step {
            Step::Send(at) => self.world.send(self.node(at), text.as_bytes()),
            Step::Command(at) => self.world.command(self.node(at), text.as_bytes()),
            Step::Crash(at) => self.world.crash(at % stations),
            Step::CrashBeforeAnswer(at) => {
                self.world.stations[at % stations].crash_before_answer = true;
            }
            Step::StoreFails(at, failure) => self.world.stations[at % stations].store.fail(failure),
            Step::CloudAway(away) => self.world.cloud.away = away,
            Step::Cut(at) => {
                let sides = (0..stations).map(|one| u8::from(one > at % stations));
                self.world.air.cut(sides.collect());
            }
            Step::Heal => self.world.air.heal(),
            Step::Rotate(node, gateway) => self.rotate(self.node(node), gateway % self.gateways),
            Step::Share(node, gateway) => self.share(self.node(node), gateway % self.gateways),
        }
    }

    fn rotate(&mut self, node: usize, gateway: usize) {
        for before in std::mem::take(&mut self.homes[node]) {
            if before != gateway {
                self.world.unpair(node, before);
            }
        }
        self.derivations[node] += 1;
        self.homes[node].push(gateway);
        self.world.pair(node, gateway, self.derivations[node]);
    }

    fn share(&mut self, node: usize, gateway: usize) {
        self.homes[node].push(gateway);
        self.world.pair(node, gateway, self.derivations[node]);
    }
}

fn run(shape: &Shape, gateways: usize, weather: Weather, seed: u64, steps: &[(u64, Step)]) {
    let map = match *shape {
        Shape::Line(stations) => Map::line(stations),
        Shape::Random(stations, more) => Map::random(stations, more, seed),
    };
    // As few hops as the mesh needs: every message is at its limit somewhere.
    let needed = (0..gateways).map(|gateway| map.hops_from(gateway)).max();
    let hops = needed.expect("a gateway").clamp(1, MAX_HOPS);
    let world = World::new(&map, gateways, weather, rules(hops), seed);
    let mut model = Model {
        derivations: vec![0; map.stations],
        homes: vec![vec![0]; map.stations],
        gateways,
        count: 0,
        world,
    };
    for (pause, step) in steps {
        model.world.run_for(Duration::from_millis(*pause));
        model.step(step);
        model.world.check();
    }
    let mut world = model.world;
    world.air.heal();
    world.cloud.away = false;
    assert!(
        world.settle(Duration::from_secs(4 * 3_600)),
        "all is acknowledged in the end"
    );
    world.check();
    for at in gateways..map.stations {
        let station = &world.stations[at];
        let arrived = world.cloud.messages_of(at);
        let has = |number: &u64| arrived.iter().any(|message| message.id.sequence == *number);
        // What was taken has arrived; a store that failed may have kept what the application was told it had not.
        assert!(station.sent.keys().all(|(_, number)| has(number)));
        assert!(station.given_up.is_empty());
        let outcomes = world.cloud.outcomes_of(at);
        let done = |(command, outcome): (usize, &Option<Outcome>)| match outcome {
            Some(Outcome::Acknowledged) => {
                let times = station.received.iter();
                times.filter(|one| one.0 == command as u64 + 1).count() == 1
            }
            Some(Outcome::Overtaken) => true,
            _ => false,
        };
        assert!(outcomes.iter().enumerate().all(done), "{outcomes:?}");
    }
}

proptest! {
    #[test]
    fn whatever_befalls_a_mesh(
        shape in shapes(),
        gateways in 1..=2_usize,
        weather in weathers(),
        seed in any::<u64>(),
        steps in vec((0..8_000_u64, steps()), 1..40),
    ) {
        run(&shape, gateways, weather, seed, &steps);
    }
}

#[test]
fn the_longest_line_there_is() {
    // Fifteen relays between the last node and the gateway.
    let map = Map::line(usize::from(MAX_HOPS) + 2);
    let weather = Weather {
        loss: 0.05,
        ..Default::default()
    };
    let mut world = World::new(&map, 1, weather, rules(MAX_HOPS), 5);
    let last = map.stations - 1;
    world.send(last, &[7; handover_device::MAX_UP]);
    world.command(last, &[8; handover_device::MAX_DOWN]);
    assert!(world.settle(Duration::from_secs(600)));
    let arrived = world.cloud.messages_of(last);
    assert_eq!(arrived[0].path.len(), usize::from(MAX_HOPS));
    assert_eq!(arrived[0].payload, [7; handover_device::MAX_UP]);
    assert_eq!(
        world.stations[last].received,
        [(1, vec![8; handover_device::MAX_DOWN])]
    );
    // One relay less than it needs: nothing arrives, and the node says so.
    let mut world = World::new(&map, 1, weather, rules(MAX_HOPS - 1), 5);
    world.send(last, b"too far");
    assert!(!world.settle(Duration::from_secs(600)));
    assert_eq!(world.stations[last].node().waiting().count(), 1);
    world.run_for(Duration::from_secs(90_000));
    assert_eq!(world.stations[last].given_up.len(), 1, "told after a day");
}
