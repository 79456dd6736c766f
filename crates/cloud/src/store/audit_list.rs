//! The audit, as those read it who may.

use std::collections::{HashMap, HashSet};

use handover_wire::{
    AuditAction, AuditActor, AuditEntry, DeviceId, OrgId, Page, PageQuery, TimeSort, UserId,
};
use sqlx::any::AnyRow;
use sqlx::{Any, FromRow, Row as _};

use super::listing::{Bound, Listing};
use super::{Store, StoreError};
use crate::clock::Time;
use crate::domain::{Actor, Reach};

/// Which rows.
#[derive(Clone, Copy, Debug)]
pub struct AuditQuery {
    /// In these organizations.
    pub reach: Reach,
    /// In this one alone.
    pub org: Option<OrgId>,
    /// About this device.
    pub device: Option<DeviceId>,
    /// By or about this person.
    pub person: Option<(UserId, Part)>,
    /// Of this kind.
    pub action: Option<AuditAction>,
    /// From this time on.
    pub from: Option<Time>,
    /// Before this time.
    pub until: Option<Time>,
}

/// What somebody had to do with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// They did it, or it happened to them.
    #[default]
    Either,
    /// They did it.
    Actor,
    /// It happened to them.
    Affected,
}

struct EntryRow(AuditEntry);

impl FromRow<'_, AnyRow> for EntryRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let action: String = row.try_get("action")?;
        let action = AuditAction::ALL.iter().find(|one| one.as_str() == action);
        let action = action.ok_or_else(|| sqlx::Error::Decode("no action has this name".into()))?;
        let device: Option<i64> = row.try_get("device_id")?;
        let user: Option<i64> = row.try_get("user_id")?;
        Ok(Self(AuditEntry {
            id: row.try_get("id")?,
            seq: row.try_get("seq")?,
            at: row.try_get("at")?,
            action: *action,
            actor: actor(row)?,
            org_id: OrgId(row.try_get("org_id")?),
            org_name: row.try_get("org_name")?,
            device_id: device.map(DeviceId),
            device_name: row.try_get("device_name")?,
            user_id: user.map(UserId),
            user_name: named(row.try_get("user_name")?),
            detail: row.try_get("detail")?,
            detail_name: None,
            reason: row.try_get("reason_told")?,
        }))
    }
}

fn actor(row: &AnyRow) -> Result<AuditActor, sqlx::Error> {
    let actor: String = row.try_get("actor")?;
    match Actor::parse(&actor) {
        Some(Actor::User(id)) => Ok(AuditActor::Person {
            id,
            name: named(row.try_get("person_name")?),
        }),
        Some(Actor::Client(id)) => Ok(AuditActor::Machine {
            id,
            name: row.try_get("machine_name")?,
        }),
        Some(Actor::Cloud) => Ok(AuditActor::Cloud),
        None => Err(sqlx::Error::Decode("no actor is written like this".into())),
    }
}

/// Whoever has left has an empty name.
fn named(name: Option<String>) -> Option<String> {
    name.filter(|name| !name.is_empty())
}

/// Whether an organization is within reach, or was when it was deleted: what happened there is not forgotten with it.
macro_rules! reached {
    ($org:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM org_tree t
                      WHERE t.ancestor_id = $1 AND t.depth <= $2 AND t.org_id = ",
            $org,
            ") OR EXISTS (SELECT 1 FROM closed_org_tree t
                      WHERE t.ancestor_id = $1 AND t.depth <= $2 AND t.org_id = ",
            $org,
            ")) "
        )
    };
}

/// Which rows an `AuditQuery` is about. Each narrowing has its own text, so that it has its index.
macro_rules! matching {
    ($select:expr, $narrow:literal) => {
        concat!(
            $select,
            " WHERE ",
            reached!("a.org_id"),
            " AND ($3 = 0 OR a.org_id = $3) AND ($4 = '' OR a.action = $4)
              AND a.at >= $5 AND a.at < $6 AND a.id < $7 ",
            $narrow
        )
    };
}

