//! Organizations and the people in them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{OrgId, UserId};

/// What a user may do. Published as the numbers 1, 2 and 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ts_rs::TS)]
#[ts(type = "1 | 2 | 3")]
pub enum Role {
    /// Everything in the organization and below it.
    Admin,
    /// Devices of the organization and below it, also on behalf of clients.
    Staff,
    /// Their own organization's devices.
    User,
}

impl Role {
    /// The published number.
    pub fn number(self) -> u8 {
        match self {
            Role::Admin => 1,
            Role::Staff => 2,
            Role::User => 3,
        }
    }
}

impl TryFrom<u8> for Role {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Role::Admin),
            2 => Ok(Role::Staff),
            3 => Ok(Role::User),
            other => Err(format!("{other} is no role: 1 is Admin, 2 Staff, 3 User")),
        }
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u8::deserialize(deserializer)?
            .try_into()
            .map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Role {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .description(Some("1 is Admin, 2 Staff, 3 User"))
            .enum_values(Some([1_u8, 2, 3]))
            .into()
    }
}

impl utoipa::ToSchema for Role {}

/// Where a user is between invitation and good-bye.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
pub enum UserStatus {
    /// Invited, has not set a password.
    Pending,
    /// Can sign in.
    Active,
    /// Has left.
    Inactive,
    /// Barred.
    Suspended,
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Its number.
    pub id: OrgId,
    /// 3 to 100 characters.
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// The organization above it; none for the maker's own.
    pub parent_organization_id: Option<OrgId>,
    /// False once it was closed.
    pub is_active: bool,
    /// IANA time zone.
    pub tz: String,
    /// Units to show values in; none where nobody has chosen.
    #[serde(default)]
    pub unit_system: Option<String>,
    /// To reach its people by.
    #[serde(default)]
    pub phone_number: Option<String>,
    /// When it last changed, in milliseconds since the epoch.
    pub last_modified_ts: i64,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Their number.
    pub id: UserId,
    /// The address they sign in with.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// What they may do.
    pub role_id: Role,
    /// The organization they belong to.
    pub org_id: OrgId,
    /// Whether they can sign in.
    pub status: UserStatus,
    /// BCP 47 language tag.
    pub locale: String,
}

/// The person behind a session and their organization (ours: the two published profiles in one).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct Profile {
    /// The person.
    pub user: User,
    /// Where they belong.
    pub organization: Organization,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_the_published_numbers() {
        for (role, number) in [(Role::Admin, "1"), (Role::Staff, "2"), (Role::User, "3")] {
            assert_eq!(serde_json::to_string(&role).expect("serializes"), number);
            assert_eq!(
                serde_json::from_str::<Role>(number).expect("deserializes"),
                role
            );
        }
        assert!(serde_json::from_str::<Role>("4").is_err());
    }
}
