//! Who acts, with all that rules ask about them.

use handover_wire::{OrgId, Permission, Role};

use super::{Actor, Reach, may};

/// Somebody whose access token is good.
#[derive(Clone, Debug)]
pub struct Acting {
    /// Who.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// Where they belong.
    pub org: OrgId,
}

impl Acting {
    /// How far they see.
    pub fn reach(&self) -> Reach {
        self.reach_from(self.org)
    }

    /// How far they see from an organization that is within their reach.
    pub fn reach_from(&self, org: OrgId) -> Reach {
        if self.may(Permission::SeeBelow) {
            Reach::tree(org)
        } else {
            Reach::only(org)
        }
    }

    /// Whether their role allows it.
    pub fn may(&self, permission: Permission) -> bool {
        may(self.role, permission)
    }
}
