//! `handover cloud`: the bundled cloud in a process of its own.

mod migrate;
mod try_mail;
mod verify_audit;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use handover_cloud::{
    CertificateFiles, Cloud, Config, DatabaseUrl, HTTP_SECONDS, MailServer, MailServerError,
    StartError,
};
use handover_wire::{Role, Secret};
use url::Url;

use crate::failure::Failure;
use crate::log::start_log;
use crate::signals::Signals;

/// Where the cloud keeps its data and where it listens.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct CloudArguments {
    #[command(subcommand)]
    command: Option<CloudCommand>,
    /// The folder that holds the database and the key; it is made where it does not exist.
    #[arg(long, value_name = "DIR", required = true)]
    data: Option<PathBuf>,
    /// A PostgreSQL database in place of the folder's: postgres://USER@HOST/DATABASE?sslmode=verify-full.
    ///
    /// Several clouds may share it, each with a folder of its own, and all with the same key. The password is best given
    /// in the environment, here or as PGPASSWORD, or in ~/.pgpass: other users of this machine see command lines.
    #[arg(long, value_name = "URL", env = "HANDOVER_DATABASE", hide_env_values = true, value_parser = secret)]
    database: Option<Secret>,
    /// A key file in place of the folder's. It is made where there is none and the database is new.
    #[arg(long, value_name = "FILE", env = "HANDOVER_KEY")]
    key: Option<PathBuf>,
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
    #[command(flatten)]
    mail: MailArguments,
    /// For how long a device counts as online after a message over HTTP; devices that stay connected say so themselves.
    #[arg(long, value_name = "SECONDS", default_value_t = HTTP_SECONDS, value_parser = clap::value_parser!(i64).range(1..=86_400))]
    http_online: i64,
    #[command(flatten)]
    doors: DoorArguments,
    /// Lets things go wrong as this file says, for tests; an empty one lets nothing. Without it nothing can be made to.
    ///
    /// The file is JSON: {"seed": 1, "rules": [{"endpoint": "GET /devices", "percent": 20, "fault": {"kind": "latency",
    /// "ms": 800}}]}. `handover faults` shows and switches them while the cloud runs, and its help tells of each kind.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Writes the log as JSON, one object on a line.
    #[arg(long)]
    log_json: bool,
}

/// Where devices come to, besides.
#[derive(Args)]
struct DoorArguments {
    /// Speaks MQTT (3.1.1 and 5) with devices there, in TLS with those who begin with it, and in WebSockets at /mqtt of the
    /// address to listen on. A demo does so in any case.
    #[arg(long, value_name = "ADDR")]
    mqtt: Option<SocketAddr>,
    /// Speaks there what is spoken on the address to listen on, in TLS alone: HTTPS, and the binary protocol of devices.
    ///
    /// With any of --mqtt, --tls, --mqtts and --tls-cert the address to listen on itself speaks TLS, too, with whoever begins
    /// with it.
    #[arg(long, value_name = "ADDR")]
    tls: Option<SocketAddr>,
    /// Speaks MQTT there, in TLS alone.
    #[arg(long, value_name = "ADDR")]
    mqtts: Option<SocketAddr>,
    /// The certificate, and those between it and whoever clients trust, in PEM.
    ///
    /// Without one the cloud makes its own at the first start, for this machine's own names, its addresses and --public-url,
    /// and prints where it is: give it to clients as whom to trust. Remove tls-cert.pem from the folder of --data to have it
    /// made anew.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// Where mails go.
#[derive(Args)]
pub struct MailArguments {
    /// The mail server: smtps://USER:PASSWORD@HOST:465, or smtp://HOST:587 with STARTTLS. Without one, mails are kept and
    /// shown on the mailbox page.
    ///
    /// STARTTLS is asked for, except where HOST is this machine; there, ?tls=none does without. The password is best given
    /// in the environment: other users of this machine see command lines.
    #[arg(long, value_name = "URL", env = "HANDOVER_SMTP", hide_env_values = true, value_parser = secret)]
    smtp: Option<Secret>,
    /// Whom mails are from: "Handover <no-reply@cloud.example>".
    #[arg(long, value_name = "SENDER", env = "HANDOVER_MAIL_FROM")]
    mail_from: Option<String>,
}

impl MailArguments {
    /// The mail server; none where nothing is said.
    pub fn server(&self) -> Result<Option<MailServer>, MailServerError> {
        MailServer::parse(self.smtp.as_ref(), self.mail_from.as_deref())
    }
}

/// What else can be done with a cloud's data.
#[derive(Subcommand)]
enum CloudCommand {
    /// Copies a folder's data into an empty PostgreSQL database, and compares it row by row.
    ///
    /// No cloud may run on the folder meanwhile. Afterwards start it with the same --data, which has the key, and with
    /// --database.
    Migrate(migrate::MigrateArguments),
    /// Sends one letter of each kind, in each language, to an address: whether the mail server takes them, and how they look.
    TryMail(try_mail::TryMailArguments),
    /// Checks that nobody has changed the audit since it was sealed, and names the first entry that is missing or another.
    ///
    /// No cloud may run on the folder meanwhile; `handover audit verify` asks one that runs.
    VerifyAudit(verify_audit::VerifyAuditArguments),
}

impl CloudCommand {
    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Migrate(arguments) => migrate::run(&arguments),
            Self::TryMail(arguments) => try_mail::run(&arguments),
            Self::VerifyAudit(arguments) => verify_audit::run(&arguments),
        }
    }
}

