//! What devices said, and what they are to be told. All of it is of a tenure; queries for people see the present one alone.

use std::collections::BTreeMap;

use handover_wire::{DeviceId, TemplateParts};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{FromRow, Row as _};

use super::{Store, StoreError, Work, Write};
use crate::clock::Time;
use crate::domain::{Gathered, LastPoints, STEPS, Value};

/// Events of one device in one tenure that are kept, the newest: none of what an undo brings back is forgotten for them.
const MOST_EVENTS: i64 = 1_000;

/// A device, as far as what it says depends on it.
pub struct Told {
    /// What it says now belongs to this tenure.
    pub tenure: i64,
    /// The template's numeric id.
    pub template: i64,
    /// What it is called.
    pub template_name: String,
    /// How often it was changed.
    pub revision: i64,
}

/// One setting of a datastream that a device is to be told. It is no other one's equal, also where both have it hold the same:
/// each is told, and having the one says nothing of having the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting {
    /// The datastream.
    pub pin: u8,
    /// Which of its settings: a number that no other one has.
    pub number: i64,
}

/// A value that a device is to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct ToTell {
    /// Which setting it is.
    pub setting: Setting,
    /// What the datastream is to hold.
    pub value: Value,
}

/// A row of the history to add to.
pub struct NewPoint {
    /// Whose.
    pub device: DeviceId,
    /// In which tenure.
    pub tenure: i64,
    /// The datastream.
    pub pin: u8,
    /// Minute or hour, in milliseconds.
    pub step: i64,
    /// When that began.
    pub start: i64,
    /// What there was in it.
    pub gathered: Gathered,
}

/// A row of the history.
pub struct StoredPoint {
    /// When its minute or hour began.
    pub start: i64,
    /// What there was in it.
    pub gathered: Gathered,
}

/// Something that a device told.
pub struct StoredEvent {
    /// Its number.
    pub id: i64,
    /// What the template calls it.
    pub code: String,
    /// What the device had to say about it.
    pub description: Option<String>,
    /// When.
    pub at: i64,
}

impl FromRow<'_, AnyRow> for Told {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            tenure: row.try_get("tenure")?,
            template: row.try_get("template_id")?,
            template_name: row.try_get("template_name")?,
            revision: row.try_get("revision")?,
        })
    }
}

impl FromRow<'_, AnyRow> for StoredPoint {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            start: row.try_get("start")?,
            gathered: Gathered {
                amount: row.try_get("amount")?,
                total: row.try_get("total")?,
                least: row.try_get("least")?,
                most: row.try_get("most")?,
            },
        })
    }
}

impl FromRow<'_, AnyRow> for StoredEvent {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            code: row.try_get("code")?,
            description: row.try_get("description")?,
            at: row.try_get("at")?,
        })
    }
}

/// What a device said, as far as whoever has it sees it: what it said since it is theirs, and what was kept.
macro_rules! seen {
    ($select:literal, $table:literal, $rest:literal) => {
        concat!(
            $select,
            " JOIN devices d ON d.id = ",
            $table,
            ".device_id AND (d.tenure = ",
            $table,
            ".tenure OR ",
            $table,
            ".tenure BETWEEN d.kept_from AND d.kept_to) ",
            $rest
        )
    };
}
pub(super) use seen;

/// A value as its column has it.
pub(super) fn value(json: &str) -> Result<Value, StoreError> {
    let json = serde_json::from_str(json);
    let found = json.ok().and_then(|json| Value::from_json(&json));
    found.ok_or(StoreError::Corrupt("a value is none"))
}

async fn told(executor: impl AnyExecutor<'_>, id: DeviceId) -> Result<Option<Told>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT d.tenure, d.template_id, p.name AS template_name, p.revision FROM devices d JOIN templates p ON p.id = d.template_id WHERE d.id = $1",
    )
    .bind(id.0)
    .fetch_optional(executor)
    .await?)
}

async fn parts(executor: impl AnyExecutor<'_>, template: i64) -> Result<TemplateParts, StoreError> {
    let json: String = sqlx::query_scalar("SELECT parts FROM templates WHERE id = $1")
        .bind(template)
        .fetch_one(executor)
        .await?;
    parts_of(&json)
}

