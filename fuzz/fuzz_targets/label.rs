//! Any text as a label. What can be claimed is among what it can be.

#![no_main]

use handover_label::{claim, explain, mask};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let readings = explain(&text);
    assert!(!readings.is_empty(), "there is always a reading");
    if let Some(claim) = claim(&text) {
        assert!(!format!("{claim:?}").is_empty());
    }
    let _ = mask(&text);
});
