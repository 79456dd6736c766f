//! Devices in an order of one's choice, those of a state or a template alone: queries that are put together of fixed parts.
//!
//! Every order with every filter is a stretch of an index of `device_reach` (migration `0022_orders`), or of three that are
//! brought together, one for each state. A page is read from where it begins, so it takes as long wherever that is.

use handover_wire::{DeviceSort, DeviceState, Page, PageQuery};
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::StoreError;
use super::devices::{DeviceRow, select_devices};
use super::engine::Engine;
use super::listing::{Bound, counted, found};
use crate::domain::{Cursor, DeviceFilter, Listed, Place};

/// More numbers than a search ever comes to.
const MOST_THESE: i64 = 10_000;

/// What a device is sorted by where a filter is counted: as its indexes have it.
const AS_FILTERED: &str = "state, device_id";

/// A state's place in the order, as the tables have it.
pub(super) fn state_number(state: DeviceState) -> i64 {
    match state {
        DeviceState::NeverConnected => 0,
        DeviceState::Offline => 1,
        DeviceState::Online => 2,
    }
}

/// What the devices are taken from: a table with the columns of `device_reach`.
pub(super) struct Source<'a> {
    /// The table, or a query in brackets with its name.
    pub from: String,
    /// Which of its rows, by what is bound.
    pub within: &'static str,
    /// Whether its indexes have the orders; else its rows are few, and sorted.
    pub is_indexed: bool,
    /// What `from` and `within` take.
    pub bound: Vec<Bound<'a>>,
}

impl Source<'_> {
    /// All that an organization sees.
    pub(super) fn reach(org: i64) -> Self {
        Self {
            from: "device_reach".to_owned(),
            within: "ancestor_id = $1",
            is_indexed: true,
            bound: vec![Bound::Number(org)],
        }
    }

    /// These of them alone. The numbers stand in the query: a database knows best what to do with those that it sees. The limit,
    /// which they never come to, has SQLite look them up first: it would rather go through all devices in the order that is
    /// asked for. PostgreSQL would go through an index of all devices and leave out those that are not asked for, so it is told
    /// to look up each (which is what the offset is for).
    pub(super) fn these(engine: Engine, org: i64, ids: &[i64]) -> Self {
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        let ids = ids.join(", ");
        Self {
            from: match engine {
                Engine::Sqlite => format!(
                    "(SELECT * FROM device_reach WHERE ancestor_id = $1 AND device_id IN ({ids}) LIMIT {MOST_THESE}) these"
                ),
                Engine::Postgres => format!(
                    "(SELECT r.* FROM unnest(ARRAY[{ids}]::BIGINT[]) AS wanted (id)
                      CROSS JOIN LATERAL (SELECT * FROM device_reach
                                          WHERE ancestor_id = $1 AND device_id = wanted.id OFFSET 0) r) these"
                ),
            },
            is_indexed: false,
            ..Self::reach(org)
        }
    }
}

/// The columns of an order, without the state where that is one for all rows, and whether it goes down.
fn order(listed: &Listed) -> (&'static [&'static str], bool) {
    match listed.sort {
        DeviceSort::RecentlySeen if listed.filter.state.is_some() => (&["seen", "device_id"], true),
        DeviceSort::LongUnseen if listed.filter.state.is_some() => (&["seen", "device_id"], false),
        DeviceSort::Newest => (&["device_id"], true),
        DeviceSort::Oldest => (&["device_id"], false),
        DeviceSort::Name => (&["name_key", "device_id"], false),
        DeviceSort::NameReversed => (&["name_key", "device_id"], true),
        DeviceSort::RecentlySeen => (&["state", "seen", "device_id"], true),
        DeviceSort::LongUnseen => (&["state", "seen", "device_id"], false),
    }
}