/// What belongs to a template, as it is kept.
pub(super) fn parts_of(json: &str) -> Result<TemplateParts, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Corrupt("a template's parts are none"))
}

impl Store {
    /// A device, as far as what it says depends on it.
    pub async fn told(&self, id: DeviceId) -> Result<Option<Told>, StoreError> {
        told(&mut *self.read().await?, id).await
    }

    /// What belongs to a template.
    pub async fn parts(&self, template: i64) -> Result<TemplateParts, StoreError> {
        parts(&mut *self.read().await?, template).await
    }

    /// What a device's datastreams hold now, and since when, by pin.
    pub async fn current_values(
        &self,
        id: DeviceId,
    ) -> Result<BTreeMap<u8, (Value, i64)>, StoreError> {
        let rows: Vec<(i64, String, i64)> = sqlx::query_as(seen!(
            "SELECT v.pin, v.value, v.at FROM device_values v",
            "v",
            "WHERE v.device_id = $1 ORDER BY v.tenure"
        ))
        .bind(id.0)
        .fetch_all(&mut *self.read().await?)
        .await?;
        let known = |(pin, json, at): (i64, String, i64)| {
            let pin = u8::try_from(pin).map_err(|_| StoreError::Corrupt("a pin is none"))?;
            Ok((pin, (value(&json)?, at)))
        };
        rows.into_iter().map(known).collect()
    }

