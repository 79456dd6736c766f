//! Devices found by a part of their names: a page of them, and how many there are as far as they are counted.
//!
//! What a search costs must not grow with the devices, so there is more than one way, and which of them is taken depends on
//! how many devices there are to look through. Where there are many, SQLite's full-text index gives the hits in their
//! order. PostgreSQL's index gives them in none, and all of them before the first: where the newest devices say that every
//! few have the text, looking through them one by one comes to a page and to the end of counting long before it.

use handover_wire::{Device, Page, PageQuery};
use sqlx::{Any, Transaction};

use super::device_list::{is_one, page};
use super::devices::{DeviceRow, select_devices};
use super::engine::Engine;
use super::listing::{Bound, Listing, contains, sought_phrase};
use super::{Store, StoreError, sought};
use crate::domain::Reach;

/// Hits that are counted: nobody goes through more, and to count ten times as many takes several times as long as the page.
const MOST_HITS: u64 = 1_000;

/// So many devices are gone through on SQLite in less time than the hits among all others' are sorted out.
const FEW: i64 = 20_000;

/// The newest devices, which PostgreSQL goes through to see how many of them are hits: where one in `DENSE` is, it goes on
/// like that. `newest!` has the number, too.
const NEWEST: i64 = 2_000;
const DENSE: i64 = 20;

/// Characters by which PostgreSQL's index finds a name.
const TRIGRAM: usize = 3;

/// How hits are come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// SQLite goes through all devices within reach.
    Each,
    /// SQLite's full-text index.
    Phrase,
    /// PostgreSQL goes through the devices within reach, in the order of a page.
    Walk,
    /// PostgreSQL's index of trigrams.
    Trigrams,
}

/// What is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// The devices of one organization.
    One,
    /// Those of one and all below.
    Tree,
    /// The same, of the topmost organization: all there are.
    All,
}

/// Hits, as far as they are counted.
macro_rules! count {
    ($($ids:tt)+) => {
        concat!("SELECT COUNT(*) FROM (", $($ids)+, " LIMIT 1001) hits")
    };
}

/// Names that PostgreSQL's index has by the first and the last three characters: the fewer it has to bring together, the
/// faster it is. Whether a name holds the whole text is seen in the name. The list is made as a whole, and first, so that
/// nothing else is gone through for it.
macro_rules! trigrams {
    ($within:literal, $($rest:tt)+) => {
        concat!(
            "WITH hits AS MATERIALIZED (SELECT id FROM devices WHERE ",
            $within,
            " AND name_folded LIKE $3 ESCAPE '\\' AND name_folded LIKE $4 ESCAPE '\\'
              AND strpos(name_folded, $2) > 0) ",
            $($rest)+
        )
    };
}

/// Within reach, asked for each device by itself (which is what the offset is for: PostgreSQL would rather go through all
/// that is within reach once).
macro_rules! each_within_reach {
    ($of:literal) => {
        concat!(
            $of,
            " WHERE EXISTS (SELECT 1 FROM device_reach r
                            WHERE r.ancestor_id = $1 AND r.device_id = id OFFSET 0)"
        )
    };
}

/// Names that hold the text, in the order of what is within reach.
macro_rules! walk {
    (One) => {
        "SELECT id FROM devices WHERE org_id = $1 AND strpos(name_folded, $2) > 0"
    };
    (Tree) => {
        "SELECT r.device_id AS id FROM device_reach r WHERE r.ancestor_id = $1
         AND EXISTS (SELECT 1 FROM devices e
                     WHERE e.id = r.device_id AND strpos(e.name_folded, $2) > 0 OFFSET 0)"
    };
}

macro_rules! each {
    (One) => {
        "SELECT id FROM devices WHERE org_id = $1 AND name_folded LIKE $2 ESCAPE '\\'"
    };
    (Tree) => {
        "SELECT r.device_id AS id FROM device_reach r CROSS JOIN devices e ON e.id = r.device_id
         WHERE r.ancestor_id = $1 AND e.name_folded LIKE $2 ESCAPE '\\'"
    };
}

macro_rules! phrase {
    (One) => {
        "SELECT e.id FROM device_names CROSS JOIN devices e ON e.id = device_names.rowid
         WHERE e.org_id = $1 AND device_names MATCH $2"
    };
    (Tree) => {
        "SELECT device_names.rowid AS id FROM device_names
         CROSS JOIN device_reach r ON r.device_id = device_names.rowid
         WHERE r.ancestor_id = $1 AND device_names MATCH $2"
    };
}

