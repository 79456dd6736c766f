//! How often things happened, by the digest of what is counted: no table says whose addresses those are.

use super::{StoreError, Write};
use crate::clock::Time;
use crate::secrets::Digest;

impl Write {
    /// When all of what happened is forgotten.
    pub async fn free_at(&mut self, counted: &Digest) -> Result<Option<Time>, StoreError> {
        let time: Option<i64> = sqlx::query_scalar("SELECT free_at FROM limits WHERE counted = $1")
            .bind(counted.as_slice())
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(time.map(Time))
    }

    /// Sets when all of what happened is forgotten.
    pub async fn set_free_at(&mut self, counted: &Digest, time: Time) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO limits (counted, free_at) VALUES ($1, $2)
             ON CONFLICT (counted) DO UPDATE SET free_at = $2",
        )
        .bind(counted.as_slice())
        .bind(time.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
