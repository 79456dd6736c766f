//! Lists of labels: which of them, how many, and those of a page.
//!
//! What a list costs must not grow with the labels. How many there are without a search is kept with their batches; of a search as
//! many are counted as anybody goes through. A page is found by going through the labels in its order where they are many, and
//! among those of the organizations within reach where these have few.

use handover_wire::{BatchId, BatchToken, ListSort, Page, PageQuery, TokenState};
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::batch_tokens::TokenFound;
use super::device_search::MOST_HITS;
use super::label_search::{Hits, LabelText, listed};
use super::listing::{Bound, counted, found, sorted, without_separators};
use super::{Store, StoreError};
use crate::domain::Reach;

/// So many labels are gone through, and sorted, in less time than those within reach are found among all others.
const FEW: u64 = 20_000;

/// Which tokens a list is of.
#[derive(Clone, Copy, Debug)]
pub struct TokenQuery<'a> {
    /// In these organizations.
    pub reach: Reach,
    /// Where whoever asks sees devices.
    pub sees: Reach,
    /// Of this batch alone.
    pub batch: Option<BatchId>,
    /// Whose labels, identifiers, names or serial numbers hold this, or the names of their devices; an empty text is in all.
    pub search: &'a str,
    /// In this state alone.
    pub state: Option<TokenState>,
    /// In this order, by number within a batch. Else those of a batch come in their order, and of all the newest first.
    pub sort: Option<ListSort>,
}

/// Those within reach that are there: of a batch that is not made to its end none is.
pub(super) const THERE: &str = "t.org_id = s.org_id AND t.ancestor_id = $1 AND t.depth <= $2
                                AND (s.batch_id IS NULL OR b.state = 'ready')";

/// How a page is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Label after label, in the order of the page: whether it is one of those is asked for each.
    Walk,
    /// All of the organizations within reach, which are sorted then.
    Gather,
}

impl Way {
    /// How a page of so many within reach is found, whatever is sought among them.
    pub(super) fn of(all: u64) -> Self {
        match all {
            ..=FEW => Self::Gather,
            _ => Self::Walk,
        }
    }

    /// Labels, their batches, and where in the tree their organizations are. SQLite goes through tables in the order in which they
    /// stand here.
    pub(super) fn tables(self) -> &'static str {
        match self {
            Self::Walk => {
                "static_tokens s CROSS JOIN org_tree t LEFT JOIN batches b ON b.id = s.batch_id"
            }
            Self::Gather => {
                "org_tree t CROSS JOIN static_tokens s LEFT JOIN batches b ON b.id = s.batch_id"
            }
        }
    }
}

/// What narrows labels to those in a state.
fn state_is(state: Option<TokenState>) -> &'static str {
    match state {
        None => "",
        Some(TokenState::Revoked) => " AND s.revoked_at IS NOT NULL",
        Some(TokenState::Claimed) => " AND s.revoked_at IS NULL AND s.claimed_at IS NOT NULL",
        Some(TokenState::Unclaimed) => " AND s.revoked_at IS NULL AND s.claimed_at IS NULL",
    }
}

/// The order of a list: those of a batch in theirs, by their numbers in it, and all the newest first, unless told.
fn order(query: &TokenQuery<'_>) -> &'static str {
    macro_rules! pieces {
        ($($piece:literal),+) => {
            concat!($($piece),+)
        };
    }
    match query.batch {
        Some(_) => {
            let sort = query.sort.unwrap_or(ListSort::Oldest);
            sorted!(sort, pieces, "s.folded", "s.number")
        }
        None => {
            let sort = query.sort.unwrap_or(ListSort::Newest);
            sorted!(sort, pieces, "s.folded", "s.id")
        }
    }
}

/// What narrows labels to those of these numbers.
fn is_one_of(ids: &[i64]) -> String {
    format!("s.id IN ({})", listed(ids))
}

/// The query for how many labels there are, up to one more than are counted.
fn count_up_to_most(from: &str, conditions: &str) -> String {
    let most = MOST_HITS + 1;
    format!("SELECT COUNT(*) FROM (SELECT 1 FROM {from} WHERE {conditions} LIMIT {most}) found")
}

/// What a text is looked for by.
struct Patterns<'a> {
    plain: String,
    number: String,
    identifier: &'a str,
}

/// What a list is of, as its queries say it.
struct Chosen<'a> {
    conditions: String,
    bound: Vec<Bound<'a>>,
}

