//! The steps by which each database came to what it is, as they stand in `migrations/`, compiled in.
//!
//! sqlx would embed them itself, by a macro that is linked with both databases' drivers: everything below those would be
//! compiled once more, for the compiler's own use.

use std::sync::LazyLock;

use rust_embed::RustEmbed;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

#[derive(RustEmbed)]
#[folder = "migrations/sqlite"]
struct Sqlite;

#[derive(RustEmbed)]
#[folder = "migrations/postgres"]
struct Postgres;

/// Those of SQLite.
pub(super) static SQLITE: LazyLock<Migrator> = LazyLock::new(all::<Sqlite>);
/// Those of PostgreSQL.
pub(super) static POSTGRES: LazyLock<Migrator> = LazyLock::new(all::<Postgres>);

fn all<Files: RustEmbed>() -> Migrator {
    let steps = Files::iter().map(|name| {
        let file = Files::get(&name).expect("the name of a file that is embedded");
        let sql = String::from_utf8(file.data.into_owned()).expect("a migration is a text");
        step(&name, sql)
    });
    Migrator::with_migrations(steps.collect())
}

/// A step whose file is called by its number and what it is about, as sqlx would read it: a database knows by that, and by
/// the text's SHA-384, which steps it has behind it.
fn step(name: &str, sql: String) -> Migration {
    let (number, about) = name
        .trim_end_matches(".sql")
        .split_once('_')
        .expect("a migration's file is called NUMBER_ABOUT.sql");
    Migration::new(
        number.parse().expect("a migration begins with its number"),
        about.replace('_', " ").into(),
        MigrationType::Simple,
        AssertSqlSafe(sql).into_sql_str(),
        false,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Databases of before are known again by these.
    #[test]
    fn steps_are_what_sqlx_made_of_them() {
        for (migrator, number, about, checksum) in [
            (
                &SQLITE,
                2,
                "session kinds",
                "24f9042a55b2542485472f833bec5a4a68d9c0b34f6c4d41c7e127cd43a441486fb69c89254c5881e8e5df43809d983d",
            ),
            (
                &POSTGRES,
                3,
                "first",
                "048d83eae8cd81f01536653848504cfd41a14ddf1ae0403a75524ce5e4cb350d587e20f51b5991c918fc41ae0368d728",
            ),
        ] {
            let step = migrator.iter().find(|step| step.version == number);
            let step = step.expect("it is there");
            assert_eq!(step.description, about);
            let digits: String = step
                .checksum
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(digits, checksum);
        }
    }

    /// The one after the other, and each once.
    #[test]
    fn steps_are_in_their_order() {
        for migrator in [&SQLITE, &POSTGRES] {
            let numbers: Vec<i64> = migrator.iter().map(|step| step.version).collect();
            assert!(
                numbers.windows(2).all(|pair| pair[0] < pair[1]),
                "{numbers:?}"
            );
            assert!(numbers.len() > 30);
        }
    }
}
