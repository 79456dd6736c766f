//! Devices.

use std::collections::BTreeMap;

use handover_wire::{
    Device, DeviceId, DeviceIdentifier, HardwareInfo, OrgId, TemplateId, UndoWindow, UserId,
};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{FromRow, Row};

use super::batches::word;
use super::hands::kind_of;
use super::together::{self, Statement};
use super::{Store, StoreError, Write};
use crate::clock::Time;
use crate::domain::{Connection, DeviceName, Holder, Reach, Sees};
use crate::secrets::Kept;

/// A device as it was found: what anybody who reaches it sees, and its sealed auth token.
pub struct DeviceRow {
    /// The device, without its token.
    pub device: Device,
    /// Metadata of its own, by field.
    pub metadata: BTreeMap<String, String>,
    /// The auth token, sealed.
    pub auth_sealed: Vec<u8>,
    /// What it is sorted by where devices are sorted by their names.
    pub(super) name_key: String,
}

/// A device to add.
pub struct NewDevice<'a> {
    /// The template's numeric id.
    pub template: i64,
    /// Whose.
    pub holder: Holder,
    /// Its name.
    pub name: &'a DeviceName,
    /// Its auth token.
    pub auth: &'a Kept,
    /// Metadata of its own, as a JSON object.
    pub metadata: Option<&'a str>,
    /// Since when what it measures is its holder's to see; none where all that it ever measured is.
    pub since: Option<Time>,
}

impl NewDevice<'_> {
    /// What adds it, under a number that no device had before, and gives it as it is then. Of several that are added by one
    /// statement each has a place, from 0 on.
    fn added(self, place: i64, now: Time) -> Statement {
        Statement::row(
            "INSERT INTO devices (id, template_id, org_id, name, name_folded, owner_id,
                                  auth_digest, auth_sealed, activated_at, metadata, name_sorted,
                                  tenure, last_tenure) VALUES ",
            "((SELECT id FROM next_device) + $12, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
            " RETURNING id, org_id, owner_id, name, name_folded, name_sorted, auth_sealed, metadata,
                 activated_at, first_connect_time, connect_time, disconnect_time, last_event_at,
                 hardware, ip,
                 (SELECT p.template_id FROM templates p WHERE p.id = devices.template_id)
                     AS public_template_id,
                 (SELECT p.name FROM templates p WHERE p.id = devices.template_id) AS template_name,
                 (SELECT o.name FROM organizations o WHERE o.id = devices.org_id) AS org_name,
                 CAST(NULL AS BIGINT) AS open_until",
        )
        .bind(self.template)
        .bind(self.holder.org.0)
        .bind(self.name.as_str())
        .bind(self.name.folded())
        .bind(self.holder.owner.map(|id| id.0))
        .bind(self.auth.digest.as_slice())
        .bind(self.auth.sealed.as_slice())
        .bind(now.0)
        .bind(self.metadata)
        .bind(self.name.sorted())
        .bind(self.since.map_or(0, |at| at.0))
        .bind(place)
    }
}

/// What gives the last of so many running numbers.
fn numbers(org: OrgId, template: i64, many: i64) -> Statement {
    Statement::new(
        "INSERT INTO device_numbers (org_id, template_id, last_number) VALUES ($1, $2, $3)
         ON CONFLICT (org_id, template_id)
         DO UPDATE SET last_number = device_numbers.last_number + $3
         RETURNING last_number",
    )
    .bind(org.0)
    .bind(template)
    .bind(many)
}

impl FromRow<'_, AnyRow> for DeviceRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let connection = Connection::from_times(
            row.try_get("first_connect_time")?,
            row.try_get("connect_time")?,
            row.try_get("disconnect_time")?,
        );
        let millis = |time: Option<Time>| time.map(|Time(millis)| millis);
        Ok(Self {
            device: Device {
                id: DeviceId(row.try_get("id")?),
                template_id: TemplateId(row.try_get("public_template_id")?),
                template_name: row.try_get("template_name")?,
                org_id: OrgId(row.try_get("org_id")?),
                org_name: row.try_get("org_name")?,
                name: row.try_get("name")?,
                token: None,
                lifecycle_status: connection.state().lifecycle(),
                state: connection.state(),
                activated_at: row.try_get("activated_at")?,
                first_connect_time: millis(connection.first()),
                connect_time: millis(connection.last_connected()),
                disconnect_time: millis(connection.away_since()),
                owner_user_id: row.try_get::<Option<i64>, _>("owner_id")?.map(UserId),
                hardware_info: hardware(row.try_get("hardware")?)?,
                ip: row.try_get("ip")?,
                // Nothing locks yet.
                is_locked: false,
                last_received_event_at: row.try_get("last_event_at")?,
                undo: undo_window(row)?,
            },
            auth_sealed: row.try_get("auth_sealed")?,
            name_key: match row.try_get("name_sorted")? {
                Some(key) => key,
                None => row.try_get("name_folded")?,
            },
            metadata: metadata(row.try_get("metadata")?)?,
        })
    }
}

