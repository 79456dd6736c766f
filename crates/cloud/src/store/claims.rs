//! Claiming: found by the secret's digest, answered once.

use std::collections::{HashMap, HashSet};

use handover_wire::{ClaimProof, DeviceId, OrgId, TemplateId};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};

use super::batches::word;
use super::hands::{NewMove, hands_of};
use super::listing::is_alike;
use super::pins::{press_of, template_or_none};
use super::readings::parts_of;
use super::together::{self, Statement};
use super::{StoreError, Work, Write, digest, limits, orgs};
use crate::clock::Time;
use crate::domain::{Actor, Hands, Holder, Names, Press};
use crate::secrets::{Digest, Kept};

/// Tokens of one identifier that are looked at: makers above each other seldom have even two.
const MOST_NAMESAKES: i64 = 5;

/// What one static token, and no other, has.
#[derive(Clone, Copy, Debug)]
pub enum TokenKey<'a> {
    /// The digest of one of its secrets, made by this organization or one above it.
    Secret(Secret<'a>, OrgId),
    /// Its internal id.
    Id(i64),
}

/// The digest of a label's secret.
#[derive(Clone, Copy, Debug)]
pub enum Secret<'a> {
    /// Of a QR token.
    QrToken(&'a Digest),
    /// Of an auth token.
    AuthToken(&'a Digest),
}

/// A static token, found by one of its secrets.
pub struct TokenFound {
    /// Its internal id.
    pub id: i64,
    /// The organization it was made in.
    pub org: OrgId,
    /// The template's numeric id.
    pub template: i64,
    /// What the template is called.
    pub template_name: String,
    /// Whether the template shows its first owners what the maker's tests said.
    pub test_values_shown: bool,
    /// Whose it is.
    pub hands: Hands,
    /// The device that came of it, if there is one.
    pub device: Option<DeviceId>,
    /// The name that its device gets, where the maker gave it one.
    pub name: Option<String>,
    /// Metadata that its device gets, as a JSON object.
    pub metadata: Option<String>,
    /// Its auth token; the device gets it.
    pub auth: Kept,
    /// What has to come with its identifier, where it has one.
    pub proof: Option<ClaimProof>,
    /// What its claim code is compared by.
    pub code: Option<Digest>,
    /// Whether its secrets are shown once, so that no device keeps them.
    pub once: bool,
    /// Whether they were shown by the export of its batch.
    pub exported: bool,
    /// How many labels of nodes wait with it, and come with it.
    pub waiting_nodes: i64,
    /// The last press of the button of the machine that was the first to say that it is its device. What others press proves
    /// nothing, and takes nothing from it.
    pub press: Option<Press>,
}

/// What a claim was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Which request it answered.
    pub request: Digest,
    /// The HTTP status.
    pub status: u16,
    /// The body, byte for byte.
    pub body: String,
}

impl FromRow<'_, AnyRow> for TokenFound {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let read = |bytes: &[u8]| digest(bytes).map_err(|error| sqlx::Error::Decode(error.into()));
        let auth: Vec<u8> = row.try_get("auth_digest")?;
        let code: Option<Vec<u8>> = row.try_get("code_digest")?;
        let proof: Option<String> = row.try_get("proof")?;
        Ok(Self {
            id: row.try_get("id")?,
            org: OrgId(row.try_get("org_id")?),
            template: row.try_get("template_id")?,
            template_name: row.try_get("template_name")?,
            test_values_shown: parts_of(&row.try_get::<String, _>("template_parts")?)
                .map_err(|error| sqlx::Error::Decode(error.into()))?
                .test_values_shown,
            hands: hands_of(row)?,
            device: row.try_get::<Option<i64>, _>("device_id")?.map(DeviceId),
            name: row.try_get("name")?,
            metadata: row.try_get("metadata")?,
            auth: Kept {
                digest: read(&auth)?,
                sealed: row.try_get("auth_sealed")?,
            },
            proof: proof.map(word).transpose()?,
            code: code.as_deref().map(read).transpose()?,
            exported: row.try_get::<Option<i64>, _>("exported_at")?.is_some(),
            once: row.try_get::<Option<String>, _>("secrets")?.as_deref() == Some("once"),
            waiting_nodes: row.try_get("waiting_nodes")?,
            press: press_of(row)?,
        })
    }
}

/// A token that has what a machine says, and how near that is to what the machine means.
struct Namesake {
    token: TokenFound,
    rank: i64,
}

impl FromRow<'_, AnyRow> for Namesake {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            token: TokenFound::from_row(row)?,
            rank: row.try_get("namesake_rank")?,
        })
    }
}

