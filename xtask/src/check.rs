//! `cargo xtask check --target android`, `--target arm`: does the code compile where this machine cannot run it?
//!
//! A check only: nothing is linked or run; `tests/` and CI have no part in it. For phones it is all of the app's code, and
//! the standard library is built along the way, with Debian's compiler and its sources, so that no toolchain has to be
//! downloaded. For ARM it is the one crate that has instructions of its own for it, with its tests; nothing of that is C,
//! so that Rust's own standard library for ARM is all it takes.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::failure::Failure;
use crate::project;
use crate::setup::{self, For, apt};
use crate::shell::{self, Shell};
use crate::test::ui;

/// What to check for.
#[derive(Args)]
pub struct Options {
    /// The platform.
    #[arg(long)]
    target: Target,
}

/// A platform that this machine cannot run.
#[derive(Clone, Copy, ValueEnum)]
enum Target {
    /// 64-bit ARM phones: all of the app's code.
    Android,
    /// 64-bit ARM with Linux: the scanner and its tests, whose NEON instructions no other check sees.
    Arm,
}

/// Debian's compiler of the same age as browsers need, and the standard library's sources.
const PACKAGES: &[&str] = &["cargo-web", "rust-web-src", "rustc-web"];
/// Where those packages put the programs; rustup's proxies come first on many search paths.
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
const TRIPLE: &str = "aarch64-linux-android";
const ARM: &str = "aarch64-unknown-linux-gnu";

/// Type-checks what the platform is about.
pub fn check(options: &Options) -> Result<(), Failure> {
    match options.target {
        Target::Android => android(),
        Target::Arm => arm(),
    }
}

fn arm() -> Result<(), Failure> {
    println!("[1/2] the standard library for {ARM} …");
    ensure_standard_library(ARM)?;
    println!("[2/2] the scanner and its tests …");
    // Without the features of the crate, which film with C libraries.
    Shell::cargo()
        .args([
            "check",
            "--locked",
            "--lib",
            "--tests",
            "--package",
            "handover-scan",
        ])
        .args(["--target", ARM])
        .advice(
            "mend what the compiler says above; the NEON kernels are crates/scan/src/simd/neon.rs",
        )
        .run()
}

/// Lets rustup fetch the platform's standard library, unless it is there.
fn ensure_standard_library(triple: &str) -> Result<(), Failure> {
    let folder = Shell::new("rustc")
        .args(["--print", "target-libdir", "--target", triple])
        .output()?;
    if Path::new(folder.trim()).is_dir() {
        println!("  there");
        return Ok(());
    }
    Shell::new("rustup")
        .args(["target", "add", triple])
        .advice(format!("check the network; without rustup, install your compiler's standard library for {triple}"))
        .run()
}

fn android() -> Result<(), Failure> {
    println!("[1/3] setup …");
    setup::install(For::Running)?;
    install_compiler()?;
    println!("[2/3] the UI, which the app embeds …");
    ui::build()?;
    println!("[3/3] the app's code for {TRIPLE} …");
    let folder = project::target().join("android");
    let compiler = stand_in(&folder)?;
    Shell::new(CARGO)
        .args(["check", "--locked", "--lib", "--package", "handover-host"])
        .args(["-Zbuild-std=std,panic_abort", "--target", TRIPLE])
        // Building the standard library is a nightly feature, which this variable allows a stable compiler.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", RUSTC)
        .env("CARGO_TARGET_DIR", &folder)
        .env("CC_aarch64_linux_android", &compiler)
        .env("AR_aarch64_linux_android", &compiler)
        .advice("mend what the compiler says above; code for desktops alone belongs behind #[cfg(desktop)]")
        .run()
}

fn install_compiler() -> Result<(), Failure> {
    if shell::find("apt-get").is_none() {
        return Err(Failure::new(
            "this check uses Debian's compiler",
            "run it on Debian, or `rustup target add aarch64-linux-android` and cargo check with Android's NDK",
        ));
    }
    apt::ensure(PACKAGES)
}

/// A C compiler that writes empty files: the C parts of our dependencies are not checked, only what is Rust.
fn stand_in(folder: &Path) -> Result<PathBuf, Failure> {
    const SCRIPT: &str = "#!/bin/sh
# Makes the file after -o, or an archive's second argument, and nothing in it.
out=
while [ $# -gt 0 ]; do
  case \"$1\" in
    -o) out=$2; shift ;;
    *.a) out=$1 ;;
  esac
  shift
done
[ -z \"$out\" ] || : > \"$out\"
";
    let path = folder.join("stand-in-cc.sh");
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, SCRIPT))
        .and_then(|()| make_executable(&path));
    written.map_err(|error| {
        Failure::new(
            format!("{} can't be written: {error}", path.display()),
            "check the disk's space and the folder's rights",
        )
    })?;
    Ok(path)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
