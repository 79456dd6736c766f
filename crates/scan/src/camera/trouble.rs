//! What a driver's complaint means.

use nokhwa::NokhwaError;

use crate::live::CameraError;

/// An error before the first frame.
pub(super) fn while_opening(error: &NokhwaError) -> CameraError {
    let words = error.to_string();
    meaning(&words).unwrap_or(CameraError::Failed(words))
}

/// An error from a camera that was open.
pub(super) fn while_streaming(error: &NokhwaError) -> CameraError {
    match while_opening(error) {
        CameraError::NoCamera => CameraError::Unplugged,
        other => other,
    }
}

/// An error of the operating system while the device was opened.
#[cfg(target_os = "linux")]
pub(super) fn of_os_error(error: &std::io::Error) -> CameraError {
    error
        .raw_os_error()
        .and_then(of_errno)
        .unwrap_or_else(|| CameraError::Failed(error.to_string()))
}

/// nokhwa keeps the words alone, but these carry the system's number: "(os error N)" from Rust's standard library on
/// Linux, an HRESULT on Windows.
fn meaning(words: &str) -> Option<CameraError> {
    let number = words
        .split_once("(os error ")
        .and_then(|(_, rest)| rest.split_once(')'))
        .and_then(|(number, _)| number.parse().ok());
    match number {
        Some(number) if cfg!(target_os = "linux") => of_errno(number),
        _ => of_hresult(words),
    }
}

/// Numbers of Linux, `errno(3)`.
fn of_errno(number: i32) -> Option<CameraError> {
    match number {
        // EPERM, EACCES
        1 | 13 => Some(CameraError::Denied),
        // ENOENT, ENXIO, ENODEV
        2 | 6 | 19 => Some(CameraError::NoCamera),
        // EBUSY
        16 => Some(CameraError::Busy),
        _ => None,
    }
}

/// HRESULTs of Windows, `winerror.h` and `mferror.h`.
fn of_hresult(words: &str) -> Option<CameraError> {
    let words = words.to_ascii_lowercase();
    let known = [
        // E_ACCESSDENIED
        ("0x80070005", CameraError::Denied),
        // ERROR_SHARING_VIOLATION, MF_E_HW_MFT_FAILED_START_STREAMING, MF_E_VIDEO_RECORDING_DEVICE_PREEMPTED
        ("0x80070020", CameraError::Busy),
        ("0xc00d3704", CameraError::Busy),
        ("0xc00d3ea3", CameraError::Busy),
        // MF_E_VIDEO_RECORDING_DEVICE_INVALIDATED
        ("0xc00d3ea2", CameraError::NoCamera),
    ];
    let (_, meaning) = known.into_iter().find(|(code, _)| words.contains(code))?;
    Some(meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_words_of_a_driver_tell_what_is_wrong() {
        let check =
            |words: &str, expected: Option<CameraError>| assert_eq!(meaning(words), expected);
        if cfg!(target_os = "linux") {
            check(
                "Device or resource busy (os error 16)",
                Some(CameraError::Busy),
            );
            check("Permission denied (os error 13)", Some(CameraError::Denied));
            check("No such device (os error 19)", Some(CameraError::NoCamera));
            check("Input/output error (os error 5)", None);
        }
        check("Access is denied. (0x80070005)", Some(CameraError::Denied));
        check("preempted (0xC00D3EA3)", Some(CameraError::Busy));
        check("(os error", None);
        check("(os error x)", None);
        check("", None);
    }

    #[test]
    fn an_open_camera_that_is_gone_was_unplugged() {
        if cfg!(target_os = "linux") {
            let gone = NokhwaError::ReadFrameError("No such device (os error 19)".to_owned());
            assert_eq!(while_opening(&gone), CameraError::NoCamera);
            assert_eq!(while_streaming(&gone), CameraError::Unplugged);
        }
        let other = NokhwaError::ReadFrameError("it smokes".to_owned());
        assert!(
            matches!(while_streaming(&other), CameraError::Failed(words) if words.contains("it smokes"))
        );
    }
}
