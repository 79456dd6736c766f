//! A request that names a thing in one place, and in all others what is the caller's.

use serde_json::{Value, json};

use super::endpoints::{Asked, Endpoint};
use super::slots::Slot;
use super::things::Kind;
use super::tree::Tree;

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
        "POST /devices/transfer" | "POST /gateway/transfer" | "POST /gateway/release"
        | "POST /gateway/take-back" => body["dryRun"] = json!(false),
        _ => {}
    }
    asked
}
