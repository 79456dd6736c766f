//! Gateways, the nodes that they speak for, and those that want to be.

use handover_wire::{
    DeviceId, GatewayNode, GatewayOfNode, OrgId, TemplateId, TemplateParts, TokenId, WaitingNode,
};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};

use super::{StoreError, Work, Write, digest};
use crate::clock::Time;
use crate::domain::{Connection, Part, Reach, WaitingLabel};
use crate::secrets::{Digest, Kept};

/// What a device is among gateways and nodes, as it was found.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// What it is.
    pub part: Part,
    /// The organization that it is in.
    pub org: OrgId,
    /// When it was paired; at no time where it was not.
    pub paired_at: Time,
    /// Whether a gateway carried what it said last.
    pub is_carried: bool,
    /// Whether its template has it reached by mesh.
    pub is_of_mesh: bool,
}

/// A node as its gateway knows it.
pub struct NodeSecrets {
    /// Its number.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its template.
    pub template_id: TemplateId,
    /// Its auth token.
    pub auth: Kept,
    /// How often it was given to a gateway.
    pub derivation: i64,
    /// Where it is.
    pub org: OrgId,
    /// Whether what brought it there can still be undone.
    pub is_open: bool,
    /// Its template's numeric id, and how often that was changed.
    pub template: (i64, i64),
}

/// A device that could become a node of a mesh.
pub struct Candidate {
    /// Its number.
    pub id: DeviceId,
    /// Its auth token, sealed.
    pub sealed: Vec<u8>,
    /// How often it was given to a gateway.
    pub derivation: i64,
}

fn connection(row: &AnyRow) -> Result<Connection, sqlx::Error> {
    Ok(Connection::from_times(
        row.try_get("first_connect_time")?,
        row.try_get("connect_time")?,
        row.try_get("disconnect_time")?,
    ))
}

impl FromRow<'_, AnyRow> for Standing {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let parts: String = row.try_get("parts")?;
        let parts: TemplateParts =
            serde_json::from_str(&parts).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let gateway: Option<i64> = row.try_get("gateway_id")?;
        let paired_at: Option<i64> = row.try_get("paired_at")?;
        Ok(Self {
            part: Part::of(parts.gateway_api, gateway.map(DeviceId)),
            org: OrgId(row.try_get("org_id")?),
            paired_at: Time(paired_at.unwrap_or_default()),
            is_carried: row.try_get::<Option<i64>, _>("carrier")?.is_some(),
            is_of_mesh: parts.mesh,
        })
    }
}

impl FromRow<'_, AnyRow> for NodeSecrets {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let auth: Vec<u8> = row.try_get("auth_digest")?;
        Ok(Self {
            id: DeviceId(row.try_get("id")?),
            name: row.try_get("name")?,
            template_id: TemplateId(row.try_get("public_template_id")?),
            auth: Kept {
                digest: digest(&auth).map_err(|error| sqlx::Error::Decode(error.into()))?,
                sealed: row.try_get("auth_sealed")?,
            },
            derivation: row.try_get("derivation")?,
            org: OrgId(row.try_get("org_id")?),
            is_open: row.try_get::<i64, _>("open_moves")? > 0,
            template: (row.try_get("template_id")?, row.try_get("revision")?),
        })
    }
}

struct NodeRow(GatewayNode);

impl FromRow<'_, AnyRow> for NodeRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let last: Option<i64> = row.try_get("values_at")?;
        Ok(Self(GatewayNode {
            device_id: DeviceId(row.try_get("id")?),
            name: row.try_get("name")?,
            template_name: row.try_get("template_name")?,
            org_id: OrgId(row.try_get("org_id")?),
            org_name: row.try_get("org_name")?,
            state: connection(row)?.state(),
            last_value_at: last.filter(|&at| at > 0),
            is_carried: row.try_get::<Option<i64>, _>("carrier")?.is_some(),
            paired_at: row.try_get("paired_at")?,
        }))
    }
}

/// A label that could wait with others, and whether anybody has it.
pub struct LabelStanding {
    /// The label.
    pub label: WaitingLabel,
    /// Whether nobody has it, and it is in use.
    pub is_free: bool,
}

impl FromRow<'_, AnyRow> for LabelStanding {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let parts: String = row.try_get("parts")?;
        let parts: TemplateParts =
            serde_json::from_str(&parts).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let at = |column| row.try_get::<Option<i64>, _>(column);
        Ok(Self {
            label: WaitingLabel {
                token: row.try_get("id")?,
                org: OrgId(row.try_get("org_id")?),
                speaks_for_nodes: parts.gateway_api,
                with: at("gateway_token")?,
            },
            is_free: at("claimed_at")?.is_none() && at("revoked_at")?.is_none(),
        })
    }
}