/// Metadata by field, as the column has it.
pub(super) fn metadata(json: Option<String>) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let read = |json: String| serde_json::from_str(&json);
    let metadata = json.map_or_else(|| Ok(BTreeMap::new()), read);
    metadata.map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The claim or transfer that can still be undone, by whoever reads it at the right time.
fn undo_window(row: &AnyRow) -> Result<Option<UndoWindow>, sqlx::Error> {
    let Some(until) = row.try_get("open_until")? else {
        return Ok(None);
    };
    Ok(Some(UndoWindow {
        kind: kind_of(row.try_get("move_kind")?)?,
        until,
        by_user_id: row.try_get::<Option<i64>, _>("actor_user_id")?.map(UserId),
    }))
}

fn hardware(json: Option<String>) -> Result<Option<HardwareInfo>, sqlx::Error> {
    json.map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The columns of a `DeviceRow`, and what follows them.
macro_rules! select_devices {
    ($($rest:expr),+) => {
        concat!(
            "SELECT d.*, p.template_id AS public_template_id, p.name AS template_name,
                    o.name AS org_name, m.kind AS move_kind, m.open_until, m.actor_user_id
             FROM devices d
             JOIN templates p ON p.id = d.template_id
             JOIN organizations o ON o.id = d.org_id
             LEFT JOIN device_moves m ON m.device_id = d.id AND m.open_until IS NOT NULL ",
            $($rest),+
        )
    };
}
pub(super) use select_devices;

async fn find(
    executor: impl AnyExecutor<'_>,
    reach: Reach,
    id: DeviceId,
) -> Result<Option<DeviceRow>, StoreError> {
    let row = sqlx::query_as(select_devices!(
        "JOIN org_tree t ON t.org_id = d.org_id
         WHERE t.ancestor_id = $1 AND t.depth <= $2 AND d.id = $3"
    ))
    .bind(reach.org.0)
    .bind(reach.depth)
    .bind(id.0)
    .fetch_optional(executor)
    .await?;
    Ok(row)
}

impl Store {
    /// A device, wherever it is: for itself alone.
    pub async fn device_itself(&self, id: DeviceId) -> Result<Option<DeviceRow>, StoreError> {
        let row = sqlx::query_as(select_devices!("WHERE d.id = $1"))
            .bind(id.0)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(row)
    }

    /// What a device is identified by beside its label's code.
    pub async fn device_identifier(
        &self,
        id: DeviceId,
    ) -> Result<Option<DeviceIdentifier>, StoreError> {
        let found: Option<(String, String)> = sqlx::query_as(
            "SELECT identifier_kind, identifier FROM static_tokens
             WHERE device_id = $1 AND identifier IS NOT NULL AND identifier_kind IS NOT NULL",
        )
        .bind(id.0)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        let identifier = found.map(|(kind, value)| {
            let kind = word(kind)?;
            Ok::<_, sqlx::Error>(DeviceIdentifier { kind, value })
        });
        Ok(identifier.transpose()?)
    }

    /// A device within reach.
    pub async fn device(
        &self,
        reach: Reach,
        id: DeviceId,
    ) -> Result<Option<DeviceRow>, StoreError> {
        find(&mut *self.read().await?, reach, id).await
    }
}

/// What a device that changes hands leaves for whoever claims it next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// Nothing.
    Nothing,
    /// All that whoever had it saw, and what it said meanwhile.
    History,
    /// What was left for them before.
    AsItIs,
}

impl Write {
    /// A device within reach.
    pub async fn device(
        &mut self,
        reach: Reach,
        id: DeviceId,
    ) -> Result<Option<DeviceRow>, StoreError> {
        find(&mut *self.0, reach, id).await
    }

