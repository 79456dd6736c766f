//! `handover gateway`: a gateway on this machine.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use handover_gateway::{Config, EXAMPLE, InputConfig, TOKEN, explain, token, unhex};
use jiff::Timestamp;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::log::start_log;
use crate::pages::write_json;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::signals::Signals;

/// What the gateway is to do.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
The gateway's auth token is in a file that the configuration names, with mode 600, or in HANDOVER_GATEWAY_TOKEN; never on a
command line. In the cloud: `handover gateways pair GATEWAY NODE` pairs its nodes. Ctrl-C and SIGTERM end it; whatever it
acknowledged is on the disk."
)]
pub struct GatewayArguments {
    #[command(subcommand)]
    command: Option<GatewayCommand>,
    /// The configuration, in TOML.
    #[arg(long, value_name = "FILE", required_unless_present = "example")]
    config: Option<PathBuf>,
    /// Prints an example of a configuration, with all that can be said in it, and does nothing else.
    #[arg(long, conflicts_with_all = ["config", "log_json"])]
    example: bool,
    /// Writes the log as JSON, one object on a line.
    #[arg(long)]
    log_json: bool,
}

#[derive(Subcommand)]
enum GatewayCommand {
    /// Says what a configuration does, and does nothing of it: no cloud is asked, and no input is opened.
    ///
    /// With --from and a payload it also says what the rules make of that.
    Check(CheckArguments),
}

#[derive(Args)]
struct CheckArguments {
    /// The configuration.
    file: PathBuf,
    /// What the node is called that sends a payload.
    #[arg(long, value_name = "SOURCE")]
    from: Option<String>,
    /// The node's template, for rules that go by it.
    #[arg(long, value_name = "TEMPLATE", requires = "from")]
    template: Option<String>,
    /// The payload, as text.
    #[arg(long, value_name = "TEXT", requires = "from", conflicts_with = "hex")]
    text: Option<String>,
    /// The payload, as pairs of hexadecimal digits.
    #[arg(long, value_name = "DIGITS", requires = "from")]
    hex: Option<String>,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs a gateway until it is told to end, or whatever else was asked for.
pub fn run(arguments: &GatewayArguments) -> Result<(), Failure> {
    if arguments.example {
        return Ok(io::stdout().lock().write_all(EXAMPLE.as_bytes())?);
    }
    if let Some(GatewayCommand::Check(arguments)) = &arguments.command {
        return check(arguments);
    }
    let config = read(arguments.config.as_deref().expect("clap asks for it"))?;
    let token = token(
        config.cloud.token_file.as_deref(),
        std::env::var(TOKEN).ok(),
    )?;
    start_log(arguments.log_json);
    block_on(async {
        let signals = Signals::listen().map_err(Failure::Threads)?;
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let listening = tokio::spawn(async move {
            signals.first().await;
            stopping.cancel();
        });
        let clock = Arc::new(|| Timestamp::now().as_millisecond());
        let outcome = handover_gateway::run(config, token, clock, stop, || {
            tracing::info!("the gateway listens");
        });
        let outcome = outcome.await;
        listening.abort();
        Ok(outcome?)
    })
}

fn read(path: &Path) -> Result<Config, Failure> {
    let text = fs::read_to_string(path).map_err(Failure::file(path))?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    Config::read(&text, folder).map_err(|source| Failure::NoConfig {
        path: path.to_owned(),
        source,
    })
}

fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let config = read(&arguments.file)?;
    let variable = std::env::var(TOKEN).ok();
    let token = token(config.cloud.token_file.as_deref(), variable).map(drop);
    let payload = match (&arguments.text, &arguments.hex) {
        (_, Some(hex)) => Some(unhex(hex).ok_or(Failure::NotHex)?),
        (text, None) => text.as_ref().map(|text| text.clone().into_bytes()),
    };
    let made = arguments.from.as_ref().zip(payload).map(|(from, payload)| {
        let template = arguments.template.as_deref().unwrap_or_default();
        explain(&config, from, template, &payload)
    });
    let mut out = io::stdout().lock();
    if arguments.json {
        let values = made.map(|(values, nothing)| {
            let values: serde_json::Map<_, _> = values
                .into_iter()
                .map(|(pin, text)| (pin, text.into()))
                .collect();
            json!({ "values": values, "nothing": nothing })
        });
        let plan = json!({
            "cloud": config.cloud.address, "mqtt": config.cloud.mqtt, "folder": config.folder, "keep": config.keep,
            "token": token.as_ref().err().map_or("there".to_owned(), ToString::to_string),
            "inputs": config.inputs.iter().map(place).collect::<Vec<_>>(),
            "mesh": config.mesh.as_ref().map(|mesh| mesh.listen), "rules": config.rules.len(), "payload": values,
        });
        write_json(&mut out, &[plan])?;
    } else {
        plan(&config, &mut out)?;
        for (pin, text) in made.iter().flat_map(|(values, _)| values) {
            writeln!(out, "{pin} is {}", printable(text))?;
        }
        for why in made.iter().flat_map(|(_, nothing)| nothing) {
            writeln!(out, "Nothing: {}", printable(why))?;
        }
    }
    // Last, so that a configuration can be looked at on a machine that has no token; rules are tried without one.
    match arguments.from {
        Some(_) => Ok(()),
        None => Ok(token?),
    }
}

fn place(input: &InputConfig) -> String {
    match input {
        InputConfig::Udp {
            listen,
            orders: None,
        } => format!("datagrams at {listen}"),
        InputConfig::Udp {
            listen,
            orders: Some(to),
        } => format!("datagrams at {listen}, orders to {to}"),
        InputConfig::Socket { path, mode } => {
            format!("lines at {} (mode {mode:o})", path.display())
        }
        InputConfig::Stdin => "lines on the standard input".to_owned(),
    }
}

fn plan(config: &Config, out: &mut impl Write) -> io::Result<()> {
    let cloud = &config.cloud;
    writeln!(out, "To the cloud at {}", cloud.address)?;
    match &cloud.mqtt {
        Some(mqtt) => writeln!(out, "Orders come from {mqtt}")?,
        None => writeln!(
            out,
            "No orders come for nodes outside of a mesh: [cloud] names no `mqtt`"
        )?,
    }
    let (folder, keep) = (config.folder.display(), config.keep);
    writeln!(
        out,
        "Keeps {keep} values in {folder} while the cloud is away"
    )?;
    for input in &config.inputs {
        writeln!(out, "Takes {}", printable(&place(input)))?;
    }
    if let Some(mesh) = &config.mesh {
        writeln!(out, "Hears the mesh at {}", mesh.listen)?;
    }
    match config.rules.len() {
        0 => writeln!(out, "Without rules: payloads are JSON, {{\"V1\": 21.5}}"),
        count => writeln!(out, "Rules: {count}"),
    }
}
