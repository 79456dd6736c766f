//! Nodes that are reached by mesh: which of their messages there were, the ways that these went, and what nodes are to be
//! told.

use handover_wire::{DeviceId, WorkId};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};

use super::fleets::is_theirs;
use super::readings::value;
use super::{StoreError, Work, Write};
use crate::clock::Time;
use crate::domain::{Life, Lives, Reinstalls, Value, Way, Window};

/// What decides whether a node's message counts.
pub struct MeshStanding {
    /// The derivation of its present keys.
    pub derivation: i64,
    /// The one that its present pairing began with.
    pub first_derivation: i64,
    /// What there was of it.
    pub lives: Lives,
}

/// A node, as far as its gateway's orders depend on it.
pub struct OrderedNode {
    /// Which.
    pub id: DeviceId,
    /// The derivation of its present keys.
    pub derivation: i64,
    /// Its template's numeric id.
    pub template: i64,
    /// How often that was changed.
    pub revision: i64,
    /// How often its store was lost.
    pub reinstalls: Reinstalls,
}

/// Something that a node is to be told.
pub struct OrderedValue {
    /// Which.
    pub node: DeviceId,
    /// The datastream.
    pub pin: u8,
    /// What it is to hold.
    pub value: Value,
    /// The message that it is in; none where it is in none yet.
    pub command: Option<i64>,
}

struct LifeRow(Life);
struct WayRow(Way);

fn reinstalls(row: &AnyRow) -> Result<Reinstalls, sqlx::Error> {
    let lives: Option<String> = row.try_get("lives")?;
    let lives = serde_json::from_str(lives.as_deref().unwrap_or("[]"));
    let raised_at: Option<i64> = row.try_get("raised_at")?;
    Ok(Reinstalls {
        lives: lives.map_err(|error| sqlx::Error::Decode(error.into()))?,
        raised_at: raised_at.map(Time),
        is_wanted: row.try_get::<Option<i64>, _>("wanted")? == Some(1),
    })
}

impl FromRow<'_, AnyRow> for LifeRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let corrupt = || sqlx::Error::Decode("a life of a node is none".into());
        let seen: Vec<u8> = row.try_get("seen")?;
        let life: i64 = row.try_get("life")?;
        Ok(Self(Life {
            life: u32::try_from(life).map_err(|_| corrupt())?,
            derivation: row.try_get("derivation")?,
            window: Window::read(row.try_get("newest")?, &seen).ok_or_else(corrupt)?,
        }))
    }
}

impl FromRow<'_, AnyRow> for WayRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let path: String = row.try_get("path")?;
        let signal: i64 = row.try_get("signal")?;
        Ok(Self(Way {
            node: DeviceId(row.try_get("device_id")?),
            path: serde_json::from_str(&path).map_err(|error| sqlx::Error::Decode(error.into()))?,
            signal: i8::try_from(signal).unwrap_or(i8::MIN),
            heard_at: Time(row.try_get("heard_at")?),
        }))
    }
}

impl FromRow<'_, AnyRow> for OrderedNode {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: DeviceId(row.try_get("id")?),
            derivation: row.try_get("derivation")?,
            template: row.try_get("template_id")?,
            revision: row.try_get("revision")?,
            reinstalls: reinstalls(row)?,
        })
    }
}

impl Work {
    /// A gateway's nodes, by number, as far as its orders depend on them. Its organization may have lost some.
    pub async fn ordered_nodes(
        &mut self,
        gateway: DeviceId,
    ) -> Result<Vec<OrderedNode>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT d.id, d.derivation, d.template_id, p.revision, m.lives, m.raised_at, m.wanted
             FROM gateway_nodes n
             JOIN devices d ON d.id = n.node_id
             JOIN devices g ON g.id = n.gateway_id
             JOIN org_tree t ON t.org_id = d.org_id AND t.ancestor_id = g.org_id
             JOIN templates p ON p.id = d.template_id
             LEFT JOIN mesh_nodes m ON m.device_id = d.id
             WHERE n.gateway_id = $1 ORDER BY d.id",
        )
        .bind(gateway.0)
        .fetch_all(&mut **self)
        .await?)
    }

    /// What a gateway's nodes are to be told, by node, message and pin; what is in no message comes last.
    pub async fn ordered_values(
        &mut self,
        gateway: DeviceId,
    ) -> Result<Vec<OrderedValue>, StoreError> {
        let rows: Vec<(i64, i64, String, Option<i64>)> = sqlx::query_as(
            "SELECT w.device_id, w.pin, w.value, w.command
             FROM pending_writes w JOIN gateway_nodes n ON n.node_id = w.device_id
             WHERE n.gateway_id = $1
             ORDER BY w.device_id, COALESCE(w.command, 9223372036854775807), w.pin",
        )
        .bind(gateway.0)
        .fetch_all(&mut **self)
        .await?;
        let known = |(node, pin, json, command): (i64, i64, String, Option<i64>)| {
            let pin = u8::try_from(pin).map_err(|_| StoreError::Corrupt("a pin is none"))?;
            Ok(OrderedValue {
                node: DeviceId(node),
                pin,
                value: value(&json)?,
                command,
            })
        };
        rows.into_iter().map(known).collect()
    }

    /// The ways of the last messages that a gateway heard of its nodes.
    pub async fn ways(&mut self, gateway: DeviceId) -> Result<Vec<Way>, StoreError> {
        let rows: Vec<WayRow> = sqlx::query_as(
            "SELECT r.device_id, r.path, r.signal, r.heard_at
             FROM mesh_routes r
             JOIN gateway_nodes n ON n.node_id = r.device_id AND n.gateway_id = r.gateway_id
             WHERE r.gateway_id = $1 ORDER BY r.device_id",
        )
        .bind(gateway.0)
        .fetch_all(&mut **self)
        .await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }
}