/// Takes any text, so that no complaint about the command line ever repeats a password.
#[expect(clippy::unnecessary_wraps, reason = "clap asks for a result")]
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

/// Runs until Ctrl-C or SIGTERM, or what else was asked for.
pub fn run(mut arguments: CloudArguments) -> Result<ExitCode, Failure> {
    if let Some(command) = arguments.command.take() {
        return command.run().map(|()| ExitCode::SUCCESS);
    }
    start_log(arguments.log_json);
    Ok(run_cloud(arguments))
}

fn run_cloud(arguments: CloudArguments) -> ExitCode {
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
    let cloud = start(arguments).await.map_err(|error| error.to_string())?;
    // A closed pipe behind us is no reason to stop serving.
    let _ = greet(&cloud, &mut io::stdout().lock());
    tokio::select! {
        () = cloud.wait() => {}
        () = signals.first() => cloud.stop().await,
    }
    Ok(())
}

async fn start(arguments: CloudArguments) -> Result<Cloud, StartError> {
    let data = arguments.data.expect("clap asks for it");
    let database = arguments.database.as_ref();
    let database = database.map(|url| DatabaseUrl::parse(url.expose()));
    let doors = arguments.doors;
    let files = doors.tls_cert.zip(doors.tls_key);
    Cloud::start(Config {
        mqtt: doors.mqtt,
        tls: doors.tls,
        mqtts: doors.mqtts,
        certificate: files.map(|(certificate, key)| CertificateFiles { certificate, key }),
        database: database.transpose()?,
        key: arguments.key,
        demo: arguments.demo,
        public_url: arguments.public_url,
        mail: arguments.mail.server()?,
        faults: arguments.faults,
        http_seconds: arguments.http_online,
        ..Config::new(data, arguments.listen)
    })
    .await
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
        if let Some(first) = demo.buttons.first() {
            let all = demo.buttons.join(", ");
            writeln!(out, "Add one of these by its number and its button: {all}")?;
            writeln!(
                out,
                "  and press it: handover bootstrap --cloud {} --identifier {first} --press --secret-file {first}.secret --token-file {first}.token",
                cloud.url()
            )?;
        }
    }
    greet_devices(cloud, out)?;
    match cloud.mail_server() {
        Some(server) => writeln!(out, "Mails are sent by {server}")?,
        None => writeln!(
            out,
            "Mails are kept, since no --smtp is given: {}#/mailbox",
            cloud.url()
        )?,
    }
    out.flush()
}

/// Says where devices come to, besides, and whom they are to trust.
fn greet_devices(cloud: &Cloud, out: &mut impl Write) -> io::Result<()> {
    let doors = cloud.doors();
    for (what, address) in [
        ("MQTT", doors.mqtt),
        ("HTTPS and devices in TLS", doors.tls),
        ("MQTT in TLS", doors.mqtts),
    ] {
        if let Some(address) = address {
            writeln!(out, "{what}: {address}")?;
        }
    }
    if let Some(identity) = cloud.identity() {
        let own = if identity.is_own {
            ", made by this cloud for itself"
        } else {
            ""
        };
        writeln!(
            out,
            "TLS by the certificate {}{own}\n  SHA-256 {}",
            identity.certificate.display(),
            identity.fingerprint
        )?;
    }
    Ok(())
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "administrator",
        Role::Staff => "support",
        Role::User => "customer",
    }
}

fn fail(message: &str) -> ExitCode {
    // With nobody to read the message the exit status is what is left to say.
    let _ = writeln!(io::stderr(), "handover cloud: {message}");
    ExitCode::FAILURE
}
