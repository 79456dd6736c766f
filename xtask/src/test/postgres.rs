//! What touches a database once more, on a real PostgreSQL server that lives as long as they do.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Outcome;
use super::cargo::nextest;
use crate::failure::Failure;
use crate::project;
use crate::shell::{self, Shell};

/// Where Debian keeps each version's programs, which are not on the search path.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The cloud's own tests, and the program killed in the middle of a thousand claims.
const FILTER: &str =
    "package(handover-cloud) or (package(handover-journeys) and binary(kill_nine))";

/// Runs the cloud's tests on PostgreSQL.
pub fn stage() -> Result<Outcome, Failure> {
    let Some(programs) = programs() else {
        return Ok(Outcome::Skipped("PostgreSQL is not installed".into()));
    };
    let server = Server::start(&programs)?;
    nextest(FILTER)
        .env("HANDOVER_TEST_DATABASE", &server.url)
        .env("HANDOVER_BIN", project::binary("handover"))
        .advice("alone: `cargo xtask test --only postgres`")
        .run()?;
    Ok(Outcome::Passed)
}

/// The folder of `initdb` and `postgres`: the newest of Debian's, else that of the search path.
fn programs() -> Option<PathBuf> {
    let version = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let installed = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let newest = installed
        .map(|entry| entry.path())
        .filter(|folder| folder.join("bin/initdb").is_file())
        .max_by_key(version);
    match newest {
        Some(folder) => Some(folder.join("bin")),
        None => Some(shell::find("initdb")?.parent()?.to_path_buf()),
    }
}

/// A server of our own, in a folder of the system's temporary files: its user may not reach ours. Both end with this
/// value, whatever the tests came to; where this program is killed, the system ends the server.
struct Server {
    process: Child,
    folder: PathBuf,
    url: String,
}

impl Server {
    /// Makes its data and starts it on a free port of this machine.
    fn start(programs: &Path) -> Result<Self, Failure> {
        let folder =
            Shell::new("mktemp").args(["--directory", "--tmpdir", "handover-postgres.XXXX"]);
        let folder = PathBuf::from(folder.output()?.trim());
        if shell::is_root() {
            Shell::new("chown")
                .args([Path::new("postgres"), &folder])
                .run()?;
        }
        let data = folder.join("data");
        let made = as_its_user(&programs.join("initdb"))
            .arg(&data)
            .args(["--auth", "trust", "--username", "handover", "--no-sync"])
            .args(["--encoding", "UTF8", "--locale", "C.UTF-8"])
            .stdout(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            return Err(failed("initdb made no data"));
        }
        let port = free_port().map_err(|error| failed(&format!("no port is free: {error}")))?;
        let log = File::create(folder.join("log")).map_err(|error| failed(&error.to_string()))?;
        let process = as_its_user(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string()])
            .args(SETTINGS.iter().flat_map(|setting| ["-c", setting]))
            .stderr(log)
            .spawn()
            .map_err(|error| failed(&error.to_string()))?;
        let mut server = Self {
            process,
            url: format!("postgres://handover@127.0.0.1:{port}/postgres"),
            folder,
        };
        server.wait(&programs.join("pg_isready"), port)?;
        Ok(server)
    }

    /// Until it answers, or has ended.
    fn wait(&mut self, is_ready: &Path, port: u16) -> Result<(), Failure> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let asked = Shell::new(is_ready)
                .args(["--host", "127.0.0.1", "--port", &port.to_string()])
                .args(["--dbname", "postgres", "--username", "handover"]);
            if asked.succeeds() {
                return Ok(());
            }
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(failed(&log))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to lose: its data go with it. Whatever fails here, the folder is one of temporary files.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Its data are thrown away, so none of them have to reach the disk.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=400",
];

/// One of PostgreSQL's programs, which refuse to run as root, ended with this one.
fn as_its_user(program: &Path) -> Command {
    if shell::find("setpriv").is_none() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "QUIT"]);
    if shell::is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg(program).current_dir("/");
    command
}

fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

fn failed(why: &str) -> Failure {
    Failure::new(
        format!("PostgreSQL does not start: {why}"),
        "run `cargo xtask setup`, and check the disk's space",
    )
}