impl Write {
    /// What decides whether a node's message counts. None where it is no node.
    pub async fn mesh_standing(
        &mut self,
        node: DeviceId,
    ) -> Result<Option<MeshStanding>, StoreError> {
        let found: Option<(i64, i64, Option<i64>)> = sqlx::query_as(
            "SELECT d.derivation, n.first_derivation, m.forgotten
             FROM gateway_nodes n
             JOIN devices d ON d.id = n.node_id
             LEFT JOIN mesh_nodes m ON m.device_id = d.id
             WHERE n.node_id = $1",
        )
        .bind(node.0)
        .fetch_optional(&mut *self.0)
        .await?;
        let Some((derivation, first_derivation, forgotten)) = found else {
            return Ok(None);
        };
        let all: Vec<LifeRow> = sqlx::query_as(
            "SELECT life, derivation, newest, seen FROM mesh_lives WHERE device_id = $1",
        )
        .bind(node.0)
        .fetch_all(&mut *self.0)
        .await?;
        Ok(Some(MeshStanding {
            derivation,
            first_derivation,
            lives: Lives {
                all: all.into_iter().map(|row| row.0).collect(),
                forgotten: forgotten.unwrap_or_default(),
            },
        }))
    }

    /// Writes down what there was of a life of a node.
    pub async fn keep_life(&mut self, node: DeviceId, life: &Life) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO mesh_lives (device_id, life, derivation, newest, seen)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (device_id, life) DO UPDATE SET derivation = $3, newest = $4, seen = $5",
        )
        .bind(node.0)
        .bind(i64::from(life.life))
        .bind(life.derivation)
        .bind(life.window.newest())
        .bind(life.window.bytes())
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// A life of a node is forgotten; `forgotten` is the newest derivation of all that are.
    pub async fn forget_life(
        &mut self,
        node: DeviceId,
        life: u32,
        forgotten: i64,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM mesh_lives WHERE device_id = $1 AND life = $2")
            .bind(node.0)
            .bind(i64::from(life))
            .execute(&mut *self.0)
            .await?;
        sqlx::query(
            "INSERT INTO mesh_nodes (device_id, forgotten, lives, wanted) VALUES ($1, $2, '[]', 0)
             ON CONFLICT (device_id) DO UPDATE SET forgotten = $2",
        )
        .bind(node.0)
        .bind(forgotten)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// The way of a node's last message, unless a later one is known.
    pub async fn set_way(&mut self, gateway: DeviceId, way: &Way) -> Result<(), StoreError> {
        let path = serde_json::to_string(&way.path);
        let path = path.map_err(|_| StoreError::Corrupt("a path does not serialize"))?;
        sqlx::query(
            "INSERT INTO mesh_routes (device_id, gateway_id, path, signal, heard_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (device_id) DO UPDATE SET gateway_id = $2, path = $3, signal = $4, heard_at = $5
             WHERE mesh_routes.heard_at <= $5 OR mesh_routes.gateway_id <> $2",
        )
        .bind(way.node.0)
        .bind(gateway.0)
        .bind(path)
        .bind(i64::from(way.signal))
        .bind(way.heard_at.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// How often a node's store was lost.
    pub async fn reinstalls(&mut self, node: DeviceId) -> Result<Reinstalls, StoreError> {
        let row =
            sqlx::query("SELECT lives, raised_at, wanted FROM mesh_nodes WHERE device_id = $1")
                .bind(node.0)
                .fetch_optional(&mut *self.0)
                .await?;
        Ok(row
            .as_ref()
            .map(reinstalls)
            .transpose()?
            .unwrap_or_default())
    }

    /// The same from now on.
    pub async fn set_reinstalls(
        &mut self,
        node: DeviceId,
        reinstalls: &Reinstalls,
    ) -> Result<(), StoreError> {
        let lives = serde_json::to_string(&reinstalls.lives);
        let lives = lives.map_err(|_| StoreError::Corrupt("lives do not serialize"))?;
        sqlx::query(
            "INSERT INTO mesh_nodes (device_id, forgotten, lives, raised_at, wanted)
             VALUES ($1, 0, $2, $3, $4)
             ON CONFLICT (device_id) DO UPDATE SET lives = $2, raised_at = $3, wanted = $4",
        )
        .bind(node.0)
        .bind(lives)
        .bind(reinstalls.raised_at.map(|at| at.0))
        .bind(i64::from(reinstalls.is_wanted))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// A node has other keys on the air from now on.
    pub async fn raise_derivation(&mut self, node: DeviceId) -> Result<(), StoreError> {
        self.raise("id = $1", node.0).await
    }

    /// So have all nodes of a template that have a gateway.
    pub async fn raise_derivations_of(&mut self, template: i64) -> Result<(), StoreError> {
        self.raise(
            "template_id = $1 AND id IN (SELECT node_id FROM gateway_nodes)",
            template,
        )
        .await
    }

    /// So have all nodes that a work has made, that have a gateway and that are still whose they were made for.
    pub async fn raise_derivations_made(&mut self, WorkId(work): WorkId) -> Result<(), StoreError> {
        self.raise(
            concat!(
                "work_id = $1 AND id IN (SELECT node_id FROM gateway_nodes) AND ",
                is_theirs!("devices")
            ),
            work,
        )
        .await
    }

    /// Devices that this is so of have other keys on the air. The number is of the token, which a device that is made anew
    /// has again.
    async fn raise(&mut self, which: &'static str, bound: i64) -> Result<(), StoreError> {
        for sql in [
            format!(
                "INSERT INTO air_keys (auth_digest, derivation)
                 SELECT auth_digest, 1 FROM devices WHERE {which}
                 ON CONFLICT (auth_digest) DO UPDATE SET derivation = air_keys.derivation + 1"
            ),
            format!(
                "UPDATE devices SET derivation = (SELECT a.derivation FROM air_keys a
                                                  WHERE a.auth_digest = devices.auth_digest)
                 WHERE {which}"
            ),
        ] {
            let statement = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(bound);
            statement.execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// Values that a node is to be told go into a message, whose number this is.
    pub async fn send(&mut self, node: DeviceId, pins: &[u8]) -> Result<i64, StoreError> {
        let command: i64 = sqlx::query_scalar(
            "UPDATE air_keys SET command = command + 1
             WHERE auth_digest = (SELECT d.auth_digest FROM devices d WHERE d.id = $1)
             RETURNING command",
        )
        .bind(node.0)
        .fetch_one(&mut *self.0)
        .await?;
        for pin in pins {
            sqlx::query("UPDATE pending_writes SET command = $3 WHERE device_id = $1 AND pin = $2")
                .bind(node.0)
                .bind(i64::from(*pin))
                .bind(command)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(command)
    }

    /// A message to a node is over. What it said is to be told again where it `waits` and the node may not have it; false
    /// where it said nothing that still is to be told.
    pub async fn end_send(
        &mut self,
        node: DeviceId,
        command: i64,
        again: Again,
    ) -> Result<bool, StoreError> {
        let statements: &[&str] = match again {
            Again::Never => &["DELETE FROM pending_writes WHERE device_id = $1 AND command = $2"],
            Again::Always => {
                &["UPDATE pending_writes SET command = NULL WHERE device_id = $1 AND command = $2"]
            }
            Again::WhereItWaits => &[
                "DELETE FROM pending_writes WHERE device_id = $1 AND command = $2 AND waits = 0",
                "UPDATE pending_writes SET command = NULL WHERE device_id = $1 AND command = $2",
            ],
        };
        let mut changed = 0;
        for sql in statements {
            let statement = sqlx::query(*sql).bind(node.0).bind(command);
            changed += statement.execute(&mut *self.0).await?.rows_affected();
        }
        Ok(changed > 0)
    }

    /// The ways of a node's messages, and of those that it heard as a gateway, are nobody's to see any more.
    pub(super) async fn forget_ways(&mut self, device: DeviceId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM mesh_routes WHERE device_id = $1 OR gateway_id = $1")
            .bind(device.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}

/// Whether what a message to a node said is to be told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The node has it, or cannot have it.
    Never,
    /// It may not have it.
    Always,
    /// It does not answer: what waits for it goes on to wait.
    WhereItWaits,
}
