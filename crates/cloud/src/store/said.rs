//! What many devices say at the same time, in few statements: most of what a row costs is the way of its statement to the
//! database and back.

use std::sync::LazyLock;

use handover_wire::DeviceId;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, FromRow, Row as _};

use super::{Liveness, NewPoint, StoreError, Told, Write};
use crate::clock::Time;
use crate::domain::Value;

/// Rows of one statement. There are three, so that few are to be prepared, and few rows go by themselves. No more, since
/// whoever binds looks through the names of all of a statement's parameters for each of them.
const ROWS: [usize; 3] = [16, 4, 1];

/// The same statement for so many rows each.
type Sized = [String; ROWS.len()];

/// A device, as far as what it says depends on it.
pub struct Speaker {
    /// Which.
    pub device: DeviceId,
    /// Its tenure and template.
    pub told: Told,
    /// Whether it is there.
    pub liveness: Liveness,
}

/// What a datastream holds from now on.
pub struct NewValue {
    /// Whose.
    pub device: DeviceId,
    /// In which tenure.
    pub tenure: i64,
    /// The datastream.
    pub pin: u8,
    /// What.
    pub value: Value,
    /// Since when.
    pub at: Time,
}

impl FromRow<'_, AnyRow> for Speaker {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            device: DeviceId(row.try_get("id")?),
            told: Told::from_row(row)?,
            liveness: Liveness::from_row(row)?,
        })
    }
}

static SPEAKERS: LazyLock<Sized> = LazyLock::new(|| {
    ROWS.map(|rows| {
        let places: Vec<String> = (1..=rows).map(|place| format!("${place}")).collect();
        let places = places.join(", ");
        format!(
            "SELECT d.id, d.tenure, d.template_id, t.name AS template_name, t.revision,
                    d.first_connect_time, d.connect_time, d.disconnect_time,
                    p.session, p.process, p.online_until, p.state_at, p.values_at, p.carrier,
                    n.gateway_id
             FROM devices d JOIN templates t ON t.id = d.template_id
             LEFT JOIN liveness p ON p.device_id = d.id
             LEFT JOIN gateway_nodes n ON n.node_id = d.id WHERE d.id IN ({places})"
        )
    })
});

static VALUES: LazyLock<Sized> = LazyLock::new(|| {
    sized(
        "INSERT INTO device_values (device_id, tenure, pin, value, at)",
        5,
        "ON CONFLICT (device_id, tenure, pin) DO UPDATE SET value = excluded.value, at = excluded.at
         WHERE device_values.at <= excluded.at",
    )
});

static POINTS: LazyLock<Sized> = LazyLock::new(|| {
    sized(
        "INSERT INTO device_points (device_id, tenure, pin, step, start, amount, total, least, most)",
        9,
        "ON CONFLICT (device_id, tenure, pin, step, start) DO UPDATE SET
             amount = device_points.amount + excluded.amount,
             total = device_points.total + excluded.total,
             least = CASE WHEN device_points.least < excluded.least
                          THEN device_points.least ELSE excluded.least END,
             most = CASE WHEN device_points.most > excluded.most
                         THEN device_points.most ELSE excluded.most END",
    )
});

static LIVES: LazyLock<Sized> = LazyLock::new(|| {
    sized(
        "INSERT INTO liveness (device_id, session, process, online_until, state_at, values_at, carrier)",
        7,
        "ON CONFLICT (device_id) DO UPDATE SET
             session = excluded.session, process = excluded.process,
             online_until = excluded.online_until, state_at = excluded.state_at,
             values_at = excluded.values_at, carrier = excluded.carrier",
    )
});

/// A statement that adds so many rows of so many columns.
fn sized(head: &str, columns: usize, tail: &str) -> Sized {
    ROWS.map(|rows| {
        let row = |row: usize| {
            let places = (1..=columns).map(|column| format!("${}", row * columns + column));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        };
        let all: Vec<String> = (0..rows).map(row).collect();
        format!("{head} VALUES {} {tail}", all.join(", "))
    })
}

/// As many rows at a time as there are statements for, each with its statement.
fn parts<'a, T>(
    mut rows: &'a [T],
    statements: &'static Sized,
) -> impl Iterator<Item = (&'static str, &'a [T])> {
    std::iter::from_fn(move || {
        let (place, most) = (0..).zip(ROWS).find(|(_, most)| *most <= rows.len())?;
        let (part, rest) = rows.split_at(most);
        rows = rest;
        Some((statements[place].as_str(), part))
    })
}

type Bound<'q> = Query<'q, Any, AnyArguments>;

impl Write {
    /// Devices, as far as what they say depends on it; those that there are.
    pub async fn speakers(&mut self, devices: &[DeviceId]) -> Result<Vec<Speaker>, StoreError> {
        let mut found = Vec::with_capacity(devices.len());
        for (sql, part) in parts(devices, &SPEAKERS) {
            let mut query = sqlx::query_as(sql);
            for device in part {
                query = query.bind(device.0);
            }
            found.extend(query.fetch_all(&mut *self.0).await?);
        }
        Ok(found)
    }

    /// Datastreams hold this, unless something newer is there; each of them once.
    pub async fn set_values(&mut self, values: &[NewValue]) -> Result<(), StoreError> {
        self.add_rows(values, &VALUES, |query, new| {
            query
                .bind(new.device.0)
                .bind(new.tenure)
                .bind(i64::from(new.pin))
                .bind(new.value.json().to_string())
                .bind(new.at.0)
        })
        .await
    }

    /// Adds to rows of the history, each of them once.
    pub async fn add_points(&mut self, points: &[NewPoint]) -> Result<(), StoreError> {
        self.add_rows(points, &POINTS, |query, point| {
            query
                .bind(point.device.0)
                .bind(point.tenure)
                .bind(i64::from(point.pin))
                .bind(point.step)
                .bind(point.start)
                .bind(point.gathered.amount)
                .bind(point.gathered.total)
                .bind(point.gathered.least)
                .bind(point.gathered.most)
        })
        .await
    }

    /// Writes down whether devices are there, but for their three times; each of them once.
    pub async fn set_lives(&mut self, lives: &[(DeviceId, Liveness)]) -> Result<(), StoreError> {
        self.add_rows(lives, &LIVES, |query, (device, liveness)| {
            query
                .bind(device.0)
                .bind(liveness.session)
                .bind(liveness.process)
                .bind(liveness.online_until.0)
                .bind(liveness.state_at.0)
                .bind(liveness.values_at.0)
                .bind(liveness.carrier.map(|id| id.0))
        })
        .await
    }

    async fn add_rows<T>(
        &mut self,
        rows: &[T],
        statements: &'static Sized,
        bind: impl for<'q> Fn(Bound<'q>, &T) -> Bound<'q>,
    ) -> Result<(), StoreError> {
        for (sql, part) in parts(rows, statements) {
            let query = part.iter().fold(sqlx::query(sql), &bind);
            query.execute(&mut *self.0).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_one_statement() {
        for count in [0, 1, 3, 4, 15, 16, 17, 1_000] {
            let rows: Vec<usize> = (0..count).collect();
            let all: Vec<usize> = parts(&rows, &VALUES)
                .flat_map(|(sql, part)| {
                    assert!(sql.contains(&format!("${}) ON", part.len() * 5)), "{sql}");
                    part.to_vec()
                })
                .collect();
            assert_eq!(all, rows);
        }
    }
}
