//! The packages of the UI, of the console's journeys, and Tauri's command line.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::project;
use crate::shell::Shell;

/// The oldest Node that works.
const OLDEST_NODE: u32 = 20;

/// Installs the packages of each lock file that changed since the last time.
pub fn install() -> Result<(), Failure> {
    check_node()?;
    for folder in project::npm_folders() {
        install_folder(&folder)?;
    }
    Ok(())
}

fn install_folder(folder: &Path) -> Result<(), Failure> {
    let shown = project::root().join(folder).display().to_string();
    let lock = read(&project::root().join(folder).join("package-lock.json"))?;
    let stamp = stamp(folder);
    let is_there = project::root().join(folder).join("node_modules").is_dir();
    if is_there && fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        println!("  npm packages in {shown}: all there");
        return Ok(());
    }
    Shell::npm()
        .args(["ci", "--no-audit", "--no-fund"])
        .within(folder)
        .advice("check the network, then run `cargo xtask setup` again")
        .run()?;
    write(&stamp, &lock)
}

/// A copy of the lock file that was installed last.
fn stamp(folder: &Path) -> PathBuf {
    let name = folder.to_string_lossy().replace(['/', '\\'], "-");
    let file = format!("npm-{}.json", if name.is_empty() { "top" } else { &name });
    project::target().join("setup").join(file)
}

fn check_node() -> Result<(), Failure> {
    let advice =
        "install Node 20 or newer with npm (Debian: `apt install nodejs npm`, or nodejs.org)";
    let version = Shell::new("node")
        .args(["--version"])
        .advice(advice)
        .output()
        .map_err(|failure| failure.advise(advice))?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    match major.and_then(|text| text.parse::<u32>().ok()) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(Failure::new(
            format!("Node {} is too old", version.trim()),
            advice,
        )),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| {
        Failure::new(
            format!("{} can't be read: {error}", file.display()),
            "check the file's rights",
        )
    })
}

fn write(file: &Path, content: &[u8]) -> Result<(), Failure> {
    let folder = file.parent().expect("a stamp lies in a folder");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, content))
        .map_err(|error| {
            Failure::new(
                format!("{} can't be written: {error}", file.display()),
                "check the disk's space and the folder's rights",
            )
        })
}