struct WaitingRow(WaitingNode);

impl FromRow<'_, AnyRow> for WaitingRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(WaitingNode {
            device_id: DeviceId(row.try_get("id")?),
            name: row.try_get("name")?,
            template_name: row.try_get("template_name")?,
            asked_at: row.try_get("asked_at")?,
            is_unclaimed: row.try_get::<i64, _>("unclaimed")? > 0,
        }))
    }
}

struct NamedGateway(GatewayOfNode);

impl FromRow<'_, AnyRow> for NamedGateway {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(GatewayOfNode {
            device_id: DeviceId(row.try_get("id")?),
            name: row.try_get("name")?,
            state: connection(row)?.state(),
        }))
    }
}

impl Work {
    /// What a device is among gateways and nodes. None where there is no such device.
    pub async fn standing(&mut self, id: DeviceId) -> Result<Option<Standing>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT d.org_id, p.parts, n.gateway_id, n.paired_at, l.carrier
             FROM devices d
             JOIN templates p ON p.id = d.template_id
             LEFT JOIN gateway_nodes n ON n.node_id = d.id
             LEFT JOIN liveness l ON l.device_id = d.id
             WHERE d.id = $1",
        )
        .bind(id.0)
        .fetch_optional(&mut **self)
        .await?)
    }

    /// How many nodes a gateway has.
    pub async fn node_count(&mut self, gateway: DeviceId) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM gateway_nodes WHERE gateway_id = $1");
        Ok(count.bind(gateway.0).fetch_one(&mut **self).await?)
    }

    /// The nodes of a gateway that are within reach, by name.
    pub async fn nodes_of(
        &mut self,
        reach: Reach,
        gateway: DeviceId,
    ) -> Result<Vec<GatewayNode>, StoreError> {
        let rows: Vec<NodeRow> = sqlx::query_as(
            "SELECT d.id, d.name, d.org_id, d.first_connect_time, d.connect_time, d.disconnect_time,
                    p.name AS template_name, o.name AS org_name, l.values_at, l.carrier, n.paired_at
             FROM gateway_nodes n
             JOIN devices d ON d.id = n.node_id
             JOIN templates p ON p.id = d.template_id
             JOIN organizations o ON o.id = d.org_id
             JOIN org_tree t ON t.org_id = d.org_id
             LEFT JOIN liveness l ON l.device_id = d.id
             WHERE n.gateway_id = $1 AND t.ancestor_id = $2 AND t.depth <= $3
             ORDER BY d.name_sorted, d.id",
        )
        .bind(gateway.0)
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_all(&mut **self)
        .await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// The same for the gateway itself, with what they sign in with. `org` is its organization: what went elsewhere is left
    /// out.
    pub async fn node_secrets(
        &mut self,
        gateway: DeviceId,
        org: OrgId,
    ) -> Result<Vec<NodeSecrets>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT d.id, d.name, d.org_id, d.auth_digest, d.auth_sealed, d.derivation,
                    d.template_id, p.template_id AS public_template_id, p.revision,
                    (SELECT COUNT(*) FROM device_moves m
                     WHERE m.device_id = d.id AND m.open_until IS NOT NULL) AS open_moves
             FROM gateway_nodes n
             JOIN devices d ON d.id = n.node_id
             JOIN templates p ON p.id = d.template_id
             JOIN org_tree t ON t.org_id = d.org_id
             WHERE n.gateway_id = $1 AND t.ancestor_id = $2
             ORDER BY d.id",
        )
        .bind(gateway.0)
        .bind(org.0)
        .fetch_all(&mut **self)
        .await?)
    }

    /// The node of a gateway that has this token, unless it was taken out of use. `None` of what is no node of it.
    pub async fn node_by_auth(
        &mut self,
        gateway: DeviceId,
        auth: &Digest,
    ) -> Result<Option<DeviceId>, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT d.id FROM gateway_nodes n
             JOIN devices d ON d.id = n.node_id
             JOIN devices g ON g.id = n.gateway_id
             JOIN org_tree t ON t.org_id = d.org_id AND t.ancestor_id = g.org_id
             LEFT JOIN static_tokens s ON s.device_id = d.id
             WHERE d.auth_digest = $2 AND n.gateway_id = $1 AND s.revoked_at IS NULL",
        )
        .bind(gateway.0)
        .bind(auth.as_slice())
        .fetch_optional(&mut **self)
        .await?;
        Ok(found.map(DeviceId))
    }

    /// A node's gateway, where it is within reach.
    pub async fn named_gateway(
        &mut self,
        reach: Reach,
        gateway: DeviceId,
    ) -> Result<Option<GatewayOfNode>, StoreError> {
        let row: Option<NamedGateway> = sqlx::query_as(
            "SELECT d.id, d.name, d.first_connect_time, d.connect_time, d.disconnect_time
             FROM devices d JOIN org_tree t ON t.org_id = d.org_id
             WHERE d.id = $1 AND t.ancestor_id = $2 AND t.depth <= $3",
        )
        .bind(gateway.0)
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_optional(&mut **self)
        .await?;
        Ok(row.map(|row| row.0))
    }

    /// What a device signs in with is found by this.
    pub async fn auth_of(&mut self, id: DeviceId) -> Result<Option<Digest>, StoreError> {
        let found: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT auth_digest FROM devices WHERE id = $1")
                .bind(id.0)
                .fetch_optional(&mut **self)
                .await?;
        found.as_deref().map(digest).transpose()
    }

    /// Devices of an organization and below that are reached by mesh and have no gateway, so many of those that came last.
    pub async fn without_gateway(
        &mut self,
        org: OrgId,
        most: i64,
    ) -> Result<Vec<Candidate>, StoreError> {
        let rows: Vec<(i64, Vec<u8>, i64)> = sqlx::query_as(
            // Within a text of it quotation marks are escaped, so this is the switch itself.
            r#"SELECT d.id, d.auth_sealed, d.derivation
             FROM device_reach r
             JOIN devices d ON d.id = r.device_id
             WHERE r.ancestor_id = $1
             AND r.template_id IN (SELECT p.id FROM templates p WHERE p.parts LIKE '%"mesh":true%')
             AND NOT EXISTS (SELECT 1 FROM gateway_nodes n WHERE n.node_id = d.id)
             ORDER BY d.id DESC LIMIT $2"#,
        )
        .bind(org.0)
        .bind(most)
        .fetch_all(&mut **self)
        .await?;
        let candidates = rows.into_iter().map(|(id, sealed, derivation)| Candidate {
            id: DeviceId(id),
            sealed,
            derivation,
        });
        Ok(candidates.collect())
    }

    /// When a gateway's join window closes, or closed.
    pub async fn join_until(&mut self, gateway: DeviceId) -> Result<Option<Time>, StoreError> {
        let until: Option<i64> =
            sqlx::query_scalar("SELECT until FROM join_windows WHERE gateway_id = $1")
                .bind(gateway.0)
                .fetch_optional(&mut **self)
                .await?;
        Ok(until.map(Time))
    }

    /// Nodes that have asked since then and wait for a word whether this gateway is theirs.
    pub async fn waiting_at(
        &mut self,
        gateway: DeviceId,
        since: Time,
    ) -> Result<Vec<WaitingNode>, StoreError> {
        let rows: Vec<WaitingRow> = sqlx::query_as(
            "SELECT d.id, d.name, p.name AS template_name, j.asked_at,
                    (SELECT COUNT(*) FROM static_tokens s
                     WHERE s.device_id = d.id AND s.claimed_at IS NULL) AS unclaimed
             FROM join_requests j
             JOIN devices d ON d.id = j.node_id
             JOIN templates p ON p.id = d.template_id
             WHERE j.gateway_id = $1 AND j.asked_at >= $2
             ORDER BY d.id",
        )
        .bind(gateway.0)
        .bind(since.0)
        .fetch_all(&mut **self)
        .await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }
}

