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
    text: Text,
    values: Vec<Value>,
}

/// What a statement says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    Whole(&'static str),
    /// One row of a list of them, between what stands before and after the list.
    Row([&'static str; 3]),
}

/// A value of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        let (text, values) = (Text::Whole(sql), Vec::new());
        Self { text, values }
    }

    /// A statement about a row, whose like is said of many rows at once: what stands before the rows, the row, and what
    /// stands after them, which has no values.
    pub fn row(before: &'static str, row: &'static str, after: &'static str) -> Self {
        let (text, values) = (Text::Row([before, row, after]), Vec::new());
        Self { text, values }
    }

    /// With its next value.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }
}

/// Runs all of them, in their order, and gives the rows of each. Those about rows of one list are one statement, whose rows
/// come where the first of them stands.
pub(super) async fn ask(
    engine: Engine,
    connection: &mut AnyConnection,
    statements: Vec<Statement>,
) -> Result<Vec<Vec<AnyRow>>, StoreError> {
    let lists = listed(statements);
    let mut all = Vec::with_capacity(lists.len() + 1);
    if !engine.takes_several() {
        for list in lists {
            let (sql, values) = numbered(list);
            let query = bound(sqlx::query(AssertSqlSafe(sql)), values);
            all.push(query.fetch_all(&mut *connection).await?);
        }
        return Ok(all);
    }
    let many = lists.len();
    let (sql, values) = joined(lists);
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

/// Runs all of them, those about rows of one list as one statement, and gives the rows of all. Those of different lists must
/// not need an order among themselves.
pub(super) async fn run(
    engine: Engine,
    connection: &mut AnyConnection,
    statements: Vec<Statement>,
) -> Result<Vec<AnyRow>, StoreError> {
    if statements.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    if engine.takes_several() {
        let (sql, values) = joined(listed(statements));
        let query = bound(sqlx::query(AssertSqlSafe(sql)), values);
        all.extend(query.fetch_all(connection).await?);
        return Ok(all);
    }
    for statement in statements {
        all.extend(single(statement).fetch_all(&mut *connection).await?);
    }
    Ok(all)
}

/// Runs one that gives a number.
pub(super) async fn number(
    connection: &mut AnyConnection,
    statement: Statement,
) -> Result<i64, StoreError> {
    let row = single(statement).fetch_one(connection).await?;
    Ok(row.try_get(0)?)
}

fn single(statement: Statement) -> Query<'static, Any, AnyArguments> {
    let query = match statement.text {
        Text::Whole(sql) => sqlx::query(sql),
        Text::Row(parts) => sqlx::query(AssertSqlSafe(parts.concat())),
    };
    bound(query, statement.values)
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

/// One text of all of them, whose values have no numbers: SQLite keeps the numbers as names, and looks each up among those of
/// all others. A value that is meant twice comes twice. Nothing but our own statements is in it.
fn joined(lists: Vec<List>) -> (String, Vec<Value>) {
    let (mut sql, mut values) = (String::new(), Vec::new());
    for (text, rows) in lists {
        write_list(&mut sql, text, rows, |sql, part, row| {
            let mut rest = part;
            while let Some((number, before, after)) = next_value(rest) {
                sql.push_str(before);
                sql.push('?');
                values.push(row[number - 1].clone());
                rest = after;
            }
            sql.push_str(rest);
        });
        sql.push(';');
    }
    (sql, values)
}

/// The text of one of them, whose values are numbered on from row to row.
fn numbered((text, rows): List) -> (String, Vec<Value>) {
    let (mut sql, mut values) = (String::new(), Vec::new());
    write_list(&mut sql, text, rows, |sql, part, row| {
        let mut rest = part;
        while let Some((number, before, after)) = next_value(rest) {
            write!(sql, "{before}${}", number + values.len()).expect("a text takes everything");
            rest = after;
        }
        sql.push_str(rest);
        values.extend(row);
    });
    (sql, values)
}

/// Writes what stands before the rows, each row as it is told to, and what stands after them.
fn write_list(
    sql: &mut String,
    text: Text,
    rows: Vec<Vec<Value>>,
    mut write_row: impl FnMut(&mut String, &'static str, Vec<Value>),
) {
    let [mut between, part, after] = match text {
        Text::Whole(part) => ["", part, ""],
        Text::Row(parts) => parts,
    };
    for row in rows {
        sql.push_str(between);
        write_row(sql, part, row);
        between = ", ";
    }
    sql.push_str(after);
}

/// The number of a statement's next value, and what is before and after it.
fn next_value(statement: &str) -> Option<(usize, &str, &str)> {
    let (before, rest) = statement.split_once('$')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, after) = rest.split_at(digits);
    Some((number.parse().expect("a value is numbered"), before, after))
}

/// What statements say that come together, and the values of each.
type List = (Text, Vec<Vec<Value>>);

/// Those about rows of one list come together, where the first of them stood, as long as nothing else comes between.
fn listed(statements: Vec<Statement>) -> Vec<List> {
    let mut all: Vec<List> = Vec::new();
    for Statement { text, values } in statements {
        let is_row = |(text, _): &&mut (Text, _)| matches!(text, Text::Row(_));
        let mut lists = all.iter_mut().rev().take_while(is_row);
        match lists.find(|(other, _)| *other == text) {
            Some((_, rows)) => rows.push(values),
            None => all.push((text, vec![values])),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_the_order_of_their_places() {
        let first = Statement::new("UPDATE a SET b = COALESCE(b, $2) WHERE c = $1");
        let second = Statement::new("INSERT INTO d VALUES ($1, $2, $1)");
        let none = Statement::new("DELETE FROM e");
        let all = vec![first.bind(1).bind("x"), none, second.bind(2).bind("y")];
        let (sql, values) = joined(listed(all));
        assert_eq!(
            sql,
            "UPDATE a SET b = COALESCE(b, ?) WHERE c = ?;DELETE FROM e;INSERT INTO d VALUES (?, ?, ?);"
        );
        let text = |text: &str| Value::from(text);
        let values_are = [text("x"), 1.into(), 2.into(), text("y"), 2.into()];
        assert_eq!(values, values_are);
    }

    #[test]
    fn rows_of_one_list_are_one_statement() {
        let a = |value: i64| Statement::row("INSERT INTO a VALUES ", "($1)", "").bind(value);
        let b = |value: i64| {
            let b = Statement::row("INSERT INTO b VALUES ", "($1, $2)", " RETURNING id");
            b.bind(value).bind(value)
        };
        let end = Statement::new("DELETE FROM a");
        let (sql, values) = joined(listed(vec![a(1), b(1), a(2), b(2), end, a(3)]));
        assert_eq!(
            sql,
            "INSERT INTO a VALUES (?), (?);INSERT INTO b VALUES (?, ?), (?, ?) RETURNING id;\
             DELETE FROM a;INSERT INTO a VALUES (?);"
        );
        assert_eq!(values.len(), 7);
    }

    #[test]
    fn the_values_of_a_list_are_numbered_on() {
        let row = |value: i64| {
            let row = Statement::row("SELECT x FROM (VALUES ", "($1, $2, $1)", ") AS v");
            row.bind(value).bind(value + 1)
        };
        let [list] = listed(vec![row(1), row(10)])
            .try_into()
            .unwrap_or_else(|_| unreachable!("rows of one list"));
        let (sql, values) = numbered(list);
        assert_eq!(
            sql,
            "SELECT x FROM (VALUES ($1, $2, $1), ($3, $4, $3)) AS v"
        );
        assert_eq!(values, [1, 2, 10, 11].map(Value::from));
    }
}
