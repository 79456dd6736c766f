//! Machines that say that they are a device, and claims that wait for its button.

use handover_wire::{DeviceId, OrgId, PinState, TemplateId, UserId};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};

use super::batches::word;
use super::{StoreError, Work, Write, digest, sought};
use crate::clock::Time;
use crate::domain::{Holder, Names, Pin, Pins, Press, PressFor};
use crate::secrets::{Digest, Kept};

/// Devices that a letter tells of at the most.
const AT_ONCE: i64 = 500;
/// Seconds for which a conflict is told once, however many machines join it.
const TOLD_SECONDS: i64 = 3_600;
/// Seconds after which a machine is forgotten that says no more to be a device which is nobody's.
const SILENT_SECONDS: i64 = 6 * 3_600;
/// Seconds for which a wait that is over is kept.
const WAITS_KEPT_SECONDS: i64 = 24 * 3_600;

/// What `auth_given` says of an auth token that a machine of whoever has the device was given, and of one that a machine of
/// somebody before them was, or that a gateway knows which the device has no longer.
const GIVEN: i64 = 1;
const GIVEN_BEFORE: i64 = 2;

struct PinRow(Pin);

impl FromRow<'_, AnyRow> for PinRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let bytes: Vec<u8> = row.try_get("digest")?;
        let digest = digest(&bytes).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Self(Pin {
            digest,
            state: word(row.try_get("state")?)?,
            first_seen: Time(row.try_get("first_seen")?),
            last_seen: Time(row.try_get("last_seen")?),
            press: press_of(row)?,
            presses: row.try_get("presses")?,
        }))
    }
}

/// Whom a press is for where it is for nobody: no account has that number.
const NOBODY: i64 = 0;

/// The press that a row has.
pub(super) fn press_of(row: &AnyRow) -> Result<Option<Press>, sqlx::Error> {
    let at: Option<i64> = row.try_get("pressed_at")?;
    let whose = match row.try_get("pressed_for")? {
        None => PressFor::Whoever,
        Some(NOBODY) => PressFor::Nobody,
        Some(user) => PressFor::Only(UserId(user)),
    };
    Ok(at.map(|at| Press {
        at: Time(at),
        whose,
    }))
}

/// Whom a press is for, as it is kept.
fn kept(press: Press) -> Option<i64> {
    match press.whose {
        PressFor::Whoever => None,
        PressFor::Nobody => Some(NOBODY),
        PressFor::Only(user) => Some(user.0),
    }
}

fn state_name(state: PinState) -> &'static str {
    match state {
        PinState::Waiting => "waiting",
        PinState::Confirmed => "confirmed",
        PinState::Refused => "refused",
    }
}

/// Somebody's device that several machines say that they are.
pub struct Conflict {
    /// Its static token, by internal id.
    pub token: i64,
    /// What identifies it.
    pub identifier: String,
    /// The device.
    pub device: DeviceId,
    /// What that is called.
    pub name: String,
    /// Who has it.
    pub holder: Holder,
}

impl FromRow<'_, AnyRow> for Conflict {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            token: row.try_get("id")?,
            identifier: row.try_get("identifier")?,
            device: DeviceId(row.try_get("device_id")?),
            name: row.try_get("device_name")?,
            holder: Holder {
                org: OrgId(row.try_get("org_id")?),
                owner: row.try_get::<Option<i64>, _>("owner_id")?.map(UserId),
            },
        })
    }
}

/// Static tokens of which nobody was told, nor a moment ago, that several machines say to be the device, as `$1` has that.
macro_rules! untold {
    () => {
        "SELECT x.token_id FROM pins x WHERE x.state <> 'refused' GROUP BY x.token_id
         HAVING COUNT(*) > 1 AND COUNT(x.told_at) < COUNT(*) AND COALESCE(MAX(x.told_at), 0) <= $1"
    };
}

impl Work {
    /// All machines that say that they are a token's device; the same statement for one that there is not (none).
    pub async fn pins(&mut self, token: Option<i64>) -> Result<Pins, StoreError> {
        let awaited: Option<i64> =
            sqlx::query_scalar("SELECT press_awaited_at FROM static_tokens WHERE id = $1")
                .bind(token.unwrap_or_default())
                .fetch_optional(&mut **self)
                .await?
                .flatten();
        let rows: Vec<PinRow> =
            sqlx::query_as("SELECT * FROM pins WHERE token_id = $1 ORDER BY id")
                .bind(token.unwrap_or_default())
                .fetch_all(&mut **self)
                .await?;
        let pins = rows.into_iter().map(|row| row.0).collect();
        Ok(Pins::of(pins, awaited.map(Time)))
    }

    /// What identifies a token's device, and by which template.
    pub async fn identified(&mut self, token: i64) -> Result<Option<String>, StoreError> {
        let found: Option<Option<String>> =
            sqlx::query_scalar("SELECT identifier FROM static_tokens WHERE id = $1")
                .bind(token)
                .fetch_optional(&mut **self)
                .await?;
        Ok(found.flatten())
    }
}

