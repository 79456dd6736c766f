//! People.

use handover_wire::{OrgId, Page, PageQuery, Role, Secret, User, UserId, UserStatus};
use sqlx::AnyConnection;
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{FromRow, Row};

use super::listing::{Bound, Listing, contains};
use super::{Store, StoreError, Work, Write, sought};
use crate::clock::Time;
use crate::domain::{EmailAddress, PersonName, Reach};

/// A person to add.
pub struct NewUser<'a> {
    /// What they sign in with.
    pub email: &'a EmailAddress,
    /// What to call them.
    pub name: &'a PersonName,
    /// What they may do.
    pub role: Role,
    /// Where they belong.
    pub org: OrgId,
    /// BCP 47 language tag.
    pub locale: &'a str,
    /// The hash of their password, in PHC form. None: they are invited, and choose one later.
    pub password_hash: Option<&'a Secret>,
}

/// Which people a list is of, and in which order.
#[derive(Clone, Copy, Debug)]
pub struct PeopleQuery<'a> {
    /// In these organizations.
    pub reach: Reach,
    /// Whose names or addresses hold this; an empty text is in all.
    pub search: &'a str,
    /// Of this status alone.
    pub status: Option<UserStatus>,
    /// By what.
    pub sort: PeopleSort,
}

/// The order of a list of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeopleSort {
    /// By name.
    #[default]
    Name,
    /// By name, backwards.
    NameDown,
    /// By address.
    Email,
    /// By address, backwards.
    EmailDown,
    /// The newest first.
    Newest,
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
        let invited_as: Option<String> = row.try_get("invited_as")?;
        Ok(Self(User {
            id: UserId(row.try_get("id")?),
            email: match invited_as {
                Some(email) => email,
                None => row.try_get("email")?,
            },
            name: row.try_get("name")?,
            role_id: role(row.try_get("role")?)?,
            org_id: OrgId(row.try_get("org_id")?),
            org_name: None,
            status: status(row.try_get("status")?)?,
            locale: row.try_get("locale")?,
        }))
    }
}

/// The same in a list, with the name of their organization.
struct ListedRow(User);

