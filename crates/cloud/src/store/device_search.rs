//! Devices found by a part of their names: a page of them, and how many there are as far as they are counted.
//!
//! What a search costs must not grow with the devices, so there is more than one way, and which of them is taken depends on
//! how many devices there are to look through. Few are gone through one by one. Where there are many, SQLite's full-text
//! index gives the hits in their order. PostgreSQL's index gives them in none: it is asked for all of them where they can
//! be counted, else for those of the newest devices, then of those before, and so on until the page is full.

use handover_wire::{Device, DeviceSort, Page, PageQuery};
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::device_list::{is_one, page};
use super::device_order::{self, Asked, Source};
use super::devices::{DeviceRow, select_devices};
use super::engine::Engine;
use super::listing::{
    Bound, Listing, contains, found as found_rows, sought_phrase, without_separators,
};
use super::{Store, StoreError, sought};
use crate::domain::{DeviceFilter, Listed, Reach, without_separators};

/// Hits that are counted: nobody goes through more, and to count ten times as many takes several times as long as the page.
pub(super) const MOST_HITS: u64 = 1_000;
/// The same, as a length.
const MOST: usize = MOST_HITS as usize;

/// Where a filter leaves so few, those are gone through instead of the hits.
const FEW_CHOSEN: u64 = 2_000;

/// So many devices are gone through in less time than the hits among all others' are sorted out.
const FEW: i64 = 20_000;

/// Where one in so many of the newest devices is a hit, PostgreSQL comes to a page by going through them.
const DENSE: u64 = 20;

/// So many of the newest stretches of ids are looked through for more hits than are counted, before all are.
const NEW_STRETCHES: i64 = 2;
/// All there are.
const ALL_STRETCHES: i64 = i64::MAX;

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
    /// The same, but through so many of the newest alone.
    Newest(i64),
    /// PostgreSQL's index of trigrams, for all there are.
    Trigrams,
    /// The same, for one stretch of ids after the other, from the newest on, so many of them.
    Stretches(i64),
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
            " AND name_folded LIKE $3 AND name_folded LIKE $4 AND strpos(name_folded, $2) > 0) ",
            $($rest)+
        )
    };
}

/// The same, looked for in each stretch of the index (migration `0021_names_by_stretch`) when it is its turn. What follows
/// ends with its limit: no more stretches are looked at than it takes.
macro_rules! stretches {
    ($within:literal) => {
        concat!(
            "SELECT found.id FROM
                 (SELECT stretch FROM generate_series(
                      (SELECT MAX(id) >> 15 FROM devices),
                      (SELECT GREATEST(MIN(id) >> 15, (MAX(id) >> 15) + 1 - $5) FROM devices), -1) stretch
                  ORDER BY stretch DESC OFFSET 0) stretches
             CROSS JOIN LATERAL
                 (SELECT id FROM devices WHERE (id >> 15) = stretch AND ",
            $within,
            " AND name_folded LIKE $3 AND name_folded LIKE $4 AND strpos(name_folded, $2) > 0
                  OFFSET 0) found"
        )
    };
    (One) => {
        stretches!("org_id = $1")
    };
    (Tree) => {
        stretches!(
            "EXISTS (SELECT 1 FROM device_reach r
                     WHERE r.ancestor_id = $1 AND r.device_id = devices.id OFFSET 0)"
        )
    };
    (All) => {
        stretches!("$1 > 0")
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
    (All) => {
        "SELECT rowid AS id FROM device_names WHERE $1 > 0 AND device_names MATCH $2"
    };
}

