//! Files that are saved, and never shown: under which name.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use handover_wire::DeviceFile;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::service::{Core, files};

/// What `filename*` has as it is, of all that file names here can have (`attr-char` of RFC 8187, and no more).
const AS_IT_IS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// What a device uploaded is no page: it does nothing, wherever it is opened.
const NOTHING: &str = "sandbox; default-src 'none'";

/// What a file is to be called, whose name has neither quotes nor backslashes. It may have letters that no header has: programs
/// that do not read them encoded (RFC 6266) have the other name, which is plain.
pub fn disposition(name: &str, plain: &str) -> String {
    if name.is_ascii() {
        return format!("attachment; filename=\"{name}\"");
    }
    let encoded = utf8_percent_encode(name, AS_IT_IS);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// A file that a device uploaded, piece by piece. What the device says it is nobody believes: it is bytes.
pub fn of_device(core: Arc<Core>, file: DeviceFile) -> Response {
    let name = disposition(&file.name, &format!("file-{}", file.id));
    let size = file.size;
    let pieces = stream::try_unfold((core, file, 0), |(core, file, number)| async move {
        let piece = files::piece(&core, &file, number).await?;
        Ok::<_, files::FileGone>(piece.map(|piece| (Bytes::from(piece), (core, file, number + 1))))
    });
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(NOTHING),
    );
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_header_has_are_encoded() {
        for (name, want) in [
            ("Line-2.zip", r#"attachment; filename="Line-2.zip""#),
            (
                "Frühling_7.zip",
                r#"attachment; filename="file-7"; filename*=UTF-8''Fr%C3%BChling_7.zip"#,
            ),
            (
                "春; a=b.zip",
                r#"attachment; filename="file-7"; filename*=UTF-8''%E6%98%A5%3B%20a%3Db.zip"#,
            ),
        ] {
            assert_eq!(disposition(name, "file-7"), want);
        }
    }
}
