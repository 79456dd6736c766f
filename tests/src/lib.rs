//! Helpers that the journeys share.

pub mod cloud;
pub mod demo;
pub mod desktop;
pub mod mail;

use std::path::{Path, PathBuf};

/// A program of the workspace: where the test command says, or beside the test itself.
pub fn program(name: &str) -> PathBuf {
    let variable = match name {
        "handover-app" => "HANDOVER_APP",
        _ => "HANDOVER_BIN",
    };
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let beside = std::env::current_exe().ok();
    let folder = beside
        .as_deref()
        .and_then(Path::parent)
        .and_then(Path::parent);
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    folder.map_or_else(|| PathBuf::from(&name), |folder| folder.join(&name))
}
