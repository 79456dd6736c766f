//! Debian's packages for the machine.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::shell::Shell;

/// The machine, its shell, its archive, the tools for kernel modules, and a compiler for one.
const PACKAGES: &[&str] = &[
    "binutils",
    "busybox-static",
    "cpio",
    "gcc",
    "kmod",
    "make",
    "qemu-system-x86",
];

/// The newest kernel that apt knows, as `6.1.0-56-amd64`.
pub fn newest_kernel() -> Option<String> {
    let output = Command::new("apt-cache")
        .args(["depends", "linux-image-amd64"])
        .output()
        .ok()?;
    let listing = String::from_utf8(output.stdout).ok()?;
    version_in(&listing)
}

fn version_in(listing: &str) -> Option<String> {
    let depends = |line: &str| {
        let version = line.trim().strip_prefix("Depends: linux-image-")?;
        version.ends_with("-amd64").then(|| version.to_owned())
    };
    listing.lines().find_map(depends)
}

/// Installs what is missing.
pub fn install(version: &str) -> Result<(), Failure> {
    let headers = format!("linux-headers-{version}");
    let wanted = PACKAGES.iter().copied().chain([headers.as_str()]);
    let missing: Vec<&str> = wanted.filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Shell::root("env")
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "install"])
        .args(["--yes", "--quiet", "--no-install-recommends"])
        .args(missing)
        .advice("run `apt-get update` and try again")
        .run()
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat", "${db:Status-Status}", package])
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

/// Downloads packages without installing them, and unpacks them into a folder.
pub fn unpack(packages: &[&str], folder: &Path) -> Result<(), Failure> {
    Shell::new("apt-get")
        .args(["download", "--quiet"])
        .args(packages)
        .within(folder)
        .advice("run `apt-get update` and try again")
        .run()?;
    let entries = folder.read_dir().map_err(super::on(folder))?;
    for entry in entries {
        let path = entry.map_err(super::on(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            Shell::new("dpkg-deb")
                .args(["-x".as_ref(), path.as_os_str(), folder.as_os_str()])
                .run()?;
            std::fs::remove_file(&path).map_err(super::on(&path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_version_is_what_its_package_depends_on() {
        let check = |listing: &str, expected: Option<&str>| {
            assert_eq!(version_in(listing).as_deref(), expected);
        };
        check("", None);
        check(
            "linux-image-amd64\n  Depends: linux-image-6.1.0-56-amd64\n",
            Some("6.1.0-56-amd64"),
        );
        check(
            "linux-image-generic\n  Depends: linux-image-6.8.0-31-generic\n",
            None,
        );
    }
}
