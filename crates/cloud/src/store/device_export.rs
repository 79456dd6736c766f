//! Devices on their way out, with their sealed tokens, some at a time: a million take no more memory than one, but for their
//! numbers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use handover_wire::TemplateId;
use sqlx::AssertSqlSafe;

use super::device_order::{self, Source};
use super::devices::{DeviceRow, metadata, select_devices};
use super::listing::{Bound, contains, found, without_separators};
use super::{Store, StoreError};
use crate::domain::{Listed, Reach, without_separators};

/// Devices whose fields are looked at together.
const TOGETHER: usize = 5_000;

/// Which devices: within reach, with a text in their names; an empty text is in all.
#[derive(Clone, Debug)]
pub struct DeviceQuery {
    /// In these organizations.
    pub reach: Reach,
    /// What their names hold, or their identifier is, or a number in their metadata.
    pub search: String,
    /// Which of them, in which order.
    pub listed: Listed,
}

/// The metadata fields of many devices.
#[derive(Clone, Debug, Default)]
pub struct FieldNames {
    /// The kinds that the devices are of.
    pub templates: BTreeSet<TemplateId>,
    /// Fields that devices have values of their own in.
    pub own: BTreeSet<String>,
}

/// What a device has beside its own row.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// What identifies it beside its label's code.
    pub identifier: Option<String>,
    /// The address of who owns it.
    pub owner: Option<String>,
}

/// Those of an organization's devices that are within reach, whose names hold `$3` or that `$4` is a number of.
const SOUGHT: &str = concat!(
    "ancestor_id = $1 AND EXISTS (
         SELECT 1 FROM devices e JOIN org_tree w ON w.org_id = e.org_id
         WHERE e.id = device_reach.device_id AND w.ancestor_id = $1 AND w.depth <= $2
         AND (e.name_folded LIKE $3 ESCAPE '\\'
              OR e.id IN (SELECT device_id FROM static_tokens
                          WHERE sought IS NOT NULL AND device_id IS NOT NULL AND ",
    without_separators!("sought"),
    " = $4)
              OR e.id IN (SELECT device_id FROM device_serials WHERE sought = $4)))"
);

/// Numbers as a query's list of them.
fn list(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    ids.join(", ")
}

impl Store {
    /// The numbers of the devices, in their order, as there are at one moment: whatever comes or goes while they are read is
    /// in none of them twice.
    pub async fn chosen_devices(&self, query: &DeviceQuery) -> Result<Vec<i64>, StoreError> {
        let [org, depth] = query.reach.bound();
        let pattern = contains(&query.search);
        let number = without_separators(&query.search);
        let source = Source {
            within: SOUGHT,
            is_indexed: false,
            bound: vec![org, depth, Bound::Text(&pattern), Bound::Text(&number)],
            ..Source::reach(query.reach.org.0)
        };
        let mut moment = self.snapshot().await?;
        device_order::all(source, &query.listed, &mut moment).await
    }

    /// Which metadata fields devices have.
    pub async fn field_names(&self, ids: &[i64]) -> Result<FieldNames, StoreError> {
        let mut names = FieldNames::default();
        let mut moment = self.snapshot().await?;
        for some in ids.chunks(TOGETHER) {
            let sql = format!(
                "SELECT q.template_id, e.metadata FROM devices e JOIN templates q ON q.id = e.template_id
                 WHERE e.id IN ({})",
                list(some)
            );
            let rows: Vec<(String, Option<String>)> =
                found(&mut moment, AssertSqlSafe(sql), &[]).await?;
            for (template, json) in rows {
                names.templates.insert(TemplateId(template));
                let own: BTreeMap<String, String> = metadata(json)?;
                names.own.extend(own.into_keys());
            }
        }
        Ok(names)
    }

    /// What identifies some devices, and the addresses of their owners as far as these are within reach; by their numbers.
    pub async fn beside_devices(
        &self,
        reach: Reach,
        ids: &[i64],
    ) -> Result<HashMap<i64, Beside>, StoreError> {
        let sql = format!(
            "SELECT d.id,
                    (SELECT MIN(s.identifier) FROM static_tokens s WHERE s.device_id = d.id),
                    (SELECT u.email FROM users u JOIN org_tree t ON t.org_id = u.org_id
                     WHERE u.id = d.owner_id AND t.ancestor_id = $1 AND t.depth <= $2)
             FROM devices d WHERE d.id IN ({})",
            list(ids)
        );
        let mut moment = self.snapshot().await?;
        let rows: Vec<(i64, Option<String>, Option<String>)> =
            found(&mut moment, AssertSqlSafe(sql), &reach.bound()).await?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(id, identifier, owner)| (id, Beside { identifier, owner }))
            .collect())
    }

    /// Those of some devices that are still within reach, in the order of their numbers here.
    pub async fn devices_of(
        &self,
        reach: Reach,
        ids: &[i64],
    ) -> Result<Vec<DeviceRow>, StoreError> {
        let select = select_devices!("JOIN org_tree w ON w.org_id = d.org_id");
        let sql = format!(
            "{select} WHERE w.ancestor_id = $1 AND w.depth <= $2 AND d.id IN ({})",
            list(ids)
        );
        let mut moment = self.snapshot().await?;
        let mut rows: Vec<DeviceRow> =
            found(&mut moment, AssertSqlSafe(sql), &reach.bound()).await?;
        let places: HashMap<i64, usize> = ids.iter().copied().zip(0..).collect();
        rows.sort_by_key(|row| places.get(&row.device.id.0).copied());
        Ok(rows)
    }
}