/// Names are shown within reach alone, as in a device's history: of devices and of those whom it happened to, who may have gone
/// elsewhere since, and of whoever did it, person or machine. So are reasons, which are the words of these.
macro_rules! entries {
    ($narrow:literal, $order:literal, $page:literal) => {
        concat!(
            matching!(
                concat!(
                    "SELECT a.*, o.name AS org_name, d.name AS device_name, u.name AS user_name,
                            w.name AS person_name, c.name AS machine_name,
                            CASE WHEN COALESCE(w.org_id, c.org_id) IS NOT NULL
                                 THEN a.reason END AS reason_told
                     FROM audit a JOIN organizations o ON o.id = a.org_id
                     LEFT JOIN devices d ON d.id = a.device_id AND ",
                    reached!("d.org_id"),
                    "LEFT JOIN users u ON u.id = a.user_id AND ",
                    reached!("u.org_id"),
                    "LEFT JOIN users w ON w.id = CASE WHEN substr(a.actor, 1, 5) = 'user '
                         THEN CAST(substr(a.actor, 6) AS BIGINT) END AND ",
                    reached!("w.org_id"),
                    "LEFT JOIN oauth_clients c ON substr(a.actor, 1, 7) = 'client '
                         AND c.client_id = substr(a.actor, 8) AND ",
                    reached!("c.org_id")
                ),
                $narrow
            ),
            $order,
            $page
        )
    };
}

/// The queries of a narrowing: how many there are, and those of a page in both orders.
macro_rules! all {
    ($narrow:literal, $page:literal) => {
        (
            matching!("SELECT COUNT(*) FROM audit a", $narrow),
            entries!($narrow, " ORDER BY a.id DESC ", $page),
            entries!($narrow, " ORDER BY a.id ", $page),
        )
    };
}

/// A query's texts, and what they are about.
struct Asked {
    count: &'static str,
    rows: &'static str,
    numbers: Vec<i64>,
    action: &'static str,
    actor: Option<String>,
}

impl AuditQuery {
    /// Rows before this one.
    fn asked(&self, before: i64, sort: TimeSort) -> Asked {
        let (count, newest, oldest) = match (self.device, self.person) {
            (None, None) => all!("", "LIMIT $8 OFFSET $9"),
            (Some(_), None) => all!("AND a.device_id = $8", "LIMIT $9 OFFSET $10"),
            (None, Some(_)) => all!(
                "AND (a.user_id = $8 OR a.actor = $9)",
                "LIMIT $10 OFFSET $11"
            ),
            (Some(_), Some(_)) => all!(
                "AND a.device_id = $8 AND (a.user_id = $9 OR a.actor = $10)",
                "LIMIT $11 OFFSET $12"
            ),
        };
        let mut numbers = vec![
            self.from.map_or(i64::MIN, |time| time.0),
            self.until.map_or(i64::MAX, |time| time.0),
            before,
        ];
        numbers.extend(self.device.map(|id| id.0));
        // What no row has stands for the part that is not asked for.
        numbers.extend(self.person.map(|(id, part)| match part {
            Part::Either | Part::Affected => id.0,
            Part::Actor => -1,
        }));
        let actor = self.person.map(|(id, part)| match part {
            Part::Either | Part::Actor => Actor::User(id).to_string(),
            Part::Affected => String::new(),
        });
        Asked {
            count,
            rows: match sort {
                TimeSort::Newest => newest,
                TimeSort::Oldest => oldest,
            },
            numbers,
            action: self.action.map_or("", AuditAction::as_str),
            actor,
        }
    }
}

impl Asked {
    fn bound(&self, query: &AuditQuery) -> Vec<Bound<'_>> {
        let mut bound = query.reach.bound().to_vec();
        bound.push(Bound::Number(query.org.map_or(0, |id| id.0)));
        bound.push(Bound::Text(self.action));
        bound.extend(self.numbers.iter().copied().map(Bound::Number));
        bound.extend(self.actor.as_deref().map(Bound::Text));
        bound
    }
}

/// What a detail names by a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Meant {
    Org(i64),
    Batch(i64),
}

impl Meant {
    fn of(detail: &str) -> Option<Self> {
        let number = |rest: &str| {
            let end = rest.find(|sign: char| !sign.is_ascii_digit());
            rest[..end.unwrap_or(rest.len())].parse().ok()
        };
        let org = ["to organization ", "from organization "];
        let org = org.iter().find_map(|before| detail.strip_prefix(before));
        match org {
            Some(rest) => number(rest).map(Self::Org),
            None => number(detail.strip_prefix("batch ")?).map(Self::Batch),
        }
    }

    fn sql(self) -> (&'static str, i64) {
        match self {
            Self::Org(id) => (
                concat!(
                    "SELECT o.name FROM organizations o WHERE o.id = $3 AND ",
                    reached!("o.id")
                ),
                id,
            ),
            Self::Batch(id) => (
                "SELECT b.name FROM batches b JOIN org_tree t ON t.org_id = b.org_id
                 WHERE t.ancestor_id = $1 AND t.depth <= $2 AND b.id = $3",
                id,
            ),
        }
    }
}

