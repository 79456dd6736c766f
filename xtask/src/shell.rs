//! Child processes: shown before they run, with advice where they fail.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::project;

/// A command that is about to run in the repository's top folder.
pub struct Shell {
    command: Command,
    shown: String,
    advice: Option<String>,
}

impl Shell {
    /// A program, by name or path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program.as_ref());
        command.current_dir(project::root());
        Self {
            command,
            shown: shown(program.as_ref()),
            advice: None,
        }
    }

    /// The very cargo that runs this program, so that a toolchain that was chosen stays chosen. What it told this program of
    /// its own package stays here: build scripts look at these variables, and would run anew, with all that follows.
    pub fn cargo() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut shell = Self::new(cargo);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                shell.command.env_remove(&name);
            }
        }
        shell.shown = "cargo".into();
        shell
    }

    /// npm, which is a batch file on Windows.
    pub fn npm() -> Self {
        Self::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
    }

    /// As root: through sudo unless this is root already.
    pub fn root(program: &str) -> Self {
        if is_root() {
            Self::new(program)
        } else {
            Self::new("sudo").args([program])
        }
    }

    /// More arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        for arg in args {
            self.shown.push(' ');
            self.shown.push_str(&shown(arg.as_ref()));
            self.command.arg(arg);
        }
        self
    }

    /// The same, started by another program that takes a command as its last arguments.
    #[must_use]
    pub fn through<'a>(self, wrapper: impl IntoIterator<Item = &'a str>) -> Self {
        let mut wrapper = wrapper.into_iter();
        let program = wrapper.next().expect("a wrapper is a program");
        let mut outer = Self::new(program).args(wrapper);
        outer.shown.push(' ');
        outer.shown.push_str(&self.shown);
        outer.command.arg(self.command.get_program());
        outer.command.args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => outer.command.env(name, value),
                None => outer.command.env_remove(name),
            };
        }
        outer
    }

    /// A variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The folder it runs in, relative to the top.
    #[must_use]
    pub fn within(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(project::root().join(folder));
        self
    }

    /// What to do where it fails.
    #[must_use]
    pub fn advice(mut self, next: impl Into<String>) -> Self {
        self.advice = Some(next.into());
        self
    }

    /// Runs it with its output shown.
    pub fn run(mut self) -> Result<(), Failure> {
        println!("  $ {}", self.shown);
        let status = self.command.status().map_err(|error| self.absent(&error))?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::new(
            format!("`{}` ended with {status}", self.shown),
            self.next("read its output above, mend, and run the same command again"),
        ))
    }

    /// Runs it and takes what it prints.
    pub fn output(mut self) -> Result<String, Failure> {
        let output = self
            .command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| self.absent(&error))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(Failure::new(
            format!("`{}` ended with {}", self.shown, output.status),
            self.next("read its output above"),
        ))
    }

    /// Whether it runs and succeeds; prints nothing.
    pub fn succeeds(mut self) -> bool {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn absent(&self, error: &std::io::Error) -> Failure {
        Failure::new(
            format!("`{}` could not be started: {error}", self.shown),
            self.next("install that program, or run `cargo xtask setup`"),
        )
    }

    fn next(&self, usual: &str) -> String {
        self.advice.clone().unwrap_or_else(|| usual.into())
    }
}

/// Where a program is on the search path.
pub fn find(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(&file))
        .find(|candidate| candidate.is_file())
}

/// Whether this is the superuser.
pub fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn shown(text: &OsStr) -> String {
    let text = text.to_string_lossy();
    if text.contains(' ') {
        format!("'{text}'")
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cargo in a desktop session builds what it would build without one.
    #[test]
    fn a_command_that_another_starts_keeps_its_environment() {
        let shell = Shell::new("cargo").env("KEPT", "1");
        let mut shell = shell.args(["build"]);
        shell.command.env_remove("TAKEN_AWAY");
        let outer = shell.through(["session", "--"]);
        let names: Vec<_> = outer.command.get_envs().collect();
        let kept = (OsStr::new("KEPT"), Some(OsStr::new("1")));
        assert_eq!(names, [kept, (OsStr::new("TAKEN_AWAY"), None)]);
        assert_eq!(outer.shown, "session -- cargo build");
    }
}
