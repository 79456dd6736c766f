//! Whatever two gateways tell of two nodes, in whatever order, against a model.

use std::collections::BTreeSet;

use handover_wire::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::gateway_tests::pair;
use crate::mesh_tests::{Scene, message, moved, scene, told};
use crate::testing::Site;

/// What happens to two nodes and two gateways.
#[derive(Clone, Debug)]
enum Step {
    /// A gateway tells these: node, derivation before the present one, life, number.
    Tell(usize, Vec<(usize, i64, u32, i64)>),
    Move(usize, usize),
    Part(usize),
    Reinstall(usize, u32),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let one = (0..2_usize, -1..3_i64, 1..4_u32, 0..8_i64);
    prop_oneof![
        8 => (0..2_usize, prop::collection::vec(one, 1..8)).prop_map(|(gateway, all)| Step::Tell(gateway, all)),
        3 => (0..2_usize, 0..2_usize).prop_map(|(node, gateway)| Step::Move(node, gateway)),
        1 => (0..2_usize).prop_map(Step::Part),
        2 => (0..2_usize, 1..20_u32).prop_map(|(node, life)| Step::Reinstall(node, life)),
        1 => Just(Step::Restart),
    ]
}

/// What is so of a node, by the contract.
#[derive(Default)]
struct Modelled {
    gateway: Option<usize>,
    first: i64,
    derivation: i64,
    lives: BTreeSet<u32>,
    kept: BTreeSet<(u32, i64)>,
}

impl Modelled {
    fn tell(&mut self, gateway: usize, derivation: i64, id: (u32, i64)) -> &'static str {
        if self.gateway != Some(gateway) {
            "refused not_its_node"
        } else if !(self.first..=self.derivation).contains(&derivation) {
            "refused wrong_derivation"
        } else if self.kept.insert(id) {
            "kept"
        } else {
            "known"
        }
    }
}

/// No two messages say the same, so that their sum tells which there were.
fn worth((life, number): (u32, i64)) -> i64 {
    1 << (i64::from(life) * 8 + number)
}

#[tokio::test]
async fn whatever_gateways_tell_in_whatever_order_each_message_lands_once() {
    let mut site = Site::demo().await;
    let Scene {
        gateways,
        tokens,
        nodes,
        ..
    } = scene(&site).await;
    let mut runner = TestRunner::new(Config::default());
    let steps = prop::collection::vec(step(), 60);
    let steps = steps.new_tree(&mut runner).expect("a value").current();
    let mut models = [Modelled::default(), Modelled::default()];
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Tell(gateway, all) => {
                let mut items = Vec::new();
                let mut want = Vec::new();
                for &(node, before, life, number) in all {
                    let id = (life, number);
                    let derivation = models[node].derivation - before;
                    items.push(message(
                        nodes[node],
                        derivation,
                        id,
                        json!({ "V1": worth(id) }),
                    ));
                    want.push(models[node].tell(*gateway, derivation, id));
                }
                let told = told(&site, &tokens[*gateway], json!(items)).await;
                assert_eq!(told, want, "{at} of {steps:?}");
            }
            Step::Move(node, gateway) => {
                let model = &mut models[*node];
                let customer = site.sign_in(Role::User).await;
                if model.gateway.is_none() {
                    assert_eq!(
                        pair(&customer, gateways[*gateway], nodes[*node]).await.0,
                        204
                    );
                    model.first = model.derivation + 1;
                } else {
                    moved(&site, nodes[*node], gateways[*gateway]).await;
                }
                if model.gateway.replace(*gateway) != Some(*gateway) {
                    model.derivation += 1;
                }
            }
            Step::Part(node) => {
                let customer = site.sign_in(Role::User).await;
                let parted = customer.post("/gateway/unpair", json!({ "nodeId": nodes[*node] }));
                assert_eq!(parted.await.status, 204);
                models[*node].gateway = None;
            }
            Step::Reinstall(node, life) => {
                let model = &mut models[*node];
                site.clock.pass_seconds(300);
                let Some(gateway) = model.gateway else {
                    continue;
                };
                let item = json!({ "kind": "reinstalled", "deviceId": nodes[*node], "life": life });
                let told = told(&site, &tokens[gateway], json!([item])).await;
                let is_new = model.lives.insert(*life);
                assert_eq!(
                    told,
                    [if is_new { "kept" } else { "known" }],
                    "{at} of {steps:?}"
                );
                model.derivation += i64::from(is_new);
            }
            Step::Restart => site = site.restart(true).await,
        }
        // Whoever has lost a node is given nothing of it.
        for (gateway, token) in tokens.iter().enumerate() {
            let given = crate::mesh_tests::nodes(&site, token).await;
            let want = (0..2).filter(|node| models[*node].gateway == Some(gateway));
            let want: Vec<_> = want
                .map(|node| (json!(nodes[node]), json!(models[node].derivation)))
                .collect();
            let given: Vec<_> = given
                .iter()
                .map(|node| (node["deviceId"].clone(), node["derivation"].clone()))
                .collect();
            assert_eq!(given, want, "{at} of {steps:?}");
        }
    }
    for (model, counts) in models.iter().zip(COUNTS) {
        let worths: i64 = model.kept.iter().map(|id| worth(*id)).sum();
        let want = [i64::try_from(model.kept.len()).expect("few"), worths];
        let found = [site.count(counts[0]).await, site.count(counts[1]).await];
        assert_eq!(found, want, "{steps:?}");
    }
}

/// How many values each of the two nodes has said, and their sum.
macro_rules! counted {
    ($what:literal, $node:literal) => {
        concat!(
            "SELECT COALESCE(CAST(SUM(p.",
            $what,
            ") AS BIGINT), 0) FROM device_points p JOIN devices d ON d.id = p.device_id
             WHERE p.step = 3600000 AND p.pin = 1 AND d.name = '",
            $node,
            "'"
        )
    };
}
const COUNTS: [[&str; 2]; 2] = [
    [counted!("amount", "Probe 1"), counted!("total", "Probe 1")],
    [counted!("amount", "Probe 2"), counted!("total", "Probe 2")],
];
