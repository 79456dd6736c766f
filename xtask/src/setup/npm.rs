//! The packages of the UI, of the console's and the devices' journeys, and Tauri's command line.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::project;
use crate::shell::Shell;

/// The oldest Node that works: what the UI's build tool asks for.
const OLDEST_NODE: (u32, u32) = (20, 19);

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
    // Not `npm ci`: it refuses a lock file in which an optional package of some other platform is missing, and a
    // registry that serves only some platforms gives no other. This installs the versions that are locked, too.
    Shell::npm()
        .args(["install", "--no-save", "--no-audit", "--no-fund"])
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
    let (major, minor) = OLDEST_NODE;
    let advice =
        format!("install Node {major}.{minor} or newer with npm, from your system or nodejs.org");
    let version = Shell::new("node")
        .args(["--version"])
        .output()
        .map_err(|failure| failure.advise(&advice))?;
    match parse(&version) {
        Some(version) if version >= OLDEST_NODE => Ok(()),
        _ => Err(Failure::new(
            format!("Node {} is too old", version.trim()),
            advice,
        )),
    }
}

/// Major and minor number of `v20.19.1`.
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.');
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_read() {
        let check = |version: &str, expected| assert_eq!(parse(version), expected, "{version}");
        check("v20.19.1\n", Some((20, 19)));
        check("v24.0.0-nightly", Some((24, 0)));
        check("20.19.1", None);
        check("v20", None);
    }
}
