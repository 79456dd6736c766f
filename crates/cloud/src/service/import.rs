//! Tables that become batches.

use std::collections::BTreeMap;

use handover_wire::{
    BatchSource, ClaimProof, IdentifierKind, ImportReport, OrgId, RowFault, RowProblem,
    SecretsShown, Template,
};

use tokio::sync::Semaphore;

use super::batches::{self, Heading, TemplateNotYours};
use super::{Broken, Core, Gone, breaks};
use crate::domain::{
    Acting, Checked, Mapping, Row, TableError, check, kind_by_header, likely, name_column,
};
use crate::store::{NewBatch, NewRows};

/// Faults that a report has at the most.
const MOST_FAULTS: usize = 1_000;

/// A table to import.
pub struct Import<'a> {
    /// In which organization.
    pub org: OrgId,
    /// Which kind of device.
    pub template: &'a Template,
    /// What to make of its columns.
    pub mapping: Mapping,
    /// What has to come with an identifier before it claims.
    pub proof: ClaimProof,
    /// How long the secrets can be read.
    pub secrets: SecretsShown,
    /// The batch that is to be made; none where the table is only to be looked at.
    pub heading: Option<Heading>,
    /// Whether to leave out rows that are at fault, rather than import nothing.
    pub good_rows: bool,
}

