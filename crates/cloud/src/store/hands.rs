//! Devices that change hands: whose they are, and what became of them.

use std::collections::BTreeMap;

use handover_wire::{
    DeviceId, DeviceMove, History, MoveKind, OrgId, Page, PageQuery, Role, UserId,
};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};

use super::devices::metadata;
use super::listing::{Bound, Listing};
use super::together::{self, Statement};
use super::users::role;
use super::why::{named, whoever};
use super::{Store, StoreError, Work, Write, digest};
use crate::clock::Time;
use crate::domain::{Actor, Hands, Holder, LastMove, Reach, Was};
use crate::secrets::Kept;

/// A device with all that decides about what becomes of it.
pub struct DeviceHands {
    /// Its number.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// The organization that it is in.
    pub org: OrgId,
    /// Its owner.
    pub owner: Option<UserId>,
    /// The template's numeric id.
    pub template: i64,
    /// What the template is called.
    pub template_name: String,
    /// Whose template it is.
    pub template_org: OrgId,
    /// Its auth token.
    pub auth: Kept,
    /// Whose it is.
    pub hands: Hands,
    /// Its static token; none where it was made by hand.
    pub token: Option<TokenOfDevice>,
    /// Who did what can still be undone, as they are named in the audit.
    pub open_by: Option<String>,
    /// Where it was before that; none where there was no device.
    pub open_from: Option<OrgId>,
    /// The gateway that it came together with, while that can be undone.
    pub together: Option<DeviceId>,
    /// Whether its name and its metadata are the words of whoever made it: their staff has it, and nobody else has had it for
    /// longer than an undo takes back.
    pub is_as_made: bool,
}

/// A device's static token.
pub struct TokenOfDevice {
    /// Its internal id.
    pub id: i64,
    /// The organization it was made in.
    pub org: OrgId,
    /// Its QR token, sealed.
    pub qr_sealed: Vec<u8>,
    /// Whether its secrets are shown once.
    pub once: bool,
    /// Whether nobody had it before those who have it now.
    pub is_first: bool,
    /// The name that it brings its device, where the maker gave it one.
    pub name: Option<String>,
    /// The metadata that it brings its device, by field.
    pub metadata: BTreeMap<String, String>,
}

/// Something that happened to a device.
pub struct NewMove<'a> {
    /// To which.
    pub device: DeviceId,
    /// What.
    pub kind: MoveKind,
    /// Who did it.
    pub actor: &'a Actor,
    /// Why, in their words.
    pub reason: Option<&'a str>,
    /// What it was before.
    pub was: Was,
    /// Where it was; none where there was no device.
    pub from: Option<Holder>,
    /// Where it is; none where it is gone.
    pub to: Option<Holder>,
    /// Until when it can be undone.
    pub open_until: Option<Time>,
    /// What becomes of what there was before, where that was chosen or follows from what happened.
    pub history: Option<History>,
    /// The gateway that it went together with; the gateway itself names itself.
    pub together: Option<DeviceId>,
}

impl NewMove<'_> {
    /// What writes it down; gives its number.
    pub(super) fn added(self, now: Time) -> Statement {
        let org = |holder: Option<Holder>| holder.map(|holder| holder.org.0);
        let owner = |holder: Option<Holder>| holder.and_then(|holder| holder.owner).map(|id| id.0);
        Statement::row(
            "INSERT INTO device_moves (device_id, kind, at, actor, actor_user_id, reason, was,
                 from_org_id, from_owner_id, to_org_id, to_owner_id, open_until, history, together) VALUES ",
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            " RETURNING id",
        )
        .bind(self.device.0)
        .bind(kind_name(self.kind))
        .bind(now.0)
        .bind(self.actor.to_string())
        .bind(self.actor.user().map(|id| id.0))
        .bind(self.reason)
        .bind(was_name(self.was))
        .bind(org(self.from))
        .bind(owner(self.from))
        .bind(org(self.to))
        .bind(owner(self.to))
        .bind(self.open_until.map(|at| at.0))
        .bind(self.history.map(|history| match history {
            History::Keep => "keep",
            History::Erase => ERASE,
        }))
        .bind(self.together.map(|id| id.0))
    }
}

