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
    /// This status, and byte for byte what is said of a thing that nobody has.
    AsOfNobody(u16),
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
        // Of each its own outcome is told.
        false if is_each_by_itself(endpoint) && slot.is_list() => Expected::AsOfNobody(200),
        // A list is narrowed to what can be seen there, or the parameter is wrong.
        false if is_filter(endpoint, slot) => Expected::AsOfNobody(400),
        false => Expected::AsOfNobody(404),
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

/// Whether a list is narrowed to things of a template.
fn is_filter(endpoint: &Endpoint, slot: &Slot) -> bool {
    endpoint.is_read() && slot.kind == Kind::Template && !slot.is_required
}

fn otherwise(endpoint: &Endpoint, slot: &Slot, role: Role, place: Where) -> Option<Expected> {
    let short = endpoint.short();
    match (slot.kind, place) {
        (Kind::Template, place) => of_template(endpoint, place),
        // Sessions are a person's own, whoever else is in the organization.
        (Kind::Session, Where::Own | Where::Child) => Some(Expected::AsOfNobody(404)),
        // Customers claim for themselves, and do not hear who else there is.
        (Kind::User, _) if role == Role::User && short == "POST /static-tokens/claim" => {
            Some(Expected::Refused("Your role claims for yourself alone."))
        }
        // What is no node of the gateway, or did not ask to be one, is not looked for elsewhere.
        (Kind::Device, Where::Own) if role == Role::User && is_of_gateway(&short, slot) => {
            Some(Expected::AsOfNobody(404))
        }
        (Kind::Device | Kind::Gateway | Kind::File, Where::Own) if role == Role::User => {
            of_somebody_else(&short).map(Expected::Refused)
        }
        _ => None,
    }
}

/// Whether a device is looked for among those that a gateway speaks for, or is asked to.
fn is_of_gateway(short: &str, slot: &Slot) -> bool {
    short == "POST /gateway/decide" || slot.name() == "nodeIds.*"
}

/// Templates of the organizations above are there to be used, not to be changed; those below have theirs for themselves and
/// for what is made there.
fn of_template(endpoint: &Endpoint, place: Where) -> Option<Expected> {
    let is_itself = endpoint.short().contains(" /template");
    match place {
        Where::Parent if endpoint.is_read() || !is_itself => Some(Expected::Through),
        Where::Child if is_itself => Some(Expected::AsOfNobody(404)),
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
        "DELETE /device/file" => Some("Your role deletes files of devices of your own alone."),
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
        // They were claimed with a code, and have nothing else that a machine could say that it is.
        (short, "deviceId") if short.starts_with("POST /device/bootstrap/") => (409, "no_label"),
        ("POST /static-tokens/reset-machines", _) => (409, "no_label"),
        // It is over before anybody can stop it.
        ("POST /devices/work/cancel" | "POST /static-tokens/batch/cancel", _) => {
            (409, "batch_not_ready")
        }
        // They are active, and were not suspended.
        ("POST /users/restore", _) => (409, "wrong_status"),
        // They are not invited any more.
        ("POST /users/invite/again", _) => (409, "wrong_status"),
        _ => return None,
    };
    Some(found)
}
