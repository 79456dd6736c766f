//! Static tokens by a part of what they are searched by, out of an index where few have it. What very many have, which no index
//! makes quicker, is looked for in each of them.

use sqlx::{Any, AssertSqlSafe, Transaction};

use super::StoreError;
use super::engine::Engine;
use super::listing::{contains, sought_phrase, without_separators};
use crate::domain::without_separators;

/// Hits that are brought together. Where there are more, those of a page are soon found by going through all.
const MOST: usize = 2_000;

/// Characters by which the indexes find a text.
const TRIGRAM: usize = 3;

/// What an index finds, wherever it is and whosever.
pub(super) enum Hits {
    /// All that may be meant, and no others.
    All(Vec<i64>),
    /// Some of them: there are more than are brought together.
    Some(Vec<i64>),
    /// The text is too short for an index.
    Unknown,
}

/// What labels are searched for.
pub(super) struct LabelText {
    /// As it was typed.
    plain: String,
    /// As it stands in an address, without what people put between its digits; or as a number that the metadata has whole.
    number: String,
    /// As an identifier is looked for.
    identifier: String,
}

/// Whether all of a text's signs are digits of an address, and there are enough of them to be part of one.
fn is_hex(text: &str) -> bool {
    text.len() > 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl LabelText {
    /// Reads it.
    pub(super) fn new(search: &str) -> Self {
        let identifier = without_separators(search);
        let number = match identifier.as_str() {
            "" => search.to_owned(),
            digits if is_hex(digits) => digits.to_owned(),
            // Numbers of the metadata stand in lines of their own (`domain::sought_by`).
            number => format!("\n{number}\n"),
        };
        Self {
            plain: search.to_owned(),
            number,
            identifier,
        }
    }

    /// A `LIKE` pattern of the text.
    pub(super) fn pattern(&self) -> String {
        contains(&self.plain)
    }

    /// A `LIKE` pattern of the number.
    pub(super) fn number_pattern(&self) -> String {
        contains(&self.number)
    }

    /// Both as SQLite's full-text search takes them.
    pub(super) fn phrases(&self) -> String {
        let [plain, number] = [&self.plain, &self.number].map(|text| sought_phrase(text));
        format!("{plain} OR {number}")
    }

    /// As an identifier is looked for.
    pub(super) fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Tokens that this may be found by.
    pub(super) async fn hits(
        &self,
        engine: Engine,
        moment: &mut Transaction<'static, Any>,
    ) -> Result<Hits, StoreError> {
        if self.plain.chars().count() < TRIGRAM {
            return Ok(Hits::Unknown);
        }
        let [labels, devices] = match engine {
            Engine::Sqlite => [SQLITE_LABELS, SQLITE_DEVICES],
            Engine::Postgres => [POSTGRES_LABELS, POSTGRES_DEVICES],
        };
        let form = |text: &str| match engine {
            Engine::Sqlite => sought_phrase(text),
            Engine::Postgres => contains(text),
        };
        let mut found: Vec<i64> = sqlx::query_scalar(labels)
            .bind(form(&self.plain))
            .bind(form(&self.number))
            .bind(&self.identifier)
            .fetch_all(&mut **moment)
            .await?;
        if found.len() > MOST {
            return Ok(Hits::Some(found));
        }
        let named: Vec<i64> = sqlx::query_scalar(devices)
            .bind(form(&self.plain))
            .fetch_all(&mut **moment)
            .await?;
        if !named.is_empty() {
            let devices = listed(&named);
            let theirs = format!("SELECT id FROM static_tokens WHERE device_id IN ({devices})");
            let theirs: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(theirs))
                .fetch_all(&mut **moment)
                .await?;
            found.extend(theirs);
        }
        Ok(match named.len() > MOST {
            true => Hits::Some(found),
            false => Hits::All(found),
        })
    }
}

/// Numbers as they stand in a query.
pub(super) fn listed(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    ids.join(", ")
}

/// What has the text, or the number, in what it is searched by, or the number as its identifier. `$matches` finds texts in the
/// index by the one that is bound, each as the database's index takes it.
macro_rules! labels {
    ($id:literal, $table:literal, $matches:literal) => {
        concat!(
            "SELECT found.id FROM (
                 SELECT one.id FROM (SELECT ",
            $id,
            " AS id FROM ",
            $table,
            " WHERE ",
            $matches,
            " $1 LIMIT 2001) one
                 UNION SELECT two.id FROM (SELECT ",
            $id,
            " AS id FROM ",
            $table,
            " WHERE ",
            $matches,
            " $2 LIMIT 2001) two
                 UNION SELECT three.id FROM (SELECT s.id FROM static_tokens s WHERE s.sought IS NOT NULL AND ",
            without_separators!("s.sought"),
            " = $3 LIMIT 2001) three) found LIMIT 2001"
        )
    };
}

const SQLITE_LABELS: &str = labels!("rowid", "label_texts", "label_texts MATCH");
const POSTGRES_LABELS: &str = labels!("id", "static_tokens", "folded LIKE");
const SQLITE_DEVICES: &str =
    "SELECT rowid FROM device_names WHERE device_names MATCH $1 LIMIT 2001";
const POSTGRES_DEVICES: &str = "SELECT id FROM devices WHERE name_folded LIKE $1 LIMIT 2001";

#[cfg(test)]
mod tests {
    use super::super::listing::assert_plan;
    use super::*;

    #[test]
    fn numbers_are_looked_for_however_they_are_written() {
        for (search, pattern, identifier) in [
            ("02:00:5e", "%02005e%", "02005E"),
            ("SN 12-3", "%\nsn123\n%", "SN123"),
            ("--", "%--%", ""),
        ] {
            let text = LabelText::new(search);
            assert_eq!(text.number_pattern(), pattern, "{search}");
            assert_eq!(text.identifier(), identifier, "{search}");
        }
    }

    #[tokio::test]
    async fn labels_are_found_by_the_index_of_their_texts() {
        assert_plan(&[
            (SQLITE_LABELS, "label_texts VIRTUAL TABLE INDEX"),
            (SQLITE_LABELS, "static_tokens_by_number"),
            (SQLITE_DEVICES, "device_names VIRTUAL TABLE INDEX"),
            (
                "SELECT id FROM static_tokens WHERE device_id IN (1, 2)",
                "INDEX sqlite_autoindex_static_tokens",
            ),
        ])
        .await;
    }
}