impl<'a> Chosen<'a> {
    fn new(query: &TokenQuery<'_>) -> Self {
        let mut chosen = Self {
            conditions: format!("{THERE}{}", state_is(query.state)),
            bound: query.reach.bound().to_vec(),
        };
        if let Some(batch) = query.batch {
            let place = chosen.bind(Bound::Number(batch.0));
            chosen.and(&format!("s.batch_id = {place}"));
        }
        chosen
    }

    /// Binds a value, and says what stands for it.
    fn bind(&mut self, value: Bound<'a>) -> String {
        self.bound.push(value);
        format!("${}", self.bound.len())
    }

    fn and(&mut self, condition: &str) {
        self.conditions.push_str(" AND ");
        self.conditions.push_str(condition);
    }

    fn one_of(&mut self, ids: &[i64]) {
        self.and(&is_one_of(ids));
    }

    /// Those that have the text, or whose devices do, where `sees` reaches these.
    ///
    /// The device is looked up for each label by itself (which is what the limit is for: PostgreSQL would rather go through all
    /// devices once).
    fn holding(&mut self, text: &'a Patterns<'_>, sees: Reach) {
        let plain = self.bind(Bound::Text(&text.plain));
        let number = self.bind(Bound::Text(&text.number));
        let identifier = self.bind(Bound::Text(text.identifier));
        let [org, depth] = sees.bound().map(|value| self.bind(value));
        let sought = without_separators!("s.sought");
        self.and(&format!(
            "(s.folded LIKE {plain} ESCAPE '\\' OR s.folded LIKE {number} ESCAPE '\\'
              OR s.device_id IS NOT NULL AND EXISTS (
                  SELECT 1 FROM devices e JOIN org_tree v ON v.org_id = e.org_id
                  WHERE e.id = s.device_id AND v.ancestor_id = {org} AND v.depth <= {depth}
                  AND e.name_folded LIKE {plain} ESCAPE '\\' LIMIT 1 OFFSET 0)
              OR s.sought IS NOT NULL AND {sought} = {identifier})"
        ));
    }

    /// How many there are, up to one more than are counted.
    async fn counted(
        &self,
        moment: &mut Transaction<'static, Any>,
        way: Way,
    ) -> Result<u64, StoreError> {
        let (from, conditions) = (way.tables(), &self.conditions);
        let sql = count_up_to_most(from, conditions);
        counted(moment, AssertSqlSafe(sql), &self.bound).await
    }

    /// Whether there are more than are counted already among some of those that an index found: they are sooner looked up than
    /// as many are met among all labels.
    async fn are_many(
        &self,
        moment: &mut Transaction<'static, Any>,
        some: &[i64],
    ) -> Result<bool, StoreError> {
        let conditions = format!("{} AND {}", self.conditions, is_one_of(some));
        let sql = count_up_to_most(Way::Walk.tables(), &conditions);
        Ok(counted(moment, AssertSqlSafe(sql), &self.bound).await? > MOST_HITS)
    }

    /// The newest ones' numbers, as many as are counted.
    async fn newest(
        &self,
        moment: &mut Transaction<'static, Any>,
        way: Way,
    ) -> Result<Vec<i64>, StoreError> {
        let (from, conditions) = (way.tables(), &self.conditions);
        let sql = format!(
            "SELECT s.id FROM {from} WHERE {conditions} ORDER BY s.id DESC LIMIT {MOST_HITS}"
        );
        let rows: Vec<(i64,)> = found(moment, AssertSqlSafe(sql), &self.bound).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The query for a page's rows, which `sees` says whose devices' names are in.
    fn rows(
        mut self,
        way: Way,
        order: &str,
        sees: Reach,
        page: PageQuery,
    ) -> (String, Vec<Bound<'a>>) {
        let (from, conditions) = (way.tables(), std::mem::take(&mut self.conditions));
        let offset = i64::try_from(page.offset()).unwrap_or(i64::MAX);
        let [org, depth] = sees.bound().map(|value| self.bind(value));
        let [limit, offset] =
            [i64::from(page.limit()), offset].map(|number| self.bind(Bound::Number(number)));
        let sql = format!(
            "SELECT s.*, b.name AS batch_name, b.wanted AS batch_wanted,
                    (SELECT e.name FROM devices e JOIN org_tree v ON v.org_id = e.org_id
                     WHERE e.id = s.device_id AND v.ancestor_id = {org} AND v.depth <= {depth}) AS device_name
             FROM {from} WHERE {conditions} {order} LIMIT {limit} OFFSET {offset}"
        );
        (sql, self.bound)
    }
}