/// All of a token, and one more column; what it is found in comes next. The organization is the device's own: devices move on
/// after they were claimed.
macro_rules! token_columns {
    ($column:literal) => {
        concat!(
            "SELECT s.id, s.org_id, s.template_id, s.device_id, s.name, s.metadata, s.auth_digest,
                    s.auth_sealed, s.code_digest, s.claimed_at, s.first_claimed_at, s.revoked_at, ",
            $column,
            ", s.id AS token_id, p.name AS template_name,
                    p.parts AS template_parts, d.org_id AS holder_org_id,
                    d.owner_id AS holder_owner_id, m.kind AS move_kind, m.was AS move_was,
                    m.from_org_id, m.from_owner_id, m.open_until, b.proof, b.secrets, b.exported_at,
                    (SELECT COUNT(*) FROM waiting_nodes w WHERE w.gateway_token = s.id) AS waiting_nodes,
                    (SELECT x.pressed_at FROM pins x WHERE x.token_id = s.id AND x.state <> 'refused'
                     ORDER BY x.id LIMIT 1) AS pressed_at,
                    (SELECT x.pressed_for FROM pins x WHERE x.token_id = s.id AND x.state <> 'refused'
                     ORDER BY x.id LIMIT 1) AS pressed_for
             FROM "
        )
    };
}

/// What belongs to a token, up to what it is found by. A token of a batch that is not all there is not there either.
macro_rules! token_tables {
    () => {
        " JOIN templates p ON p.id = s.template_id
          LEFT JOIN devices d ON d.id = s.device_id
          LEFT JOIN batches b ON b.id = s.batch_id
          LEFT JOIN device_moves m ON m.device_id = s.device_id AND m.open_until IS NOT NULL
          WHERE (s.batch_id IS NULL OR b.state = 'ready') AND "
    };
}

/// Made by the organization or one above it. A foreign maker's is left out by the very query that finds the others, so that it
/// takes no longer than one that is nobody's.
macro_rules! made_above {
    ($org:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM org_tree t
                     WHERE t.ancestor_id = s.org_id AND t.org_id = ",
            $org,
            ") "
        )
    };
}

/// Finds a token.
macro_rules! find_token {
    (above $org:literal, $($which:tt)+) => {
        concat!(find_token!($($which)+), " AND ", made_above!($org))
    };
    // With one more column.
    (with $column:literal, $($which:tt)+) => {
        concat!(token_columns!($column), "static_tokens s", token_tables!(), $($which)+)
    };
    ($($which:tt)+) => {
        find_token!(with "0 AS namesake_rank", $($which)+)
    };
}

/// Finds the tokens that have the digests of a list, each made by the organization beside it or one above that. The third of a
/// row is its place.
macro_rules! find_tokens {
    ($column:literal) => {
        [
            concat!(token_columns!("v.column3 AS place"), "(VALUES "),
            "($1, $2, $3)",
            concat!(
                ") AS v JOIN static_tokens s ON s.",
                $column,
                " = v.column1",
                token_tables!(),
                made_above!("v.column2")
            ),
        ]
    };
}

/// What a label names, however either is written.
macro_rules! named {
    () => {
        concat!("s.revoked_at IS NULL AND ", is_alike!("s", "$1"))
    };
}

impl Work {
    /// Finds a static token by what it alone has.
    pub async fn find_token(
        &mut self,
        key: TokenKey<'_>,
    ) -> Result<Option<TokenFound>, StoreError> {
        let found = together::ask(self.engine, &mut *self, vec![key.sought()]).await?;
        first(&found[0])
    }
}

impl TokenKey<'_> {
    /// What finds it.
    fn sought(self) -> Statement {
        let (secret, into) = match self {
            TokenKey::Secret(secret, into) => (secret, into),
            TokenKey::Id(id) => return Statement::new(find_token!("s.id = $1")).bind(id),
        };
        let (sql, digest) = match secret {
            Secret::QrToken(digest) => (find_token!(above "$2", "s.qr_digest = $1"), digest),
            Secret::AuthToken(digest) => (find_token!(above "$2", "s.auth_digest = $1"), digest),
        };
        Statement::new(sql).bind(digest.as_slice()).bind(into.0)
    }
}

impl Secret<'_> {
    /// What finds its token with those of others, at this place among them.
    fn sought_with_others(self, into: OrgId, place: i64) -> Statement {
        let ([before, row, after], digest) = match self {
            Secret::QrToken(digest) => (find_tokens!("qr_digest"), digest),
            Secret::AuthToken(digest) => (find_tokens!("auth_digest"), digest),
        };
        let row = Statement::row(before, row, after);
        row.bind(digest.as_slice()).bind(into.0).bind(place)
    }
}