/// What a label was replaced for.
#[derive(Clone, Copy, Debug)]
pub struct Replaced<'a> {
    /// When.
    pub at: Time,
    /// What happened to the device.
    pub kind: MoveKind,
    /// Who did it.
    pub actor: &'a Actor,
}

/// A claim or transfer whose time is over, with what follows from it.
pub struct Ending {
    /// Its number.
    pub id: i64,
    /// A claim or a transfer.
    pub kind: MoveKind,
    /// The device's name.
    pub name: String,
    /// What it was called by whoever had it before.
    pub former_name: String,
    /// Which device's.
    pub device: DeviceId,
    /// Whether what is written down of the time before says nobody's name after it.
    pub erases: bool,
    /// Its static token, by internal id.
    pub token: Option<i64>,
    /// Who did it.
    pub actor: Actor,
    /// Where it was; none where there was no device.
    pub from: Option<Holder>,
    /// Where it is.
    pub to: Holder,
    /// The gateway that it went together with.
    pub together: Option<DeviceId>,
}

/// The name of what was chosen where it is to be erased.
const ERASE: &str = "erase";

const KINDS: [(MoveKind, &str); 7] = [
    (MoveKind::Create, "create"),
    (MoveKind::Claim, "claim"),
    (MoveKind::Transfer, "transfer"),
    (MoveKind::Release, "release"),
    (MoveKind::Disclaim, "disclaim"),
    (MoveKind::Undo, "undo"),
    (MoveKind::Renew, "renew"),
];

/// The name of what happened.
pub(super) fn kind_name(kind: MoveKind) -> &'static str {
    let found = KINDS.iter().find(|(one, _)| *one == kind);
    found.map_or("", |(_, name)| name)
}

/// What happened, from its name in the database.
pub(super) fn kind_of(name: &str) -> Result<MoveKind, sqlx::Error> {
    let found = KINDS.iter().find(|(_, one)| *one == name);
    found
        .map(|(kind, _)| *kind)
        .ok_or_else(|| corrupt("no move has this name"))
}

fn was_name(was: Was) -> &'static str {
    match was {
        Was::Minted => "minted",
        Was::Released => "released",
        Was::Claimed(_) => "claimed",
    }
}

fn corrupt(what: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}

fn holder(row: &AnyRow, org: &str, owner: &str) -> Result<Option<Holder>, sqlx::Error> {
    let org: Option<i64> = row.try_get(org)?;
    let owner: Option<i64> = row.try_get(owner)?;
    Ok(org.map(|org| Holder {
        org: OrgId(org),
        owner: owner.map(UserId),
    }))
}

/// What an undo brings back.
fn was(row: &AnyRow) -> Result<Was, sqlx::Error> {
    match row.try_get("move_was")? {
        "minted" => Ok(Was::Minted),
        "released" => Ok(Was::Released),
        "claimed" => holder(row, "from_org_id", "from_owner_id")?
            .map(Was::Claimed)
            .ok_or_else(|| corrupt("a transfer from nowhere")),
        _ => Err(corrupt("no state has this name")),
    }
}

/// Whose a device is, from a static token's columns (`token_id` tells whether there is one), `holder_org_id` and
/// `holder_owner_id` of the device, and its open move.
pub(super) fn hands_of(row: &AnyRow) -> Result<Hands, sqlx::Error> {
    let time = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.map(Time));
    if row.try_get::<Option<i64>, _>("token_id")?.is_some() {
        if time("revoked_at")?.is_some() {
            return Ok(Hands::Revoked);
        }
        if time("claimed_at")?.is_none() {
            return Ok(match time("first_claimed_at")? {
                Some(_) => Hands::Released,
                None if row.try_get::<Option<i64>, _>("holder_org_id")?.is_some() => Hands::Seen,
                None => Hands::Minted,
            });
        }
    }
    let by = holder(row, "holder_org_id", "holder_owner_id")?
        .ok_or_else(|| corrupt("a claimed token without its device"))?;
    let Some(until) = time("open_until")? else {
        return Ok(Hands::Claimed { by, undo: None });
    };
    Ok(match kind_of(row.try_get("move_kind")?)? {
        MoveKind::Transfer => Hands::InTransfer {
            from: was(row)?,
            to: by,
            until,
        },
        _ => Hands::Claimed {
            by,
            undo: Some((was(row)?, until)),
        },
    })
}

