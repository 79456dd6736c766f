//! People.

use handover_wire::{OrgId, Page, PageQuery, Role, Secret, User, UserId, UserStatus};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::listing::Listing;
use super::{Store, StoreError, Write, sought};
use crate::clock::Time;
use crate::domain::{EmailAddress, PersonName, Reach};

/// A person to add, able to sign in at once.
pub struct NewUser<'a> {
    /// What they sign in with.
    pub email: &'a EmailAddress,
    /// What to call them.
    pub name: &'a PersonName,
    /// What they may do.
    pub role: Role,
    /// Where they belong.
    pub org: OrgId,
    /// The hash of their password, in PHC form.
    pub password_hash: &'a Secret,
}

/// What a sign-in is checked against.
pub struct Credentials {
    /// Who it would be.
    pub user: UserId,
    /// The hash, in PHC form.
    pub password_hash: Secret,
}

struct UserRow(User);

impl FromRow<'_, AnyRow> for UserRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(User {
            id: UserId(row.try_get("id")?),
            email: row.try_get("email")?,
            name: row.try_get("name")?,
            role_id: role(row.try_get("role")?)?,
            org_id: OrgId(row.try_get("org_id")?),
            status: status(row.try_get("status")?)?,
            locale: row.try_get("locale")?,
        }))
    }
}

/// A role from its number in the database.
pub(super) fn role(number: i64) -> Result<Role, sqlx::Error> {
    u8::try_from(number)
        .ok()
        .and_then(|number| Role::try_from(number).ok())
        .ok_or_else(|| sqlx::Error::Decode("no role has this number".into()))
}

fn status(text: &str) -> Result<UserStatus, sqlx::Error> {
    [
        UserStatus::Pending,
        UserStatus::Active,
        UserStatus::Inactive,
        UserStatus::Suspended,
    ]
    .into_iter()
    .find(|&status| status_name(status) == text)
    .ok_or_else(|| sqlx::Error::Decode("no status has this name".into()))
}

fn status_name(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Pending => "Pending",
        UserStatus::Active => "Active",
        UserStatus::Inactive => "Inactive",
        UserStatus::Suspended => "Suspended",
    }
}

impl Store {
    /// A person.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row: Option<UserRow> = sqlx::query_as("SELECT * FROM users WHERE id = $1")
            .bind(id.0)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(row.map(|row| row.0))
    }

    /// What to check a sign-in against; none where nobody can sign in with this address.
    pub async fn credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError> {
        let row: Option<(i64, String)> = sqlx::query_as(
            "SELECT id, password_hash FROM users
             WHERE email = $1 AND status = $2 AND password_hash IS NOT NULL",
        )
        .bind(sought(email))
        .bind(status_name(UserStatus::Active))
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(row.map(|(id, hash)| Credentials {
            user: UserId(id),
            password_hash: Secret::new(hash),
        }))
    }

    /// The people within reach, in the order of their names.
    pub async fn users(&self, reach: Reach, page: PageQuery) -> Result<Page<User>, StoreError> {
        let listing = Listing {
            count: "SELECT COUNT(*) FROM users u JOIN org_tree t ON t.org_id = u.org_id
                    WHERE t.ancestor_id = $1 AND t.depth <= $2",
            rows: "SELECT u.* FROM users u JOIN org_tree t ON t.org_id = u.org_id
                   WHERE t.ancestor_id = $1 AND t.depth <= $2
                   ORDER BY u.name, u.id LIMIT $3 OFFSET $4",
            bound: &reach.bound(),
        };
        let page: Page<UserRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }
}

impl Write {
    /// The organization of an active person within reach.
    pub async fn org_of_user(
        &mut self,
        reach: Reach,
        user: UserId,
    ) -> Result<Option<OrgId>, StoreError> {
        let org: Option<i64> = sqlx::query_scalar(
            "SELECT u.org_id FROM users u JOIN org_tree t ON t.org_id = u.org_id
             WHERE u.id = $1 AND u.status = $2 AND t.ancestor_id = $3 AND t.depth <= $4",
        )
        .bind(user.0)
        .bind(status_name(UserStatus::Active))
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_optional(&mut *self.0)
        .await?;
        Ok(org.map(OrgId))
    }

    /// Adds a person.
    pub async fn insert_user(
        &mut self,
        user: NewUser<'_>,
        now: Time,
    ) -> Result<UserId, StoreError> {
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO users (email, name, role, org_id, status, locale, password_hash, created_at)
             VALUES ($1, $2, $3, $4, $5, 'en', $6, $7) RETURNING id",
        )
        .bind(user.email.as_str())
        .bind(user.name.as_str())
        .bind(i64::from(user.role.number()))
        .bind(user.org.0)
        .bind(status_name(UserStatus::Active))
        .bind(user.password_hash.expose())
        .bind(now.0)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(UserId(id))
    }
}
