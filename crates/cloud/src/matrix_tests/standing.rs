//! Things that stay, for all that changes nothing.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use handover_wire::Role;
use serde_json::{Value, json};

use super::things::{Kind, Where};
use super::tree::{Caller, Tree};

/// One thing of each kind everywhere, and one of each that is a caller's own.
pub struct Things(HashMap<(Option<Role>, Where, Kind), Value>);

impl Things {
    pub async fn make(tree: &Tree<'_>) -> Self {
        let mut all = HashMap::new();
        for place in Where::ALL {
            for kind in Kind::ALL.into_iter().filter(|&kind| place.has(kind)) {
                for caller in &tree.callers {
                    let whose = (place == Where::Mine).then_some(caller.role);
                    let key = (whose, place, kind);
                    if let Entry::Vacant(free) = all.entry(key) {
                        free.insert(tree.fresh(caller, place, kind).await);
                    }
                }
            }
        }
        let things = Self(all);
        // Who names a node with a gateway names one of it.
        for caller in &tree.callers {
            let home = |kind| things.home(caller, kind);
            let pair = json!({ "gatewayId": home(Kind::Gateway), "nodeId": home(Kind::Device) });
            tree.own.post("/gateway/pair", pair).await;
        }
        things
    }

    pub fn get(&self, caller: &Caller<'_>, place: Where, kind: Kind) -> Value {
        let whose = (place == Where::Mine).then_some(caller.role);
        self.0[&(whose, place, kind)].clone()
    }

    /// One that the caller may name.
    pub fn home(&self, caller: &Caller<'_>, kind: Kind) -> Value {
        self.get(caller, Where::Mine.at(kind), kind)
    }
}