/// Those of the newest devices whose names hold the text.
macro_rules! newest {
    (One) => {
        newest!("org_id = $1")
    };
    (Tree) => {
        "SELECT id FROM (SELECT device_id AS id FROM device_reach WHERE ancestor_id = $1
                         ORDER BY device_id DESC LIMIT $3) newest
         WHERE EXISTS (SELECT 1 FROM devices e
                       WHERE e.id = newest.id AND strpos(e.name_folded, $2) > 0 OFFSET 0)"
    };
    (All) => {
        newest!("$1 > 0")
    };
    ($within:literal) => {
        concat!(
            "SELECT id FROM (SELECT id, name_folded FROM devices WHERE ",
            $within,
            " ORDER BY id DESC LIMIT $3) newest WHERE strpos(name_folded, $2) > 0"
        )
    };
}

/// What looks for hits, in whatever order; with another macro around each of the queries.
macro_rules! looked_for {
    ($way:expr, $scope:expr, $around:ident) => {
        match ($way, $scope) {
            (Way::Each, Scope::One) => $around!(each!(One)),
            (Way::Each, Scope::Tree | Scope::All) => $around!(each!(Tree)),
            (Way::Phrase, Scope::One) => $around!(phrase!(One)),
            (Way::Phrase, Scope::Tree) => $around!(phrase!(Tree)),
            (Way::Phrase, Scope::All) => $around!(phrase!(All)),
            (Way::Walk, Scope::One) => $around!(walk!(One)),
            (Way::Walk, Scope::Tree) => $around!(walk!(Tree)),
            (Way::Walk, Scope::All) => {
                $around!("SELECT id FROM devices WHERE $1 > 0 AND strpos(name_folded, $2) > 0")
            }
            (Way::Newest(_), Scope::One) => $around!(newest!(One)),
            (Way::Newest(_), Scope::Tree) => $around!(newest!(Tree)),
            (Way::Newest(_), Scope::All) => $around!(newest!(All)),
            (Way::Trigrams, Scope::One) => {
                $around!(trigrams!("org_id = $1", "SELECT id FROM hits"))
            }
            (Way::Trigrams, Scope::Tree) => {
                $around!(trigrams!(
                    "$1 > 0",
                    each_within_reach!("SELECT id FROM hits")
                ))
            }
            (Way::Trigrams, Scope::All) => $around!(trigrams!("$1 > 0", "SELECT id FROM hits")),
            (Way::Stretches(_), Scope::One) => $around!(stretches!(One)),
            (Way::Stretches(_), Scope::Tree) => $around!(stretches!(Tree)),
            (Way::Stretches(_), Scope::All) => $around!(stretches!(All)),
        }
    };
}

/// Counts hits. All that there are are counted without a look at who sees each; the organization is bound nevertheless.
fn count(way: Way, scope: Scope) -> &'static str {
    looked_for!(way, scope, count)
}

/// The newest hits' numbers alone, one more than are counted.
fn newest_hits(way: Way, scope: Scope) -> String {
    let hits = looked_for!(way, scope, concat);
    let order = match way {
        Way::Stretches(_) => "stretch DESC, id DESC",
        _ => "id DESC",
    };
    format!("{hits} ORDER BY {order} LIMIT 1001")
}