/// The rows, as what they say.
fn all<'r, T: FromRow<'r, AnyRow>, C: FromIterator<T>>(
    rows: impl IntoIterator<Item = &'r AnyRow>,
) -> Result<C, StoreError> {
    Ok(rows
        .into_iter()
        .map(T::from_row)
        .collect::<Result<C, sqlx::Error>>()?)
}

/// The row that was found, if one was.
fn first<T: for<'r> FromRow<'r, AnyRow>>(rows: &[AnyRow]) -> Result<Option<T>, StoreError> {
    Ok(rows.first().map(T::from_row).transpose()?)
}

/// What a claim of a label's secret looks up.
pub struct ClaimQuestion<'a> {
    /// Who claims.
    pub actor: &'a Actor,
    /// What tells this request from others of theirs.
    pub key: &'a str,
    /// What may happen only so often.
    pub counted: Vec<&'a Digest>,
    /// Into which organization.
    pub into: OrgId,
    /// What is claimed.
    pub secret: Secret<'a>,
}

/// What it finds.
pub struct ClaimFacts {
    /// Whether this request was answered before.
    pub is_known: bool,
    /// When all of what happened is forgotten, for each of what was asked for.
    pub free_at: Vec<Option<Time>>,
    /// Whether the organization has room for all of the claims that were asked about.
    pub has_room: bool,
    /// The token.
    pub token: Option<TokenFound>,
}

impl Write {
    /// Looks up what several claims have to do with, all at once: one statement for each thing that is looked up, however many
    /// claims there are.
    pub async fn claim_facts(
        &mut self,
        asked: &[ClaimQuestion<'_>],
    ) -> Result<Vec<ClaimFacts>, StoreError> {
        let answered = asked.iter().map(|one| kept_with_others(one.actor, one.key));
        let counted = asked.iter().flat_map(|one| &one.counted);
        let counted = counted.map(|digest| limits::asked_with_others(digest));
        let room = asked.iter().map(|one| orgs::room_left(one.into, None));
        let tokens = (0..).zip(asked);
        let tokens = tokens.map(|(place, one)| one.secret.sought_with_others(one.into, place));
        let questions = answered.chain(counted).chain(room).chain(tokens);
        let found = self.ask(questions.collect()).await?;
        let [answered, counted, room, tokens @ ..] = &found[..] else {
            return Err(StoreError::Corrupt("not all questions were answered"));
        };
        let found = FoundTogether {
            answered: all(answered)?,
            counted: all::<_, Vec<_>>(counted)?.into_iter().collect(),
            room: all::<_, Vec<_>>(room)?.into_iter().collect(),
            tokens: all::<Placed, Vec<_>>(tokens.iter().flatten())?
                .into_iter()
                .map(|Placed(place, token)| (place, token))
                .collect(),
        };
        let more = i64::try_from(asked.len()).unwrap_or(i64::MAX);
        Ok(found.shared_out(asked, more))
    }
}

/// What was found for several claims.
struct FoundTogether {
    /// Who was answered under which key.
    answered: HashSet<(String, String)>,
    /// When what happened is forgotten, by its digest.
    counted: HashMap<Vec<u8>, i64>,
    /// How many devices may still come into an organization, where there is a limit.
    room: HashMap<i64, i64>,
    /// Tokens by the place of who claims them.
    tokens: HashMap<i64, TokenFound>,
}

impl FoundTogether {
    /// What each of them is to know, where all of them are to have room.
    fn shared_out(mut self, asked: &[ClaimQuestion<'_>], more: i64) -> Vec<ClaimFacts> {
        let shared_out = (0..).zip(asked).map(|(place, one)| ClaimFacts {
            is_known: self
                .answered
                .contains(&(one.actor.to_string(), one.key.to_owned())),
            free_at: limits::times_in(&one.counted, &self.counted),
            has_room: self.room.get(&one.into.0).is_none_or(|&left| more <= left),
            token: self.tokens.remove(&place),
        });
        shared_out.collect()
    }
}

/// A token and the place of who asked for it.
struct Placed(i64, TokenFound);

impl FromRow<'_, AnyRow> for Placed {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(row.try_get("place")?, TokenFound::from_row(row)?))
    }
}

impl Write {
    /// Finds the static tokens whose identifier a label can name, made by the organization or one above it; the youngest
    /// maker's first. What was taken out of use has given its identifier up.
    pub async fn find_named(
        &mut self,
        names: &Names,
        into: OrgId,
    ) -> Result<Vec<TokenFound>, StoreError> {
        let sql = concat!(
            find_token!(above "$2", named!()),
            "ORDER BY s.org_id DESC, s.id LIMIT $3"
        );
        Ok(sqlx::query_as(sql)
            .bind(names.main())
            .bind(into.0)
            .bind(MOST_NAMESAKES)
            .fetch_all(&mut *self.0)
            .await?)
    }

