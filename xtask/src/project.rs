//! Where things are.

use std::path::{Path, PathBuf};

/// The repository's top folder.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package
        .parent()
        .expect("the package lies one folder below the top")
        .to_path_buf()
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// A program of the shared workspace build.
pub fn binary(name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    target().join("debug").join(file)
}

/// The folders that have a `package-lock.json` of their own, relative to the top.
pub fn npm_folders() -> Vec<PathBuf> {
    let folders = ["", "ui", "tests/console", "tests/devices"].map(PathBuf::from);
    let has_lock = |folder: &PathBuf| root().join(folder).join("package-lock.json").is_file();
    folders.into_iter().filter(has_lock).collect()
}