impl Write {
    /// Writes down what a machine said, and forgets another one. Where there is no token as many statements change nothing,
    /// so that their number tells nobody that there is none.
    pub async fn note_pin(
        &mut self,
        token: Option<i64>,
        pin: &Pin,
        forgotten: Option<Digest>,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM pins WHERE token_id = $1 AND digest = $2")
            .bind(token.unwrap_or_default())
            .bind(forgotten.unwrap_or_default().as_slice())
            .execute(&mut *self.0)
            .await?;
        let Some(token) = token else {
            sqlx::query("UPDATE pins SET last_seen = $2 WHERE token_id = $1")
                .bind(0)
                .bind(pin.last_seen.0)
                .execute(&mut *self.0)
                .await?;
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO pins (token_id, digest, state, first_seen, last_seen, pressed_at, presses,
                               pressed_for)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (token_id, digest)
             DO UPDATE SET state = $3, last_seen = $5, pressed_at = $6, presses = $7, pressed_for = $8",
        )
        .bind(token)
        .bind(pin.digest.as_slice())
        .bind(state_name(pin.state))
        .bind(pin.first_seen.0)
        .bind(pin.last_seen.0)
        .bind(pin.press.map(|press| press.at.0))
        .bind(pin.presses)
        .bind(pin.press.and_then(kept))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Writes down what the owner said: whoever is not among these is forgotten.
    pub async fn settle_pins(
        &mut self,
        token: i64,
        before: &Pins,
        after: &Pins,
    ) -> Result<(), StoreError> {
        for pin in before.all() {
            match after.get(&pin.digest) {
                Some(settled) => self.note_pin(Some(token), settled, None).await?,
                None => {
                    sqlx::query("DELETE FROM pins WHERE token_id = $1 AND digest = $2")
                        .bind(token)
                        .bind(pin.digest.as_slice())
                        .execute(&mut *self.0)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Notes when the owner was told to press the button.
    pub async fn await_press(&mut self, token: i64, at: Option<Time>) -> Result<(), StoreError> {
        sqlx::query("UPDATE static_tokens SET press_awaited_at = $2 WHERE id = $1")
            .bind(token)
            .bind(at.map(|at| at.0))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets all that say that they are a token's device.
    pub async fn reset_pins(&mut self, token: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM pins WHERE token_id = $1")
            .bind(token)
            .execute(&mut *self.0)
            .await?;
        self.await_press(token, None).await
    }

    /// A node's gateway, or all that a gateway has, is it no longer, and goes on to know the auth token: another one is given to the
    /// machine that asks next. Of a node that is reached by mesh a gateway has none.
    pub(super) async fn leave_auth_behind(&mut self, id: DeviceId) -> Result<(), StoreError> {
        sqlx::query(
            // Within a text of it quotation marks are escaped, so this is the switch itself.
            r#"UPDATE static_tokens SET auth_given = $2
               WHERE device_id IN
                   (SELECT n.node_id FROM gateway_nodes n
                    JOIN devices d ON d.id = n.node_id
                    JOIN templates p ON p.id = d.template_id
                    WHERE (n.node_id = $1 OR n.gateway_id = $1)
                    AND p.parts NOT LIKE '%"mesh":true%')"#,
        )
        .bind(id.0)
        .bind(GIVEN_BEFORE)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Whether the auth token that it has was given to a machine of somebody who had the device before, or to its gateway of before.
    pub async fn is_auth_of_before(&mut self, token: i64) -> Result<bool, StoreError> {
        let given: i64 = sqlx::query_scalar("SELECT auth_given FROM static_tokens WHERE id = $1")
            .bind(token)
            .fetch_one(&mut *self.0)
            .await?;
        Ok(given == GIVEN_BEFORE)
    }

    /// Writes down that a machine of whoever has the device is given its auth token.
    pub async fn note_given(&mut self, token: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE static_tokens SET auth_given = $2 WHERE id = $1 AND auth_given <> $2")
            .bind(token)
            .bind(GIVEN)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Gives a token and its device another auth token.
    pub async fn renew_auth(&mut self, token: i64, auth: &Kept) -> Result<(), StoreError> {
        for sql in [
            "UPDATE static_tokens SET auth_digest = $2, auth_sealed = $3 WHERE id = $1",
            "UPDATE devices SET auth_digest = $2, auth_sealed = $3
             WHERE id = (SELECT device_id FROM static_tokens WHERE id = $1)",
        ] {
            sqlx::query(sql)
                .bind(token)
                .bind(auth.digest.as_slice())
                .bind(&auth.sealed)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    /// The organizations that made devices which are somebody's, and which several machines say that they are, untold.
    pub async fn makers_with_conflicts(&mut self, now: Time) -> Result<Vec<OrgId>, StoreError> {
        let makers: Vec<i64> = sqlx::query_scalar(concat!(
            "SELECT DISTINCT s.org_id FROM static_tokens s
             WHERE s.claimed_at IS NOT NULL AND s.id IN (",
            untold!(),
            ") ORDER BY s.org_id"
        ))
        .bind(now.plus_seconds(-TOLD_SECONDS).0)
        .fetch_all(&mut *self.0)
        .await?;
        Ok(makers.into_iter().map(OrgId).collect())
    }

    /// Those devices of one maker; of very many some, the others another time.
    pub async fn untold_conflicts(
        &mut self,
        maker: OrgId,
        now: Time,
    ) -> Result<Vec<Conflict>, StoreError> {
        Ok(sqlx::query_as(concat!(
            "SELECT s.id, s.identifier, s.device_id, d.org_id, d.owner_id, d.name AS device_name
             FROM static_tokens s JOIN devices d ON d.id = s.device_id
             WHERE s.claimed_at IS NOT NULL AND s.org_id = $2 AND s.id IN (",
            untold!(),
            ") ORDER BY s.id LIMIT $3"
        ))
        .bind(now.plus_seconds(-TOLD_SECONDS).0)
        .bind(maker.0)
        .bind(AT_ONCE)
        .fetch_all(&mut *self.0)
        .await?)
    }

    /// Notes that maker and owner were told of all that say that they are a token's device.
    pub async fn note_conflict_told(&mut self, token: i64, now: Time) -> Result<(), StoreError> {
        sqlx::query("UPDATE pins SET told_at = $2 WHERE token_id = $1")
            .bind(token)
            .bind(now.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Until when somebody waits for the button of what has this identifier.
    pub async fn presence_wait(
        &mut self,
        user: UserId,
        identifier: &str,
    ) -> Result<Option<Time>, StoreError> {
        let until: Option<i64> = sqlx::query_scalar(
            "SELECT until FROM presence_waits WHERE user_id = $1 AND identifier = $2",
        )
        .bind(user.0)
        .bind(identifier)
        .fetch_optional(&mut *self.0)
        .await?;
        Ok(until.map(Time))
    }

    /// Notes that somebody waits for it.
    pub async fn wait_for_presence(
        &mut self,
        user: UserId,
        identifier: &str,
        until: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO presence_waits (user_id, identifier, until) VALUES ($1, $2, $3)
             ON CONFLICT (user_id, identifier) DO UPDATE SET until = $3",
        )
        .bind(user.0)
        .bind(identifier)
        .bind(until.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Those who wait now for the button of what says this, and could have what this organization made; two of
    /// them where there are more. The same statement where nothing has that identifier (none).
    pub async fn waiting_for_press(
        &mut self,
        names: &Names,
        maker: Option<OrgId>,
        now: Time,
    ) -> Result<Vec<UserId>, StoreError> {
        let users: Vec<i64> = sqlx::query_scalar(
            "SELECT DISTINCT w.user_id FROM presence_waits w JOIN users u ON u.id = w.user_id
             WHERE w.identifier = $1 AND w.until > $2
             AND EXISTS (SELECT 1 FROM org_tree t WHERE t.ancestor_id = $3 AND t.org_id = u.org_id)
             ORDER BY w.user_id LIMIT 2",
        )
        .bind(names.main())
        .bind(now.0)
        .bind(maker.map_or(0, |maker| maker.0))
        .fetch_all(&mut *self.0)
        .await?;
        Ok(users.into_iter().map(UserId).collect())
    }

    /// Whoever waited has the device now.
    pub async fn end_presence_wait(
        &mut self,
        user: UserId,
        identifier: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM presence_waits WHERE user_id = $1 AND identifier = $2")
            .bind(user.0)
            .bind(identifier)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets what somebody waits for who leaves.
    pub(super) async fn forget_waits(&mut self, user: UserId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM presence_waits WHERE user_id = $1")
            .bind(user.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets machines that said to be a device which is nobody's, and have said nothing for a while. The first one stays: it
    /// is the one whose button proves a claim, and what was switched on at its maker's may lie in a box for years.
    pub(super) async fn tidy_pins(&mut self, now: Time) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM pins WHERE state = 'waiting' AND last_seen < $1
             AND token_id IN (SELECT id FROM static_tokens WHERE claimed_at IS NULL)
             AND EXISTS (SELECT 1 FROM pins o WHERE o.token_id = pins.token_id AND o.id < pins.id)",
        )
        .bind(now.plus_seconds(-SILENT_SECONDS).0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Forgets waits that are over.
    pub(super) async fn tidy_waits(&mut self, now: Time) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM presence_waits WHERE until < $1")
            .bind(now.plus_seconds(-WAITS_KEPT_SECONDS).0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}

impl super::Store {
    /// Whether somebody is to be told that several machines say that they are a device.
    pub async fn conflict_work(&self, now: Time) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar(concat!(
            "SELECT COUNT(*) FROM static_tokens s WHERE s.claimed_at IS NOT NULL AND s.id IN (",
            untold!(),
            ")"
        ))
        .bind(now.plus_seconds(-TOLD_SECONDS).0)
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(count > 0)
    }
}

/// The template that a device names, as a query takes it: an empty one where it names none.
pub(super) fn template_or_none(template: Option<&TemplateId>) -> String {
    template.map_or_else(String::new, |template| sought(&template.0))
}
