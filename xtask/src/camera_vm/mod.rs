//! The scanner against real Video4Linux devices, in a small virtual machine: see `tests/camera-vm/README.md`.

mod initrd;
mod kernel;
mod machine;
mod packages;

use std::path::Path;

use crate::failure::Failure;
use crate::project;

/// How the machine's run ended, where nothing failed.
pub enum Ended {
    /// So many scenarios passed.
    Passed(usize),
    /// It cannot run here, and why.
    Skipped(String),
}

/// Plays every scenario of `tests/camera-vm/init.sh`.
///
/// `target` is where cargo built the workspace, examples included. What is downloaded and built for the machine stays in
/// `work` for the next time.
pub fn run(target: &Path, work: &Path) -> Result<Ended, Failure> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(Ended::Skipped("the machine is Linux on x86-64".into()));
    }
    let programs = Programs::find(target)?;
    let Some(version) = packages::newest_kernel() else {
        let why = "apt knows no Debian kernel (package linux-image-amd64)";
        return Ok(Ended::Skipped(why.into()));
    };
    if let Err(failure) = packages::install(&version) {
        let why = format!("qemu and what the machine needs cannot be installed\n{failure}");
        return Ok(Ended::Skipped(why));
    }
    let kernel = kernel::prepare(&version, &work.join(&version))?;
    let sources = project::root().join("tests/camera-vm");
    let initrd = initrd::build(work, &sources, &kernel, &programs)?;
    let passed = machine::boot(&kernel.image, &initrd)?;
    Ok(Ended::Passed(passed))
}

/// The two programs of ours that run in the machine.
struct Programs([std::path::PathBuf; 2]);

impl Programs {
    fn find(target: &Path) -> Result<Self, Failure> {
        let examples = target.join("debug").join("examples");
        let programs = ["camera_probe", "loopback_writer"].map(|name| examples.join(name));
        match programs.iter().find(|program| !program.is_file()) {
            None => Ok(Self(programs)),
            Some(absent) => Err(Failure::new(
                format!("{} was not built", absent.display()),
                "run `cargo build --workspace --all-targets`",
            )),
        }
    }
}

/// A failure of reading or writing one of the machine's files.
fn on(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    let path = path.display().to_string();
    move |error| {
        Failure::new(
            format!("{path}: {error}"),
            "check the disk and the rights; deleting that folder makes everything anew",
        )
    }
}
