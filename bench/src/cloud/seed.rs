//! Many devices at once, past the cloud: the same ones each time, made by the database itself.

use sqlx::{AnyConnection, AssertSqlSafe};

use super::Trouble;
use super::site::Site;

/// Customers among whom the devices are shared out.
pub const CUSTOMERS: i64 = 100;
/// Batches that their tokens come from.
const BATCHES: i64 = 100;
/// Devices that are made in one statement.
const CHUNK: i64 = 50_000;
/// The first number of what is made here, beyond all that the demo made.
pub const FIRST: i64 = 1_000;

/// The names of kinds of devices, which with a number make the devices' names.
const KINDS: &str = "CASE i % 10 WHEN 0 THEN 'Soil sensor' WHEN 1 THEN 'Pump' WHEN 2 THEN 'Valve'
    WHEN 3 THEN 'Weather station' WHEN 4 THEN 'Gateway' WHEN 5 THEN 'Lamp' WHEN 6 THEN 'Meter'
    WHEN 7 THEN 'Thermostat' WHEN 8 THEN 'Door lock' ELSE 'Camera' END";

/// Templates: of a few devices, which are the oldest; of none; and of every fifth.
const TEMPLATES: &str = "INSERT INTO templates (id, template_id, org_id, name, name_folded) VALUES
    (1001, 'TMPLrare01001', 1, 'Rare', 'rare'), (1002, 'TMPLnone01002', 1, 'Unused', 'unused'),
    (1003, 'TMPLmany01003', 1, 'Common', 'common')";
/// Every seventh device was never there; of the others every third is there.
const STATES: &str = "CASE WHEN i % 7 = 0 THEN NULL ELSE 1000 + i END,
    CASE WHEN i % 7 = 0 THEN NULL ELSE 1000 + i * 1009 % 1000003 END,
    CASE WHEN i % 7 = 0 OR i % 3 = 0 THEN NULL ELSE 2000000 + i * 1009 % 1000003 END";

/// Pages of an index outside its largest piece, and in that.
const PIECES: [&str; 2] = [
    "SELECT COALESCE(SUM(pages) - MAX(pages), 0), COALESCE(MAX(pages), 0) FROM
        (SELECT COUNT(*) AS pages FROM device_names_idx GROUP BY segid) AS pieces",
    "SELECT COALESCE(SUM(pages) - MAX(pages), 0), COALESCE(MAX(pages), 0) FROM
        (SELECT COUNT(*) AS pages FROM label_texts_idx GROUP BY segid) AS pieces",
];
/// Seconds for which the cloud may leave it in pieces.
const PATIENCE: u32 = 240;

/// What the cloud itself does with the numbers that it keeps, some seconds after they changed.
const ADD_UP: &str = "CREATE TABLE sums AS SELECT kind, of_id, SUM(amount) AS amount FROM tallies GROUP BY kind, of_id;
    DELETE FROM tallies;
    INSERT INTO tallies (kind, of_id, amount) SELECT kind, of_id, amount FROM sums;
    DROP TABLE sums";

/// Nothing waits for the disk, and nothing is kept up to date row by row.
const BEFORE_MANY: &str = "SET synchronous_commit = off;
    ALTER TABLE devices DISABLE TRIGGER USER;
    ALTER TABLE static_tokens DISABLE TRIGGER USER;
    DROP INDEX IF EXISTS devices_by_name;
    DROP INDEX IF EXISTS static_tokens_by_text";

/// What triggers would have kept.
const AFTER_MANY: &str = "ALTER TABLE devices ENABLE TRIGGER USER;
    ALTER TABLE static_tokens ENABLE TRIGGER USER;
    DELETE FROM device_reach;
    INSERT INTO device_reach SELECT t.ancestor_id, d.id, d.template_id,
            device_state(d.first_connect_time, d.connect_time, d.disconnect_time),
            device_seen(d.first_connect_time, d.connect_time, d.disconnect_time), d.name_sorted
        FROM devices d JOIN org_tree t ON t.org_id = d.org_id ORDER BY t.ancestor_id, d.id;
    DELETE FROM tallies;
    INSERT INTO tallies (kind, of_id, amount) SELECT 'own', org_id, COUNT(*) FROM devices GROUP BY org_id;
    INSERT INTO tallies (kind, of_id, amount) SELECT 'reach', ancestor_id, COUNT(*) FROM device_reach
        GROUP BY ancestor_id;
    INSERT INTO tallies (kind, of_id, amount) SELECT 'claimed', batch_id, COUNT(*) FROM static_tokens
        WHERE batch_id IS NOT NULL AND revoked_at IS NULL AND claimed_at IS NOT NULL GROUP BY batch_id";

