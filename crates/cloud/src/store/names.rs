//! What follows from names and is written down beside them: their places in the order, and what they look like; and what
//! identifiers are told apart by.

use super::{Store, StoreError, Write};
use crate::domain::{in_order, looks, told_apart_by};

/// Names whose place in the order is written down in one change: some hundredths of a second.
const NAMES_AT_ONCE: i64 = 250;

impl Store {
    /// Whether there are names whose place in the order is not written down: of before there was one, or of devices that were
    /// made many at a time.
    pub async fn has_unsorted_names(&self) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT id FROM devices WHERE name_sorted IS NULL LIMIT 1")
                .fetch_optional(&mut *self.read().await?)
                .await?;
        Ok(found.is_some())
    }
}

impl Write {
    /// Writes some names' places in the order down.
    pub async fn sort_names(&mut self) -> Result<(), StoreError> {
        let names: Vec<(i64, String)> = sqlx::query_as(
            "SELECT id, name FROM devices WHERE name_sorted IS NULL ORDER BY id DESC LIMIT $1",
        )
        .bind(NAMES_AT_ONCE)
        .fetch_all(&mut *self.0)
        .await?;
        for (id, name) in names {
            sqlx::query("UPDATE devices SET name_sorted = $2 WHERE id = $1")
                .bind(id)
                .bind(in_order(&name))
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }
}

/// Organizations whose names are compared in one change: some hundredths of a second.
const ORGS_AT_ONCE: i64 = 250;

impl Store {
    /// Whether there are organizations of before it was written down what their names look like.
    pub async fn has_unseen_orgs(&self) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT id FROM organizations WHERE looks IS NULL LIMIT 1")
                .fetch_optional(&mut *self.read().await?)
                .await?;
        Ok(found.is_some())
    }
}

impl Write {
    /// Writes down what some organizations' names look like.
    pub async fn see_orgs(&mut self) -> Result<(), StoreError> {
        let names: Vec<(i64, String)> =
            sqlx::query_as("SELECT id, name FROM organizations WHERE looks IS NULL LIMIT $1")
                .bind(ORGS_AT_ONCE)
                .fetch_all(&mut *self.0)
                .await?;
        for (id, name) in names {
            sqlx::query("UPDATE organizations SET looks = $2 WHERE id = $1")
                .bind(id)
                .bind(looks(&name))
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }
}

/// Identifiers that are compared in one change: some hundredths of a second.
const IDENTIFIERS_AT_ONCE: i64 = 250;

impl Store {
    /// Whether there are identifiers of before it was written down what they are told apart by.
    pub async fn has_uncompared_identifiers(&self) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM static_tokens WHERE alike IS NULL AND sought IS NOT NULL LIMIT 1",
        )
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(found.is_some())
    }
}

impl Write {
    /// Writes down what some identifiers are told apart by.
    pub async fn compare_identifiers(&mut self) -> Result<(), StoreError> {
        let found: Vec<(i64, String)> = sqlx::query_as(
            "SELECT id, sought FROM static_tokens
             WHERE alike IS NULL AND sought IS NOT NULL LIMIT $1",
        )
        .bind(IDENTIFIERS_AT_ONCE)
        .fetch_all(&mut *self.0)
        .await?;
        for (id, identifier) in found {
            sqlx::query("UPDATE static_tokens SET alike = $2 WHERE id = $1")
                .bind(id)
                .bind(told_apart_by(&identifier))
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::change;
    use crate::testing::{Ground, Site};

    /// What came without a place in the order gets it.
    #[tokio::test]
    async fn names_get_their_places() {
        let ground = Site::on(Ground::on_sqlite(), true).await.stop().await;
        let store = Store::open(&ground.config(false).place()).await;
        let store = store.expect("a store");
        ground
            .execute(
                "UPDATE devices SET name_sorted = NULL, name = 'Pump 10', name_folded = 'pump 10'",
            )
            .await;
        while store.has_unsorted_names().await.expect("looked") {
            change!(store, |write| write.sort_names().await).expect("sorted");
        }
        let placed = "SELECT COUNT(*) FROM device_reach WHERE name_key <> 'pump 0C10'";
        assert_eq!(ground.count(placed).await, 0);
        store.close().await;
    }

    /// What came without it gets what its name looks like.
    #[tokio::test]
    async fn organizations_of_before_are_compared_by_their_looks() {
        let site = Site::demo().await;
        site.execute("UPDATE organizations SET looks = NULL").await;
        let store = &site.cloud.core().store;
        while store.has_unseen_orgs().await.expect("looked") {
            change!(store, |write| write.see_orgs().await).expect("seen");
        }
        let seen = "SELECT COUNT(*) FROM organizations WHERE looks = 'green farrn'";
        assert_eq!(site.count(seen).await, 1);
    }
}
