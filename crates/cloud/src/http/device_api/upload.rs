//! `POST /external/api/upload`: a device uploads a file; and the link that opens it.

use std::sync::Arc;

use axum::body::{Body, BodyDataStream};
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts as _, Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use handover_wire::{ApiError, DeviceApiError, DeviceId};

use super::{Asking, DeviceFailure};
use crate::domain::FileName;
use crate::http::attachment;
use crate::http::error::ApiFailure;
use crate::http::multipart::{Form, Malformed, Part};
use crate::service::Core;
use crate::service::files::{self, MOST_BYTES, UploadError};

/// Bytes beside the file that a form may have.
const BESIDE: usize = 64 * 1024;
/// The published name of the field.
const FIELD: &str = "upfile";

impl From<UploadError> for DeviceFailure {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Limit => Self::Refused(StatusCode::FORBIDDEN, error.to_string()),
            UploadError::TooLarge => {
                Self::Refused(StatusCode::PAYLOAD_TOO_LARGE, error.to_string())
            }
            UploadError::Gone | UploadError::Moved | UploadError::Replaced => {
                Self::Message(error.to_string())
            }
            UploadError::Broken(broken) => broken.into(),
        }
    }
}

impl From<Malformed> for DeviceFailure {
    fn from(_: Malformed) -> Self {
        Self::of("The form is malformed or broke off: send multipart/form-data.")
    }
}

/// A form as it comes, of that many bytes at most.
struct Coming {
    form: Form,
    body: BodyDataStream,
    room: usize,
}

impl Coming {
    fn new(form: Form, body: Body) -> Self {
        let file = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
        Self {
            form,
            body: body.into_data_stream(),
            room: file.saturating_add(BESIDE),
        }
    }

    /// What comes next.
    async fn next(&mut self) -> Result<Part, DeviceFailure> {
        loop {
            if let Some(part) = self.form.part()? {
                return Ok(part);
            }
            let piece: Bytes = match self.body.next().await {
                Some(Ok(piece)) => piece,
                Some(Err(_)) | None => return Err(Malformed.into()),
            };
            let left = self.room.checked_sub(piece.len());
            self.room = left.ok_or(UploadError::TooLarge)?;
            self.form.feed(&piece);
        }
    }

    /// What the file is called, once it begins.
    async fn file(&mut self) -> Result<FileName, DeviceFailure> {
        loop {
            match self.next().await? {
                Part::Field { name, file } if name == FIELD => {
                    return Ok(FileName::clean(file.as_deref().unwrap_or_default()));
                }
                Part::Over => {
                    return Err(DeviceFailure::of(
                        "There is no file: send it as the field upfile.",
                    ));
                }
                Part::Field { .. } | Part::Data(_) | Part::End => {}
            }
        }
    }
}

/// A device uploads a file of up to 5 MB, as the field `upfile` of a form, and is told the link that opens it: whoever has the
/// link gets the file, without signing in. Like any request it has 60 seconds. A file of the same name takes the place of the one before, and of more than 10 the
/// oldest goes. A device uploads 1,000 files; ours: counted anew for whoever has it next, who sees none of those before unless
/// its history is handed on.
#[utoipa::path(
    post, path = "/external/api/upload", operation_id = "deviceUpload", tag = "device API",
    extensions(("x-handover" = json!("published; the sentences of 413 and of a form without a file are ours"))),
    security(()),
    params(("token" = String, Query, description = "The device's auth token")),
    request_body(content = Object, content_type = "multipart/form-data", description = "The file, as the field `upfile`"),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "The file's link", example = json!("http://127.0.0.1:8080/device_uploads/3/4Yq8cPqGpQ1B0b2Ue1m9zq7k3r5W8yX0aT6vN4jHcLs.png")),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Invalid token."}})),
        (status = 403, body = DeviceApiError, example = json!({"error": {"message": "File uploads limit has been reached."}})),
        (status = 413, body = DeviceApiError, description = "More than 5 MB"),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn upload(
    State(core): State<Arc<Core>>,
    request: Request,
) -> Result<String, DeviceFailure> {
    let (mut parts, body) = request.into_parts();
    let asking = Asking::from_request_parts(&mut parts, &core).await?;
    let form = Form::announced(&parts.headers);
    let form = form.ok_or_else(|| DeviceFailure::of("Unknown content type."))?;
    let mut coming = Coming::new(form, body);
    let name = coming.file().await?;
    let mut arriving = files::begin(&core, asking.device, name).await?;
    loop {
        match coming.next().await? {
            Part::Data(bytes) => arriving.add(&bytes).await?,
            Part::End => break,
            Part::Field { .. } | Part::Over => return Err(Malformed.into()),
        }
    }
    // What stands behind it is of no account; a form that breaks off there may be half a form.
    while coming.next().await? != Part::Over {}
    let link = arriving.end().await?;
    asking.is_there(&core).await;
    Ok(link)
}

/// Opens the link to a file that a device uploaded. Who has it needs no account; it opens nothing any more once the file is
/// deleted, another one took its place, or the device has another holder who sees nothing of what was before. It is saved and
/// never shown: its type is `application/octet-stream`, whatever it is.
#[utoipa::path(
    get, path = "/device_uploads/{device}/{file}", operation_id = "uploadedFile", tag = "device API",
    extensions(("x-handover" = json!("published by example; that it is saved and not shown is ours"))),
    security(()),
    params(
        ("device" = DeviceId, Path, description = "The device's number"),
        ("file" = String, Path, description = "The secret of the file, 43 characters, with or without an ending"),
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, body = ApiError, description = "The link opens nothing, or no more"),
    )
)]
pub async fn uploaded(
    State(core): State<Arc<Core>>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, ApiFailure> {
    let none = || ApiFailure::not_found("There is no such file, or no more.");
    let Path((device, file)) = path.map_err(|_| none())?;
    let device: DeviceId = device.parse().map_err(|_| none())?;
    let found = files::linked(&core, device, &file).await?;
    let found = found.ok_or_else(none)?;
    Ok(attachment::of_device(core, found))
}