impl FromRow<'_, AnyRow> for DeviceHands {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let auth: Vec<u8> = row.try_get("auth_digest")?;
        Ok(Self {
            is_as_made: is_as_made(row)?,
            id: DeviceId(row.try_get("id")?),
            name: row.try_get("name")?,
            org: OrgId(row.try_get("holder_org_id")?),
            owner: row
                .try_get::<Option<i64>, _>("holder_owner_id")?
                .map(UserId),
            template: row.try_get("template_id")?,
            template_name: row.try_get("template_name")?,
            template_org: OrgId(row.try_get("template_org_id")?),
            auth: Kept {
                digest: digest(&auth).map_err(|error| sqlx::Error::Decode(error.into()))?,
                sealed: row.try_get("auth_sealed")?,
            },
            hands: hands_of(row)?,
            token: token(row)?,
            open_by: row.try_get("move_actor")?,
            open_from: row.try_get::<Option<i64>, _>("from_org_id")?.map(OrgId),
            together: row.try_get::<Option<i64>, _>("together")?.map(DeviceId),
        })
    }
}

/// Whether a device's words are its maker's own. What was made by hand is its template's organization's, where it is there from
/// the beginning; what came of a label is there by one claim at the most.
fn is_as_made(row: &AnyRow) -> Result<bool, sqlx::Error> {
    let org: i64 = row.try_get("holder_org_id")?;
    let maker: Option<i64> = row.try_get("token_org_id")?;
    let has_label = maker.is_some();
    let maker = match maker {
        Some(maker) => maker,
        None => row.try_get("template_org_id")?,
    };
    let owner = row.try_get::<Option<i64>, _>("owner_role")?.map(role);
    let is_customers = owner.transpose()? == Some(Role::User);
    let hands: i64 = row.try_get("hands")?;
    Ok(org == maker && !is_customers && hands <= i64::from(has_label))
}

fn token(row: &AnyRow) -> Result<Option<TokenOfDevice>, sqlx::Error> {
    let Some(id) = row.try_get("token_id")? else {
        return Ok(None);
    };
    let claimed: Option<i64> = row.try_get("claimed_at")?;
    let is_first_claim = claimed == row.try_get("first_claimed_at")?;
    Ok(Some(TokenOfDevice {
        id,
        org: OrgId(row.try_get("token_org_id")?),
        qr_sealed: row.try_get("qr_sealed")?,
        once: row.try_get::<Option<String>, _>("secrets")?.as_deref() == Some("once"),
        // An undone transfer counts, too: what is doubtful is not new.
        is_first: is_first_claim && row.try_get::<i64, _>("transfers")? == 0,
        name: row.try_get("label_name")?,
        metadata: metadata(row.try_get("label_metadata")?)?,
    }))
}

impl FromRow<'_, AnyRow> for Ending {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let actor: String = row.try_get("actor")?;
        Ok(Self {
            id: row.try_get("id")?,
            kind: kind_of(row.try_get("kind")?)?,
            name: row.try_get("name")?,
            former_name: row.try_get("known_as")?,
            device: DeviceId(row.try_get("device_id")?),
            erases: row.try_get::<Option<String>, _>("history")?.as_deref() == Some(ERASE),
            token: row.try_get("token_id")?,
            actor: Actor::parse(&actor).ok_or_else(|| corrupt("no actor has this name"))?,
            from: holder(row, "from_org_id", "from_owner_id")?,
            to: holder(row, "to_org_id", "to_owner_id")?
                .ok_or_else(|| corrupt("a move that can be undone leads nowhere"))?,
            together: row.try_get::<Option<i64>, _>("together")?.map(DeviceId),
        })
    }
}

struct LastRow(LastMove);

impl FromRow<'_, AnyRow> for LastRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(LastMove {
            kind: kind_of(row.try_get("kind")?)?,
            at: Time(row.try_get("at")?),
            is_together: row.try_get::<Option<i64>, _>("together")?.is_some(),
        }))
    }
}

