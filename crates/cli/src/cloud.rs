//! `handover cloud`: the bundled cloud in a process of its own.

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use handover_cloud::{Cloud, Config};
use handover_wire::Role;
use tracing_subscriber::EnvFilter;
use url::Url;

/// Where the cloud keeps its data and where it listens.
#[derive(Args)]
pub struct CloudArguments {
    /// The folder that holds the database and the key; it is made where it does not exist.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The address to listen on. Port 0 takes a free one; the printed address has it.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Starts with example data and prints its sign-ins. On this machine's own address only.
    #[arg(long)]
    demo: bool,
    /// The address that people reach this cloud under, where a proxy stands before it: https://HOST. Other names are
    /// refused then.
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
    /// Writes the log as JSON, one object on a line.
    #[arg(long)]
    log_json: bool,
}

/// Runs until Ctrl-C or SIGTERM.
pub fn run(arguments: CloudArguments) -> ExitCode {
    start_log(arguments.log_json);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("The system gives no threads: {error}")),
    };
    match runtime.block_on(serve(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

async fn serve(arguments: CloudArguments) -> Result<(), String> {
    let signals =
        Signals::listen().map_err(|error| format!("Signals cannot be caught: {error}"))?;
    let config = Config {
        data: arguments.data,
        listen: arguments.listen,
        demo: arguments.demo,
        public_url: arguments.public_url,
    };
    let cloud = Cloud::start(config)
        .await
        .map_err(|error| error.to_string())?;
    // A closed pipe behind us is no reason to stop serving.
    let _ = greet(&cloud, &mut io::stdout().lock());
    tokio::select! {
        () = cloud.wait() => {}
        () = signals.first() => cloud.stop().await,
    }
    Ok(())
}

/// Says where the cloud is and who can sign in.
fn greet(cloud: &Cloud, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Handover cloud: {}", cloud.url())?;
    if let Some(link) = cloud.setup_link() {
        writeln!(
            out,
            "Set up the administrator (this link works once): {link}"
        )?;
    }
    if let Some(demo) = cloud.demo() {
        writeln!(out, "Sign in as:")?;
        for user in &demo.users {
            let password = user.password.expose();
            writeln!(
                out,
                "  {:<13} {:<28} {password}",
                role_name(user.role),
                user.email
            )?;
        }
    }
    out.flush()
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "administrator",
        Role::Staff => "support",
        Role::User => "customer",
    }
}

/// The log goes to standard error, so that standard output holds what a person asked for.
fn start_log(json: bool) {
    let filter = EnvFilter::try_from_env("HANDOVER_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    if json {
        log.json().init();
    } else {
        log.with_ansi(io::stderr().is_terminal()).init();
    }
}

fn fail(message: &str) -> ExitCode {
    // With nobody to read the message the exit status is what is left to say.
    let _ = writeln!(io::stderr(), "handover cloud: {message}");
    ExitCode::FAILURE
}

/// Ctrl-C and SIGTERM, caught from before the start on.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn first(mut self) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn first(self) {
        // Without a handler the process ends by itself on Ctrl-C, which loses nothing that was answered.
        let _ = tokio::signal::ctrl_c().await;
    }
}
