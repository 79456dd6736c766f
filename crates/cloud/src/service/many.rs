//! Many devices at once: so many of a name, or one for each row of a table. `making` prepares them; all are there, or none.

use handover_wire::{
    BatchFailure, BatchId, BatchSource, BatchState, DeviceWork, ImportReport, MetaKind, OrgId,
    SecretsShown, Template, UserId, UserStatus, WorkId,
};

use super::hands::kept::{KeyUsed, Keyed};
use super::import::{guess, lines, looked_through, reported};
use super::making::may_go_on;
use super::{Broken, Core, Gone, breaks};
use crate::domain::{
    Acting, Actor, BatchName, DeviceName, FieldError, MOST_DEVICES, Mapping, Pattern, Row,
    TableError,
};
use crate::store::{LeasedBatch, NewBatch, NewRows, StoreError, Write, change};

/// Why devices are not made.
#[derive(Debug, thiserror::Error)]
pub enum ManyError {
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The file is no table that can be imported.
    #[error(transparent)]
    Table(#[from] TableError),
    /// What they were to be made in or of is gone.
    #[error(transparent)]
    Gone(#[from] Gone),
    /// The organization has no room for them.
    #[error("the organization may not have so many devices")]
    DeviceLimit(Option<Room>),
    /// The key stands for another request.
    #[error(transparent)]
    KeyUsed(#[from] KeyUsed),
    /// There is no such work within reach.
    #[error("there is no such work within reach")]
    NotFound,
    /// It is not in a state for this.
    #[error("the work is {0:?}")]
    Over(BatchState),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(ManyError);

/// How much too little room there is, as far as limits within the caller's reach say.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// How many there is room for.
    pub free: i64,
    /// How many are too many.
    pub too_many: i64,
}

/// What is to be made, for whom. The caller has checked that all of it is within reach.
pub struct Wanted<'a> {
    /// Which kind.
    pub template: &'a Template,
    /// Where.
    pub org: OrgId,
    /// Whose.
    pub owner: UserId,
    /// The same key gets the same answer again, so that an answer which was lost makes nothing twice.
    pub key: Option<&'a str>,
}

/// Asks for so many devices of a name.
pub async fn create(
    core: &Core,
    acting: &Acting,
    wanted: &Wanted<'_>,
    (name, first, count): (&str, u32, u32),
) -> Result<DeviceWork, ManyError> {
    if !(1..=MOST_DEVICES).contains(&count) {
        let must = "1 to 10,000";
        return Err(FieldError {
            field: "count",
            must,
        }
        .into());
    }
    let names = Pattern::parse(name, count)?.names(first, count)?;
    let rows = names.into_iter().map(|name| Row {
        name: Some(name.as_str().to_owned()),
        ..Row::default()
    });
    ask(core, acting, wanted, BatchSource::Generated, rows.collect()).await
}

/// What is to become of a table.
pub struct Import {
    /// What its columns fill, by their headers.
    pub mapping: Mapping,
    /// Whether to leave out rows that are at fault, rather than import nothing.
    pub good_rows: bool,
    /// Whether it is only looked at.
    pub dry_run: bool,
}

/// Looks through the whole table, and asks for its devices where that is wanted and nothing is wrong, or the rest is to be
/// taken.
pub async fn import(
    core: &Core,
    acting: &Acting,
    wanted: &Wanted<'_>,
    table: impl AsRef<[u8]> + Send + 'static,
    mut import: Import,
) -> Result<ImportReport, ManyError> {
    let fields = core.store.meta_fields(&wanted.template.template_id).await?;
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    // What the template has a field for is no column of ours.
    import.mapping.left_out = super::export_devices::OWN_COLUMNS
        .into_iter()
        .filter(|column| !names.contains(column))
        .collect();
    import.mapping.known = Some(fields.iter().map(|field| field.name.clone()).collect());
    let numbers = fields.iter().filter(|field| field.kind == MetaKind::Number);
    import.mapping.numbers = numbers.map(|field| field.name.clone()).collect();
    let checked = looked_through(table, import.mapping).await?;
    if checked.rows > u64::from(MOST_DEVICES) {
        return Err(TableError::too_many(MOST_DEVICES).into());
    }
    let (mut report, rows) = reported(checked, import.good_rows);
    guess(&mut report, &names);
    // No column identifies devices that are made by hand.
    report.likely_identifier = None;
    if let Some(rows) = rows.filter(|_| !import.dry_run) {
        let work = ask(core, acting, wanted, BatchSource::Imported, rows);
        report.work = Some(work.await?);
    }
    Ok(report)
}

async fn ask(
    core: &Core,
    acting: &Acting,
    wanted: &Wanted<'_>,
    source: BatchSource,
    rows: Vec<Row>,
) -> Result<DeviceWork, ManyError> {
    let now = core.now();
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let heading = BatchName::parse("Devices")?;
    let asked = (wanted.org, wanted.owner, wanted.template.id, &rows);
    let keyed = Keyed::new(core, "devices", wanted.key, &asked)?;
    change!(core.store, |write| {
        if let Some(before) = keyed.before::<ManyError>(write, acting).await? {
            return Ok(serde_json::from_str(&before)?);
        }
        write.still_there(wanted.org, wanted.template.id).await??;
        if !write.has_room(wanted.org, None, count).await? {
            // A limit above the caller's reach is told by nothing but that there is no room.
            let free = write.free_room(acting.reach(), wanted.org).await?;
            let free = free.map(|free| free.max(0)).filter(|free| *free < count);
            return Err(ManyError::DeviceLimit(free.map(|free| Room {
                free,
                too_many: count - free,
            })));
        }
        let lines = lines(&named(write, wanted, rows.clone()).await?)?;
        let batch = NewBatch {
            secrets: SecretsShown::Kept,
            org: wanted.org,
            template: wanted.template.id,
            name: &heading,
            note: None,
            count,
            source,
            identifiers: None,
            rows: Some(NewRows {
                fields: "[]",
                lines: &lines,
            }),
            owner: Some(wanted.owner),
            actor: &acting.actor,
        };
        let BatchId(id) = write.insert_batch(&batch, now).await?;
        write.wake_after(core.making.clone());
        let work = write.device_work(acting.reach(), WorkId(id)).await?;
        let work = work.ok_or(StoreError::Corrupt("new work is out of reach"))?;
        let body = serde_json::to_string(&work)?;
        keyed.keep(core, write, acting, body).await?;
        Ok(work)
    })
}

/// Names those that have none, as a device that is made by itself is named.
async fn named(
    write: &mut Write,
    wanted: &Wanted<'_>,
    mut rows: Vec<Row>,
) -> Result<Vec<Row>, StoreError> {
    let nameless = rows.iter_mut().filter(|row| row.name.is_none());
    let nameless: Vec<&mut Row> = nameless.collect();
    let many = i64::try_from(nameless.len()).unwrap_or(i64::MAX);
    if many > 0 {
        let first = write
            .next_device_numbers(wanted.org, wanted.template.id, many)
            .await?;
        for (row, number) in nameless.into_iter().zip(first..) {
            let name = DeviceName::numbered(&wanted.template.name, number);
            row.name = Some(name.as_str().to_owned());
        }
    }
    Ok(rows)
}

/// Stops the making of devices: there are none of them.
pub async fn cancel(core: &Core, acting: &Acting, id: WorkId) -> Result<(), ManyError> {
    change!(core.store, |write| {
        let found = write.device_work(acting.reach(), id).await?;
        let work = found.ok_or(ManyError::NotFound)?;
        let ended = write.end_batch(BatchId(id.0), BatchState::Cancelled, None);
        if !ended.await? {
            return Err(ManyError::Over(work.state));
        }
        write.wake_after(core.making.clone());
        Ok(())
    })
}

/// Puts all that were prepared in their place, in one change; or says why none is.
pub(super) async fn finish(
    core: &Core,
    batch: &LeasedBatch,
    owner: i64,
) -> Result<Option<BatchFailure>, Broken> {
    let now = core.now();
    let org = OrgId(batch.org_id);
    let actor = batch.actor.as_deref().and_then(Actor::parse);
    let actor = actor.ok_or(StoreError::Corrupt("devices that nobody asked for"))?;
    change!(core.store, |write| {
        // Much may have happened since they were asked for.
        if !may_go_on(write, batch).await? {
            return Ok(Some(BatchFailure::NotAllowed));
        }
        let person = write.person(UserId(owner)).await?;
        let is_there = match person.filter(|person| person.status == UserStatus::Active) {
            Some(person) => write.is_at_or_above(person.org_id, org).await?,
            None => false,
        };
        if !is_there {
            return Ok(Some(BatchFailure::Gone));
        }
        if !write.has_room(org, None, batch.wanted).await? {
            return Ok(Some(BatchFailure::DeviceLimit));
        }
        write.become_devices(batch, owner, &actor, now).await?;
        Ok(None)
    })
}