/// How many of the newest devices hold the text.
macro_rules! newest {
    ($newest:literal, $holds:literal) => {
        concat!(
            "SELECT COUNT(*) FROM (",
            $newest,
            " ORDER BY id DESC LIMIT 2000) newest WHERE ",
            $holds
        )
    };
}

fn hits_among_newest(scope: Scope) -> &'static str {
    match scope {
        Scope::One => newest!(
            "SELECT id, name_folded FROM devices WHERE org_id = $1",
            "strpos(name_folded, $2) > 0"
        ),
        Scope::Tree | Scope::All => newest!(
            "SELECT device_id AS id FROM device_reach WHERE ancestor_id = $1",
            "EXISTS (SELECT 1 FROM devices e
                     WHERE e.id = newest.id AND strpos(e.name_folded, $2) > 0 OFFSET 0)"
        ),
    }
}

/// Counts hits. All that there are are counted without a look at who sees each; the organization is bound nevertheless.
fn count(way: Way, scope: Scope) -> &'static str {
    match (way, scope) {
        (Way::Each, Scope::One) => count!(each!(One)),
        (Way::Each, Scope::Tree | Scope::All) => count!(each!(Tree)),
        (Way::Phrase, Scope::One) => count!(phrase!(One)),
        (Way::Phrase, Scope::Tree) => count!(phrase!(Tree)),
        (Way::Phrase, Scope::All) => {
            count!("SELECT rowid FROM device_names WHERE $1 > 0 AND device_names MATCH $2")
        }
        (Way::Walk, Scope::One) => count!(walk!(One)),
        (Way::Walk, Scope::Tree) => count!(walk!(Tree)),
        (Way::Walk, Scope::All) => {
            count!("SELECT id FROM devices WHERE $1 > 0 AND strpos(name_folded, $2) > 0")
        }
        (Way::Trigrams, Scope::One) => count!(trigrams!("org_id = $1", "SELECT id FROM hits")),
        (Way::Trigrams, Scope::Tree) => {
            count!(trigrams!(
                "$1 > 0",
                each_within_reach!("SELECT id FROM hits")
            ))
        }
        (Way::Trigrams, Scope::All) => count!(trigrams!("$1 > 0", "SELECT id FROM hits")),
    }
}

/// A page of hits.
fn rows(way: Way, scope: Scope) -> &'static str {
    match (way, scope) {
        (Way::Each, Scope::One) => page!([each!(One)], "LIMIT $3 OFFSET $4"),
        (Way::Each, _) => page!([each!(Tree)], "LIMIT $3 OFFSET $4"),
        (Way::Phrase, Scope::One) => page!([phrase!(One)], "LIMIT $3 OFFSET $4"),
        (Way::Phrase, _) => page!([phrase!(Tree)], "LIMIT $3 OFFSET $4"),
        (Way::Walk, Scope::One) => page!([walk!(One)], "LIMIT $3 OFFSET $4"),
        (Way::Walk, _) => page!([walk!(Tree)], "LIMIT $3 OFFSET $4"),
        (Way::Trigrams, Scope::One) => page!(
            [trigrams!("org_id = $1", "SELECT id FROM hits")],
            "LIMIT $5 OFFSET $6"
        ),
        (Way::Trigrams, _) => page!(
            [trigrams!(
                "$1 > 0",
                each_within_reach!("SELECT id FROM (SELECT id FROM hits ORDER BY id DESC) sorted")
            )],
            "LIMIT $5 OFFSET $6"
        ),
    }
}

/// What a search is for, as each of the queries takes it.
struct Text {
    /// As it is.
    plain: String,
    /// As a `LIKE` pattern.
    pattern: String,
    /// As a phrase of full-text search.
    phrase: String,
    /// Patterns of its first and its last characters.
    ends: [String; 2],
}

impl Text {
    fn new(search: &str) -> Self {
        let plain = sought(search).to_lowercase();
        let characters: Vec<char> = plain.chars().collect();
        let first: String = characters.iter().take(TRIGRAM).collect();
        let last = characters.len().saturating_sub(TRIGRAM);
        let last: String = characters[last..].iter().collect();
        Self {
            pattern: contains(search),
            phrase: sought_phrase(search),
            ends: [contains(&first), contains(&last)],
            plain,
        }
    }