impl Work {
    /// A label of organizations within reach, among those that wait together.
    pub async fn label_standing(
        &mut self,
        reach: Reach,
        token: TokenId,
    ) -> Result<Option<LabelStanding>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT s.id, s.org_id, s.claimed_at, s.revoked_at, p.parts, w.gateway_token
             FROM static_tokens s
             JOIN org_tree t ON t.org_id = s.org_id
             JOIN templates p ON p.id = s.template_id
             LEFT JOIN batches b ON b.id = s.batch_id
             LEFT JOIN waiting_nodes w ON w.node_token = s.id
             WHERE s.id = $1 AND t.ancestor_id = $2 AND t.depth <= $3
             AND (s.batch_id IS NULL OR b.state = 'ready')",
        )
        .bind(token.0)
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_optional(&mut **self)
        .await?)
    }

    /// The labels of nodes that wait with a gateway's.
    pub async fn waiting_with(&mut self, gateway: i64) -> Result<Vec<i64>, StoreError> {
        let rows = sqlx::query_scalar(
            "SELECT node_token FROM waiting_nodes WHERE gateway_token = $1 ORDER BY node_token",
        );
        Ok(rows.bind(gateway).fetch_all(&mut **self).await?)
    }
}

impl Write {
    /// A node's label waits with a gateway's from now on, or with none.
    pub async fn set_waiting(&mut self, node: i64, gateway: Option<i64>) -> Result<(), StoreError> {
        let statement = match gateway {
            Some(gateway) => sqlx::query(
                "INSERT INTO waiting_nodes (node_token, gateway_token) VALUES ($1, $2)
                 ON CONFLICT (node_token) DO UPDATE SET gateway_token = $2",
            )
            .bind(node)
            .bind(gateway),
            None => sqlx::query("DELETE FROM waiting_nodes WHERE node_token = $1").bind(node),
        };
        statement.execute(&mut *self.0).await?;
        Ok(())
    }

