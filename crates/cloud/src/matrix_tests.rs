//! Who may call what: every endpoint times every role times what is the caller's own, below, above and beside, for each place
//! of a request that names something. It is made from the router's own document, so that no endpoint escapes it, and no
//! parameter or field: a name that looks like a number and is not known fails.

mod asking;
mod branch;
mod endpoints;
mod expected;
mod labels;
mod refusals;
mod revoking;
mod rows;
mod slots;
mod standing;
mod things;
mod through;
mod tree;

use std::collections::BTreeMap;

use handover_wire::Role;

use self::things::Where;

/// How many requests were made by whom about what is where.
#[derive(Default)]
struct Counts(BTreeMap<(u32, Where), usize>);

impl Counts {
    fn add(&mut self, role: Role, place: Where) {
        let role = role.number().into();
        *self.0.entry((role, place)).or_default() += 1;
    }

    /// Fails where one of these pairs was not asked about.
    fn check(&self, roles: &[Role], places: &[Where]) {
        for role in roles {
            for place in places {
                let asked = self.0.get(&(role.number().into(), *place));
                assert!(
                    asked.is_some(),
                    "nothing was asked by {role:?} of {place:?}"
                );
            }
        }
    }
}
