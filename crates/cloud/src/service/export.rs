//! A batch as one file: a table with its tokens, and an image for each label.
//!
//! The file is made while it is sent, some tokens at a time: whatever a batch's size, as much memory as its table of
//! contents needs. Zip and images are made on a thread of their own, which waits for whoever receives.
//!
//! The tokens are read twice, for the table and for the images, and both times as they were at one moment: a label that was
//! replaced meanwhile does not have one token in the table and another in its image. The database keeps what there was for
//! as long as the file is taken, so whoever stops taking it does not get the rest.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use handover_label::{QrToken, claim_link};
use handover_wire::{Batch, BatchState, OrgId, Permission, Secret, SecretsShown, TokenState};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::batches::BatchError;
use super::{Broken, Core};
use crate::domain::{
    AUTH_TOKEN, Acting, CLAIM_CODE, CLAIM_LINK, ClaimCode, DEVICE_NAME, QR_TOKEN, harmless, stem,
};
use crate::secrets::Purpose;
use crate::store::{Action, AuditRow, ExportRow, Moment, StoreError, change};

/// Tokens that are read at a time.
const CHUNK: i64 = 500;
/// Pieces of the file that wait to be sent, and bytes of each.
const PIECES: usize = 8;
const PIECE: usize = 64 * 1024;
/// How long a piece waits until whoever receives has taken one of those before it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Seconds in which whoever was not shown all of what is shown once may try again.
const AGAIN_SECONDS: i64 = 10 * 60;
/// Pixels of a module: 3 centimetres in print at 300 dots per inch.
const MODULE_PX: u32 = 8;

/// The images of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Images {
    /// Pixels.
    #[default]
    Png,
    /// Shapes, for any size.
    Svg,
    /// Each label as pixels and as shapes.
    Both,
    /// The table alone.
    None,
}

/// How a label is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drawing {
    Png,
    Svg,
}

impl Images {
    /// What there is of each label. The table names the first.
    fn drawings(self) -> &'static [Drawing] {
        match self {
            Self::Png => &[Drawing::Png],
            Self::Svg => &[Drawing::Svg],
            Self::Both => &[Drawing::Png, Drawing::Svg],
            Self::None => &[],
        }
    }
}

impl Drawing {
    fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }
}

/// What an export's images are named by; never by a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// The batch's name and the running number.
    #[default]
    Label,
    /// The identifier, where a token has one, else as above.
    Identifier,
}

/// How an export is to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Form {
    /// Its images.
    pub images: Images,
    /// What they are named by.
    pub naming: Naming,
}

/// Pieces of the file, as they are made.
pub struct Pieces {
    /// An empty one comes last.
    made: mpsc::Receiver<Vec<u8>>,
    /// Told once all of it was taken.
    taken: Option<oneshot::Sender<()>>,
    ended: bool,
}

impl Pieces {
    /// The next one. An error where there are none and the file is not whole, whatever ended it: whoever receives must not
    /// take it for whole.
    pub async fn next(&mut self) -> Option<io::Result<Vec<u8>>> {
        if self.ended {
            return None;
        }
        match self.made.recv().await {
            Some(piece) if !piece.is_empty() => Some(Ok(piece)),
            last => {
                self.ended = true;
                if let (Some(taken), Some(_)) = (self.taken.take(), &last) {
                    // Where nobody waits for it, it does not matter.
                    let _ = taken.send(());
                }
                last.is_none()
                    .then(|| Err(io::Error::other("the export broke off")))
            }
        }
    }
}

/// Begins an export. That secrets leave is on the disk before the first of them does.
pub async fn export(
    core: &Arc<Core>,
    acting: &Acting,
    batch: Batch,
    form: Form,
) -> Result<Pieces, BatchError> {
    if batch.state != BatchState::Ready {
        return Err(BatchError::NotReady(batch.state));
    }
    // Before it is written down: where nothing can be read, what is shown once was not shown.
    let mut moment = core.store.moment().await?;
    let fields = moment.batch_fields(batch.id).await?;
    let now = core.now();
    change!(core.store, |write| {
        let times = (now, now.plus_seconds(-AGAIN_SECONDS));
        if batch.secrets == SecretsShown::Once
            && !write.note_exported(batch.id, &acting.actor, times).await?
        {
            return Err(BatchError::SecretsGone);
        }
        let row = AuditRow::about(acting, Action::ExportTokens, batch.org_id, now);
        let detail = format!("batch {}, {} tokens", batch.id, batch.count - batch.revoked);
        Ok(write.audit(row.detail(detail)).await?)
    })?;
    let export = Export {
        core: core.clone(),
        acting: acting.clone(),
        runtime: Handle::current(),
        fields: serde_json::from_str(&fields)?,
        batch,
        form,
    };
    let (send, made) = mpsc::channel(PIECES);
    let (taken, all_taken) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let channel = Channel::new(export.runtime.clone(), send.clone());
        let written = export.write(&mut moment, channel);
        drop(moment);
        // Where it broke off whoever asked may try again for a while; what nobody fetches by then is forgotten later.
        let is_whole = written.is_ok() && export.arrives(all_taken);
        if is_whole && let Err(error) = export.forget() {
            tracing::error!(%error, "secrets that were shown once are kept for a while");
        }
        if let Err(error) = written {
            // Whoever went away has no use for it, and is no fault.
            if !send.is_closed() {
                tracing::error!(%error, "an export broke off");
            }
        }
    });
    Ok(Pieces {
        made,
        taken: Some(taken),
        ended: false,
    })
}

