//! Several statements that are asked at once: what a change looks up first, and what it writes last. On SQLite each question
//! is a way to another thread and back, which takes longer than finding a row does, and nobody else changes anything
//! meanwhile. PostgreSQL takes one statement at a time.

use std::fmt::Write as _;

use futures_util::TryStreamExt as _;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Either, Executor as _, Row as _};

use super::StoreError;
use super::engine::Engine;

/// A statement and its values, which are numbered `$1` and so on.
pub(super) struct Statement {
    sql: &'static str,
    values: Vec<Value>,
}

/// A value of a statement.
pub(super) enum Value {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(Into::into))
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl Statement {
    /// A statement without its values.
    pub fn new(sql: &'static str) -> Self {
        let values = Vec::new();
        Self { sql, values }
    }

    /// With its next value.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }
}

/// Runs all of them, in their order, and gives the rows of each.
pub(super) async fn ask(
    engine: Engine,
    connection: &mut AnyConnection,
    statements: Vec<Statement>,
) -> Result<Vec<Vec<AnyRow>>, StoreError> {
    let mut all = Vec::with_capacity(statements.len() + 1);
    if !engine.takes_several() {
        for Statement { sql, values } in statements {
            let query = bound(sqlx::query(sql), values);
            all.push(query.fetch_all(&mut *connection).await?);
        }
        return Ok(all);
    }
    let many = statements.len();
    let (sql, values) = joined(statements);
    let query = bound(sqlx::query(AssertSqlSafe(sql)), values);
    let mut answers = connection.fetch_many(query);
    let mut rows = Vec::new();
    while let Some(answer) = answers.try_next().await? {
        match answer {
            Either::Right(row) => rows.push(row),
            // The end of one statement.
            Either::Left(_) => all.push(std::mem::take(&mut rows)),
        }
    }
    match all.len() == many {
        true => Ok(all),
        false => Err(StoreError::Corrupt("not all questions were answered")),
    }
}

/// Runs all of them, in their order.
pub(super) async fn run(
    engine: Engine,
    connection: &mut AnyConnection,
    statements: Vec<Statement>,
) -> Result<(), StoreError> {
    if statements.is_empty() {
        return Ok(());
    }
    if engine.takes_several() {
        let (sql, values) = joined(statements);
        bound(sqlx::query(AssertSqlSafe(sql)), values)
            .execute(connection)
            .await?;
        return Ok(());
    }
    for Statement { sql, values } in statements {
        bound(sqlx::query(sql), values)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Runs one that gives a number.
pub(super) async fn number(
    connection: &mut AnyConnection,
    Statement { sql, values }: Statement,
) -> Result<i64, StoreError> {
    let row = bound(sqlx::query(sql), values)
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

fn bound(
    mut query: Query<'static, Any, AnyArguments>,
    values: Vec<Value>,
) -> Query<'static, Any, AnyArguments> {
    for value in values {
        query = match value {
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    query
}

/// One text of all of them, whose values are numbered on. Nothing but our own statements and numbers is in it.
fn joined(statements: Vec<Statement>) -> (String, Vec<Value>) {
    let (mut sql, mut values) = (String::new(), Vec::new());
    for statement in statements {
        renumbered(&mut sql, statement.sql, values.len());
        sql.push(';');
        values.extend(statement.values);
    }
    (sql, values)
}

/// Adds a statement whose values come after so many others.
fn renumbered(sql: &mut String, statement: &str, before: usize) {
    let mut parts = statement.split('$');
    sql.extend(parts.next());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let number: usize = number.parse().expect("a value is numbered");
        write!(sql, "${}{rest}", number + before).expect("a text takes everything");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_on() {
        let first = Statement::new("UPDATE a SET b = COALESCE(b, $2) WHERE c = $1");
        let second = Statement::new("INSERT INTO d VALUES ($1, $2, $10)");
        let none = Statement::new("DELETE FROM e");
        let (sql, values) = joined(vec![first.bind(1).bind("x"), none, second.bind(2)]);
        assert_eq!(
            sql,
            "UPDATE a SET b = COALESCE(b, $2) WHERE c = $1;DELETE FROM e;INSERT INTO d VALUES ($3, $4, $12);"
        );
        assert_eq!(values.len(), 3);
    }
}