    /// The next running number for the name of a device of this template in this organization.
    pub async fn next_device_number(
        &mut self,
        org: OrgId,
        template: i64,
    ) -> Result<i64, StoreError> {
        self.next_device_numbers(org, template, 1).await
    }

    /// The first of so many running numbers.
    pub async fn next_device_numbers(
        &mut self,
        org: OrgId,
        template: i64,
        many: i64,
    ) -> Result<i64, StoreError> {
        let last = together::number(&mut self.0, numbers(org, template, many)).await?;
        Ok(last - many + 1)
    }

    /// Adds a device, under a number that no device had before, and gives it as it is then. It is not read again: on
    /// PostgreSQL two changes that did would seem to meet, since the newest devices are all in one place of their index.
    pub async fn insert_device(
        &mut self,
        device: NewDevice<'_>,
        now: Time,
    ) -> Result<DeviceRow, StoreError> {
        let added = self.ask(vec![device.added(0, now)]).await?;
        let row = added.iter().flatten().next();
        let row = row.ok_or(StoreError::Corrupt("a device that was added is not there"))?;
        Ok(DeviceRow::from_row(row)?)
    }

    /// The next running numbers of several devices, each of an organization and a template.
    pub async fn next_numbers_of(&mut self, all: &[(OrgId, i64)]) -> Result<Vec<i64>, StoreError> {
        let mut many = BTreeMap::new();
        for kind in all {
            *many.entry(*kind).or_insert(0) += 1;
        }
        let asked = many
            .iter()
            .map(|(&(org, template), &many)| numbers(org, template, many));
        let found = self.ask(asked.collect()).await?;
        for (left, rows) in many.values_mut().zip(found) {
            let row = rows.first();
            let row = row.ok_or(StoreError::Corrupt("a number was not given"))?;
            *left = row.try_get::<i64, _>(0)? - *left;
        }
        let number = |kind| {
            let last = many.get_mut(kind)?;
            *last += 1;
            Some(*last)
        };
        let numbers: Option<_> = all.iter().map(number).collect();
        numbers.ok_or(StoreError::Corrupt("a number was not asked for"))
    }

    /// Adds several devices, which follow each other.
    pub async fn insert_devices(
        &mut self,
        devices: Vec<NewDevice<'_>>,
        now: Time,
    ) -> Result<Vec<DeviceRow>, StoreError> {
        // Where each is a statement of its own, each finds the next number by itself; a list on PostgreSQL would draw one number
        // for all of its rows.
        let step = i64::from(self.0.engine.takes_several());
        let places = (0..).map(|place| place * step);
        let added = places
            .zip(devices)
            .map(|(place, device)| device.added(place, now));
        let rows = together::run(self.0.engine, &mut self.0, added.collect()).await?;
        let rows: Result<Vec<_>, _> = rows.iter().map(DeviceRow::from_row).collect();
        let mut rows = rows?;
        // A database gives the rows of one statement in whatever order it likes.
        rows.sort_unstable_by_key(|row| row.device.id);
        Ok(rows)
    }

