//! `POST /external/api/upload`: a device uploads a file; and the link that opens it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts as _, Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use handover_wire::{ApiError, DeviceApiError, DeviceId};
use tokio::time::Instant;

use super::{Asking, DeviceFailure};
use crate::domain::FileName;
use crate::http::attachment;
use crate::http::error::ApiFailure;
use crate::http::multipart::{Form, Malformed, Part};
use crate::service::Core;
use crate::service::files::{self, MOST_BYTES, UploadError};

/// Bytes beside the file that a form may have.
const BESIDE: usize = 64 * 1024;
/// How long a file may take to begin, each stretch of it to come, and the form to end behind it,
const PATIENCE: Duration = Duration::from_secs(30);
/// and the bytes of a stretch. Whoever sends fewer, 546 in a second, holds a connection rather than sends a file.
const STRETCH: usize = 16 * 1024;
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

/// A form as it comes, of that many bytes at most, and not for ever.
struct Coming {
    form: Form,
    body: BodyDataStream,
    room: usize,
    /// When it has come, or a stretch more of its file.
    due: Instant,
    /// What is left of that stretch.
    stretch: usize,
}

impl Coming {
    fn new(form: Form, body: Body) -> Self {
        let file = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
        Self {
            form,
            body: body.into_data_stream(),
            room: file.saturating_add(BESIDE),
            due: Instant::now() + PATIENCE,
            stretch: STRETCH,
        }
    }

    /// So much of the file has come: with each stretch it has time for the next. What is beside the file buys none.
    fn came(&mut self, bytes: usize) {
        match self.stretch.checked_sub(bytes) {
            Some(left) if left > 0 => self.stretch = left,
            _ => {
                self.due = Instant::now() + PATIENCE;
                self.stretch = STRETCH;
            }
        }
    }

    /// The next piece of the form, of whatever length.
    async fn piece(&mut self) -> Result<Bytes, DeviceFailure> {
        // What is there is taken, however late: the device did not wait, we did.
        match tokio::time::timeout_at(self.due, self.body.next()).await {
            Ok(Some(Ok(piece))) => Ok(piece),
            Ok(Some(Err(_)) | None) => Err(Malformed.into()),
            Err(_) => Err(DeviceFailure::Refused(
                StatusCode::REQUEST_TIMEOUT,
                "The file came too slowly: upload it again, or a smaller one.".to_owned(),
            )),
        }
    }

    /// What comes next.
    async fn next(&mut self) -> Result<Part, DeviceFailure> {
        loop {
            if let Some(part) = self.form.part()? {
                return Ok(part);
            }
            let piece = self.piece().await?;
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

/// A device uploads a file of up to 5 MiB (5,242,880 bytes), as the field `upfile` of a form, and is told the link that opens it:
/// whoever has the link gets the file, without signing in. It may take half an hour as long as 16 KiB come in every 30 seconds. A
/// file of the same name takes the place of the one before, and of more than 10 the oldest goes. A device uploads 1,000 files;
/// ours: counted anew for whoever has it next, who sees none of those before unless its history is handed on.
#[utoipa::path(
    post, path = "/external/api/upload", operation_id = "deviceUpload", tag = "device API",
    extensions(("x-handover" = json!("published; how long it may take, and the sentences of 408, 413 and of a form without a file are ours"))),
    security(()),
    params(("token" = String, Query, description = "The device's auth token")),
    request_body(content = Object, content_type = "multipart/form-data", description = "The file, as the field `upfile`"),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "The file's link", example = json!("http://127.0.0.1:8080/device_uploads/3/4Yq8cPqGpQ1B0b2Ue1m9zq7k3r5W8yX0aT6vN4jHcLs.png")),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Invalid token."}})),
        (status = 403, body = DeviceApiError, example = json!({"error": {"message": "File uploads limit has been reached."}})),
        (status = 408, body = DeviceApiError, description = "Fewer than 16 KiB in 30 seconds, or not all of it in half an hour"),
        (status = 413, body = DeviceApiError, description = "More than 5 MiB"),
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
            Part::Data(bytes) => {
                coming.came(bytes.len());
                arriving.add(&bytes).await?;
            }
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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::http::{HeaderMap, HeaderValue, header};
    use futures_util::stream;

    use super::*;

    /// How a file ends of which so many bytes come every second, behind so many that are beside it.
    async fn comes(beside: usize, file: usize, in_a_second: usize) -> Result<(), StatusCode> {
        let field = |name: &str, length: usize| {
            let head = format!("--b0\r\nContent-Disposition: form-data; name={name}\r\n\r\n");
            [head.as_bytes(), &vec![b'x'; length], b"\r\n"].concat()
        };
        let body = [
            field("type", beside),
            field(FIELD, file),
            b"--b0--".to_vec(),
        ]
        .concat();
        let pieces: Vec<_> = body
            .chunks(in_a_second)
            .map(Bytes::copy_from_slice)
            .collect();
        let pieces = stream::iter(pieces).then(|piece| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok::<_, Infallible>(piece)
        });
        let mut headers = HeaderMap::new();
        let kind = HeaderValue::from_static("multipart/form-data; boundary=b0");
        headers.insert(header::CONTENT_TYPE, kind);
        let form = Form::announced(&headers).expect("a form");
        let mut coming = Coming::new(form, Body::from_stream(pieces));
        let status = |failure: DeviceFailure| match failure {
            DeviceFailure::Refused(status, _) => status,
            _ => StatusCode::BAD_REQUEST,
        };
        coming.file().await.map_err(status)?;
        loop {
            match coming.next().await.map_err(status)? {
                Part::Data(bytes) => coming.came(bytes.len()),
                Part::Over => return Ok(()),
                Part::Field { .. } | Part::End => {}
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_link_is_waited_for_and_one_that_stalls_is_not() {
        // 40 kbit/s, and little more than the least.
        let five = 5 * 1024 * 1024;
        assert_eq!(comes(0, five, 5_000).await, Ok(()));
        assert_eq!(comes(0, 100_000, 600).await, Ok(()));
        let too_slow = Err(StatusCode::REQUEST_TIMEOUT);
        assert_eq!(comes(0, 100_000, 500).await, too_slow);
        // What is beside the file buys no time.
        assert_eq!(comes(20_000, 100, 600).await, too_slow);
        assert_eq!(comes(100, 100, 600).await, Ok(()));
    }
}