/// Why nothing was imported, or even looked at.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is no table that can be imported.
    #[error(transparent)]
    Table(#[from] TableError),
    /// What identifies devices of this template, others say.
    #[error(transparent)]
    Template(#[from] TemplateNotYours),
    /// What it was to be made in or of is gone.
    #[error(transparent)]
    Gone(#[from] Gone),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(ImportError);

/// Looks through the whole table, and asks for a batch of it where that is wanted and nothing is wrong, or the rest is to
/// be taken.
pub async fn import(
    core: &Core,
    acting: &Acting,
    table: impl AsRef<[u8]> + Send + 'static,
    import: &Import<'_>,
) -> Result<ImportReport, ImportError> {
    if import.mapping.identifier.is_some() {
        batches::may_identify(core, acting, import.template).await??;
    }
    let mut checked = looked_through(table, import.mapping.clone()).await?;
    let scheme = import.mapping.identifier.as_ref().map(|(_, scheme)| scheme);
    if scheme.is_some() {
        let of = (import.org, import.template.id);
        leave_out_taken(core, of, &mut checked).await?;
    }
    let fields = serde_json::to_string(&checked.fields)?;
    let of_template = core.store.meta_fields(&import.template.template_id).await?;
    let is_new = |name: &&String| of_template.iter().all(|field| field.name != **name);
    let new_fields = checked.fields.iter().filter(is_new).cloned().collect();
    let (mut report, rows) = reported(checked, import.good_rows);
    report.new_fields = new_fields;
    let names: Vec<&str> = of_template
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    guess(&mut report, &names);
    if batches::may_identify(core, acting, import.template)
        .await?
        .is_err()
    {
        report.likely_identifier = None;
    }
    if let (Some(heading), Some(rows)) = (&import.heading, rows) {
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let lines = lines(&rows)?;
        let rows = NewRows {
            fields: &fields,
            lines: &lines,
        };
        let batch = NewBatch {
            org: import.org,
            template: import.template.id,
            name: &heading.name,
            note: heading.note.as_ref(),
            count,
            source: BatchSource::Imported,
            secrets: import.secrets,
            identifiers: scheme.map(|scheme| (scheme, import.proof)),
            rows: Some(rows),
            owner: None,
            actor: &acting.actor,
        };
        report.batch = Some(batches::add(core, acting, &batch).await??);
    }
    Ok(report)
}

/// What there is to say about a table, and the rows that are taken; none where it is all or nothing and something is at
/// fault.
pub(super) fn reported(checked: Checked, good_rows: bool) -> (ImportReport, Option<Vec<Row>>) {
    let mut report = ImportReport {
        looks_like: looks_like(&checked),
        likely_name: None,
        likely_identifier: None,
        good: u64::try_from(checked.good.len()).unwrap_or(u64::MAX),
        rows: checked.rows,
        faults: checked.faults,
        columns: checked.columns,
        sample: checked.sample,
        left_out: checked.left_out,
        new_fields: Vec::new(),
        batch: None,
        work: None,
    };
    report.faults.sort_by_key(|fault| fault.line);
    let takes = report.good > 0 && (good_rows || report.faults.is_empty());
    report.faults.truncate(MOST_FAULTS);
    let rows = takes.then(|| checked.good.into_iter().map(|(_, row)| row).collect());
    (report, rows)
}

/// Says which columns seem to have the devices' names and numbers. What the template has a field for is meant for that.
pub(super) fn guess(report: &mut ImportReport, fields: &[&str]) {
    let free = |header: &&String| !fields.contains(&header.as_str());
    let headers = || report.columns.iter().filter(free);
    let name = name_column(headers()).cloned();
    // A kind that is told by its look or by its own header goes before a serial number, which may be any number.
    let is_told = |header: &&String| report.looks_like.contains_key(*header);
    let is_number = |header: &&String| kind_by_header(header).is_some();
    let identifier = headers()
        .find(is_told)
        .or_else(|| headers().find(is_number))
        .cloned();
    report.likely_name = name;
    report.likely_identifier = identifier;
}

/// The kinds of identifiers that columns seem to have, by their headers.
fn looks_like(checked: &Checked) -> BTreeMap<String, IdentifierKind> {
    let columns = checked.columns.iter().enumerate();
    let told = columns.filter_map(|(place, header)| {
        let values = checked.sample.iter().filter_map(|row| row.get(place));
        // What a serial number looks like nobody can tell, so that its header says no more than that.
        let by_header = || kind_by_header(header).filter(|kind| *kind != IdentifierKind::Serial);
        let kind = likely(values.map(String::as_str)).or_else(by_header)?;
        Some((header.clone(), kind))
    });
    told.collect()
}

/// Tables that are looked through at a time: each takes some hundred megabytes at the worst, whoever sends it.
static LOOKED_THROUGH: Semaphore = Semaphore::const_new(2);

/// Looks through a table. A large one takes a while, in which others are answered.
pub(super) async fn looked_through(
    table: impl AsRef<[u8]> + Send + 'static,
    mapping: Mapping,
) -> Result<Checked, TableError> {
    let turn = LOOKED_THROUGH.acquire().await;
    let _turn = turn.expect("nobody closes the semaphore");
    tokio::task::spawn_blocking(move || check(table.as_ref(), &mapping))
        .await
        .expect("looking through a table does not panic")
}

/// Rows whose identifier a token of the organization or of the template has already, of whatever kind, are at fault.
async fn leave_out_taken(
    core: &Core,
    of: (OrgId, i64),
    checked: &mut Checked,
) -> Result<(), Broken> {
    let identifiers = checked.good.iter();
    let identifiers: Vec<&str> = identifiers
        .filter_map(|(_, row)| row.identifier.as_deref())
        .collect();
    let taken = core.store.taken_identifiers(of, &identifiers).await?;
    if taken.is_empty() {
        return Ok(());
    }
    let faults = &mut checked.faults;
    checked.good.retain(|(line, row)| {
        let Some(identifier) = row.identifier.as_ref().filter(|one| taken.contains(*one)) else {
            return true;
        };
        faults.push(RowFault {
            line: *line,
            problem: RowProblem::DoubleInCloud,
            column: None,
            value: Some(identifier.clone()),
            other: None,
        });
        false
    });
    Ok(())
}

/// The rows as they wait to be made, one on a line: JSON has no line break of its own.
pub(super) fn lines(rows: &[Row]) -> Result<Vec<u8>, Broken> {
    let mut lines = Vec::new();
    for row in rows {
        if !lines.is_empty() {
            lines.push(b'\n');
        }
        serde_json::to_writer(&mut lines, row)?;
    }
    Ok(lines)
}