struct MoveRow(DeviceMove);

impl FromRow<'_, AnyRow> for MoveRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(DeviceMove {
            id: row.try_get("id")?,
            kind: kind_of(row.try_get("kind")?)?,
            at: row.try_get("at")?,
            by: named(row, "by_name")?,
            from_org_id: row.try_get::<Option<i64>, _>("from_org_seen")?.map(OrgId),
            from_org: row.try_get("from_org")?,
            from_owner: row.try_get("from_owner")?,
            to_org_id: row.try_get::<Option<i64>, _>("to_org_seen")?.map(OrgId),
            to_org: row.try_get("to_org")?,
            to_owner: row.try_get("to_owner")?,
            reason: row.try_get("reason")?,
        }))
    }
}

/// What is to be known of a token that changes hands: an auth token which a machine was given was given to one of somebody before.
macro_rules! given_before {
    () => {
        "auth_given = CASE auth_given WHEN 1 THEN 2 ELSE auth_given END"
    };
}

/// That nobody sees a move any more, or not as long as one after it that erases what was before is not undone.
macro_rules! not_erased {
    () => {
        " AND m.erased = 0 AND NOT EXISTS
            (SELECT 1 FROM device_moves e WHERE e.device_id = m.device_id AND e.id > m.id
             AND e.open_until IS NOT NULL AND e.history = 'erase')"
    };
}

/// What became of a device within reach, the newest first. Reasons are the words of whoever did it: they are for those who
/// are told their name, or both of whose hands it went through are within reach. Where it came from nobody, its new hands alone
/// are no reason to read why the maker's support claimed it for them.
const MOVES: &str = concat!(
    "WITH near AS (SELECT org_id FROM org_tree WHERE ancestor_id = $1 AND depth <= $2)
    SELECT m.id, m.kind, m.at, COALESCE(w.name, c.name) AS by_name,
    CASE WHEN COALESCE(w.org_id, c.org_id) IS NOT NULL
    OR (o.id IS NOT NULL AND (m.to_org_id IS NULL OR q.id IS NOT NULL))
    THEN m.reason END AS reason,
    o.id AS from_org_seen, o.name AS from_org, u.name AS from_owner,
    q.id AS to_org_seen, q.name AS to_org, v.name AS to_owner
    FROM device_moves m
    JOIN devices d ON d.id = m.device_id",
    whoever!("m.actor"),
    "LEFT JOIN organizations o ON o.id = m.from_org_id
    AND o.id IN (SELECT org_id FROM near)
    LEFT JOIN users u ON u.id = m.from_owner_id
    AND u.org_id IN (SELECT org_id FROM near)
    LEFT JOIN organizations q ON q.id = m.to_org_id
    AND q.id IN (SELECT org_id FROM near)
    LEFT JOIN users v ON v.id = m.to_owner_id
    AND v.org_id IN (SELECT org_id FROM near)
    WHERE d.id = $3 AND d.org_id IN (SELECT org_id FROM near)",
    not_erased!(),
    " ORDER BY m.id DESC LIMIT $4 OFFSET $5"
);

/// The columns of an `Ending`, and which.
macro_rules! select_endings {
    ($rest:literal) => {
        concat!(
            "SELECT m.*, d.name, COALESCE(d.former_name, d.name) AS known_as, s.id AS token_id
             FROM device_moves m
             JOIN devices d ON d.id = m.device_id
             LEFT JOIN static_tokens s ON s.device_id = m.device_id ",
            $rest
        )
    };
}

impl Store {
    /// Whether the time of a claim or transfer is over, so that something is to be done about it.
    pub async fn has_endings(&self, now: Time) -> Result<bool, StoreError> {
        let found: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM device_moves WHERE open_until <= $1")
                .bind(now.0)
                .fetch_one(&mut *self.read().await?)
                .await?;
        Ok(found > 0)
    }

