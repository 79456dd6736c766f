//! Lists in pages: rows and their number, both of one moment.

use handover_wire::{Page, PageQuery};
use sqlx::any::AnyRow;
use sqlx::{Any, FromRow, SqlSafeStr, Transaction};

use super::{Store, StoreError, sought};
use crate::domain::Reach;

/// Two queries over the same rows. Both take the values of `bound`, in their order; `rows` ends with `LIMIT` and
/// `OFFSET`, whose numbers follow.
pub(super) struct Listing<'a> {
    /// How many there are.
    pub count: &'static str,
    /// Those of one page.
    pub rows: &'static str,
    /// What both are about.
    pub bound: &'a [Bound<'a>],
}

/// A value in a query.
#[derive(Clone, Copy)]
pub(super) enum Bound<'a> {
    /// A number.
    Number(i64),
    /// A text.
    Text(&'a str),
}

impl Reach {
    /// Organization and depth, as `org_tree` compares them.
    pub(super) fn bound(self) -> [Bound<'static>; 2] {
        [Bound::Number(self.org.0), Bound::Number(self.depth)]
    }
}

/// A `LIKE` pattern for names that hold the text, whatever signs it has.
pub(super) fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in sought(text).to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// The same for SQLite's full-text search, as a phrase, in which quotes alone mean something.
pub(super) fn sought_phrase(text: &str) -> String {
    format!("\"{}\"", sought(text).to_lowercase().replace('"', "\"\""))
}

/// An identifier without what people put between its digits, as the index `static_tokens_by_number` has it.
macro_rules! without_separators {
    ($identifier:literal) => {
        concat!(
            "replace(replace(replace(replace(replace(",
            $identifier,
            ", ':', ''), '-', ''), '.', ''), ' ', ''), '_', '')"
        )
    };
}
pub(super) use without_separators;

/// Whether a token's identifier is told apart from a text by nothing, as the index `static_tokens_by_alike` has it. What came
/// before that was written down is compared as it is sought, until a background task has made up for it.
macro_rules! is_alike {
    ($token:literal, $text:literal) => {
        concat!(
            $token,
            ".sought IS NOT NULL AND COALESCE(",
            $token,
            ".alike, ",
            $token,
            ".sought) = ",
            $text
        )
    };
}
pub(super) use is_alike;

/// The query in an order of things with names: `$query` takes the pieces of its `ORDER BY`. `$name` is the column of folded
/// names, `$id` that of numbers.
macro_rules! sorted {
    ($sort:expr, $query:ident, $name:literal, $id:literal) => {
        match $sort {
            handover_wire::ListSort::Newest => $query!("ORDER BY ", $id, " DESC"),
            handover_wire::ListSort::Oldest => $query!("ORDER BY ", $id),
            handover_wire::ListSort::Name => $query!("ORDER BY ", $name, ", ", $id),
            handover_wire::ListSort::NameReversed => {
                $query!("ORDER BY ", $name, " DESC, ", $id, " DESC")
            }
        }
    };
}
pub(super) use sorted;

impl Store {
    /// A page of a list.
    pub(super) async fn list<R>(
        &self,
        listing: Listing<'_>,
        page: PageQuery,
    ) -> Result<Page<R>, StoreError>
    where
        R: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let mut moment = self.snapshot().await?;
        listing.page(&mut moment, page).await
    }
}

impl Listing<'_> {
    /// A page of what there was at that moment.
    pub(super) async fn page<R>(
        self,
        moment: &mut Transaction<'static, Any>,
        page: PageQuery,
    ) -> Result<Page<R>, StoreError>
    where
        R: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let total = self.count(moment).await?;
        let rows = match total {
            0 => Vec::new(),
            _ => self.rows(moment, page).await?,
        };
        Ok(Page::new(rows, total))
    }

    /// How many there were.
    pub(super) async fn count(
        &self,
        moment: &mut Transaction<'static, Any>,
    ) -> Result<u64, StoreError> {
        counted(moment, self.count, self.bound).await
    }

    /// The rows of a page.
    pub(super) async fn rows<R>(
        &self,
        moment: &mut Transaction<'static, Any>,
        page: PageQuery,
    ) -> Result<Vec<R>, StoreError>
    where
        R: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let offset = i64::try_from(page.offset()).unwrap_or(i64::MAX);
        let page = [i64::from(page.limit()), offset].map(Bound::Number);
        let bound: Vec<Bound<'_>> = self.bound.iter().copied().chain(page).collect();
        found(moment, self.rows, &bound).await
    }
}

/// The one number that a query comes to.
pub(super) async fn counted(
    moment: &mut Transaction<'static, Any>,
    sql: impl SqlSafeStr,
    bound: &[Bound<'_>],
) -> Result<u64, StoreError> {
    let mut count = sqlx::query_scalar::<Any, i64>(sql);
    for bound in bound {
        count = match *bound {
            Bound::Number(number) => count.bind(number),
            Bound::Text(text) => count.bind(text),
        };
    }
    Ok(count.fetch_one(&mut **moment).await?.unsigned_abs())
}

/// The rows that a query finds.
pub(super) async fn found<R>(
    moment: &mut Transaction<'static, Any>,
    sql: impl SqlSafeStr,
    bound: &[Bound<'_>],
) -> Result<Vec<R>, StoreError>
where
    R: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
{
    let mut rows = sqlx::query_as::<Any, R>(sql);
    for bound in bound {
        rows = match *bound {
            Bound::Number(number) => rows.bind(number),
            Bound::Text(text) => rows.bind(text),
        };
    }
    Ok(rows.fetch_all(&mut **moment).await?)
}

/// Sees that SQLite's plan for each query has what is beside it, and goes through no table of devices.
#[cfg(test)]
pub(super) async fn assert_plan(queries: &[(&str, &str)]) {
    use sqlx::{AssertSqlSafe, Row as _};

    use crate::testing::{Ground, Site};

    let ground = Site::on(Ground::on_sqlite(), false).await.stop().await;
    let database = ground.database().await;
    for (sql, uses) in queries {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps = sqlx::query(explain).fetch_all(&database).await;
        let steps = steps.expect("a plan");
        let plan: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
        let plan = plan.join("\n");
        assert!(plan.contains(uses), "{sql}\n{plan}");
        let whole = plan.contains("SCAN d\n") || plan.contains("SCAN devices");
        assert!(!whole, "{sql}\n{plan}");
    }
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn patterns_take_signs_literally() {
        for (text, pattern) in [
            ("", "%%"),
            ("Pump", "%pump%"),
            ("50%_\\", "%50\\%\\_\\\\%"),
            ("ÄRGER", "%ärger%"),
            ("a\0", "%a\u{1}%"),
        ] {
            assert_eq!(contains(text), pattern);
        }
    }
}