/// How many labels there are without a search: those of batches as it is kept, and those beside them.
pub(super) async fn kept(
    moment: &mut Transaction<'static, Any>,
    (reach, batch): (Reach, Option<BatchId>),
    state: Option<TokenState>,
) -> Result<u64, StoreError> {
    let mut bound = reach.bound().to_vec();
    let mut within = "t.ancestor_id = $1 AND t.depth <= $2 AND b.state = 'ready'
                      AND b.becomes = 'tokens'"
        .to_owned();
    if let Some(batch) = batch {
        within.push_str(" AND b.id = $3");
        bound.push(Bound::Number(batch.0));
    }
    let of_batches = "FROM batches b JOIN org_tree t ON t.org_id = b.org_id";
    let made = AssertSqlSafe(format!(
        "SELECT CAST(COALESCE(SUM(b.made), 0) AS BIGINT) {of_batches} WHERE {within}"
    ));
    let tally = |kinds: &str| {
        AssertSqlSafe(format!(
            "SELECT CAST(COALESCE(SUM(n.amount), 0) AS BIGINT) {of_batches}
             JOIN tallies n ON n.of_id = b.id WHERE n.kind IN ({kinds}) AND {within}"
        ))
    };
    let mut all = match state {
        None => counted(moment, made, &bound).await?,
        Some(TokenState::Claimed) => counted(moment, tally("'claimed'"), &bound).await?,
        Some(TokenState::Revoked) => counted(moment, tally("'revoked'"), &bound).await?,
        Some(TokenState::Unclaimed) => {
            let others = counted(moment, tally("'claimed', 'revoked'"), &bound).await?;
            let made = counted(moment, made, &bound).await?;
            made.saturating_sub(others)
        }
    };
    if batch.is_none() {
        let state = state_is(state);
        let beside = AssertSqlSafe(format!(
            "SELECT COUNT(*) FROM static_tokens s CROSS JOIN org_tree t
             WHERE s.batch_id IS NULL AND t.org_id = s.org_id
             AND t.ancestor_id = $1 AND t.depth <= $2{state}"
        ));
        all += counted(moment, beside, &bound).await?;
    }
    Ok(all)
}

/// How a page of labels is found that no index tells from the others.
async fn way(
    moment: &mut Transaction<'static, Any>,
    query: &TokenQuery<'_>,
) -> Result<Way, StoreError> {
    // Those of a batch stand in their order.
    if query.batch.is_some() {
        return Ok(Way::Walk);
    }
    Ok(Way::of(kept(moment, (query.reach, None), None).await?))
}

impl Store {
    /// The tokens that a list is of. Where a search finds more than are counted, the order of names is of the newest of them alone.
    pub async fn batch_tokens(
        &self,
        query: TokenQuery<'_>,
        page: PageQuery,
    ) -> Result<Page<BatchToken>, StoreError> {
        let text = LabelText::new(query.search);
        let patterns = Patterns {
            plain: text.pattern(),
            number: text.number_pattern(),
            identifier: text.identifier(),
        };
        let mut moment = self.snapshot().await?;
        let mut chosen = Chosen::new(&query);
        let (way, total) = if query.search.is_empty() {
            let way = way(&mut moment, &query).await?;
            let total = kept(&mut moment, (query.reach, query.batch), query.state).await?;
            (way, total)
        } else {
            chosen.holding(&patterns, query.sees);
            // An index tells few hits from the others; whether they are within reach is asked of each.
            match text.hits(self.engine, &mut moment).await? {
                Hits::All(hits) if hits.is_empty() => return Ok(Page::new(Vec::new(), 0)),
                Hits::All(hits) => {
                    chosen.one_of(&hits);
                    (Way::Walk, chosen.counted(&mut moment, Way::Walk).await?)
                }
                Hits::Some(hits) if chosen.are_many(&mut moment, &hits).await? => {
                    (way(&mut moment, &query).await?, MOST_HITS + 1)
                }
                Hits::Some(_) | Hits::Unknown => {
                    let way = way(&mut moment, &query).await?;
                    (way, chosen.counted(&mut moment, way).await?)
                }
            }
        };
        if total == 0 {
            return Ok(Page::new(Vec::new(), 0));
        }
        let is_more = !query.search.is_empty() && total > MOST_HITS;
        let by_name = matches!(query.sort, Some(ListSort::Name | ListSort::NameReversed));
        if is_more && by_name {
            let newest = chosen.newest(&mut moment, way).await?;
            chosen.one_of(&newest);
        }
        let (sql, bound) = chosen.rows(way, order(&query), query.sees, page);
        let rows: Vec<TokenFound> = found(&mut moment, AssertSqlSafe(sql), &bound).await?;
        let total = match is_more {
            true => MOST_HITS,
            false => total,
        };
        let mut page = Page::new(rows, total).map(|row| row.0);
        page.total_is_lower_bound = is_more;
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use handover_wire::{OrgId, Role};
    use serde_json::json;

    use super::super::listing::assert_plan;
    use super::*;
    use crate::testing::Site;

    fn all() -> TokenQuery<'static> {
        TokenQuery {
            reach: Reach::tree(OrgId(1)),
            sees: Reach::tree(OrgId(1)),
            batch: None,
            search: "",
            state: None,
            sort: None,
        }
    }

