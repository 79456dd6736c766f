//! What each may expect: the rule, and what is otherwise, each with its reason.

use handover_wire::{Permission, Role};

use super::endpoints::Endpoint;
use super::slots::Slot;
use super::things::{Kind, Where};
use crate::domain::may;

pub const NOT_YOURS: &str = "Your role does not allow this.";

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// 403 with this sentence.
    Refused(&'static str),
    /// 404, as if nobody had it.
    NotFound,
    /// 200, and what it says of the thing is what it says of one that nobody has.
    ToldUnknown,
    /// It goes through.
    Through,
}

/// The rule: without permission nothing; with it what is in the own organization and below, which customers do not see.
pub fn expected(endpoint: &Endpoint, slot: &Slot, role: Role, place: Where) -> Expected {
    if let Some(sentence) = refused(endpoint, role) {
        return Expected::Refused(sentence);
    }
    if let Some(other) = otherwise(endpoint, slot, role, place) {
        return other;
    }
    let is_within = match place {
        Where::Mine | Where::Own => true,
        Where::Child => may(role, Permission::SeeBelow),
        Where::Parent | Where::Beside => false,
    };
    match is_within {
        true => Expected::Through,
        false if is_each_by_itself(endpoint) && slot.is_list() => Expected::ToldUnknown,
        false => Expected::NotFound,
    }
}

/// The sentence for those whose role does not allow it, wherever the thing is.
pub fn refused(endpoint: &Endpoint, role: Role) -> Option<&'static str> {
    match endpoint.permission {
        Some(permission) if !may(role, permission) => Some(NOT_YOURS),
        // What is the whole cloud's is not for the administrators of every organization.
        Some(Permission::ManageCloud) => {
            Some("That is for administrators of the topmost organization.")
        }
        _ => None,
    }
}

/// Lists whose things go through or not each by itself, and are told of so.
fn is_each_by_itself(endpoint: &Endpoint) -> bool {
    matches!(
        &*endpoint.short(),
        "POST /devices/transfer" | "POST /devices/undo"
    )
}

fn otherwise(endpoint: &Endpoint, slot: &Slot, role: Role, place: Where) -> Option<Expected> {
    let short = endpoint.short();
    match (slot.kind, place) {
        (Kind::Template, place) => of_template(endpoint, place),
        // Sessions are a person's own, whoever else is in the organization.
        (Kind::Session, Where::Own | Where::Child) => Some(Expected::NotFound),
        // Customers claim for themselves, and do not hear who else there is.
        (Kind::User, _) if role == Role::User && short == "POST /static-tokens/claim" => {
            Some(Expected::Refused("Your role claims for yourself alone."))
        }
        (Kind::Device | Kind::Gateway, Where::Own) if role == Role::User => {
            of_somebody_else(&short).map(Expected::Refused)
        }
        _ => None,
    }
}

/// Templates of the organizations above are there to be used, not to be changed; those below have theirs for themselves and
/// for what is made there.
fn of_template(endpoint: &Endpoint, place: Where) -> Option<Expected> {
    let is_itself = endpoint.short().contains(" /template");
    match place {
        Where::Parent if endpoint.is_read() || !is_itself => Some(Expected::Through),
        Where::Child if is_itself => Some(Expected::NotFound),
        _ => None,
    }
}

/// What customers are told who do to a device of somebody else in their organization what its owner alone does. They see all of
/// it, and may name and set it: it is their organization's.
fn of_somebody_else(short: &str) -> Option<&'static str> {
    match short {
        "DELETE /device"
        | "POST /device/release"
        | "POST /gateway/decide"
        | "POST /gateway/move"
        | "POST /gateway/pair"
        | "POST /gateway/release"
        | "POST /gateway/replace"
        | "POST /gateway/unpair"
        | "POST /gateway/window" => Some("Your role gives up devices of your own alone."),
        "POST /device/bootstrap/confirm"
        | "POST /device/bootstrap/press"
        | "POST /device/bootstrap/refuse"
        | "POST /device/bootstrap/reset" => {
            Some("Only its owner says which machine a device is, or support for them.")
        }
        "POST /device/undo" => {
            Some("Only whoever did it can undo it, or support of both organizations.")
        }
        _ => None,
    }
}

/// Where a thing within reach is not in the state that a request asks for: status and code, each with the reason.
pub fn unfit(short: &str, slot: &str, place: Where) -> Option<(u16, &'static str)> {
    let found = match (short, slot) {
        // One's own organization is for those above.
        ("DELETE ", "orgId") if place == Where::Own => (409, "not_yourself"),
        ("PUT /edit/device-limit", "orgId") if place == Where::Own => (409, "not_yourself"),
        // They are active, and were not suspended.
        ("POST /users/restore", _) => (409, "wrong_status"),
        // They are not invited any more.
        ("POST /users/invite/again", _) => (409, "wrong_status"),
        _ => return None,
    };
    Some(found)
}