    /// A node is this gateway's from now on, with other keys on the air.
    pub async fn pair(
        &mut self,
        node: DeviceId,
        gateway: DeviceId,
        now: Time,
    ) -> Result<(), StoreError> {
        self.leave_auth_behind(node).await?;
        sqlx::query(
            "INSERT INTO gateway_nodes (node_id, gateway_id, paired_at) VALUES ($1, $2, $3)
             ON CONFLICT (node_id) DO UPDATE SET gateway_id = $2, paired_at = $3",
        )
        .bind(node.0)
        .bind(gateway.0)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        self.raise_derivation(node).await?;
        // A move goes on with the pairing that was: what the gateway before still holds is heard if the node comes back to it.
        sqlx::query(
            "UPDATE gateway_nodes
             SET first_derivation = (SELECT d.derivation FROM devices d WHERE d.id = $1)
             WHERE node_id = $1 AND first_derivation = 0",
        )
        .bind(node.0)
        .execute(&mut *self.0)
        .await?;
        self.forget_ways(node).await?;
        self.forget_request(node).await
    }

    /// A node has no gateway any more.
    pub async fn unpair(&mut self, node: DeviceId) -> Result<(), StoreError> {
        self.leave_auth_behind(node).await?;
        sqlx::query("DELETE FROM gateway_nodes WHERE node_id = $1")
            .bind(node.0)
            .execute(&mut *self.0)
            .await?;
        self.forget_ways(node).await
    }

    /// A device comes into other hands: whatever it was among gateways and nodes, it is no longer.
    pub(super) async fn end_pairings(&mut self, id: DeviceId) -> Result<(), StoreError> {
        self.leave_auth_behind(id).await?;
        for statement in [
            "DELETE FROM gateway_nodes WHERE node_id = $1 OR gateway_id = $1",
            "DELETE FROM join_requests WHERE node_id = $1 OR gateway_id = $1",
            "DELETE FROM join_windows WHERE gateway_id = $1",
        ] {
            let statement = sqlx::query(statement).bind(id.0);
            statement.execute(&mut *self.0).await?;
        }
        self.forget_ways(id).await
    }

    /// Lets nodes ask a gateway until then. Without a time they may not, and who has asked is forgotten.
    pub async fn set_join_window(
        &mut self,
        gateway: DeviceId,
        until: Option<Time>,
    ) -> Result<(), StoreError> {
        let Some(until) = until else {
            for statement in [
                "DELETE FROM join_windows WHERE gateway_id = $1",
                "DELETE FROM join_requests WHERE gateway_id = $1",
            ] {
                let statement = sqlx::query(statement).bind(gateway.0);
                statement.execute(&mut *self.0).await?;
            }
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO join_windows (gateway_id, until) VALUES ($1, $2)
             ON CONFLICT (gateway_id) DO UPDATE SET until = $2",
        )
        .bind(gateway.0)
        .bind(until.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Devices of this template are no gateways any more: their nodes have none.
    pub async fn end_gateways_of(&mut self, template: i64) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM gateway_nodes WHERE gateway_id IN (SELECT id FROM devices WHERE template_id = $1)",
            "DELETE FROM join_requests WHERE gateway_id IN (SELECT id FROM devices WHERE template_id = $1)",
            "DELETE FROM join_windows WHERE gateway_id IN (SELECT id FROM devices WHERE template_id = $1)",
        ] {
            sqlx::query(sql)
                .bind(template)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    /// A node asks a gateway to speak for it.
    pub async fn ask_to_join(
        &mut self,
        node: DeviceId,
        gateway: DeviceId,
        now: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO join_requests (node_id, gateway_id, asked_at) VALUES ($1, $2, $3)
             ON CONFLICT (node_id) DO UPDATE SET gateway_id = $2, asked_at = $3",
        )
        .bind(node.0)
        .bind(gateway.0)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// What a node asked is decided.
    pub async fn forget_request(&mut self, node: DeviceId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM join_requests WHERE node_id = $1")
            .bind(node.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