impl FromRow<'_, AnyRow> for ListedRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let UserRow(user) = UserRow::from_row(row)?;
        Ok(Self(User {
            org_name: row.try_get("org_name")?,
            ..user
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

/// A query about the people of a `PeopleQuery`; one for rows has an order and goes on with a page.
macro_rules! people {
    ($select:literal, "") => {
        concat!(
            $select,
            " FROM users u JOIN org_tree t ON t.org_id = u.org_id
             WHERE t.ancestor_id = $1 AND t.depth <= $2 AND u.status <> 'Inactive'
             AND u.folded LIKE $3 ESCAPE '\\' AND ($4 = '' OR u.status = $4)"
        )
    };
    ($order:literal) => {
        concat!(
            people!(
                "SELECT u.*, (SELECT o.name FROM organizations o WHERE o.id = u.org_id) AS org_name",
                ""
            ),
            " ",
            $order,
            " LIMIT $5 OFFSET $6"
        )
    };
}

async fn within(
    executor: impl AnyExecutor<'_>,
    reach: Reach,
    id: UserId,
) -> Result<Option<User>, StoreError> {
    let row: Option<UserRow> = sqlx::query_as(
        "SELECT u.* FROM users u JOIN org_tree t ON t.org_id = u.org_id
         WHERE u.id = $1 AND u.status <> $2 AND t.ancestor_id = $3 AND t.depth <= $4",
    )
    .bind(id.0)
    .bind(status_name(UserStatus::Inactive))
    .bind(reach.org.0)
    .bind(reach.depth)
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| row.0))
}

async fn credentials(
    connection: &mut AnyConnection,
    email: &str,
) -> Result<Option<Credentials>, StoreError> {
    let row: Option<(i64, String)> = sqlx::query_as(
        "SELECT id, password_hash FROM users
         WHERE email = $1 AND status = $2 AND password_hash IS NOT NULL",
    )
    .bind(sought(email))
    .bind(status_name(UserStatus::Active))
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(id, hash)| Credentials {
        user: UserId(id),
        password_hash: Secret::new(hash),
    }))
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

    /// A person within reach who has not left.
    pub async fn user_within(&self, reach: Reach, id: UserId) -> Result<Option<User>, StoreError> {
        within(&mut *self.read().await?, reach, id).await
    }

    /// Whose address this is, of those within reach who have not left.
    pub async fn addressed_within(
        &self,
        reach: Reach,
        email: &str,
    ) -> Result<Option<UserId>, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(u.id) FROM users u JOIN org_tree t ON t.org_id = u.org_id
             WHERE COALESCE(u.invited_as, u.email) = $1 AND u.status <> $2
             AND t.ancestor_id = $3 AND t.depth <= $4",
        )
        .bind(email)
        .bind(status_name(UserStatus::Inactive))
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(found.map(UserId))
    }

    /// What to check a sign-in against; none where nobody can sign in with this address.
    pub async fn credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError> {
        credentials(&mut *self.read().await?, email).await
    }

    /// The people that a list is of. Those who left are in no list.
    pub async fn users(
        &self,
        query: PeopleQuery<'_>,
        page: PageQuery,
    ) -> Result<Page<User>, StoreError> {
        let [org, depth] = query.reach.bound();
        let status = query.status.map(status_name).unwrap_or_default();
        let listing = Listing {
            count: people!("SELECT COUNT(*)", ""),
            rows: match query.sort {
                PeopleSort::Name => people!("ORDER BY u.folded, u.id"),
                PeopleSort::NameDown => {
                    people!("ORDER BY u.folded DESC, u.id DESC")
                }
                PeopleSort::Email => people!("ORDER BY COALESCE(u.invited_as, u.email), u.id"),
                PeopleSort::EmailDown => {
                    people!("ORDER BY COALESCE(u.invited_as, u.email) DESC, u.id DESC")
                }
                PeopleSort::Newest => people!("ORDER BY u.id DESC"),
            },
            bound: &[
                org,
                depth,
                Bound::Text(&contains(query.search)),
                Bound::Text(status),
            ],
        };
        let page: Page<ListedRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }
}

impl Work {
    /// A person, wherever they belong.
    pub async fn person(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let row: Option<UserRow> = sqlx::query_as("SELECT * FROM users WHERE id = $1")
            .bind(id.0)
            .fetch_optional(&mut **self)
            .await?;
        Ok(row.map(|row| row.0))
    }
}

impl Write {
    /// The same as of this change.
    pub async fn credentials(&mut self, email: &str) -> Result<Option<Credentials>, StoreError> {
        credentials(&mut self.0, email).await
    }

    /// Whether somebody can own what they owned before: whoever is suspended keeps their devices, whoever has left has none.
    pub async fn keeps_devices(&mut self, user: UserId) -> Result<bool, StoreError> {
        let found: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE id = $1 AND status IN ($2, $3)")
                .bind(user.0)
                .bind(status_name(UserStatus::Active))
                .bind(status_name(UserStatus::Suspended))
                .fetch_one(&mut *self.0)
                .await?;
        Ok(found > 0)
    }

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

    /// Adds a person: somebody who can sign in, or somebody invited.
    pub async fn insert_user(
        &mut self,
        user: NewUser<'_>,
        now: Time,
    ) -> Result<UserId, StoreError> {
        let email = user.email.as_str();
        self.insert(user, (email, None), now).await
    }

    /// Adds somebody invited whose address is that of somebody elsewhere: it is shown, and nobody is found by it.
    pub async fn insert_aside(
        &mut self,
        user: NewUser<'_>,
        now: Time,
    ) -> Result<UserId, StoreError> {
        let shown = user.email.as_str();
        // No address has a space in it.
        let own = format!("aside {} {shown}", user.org);
        self.insert(user, (&own, Some(shown)), now).await
    }