    /// What follows the organization in a query.
    fn bound(&self, way: Way) -> Vec<Bound<'_>> {
        match way {
            Way::Each => vec![Bound::Text(&self.pattern)],
            Way::Phrase => vec![Bound::Text(&self.phrase)],
            Way::Walk => vec![Bound::Text(&self.plain)],
            Way::Trigrams => [&self.plain, &self.ends[0], &self.ends[1]]
                .map(|text| Bound::Text(text))
                .to_vec(),
        }
    }
}

impl Store {
    /// The devices within reach whose names hold the text, of three characters at least, the newest first.
    pub async fn find_devices(
        &self,
        reach: Reach,
        search: &str,
        page: PageQuery,
    ) -> Result<Page<Device>, StoreError> {
        let mut moment = self.snapshot().await?;
        let text = Text::new(search);
        let (scope, all) = scope(&mut moment, reach).await?;
        let way = match self.engine {
            Engine::Sqlite if all <= FEW => Way::Each,
            Engine::Sqlite => Way::Phrase,
            Engine::Postgres if all <= NEWEST => Way::Walk,
            Engine::Postgres => {
                let hits: i64 = sqlx::query_scalar(hits_among_newest(scope))
                    .bind(reach.org.0)
                    .bind(&text.plain)
                    .fetch_one(&mut *moment)
                    .await?;
                match hits * DENSE >= NEWEST {
                    true => Way::Walk,
                    false => Way::Trigrams,
                }
            }
        };
        find(&mut moment, (way, scope), reach, &text, page).await
    }
}

/// What is looked through for somebody of this reach, and how many devices that is.
async fn scope(
    moment: &mut Transaction<'static, Any>,
    reach: Reach,
) -> Result<(Scope, i64), StoreError> {
    let all: i64 = sqlx::query_scalar(super::device_list::count(reach))
        .bind(reach.org.0)
        .fetch_one(&mut **moment)
        .await?;
    if is_one(reach) {
        return Ok((Scope::One, all));
    }
    let (above, below): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM org_tree WHERE org_id = $1),
                (SELECT COUNT(*) FROM
                    (SELECT 1 FROM org_tree WHERE ancestor_id = $1 LIMIT 2) AS found)",
    )
    .bind(reach.org.0)
    .fetch_one(&mut **moment)
    .await?;
    let scope = match (above, below) {
        // There is one topmost organization.
        (1, _) => Scope::All,
        // Nothing is below.
        (_, 1) => Scope::One,
        _ => Scope::Tree,
    };
    Ok((scope, all))
}

