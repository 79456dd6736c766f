//! Labels in pictures.

use handover_client::Result;
use handover_label::{Scanned, explain_scanned};
use handover_scan::live::Seen;
use handover_scan::{Decoder, PictureError, Scanner, read_picture};
use handover_wire::{ErrorBody, ErrorCode, Secret};

use crate::{App, FoundCandidate, FoundCode, Hint, PictureFindings, off_thread};

impl App {
    /// Reads every code in a picture of any format.
    ///
    /// # Errors
    /// One of the picture codes, or `no_code_found`.
    pub async fn decode_picture(&self, bytes: Vec<u8>) -> Result<PictureFindings> {
        let findings = off_thread(move || decode(&bytes)).await??;
        if findings.codes.is_empty() {
            return Err(ErrorBody::new(
                ErrorCode::NoCodeFound,
                "there is no code in the picture",
            ));
        }
        Ok(findings)
    }
}

fn decode(bytes: &[u8]) -> Result<PictureFindings> {
    let picture = read_picture(bytes).map_err(|error| picture_error(&error))?;
    let codes = Scanner::default().decode(picture.frame());
    Ok(findings(Seen {
        width: picture.width,
        height: picture.height,
        codes,
        ..Seen::default()
    }))
}

fn picture_error(error: &PictureError) -> ErrorBody {
    let code = match error.code() {
        "empty_picture" => ErrorCode::EmptyPicture,
        "broken_picture" => ErrorCode::BrokenPicture,
        "picture_too_large" => ErrorCode::PictureTooLarge,
        "unreadable_file" => ErrorCode::UnreadableFile,
        _ => ErrorCode::UnknownPicture,
    };
    ErrorBody::new(code, error.to_string())
}

/// What was seen as the web view gets it: each code with what its text can be.
pub(crate) fn findings(seen: Seen) -> PictureFindings {
    let codes = seen.codes.into_iter().map(|code| FoundCode {
        readings: explain_scanned(&Scanned {
            text: &code.text,
            raw: &code.raw,
            identifier: code.identifier(),
            is_part: code.part.is_some(),
        }),
        text: Secret::new(code.text),
        corners: code.corners,
    });
    let candidates = seen.candidates.into_iter().map(|candidate| FoundCandidate {
        corners: candidate.corners,
        hint: candidate.hint.into(),
    });
    PictureFindings {
        width: seen.width,
        height: seen.height,
        codes: codes.collect(),
        candidates: candidates.collect(),
        hint: seen.hint.map(Hint::from),
    }
}
