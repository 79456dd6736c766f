//! Tables that become static tokens or devices: one row, one of them. Nothing is taken for granted about what people upload.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use csv::{ByteRecord, ReaderBuilder, StringRecord, Trim};
use handover_wire::{RowFault, RowProblem, TableProblem};
use serde::{Deserialize, Serialize};

use super::metadata::number;
use super::unseen::is_seen;
use super::{DeviceName, MOST_TOKENS, Scheme, as_typed, told_apart_by};

/// The header of the column with the devices' names, unless another one is mapped to it.
pub const DEVICE_NAME: &str = "Device Name";
/// Headers of columns with secrets, as exports have them.
pub const AUTH_TOKEN: &str = "Auth Token";
/// What claims a device.
pub const QR_TOKEN: &str = "QR Token";
/// The same as a link.
pub const CLAIM_LINK: &str = "Claim Link";
/// What proves that somebody has a device, beside its identifier.
pub const CLAIM_CODE: &str = "Claim Code";
/// They are never taken out of a table: each row gets its own, and metadata are no place for them.
const SECRETS: [&str; 4] = [AUTH_TOKEN, QR_TOKEN, CLAIM_LINK, CLAIM_CODE];
/// What stands in the place of a secret that is shown.
const MASKED: &str = "••••";
/// Characters of a header and of a metadata field's name at the most.
const MOST_HEADER: usize = 100;
/// Characters of a cell at the most.
const MOST_CELL: usize = 1_000;
/// Cells that are not empty at the most: each is kept beside the name of what it fills until the table is through.
const MOST_CELLS: usize = 2_000_000;
/// Rows that are shown as they were read.
const SAMPLE: usize = 5;
/// Characters of a cell that a fault repeats.
const REPEATED: usize = 100;

/// What to make of the columns.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// What a column fills, by its header: a metadata field, `Device Name`, or nothing where that is empty. A column that
    /// is not named fills the field of its own header.
    pub fields: BTreeMap<String, String>,
    /// The column that identifies the devices, and what stands there.
    pub identifier: Option<(String, Scheme)>,
    /// Columns that fill nothing unless `fields` says so.
    pub left_out: Vec<&'static str>,
    /// Metadata fields that hold numbers alone.
    pub numbers: BTreeSet<String>,
    /// The metadata fields that there are; none where any may come. A column of another header fills nothing: a header that
    /// is misspelt, or a first row that is no header, makes no fields that nobody meant.
    pub known: Option<BTreeSet<String>>,
}

/// Why a file is no table that can be imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem:?} {fact:?}")]
pub struct TableError {
    /// What is wrong.
    pub problem: TableProblem,
    /// What else there is to know, by its name.
    pub fact: Option<(&'static str, String)>,
}

/// A row that can become a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The name that its device gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What identifies its device, in its one form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Metadata by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// A table that was read and checked, as far as it can be without the cloud's own tokens.
#[derive(Debug)]
pub struct Checked {
    /// The headers.
    pub columns: Vec<String>,
    /// The first rows, as they were read.
    pub sample: Vec<Vec<String>>,
    /// Metadata fields, in the order of their columns.
    pub fields: Vec<String>,
    /// The headers of columns that fill nothing.
    pub left_out: Vec<String>,
    /// Rows below the headers.
    pub rows: u64,
    /// Those that can become tokens, each with its line.
    pub good: Vec<(u64, Row)>,
    /// The others.
    pub faults: Vec<RowFault>,
}

/// What a column fills.
enum Column<'a> {
    Name,
    Identifier(&'a Scheme),
    Field { name: String, is_number: bool },
    Secret,
    Nothing,
}

impl TableError {
    fn new(problem: TableProblem) -> Self {
        Self {
            problem,
            fact: None,
        }
    }

    /// It has more rows than that.
    pub fn too_many(most: u32) -> Self {
        Self::with(TableProblem::TooManyRows, "most", most)
    }

