//! SQLite's index of names, in as few pieces as it takes.
//!
//! Each change adds a small piece to the index, and SQLite merges those as they come, into ever larger ones, of which it
//! leaves several. A search goes through all of them at the same time, for every three characters that it is for: over
//! eight pieces of a million names it took twenty times as long as over one. So the large ones are merged, too, as soon as
//! what is outside the largest is a quarter of it: a name is then written again a few times in all, however many come.

use super::engine::Engine;
use super::{Store, StoreError, Write};
use crate::domain::{in_order, looks};

/// The part of the largest piece that the others may have together.
const OUTSIDE: i64 = 4;

/// What the others may have in any case. A page holds some hundred names.
const FEW_PAGES: i64 = 64;

/// Pages that are written in one change: some hundredths of a second.
const PAGES_AT_ONCE: i64 = 64;

impl Store {
    /// Whether the index of names is in pieces that are worth a merge.
    pub async fn are_names_scattered(&self) -> Result<bool, StoreError> {
        if self.engine != Engine::Sqlite {
            return Ok(false);
        }
        // What SQLite keeps of each piece's pages: one row for each that a group of three characters begins on.
        let (outside, largest): (i64, i64) = sqlx::query_as(
            "SELECT COALESCE(SUM(pages) - MAX(pages), 0), COALESCE(MAX(pages), 0) FROM
                 (SELECT COUNT(*) AS pages FROM device_names_idx GROUP BY segid) AS pieces",
        )
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(outside > FEW_PAGES && outside * OUTSIDE > largest)
    }
}

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

/// A step of merging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Of all pieces that there are.
    Begin,
    /// Of those that were there when it began.
    GoOn,
}

impl Write {
    /// Merges some pages of the index of names. Whether more may be left.
    pub async fn merge_names(&mut self, step: Merge) -> Result<bool, StoreError> {
        let pages = match step {
            Merge::Begin => -PAGES_AT_ONCE,
            Merge::GoOn => PAGES_AT_ONCE,
        };
        let before = self.rows_changed().await?;
        sqlx::query("INSERT INTO device_names (device_names, rank) VALUES ('merge', $1)")
            .bind(pages)
            .execute(&mut *self.0)
            .await?;
        // As SQLite says: the statement itself counts for one, and a merge for one at least.
        Ok(self.rows_changed().await? - before >= 2)
    }

    /// Rows that this connection has changed so far.
    async fn rows_changed(&mut self) -> Result<i64, StoreError> {
        let changed = sqlx::query_scalar("SELECT total_changes()");
        Ok(changed.fetch_one(&mut *self.0).await?)
    }
}

#[cfg(test)]
mod tests {
    use handover_wire::{OrgId, PageQuery};

    use super::*;
    use crate::domain::{Listed, Reach};
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

    const PIECES: &str = "SELECT COUNT(DISTINCT segid) FROM device_names_idx";
    /// Names of which no two are alike fill many pages.
    const ADD_A_PIECE: &str = "INSERT INTO devices (template_id, org_id, name, name_folded, auth_digest, auth_sealed)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
         SELECT 1, 2, 'x', lower(hex(randomblob(12))) || ' number ' || i, randomblob(32), x'' FROM n";

    /// What is in several pieces is in one, and finds the same.
    #[tokio::test]
    async fn a_scattered_index_is_brought_together() {
        // Without the cloud, which would merge them by itself.
        let ground = Site::on(Ground::on_sqlite(), true).await.stop().await;
        let store = Store::open(&ground.config(false).place()).await;
        let store = store.expect("a store");
        ground
            .execute("INSERT INTO device_names (device_names, rank) VALUES ('automerge', 0)")
            .await;
        for _ in 0..3 {
            ground.execute(ADD_A_PIECE).await;
        }
        assert!(ground.count(PIECES).await > 2);
        assert!(store.are_names_scattered().await.expect("looked"));
        let mut step = Merge::Begin;
        // One that is broken off is gone on with, whatever came in between.
        change!(store, |write| write.merge_names(step).await).expect("merged");
        while change!(store, |write| write.merge_names(step).await).expect("merged") {
            step = Merge::GoOn;
        }
        assert_eq!(ground.count(PIECES).await, 1);
        assert!(!store.are_names_scattered().await.expect("looked"));
        ground
            .execute("INSERT INTO device_names (device_names, rank) VALUES ('integrity-check', 1)")
            .await;
        for (search, hits) in [("number 2999", 3), ("number 299", 33), ("mber 3001", 0)] {
            let (reach, all) = (Reach::tree(OrgId(1)), Listed::default());
            let found = store.find_devices(reach, search, &all, PageQuery::default());
            assert_eq!(found.await.expect("found").total_elements, hits, "{search}");
        }
        store.close().await;
    }
}
