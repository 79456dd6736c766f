//! One question of the matrix.

use super::endpoints::Endpoint;
use super::expected::{Expected, expected};
use super::slots::Slot;
use super::things::Where;
use super::tree::{Caller, Tree};

/// Somebody asks an endpoint about a thing that is somewhere, named in one place of the request.
pub struct Case<'a> {
    pub endpoint: &'a Endpoint,
    pub slot: &'a Slot,
    pub caller: &'a Caller<'a>,
    pub place: Where,
    pub expected: Expected,
}

impl<'a> Case<'a> {
    /// Every one that there is.
    pub fn all(endpoints: &'a [Endpoint], tree: &'a Tree<'a>) -> Vec<Self> {
        let mut all = Vec::new();
        for endpoint in endpoints {
            for (caller, slot) in tree
                .callers
                .iter()
                .flat_map(|caller| endpoint.slots.iter().map(move |slot| (caller, slot)))
            {
                for place in Where::ALL.into_iter().filter(|place| place.has(slot.kind)) {
                    all.push(Self {
                        endpoint,
                        slot,
                        caller,
                        place,
                        expected: expected(endpoint, slot, caller.role, place),
                    });
                }
            }
        }
        all
    }

    /// Which one it is.
    pub fn name(&self) -> String {
        let Self { endpoint, slot, .. } = self;
        let (role, place) = (self.caller.role, self.place);
        let (short, slot) = (endpoint.short(), slot.name());
        format!("{short} {slot} as {role:?}, {place:?}")
    }
}