    /// What became of a device, the newest first. Organizations and people out of reach have no names.
    pub async fn moves(
        &self,
        reach: Reach,
        device: DeviceId,
        page: PageQuery,
    ) -> Result<Page<DeviceMove>, StoreError> {
        let [org, depth] = reach.bound();
        let listing = Listing {
            count: concat!(
                "SELECT COUNT(*) FROM device_moves m
                 JOIN devices d ON d.id = m.device_id
                 JOIN org_tree t ON t.org_id = d.org_id
                 WHERE t.ancestor_id = $1 AND t.depth <= $2 AND d.id = $3",
                not_erased!()
            ),
            rows: MOVES,
            bound: &[org, depth, Bound::Number(device.0)],
        };
        let page: Page<MoveRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }
}

impl Work {
    /// A token's QR token, sealed.
    pub async fn sealed_label(&mut self, token: i64) -> Result<Vec<u8>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT qr_sealed FROM static_tokens WHERE id = $1")
                .bind(token)
                .fetch_one(&mut **self)
                .await?,
        )
    }

    /// The newest of what became of a device. Organizations and people out of reach have no names.
    pub async fn last_moves(
        &mut self,
        reach: Reach,
        device: DeviceId,
        most: i64,
    ) -> Result<Vec<DeviceMove>, StoreError> {
        let found: Vec<MoveRow> = sqlx::query_as(MOVES)
            .bind(reach.org.0)
            .bind(reach.depth)
            .bind(device.0)
            .bind(most)
            .bind(0_i64)
            .fetch_all(&mut **self)
            .await?;
        Ok(found.into_iter().map(|row| row.0).collect())
    }

    /// A device within reach, with all that decides about what becomes of it.
    pub async fn device_hands(
        &mut self,
        reach: Reach,
        id: DeviceId,
    ) -> Result<Option<DeviceHands>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT d.id, d.name, d.org_id AS holder_org_id, d.owner_id AS holder_owner_id,
                    d.template_id, p.name AS template_name, p.org_id AS template_org_id,
                    d.auth_digest, d.auth_sealed, u.role AS owner_role, s.id AS token_id,
                    s.org_id AS token_org_id, s.name AS label_name, s.metadata AS label_metadata,
                    s.qr_sealed, s.claimed_at,
                    s.first_claimed_at, s.revoked_at, b.secrets, m.kind AS move_kind, m.was AS move_was,
                    m.from_org_id, m.from_owner_id, m.open_until, m.actor AS move_actor, m.together,
                    (SELECT COUNT(*) FROM device_moves h
                     WHERE h.device_id = d.id AND h.kind = 'transfer') AS transfers,
                    (SELECT CAST(COALESCE(SUM(CASE h.kind WHEN 'undo' THEN -1
                         WHEN 'create' THEN 0 WHEN 'renew' THEN 0 ELSE 1 END), 0) AS BIGINT)
                     FROM device_moves h WHERE h.device_id = d.id) AS hands
             FROM devices d
             JOIN templates p ON p.id = d.template_id
             JOIN org_tree t ON t.org_id = d.org_id
             LEFT JOIN users u ON u.id = d.owner_id
             LEFT JOIN static_tokens s ON s.device_id = d.id
             LEFT JOIN batches b ON b.id = s.batch_id
             LEFT JOIN device_moves m ON m.device_id = d.id AND m.open_until IS NOT NULL
             WHERE t.ancestor_id = $1 AND t.depth <= $2 AND d.id = $3",
        )
        .bind(reach.org.0)
        .bind(reach.depth)
        .bind(id.0)
        .fetch_optional(&mut **self)
        .await?)
    }
}

impl Write {
    /// Writes down what happened, and gives its number.
    pub async fn insert_move(&mut self, row: NewMove<'_>, now: Time) -> Result<i64, StoreError> {
        together::number(&mut self.0, row.added(now)).await
    }

    /// What can still be undone of a device, to end it now.
    pub async fn open_move(&mut self, device: DeviceId) -> Result<Option<Ending>, StoreError> {
        Ok(sqlx::query_as(select_endings!(
            "WHERE m.device_id = $1 AND m.open_until IS NOT NULL"
        ))
        .bind(device.0)
        .fetch_optional(&mut *self.0)
        .await?)
    }

