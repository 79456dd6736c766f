//! How often things happened, by the digest of what is counted: no table says whose addresses those are.

use super::{StoreError, Work, Write};
use crate::clock::Time;
use crate::secrets::Digest;

/// What is counted at a time: whatever anybody does is counted by four things at most.
const TOGETHER: usize = 4;

impl Work {
    /// When all of what happened is forgotten: for each of some, none where nothing did. One question, however many they are.
    pub async fn free_at(&mut self, counted: &[&Digest]) -> Result<Vec<Option<Time>>, StoreError> {
        let mut times = Vec::with_capacity(counted.len());
        for some in counted.chunks(TOGETHER) {
            let mut query = sqlx::query_as::<_, (Vec<u8>, i64)>(
                "SELECT counted, free_at FROM limits WHERE counted IN ($1, $2, $3, $4)",
            );
            // Places that are left over are filled once more, so that there is one query to prepare.
            for place in 0..TOGETHER {
                query = query.bind(some[place.min(some.len() - 1)].as_slice());
            }
            let found = query.fetch_all(&mut **self).await?;
            let time = |one: &&Digest| {
                let found = found.iter().find(|(counted, _)| counted == one.as_slice());
                found.map(|&(_, time)| Time(time))
            };
            times.extend(some.iter().map(time));
        }
        Ok(times)
    }
}

impl Write {
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