    /// Puts a device into an organization, as its or somebody's. `activated` is when it became theirs, where it did. With
    /// that a tenure begins: of what the device said before they see what `sees` says, and an undo brings back what was
    /// seen before.
    pub async fn place_device(
        &mut self,
        id: DeviceId,
        holder: Holder,
        activated: Option<Time>,
        (sees, leaves): (Sees, Leaves),
        now: Time,
    ) -> Result<(), StoreError> {
        // What was seen before, and what was said since, is one stretch: where nothing was, it begins with what was said.
        sqlx::query(
            "UPDATE devices
             SET org_id = $2, owner_id = $3, activated_at = COALESCE($4, activated_at),
                 ip = NULL, last_event_at = NULL, former_tenure = tenure,
                 former_kept_from = kept_from, former_kept_to = kept_to,
                 former_activated_at = activated_at, former_name = name,
                 former_name_folded = name_folded, former_name_sorted = name_sorted,
                 former_metadata = metadata, former_hardware = hardware,
                 former_first_connect_time = first_connect_time,
                 former_connect_time = connect_time, former_disconnect_time = disconnect_time,
                 kept_from = CASE $6
                     WHEN 1 THEN CASE WHEN kept_from <= kept_to THEN kept_from ELSE tenure END
                     WHEN 2 THEN next_from ELSE 1 END,
                 kept_to = CASE $6 WHEN 1 THEN tenure WHEN 2 THEN next_to ELSE 0 END,
                 next_from = CASE $7
                     WHEN 1 THEN CASE WHEN kept_from <= kept_to THEN kept_from ELSE tenure END
                     WHEN 2 THEN next_from ELSE 1 END,
                 next_to = CASE $7 WHEN 1 THEN tenure WHEN 2 THEN next_to ELSE 0 END,
                 tenure = CASE WHEN last_tenure < $5 THEN $5 ELSE last_tenure + 1 END,
                 last_tenure = CASE WHEN last_tenure < $5 THEN $5 ELSE last_tenure + 1 END
             WHERE id = $1",
        )
        .bind(id.0)
        .bind(holder.org.0)
        .bind(holder.owner.map(|id| id.0))
        .bind(activated.map(|at| at.0))
        .bind(now.0)
        .bind(match sees {
            Sees::Nothing => 0_i64,
            Sees::Before => 1,
            Sees::Kept => 2,
        })
        .bind(match leaves {
            Leaves::Nothing => 0_i64,
            Leaves::History => 1,
            Leaves::AsItIs => 2,
        })
        .execute(&mut *self.0)
        .await?;
        // What is kept for whoever comes next they see as it is.
        if sees == Sees::Nothing && leaves != Leaves::History {
            self.begin_anew(id, now).await?;
        }
        self.know_present(id).await?;
        self.keep_writes(id).await?;
        self.end_pairings(id).await?;
        self.forget_told(id).await?;
        self.forget_readings(id).await
    }