    /// The last that happened to a device; none where it was there before any of that was written down.
    pub async fn last_move(&mut self, device: DeviceId) -> Result<Option<LastMove>, StoreError> {
        let row: Option<LastRow> = sqlx::query_as(
            "SELECT kind, at, together FROM device_moves WHERE device_id = $1
             ORDER BY id DESC LIMIT 1",
        )
        .bind(device.0)
        .fetch_optional(&mut *self.0)
        .await?;
        Ok(row.map(|row| row.0))
    }

    /// All that went together with a gateway, and can still be undone.
    pub async fn open_together(&mut self, gateway: DeviceId) -> Result<Vec<Ending>, StoreError> {
        Ok(sqlx::query_as(select_endings!(
            "WHERE m.together = $1 AND m.open_until IS NOT NULL ORDER BY m.id"
        ))
        .bind(gateway.0)
        .fetch_all(&mut *self.0)
        .await?)
    }

    /// Some of those whose time is over, the oldest first.
    pub async fn endings(&mut self, most: i64, now: Time) -> Result<Vec<Ending>, StoreError> {
        Ok(sqlx::query_as(select_endings!(
            "WHERE m.open_until <= $1 ORDER BY m.open_until, m.id LIMIT $2"
        ))
        .bind(now.0)
        .bind(most)
        .fetch_all(&mut *self.0)
        .await?)
    }

    /// What can be undone of a device can be undone no longer.
    pub async fn close_move(&mut self, device: DeviceId) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE device_moves SET open_until = NULL
             WHERE device_id = $1 AND open_until IS NOT NULL",
        )
        .bind(device.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// The same of one move, by its number.
    pub async fn end_move(&mut self, id: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE device_moves SET open_until = NULL WHERE id = $1")
            .bind(id)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Gives a token another QR token. The one that it had is remembered as an old one.
    pub async fn replace_label(
        &mut self,
        token: i64,
        qr: &Kept,
        replaced: Replaced<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO old_labels (digest, token_id, replaced_at, kind, actor)
             SELECT qr_digest, id, $2, $3, $4 FROM static_tokens WHERE id = $1",
        )
        .bind(token)
        .bind(replaced.at.0)
        .bind(kind_name(replaced.kind))
        .bind(replaced.actor.to_string())
        .execute(&mut *self.0)
        .await?;
        self.set_label(token, qr).await
    }

    /// A token's claim code claims nothing any more.
    pub async fn forget_claim_code(&mut self, token: i64) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE static_tokens SET code_digest = NULL, code_sealed = NULL WHERE id = $1",
        )
        .bind(token)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Keeps a token's QR token in another way.
    pub async fn set_label(&mut self, token: i64, qr: &Kept) -> Result<(), StoreError> {
        sqlx::query("UPDATE static_tokens SET qr_digest = $2, qr_sealed = $3 WHERE id = $1")
            .bind(token)
            .bind(qr.digest.as_slice())
            .bind(&qr.sealed)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Gives a claimed token to another holder, as of the claim that there was. Which machine is the device its new owner
    /// says anew.
    pub async fn hand_token(&mut self, token: i64, holder: Holder) -> Result<(), StoreError> {
        self.reset_pins(token).await?;
        sqlx::query(concat!(
            "UPDATE static_tokens SET claimed_org_id = $2, owner_id = $3, ",
            given_before!(),
            " WHERE id = $1"
        ))
        .bind(token)
        .bind(holder.org.0)
        .bind(holder.owner.map(|id| id.0))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Takes a token from whoever has it. It keeps its device where there still is one. `was_minted`: as if nobody ever
    /// had had it; otherwise it stays known that somebody did.
    pub async fn free_token(
        &mut self,
        token: i64,
        device: Option<DeviceId>,
        was_minted: bool,
    ) -> Result<(), StoreError> {
        self.reset_pins(token).await?;
        sqlx::query(concat!(
            "UPDATE static_tokens
             SET claimed_at = NULL, claimed_org_id = NULL, owner_id = NULL, device_id = $2,
                 first_claimed_at = CASE WHEN $3 = 1 THEN NULL ELSE first_claimed_at END, ",
            given_before!(),
            " WHERE id = $1"
        ))
        .bind(token)
        .bind(device.map(|id| id.0))
        .bind(i64::from(was_minted))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