/// The same as columns of `devices`, for the rows of one page.
fn of_device(column: &'static str) -> &'static str {
    match column {
        "name_key" => "COALESCE(d.name_sorted, d.name_folded)",
        "state" => {
            "CASE WHEN d.first_connect_time IS NULL OR d.connect_time IS NULL THEN 0
                  WHEN d.disconnect_time IS NULL THEN 2 ELSE 1 END"
        }
        "seen" => {
            "CASE WHEN d.first_connect_time IS NULL OR d.connect_time IS NULL THEN 0
                  ELSE COALESCE(d.disconnect_time, d.connect_time) END"
        }
        _ => "d.id",
    }
}

/// `ORDER BY` with these columns.
fn ordered(columns: &[&'static str], down: bool) -> String {
    let way = if down { "DESC" } else { "ASC" };
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("{column} {way}"))
        .collect();
    format!("ORDER BY {}", columns.join(", "))
}

/// Which rows of a source. Kind and state stand in the query: PostgreSQL expects more rows of any kind than a rare one has,
/// and would plan anew for each request about it.
fn chosen(source: &Source<'_>, filter: DeviceFilter) -> String {
    let mut chosen = source.within.to_owned();
    if let Some(template) = filter.template {
        chosen += &format!(" AND template_id = {template}");
    }
    if let Some(state) = filter.state {
        chosen += &format!(" AND state = {}", state_number(state));
    }
    chosen
}

/// A query that is being put together.
struct Draft<'a> {
    bound: Vec<Bound<'a>>,
}

impl<'a> Draft<'a> {
    /// Where the query has this value.
    fn place(&mut self, value: Bound<'a>) -> String {
        self.bound.push(value);
        format!("${}", self.bound.len())
    }

    /// Those that come after one.
    fn after(&mut self, cursor: &'a Cursor, listed: &Listed) -> String {
        let (columns, down) = order(listed);
        let mut places: Vec<String> = match &cursor.place {
            Place::Number => Vec::new(),
            Place::Name(name) => vec![self.place(Bound::Text(name))],
            Place::Seen(_, since) if columns.len() == 2 => {
                vec![self.place(Bound::Number(*since))]
            }
            Place::Seen(state, since) => {
                vec![
                    self.place(Bound::Number(*state)),
                    self.place(Bound::Number(*since)),
                ]
            }
        };
        places.push(self.place(Bound::Number(cursor.id)));
        let than = if down { "<" } else { ">" };
        match places.as_slice() {
            [id] => format!(" AND device_id {than} {id}"),
            places => format!(
                " AND ({}) {than} ({})",
                columns.join(", "),
                places.join(", ")
            ),
        }
    }
}

/// The numbers of a page's devices, as a query.
fn numbers<'a>(
    source: Source<'a>,
    listed: &'a Listed,
    (limit, offset): (i64, i64),
) -> (String, Vec<Bound<'a>>) {
    let mut draft = Draft {
        bound: source.bound.clone(),
    };
    let mut chosen = chosen(&source, listed.filter);
    if let Some(cursor) = &listed.after {
        chosen += &draft.after(cursor, listed);
    }
    let (columns, down) = order(listed);
    let ordered = ordered(columns, down);
    let from = &source.from;
    // A page's length stands in the query: where PostgreSQL does not know it, it expects many rows, and plans anew for each
    // request, which takes as long as the page.
    let end = match offset {
        0 => format!("{ordered} LIMIT {limit}"),
        _ => {
            let offset = draft.place(Bound::Number(offset));
            format!("{ordered} LIMIT {limit} OFFSET {offset}")
        }
    };
    // Their indexes begin with the state: all three are read as far as the page goes, and brought together.
    let by_state = source.is_indexed
        && listed.filter.state.is_none()
        && match listed.sort {
            DeviceSort::Newest | DeviceSort::Oldest => listed.filter.template.is_some(),
            DeviceSort::Name | DeviceSort::NameReversed => true,
            DeviceSort::RecentlySeen | DeviceSort::LongUnseen => false,
        };
    if !by_state {
        let sql = format!("SELECT device_id FROM {from} WHERE {chosen} {end}");
        return (sql, draft.bound);
    }
    let enough = match offset {
        0 => limit.to_string(),
        _ => draft.place(Bound::Number(limit.saturating_add(offset))),
    };
    let columns = columns.join(", ");
    let parts = [0, 1, 2].map(|state| {
        format!(
            "SELECT * FROM (SELECT {columns} FROM {from} WHERE {chosen} AND state = {state}
                            {ordered} LIMIT {enough}) of_{state}"
        )
    });
    let all = parts.join(" UNION ALL ");
    (
        format!("SELECT device_id FROM ({all}) parts {end}"),
        draft.bound,
    )
}

