//! What the matrix found, told at once: one rule that is wrong is wrong in many places.

use std::collections::BTreeMap;

use handover_wire::Role;

use super::things::Where;

/// All that is not as it must be.
#[derive(Default)]
pub struct Faults(Vec<String>);

impl Faults {
    pub fn unless(&mut self, is_good: bool, told: impl FnOnce() -> String) {
        if !is_good {
            self.0.push(told());
        }
    }

    pub fn add(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Fails where there was one.
    pub fn tell(self) {
        let (many, all) = (self.0.len(), self.0.join("\n"));
        assert!(self.0.is_empty(), "{many} are not as they must be:\n{all}");
    }
}

/// How many requests were made by whom about what is where.
#[derive(Default)]
pub struct Counts(BTreeMap<(u32, Where), usize>);

impl Counts {
    pub fn add(&mut self, role: Role, place: Where) {
        *self.0.entry((role.number().into(), place)).or_default() += 1;
    }

    /// Fails where one of these pairs was not asked about.
    pub fn check(&self, roles: &[Role], places: &[Where]) {
        for role in roles {
            for place in places {
                let asked = self.0.get(&(role.number().into(), *place));
                assert!(asked.is_some(), "nobody as {role:?} asked of {place:?}");
            }
        }
    }
}