async fn find(
    moment: &mut Transaction<'static, Any>,
    (way, scope): (Way, Scope),
    reach: Reach,
    text: &Text,
    page: PageQuery,
) -> Result<Page<Device>, StoreError> {
    let mut bound = vec![Bound::Number(reach.org.0)];
    bound.extend(text.bound(way));
    let listing = Listing {
        count: count(way, scope),
        rows: rows(way, scope),
        bound: &bound,
    };
    let page: Page<DeviceRow> = listing.page(moment, page).await?;
    Ok(Page {
        total_elements: page.total_elements.min(MOST_HITS),
        total_is_lower_bound: page.total_elements > MOST_HITS,
        ..page.map(|row| row.device)
    })
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use handover_wire::{DeviceId, OrgId, Role};
    use serde_json::json;

    use super::*;
    use crate::clock::Time;
    use crate::domain::{DeviceName, Holder};
    use crate::secrets::Kept;
    use crate::store::listing::assert_plan;
    use crate::store::{NewDevice, change};
    use crate::testing::{Ground, Site};

    /// How many devices are found, whichever way is taken. Whoever has nothing below, or nobody above, is no special case.
    async fn found(store: &Store, reach: Reach, search: &str) -> u64 {
        let ways = match store.engine {
            Engine::Sqlite => [Way::Each, Way::Phrase],
            Engine::Postgres => [Way::Walk, Way::Trigrams],
        };
        let text = Text::new(search);
        let mut moment = store.snapshot().await.expect("a moment");
        let (scope, _) = scope(&mut moment, reach).await.expect("a scope");
        let mut totals = Vec::new();
        for how in ways.map(|way| [(way, scope), (way, Scope::Tree)]).concat() {
            let page = PageQuery::default();
            let found = find(&mut moment, how, reach, &text, page).await;
            let found = found.expect("found");
            let total = found.total_elements;
            assert_eq!(found.content.len() as u64, total, "{search} {how:?}");
            totals.push(total);
        }
        assert!(totals.iter().all(|total| *total == totals[0]), "{search}");
        let page = store.find_devices(reach, search, PageQuery::default());
        assert_eq!(page.await.expect("found").total_elements, totals[0]);
        totals[0]
    }

    #[tokio::test]
    async fn all_ways_find_the_same() {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        for name in ["Tomato Bett", "Ärger's Pumpe", "Pump_10 -"] {
            let id = customer.claim(&site.qr(3)).await.json()["id"].clone();
            let path = format!("/device?deviceId={id}");
            let renamed = customer.put(&path, json!({ "name": name })).await;
            assert_eq!(renamed.status, 200, "{name}");
        }
        customer.delete("/device?deviceId=3").await;
        let store = &site.cloud.core().store;
        for (search, hits) in [
            ("tomato", 1),
            ("ATO", 1),
            ("orchard", 0),
            ("pump", 1),
            ("p_1", 1),
            ("ärg", 0),
            ("%%%", 0),
            ("\"or\"", 0),
            ("' OR", 0),
            ("a\0b", 0),
        ] {
            for reach in [
                Reach::tree(OrgId(1)),
                Reach::tree(OrgId(2)),
                Reach::only(OrgId(2)),
            ] {
                assert_eq!(found(store, reach, search).await, hits, "{search}");
            }
        }
    }

    /// Changes that share a commit take back what they did to the index, too, and nothing but that.
    #[tokio::test]
    async fn who_fails_leaves_the_index_as_it_was() {
        let site = Site::on(Ground::on_sqlite(), true).await;
        let store = &site.cloud.core().store;
        let name = |text: String| DeviceName::parse(&text).expect("a name");
        // Every third fails, after it has written into the index, changed what is there and taken away from it.
        let changes = (1..=12_u8).map(|number| async move {
            let auth = Kept {
                digest: [number; 32],
                sealed: Vec::new(),
            };
            change!(store, |write| {
                let device = NewDevice {
                    template: 1,
                    holder: Holder {
                        org: OrgId(2),
                        owner: None,
                    },
                    name: &name(format!("Added {number}")),
                    auth: &auth,
                    metadata: None,
                };
                let added = write.insert_device(device, Time(1)).await?.device.id;
                let again = name(format!("Again {number}"));
                write.rename_device(added, &again).await?;
                let other = name(format!("Other {number}"));
                write.rename_device(DeviceId(1), &other).await?;
                if number % 2 == 0 {
                    write.delete_device(added).await?;
                }
                match number % 3 {
                    0 => Err(StoreError::Corrupt("as was asked for")),
                    _ => Ok(()),
                }
            })
        });
        let outcomes = join_all(changes).await;
        assert_eq!(
            outcomes.iter().filter(|outcome| outcome.is_err()).count(),
            4
        );
        // SQLite's own look at the index, beside the names that there are.
        site.execute("INSERT INTO device_names (device_names, rank) VALUES ('integrity-check', 1)")
            .await;
        let reach = Reach::tree(OrgId(1));
        for (search, hits) in [("added", 0), ("again", 4), ("again 3", 0), ("other", 1)] {
            assert_eq!(found(store, reach, search).await, hits, "{search}");
        }
    }

    /// A page is a stretch of an index on SQLite; nothing goes through all devices.
    #[tokio::test]
    async fn hits_are_read_from_indexes() {
        assert_plan(&[
            (
                rows(Way::Each, Scope::One),
                "SEARCH devices USING COVERING INDEX devices_by_org (org_id=?)",
            ),
            (
                rows(Way::Phrase, Scope::Tree),
                "SEARCH r USING PRIMARY KEY (ancestor_id=? AND device_id=?)",
            ),
            (
                count(Way::Phrase, Scope::All),
                "SCAN device_names VIRTUAL TABLE INDEX",
            ),
        ])
        .await;
    }
}