    /// What is known of a device begins anew for whoever has it now: one that is there came a moment ago, any other one was
    /// never there, and what it is made of it says when it next connects.
    async fn begin_anew(&mut self, id: DeviceId, now: Time) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE devices
             SET hardware = NULL, disconnect_time = NULL,
                 first_connect_time = CASE WHEN first_connect_time IS NOT NULL AND connect_time IS NOT NULL
                                           AND disconnect_time IS NULL THEN $2 END,
                 connect_time = CASE WHEN first_connect_time IS NOT NULL AND connect_time IS NOT NULL
                                     AND disconnect_time IS NULL THEN $2 END
             WHERE id = $1",
        )
        .bind(id.0)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Keeps what a device is to be told once it is back, so that an undo brings that back, too.
    async fn keep_writes(&mut self, id: DeviceId) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM former_writes WHERE device_id = $1",
            "INSERT INTO former_writes (device_id, pin, value, setting)
             SELECT device_id, pin, value, setting FROM pending_writes
             WHERE device_id = $1 AND waits = 1",
        ] {
            sqlx::query(sql).bind(id.0).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// A device has its name and metadata again, is to be told what it was to be told, and is known as it was; what it did
    /// meanwhile is known, too.
    async fn bring_back(&mut self, id: DeviceId) -> Result<(), StoreError> {
        for sql in [
            // Apart from what follows, whose triggers ask for its place in the order.
            "UPDATE devices SET name = former_name, name_folded = former_name_folded,
                    name_sorted = former_name_sorted
             WHERE id = $1 AND former_name IS NOT NULL AND former_name <> name",
            "UPDATE devices
             SET metadata = CASE WHEN former_name IS NULL THEN metadata ELSE former_metadata END,
                 hardware = COALESCE(hardware, former_hardware),
                 first_connect_time = COALESCE(former_first_connect_time, first_connect_time),
                 connect_time = CASE
                     WHEN connect_time IS NULL THEN former_connect_time
                     WHEN connect_time = first_connect_time AND former_disconnect_time IS NULL
                         THEN COALESCE(former_connect_time, connect_time)
                     ELSE connect_time END,
                 disconnect_time = CASE WHEN connect_time IS NULL THEN former_disconnect_time
                                        ELSE disconnect_time END
             WHERE id = $1",
            "INSERT INTO pending_writes (device_id, pin, value, process, waits, setting)
             SELECT f.device_id, f.pin, f.value,
                    (SELECT l.process FROM liveness l
                     WHERE l.device_id = f.device_id AND l.session IS NOT NULL), 1, f.setting
             FROM former_writes f WHERE f.device_id = $1",
            "DELETE FROM former_writes WHERE device_id = $1",
        ] {
            sqlx::query(sql).bind(id.0).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// A device is where it is for good: what it said before and whoever has it does not see is deleted. With `erased` what
    /// is written down of the time before says nobody's name any more, either; the rows count on.
    pub async fn settle_device(
        &mut self,
        id: DeviceId,
        erased_before: Option<i64>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE devices
             SET former_tenure = tenure, former_kept_from = kept_from, former_kept_to = kept_to,
                 next_from = 1, next_to = 0, former_name = NULL, former_name_folded = NULL,
                 former_name_sorted = NULL, former_metadata = NULL, former_hardware = NULL,
                 former_first_connect_time = NULL, former_connect_time = NULL,
                 former_disconnect_time = NULL
             WHERE id = $1",
        )
        .bind(id.0)
        .execute(&mut *self.0)
        .await?;
        sqlx::query("DELETE FROM former_writes WHERE device_id = $1")
            .bind(id.0)
            .execute(&mut *self.0)
            .await?;
        if let Some(first) = erased_before {
            sqlx::query(
                "UPDATE device_moves SET erased = 1, reason = NULL, actor_user_id = NULL,
                        from_owner_id = NULL, to_owner_id = NULL
                 WHERE device_id = $1 AND id < $2 AND erased = 0",
            )
            .bind(id.0)
            .bind(first)
            .execute(&mut *self.0)
            .await?;
        }
        self.forget_readings(id).await
    }

    /// Puts a device back where it was before the last `place_device`, with what it said there.
    pub async fn return_device(&mut self, id: DeviceId, holder: Holder) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE devices
             SET org_id = $2, owner_id = $3, tenure = former_tenure, kept_from = former_kept_from,
                 kept_to = former_kept_to, ip = NULL, last_event_at = NULL,
                 activated_at = COALESCE(former_activated_at, activated_at)
             WHERE id = $1",
        )
        .bind(id.0)
        .bind(holder.org.0)
        .bind(holder.owner.map(|id| id.0))
        .execute(&mut *self.0)
        .await?;
        self.end_pairings(id).await?;
        self.forget_told(id).await?;
        self.bring_back(id).await?;
        self.know_present(id).await?;
        self.forget_readings(id).await
    }

    /// Deletes a device that no static token names any more.
    pub async fn delete_device(&mut self, id: DeviceId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM devices WHERE id = $1")
            .bind(id.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Gives a device another name.
    pub async fn rename_device(
        &mut self,
        id: DeviceId,
        name: &DeviceName,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE devices SET name = $2, name_folded = $3, name_sorted = $4 WHERE id = $1",
        )
        .bind(id.0)
        .bind(name.as_str())
        .bind(name.folded())
        .bind(name.sorted())
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Gives a device other metadata of its own.
    pub async fn set_metadata(
        &mut self,
        id: DeviceId,
        metadata: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        let json = serde_json::to_string(metadata)
            .map_err(|_| StoreError::Corrupt("metadata does not serialize"))?;
        sqlx::query("UPDATE devices SET metadata = $2 WHERE id = $1")
            .bind(id.0)
            .bind(json)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Notes a device's connection.
    pub async fn set_connection(
        &mut self,
        id: DeviceId,
        connection: Connection,
    ) -> Result<(), StoreError> {
        let millis = |time: Option<Time>| time.map(|Time(millis)| millis);
        sqlx::query(
            "UPDATE devices SET first_connect_time = $2, connect_time = $3, disconnect_time = $4
             WHERE id = $1",
        )
        .bind(id.0)
        .bind(millis(connection.first()))
        .bind(millis(connection.last_connected()))
        .bind(millis(connection.away_since()))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Notes what a device said about itself.
    pub async fn set_hardware(
        &mut self,
        id: DeviceId,
        hardware: &HardwareInfo,
    ) -> Result<(), StoreError> {
        let json = serde_json::to_string(hardware)
            .map_err(|_| StoreError::Corrupt("hardware information does not serialize"))?;
        for sql in [
            "UPDATE devices SET hardware = $2 WHERE id = $1",
            "UPDATE liveness SET hardware = $2 WHERE device_id = $1 AND session IS NOT NULL",
        ] {
            sqlx::query(sql)
                .bind(id.0)
                .bind(&json)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }
}
