//! How often things happened, by the digest of what is counted: no table says whose addresses those are.

use std::collections::HashMap;

use sqlx::FromRow;
use sqlx::any::AnyRow;

use super::together::{self, Statement};
use super::{StoreError, Work, Write};
use crate::clock::Time;
use crate::secrets::Digest;

/// What is counted at a time: whatever anybody does is counted by four things at most.
const TOGETHER: usize = 4;

impl Work {
    /// When all of what happened is forgotten: for each of some, none where nothing did. One question, however many they are.
    pub async fn free_at(&mut self, counted: &[&Digest]) -> Result<Vec<Option<Time>>, StoreError> {
        let some: Vec<&[&Digest]> = counted.chunks(TOGETHER).collect();
        let asked = some.iter().map(|some| asked(some)).collect();
        let found = together::ask(self.engine, &mut *self, asked).await?;
        let mut times = Vec::with_capacity(counted.len());
        for (some, found) in some.into_iter().zip(found) {
            times.extend(times_of(some, &found)?);
        }
        Ok(times)
    }
}

/// Asks for up to `TOGETHER` of them.
fn asked(some: &[&Digest]) -> Statement {
    let asked =
        Statement::new("SELECT counted, free_at FROM limits WHERE counted IN ($1, $2, $3, $4)");
    // Places that are left over are filled once more, so that there is one query to prepare.
    let places = (0..TOGETHER).map(|place| some[place.min(some.len() - 1)]);
    places.fold(asked, |asked, one| asked.bind(one.as_slice()))
}

/// The same about one of many: those of several who are counted are looked up at once.
pub(super) fn asked_with_others(one: &Digest) -> Statement {
    Statement::row(
        "SELECT counted, free_at FROM limits WHERE counted IN (VALUES ",
        "($1)",
        ")",
    )
    .bind(one.as_slice())
}

/// What was answered to that, in the order of some.
fn times_of(some: &[&Digest], found: &[AnyRow]) -> Result<Vec<Option<Time>>, StoreError> {
    let found: Result<HashMap<Vec<u8>, i64>, _> =
        found.iter().map(<(Vec<u8>, i64)>::from_row).collect();
    Ok(times_in(some, &found?))
}

/// When what happened is forgotten, in the order of some.
pub(super) fn times_in(some: &[&Digest], found: &HashMap<Vec<u8>, i64>) -> Vec<Option<Time>> {
    let time = |one: &&Digest| found.get(one.as_slice()).copied().map(Time);
    some.iter().map(time).collect()
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