    /// Rows of a datastream's history, the oldest first.
    pub async fn points(
        &self,
        id: DeviceId,
        (pin, step): (u8, i64),
        (from, to): (i64, i64),
        most: i64,
    ) -> Result<Vec<StoredPoint>, StoreError> {
        // What was kept is asked for by itself, and not by its time, which is that of all devices: so each finds its rows at
        // once.
        Ok(sqlx::query_as(
            "SELECT f.start, CAST(SUM(f.amount) AS BIGINT) AS amount, SUM(f.total) AS total,
                    MIN(f.least) AS least, MAX(f.most) AS most
             FROM (SELECT h.start, h.amount, h.total, h.least, h.most FROM device_points h
                   JOIN devices d ON d.id = h.device_id AND d.tenure = h.tenure
                   WHERE h.device_id = $1 AND h.pin = $2 AND h.step = $3
                   AND h.start >= $4 AND h.start < $5
                   UNION ALL
                   SELECT h.start, h.amount, h.total, h.least, h.most FROM device_points h
                   JOIN devices d ON d.id = h.device_id
                   AND h.tenure BETWEEN d.kept_from AND d.kept_to
                   WHERE h.device_id = $1 AND h.pin = $2 AND +h.step = $3
                   AND +h.start >= $4 AND +h.start < $5) f
             GROUP BY f.start ORDER BY f.start LIMIT $6",
        )
        .bind(id.0)
        .bind(i64::from(pin))
        .bind(step)
        .bind(from)
        .bind(to)
        .bind(most)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// When a device was away between these times, the oldest first.
    pub async fn absences(
        &self,
        id: DeviceId,
        (from, to): (i64, i64),
    ) -> Result<Vec<(i64, Option<i64>)>, StoreError> {
        Ok(sqlx::query_as(seen!(
            "SELECT a.since, a.until FROM absences a",
            "a",
            "WHERE a.device_id = $1 AND a.since < $3 AND (a.until IS NULL OR a.until > $2)
                 ORDER BY a.since"
        ))
        .bind(id.0)
        .bind(from)
        .bind(to)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// What a device told last, the newest first.
    pub async fn device_events(
        &self,
        id: DeviceId,
        most: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(sqlx::query_as(seen!(
            "SELECT e.id, e.code, e.description, e.at FROM device_events e",
            "e",
            "WHERE e.device_id = $1 ORDER BY e.id DESC LIMIT $2"
        ))
        .bind(id.0)
        .bind(most)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// What a device said about how its datastreams are shown: pin, property, value.
    pub async fn properties(&self, id: DeviceId) -> Result<Vec<(i64, String, String)>, StoreError> {
        Ok(sqlx::query_as(
            // What was said last comes last, and counts.
            seen!(
                "SELECT x.pin, x.name, x.value FROM device_properties x",
                "x",
                "WHERE x.device_id = $1 ORDER BY x.pin, x.name, x.tenure"
            ),
        )
        .bind(id.0)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// What a device is to be told, by pin.
    pub async fn pending(&self, id: DeviceId) -> Result<Vec<ToTell>, StoreError> {
        let rows: Vec<(i64, String, i64)> = sqlx::query_as(
            "SELECT pin, value, setting FROM pending_writes WHERE device_id = $1 ORDER BY pin",
        )
        .bind(id.0)
        .fetch_all(&mut *self.read().await?)
        .await?;
        let known = |(pin, json, number): (i64, String, i64)| {
            let pin = u8::try_from(pin).map_err(|_| StoreError::Corrupt("a pin is none"))?;
            Ok(ToTell {
                setting: Setting { pin, number },
                value: value(&json)?,
            })
        };
        rows.into_iter().map(known).collect()
    }

    /// Devices whose connection this process has, and which are to be told something that it was not given yet.
    pub async fn to_be_told(&self, process: i64) -> Result<Vec<DeviceId>, StoreError> {
        let found: Vec<i64> =
            sqlx::query_scalar("SELECT DISTINCT device_id FROM pending_writes WHERE process = $1")
                .bind(process)
                .fetch_all(&mut *self.read().await?)
                .await?;
        Ok(found.into_iter().map(DeviceId).collect())
    }
}

impl Work {
    /// What belongs to a template.
    pub async fn parts(&mut self, template: i64) -> Result<TemplateParts, StoreError> {
        parts(&mut **self, template).await
    }
}

impl Write {
    /// A device, as far as what it says depends on it.
    pub async fn told(&mut self, id: DeviceId) -> Result<Option<Told>, StoreError> {
        told(&mut *self.0, id).await
    }

    /// The points of a datastream that came last.
    pub async fn last_points(
        &mut self,
        (id, tenure): (DeviceId, i64),
        pin: u8,
    ) -> Result<LastPoints, StoreError> {
        let found: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT points FROM last_points WHERE device_id = $1 AND tenure = $2 AND pin = $3",
        )
        .bind(id.0)
        .bind(tenure)
        .bind(i64::from(pin))
        .fetch_optional(&mut *self.0)
        .await?;
        Ok(LastPoints::read(&found.unwrap_or_default()))
    }

    /// Those are they from now on.
    pub async fn set_last_points(
        &mut self,
        (id, tenure): (DeviceId, i64),
        pin: u8,
        points: &LastPoints,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO last_points (device_id, tenure, pin, points) VALUES ($1, $2, $3, $4)
             ON CONFLICT (device_id, tenure, pin) DO UPDATE SET points = $4",
        )
        .bind(id.0)
        .bind(tenure)
        .bind(i64::from(pin))
        .bind(points.bytes())
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Writes down what a device told, and forgets the oldest where there are too many.
    pub async fn add_device_event(
        &mut self,
        (id, tenure): (DeviceId, i64),
        code: &str,
        description: Option<&str>,
        at: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO device_events (device_id, tenure, code, description, at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id.0)
        .bind(tenure)
        .bind(code)
        .bind(description)
        .bind(at.0)
        .execute(&mut *self.0)
        .await?;
        sqlx::query(
            "DELETE FROM device_events WHERE device_id = $1 AND tenure = $2 AND id <=
                 (SELECT id FROM device_events WHERE device_id = $1 AND tenure = $2
                  ORDER BY id DESC LIMIT 1 OFFSET $3)",
        )
        .bind(id.0)
        .bind(tenure)
        .bind(MOST_EVENTS)
        .execute(&mut *self.0)
        .await?;
        sqlx::query("UPDATE devices SET last_event_at = $2 WHERE id = $1")
            .bind(id.0)
            .bind(at.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// How a datastream is shown from now on.
    pub async fn set_property(
        &mut self,
        (id, tenure): (DeviceId, i64),
        pin: u8,
        name: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO device_properties (device_id, tenure, pin, name, value)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (device_id, tenure, pin, name) DO UPDATE SET value = $5",
        )
        .bind(id.0)
        .bind(tenure)
        .bind(i64::from(pin))
        .bind(name)
        .bind(value)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// A device's metadata of its own.
    pub async fn own_metadata(
        &mut self,
        id: DeviceId,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let json: Option<Option<String>> =
            sqlx::query_scalar("SELECT metadata FROM devices WHERE id = $1")
                .bind(id.0)
                .fetch_optional(&mut *self.0)
                .await?;
        Ok(super::devices::metadata(json.flatten())?)
    }

    /// A device is to be told a value, instead of what it was to be told of this datastream before.
    pub async fn add_pending(
        &mut self,
        id: DeviceId,
        setting: Setting,
        value: &Value,
        (process, waits): (Option<i64>, bool),
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO pending_writes (device_id, pin, value, process, waits, setting)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (device_id, pin) DO UPDATE SET value = $3, process = $4, waits = $5,
                                                        setting = $6, command = NULL",
        )
        .bind(id.0)
        .bind(i64::from(setting.pin))
        .bind(value.json().to_string())
        .bind(process)
        .bind(i64::from(waits))
        .bind(setting.number)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Forgets what a device that went away is not to be told when it is back.
    pub async fn drop_pending(&mut self, id: DeviceId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM pending_writes WHERE device_id = $1 AND waits = 0")
            .bind(id.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// A device's connection was given this. It stays for the next one until the device is known to have it; nobody looks for
    /// it meanwhile.
    pub async fn was_written(&mut self, id: DeviceId, setting: Setting) -> Result<(), StoreError> {
        self.of_setting(
            "UPDATE pending_writes SET process = NULL
             WHERE device_id = $1 AND pin = $2 AND setting = $3 AND process IS NOT NULL",
            id,
            setting,
        )
        .await
    }

    /// A device has this, which a connection of it was given; where something was set since, the same or another, that stays.
    pub async fn was_told(&mut self, id: DeviceId, setting: Setting) -> Result<(), StoreError> {
        self.of_setting(
            "DELETE FROM pending_writes WHERE device_id = $1 AND pin = $2 AND setting = $3",
            id,
            setting,
        )
        .await
    }

    /// Changes what is known of one setting of a device's.
    async fn of_setting(
        &mut self,
        sql: &'static str,
        id: DeviceId,
        setting: Setting,
    ) -> Result<(), StoreError> {
        sqlx::query(sql)
            .bind(id.0)
            .bind(i64::from(setting.pin))
            .bind(setting.number)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets what a device was to be told.
    pub(super) async fn forget_told(&mut self, id: DeviceId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM pending_writes WHERE device_id = $1")
            .bind(id.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets what a device said in tenures that nobody sees and that cannot come back.
    pub(super) async fn forget_readings(&mut self, id: DeviceId) -> Result<(), StoreError> {
        macro_rules! unseen {
            ($table:literal) => {
                concat!(
                    "DELETE FROM ",
                    $table,
                    " WHERE device_id = $1 AND NOT EXISTS
                          (SELECT 1 FROM devices d WHERE d.id = $1 AND
                           (d.tenure = ",
                    $table,
                    ".tenure OR d.former_tenure = ",
                    $table,
                    ".tenure OR ",
                    $table,
                    ".tenure BETWEEN d.kept_from AND d.kept_to OR ",
                    $table,
                    ".tenure BETWEEN d.former_kept_from AND d.former_kept_to OR ",
                    $table,
                    ".tenure BETWEEN d.next_from AND d.next_to))"
                )
            };
        }
        for sql in [
            unseen!("device_values"),
            unseen!("device_points"),
            unseen!("last_points"),
            unseen!("device_events"),
            unseen!("device_properties"),
            unseen!("absences"),
            unseen!("device_files"),
            unseen!("device_uploads"),
        ] {
            sqlx::query(sql).bind(id.0).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// Forgets rows of the history that are too old.
    pub(super) async fn tidy_points(&mut self, now: Time) -> Result<(), StoreError> {
        for (step, kept) in STEPS {
            sqlx::query("DELETE FROM device_points WHERE step = $1 AND start < $2")
                .bind(step)
                .bind(now.plus_seconds(-kept).0)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }
}
