//! Which role may do what: the one table.

use handover_wire::{Permission, Role};

/// The least of the roles that may do it. Roles are ordered: Admin may all that Staff may, Staff all that User may.
fn least(permission: Permission) -> Role {
    match permission {
        Permission::SeeBelow
        | Permission::CreateDevices
        | Permission::DeleteDevices
        | Permission::TransferDevices
        | Permission::ShowSecrets
        | Permission::ClaimForOthers
        | Permission::ManageTokens
        | Permission::ManageTemplates
        | Permission::ViewPeople
        | Permission::InvitePeople
        | Permission::ViewAudit => Role::Staff,
        Permission::ExportTokens
        | Permission::ManagePeople
        | Permission::ManageOrganizations
        | Permission::ManageMachines
        | Permission::ManageCloud => Role::Admin,
    }
}

/// Whether a role may do it.
pub fn may(role: Role, permission: Permission) -> bool {
    role <= least(permission)
}

/// All that a role may do.
pub fn permissions(role: Role) -> Vec<Permission> {
    let all = Permission::ALL.iter().copied();
    all.filter(|&permission| may(role, permission)).collect()
}

/// Whether somebody of this role may give the other one, or change who has it: nobody reaches above themselves.
pub fn may_give(role: Role, other: Role) -> bool {
    role <= other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_one_below_it_may() {
        let all: Vec<_> = [Role::User, Role::Staff, Role::Admin]
            .map(permissions)
            .to_vec();
        assert!(all[0].is_empty(), "customers act for themselves alone");
        assert!(all[0].iter().all(|permission| all[1].contains(permission)));
        assert!(all[1].iter().all(|permission| all[2].contains(permission)));
        assert_eq!(all[2], Permission::ALL);
    }

    #[test]
    fn nobody_reaches_above_themselves() {
        for (role, other, want) in [
            (Role::Admin, Role::Admin, true),
            (Role::Admin, Role::User, true),
            (Role::Staff, Role::Admin, false),
            (Role::Staff, Role::Staff, true),
            (Role::User, Role::Staff, false),
        ] {
            assert_eq!(may_give(role, other), want, "{role:?} {other:?}");
        }
    }
}