/// A page of hits.
fn rows(way: Way, scope: Scope) -> &'static str {
    match (way, scope) {
        (Way::Each, Scope::One) => page!([each!(One)], "LIMIT $3 OFFSET $4"),
        (Way::Each, _) => page!([each!(Tree)], "LIMIT $3 OFFSET $4"),
        (Way::Phrase, Scope::One) => page!([phrase!(One)], "LIMIT $3 OFFSET $4"),
        (Way::Phrase, Scope::Tree) => page!([phrase!(Tree)], "LIMIT $3 OFFSET $4"),
        (Way::Phrase, Scope::All) => page!([phrase!(All)], "LIMIT $3 OFFSET $4"),
        (Way::Walk, Scope::One) => page!([walk!(One)], "LIMIT $3 OFFSET $4"),
        (Way::Walk, _) => page!([walk!(Tree)], "LIMIT $3 OFFSET $4"),
        (Way::Newest(_), Scope::One) => page!([newest!(One)], "LIMIT $4 OFFSET $5"),
        (Way::Newest(_), Scope::Tree) => page!([newest!(Tree)], "LIMIT $4 OFFSET $5"),
        (Way::Newest(_), Scope::All) => page!([newest!(All)], "LIMIT $4 OFFSET $5"),
        (Way::Trigrams, Scope::One) => page!(
            [trigrams!("org_id = $1", "SELECT id FROM hits")],
            "LIMIT $5 OFFSET $6"
        ),
        (Way::Trigrams, Scope::Tree) => page!(
            [trigrams!(
                "$1 > 0",
                each_within_reach!("SELECT id FROM (SELECT id FROM hits ORDER BY id DESC) sorted")
            )],
            "LIMIT $5 OFFSET $6"
        ),
        (Way::Trigrams, Scope::All) => page!(
            [trigrams!("$1 > 0", "SELECT id FROM hits")],
            "LIMIT $5 OFFSET $6"
        ),
        (Way::Stretches(_), Scope::One) => page!(
            [stretches!(One)],
            "stretch DESC, id DESC",
            "LIMIT $6 OFFSET $7"
        ),
        (Way::Stretches(_), Scope::Tree) => page!(
            [stretches!(Tree)],
            "stretch DESC, id DESC",
            "LIMIT $6 OFFSET $7"
        ),
        (Way::Stretches(_), Scope::All) => page!(
            [stretches!(All)],
            "stretch DESC, id DESC",
            "LIMIT $6 OFFSET $7"
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
    /// As an identifier.
    number: String,
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
            number: without_separators(&plain),
            plain,
        }
    }

    /// What follows the organization in a query.
    fn bound(&self, way: Way) -> Vec<Bound<'_>> {
        match way {
            Way::Each => vec![Bound::Text(&self.pattern)],
            Way::Phrase => vec![Bound::Text(&self.phrase)],
            Way::Walk => vec![Bound::Text(&self.plain)],
            Way::Newest(devices) => vec![Bound::Text(&self.plain), Bound::Number(devices)],
            Way::Trigrams => self.trigrams().to_vec(),
            Way::Stretches(newest) => {
                let newest = Bound::Number(newest);
                self.trigrams().into_iter().chain([newest]).collect()
            }
        }
    }

    fn trigrams(&self) -> [Bound<'_>; 3] {
        [&self.plain, &self.ends[0], &self.ends[1]].map(|text| Bound::Text(text))
    }
}

impl Store {
    /// The devices within reach whose names hold the text, of three characters at least, or whose identifier is the text, or
    /// a number in their metadata, written in whatever way. Where more than `MOST_HITS` names hold it, another order than that of the newest and a filter
    /// are of the newest of them alone, unless the filter leaves few; and identifiers are not looked at.
    pub async fn find_devices(
        &self,
        reach: Reach,
        search: &str,
        listed: &Listed,
        page: PageQuery,
    ) -> Result<Page<Device>, StoreError> {
        let mut moment = self.snapshot().await?;
        let text = Text::new(search);
        let numbered = numbered(&mut moment, reach, &text).await?;
        let (scope, all) = scope(&mut moment, reach).await?;
        let mut search = Search {
            engine: self.engine,
            moment: &mut moment,
            scope,
            reach,
            text: &text,
            page,
        };
        let way = match self.engine {
            Engine::Sqlite if all <= FEW => Some(Way::Each),
            Engine::Sqlite => Some(Way::Phrase),
            Engine::Postgres if all <= FEW || !self.has_index_of_names => Some(Way::Walk),
            Engine::Postgres => None,
        };
        if listed.sort != DeviceSort::Newest || !listed.filter.is_all() {
            return search.chosen(way, &numbered, listed).await;
        }
        if !numbered.is_empty() {
            let found = search.hits(way).await?;
            if found.len() <= MOST {
                return search.of_these(&found, &numbered, listed).await;
            }
        }
        match way {
            Some(way) => search.by(way).await,
            None => search.by_trigrams().await,
        }
    }
}