/// Makes so many devices, all claimed, of customers of the maker's, with the batches that they came from. Whether they were
/// not there yet.
pub async fn fill(site: &Site, devices: i64) -> Result<bool, Trouble> {
    let mut connection = site.past().await?;
    if is_filled(&mut connection, devices).await? {
        sqlx::Connection::close(connection).await?;
        return Ok(false);
    }
    run(&mut connection, TEMPLATES).await?;
    run(&mut connection, &customers()).await?;
    run(&mut connection, &batches(devices / BATCHES)).await?;
    let words = match site.is_sqlite {
        true => Words {
            secret: "CAST(printf('%s%031d', kind, i) AS BLOB)",
            letter: "char",
            address: "printf('02005E%06X', i)",
            serial: "printf('SN-%07d', i)",
        },
        false => Words {
            secret: "convert_to(kind || lpad(i::TEXT, 31, '0'), 'UTF8')",
            letter: "chr",
            address: "'02005E' || upper(lpad(to_hex(i), 6, '0'))",
            serial: "'SN-' || lpad(i::TEXT, 7, '0')",
        },
    };
    let chunks = (0..devices).step_by(CHUNK as usize).map(|from| {
        let until = devices.min(from + CHUNK);
        rows(from, until, devices, &words)
    });
    match site.is_sqlite {
        true => on_sqlite(&mut connection, chunks).await?,
        false => on_postgres(&mut connection, chunks).await?,
    }
    sqlx::Connection::close(connection).await?;
    Ok(true)
}

/// Waits until the cloud, which looks after them by itself every few seconds, has brought each of SQLite's indexes of texts
/// together.
pub async fn settle(site: &Site) -> Result<(), Trouble> {
    if !site.is_sqlite {
        return Ok(());
    }
    let mut connection = site.past().await?;
    for _ in 0..PATIENCE {
        let mut is_settled = true;
        for pieces in PIECES {
            let (outside, largest): (i64, i64) =
                sqlx::query_as(pieces).fetch_one(&mut connection).await?;
            is_settled &= outside <= 64 || outside * 4 <= largest;
        }
        if is_settled {
            sqlx::Connection::close(connection).await?;
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    Err(Trouble::Odd("an index that stays in pieces"))
}

/// Whether a database that was kept has all that is made here. One whose making broke off has to be taken away by hand.
async fn is_filled(connection: &mut AnyConnection, devices: i64) -> Result<bool, Trouble> {
    let found: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM organizations WHERE id >= $1),
                (SELECT COUNT(*) FROM static_tokens WHERE id >= $1)",
    )
    .bind(FIRST)
    .fetch_one(&mut *connection)
    .await?;
    match found {
        (0, 0) => Ok(false),
        found if found == (CUSTOMERS, devices) => Ok(true),
        _ => Err(Trouble::Odd("a database that was kept is not whole")),
    }
}

/// Triggers keep what follows from the rows, as they do in a cloud that comes to so many.
async fn on_sqlite(
    connection: &mut AnyConnection,
    chunks: impl Iterator<Item = String>,
) -> Result<(), Trouble> {
    run(
        connection,
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000",
    )
    .await?;
    for rows in chunks {
        run(connection, &rows).await?;
    }
    run(connection, ADD_UP).await?;
    run(connection, "ANALYZE").await
}

/// Triggers would take minutes: what follows from the rows is made at the end, all at once.
async fn on_postgres(
    connection: &mut AnyConnection,
    chunks: impl Iterator<Item = String>,
) -> Result<(), Trouble> {
    let indexes: Vec<String> = sqlx::query_scalar(
        "SELECT indexdef FROM pg_catalog.pg_indexes
         WHERE indexname IN ('devices_by_name', 'static_tokens_by_text') AND schemaname = current_schema()",
    )
    .fetch_all(&mut *connection)
    .await?;
    run(connection, BEFORE_MANY).await?;
    for rows in chunks {
        run(connection, &rows).await?;
    }
    run(connection, AFTER_MANY).await?;
    for index in &indexes {
        run(connection, index).await?;
    }
    // As PostgreSQL does by itself some time after.
    run(connection, "VACUUM ANALYZE").await
}

