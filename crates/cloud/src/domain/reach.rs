//! Who acts, and how far they see.

use std::fmt;

use handover_wire::{OrgId, UserId};

/// Who did something, for the audit and for idempotency.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person.
    User(UserId),
    /// A machine with client credentials.
    Client(String),
    /// The cloud itself: something came by the time, or by a device.
    Cloud,
}

/// What the cloud itself is called where people and machines have numbers.
const CLOUD: &str = "cloud";

impl Actor {
    /// The person, where it is one.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(*id),
            Self::Client(_) | Self::Cloud => None,
        }
    }

    /// Whether they are this person.
    pub fn is(&self, person: Option<UserId>) -> bool {
        matches!(self, Actor::User(user) if Some(*user) == person)
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        if text == CLOUD {
            return Some(Self::Cloud);
        }
        match text.split_once(' ')? {
            ("user", id) => id.parse().ok().map(Actor::User),
            ("client", id) => Some(Actor::Client(id.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::User(id) => write!(f, "user {id}"),
            Actor::Client(id) => write!(f, "client {id}"),
            Actor::Cloud => f.write_str(CLOUD),
        }
    }
}

/// Which organizations: one, and perhaps all below it. Never one above.
///
/// Every query that reads on somebody's behalf takes one, so that it cannot be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The organization that it starts from.
    pub org: OrgId,
    /// How many levels down the tree it goes.
    pub depth: i64,
}

impl Reach {
    /// Levels below any organization; the tree is four deep at most.
    const ALL: i64 = 1_000;

    /// One organization alone.
    pub fn only(org: OrgId) -> Self {
        Self { org, depth: 0 }
    }

    /// An organization and all below it.
    pub fn tree(org: OrgId) -> Self {
        Self {
            org,
            depth: Self::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_are_read_as_they_are_written() {
        for actor in [
            Actor::User(UserId(7)),
            Actor::Client("oa2-client-id_x".to_owned()),
            Actor::Cloud,
        ] {
            assert_eq!(Actor::parse(&actor.to_string()), Some(actor));
        }
        for text in ["", "user", "user x", "machine 7"] {
            assert_eq!(Actor::parse(text), None, "{text}");
        }
    }
}