/// The rows of a page.
fn rows<'a>(source: Source<'a>, listed: &'a Listed, page: (i64, i64)) -> (String, Vec<Bound<'a>>) {
    let (numbers, bound) = numbers(source, listed, page);
    let (columns, down) = order(listed);
    let columns: Vec<&'static str> = columns.iter().map(|column| of_device(column)).collect();
    let select = select_devices!("");
    let ordered = ordered(&columns, down);
    (
        format!("{select} WHERE d.id IN ({numbers}) {ordered}"),
        bound,
    )
}

/// What a page of a list is asked for.
pub(super) struct Asked<'a> {
    /// What the devices are taken from.
    pub source: Source<'a>,
    /// Which of them, in which order, from where on.
    pub listed: &'a Listed,
    /// Which page.
    pub page: PageQuery,
}

impl Asked<'_> {
    /// The devices of the page, and how the next one is asked for where there is one.
    pub(super) async fn rows(
        self,
        moment: &mut Transaction<'static, Any>,
    ) -> Result<(Vec<DeviceRow>, Option<String>), StoreError> {
        let limit = self.page.limit() as usize;
        let offset = i64::try_from(self.page.offset()).unwrap_or(i64::MAX);
        // One more says whether there is a next page.
        let (sql, bound) = rows(self.source, self.listed, (limit as i64 + 1, offset));
        let mut rows: Vec<DeviceRow> = found(moment, AssertSqlSafe(sql), &bound).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more);
        let next = next.map(|row| cursor(self.listed.sort, row).write());
        Ok((rows, next))
    }
}

/// The numbers of all devices of a list, in its order.
pub(super) async fn all(
    source: Source<'_>,
    listed: &Listed,
    moment: &mut Transaction<'static, Any>,
) -> Result<Vec<i64>, StoreError> {
    let (sql, bound) = numbers(source, listed, (i64::MAX, 0));
    let rows: Vec<(i64,)> = found(moment, AssertSqlSafe(sql), &bound).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Where a device is in an order.
fn cursor(sort: DeviceSort, row: &DeviceRow) -> Cursor {
    let device = &row.device;
    let place = match sort {
        DeviceSort::Newest | DeviceSort::Oldest => Place::Number,
        DeviceSort::Name | DeviceSort::NameReversed => Place::Name(row.name_key.clone()),
        DeviceSort::RecentlySeen | DeviceSort::LongUnseen => Place::Seen(
            state_number(device.state),
            device
                .disconnect_time
                .or(device.connect_time)
                .unwrap_or_default(),
        ),
    };
    Cursor {
        sort,
        place,
        id: device.id.0,
    }
}

/// How many devices a filter leaves, so many at the most.
pub(super) async fn count(
    source: &Source<'_>,
    filter: DeviceFilter,
    most: u64,
    moment: &mut Transaction<'static, Any>,
) -> Result<u64, StoreError> {
    let (sql, bound) = first(source, filter, most);
    let sql = format!("SELECT COUNT(*) FROM ({sql}) found");
    counted(moment, AssertSqlSafe(sql), &bound).await
}

/// So many devices that a filter leaves, in whatever order its index has.
pub(super) fn first<'a>(
    source: &Source<'a>,
    filter: DeviceFilter,
    most: u64,
) -> (String, Vec<Bound<'a>>) {
    let chosen = chosen(source, filter);
    let from = &source.from;
    let sql =
        format!("SELECT device_id FROM {from} WHERE {chosen} ORDER BY {AS_FILTERED} LIMIT {most}");
    (sql, source.bound.clone())
}

/// A page of devices.
pub(super) fn page(
    (rows, next): (Vec<DeviceRow>, Option<String>),
    total: u64,
    most: u64,
) -> Page<handover_wire::Device> {
    Page {
        content: rows.into_iter().map(|row| row.device).collect(),
        total_elements: total.min(most),
        total_is_lower_bound: total > most,
        next,
    }
}

#[cfg(test)]
mod tests;