impl Store {
    /// Gives the entries the names of what their details name by a number; each is asked for once.
    async fn name_details(
        &self,
        reach: Reach,
        entries: &mut [AuditEntry],
    ) -> Result<(), StoreError> {
        let mut known: HashMap<Meant, Option<String>> = HashMap::new();
        let meant = |entry: &AuditEntry| entry.detail.as_deref().and_then(Meant::of);
        let mut connection = self.read().await?;
        for one in entries.iter().filter_map(meant).collect::<HashSet<_>>() {
            let (sql, id) = one.sql();
            let name: Option<String> = sqlx::query_scalar(sql)
                .bind(reach.org.0)
                .bind(reach.depth)
                .bind(id)
                .fetch_optional(&mut *connection)
                .await?;
            known.insert(one, name);
        }
        for entry in entries {
            entry.detail_name = meant(entry).and_then(|one| known.get(&one).cloned().flatten());
        }
        Ok(())
    }

    /// A page of the audit.
    pub async fn audit(
        &self,
        query: AuditQuery,
        sort: TimeSort,
        page: PageQuery,
    ) -> Result<Page<AuditEntry>, StoreError> {
        let asked = query.asked(i64::MAX, sort);
        let listing = Listing {
            count: asked.count,
            rows: asked.rows,
            bound: &asked.bound(&query),
        };
        let found: Page<EntryRow> = self.list(listing, page).await?;
        let mut found = found.map(|row| row.0);
        self.name_details(query.reach, &mut found.content).await?;
        Ok(found)
    }

    /// The rows before this one, at most so many: for going through all of them without counting.
    pub async fn audit_before(
        &self,
        query: AuditQuery,
        before: i64,
        most: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let asked = query.asked(before, TimeSort::Newest);
        let mut rows = sqlx::query_as::<Any, EntryRow>(asked.rows);
        for bound in asked.bound(&query) {
            rows = match bound {
                Bound::Number(number) => rows.bind(number),
                Bound::Text(text) => rows.bind(text),
            };
        }
        let rows = rows.bind(i64::from(most)).bind(0_i64);
        let found = rows.fetch_all(&mut *self.read().await?).await?;
        let mut found: Vec<AuditEntry> = found.into_iter().map(|row| row.0).collect();
        self.name_details(query.reach, &mut found).await?;
        Ok(found)
    }

    /// Whether a device is within reach, or was, as the audit knows.
    pub async fn knows_device(&self, reach: Reach, device: DeviceId) -> Result<bool, StoreError> {
        self.knows(
            "SELECT COUNT(*) FROM (SELECT * FROM org_tree UNION ALL SELECT * FROM closed_org_tree) t
             WHERE t.ancestor_id = $1 AND t.depth <= $2 AND (
                 EXISTS (SELECT 1 FROM devices d WHERE d.id = $3 AND d.org_id = t.org_id)
                 OR EXISTS (SELECT 1 FROM audit a WHERE a.device_id = $3 AND a.org_id = t.org_id))",
            reach,
            device.0,
        )
        .await
    }

    /// Whether somebody is within reach, or was, or something there happened to them, as the audit knows.
    pub async fn knows_person(&self, reach: Reach, person: UserId) -> Result<bool, StoreError> {
        self.knows(
            "SELECT COUNT(*) FROM (SELECT * FROM org_tree UNION ALL SELECT * FROM closed_org_tree) t
             WHERE t.ancestor_id = $1 AND t.depth <= $2 AND (
                 EXISTS (SELECT 1 FROM users u WHERE u.id = $3 AND u.org_id = t.org_id)
                 OR EXISTS (SELECT 1 FROM audit a WHERE a.user_id = $3 AND a.org_id = t.org_id)
                 OR EXISTS (SELECT 1 FROM audit a WHERE a.actor = 'user ' || CAST($3 AS TEXT)
                            AND a.org_id = t.org_id))",
            reach,
            person.0,
        )
        .await
    }

    /// Whether an organization that was deleted was within reach.
    pub async fn knows_closed_org(&self, reach: Reach, org: OrgId) -> Result<bool, StoreError> {
        self.knows(
            "SELECT COUNT(*) FROM closed_org_tree t
             WHERE t.ancestor_id = $1 AND t.depth <= $2 AND t.org_id = $3",
            reach,
            org.0,
        )
        .await
    }

    async fn knows(&self, sql: &'static str, reach: Reach, id: i64) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(sql)
            .bind(reach.org.0)
            .bind(reach.depth)
            .bind(id)
            .fetch_one(&mut *self.read().await?)
            .await?;
        Ok(found > 0)
    }
}
