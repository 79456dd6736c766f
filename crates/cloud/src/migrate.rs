//! `handover cloud migrate`: from the folder's SQLite to PostgreSQL.

use std::path::{Path, PathBuf};

use crate::database::{DatabaseUrl, DatabaseUrlError};
use crate::start::{Config, StartError};
use crate::store::{Copied, CopyError};

/// Why nothing was moved. Folder and database are as they were.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The address of the database is not one.
    #[error("--to: {0}. Give it like postgres://USER@HOST/DATABASE.")]
    Address(#[from] DatabaseUrlError),
    /// There is nothing in the folder.
    #[error(
        "{0} holds no database. Give the folder that `handover cloud --data` has used with --from."
    )]
    NoData(PathBuf),
    /// The folder cannot be used.
    #[error(transparent)]
    Source(StartError),
    /// The database holds something.
    #[error("{0} is not empty: {1}. Give an empty database with --to. Nothing was changed.")]
    NotEmpty(DatabaseUrl, #[source] CopyError),
    /// A row is not what it was, which no database should do.
    #[error("{0}: {1}. Nothing was changed.")]
    Differs(DatabaseUrl, #[source] CopyError),
    /// The database cannot be used.
    #[error(
        "{0} cannot be used: {1}. Check --to, the password, and that the server runs. Nothing was changed."
    )]
    Target(DatabaseUrl, #[source] CopyError),
}

/// Copies everything in the folder's database into an empty one and compares it row by row; `told` hears of each table
/// that is done. The folder keeps its database and its key, which the new one needs, too.
pub async fn migrate(
    from: &Path,
    to: &DatabaseUrl,
    mut told: impl FnMut(&Copied),
) -> Result<Vec<Copied>, MigrateError> {
    let config = Config::new(from, ([127, 0, 0, 1], 0).into());
    if !from.join("cloud.db").is_file() {
        return Err(MigrateError::NoData(from.to_owned()));
    }
    // No cloud writes meanwhile.
    let _lock = config.lock().map_err(MigrateError::Source)?;
    let store = config.open_store().await.map_err(MigrateError::Source)?;
    let copied = store.copy_to(to, &mut told).await;
    store.close().await;
    copied.map_err(|error| match error {
        CopyError::Source(error) => MigrateError::Source(config.broken(error)),
        CopyError::NotEmpty(_) => MigrateError::NotEmpty(to.clone(), error),
        CopyError::Differs { .. } => MigrateError::Differs(to.clone(), error),
        CopyError::Target(_) => MigrateError::Target(to.clone(), error),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use handover_wire::Role;
    use serde_json::json;

    use super::*;
    use crate::testing::{Ground, Site};

    /// A folder with data, and an empty database.
    async fn ground() -> Option<(Ground, DatabaseUrl)> {
        let to = Ground::fresh().await.database?;
        let site = Site::on(Ground::on_sqlite(), true).await;
        let customer = site.sign_in(Role::User).await;
        let body = json!({ "token": site.qr(3) });
        assert_eq!(customer.claim_as("a key", body).await.status, 201);
        Some((site.stop().await, to))
    }

    #[tokio::test]
    async fn everything_goes_on_where_it_was() {
        let Some((mut ground, to)) = ground().await else {
            return;
        };
        let mut heard = Vec::new();
        let copied = migrate(ground.folder.path(), &to, |table| heard.push(table.clone()))
            .await
            .expect("moved");
        assert_eq!(copied, heard);
        let rows = |name: &str| {
            copied
                .iter()
                .find(|one| one.table == name)
                .map(|one| one.rows)
        };
        assert_eq!(rows("devices"), Some(4));
        assert_eq!(rows("static_tokens"), Some(12));
        assert_eq!(rows("claim_answers"), Some(1));

        ground.database = Some(to);
        let site = Site::on(ground, true).await;
        let customer = site.sign_in(Role::User).await;
        let body = json!({ "token": site.qr(3) });
        let again = customer.claim_as("a key", body).await;
        assert_eq!((again.status, again.json()["id"].as_i64()), (201, Some(4)));
        let next = customer.claim(&site.qr(4)).await;
        assert_eq!(next.json()["id"], 5);
        // The numbers that PostgreSQL gives go on, too.
        let support = site.sign_in(Role::Staff).await;
        let made = json!({ "templateId": "TMPLsoil00001", "count": 2 });
        let made = support.post("/static-tokens/generate", made).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }

    #[tokio::test]
    async fn a_database_with_anything_in_it_is_left_alone() {
        let Some((ground, to)) = ground().await else {
            return;
        };
        let used = Ground {
            database: Some(to.clone()),
            ..Ground::on_sqlite()
        };
        used.execute("CREATE TABLE theirs (id BIGINT)").await;
        let error = migrate(ground.folder.path(), &to, |_| {}).await;
        let error = error.expect_err("refused");
        assert!(matches!(error, MigrateError::NotEmpty(..)), "{error}");
        assert!(error.to_string().contains("theirs"), "{error}");
        let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()";
        assert_eq!(used.count(tables).await, 1);
    }

    #[tokio::test]
    async fn a_row_that_does_not_fit_moves_nothing() {
        let Some((ground, to)) = ground().await else {
            return;
        };
        // SQLite takes what PostgreSQL does not.
        ground
            .execute("UPDATE organizations SET description = 'a' || char(0) WHERE id = 1")
            .await;
        let error = migrate(ground.folder.path(), &to, |_| {}).await;
        let error = error.expect_err("refused");
        assert!(matches!(error, MigrateError::Target(..)), "{error}");
        let used = Ground {
            database: Some(to),
            ..Ground::on_sqlite()
        };
        let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()";
        assert_eq!(used.count(tables).await, 0);
    }

    #[tokio::test]
    async fn a_folder_in_use_or_without_data_is_told() {
        let to = DatabaseUrl::parse("postgres://127.0.0.1:1/handover").expect("an address");
        let site = Site::on(Ground::on_sqlite(), false).await;
        let error = migrate(site.folder.path(), &to, |_| {}).await;
        let error = error.expect_err("refused").to_string();
        assert!(error.contains("another Handover cloud"), "{error}");
        let left = site.stop().await;
        let error = migrate(left.folder.path(), &to, |_| {}).await;
        let error = error.expect_err("refused");
        assert!(matches!(error, MigrateError::Target(..)), "{error}");
        fs::remove_file(left.folder.path().join("cloud.db")).expect("removed");
        let error = migrate(left.folder.path(), &to, |_| {}).await;
        let error = error.expect_err("refused");
        assert!(matches!(error, MigrateError::NoData(_)), "{error}");
    }
}
