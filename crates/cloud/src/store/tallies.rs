//! Numbers that are kept: triggers add a row for each change, and here they are added up.

use super::{StoreError, Write};

/// Kinds and owners whose rows are added up in one change.
const TOGETHER: i64 = 200;

impl Write {
    /// Adds up rows that belong together, some at a time. Whether more may be left.
    pub async fn fold_tallies(&mut self) -> Result<bool, StoreError> {
        let many: Vec<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT kind, of_id, CAST(SUM(amount) AS BIGINT), MAX(id) FROM tallies
             GROUP BY kind, of_id HAVING COUNT(*) > 1 LIMIT $1",
        )
        .bind(TOGETHER)
        .fetch_all(&mut *self.0)
        .await?;
        for (kind, of, amount, last) in &many {
            sqlx::query("DELETE FROM tallies WHERE kind = $1 AND of_id = $2 AND id <= $3")
                .bind(kind)
                .bind(of)
                .bind(last)
                .execute(&mut *self.0)
                .await?;
            sqlx::query("INSERT INTO tallies (kind, of_id, amount) VALUES ($1, $2, $3)")
                .bind(kind)
                .bind(of)
                .bind(amount)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(many.len() as i64 == TOGETHER)
    }
}

impl super::Store {
    /// Whether there is anything to add up.
    pub async fn has_tallies_to_fold(&self) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM
                 (SELECT 1 FROM tallies GROUP BY kind, of_id HAVING COUNT(*) > 1 LIMIT 1) found",
        )
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(found > 0)
    }
}
