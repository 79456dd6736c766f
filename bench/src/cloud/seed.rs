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
const NAMES: &str = "CASE i % 10 WHEN 0 THEN 'Soil sensor' WHEN 1 THEN 'Pump' WHEN 2 THEN 'Valve'
    WHEN 3 THEN 'Weather station' WHEN 4 THEN 'Gateway' WHEN 5 THEN 'Lamp' WHEN 6 THEN 'Meter'
    WHEN 7 THEN 'Thermostat' WHEN 8 THEN 'Door lock' ELSE 'Camera' END || ' ' || i";

/// What the cloud itself does with the numbers that it keeps, some seconds after they changed.
const ADD_UP: &str = "CREATE TABLE sums AS SELECT kind, of_id, SUM(amount) AS amount FROM tallies GROUP BY kind, of_id;
    DELETE FROM tallies;
    INSERT INTO tallies (kind, of_id, amount) SELECT kind, of_id, amount FROM sums;
    DROP TABLE sums";

/// Makes so many devices, all claimed, of customers of the maker's, with the batches that they came from.
pub async fn fill(site: &Site, devices: i64) -> Result<(), Trouble> {
    let mut connection = site.past().await?;
    run(&mut connection, &customers()).await?;
    run(&mut connection, &batches(devices / BATCHES)).await?;
    let secret = match site.is_sqlite {
        true => "CAST(printf('%s%031d', kind, i) AS BLOB)",
        false => "convert_to(kind || lpad(i::TEXT, 31, '0'), 'UTF8')",
    };
    for from in (0..devices).step_by(CHUNK as usize) {
        let until = devices.min(from + CHUNK);
        run(&mut connection, &rows(from, until, devices, secret)).await?;
    }
    run(&mut connection, ADD_UP).await?;
    run(&mut connection, "ANALYZE").await?;
    sqlx::Connection::close(connection).await?;
    Ok(())
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

fn rows(from: i64, until: i64, devices: i64, secret: &str) -> String {
    let n = numbers(from, until);
    let secret = |kind: &str| secret.replace("kind", kind);
    let (auth, qr) = (secret("'d'"), secret("'q'"));
    let tokens = devices / BATCHES;
    format!(
        "INSERT INTO devices (id, template_id, org_id, name, name_folded, auth_digest, auth_sealed,
                              activated_at)
             {n} SELECT {FIRST} + i, 1, {FIRST} + i % {CUSTOMERS}, {NAMES}, lower({NAMES}), {auth},
                        {auth}, 0 FROM n;
         INSERT INTO static_tokens (id, org_id, template_id, auth_digest, auth_sealed, qr_digest,
                                    qr_sealed, created_at, first_claimed_at, claimed_at,
                                    claimed_org_id, device_id, batch_id, number, folded)
             {n} SELECT {FIRST} + i, 1, 1, {auth}, {auth}, {qr}, {qr}, 0, 0, 0,
                        {FIRST} + i % {CUSTOMERS}, {FIRST} + i, {FIRST} + i / {tokens},
                        i % {tokens} + 1, 'batch ' || i FROM n"
    )
}