/// The devices within reach that the text is the identifier of, or a number in the metadata of.
async fn numbered(
    moment: &mut Transaction<'static, Any>,
    reach: Reach,
    text: &Text,
) -> Result<Vec<i64>, StoreError> {
    // Few have one number, which PostgreSQL does not know before it has looked: hence the limits, which come first, and the
    // count, since it would go through all devices of all organizations within reach to join them. What more have in their
    // metadata is the number of none.
    let sql = concat!(
        "SELECT n.device_id FROM
             (SELECT * FROM (SELECT s.device_id FROM static_tokens s WHERE s.sought IS NOT NULL AND ",
        without_separators!("s.sought"),
        " = $1 AND s.device_id IS NOT NULL LIMIT 500) by_label
              UNION
              SELECT * FROM (SELECT device_id FROM device_serials WHERE sought = $1 LIMIT 2000) by_metadata) n
         WHERE (SELECT COUNT(*) FROM devices e JOIN org_tree w ON w.org_id = e.org_id
                WHERE e.id = n.device_id AND w.ancestor_id = $2 AND w.depth <= $3) > 0"
    );
    Ok(sqlx::query_scalar(sql)
        .bind(&text.number)
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_all(&mut **moment)
        .await?)
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

/// Whether a name can hold this: an address with its colons or points is in none.
fn can_be_in_a_name(text: &str) -> bool {
    let sign = |sign: char| sign.is_ascii_punctuation() && !matches!(sign, '\'' | '_' | '-');
    !text.contains(sign)
}

/// A search at one moment.
struct Search<'a> {
    engine: Engine,
    moment: &'a mut Transaction<'static, Any>,
    scope: Scope,
    reach: Reach,
    text: &'a Text,
    page: PageQuery,
}

impl<'a> Search<'a> {
    /// The page and the number of hits, both in the same way.
    async fn by(mut self, way: Way) -> Result<Page<Device>, StoreError> {
        let total = self.count(way).await?;
        let rows = match total {
            0 => Vec::new(),
            _ => self.rows(way).await?,
        };
        Ok(found(rows, total))
    }

    /// On PostgreSQL, where there are many devices.
    async fn by_trigrams(mut self) -> Result<Page<Device>, StoreError> {
        let until = self.page.offset() + u64::from(self.page.limit());
        let newest =
            i64::try_from(until.saturating_mul(DENSE)).map_or(FEW, |newest| newest.min(FEW));
        let rows = self.rows(Way::Newest(newest)).await?;
        if rows.len() == self.page.limit() as usize {
            // Where the newest have more than are counted, the hits of all are not brought together.
            let total = match self.count(Way::Stretches(NEW_STRETCHES)).await? {
                ..=MOST_HITS => self.count(Way::Trigrams).await?,
                more => more,
            };
            return Ok(found(rows, total));
        }
        let total = self.count(Way::Trigrams).await?;
        let rows = match total {
            0 => Vec::new(),
            1..=MOST_HITS => self.rows(Way::Trigrams).await?,
            // More than can be sorted for the sake of one page.
            _ => self.rows(Way::Stretches(ALL_STRETCHES)).await?,
        };
        Ok(found(rows, total))
    }

    /// The newest hits, one more than are counted.
    async fn hits(&mut self, way: Option<Way>) -> Result<Vec<i64>, StoreError> {
        // PostgreSQL's index knows letters and digits alone, and would come to all names that have those.
        if !can_be_in_a_name(&self.text.plain) {
            return Ok(Vec::new());
        }
        let way = match way {
            Some(way) => way,
            // Of many the index is not asked for all, and of few not for stretch after stretch.
            None => match self.count(Way::Stretches(NEW_STRETCHES)).await? {
                ..=MOST_HITS => Way::Trigrams,
                _ => Way::Stretches(ALL_STRETCHES),
            },
        };
        let bound = self.bound(way);
        let sql = AssertSqlSafe(newest_hits(way, self.scope));
        let rows: Vec<(i64,)> = found_rows(self.moment, sql, &bound).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// In another order, or with a filter.
    async fn chosen(
        mut self,
        way: Option<Way>,
        numbered: &[i64],
        listed: &Listed,
    ) -> Result<Page<Device>, StoreError> {
        let mut hits = self.hits(way).await?;
        if hits.len() <= MOST {
            return self.of_these(&hits, numbered, listed).await;
        }
        if let Some(hits) = self.of_few(listed.filter).await? {
            return self.of_these(&hits, numbered, listed).await;
        }
        hits.truncate(MOST);
        let mut page = self.of_these(&hits, &[], listed).await?;
        page.total_is_lower_bound = true;
        Ok(page)
    }

    /// The hits among the devices that a filter leaves, where those are few.
    async fn of_few(&mut self, filter: DeviceFilter) -> Result<Option<Vec<i64>>, StoreError> {
        let source = Source::reach(self.reach.org.0);
        if filter.is_all()
            || device_order::count(&source, filter, FEW_CHOSEN + 1, self.moment).await? > FEW_CHOSEN
        {
            return Ok(None);
        }
        let (few, mut bound) = device_order::first(&source, filter, FEW_CHOSEN);
        bound.push(Bound::Text(&self.text.pattern));
        let pattern = bound.len();
        let sql = format!(
            "SELECT e.id FROM ({few}) few CROSS JOIN devices e
             WHERE e.id = few.device_id AND e.name_folded LIKE ${pattern} ESCAPE '\\'"
        );
        let rows: Vec<(i64,)> = found_rows(self.moment, AssertSqlSafe(sql), &bound).await?;
        Ok(Some(rows.into_iter().map(|(id,)| id).collect()))
    }

    /// A page of these devices alone, as far as they are within reach and the filter leaves them.
    async fn of_these(
        self,
        hits: &[i64],
        numbered: &[i64],
        listed: &Listed,
    ) -> Result<Page<Device>, StoreError> {
        let ids: Vec<i64> = hits.iter().chain(numbered).copied().collect();
        if ids.is_empty() {
            return Ok(Page::new(Vec::new(), 0));
        }
        let mut source = Source::these(self.engine, self.reach.org.0, &ids);
        if is_one(self.reach) {
            source.within = "ancestor_id = $1 AND EXISTS (SELECT 1 FROM devices e
                             WHERE e.id = these.device_id AND e.org_id = $1)";
        }
        let most = ids.len() as u64;
        let total = device_order::count(&source, listed.filter, most, self.moment).await?;
        let asked = Asked {
            source,
            listed,
            page: self.page,
        };
        let rows = match total {
            0 => (Vec::new(), None),
            _ => asked.rows(self.moment).await?,
        };
        // Its pages are counted, as those of every search.
        Ok(device_order::page((rows.0, None), total, MOST_HITS))
    }

    async fn count(&mut self, way: Way) -> Result<u64, StoreError> {
        let bound = self.bound(way);
        listing(way, self.scope, &bound).count(self.moment).await
    }

    async fn rows(&mut self, way: Way) -> Result<Vec<DeviceRow>, StoreError> {
        let bound = self.bound(way);
        let listing = listing(way, self.scope, &bound);
        listing.rows(self.moment, self.page).await
    }

    fn bound(&self, way: Way) -> Vec<Bound<'a>> {
        let mut bound = vec![Bound::Number(self.reach.org.0)];
        bound.extend(self.text.bound(way));
        bound
    }
}

fn listing<'a>(way: Way, scope: Scope, bound: &'a [Bound<'a>]) -> Listing<'a> {
    Listing {
        count: count(way, scope),
        rows: rows(way, scope),
        bound,
    }
}

/// A page of a search; one more than are counted says that there are more.
fn found(rows: Vec<DeviceRow>, total: u64) -> Page<Device> {
    device_order::page((rows, None), total, MOST_HITS)
}

#[cfg(test)]
mod tests;