/// Looks whether somebody may still take secrets of an organization out, so that a file which is on its way ends with the
/// right to it.
pub(super) async fn still_may(core: &Core, acting: &Acting, org: OrgId) -> Result<(), Broken> {
    let now = core.store.look().await?.acting(&acting.actor).await?;
    match now.filter(|now| now.may(Permission::ExportTokens)) {
        Some(now) if core.store.reaches(now.reach(), org).await? => Ok(()),
        _ => Err(Broken::Withdrawn),
    }
}

struct Export {
    core: Arc<Core>,
    acting: Acting,
    runtime: Handle,
    batch: Batch,
    /// Metadata fields, in the table's order.
    fields: Vec<String>,
    form: Form,
}

/// Forgets the secrets of a batch that has shown them, some at a time.
pub async fn forget(core: &Core, batch: i64) -> Result<(), Broken> {
    while change!(core.store, |write| write.forget_secrets(batch, CHUNK).await)? > 0 {}
    Ok(core.store.shed_log().await?)
}

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    #[error(transparent)]
    Output(#[from] io::Error),
    #[error(transparent)]
    Broken(Broken),
}

impl<E> From<E> for ExportError
where
    Broken: From<E>,
{
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

impl Export {
    fn write(&self, moment: &mut Moment, channel: Channel) -> Result<(), ExportError> {
        let mut zip = ZipWriter::new_stream(channel);
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(format!("{}.csv", stem(&self.batch.name)), packed)?;
        self.table(moment, &mut zip)?;
        // Pixels are packed already.
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let drawings = self.form.images.drawings();
        if !drawings.is_empty() {
            self.each(moment, |row| {
                for &drawing in drawings {
                    let Some(image) = self.image(row, drawing)? else {
                        return Ok(());
                    };
                    let options = match drawing {
                        Drawing::Png => stored,
                        Drawing::Svg => packed,
                    };
                    zip.start_file(self.file_name(row, drawing), options)?;
                    zip.write_all(&image)?;
                }
                Ok(())
            })?;
        }
        Ok(zip.finish()?.into_inner().finish()?)
    }

    /// Waits until the last piece was taken, which says that those before were sent. Whether it was.
    fn arrives(&self, all_taken: oneshot::Receiver<()>) -> bool {
        let waited = async { tokio::time::timeout(PATIENCE, all_taken).await };
        matches!(self.runtime.block_on(waited), Ok(Ok(())))
    }

    /// Forgets what is shown once.
    fn forget(&self) -> Result<(), Broken> {
        if self.batch.secrets == SecretsShown::Kept {
            return Ok(());
        }
        let id = self.batch.id;
        self.runtime.block_on(async {
            change!(self.core.store, |write| write.note_arrived(id).await)?;
            forget(&self.core, id.0).await
        })
    }

    /// Does something with every token, in their order.
    fn each(
        &self,
        moment: &mut Moment,
        mut act: impl FnMut(&ExportRow) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let mut first = 1;
        while first <= self.batch.made {
            let allowed = still_may(&self.core, &self.acting, self.batch.org_id);
            self.runtime.block_on(allowed)?;
            let places = first..=first + CHUNK - 1;
            first += CHUNK;
            let rows = moment.export_between(self.batch.id, places);
            let rows = self.runtime.block_on(rows)?;
            rows.iter().try_for_each(&mut act)?;
        }
        Ok(())
    }

    fn table(&self, moment: &mut Moment, out: impl Write) -> Result<(), ExportError> {
        let mut table = csv::Writer::from_writer(out);
        let own = [
            "Label",
            DEVICE_NAME,
            "Identifier",
            CLAIM_CODE,
            "State",
            CLAIM_LINK,
            QR_TOKEN,
            AUTH_TOKEN,
            "Image",
        ];
        table.write_record(
            own.map(str::to_owned)
                .into_iter()
                .chain(self.fields.iter().map(|field| harmless(field))),
        )?;
        self.each(moment, |row| {
            let (qr, link) = self
                .claim(row)?
                .unwrap_or_else(|| (Secret::new(""), Secret::new("")));
            let auth = self
                .core
                .keys
                .open_kept(Purpose::AuthToken, &row.auth_sealed)?;
            let auth = auth.unwrap_or_else(|| Secret::new(""));
            let token = &row.token;
            let image = self.form.images.drawings().first();
            let image = image.map(|&drawing| self.file_name(row, drawing));
            let state = match token.state {
                TokenState::Unclaimed => "unclaimed",
                TokenState::Claimed => "claimed",
                TokenState::Revoked => "revoked",
            };
            let own = [
                harmless(&token.label),
                harmless(token.name.as_deref().unwrap_or_default()),
                harmless(token.identifier.as_deref().unwrap_or_default()),
                self.code(row)?,
                state.to_owned(),
                link.expose().to_owned(),
                qr.expose().to_owned(),
                auth.expose().to_owned(),
                image.unwrap_or_default(),
            ];
            let fields = self
                .fields
                .iter()
                .map(|field| harmless(value(&token.metadata, field)));
            Ok(table.write_record(own.into_iter().chain(fields))?)
        })?;
        table.flush()?;
        Ok(())
    }

    /// The QR token, and the link that a label shows; none where somebody was shown it before.
    fn claim(&self, row: &ExportRow) -> Result<Option<(Secret, Secret)>, ExportError> {
        let Some(qr) = self.core.keys.open_kept(Purpose::QrToken, &row.qr_sealed)? else {
            return Ok(None);
        };
        let token =
            QrToken::parse(qr.expose()).ok_or(StoreError::Corrupt("a QR token that is none"))?;
        let address = self.core.address.get();
        let address = address.ok_or(Broken::Label("the cloud has no address yet".to_owned()))?;
        Ok(Some((qr, Secret::new(claim_link(address, &token)))))
    }

    /// The claim code as it is printed beside the identifier.
    fn code(&self, row: &ExportRow) -> Result<String, ExportError> {
        let sealed = row.code_sealed.as_deref().unwrap_or_default();
        let Some(code) = self.core.keys.open_kept(Purpose::ClaimCode, sealed)? else {
            return Ok(String::new());
        };
        let code = ClaimCode::parse(code.expose());
        let code = code.ok_or(StoreError::Corrupt("a claim code that is none"))?;
        Ok(code.print())
    }

    fn image(&self, row: &ExportRow, drawing: Drawing) -> Result<Option<Vec<u8>>, ExportError> {
        let Some((_, link)) = self.claim(row)? else {
            return Ok(None);
        };
        // Whoever cannot scan it types the number and this code.
        let code = self.code(row)?;
        let drawn = match drawing {
            Drawing::Svg => {
                handover_print::captioned_svg(link.expose(), &code).map(String::into_bytes)
            }
            Drawing::Png => handover_print::captioned_png(link.expose(), &code, MODULE_PX),
        };
        drawn
            .map(Some)
            .map_err(|error| ExportError::Broken(Broken::Label(error.to_string())))
    }

    /// Identifiers are no secrets, and differ within a batch. Where signs had to go the running number comes after one that
    /// no other name has.
    fn file_name(&self, row: &ExportRow, drawing: Drawing) -> String {
        let label = stem(&row.token.label);
        let name = match (&row.token.identifier, self.form.naming) {
            (Some(identifier), Naming::Identifier) => {
                let plain = stem(identifier);
                match plain == *identifier {
                    true => plain,
                    false => format!("{plain}~{}", row.number),
                }
            }
            (None, Naming::Identifier) | (_, Naming::Label) => label,
        };
        format!("labels/{name}.{}", drawing.extension())
    }
}

fn value<'a>(metadata: &'a BTreeMap<String, String>, field: &str) -> &'a str {
    metadata.get(field).map_or("", String::as_str)
}

/// Collects what is written into pieces, and waits where they are not sent as fast as they are made.
struct Channel {
    piece: Vec<u8>,
    runtime: Handle,
    /// None once somebody did not take a piece: nothing is sent any more.
    send: Option<mpsc::Sender<Vec<u8>>>,
}

impl Channel {
    fn new(runtime: Handle, send: mpsc::Sender<Vec<u8>>) -> Self {
        Self {
            piece: Vec::with_capacity(PIECE),
            runtime,
            send: Some(send),
        }
    }

    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let send = self.send.take().ok_or(io::ErrorKind::BrokenPipe)?;
        self.runtime
            .block_on(send.send_timeout(piece, PATIENCE))
            .map_err(|_| io::ErrorKind::BrokenPipe)?;
        self.send = Some(send);
        Ok(())
    }

    /// Sends the rest, and that it was the rest.
    fn finish(mut self) -> io::Result<()> {
        if !self.piece.is_empty() {
            self.send()?;
        }
        self.send()
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    /// The zip flushes after each of its files, for which no piece has to be sent before it is full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