    #[tokio::test]
    async fn a_page_is_found_without_what_nobody_asked_for() {
        let rows = |way, query: &TokenQuery<'_>| {
            let chosen = Chosen::new(query);
            let page = PageQuery::default();
            chosen.rows(way, order(query), query.sees, page).0
        };
        let walked = rows(Way::Walk, &all());
        assert!(!walked.contains("LIKE"), "{walked}");
        let gathered = rows(Way::Gather, &all());
        let of_batch = TokenQuery {
            batch: Some(BatchId(1)),
            ..all()
        };
        let of_batch = rows(Way::Walk, &of_batch);
        assert_plan(&[
            (walked.as_str(), "SCAN s"),
            (gathered.as_str(), "INDEX static_tokens_by_org"),
            (of_batch.as_str(), "INDEX static_tokens_by_batch"),
        ])
        .await;
    }

    /// With and without a batch, in each state: the number is that of the rows.
    #[tokio::test]
    async fn as_many_are_counted_as_there_are() {
        let site = Site::demo().await;
        let admin = site.sign_in(Role::Admin).await;
        let batch = json!({ "templateId": "TMPLsoil00001", "name": "Few", "count": 5 });
        let batch = admin.made_batch(batch).await;
        let devices =
            json!({ "templateId": "TMPLsoil00001", "orgId": 2, "name": "Pump {n}", "count": 2 });
        assert_eq!(admin.post("/devices/create", devices).await.status, 202);
        // One is claimed, one of no use any more.
        let claimed = format!(
            "UPDATE static_tokens SET claimed_at = 1, claimed_org_id = 2 WHERE batch_id = {batch} AND number = 1"
        );
        site.execute(AssertSqlSafe(claimed)).await;
        let listed = format!("/static-tokens/find?batchId={batch}");
        let second = admin.get(&listed).await.json()["content"][1]["id"].clone();
        let revoked = json!({ "tokenIds": [second] });
        admin.post("/static-tokens/revoke", revoked).await;
        for of in [String::new(), format!("&batchId={batch}")] {
            let mut of_states = 0;
            for state in ["", "&state=UNCLAIMED", "&state=CLAIMED", "&state=REVOKED"] {
                let path = format!("/static-tokens/find?size=1000{of}{state}");
                let page = admin.get(&path).await.json();
                let rows = page["content"].as_array().map(Vec::len);
                assert_eq!(page["totalElements"], json!(rows), "{path}");
                if !state.is_empty() {
                    of_states += rows.unwrap_or_default();
                }
            }
            let page = admin.get(&format!("/static-tokens/find?{of}")).await.json();
            assert_eq!(page["totalElements"], of_states, "{of:?}");
        }
    }

    #[tokio::test]
    async fn of_what_very_many_have_a_thousand_are_counted_and_all_are_found() {
        let site = Site::demo().await;
        let admin = site.sign_in(Role::Admin).await;
        let made = async |name: &str, count: u32| {
            let batch = json!({ "templateId": "TMPLsoil00001", "name": name, "count": count });
            admin.made_batch(batch).await
        };
        let old = made("Zzz old", 3).await;
        made("Zzz new", 2_100).await;
        for (query, total, is_more, first) in [
            ("Zzz&sort=newest", 1_000, true, "Zzz new 2100"),
            ("Zzz&sort=oldest", 1_000, true, "Zzz old 1"),
            ("Zzz&sort=name", 1_000, true, "Zzz new 1101"),
            ("Zzz%20old", 3, false, "Zzz old 3"),
            ("Zzz%20new&page=2099&size=1", 1_000, true, "Zzz new 0001"),
        ] {
            let path = format!("/static-tokens/find?query={query}");
            let page = admin.get(&path).await.json();
            assert_eq!(page["totalElements"], total, "{query}");
            assert_eq!(page["totalIsLowerBound"] == true, is_more, "{query}");
            assert_eq!(page["content"][0]["label"], first, "{query}");
        }
        let of_one = format!("/static-tokens/find?batchId={old}&query=Zzz");
        assert_eq!(admin.get(&of_one).await.json()["totalElements"], 3);
    }
}
