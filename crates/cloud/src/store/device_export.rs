//! Devices on their way out, with their sealed tokens, some at a time: as much memory for a million as for one.

use std::collections::{BTreeMap, BTreeSet};

use handover_wire::TemplateId;

use super::device_order::state_number;
use super::devices::{DeviceRow, metadata, select_devices};
use super::listing::{contains, without_separators};
use super::{Store, StoreError};
use crate::domain::{DeviceFilter, Reach, without_separators};

/// Devices whose fields are looked at together.
const TOGETHER: i64 = 5_000;

/// Which devices: within reach, with a text in their names; an empty text is in all.
#[derive(Clone, Debug)]
pub struct DeviceQuery {
    /// In these organizations.
    pub reach: Reach,
    /// What their names hold, or their identifier is.
    pub search: String,
    /// Which of them.
    pub filter: DeviceFilter,
}

/// No state or template in particular.
const NONE: i64 = -1;

impl DeviceQuery {
    fn state(&self) -> i64 {
        self.filter.state.map_or(NONE, state_number)
    }
}

/// The metadata fields of many devices.
#[derive(Clone, Debug, Default)]
pub struct FieldNames {
    /// The kinds that the devices are of.
    pub templates: BTreeSet<TemplateId>,
    /// Fields that devices have values of their own in.
    pub own: BTreeSet<String>,
}

/// The next devices before a number, the newest first: the end of both queries.
macro_rules! next {
    ($query:ident, $select:literal, $rest:literal) => {
        $query!(
            $select,
            "FROM device_reach r
             JOIN devices e ON e.id = r.device_id
             JOIN org_tree w ON w.ancestor_id = r.ancestor_id AND w.org_id = e.org_id
             JOIN templates q ON q.id = e.template_id
             WHERE r.ancestor_id = $1 AND w.depth <= $2 AND r.device_id < $3
             AND (e.name_folded LIKE $4 ESCAPE '\\'
                  OR e.id IN (SELECT device_id FROM static_tokens
                              WHERE sought IS NOT NULL AND device_id IS NOT NULL AND ",
            without_separators!("sought"),
            " = $6))
             AND ($7 < 0 OR r.state = $7) AND ($8 < 0 OR r.template_id = $8)
             ORDER BY r.device_id DESC LIMIT $5",
            $rest
        )
    };
}

impl Store {
    /// Which metadata fields the devices have.
    pub async fn field_names(&self, query: &DeviceQuery) -> Result<FieldNames, StoreError> {
        let mut names = FieldNames::default();
        let mut before = i64::MAX;
        loop {
            let rows: Vec<(i64, String, Option<String>)> =
                sqlx::query_as(next!(concat, "SELECT e.id, q.template_id, e.metadata ", ""))
                    .bind(query.reach.org.0)
                    .bind(query.reach.depth)
                    .bind(before)
                    .bind(contains(&query.search))
                    .bind(TOGETHER)
                    .bind(without_separators(&query.search))
                    .bind(query.state())
                    .bind(query.filter.template.unwrap_or(NONE))
                    .fetch_all(&mut *self.read().await?)
                    .await?;
            let Some((last, ..)) = rows.last() else {
                return Ok(names);
            };
            before = *last;
            for (_, template, json) in rows {
                names.templates.insert(TemplateId(template));
                let own: BTreeMap<String, String> = metadata(json)?;
                names.own.extend(own.into_keys());
            }
        }
    }

    /// The next devices before a number, the newest first.
    pub async fn devices_before(
        &self,
        query: &DeviceQuery,
        before: i64,
        most: i64,
    ) -> Result<Vec<DeviceRow>, StoreError> {
        let sql = next!(
            select_devices,
            "WHERE d.id IN (SELECT r.device_id ",
            ") ORDER BY d.id DESC"
        );
        Ok(sqlx::query_as(sql)
            .bind(query.reach.org.0)
            .bind(query.reach.depth)
            .bind(before)
            .bind(contains(&query.search))
            .bind(most)
            .bind(without_separators(&query.search))
            .bind(query.state())
            .bind(query.filter.template.unwrap_or(NONE))
            .fetch_all(&mut *self.read().await?)
            .await?)
    }
}
