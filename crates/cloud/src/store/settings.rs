//! Single values, and the one-time code of the first start.

use super::{Store, StoreError, Write};
use crate::clock::Time;
use crate::secrets::Digest;

impl Store {
    /// A single value.
    pub async fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let value = sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(value)
    }

    /// Whether this is the set-up code that works.
    pub async fn has_setup_code(&self, digest: &Digest) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM setup_codes WHERE digest = $1")
            .bind(digest.as_slice())
            .fetch_one(&mut *self.read().await?)
            .await?;
        Ok(found > 0)
    }
}

impl Write {
    /// A single value, as of this change.
    pub async fn setting(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let value = sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(value)
    }

    /// A single value, which is this one where there was none.
    pub async fn setting_or(&mut self, name: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(name)
            .bind(value)
            .execute(&mut *self.0)
            .await?;
        let kept = sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_one(&mut *self.0)
            .await?;
        Ok(kept)
    }

    /// Sets a single value.
    pub async fn set_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = $2",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Makes this the only set-up code that works.
    pub async fn replace_setup_code(
        &mut self,
        digest: &Digest,
        now: Time,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM setup_codes")
            .execute(&mut *self.0)
            .await?;
        sqlx::query("INSERT INTO setup_codes (digest, created_at) VALUES ($1, $2)")
            .bind(digest.as_slice())
            .bind(now.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Uses a set-up code up. False where it is not the one that works.
    pub async fn spend_setup_code(&mut self, digest: &Digest) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM setup_codes WHERE digest = $1")
            .bind(digest.as_slice())
            .execute(&mut *self.0)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
