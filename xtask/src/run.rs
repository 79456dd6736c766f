//! `cargo xtask run`: the app in a window, or the same journey without one.

use clap::Args;

use crate::failure::Failure;
use crate::setup::{self, For};
use crate::shell::Shell;
use crate::test::ui;

/// How to run.
#[derive(Args)]
pub struct Options {
    /// Play the journey without a window even where there is a display.
    #[arg(long)]
    headless: bool,
    /// Handed to the app as they are.
    #[arg(last = true)]
    app: Vec<String>,
}

/// Installs what is missing, builds, and runs.
pub fn run(options: &Options) -> Result<(), Failure> {
    println!("[1/3] setup …");
    setup::install(For::Running)?;
    println!("[2/3] the UI …");
    ui::build()?;
    if has_display() && !options.headless {
        println!("[3/3] the app, against the bundled cloud with demo data …");
        app(&options.app)
    } else {
        println!("[3/3] no display here: the same journey without a window …");
        journey()
    }
}

fn app(more: &[String]) -> Result<(), Failure> {
    Shell::cargo()
        .args(["run", "--package", "handover-host", "--bin", "handover-app"])
        .args(["--"])
        .args(more)
        .advice("read the app's log above; `cargo xtask run --headless` needs no window")
        .run()
}

fn journey() -> Result<(), Failure> {
    Shell::cargo()
        .args(["run", "--package", "handover-cli", "--bin", "handover"])
        .args(["--", "demo", "journey"])
        .run()
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