    /// Gives somebody the address that they were invited by, which is nobody else's any more.
    pub async fn give_address(
        &mut self,
        user: UserId,
        email: &EmailAddress,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET email = $2, invited_as = NULL WHERE id = $1")
            .bind(user.0)
            .bind(email.as_str())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn insert(
        &mut self,
        user: NewUser<'_>,
        (email, invited_as): (&str, Option<&str>),
        now: Time,
    ) -> Result<UserId, StoreError> {
        let status = match user.password_hash {
            Some(_) => UserStatus::Active,
            None => UserStatus::Pending,
        };
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO users
                 (email, name, folded, role, org_id, status, locale, password_hash, created_at, invited_as)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
        )
        .bind(email)
        .bind(user.name.as_str())
        .bind(folded(user.name.as_str(), user.email.as_str()))
        .bind(i64::from(user.role.number()))
        .bind(user.org.0)
        .bind(status_name(status))
        .bind(user.locale)
        .bind(user.password_hash.map(|hash| hash.expose().to_owned()))
        .bind(now.0)
        .bind(invited_as)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(UserId(id))
    }

    /// Whether somebody within reach is known by this address, their own or what they were invited by.
    pub async fn is_known(
        &mut self,
        reach: Reach,
        email: &EmailAddress,
    ) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM users u JOIN org_tree t ON t.org_id = u.org_id
             WHERE (u.email = $1 OR u.invited_as = $1) AND t.ancestor_id = $2 AND t.depth <= $3",
        )
        .bind(email.as_str())
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(found > 0)
    }

    /// A person within reach who has not left.
    pub async fn user(&mut self, reach: Reach, id: UserId) -> Result<Option<User>, StoreError> {
        within(&mut *self.0, reach, id).await
    }

    /// Whoever has this address.
    pub async fn user_of_email(
        &mut self,
        email: &EmailAddress,
    ) -> Result<Option<User>, StoreError> {
        let row: Option<UserRow> = sqlx::query_as("SELECT * FROM users WHERE email = $1")
            .bind(sought(email.as_str()))
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(row.map(|row| row.0))
    }

    /// Who invited a person last, as the audit names them.
    pub async fn inviter(&mut self, user: UserId) -> Result<Option<String>, StoreError> {
        let actor = sqlx::query_scalar(
            "SELECT actor FROM audit WHERE user_id = $1 AND action = $2 ORDER BY id DESC LIMIT 1",
        )
        .bind(user.0)
        .bind(super::Action::Invite.as_str())
        .fetch_optional(&mut *self.0)
        .await?;
        Ok(actor)
    }

    /// Gives a person another status.
    pub async fn set_status(&mut self, user: UserId, status: UserStatus) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET status = $2 WHERE id = $1")
            .bind(user.0)
            .bind(status_name(status))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Gives a person another role.
    pub async fn set_role(&mut self, user: UserId, role: Role) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET role = $2 WHERE id = $1")
            .bind(user.0)
            .bind(i64::from(role.number()))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Gives a person another password.
    pub async fn set_password(&mut self, user: UserId, hash: &Secret) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1")
            .bind(user.0)
            .bind(hash.expose())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Gives a person another name and language.
    pub async fn set_profile(
        &mut self,
        user: &User,
        name: &str,
        locale: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET name = $2, folded = $3, locale = $4 WHERE id = $1")
            .bind(user.id.0)
            .bind(name)
            .bind(folded(name, &user.email))
            .bind(locale)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets a person: name, address and password. The row stays for the audit, under an address that is none.
    pub async fn forget_user(&mut self, user: UserId) -> Result<(), StoreError> {
        self.forget_approvals(user).await?;
        self.forget_waits(user).await?;
        sqlx::query(
            "UPDATE users SET status = $2, email = $3, invited_as = NULL, name = '', folded = '', password_hash = NULL
             WHERE id = $1",
        )
        .bind(user.0)
        .bind(status_name(UserStatus::Inactive))
        .bind(format!("left {}", user.0))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// How many devices a person owns.
    pub async fn devices_of(&mut self, user: UserId) -> Result<i64, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT COUNT(*) FROM devices WHERE owner_id = $1")
                .bind(user.0)
                .fetch_one(&mut *self.0)
                .await?,
        )
    }
}

/// A person's name and address as searches compare them.
fn folded(name: &str, email: &str) -> String {
    format!("{} {email}", crate::domain::folded(name))
}