    /// The one static token that a machine asks for which says this. It is of the template that the machine names; where it
    /// names none, of one that is the topmost organization's. So nobody else's number catches it: only those who have a
    /// template, or are above them, say what identifies its devices.
    ///
    /// Of several the one that the machine was confirmed for, then the one of the organization that has the template. None
    /// where that leaves several.
    pub async fn find_identified(
        &mut self,
        names: &Names,
        template: Option<&TemplateId>,
        pin: &Digest,
    ) -> Result<Option<TokenFound>, StoreError> {
        let sql = concat!(
            find_token!(
                with "CASE WHEN EXISTS (SELECT 1 FROM pins y WHERE y.token_id = s.id AND y.digest = $3
                                        AND y.state = 'confirmed') THEN CAST(0 AS BIGINT)
                           WHEN s.org_id = p.org_id THEN 1 ELSE 2 END AS namesake_rank",
                named!()
            ),
            " AND (p.template_id = $2 OR $2 = '' AND EXISTS (
                   SELECT 1 FROM organizations o WHERE o.id = p.org_id AND o.parent_id IS NULL))
             ORDER BY namesake_rank, s.id LIMIT 2"
        );
        let found: Vec<Namesake> = sqlx::query_as(sql)
            .bind(names.main())
            .bind(template_or_none(template))
            .bind(pin.as_slice())
            .fetch_all(&mut *self.0)
            .await?;
        let mut found = found.into_iter();
        Ok(match (found.next(), found.next()) {
            (Some(first), Some(second)) if first.rank == second.rank => None,
            (first, _) => first.map(|first| first.token),
        })
    }

    /// Makes a token somebody's, with the device that came of it.
    pub async fn mark_claimed(
        &mut self,
        token: i64,
        holder: Holder,
        device: DeviceId,
        at: Time,
    ) -> Result<(), StoreError> {
        self.write_now(marked(token, holder, device, at)).await
    }

    /// The same when the change ends, and the row of the device's history with it.
    pub fn mark_claimed_last(&mut self, token: i64, holder: Holder, row: NewMove<'_>, at: Time) {
        self.write_last(marked(token, holder, row.device, at));
        self.write_last(row.added(at));
    }

    /// What this caller was answered under this key before.
    pub async fn kept_answer(
        &mut self,
        actor: &Actor,
        key: &str,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let found = self.ask(vec![kept(actor, key)]).await?;
        let row: Option<(Vec<u8>, i64, String)> = first(&found[0])?;
        row.map(|(request, status, body)| {
            Ok(KeptAnswer {
                request: digest(&request)?,
                status: u16::try_from(status)
                    .map_err(|_| StoreError::Corrupt("a status is no HTTP status"))?,
                body,
            })
        })
        .transpose()
    }

    /// Keeps an answer for the same caller and key, when the change ends.
    pub fn keep_answer(&mut self, actor: &Actor, key: &str, answer: &KeptAnswer, now: Time) {
        let kept = Statement::row(
            "INSERT INTO claim_answers (actor, idempotency, request_digest, status, body, created_at) VALUES ",
            "($1, $2, $3, $4, $5, $6)",
            "",
        )
        .bind(actor.to_string())
        .bind(key)
        .bind(answer.request.as_slice())
        .bind(i64::from(answer.status))
        .bind(answer.body.as_str())
        .bind(now.0);
        self.write_last(kept);
    }
}

/// What finds what this caller was answered under this key.
fn kept(actor: &Actor, key: &str) -> Statement {
    Statement::new(
        "SELECT request_digest, status, body FROM claim_answers
         WHERE actor = $1 AND idempotency = $2",
    )
    .bind(actor.to_string())
    .bind(key)
}

/// The same for one of many.
fn kept_with_others(actor: &Actor, key: &str) -> Statement {
    Statement::row(
        "SELECT actor, idempotency FROM claim_answers WHERE (actor, idempotency) IN (VALUES ",
        "($1, $2)",
        ")",
    )
    .bind(actor.to_string())
    .bind(key)
}

fn marked(token: i64, holder: Holder, device: DeviceId, at: Time) -> Statement {
    // Both databases name the columns of a list of values like this.
    Statement::row(
        "UPDATE static_tokens
         SET claimed_at = v.column2, first_claimed_at = COALESCE(first_claimed_at, v.column2),
             claimed_org_id = v.column3, owner_id = v.column4, device_id = v.column5
         FROM (VALUES ",
        "($1, $2, $3, CAST($4 AS BIGINT), $5)",
        ") AS v WHERE static_tokens.id = v.column1",
    )
    .bind(token)
    .bind(at.0)
    .bind(holder.org.0)
    .bind(holder.owner.map(|id| id.0))
    .bind(device.0)
}
