//! The audit: sealing its rows into one chain, checking the chain, going through it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{Stream, try_unfold};
use handover_wire::{AuditCheck, AuditEntry, AuditFault, MAX_PAGE_SIZE};

use super::{Broken, Core};
use crate::connections::Stop;
use crate::domain::{Acting, Link, Walk};
use crate::secrets::Keys;
use crate::store::{Action, AuditQuery, AuditRow, Store, StoreError, Write, change};

/// Rows that are sealed in one change.
const BATCH: usize = 500;
/// From a row to its seal, so that what happens together is sealed together.
const A_MOMENT: Duration = Duration::from_secs(1);
/// The longest that nobody looks whether another process left rows.
const LONGEST: Duration = Duration::from_secs(30);

/// Writes down where the chain starts, before anything was sealed. Where it has lost its end it stays without one.
pub async fn begin(core: &Core) -> Result<(), Broken> {
    change!(core.store, |write| {
        if write.audit_end().await?.is_none() && !write.has_sealed().await? {
            let start = Link::START;
            write
                .set_audit_end((start, start.proof(&core.keys)))
                .await?;
        }
        Ok(())
    })
}

/// Seals what waits, from now on until it is told to stop, and once more then.
pub async fn keep_sealed(core: Arc<Core>, stop: Stop) {
    loop {
        let sealed = tokio::select! {
            () = stop.at_once.cancelled() => return,
            sealed = seal(&core) => sealed,
        };
        if let Err(error) = sealed {
            tracing::error!(%error, "the audit cannot be sealed now");
        }
        if stop.gracefully.is_cancelled() {
            return;
        }
        tokio::select! {
            () = stop.gracefully.cancelled() => continue,
            () = core.store.audited.notified() => {}
            () = tokio::time::sleep(LONGEST) => continue,
        }
        tokio::select! {
            () = stop.gracefully.cancelled() => {}
            () = tokio::time::sleep(A_MOMENT) => {}
        }
    }
}

/// Seals what waits.
pub async fn seal(core: &Core) -> Result<(), Broken> {
    // Looking costs nothing; only rows that wait are worth a change.
    if !core.store.audit_waits().await? {
        return Ok(());
    }
    // What comes meanwhile has its turn a moment later: where much happens this would never end.
    while change!(core.store, |write| seal_some(&core.keys, write).await)? == BATCH {}
    Ok(())
}

/// Seals some of what waits, and gives how many.
async fn seal_some(keys: &Keys, write: &mut Write) -> Result<usize, Broken> {
    let end = write.audit_end().await?;
    // A chain whose end somebody else has written is not gone on with: that would make it good again.
    let proven = end.filter(|(end, proof)| *proof == end.proof(keys));
    let (mut last, _) = proven.ok_or(Broken::AuditEnd)?;
    let waiting = write.audit_waiting(BATCH).await?;
    let mut places = Vec::with_capacity(waiting.len());
    for row in &waiting {
        last = last.next(keys, row);
        places.push((row.id, last));
    }
    write.seal_audit(&places).await?;
    write.set_audit_end((last, last.proof(keys))).await?;
    Ok(places.len())
}

/// Looks at the whole chain, from its first row to its end, and whether a place that was noted is in it.
pub async fn check(
    store: &Store,
    keys: &Keys,
    noted: Option<Link>,
) -> Result<AuditCheck, StoreError> {
    let mut walk = Walk::new(keys, noted);
    let mut fault = None;
    let seen = store
        .walk_audit(&mut |row, place| {
            fault = walk.step(row, place).err();
            fault.is_none()
        })
        .await?;
    Ok(AuditCheck {
        sealed: walk.last().seq,
        waiting: seen.waiting,
        mark: walk.last().mark(),
        fault: fault.or_else(|| walk.end(seen.end).err()),
    })
}

/// Notes that somebody is about to take it away. Nothing is handed over unless this went through.
pub async fn note_export(core: &Core, acting: &Acting, query: &AuditQuery) -> Result<(), Broken> {
    let now = core.now();
    let mut row = AuditRow::about(
        acting,
        Action::ExportAudit,
        query.org.unwrap_or(acting.org),
        now,
    );
    row.device = query.device;
    row.user = query.person.map(|(id, _)| id);
    Ok(change!(core.store, |write| write.audit(row.clone()).await)?)
}

/// All rows, the newest first, in portions: nobody who reads slowly holds up anybody else.
pub fn portions(
    core: Arc<Core>,
    query: AuditQuery,
) -> impl Stream<Item = Result<Vec<AuditEntry>, StoreError>> + Send {
    try_unfold(i64::MAX, move |before| {
        let core = core.clone();
        async move {
            let rows = core
                .store
                .audit_before(query, before, MAX_PAGE_SIZE)
                .await?;
            Ok(rows.last().map(|last| last.id).map(|last| (rows, last)))
        }
    })
}

/// What a fault means, for logs and the command line.
pub fn tell(fault: AuditFault) -> String {
    match fault {
        AuditFault::EndUnproven => {
            "where it ends is missing, or was not written by a cloud with this key".to_owned()
        }
        AuditFault::Missing { seq } => format!("entry {seq} is missing"),
        AuditFault::Changed { seq } => format!("entry {seq} was changed, moved or put there"),
        AuditFault::CutOff { seq } => format!("it was cut off: entries from {seq} on are missing"),
        AuditFault::BeyondEnd { seq } => {
            format!("entries from {seq} on stand after its end: the end is an older one")
        }
        AuditFault::Replaced { seq } => {
            format!(
                "entry {seq} is not the one that was noted: an older or another audit took its place"
            )
        }
    }
}