    fn with(problem: TableProblem, name: &'static str, value: impl ToString) -> Self {
        Self {
            problem,
            fact: Some((name, value.to_string())),
        }
    }
}

/// Reads and checks a table.
pub fn check(bytes: &[u8], mapping: &Mapping) -> Result<Checked, TableError> {
    let whole = decode(bytes)?;
    let (announced, text) = announced(whole);
    let lines_before = u64::from(announced.is_some());
    let delimiter = announced.unwrap_or_else(|| delimiter(text));
    if let Some(line) = open_quote(text, delimiter) {
        let line = line + lines_before;
        return Err(TableError::with(TableProblem::OpenQuote, "line", line));
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let headers = headers(reader.byte_headers().ok())?;
    let columns = columns(&headers, mapping)?;
    // A table of which nothing is taken is another table than somebody thinks.
    let fills = |column: &Column<'_>| !matches!(column, Column::Nothing | Column::Secret);
    if mapping.known.is_some()
        && !columns.iter().any(fills)
        && let Some(first) = headers.first()
    {
        return Err(no_such_field(first));
    }
    let fields = columns.iter().filter_map(|column| match column {
        Column::Field { name, .. } => Some(name.clone()),
        _ => None,
    });
    let left_out = headers
        .iter()
        .zip(&columns)
        .filter(|(_, column)| matches!(column, Column::Nothing | Column::Secret));
    let mut checked = Checked {
        fields: fields.collect(),
        left_out: left_out.map(|(header, _)| header.clone()).collect(),
        columns: headers,
        sample: Vec::new(),
        rows: 0,
        good: Vec::new(),
        faults: Vec::new(),
    };
    let mut cells = 0;
    let mut seen = HashMap::new();
    let mut lines = Lines::new(text, lines_before);
    // The text is UTF-8 and rows may be of any length: there is no error left that reading could end with.
    for mut record in reader.records().map_while(Result::ok) {
        // Spreadsheets leave rows of nothing but separators behind.
        if record.iter().all(str::is_empty) {
            continue;
        }
        checked.rows += 1;
        if checked.rows > u64::from(MOST_TOKENS) {
            return Err(TableError::too_many(MOST_TOKENS));
        }
        cells += record.iter().filter(|cell| !cell.is_empty()).count();
        if cells > MOST_CELLS {
            let most = MOST_CELLS;
            return Err(TableError::with(TableProblem::TooManyCells, "most", most));
        }
        let line = lines.of(&record);
        while record.len() > columns.len() && record.iter().next_back() == Some("") {
            record.truncate(record.len() - 1);
        }
        checked.add(&columns, &record, line, &mut seen);
    }
    match checked.rows {
        0 => Err(TableError::new(TableProblem::NoRows)),
        _ => Ok(checked),
    }
}

/// The text of a file in UTF-8, without its byte order mark.
fn decode(bytes: &[u8]) -> Result<&str, TableError> {
    let other = |encoding| TableError::with(TableProblem::Encoding, "encoding", encoding);
    if bytes.starts_with(b"PK\x03\x04") {
        // What spreadsheets save unless they are told to save CSV.
        return Err(other("spreadsheet"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        return Err(other("UTF-16"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| other("Windows-1252"))?;
    match text.trim() {
        "" => Err(TableError::new(TableProblem::Empty)),
        _ => Ok(text),
    }
}

/// What a first line says that stands between the cells, as spreadsheets write and read it (`sep=;`), and the rest.
fn announced(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_end_matches('\r').trim_matches('"');
    let delimiter = match first.split_at_checked(4) {
        Some((sep, one)) if sep.eq_ignore_ascii_case("sep=") => one.as_bytes(),
        _ => &[],
    };
    match delimiter {
        &[one @ (b',' | b';' | b'\t' | b'|')] => (Some(one), rest),
        _ => (None, text),
    }
}

/// What stands between the cells: of those in use, the one that is oftenest in the headers.
fn delimiter(text: &str) -> u8 {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += u32::from(!quoted && byte == *delimiter);
        }
    }
    // The first of those that are as often as each other.
    let [mut best, others @ ..] = counts;
    for other in others {
        if other.1 > best.1 {
            best = other;
        }
    }
    best.0
}

/// The line of a quotation mark that opens a cell and is never closed: the rest of the file would be that cell, and no
/// fault would tell of the rows in it.
fn open_quote(text: &str, delimiter: u8) -> Option<u64> {
    let (mut line, mut opened) = (1, None);
    let mut at_start = true;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (opened, byte) {
            // Two of them within a cell are one that is meant.
            (Some(_), b'"') if bytes.next_if_eq(&b'"').is_some() => {}
            (Some(_), b'"') => (opened, at_start) = (None, false),
            (None, b'"') if at_start => opened = Some(line),
            (None, _) => at_start = byte == delimiter || byte == b'\n' || byte == b'\r',
            (Some(_), _) => {}
        }
        line += u64::from(byte == b'\n');
    }
    opened
}

fn headers(record: Option<&ByteRecord>) -> Result<Vec<String>, TableError> {
    let mut headers: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    let cells: Vec<&[u8]> = record.into_iter().flatten().collect();
    // Spreadsheets leave empty columns behind the last one; one is left to be told of where there is no other.
    let used = cells.iter().rposition(|cell| !cell.is_empty());
    for (index, header) in cells.into_iter().take(used.unwrap_or(0) + 1).enumerate() {
        let header = String::from_utf8_lossy(header).into_owned();
        if header.is_empty() || header.chars().count() > MOST_HEADER {
            return Err(TableError::with(
                TableProblem::NoHeader,
                "column",
                index + 1,
            ));
        }
        if !seen.insert(header.clone()) {
            return Err(TableError::with(
                TableProblem::DoubleHeader,
                "column",
                header,
            ));
        }
        headers.push(header);
    }
    Ok(headers)
}

fn columns<'a>(headers: &[String], mapping: &'a Mapping) -> Result<Vec<Column<'a>>, TableError> {
    let identifier = mapping.identifier.as_ref().map(|(column, _)| column);
    for column in mapping.fields.keys().chain(identifier) {
        if !headers.contains(column) {
            return Err(TableError::with(
                TableProblem::NoSuchColumn,
                "column",
                column,
            ));
        }
    }
    let mut filled = HashSet::new();
    headers
        .iter()
        .map(|header| {
            if let Some((column, scheme)) = &mapping.identifier
                && column == header
            {
                return Ok(Column::Identifier(scheme));
            }
            if SECRETS.contains(&header.as_str()) {
                return Ok(Column::Secret);
            }
            let is_known = header == DEVICE_NAME || mapping.knows(header);
            let default = match mapping.left_out.contains(&header.as_str()) || !is_known {
                true => "",
                false => header,
            };
            let chosen = mapping.fields.get(header).map(String::as_str);
            let field = chosen.unwrap_or(default).trim();
            if !field.is_empty() && !filled.insert(field) {
                return Err(TableError::with(
                    TableProblem::DoubleHeader,
                    "column",
                    field,
                ));
            }
            Ok(match field {
                "" => Column::Nothing,
                DEVICE_NAME => Column::Name,
                field if !mapping.knows(field) => {
                    return Err(no_such_field(field));
                }
                field => Column::Field {
                    name: field.chars().take(MOST_HEADER).collect(),
                    is_number: mapping.numbers.contains(field),
                },
            })
        })
        .collect()
}

fn no_such_field(field: &str) -> TableError {
    TableError::with(TableProblem::NoSuchField, "column", shortened(field))
}

impl Mapping {
    /// Whether there is a metadata field of this name.
    fn knows(&self, field: &str) -> bool {
        self.known
            .as_ref()
            .is_none_or(|known| known.contains(field))
    }
}

/// Counts lines as an editor does. The reader itself takes the line break before a row for a part of it.
struct Lines<'a> {
    bytes: &'a [u8],
    /// Where it was counted to, and the line of that place.
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, before: u64) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            line: 1 + before,
        }
    }

    /// The line that a row begins on; rows come in their order.
    fn of(&mut self, record: &StringRecord) -> u64 {
        let start = record.position().map_or(0, csv::Position::byte);
        let mut start = usize::try_from(start)
            .unwrap_or(usize::MAX)
            .min(self.bytes.len());
        let breaks = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        start += self.bytes[start..].iter().take_while(breaks).count();
        let passed = self.bytes.get(self.at..start).unwrap_or_default();
        let lines = passed.iter().filter(|&&byte| byte == b'\n').count();
        self.line += u64::try_from(lines).unwrap_or_default();
        self.at = start;
        self.line
    }
}

