//! SQLite's indexes of texts, each in as few pieces as it takes.
//!
//! Each change adds a small piece to an index, and SQLite merges those as they come, into ever larger ones, of which it
//! leaves several. A search goes through all of them at the same time, for every three characters that it is for: over
//! eight pieces of a million names it took twenty times as long as over one. So the large ones are merged, too, as soon as
//! what is outside the largest is a quarter of it: a text is then written again a few times in all, however many come.

use sqlx::AssertSqlSafe;

use super::engine::Engine;
use super::{Store, StoreError, Write};

/// The part of the largest piece that the others may have together.
const OUTSIDE: i64 = 4;

/// What the others may have in any case. A page holds some hundred texts.
const FEW_PAGES: i64 = 64;

/// Pages that are written in one change: some hundredths of a second.
const PAGES_AT_ONCE: i64 = 64;

/// An index that finds any three characters of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextIndex {
    /// Of the names of devices.
    Names,
    /// Of what labels are searched by.
    Labels,
}

impl TextIndex {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Names, Self::Labels];

    /// What its table is called.
    fn table(self) -> &'static str {
        match self {
            Self::Names => "device_names",
            Self::Labels => "label_texts",
        }
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

impl Store {
    /// Whether an index is in pieces that are worth a merge.
    pub async fn is_scattered(&self, index: TextIndex) -> Result<bool, StoreError> {
        if self.engine != Engine::Sqlite {
            return Ok(false);
        }
        // What SQLite keeps of each piece's pages: one row for each that a group of three characters begins on.
        let table = index.table();
        let pieces = format!(
            "SELECT COALESCE(SUM(pages) - MAX(pages), 0), COALESCE(MAX(pages), 0) FROM
                 (SELECT COUNT(*) AS pages FROM {table}_idx GROUP BY segid) AS pieces"
        );
        let (outside, largest): (i64, i64) = sqlx::query_as(AssertSqlSafe(pieces))
            .fetch_one(&mut *self.read().await?)
            .await?;
        Ok(outside > FEW_PAGES && outside * OUTSIDE > largest)
    }
}

impl Write {
    /// Merges some pages of an index. Whether more may be left.
    pub async fn merge(&mut self, index: TextIndex, step: Merge) -> Result<bool, StoreError> {
        let pages = match step {
            Merge::Begin => -PAGES_AT_ONCE,
            Merge::GoOn => PAGES_AT_ONCE,
        };
        let before = self.rows_changed().await?;
        let table = index.table();
        let merge = format!("INSERT INTO {table} ({table}, rank) VALUES ('merge', $1)");
        sqlx::query(AssertSqlSafe(merge))
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

    /// Texts of which no two are alike fill many pages.
    fn add_a_piece(index: TextIndex) -> &'static str {
        match index {
            TextIndex::Names => {
                "INSERT INTO devices (template_id, org_id, name, name_folded, auth_digest, auth_sealed)
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
                 SELECT 1, 2, 'x', lower(hex(randomblob(12))) || ' number ' || i, randomblob(32), x'' FROM n"
            }
            TextIndex::Labels => {
                "INSERT INTO static_tokens (org_id, template_id, auth_digest, auth_sealed, qr_digest, qr_sealed,
                                            created_at, folded)
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
                 SELECT 1, 1, randomblob(32), x'', randomblob(32), x'', 0,
                        lower(hex(randomblob(12))) || ' number ' || i FROM n"
            }
        }
    }

    /// What is in several pieces is in one, and finds the same.
    #[tokio::test]
    async fn a_scattered_index_is_brought_together() {
        // Without the cloud, which would merge them by itself.
        let ground = Site::on(Ground::on_sqlite(), true).await.stop().await;
        let store = Store::open(&ground.config(false).place()).await;
        let store = store.expect("a store");
        for index in TextIndex::ALL {
            bring_together(&ground, &store, index).await;
        }
        for (search, hits) in [("number 2999", 3), ("number 299", 33), ("mber 3001", 0)] {
            let (reach, all) = (Reach::tree(OrgId(1)), Listed::default());
            let found = store.find_devices(reach, search, &all, PageQuery::default());
            assert_eq!(found.await.expect("found").total_elements, hits, "{search}");
        }
        store.close().await;
    }

    async fn bring_together(ground: &Ground, store: &Store, index: TextIndex) {
        let table = index.table();
        let pieces = format!("SELECT COUNT(DISTINCT segid) FROM {table}_idx");
        let pieces = || AssertSqlSafe(pieces.clone());
        let command = |words: &str| {
            AssertSqlSafe(format!(
                "INSERT INTO {table} ({table}, rank) VALUES ({words})"
            ))
        };
        ground.execute(command("'automerge', 0")).await;
        for _ in 0..3 {
            ground.execute(add_a_piece(index)).await;
        }
        assert!(ground.count(pieces()).await > 2, "{index:?}");
        assert!(store.is_scattered(index).await.expect("looked"));
        let mut step = Merge::Begin;
        // One that is broken off is gone on with, whatever came in between.
        change!(store, |write| write.merge(index, step).await).expect("merged");
        while change!(store, |write| write.merge(index, step).await).expect("merged") {
            step = Merge::GoOn;
        }
        assert_eq!(ground.count(pieces()).await, 1, "{index:?}");
        assert!(!store.is_scattered(index).await.expect("looked"));
        ground.execute(command("'integrity-check', 1")).await;
    }
}
