//! A request that names a thing in one place, and in all others what is the caller's.

use serde_json::{Value, json};

use super::branch::TEMPLATE;
use super::endpoints::{Asked, Endpoint};
use super::slots::Slot;
use super::standing::Things;
use super::things::{Kind, Where};
use super::tree::{Caller, Tree};

/// What the other places of a request name: those that have to be there, and the organization, so that it is clear where.
pub fn others<'a>(endpoint: &'a Endpoint, slot: &Slot) -> Vec<&'a Slot> {
    let short = endpoint.short();
    let is_needed = |other: &&Slot| {
        let is_other = other.name() != slot.name();
        let is_owner = short.ends_with("/to-owner") && other.name() == "newUserId";
        is_other && (other.is_required || other.kind == Kind::Org || is_owner)
    };
    endpoint.slots.iter().filter(is_needed).collect()
}

/// Named in a place: the thing that is asked about is the last one.
pub type Named<'a> = (&'a Slot, Vec<Value>);

/// What is there whatever happens to it: named where another thing is asked about. None: it has to be a fresh one.
pub fn lasting(tree: &Tree<'_>, place: Where, kind: Kind) -> Option<Value> {
    match kind {
        Kind::Org => Some(json!(tree.branch(place).org)),
        // All can use it.
        Kind::Template => Some(json!(TEMPLATE)),
        _ => None,
    }
}

/// The request about things that stay: these in one place, and in the others what is where the others are.
pub fn about(
    (tree, standing): (&Tree<'_>, &Things),
    (endpoint, slot): (&Endpoint, &Slot),
    (caller, others_are): (&Caller<'_>, Where),
    things: Vec<Value>,
) -> Asked {
    let others = others(endpoint, slot).into_iter().map(|other| {
        let lasting = lasting(tree, others_are, other.kind);
        let place = others_are.at(other.kind);
        let thing = lasting.unwrap_or_else(|| standing.get(caller, place, other.kind));
        (other, vec![thing])
    });
    let mut named: Vec<Named<'_>> = others.collect();
    named.push((slot, things));
    ask(tree, endpoint, &named)
}

/// The request, with what its example does not say.
pub fn ask(tree: &Tree<'_>, endpoint: &Endpoint, named: &[Named<'_>]) -> Asked {
    let mut asked = endpoint.example();
    for (slot, things) in named {
        slot.put(&mut asked, things);
    }
    let body = &mut asked.body;
    match &*endpoint.short() {
        "POST /create" | "PUT /edit/name" => body["name"] = json!(tree.name("Named")),
        "POST /users/invite" => {
            let name = tree.name("invited").replace(' ', "");
            body["email"] = json!(format!("{name}@people.example"));
        }
        // Examples only look.
        "POST /devices/transfer"
        | "POST /gateway/transfer"
        | "POST /gateway/release"
        | "POST /gateway/take-back" => body["dryRun"] = json!(false),
        "POST /static-tokens/import" => asked.query.push(("name".to_owned(), "Table".to_owned())),
        // One is as good as a hundred thousand, and sooner made.
        "POST /static-tokens/batches" => body["count"] = json!(1),
        "PUT /faults" => complete(body),
        _ => {}
    }
    asked
}

/// What else faults have to say.
fn complete(faults: &mut Value) {
    let list = |faults: &mut Value, name: &str| {
        let list = faults.get_mut(name).and_then(Value::as_array_mut);
        list.map(std::mem::take).unwrap_or_default()
    };
    let mut rules = list(faults, "rules");
    for rule in &mut rules {
        rule["fault"] = json!({ "kind": "lost_request" });
    }
    let mut recorded = list(faults, "recorded");
    for call in &mut recorded {
        call["call"] = json!(1);
        call["endpoint"] = json!("GET /devices");
        call["faults"] = json!([]);
    }
    faults["rules"] = json!(rules);
    faults["recorded"] = json!(recorded);
}
