//! The operating system's packages.

use std::collections::HashSet;
use std::process::Command;

use super::For;
use crate::failure::Failure;
use crate::shell::{self, Shell};

/// Compiler, web view, and the libraries that the app links; libclang reads the camera's C headers (bindgen).
const BUILD: &[&str] = &[
    "build-essential",
    "file",
    "libayatana-appindicator3-dev",
    "libclang-dev",
    "libdbus-1-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "pkg-config",
];

/// A display and what photographs it, a session bus with a real keyring, drivers for the web view, a database, a mail
/// server, clients of MQTT, and an environment for Python's packages.
const TEST: &[&str] = &[
    "dbus",
    "gnome-keyring",
    "imagemagick",
    "libsecret-tools",
    "mosquitto-clients",
    "postgresql",
    "python3-aiosmtpd",
    "python3-venv",
    "webkit2gtk-driver",
    "xvfb",
];

/// The browser of the console's journeys. Ubuntu's package of this name is called differently.
const BROWSER: &[&str] = &["chromium", "chromium-browser"];

/// Installs the missing packages on Debian and its kin; elsewhere says what is needed.
pub fn install(purpose: For) -> Result<(), Failure> {
    if shell::find("apt-get").is_none() {
        return elsewhere();
    }
    ensure(&wanted(purpose))
}

/// Installs those of the packages that are missing.
pub fn ensure(packages: &[&str]) -> Result<(), Failure> {
    let missing = missing(packages);
    if missing.is_empty() {
        println!("  system packages: all there");
        return Ok(());
    }
    println!("  system packages to install: {}", missing.join(" "));
    apt_get(&["update", "--quiet"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(&missing);
    apt_get(&arguments)
}

fn wanted(purpose: For) -> Vec<&'static str> {
    let mut packages = BUILD.to_vec();
    if purpose == For::Testing {
        packages.extend(TEST);
        if let Some(browser) = browser() {
            packages.push(browser);
        }
    }
    packages
}

/// The browser's package name here; none where one is installed in another way.
fn browser() -> Option<&'static str> {
    if BROWSER.iter().any(|name| shell::find(name).is_some()) {
        return None;
    }
    let is_ubuntu = std::fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"));
    Some(if is_ubuntu { BROWSER[1] } else { BROWSER[0] })
}

/// The packages that are not installed.
fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    // It exits with 1 as soon as one name is unknown, and still lists the others.
    let listing = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(packages)
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    let listing = String::from_utf8_lossy(&listing).into_owned();
    let installed: HashSet<&str> = listing
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    let is_missing = |name: &&&str| !installed.contains(**name);
    packages.iter().filter(is_missing).copied().collect()
}

fn apt_get(arguments: &[&str]) -> Result<(), Failure> {
    Shell::root("env")
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments)
        .advice("check the network and the rights (sudo), then run `cargo xtask setup` again")
        .run()
}

fn elsewhere() -> Result<(), Failure> {
    if cfg!(target_os = "macos") {
        return xcode();
    }
    if cfg!(windows) {
        println!(
            "  needed on Windows: Visual Studio Build Tools with \"Desktop development with C++\","
        );
        println!("  and the WebView2 runtime (part of Windows 11)");
        return Ok(());
    }
    println!(
        "  this is not a Debian: install your system's counterparts of these Debian packages:"
    );
    println!("  to build: {}", BUILD.join(" "));
    println!("  to test:  {} {}", TEST.join(" "), BROWSER[0]);
    Ok(())
}

fn xcode() -> Result<(), Failure> {
    if Shell::new("xcode-select").args(["-p"]).succeeds() {
        return Ok(());
    }
    Err(Failure::new(
        "Xcode's command line tools are not installed",
        "run `xcode-select --install`, then the same command again",
    ))
}