impl Checked {
    fn add(
        &mut self,
        columns: &[Column<'_>],
        record: &StringRecord,
        line: u64,
        seen: &mut HashMap<String, u64>,
    ) {
        if self.sample.len() < SAMPLE {
            // One more than there are headers says that a row has more cells than they.
            let cells = columns.iter().map(Some).chain([None]);
            let shown = cells.zip(record).map(|(column, cell)| match column {
                Some(Column::Secret) => MASKED.to_owned(),
                _ => shortened(cell),
            });
            self.sample.push(shown.collect());
        }
        match self.row(columns, record, line, seen) {
            Ok(row) => self.good.push((line, row)),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn row(
        &self,
        columns: &[Column<'_>],
        record: &StringRecord,
        line: u64,
        seen: &mut HashMap<String, u64>,
    ) -> Result<Row, RowFault> {
        let fault = |problem, index: Option<usize>, other| RowFault {
            line,
            problem,
            column: index.map(|index| self.columns[index].clone()),
            value: index.map(|index| shortened(&record[index])),
            other,
        };
        if record.len() != columns.len() {
            return Err(fault(RowProblem::CellCount, None, None));
        }
        let mut row = Row::default();
        let mut identifier = None;
        let cells = record.iter().map(as_typed);
        for (index, (column, cell)) in columns.iter().zip(cells).enumerate() {
            let cell = cell.as_str();
            let faulty = |problem| fault(problem, Some(index), None);
            match column {
                Column::Name if cell.is_empty() => {}
                Column::Name => {
                    let name = DeviceName::parse(cell).map_err(|_| faulty(RowProblem::BadName))?;
                    row.name = Some(name.as_str().to_owned());
                }
                Column::Identifier(_) if cell.is_empty() => {
                    return Err(faulty(RowProblem::NoIdentifier));
                }
                Column::Identifier(scheme) => {
                    let found = scheme
                        .canonical(cell)
                        .ok_or_else(|| faulty(RowProblem::BadIdentifier))?;
                    identifier = Some((index, found));
                }
                Column::Field { .. } if cell.is_empty() => {}
                Column::Field { name, is_number } => {
                    if !can_be_kept(cell) {
                        return Err(faulty(RowProblem::BadCell));
                    }
                    if *is_number && number(cell).is_none() {
                        return Err(faulty(RowProblem::NotANumber));
                    }
                    row.metadata.insert(name.clone(), cell.to_owned());
                }
                Column::Nothing | Column::Secret => {}
            }
        }
        // Last, so that a row that is not taken takes nothing from another one.
        if let Some((index, identifier)) = identifier {
            let compared = told_apart_by(&identifier);
            if let Some(&other) = seen.get(&compared) {
                return Err(fault(RowProblem::DoubleInFile, Some(index), Some(other)));
            }
            seen.insert(compared, line);
            row.identifier = Some(identifier);
        }
        Ok(row)
    }
}

/// Whether a text can be a metadata field's content. A serial number with something in it that nobody sees would not be found.
pub(super) fn can_be_kept(cell: &str) -> bool {
    cell.chars().count() <= MOST_CELL && cell.split('\n').all(is_seen)
}

fn shortened(cell: &str) -> String {
    cell.chars().take(REPEATED).collect()
}

#[cfg(test)]
mod tests;
