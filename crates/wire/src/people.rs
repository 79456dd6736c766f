//! Organizations and the people in them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{OrgId, Secret, UserId};

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

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// One thing that a role may or may not do. Which role may what is a table in the cloud (ours).
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
            ts_rs::TS,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Permission {
            $($(#[$doc])* $name,)+
        }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Permission] = &[$(Permission::$name),+];
        }
    };
}

permissions! {
    /// See and act in the organizations below one's own.
    SeeBelow,
    /// Make devices by hand.
    CreateDevices,
    /// Release or delete devices that belong to somebody else.
    DeleteDevices,
    /// Move devices to another organization or owner, and undo that.
    TransferDevices,
    /// See auth tokens and QR tokens; each look leaves an audit row.
    ShowSecrets,
    /// Claim on behalf of somebody else.
    ClaimForOthers,
    /// Make, import and revoke static tokens.
    ManageTokens,
    /// Make, change and delete the templates of one's own organization.
    ManageTemplates,
    /// Take all static tokens of a batch out in a file, with their secrets; each export leaves an audit row.
    ExportTokens,
    /// See who belongs to an organization.
    ViewPeople,
    /// Invite people, send an invitation again, take it back.
    InvitePeople,
    /// Change roles, suspend, let in again, remove.
    ManagePeople,
    /// Make, change and delete organizations.
    ManageOrganizations,
    /// Make credentials for machines.
    ManageMachines,
    /// Say whether strangers may sign up.
    ManageCloud,
    /// See and export who did what.
    ViewAudit,
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
    /// How many devices it and those below it may have together, where somebody above said so (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub device_limit: Option<i64>,
    /// Whether none can be put below it: the tree is as deep there as it gets (ours).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub is_lowest: bool,
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
    /// What that is called, in lists (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub org_name: Option<String>,
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
    /// What their role lets them do.
    #[serde(default)]
    pub permissions: Vec<Permission>,
}

/// An organization with what is in it, for lists (ours).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationSummary {
    /// The organization.
    #[serde(flatten)]
    pub organization: Organization,
    /// The name of the one above it.
    pub parent_name: Option<String>,
    /// Organizations right below it.
    pub organizations: i64,
    /// People who belong to it, invited ones too.
    pub people: i64,
    /// Devices in it.
    pub devices: i64,
    /// Devices in it and below it: what its limit is about.
    pub devices_used: i64,
}

/// `POST /create`: a new organization.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct CreateOrganization {
    /// 3 to 100 characters.
    pub name: String,
    /// Free text, 1,000 characters at most.
    #[serde(default)]
    #[ts(optional)]
    pub description: Option<String>,
    /// The organization to put it below; the caller's own where absent (ours).
    #[serde(default)]
    #[ts(optional)]
    pub parent_organization_id: Option<OrgId>,
    /// Published as required; every organization is of one type here, so any text will do.
    #[serde(default, rename = "type")]
    #[ts(optional)]
    pub kind: Option<String>,
    /// IANA time zone; that of the organization above where absent.
    #[serde(default)]
    #[ts(optional)]
    pub tz: Option<String>,
}

/// `PUT /edit/name`: what an organization is to be called.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct RenameOrganization {
    /// Which; the caller's own where absent.
    #[serde(default)]
    #[ts(optional)]
    pub org_id: Option<OrgId>,
    /// 3 to 100 characters.
    pub name: String,
}

/// `PUT /edit/device-limit` (ours): how many devices an organization and those below it may have together.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct SetDeviceLimit {
    /// Which; one below the caller's own.
    pub org_id: OrgId,
    /// How many, 0 to 1,000,000,000; as many as they like where absent or null. What they have beyond it stays theirs, and so
    /// does what an undo gives back.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub device_limit: Option<i64>,
}

/// `POST /users/invite`: somebody who is to belong to an organization.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct InviteUser {
    /// Where the invitation goes; it works for this address alone.
    pub email: String,
    /// What to call them, 1 to 100 characters; they can change it on accepting.
    pub name: String,
    /// What they may do; no more than who invites.
    pub role_id: Role,
    /// Where they are to belong; the caller's own organization where absent.
    #[serde(default)]
    #[ts(optional)]
    pub org_id: Option<OrgId>,
    /// BCP 47: the language of the mail, that of who invites where absent.
    #[serde(default)]
    #[ts(optional)]
    pub locale: Option<String>,
}

/// `POST /users/register`: a stranger who wants an account, where the maker allows it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct RegisterUser {
    /// Where the link goes.
    pub email: String,
    /// BCP 47: the language of the mail.
    #[serde(default)]
    #[ts(optional)]
    pub locale: Option<String>,
    /// What a label says that they have in hand, 1,000 characters at most (ours): whoever follows the mailed link gets it back,
    /// wherever that is opened, and claims it as ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub label: Option<Secret>,
}

/// `PUT /users/role`: what somebody may do from now on.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRole {
    /// Who.
    pub user_id: UserId,
    /// What they may do; no more than the caller.
    pub role_id: Role,
}

/// `PUT /user/profile` (ours): what to call the caller, and in which language.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct EditProfile {
    /// 1 to 100 characters; as it was where absent.
    #[serde(default)]
    #[ts(optional)]
    pub name: Option<String>,
    /// BCP 47; as it was where absent.
    #[serde(default)]
    #[ts(optional)]
    pub locale: Option<String>,
}

/// `PUT /user/password` (ours): another password. All other sessions end.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct ChangePassword {
    /// The one so far.
    pub current: Secret,
    /// The new one: 10 to 1,000 characters, and neither the address nor the part of it before the @.
    pub password: Secret,
}

/// What a mailed link is for (ours).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Join the organization of who invited.
    Invitation,
    /// Begin an account of one's own.
    SignUp,
    /// Choose another password.
    PasswordReset,
}

/// What a mailed link says about itself to whoever holds it: `POST /api/link` (ours).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkInfo {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address it was mailed to.
    pub email: String,
    /// What the person is called so far; empty where that is not known.
    pub name: String,
    /// The organization to join; none for the other purposes.
    pub organization: Option<String>,
    /// Until when it works, in milliseconds since the epoch.
    pub expires_at: i64,
    /// What the label says that was in hand when the account was asked for. Nothing was looked up of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub label: Option<Secret>,
}

/// A mailed link's secret.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct LinkSecret {
    /// From the link.
    pub code: Secret,
}

/// `POST /api/link/follow` (ours): does what the link is for. Then the person signs in with their address and password.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct FollowLink {
    /// From the link.
    pub code: Secret,
    /// 10 to 1,000 characters, and neither the address nor the part of it before the @.
    pub password: Secret,
    /// What to call them; not needed to choose another password.
    #[serde(default)]
    #[ts(optional)]
    pub name: Option<String>,
    /// For a sign-up alone: what to call the organization of their own; made from their name where absent.
    #[serde(default)]
    #[ts(optional)]
    pub organization: Option<String>,
    /// BCP 47: their language from now on.
    #[serde(default)]
    #[ts(optional)]
    pub locale: Option<String>,
}

/// `POST /api/password/forgot` (ours).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct ForgotPassword {
    /// Where the link goes, if it is the address of somebody who can sign in.
    pub email: String,
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