async fn run(connection: &mut AnyConnection, sql: &str) -> Result<(), Trouble> {
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(connection).await?;
    Ok(())
}

/// The numbers from the one up to before the other.
fn numbers(from: i64, until: i64) -> String {
    format!(
        "WITH RECURSIVE n (i) AS
             (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {until})"
    )
}

fn customers() -> String {
    let n = numbers(FIRST, FIRST + CUSTOMERS);
    format!(
        "INSERT INTO organizations (id, name, parent_id, tz, last_modified_ts, name_folded)
             {n} SELECT i, 'Customer ' || i, 1, 'UTC', 0, 'customer ' || i FROM n;
         INSERT INTO org_tree (ancestor_id, org_id, depth) {n} SELECT 1, i, 1 FROM n;
         INSERT INTO org_tree (ancestor_id, org_id, depth) {n} SELECT i, i, 0 FROM n"
    )
}

fn batches(tokens: i64) -> String {
    let n = numbers(FIRST, FIRST + BATCHES);
    format!(
        "INSERT INTO batches (id, org_id, template_id, name, name_folded, source, fields, state,
                              wanted, made, created_at)
             {n} SELECT i, 1, 1, 'Batch ' || i, 'batch ' || i, 'generated', '[]', 'ready',
                        {tokens}, {tokens}, 0 FROM n"
    )
}

/// What the two databases have other words for.
struct Words {
    /// A digest or a sealed secret.
    secret: &'static str,
    /// The function that makes a letter of a number.
    letter: &'static str,
    /// A device's MAC address.
    address: &'static str,
    /// The serial number in a label's metadata.
    serial: &'static str,
}

fn rows(from: i64, until: i64, devices: i64, words: &Words) -> String {
    let n = numbers(from, until);
    let secret = |kind: &str| words.secret.replace("kind", kind);
    // As the cloud sorts names: how many digits a number has, and those.
    let letter = words.letter;
    let sorted = format!(
        "lower({KINDS}) || ' 0' || CASE i WHEN 0 THEN 'A'
             ELSE {letter}(65 + length(CAST(i AS TEXT))) || i END"
    );
    let name = format!("{KINDS} || ' ' || i");
    let (address, serial) = (words.address, words.serial);
    let line = format!("|| {letter}(10) ||");
    // As the cloud writes down what a label is searched by.
    let sought = format!(
        "'batch ' || i {line} lower({address}) {line} lower({serial}) {line}
             replace(lower({serial}), '-', '') || {letter}(10)"
    );
    let (auth, qr) = (secret("'d'"), secret("'q'"));
    let tokens = devices / BATCHES;
    format!(
        "INSERT INTO devices (id, template_id, org_id, name, name_folded, name_sorted, auth_digest,
                              auth_sealed, activated_at, first_connect_time, connect_time,
                              disconnect_time)
             {n} SELECT {FIRST} + i, CASE WHEN i < 50 THEN 1001 WHEN i % 5 = 0 THEN 1003 ELSE 1 END,
                        {FIRST} + i % {CUSTOMERS}, {name}, lower({name}), {sorted}, {auth}, {auth}, 0,
                        {STATES} FROM n;
         INSERT INTO static_tokens (id, org_id, template_id, auth_digest, auth_sealed, qr_digest,
                                    qr_sealed, created_at, first_claimed_at, claimed_at,
                                    claimed_org_id, device_id, batch_id, number, folded,
                                    identifier_kind, identifier, sought, alike, metadata)
             {n} SELECT {FIRST} + i, 1, 1, {auth}, {auth}, {qr}, {qr}, 0, 0, 0,
                        {FIRST} + i % {CUSTOMERS}, {FIRST} + i, {FIRST} + i / {tokens},
                        i % {tokens} + 1, {sought}, 'eui48', {address}, {address}, {address},
                        '{{\"Serial Number\":\"' || {serial} || '\"}}' FROM n"
    )
}
