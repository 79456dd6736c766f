//! `handover gateways`: gateways, the nodes that they speak for, and those that want to be.

mod together;

use std::io::{self, Write};

use clap::{Args, Subcommand};
use handover_client::{Client, Method};
use handover_wire::{
    ClaimReply, ClaimRequest, DecideJoin, DeviceId, DevicePart, DeviceState, JoinWindowAnswer,
    Mesh, MeshNode, MeshRoute, OpenJoinWindow, PairNode, ReplaceGateway, ReplacedGateway, Secret,
    UnpairNode,
};
use serde::Serialize;
use ulid::Ulid;

use crate::account::{Account, first_line};
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::table;
use crate::times::local;

/// What to do with gateways.
#[derive(Args)]
pub struct GatewaysArguments {
    #[command(subcommand)]
    command: GatewaysCommand,
}

#[derive(Subcommand)]
enum GatewaysCommand {
    /// Shows what a device is: a gateway with its nodes and those that wait, a node with its gateway, or neither.
    Show(ShowArguments),
    /// Shows the way of each node's last message through a gateway's mesh, or that of a node.
    ///
    /// Each relay with the signal that it heard, in dBm, and last the gateway with its own. What relays say nobody proves.
    Mesh(ShowArguments),
    /// Pairs a node with a gateway, which speaks for it from then on.
    Pair(PairArguments),
    /// Moves a node from the gateway that it has to another one.
    ///
    /// The one before goes on to know the node's auth token, unless it is reached by mesh. A node that asks for its token by what
    /// identifies it is given another one the next time; one with a token in its firmware keeps that until its maker flashes another.
    Move(MoveArguments),
    /// Has a node speak for itself again.
    ///
    /// The gateway goes on to know its auth token, see `move`.
    Unpair(UnpairArguments),
    /// Gives all nodes of a broken gateway to another one, or none.
    ///
    /// The broken one goes on to know their auth tokens, see `move`.
    Replace(ReplaceArguments),
    /// Lets nodes ask a gateway to speak for them, for some minutes.
    Window(WindowArguments),
    /// Takes a node that has asked. One that is nobody's is claimed with that, for whoever has the gateway.
    Accept(DecideArguments),
    /// Does not take a node that has asked.
    Refuse(DecideArguments),
    /// Puts labels of nodes that nobody has together with a gateway's: whoever claims that gets all of them.
    Wait(together::WaitArguments),
    /// Shows which labels wait together.
    Waiting(together::WaitingArguments),
    /// Gives a gateway up together with its nodes, all or nothing, and prints their new labels.
    Release(together::ReleaseArguments),
    /// Moves a gateway together with its nodes, all or nothing.
    Transfer(together::TransferArguments),
    /// Takes a gateway back together with its nodes, all or nothing, for the organization that made them.
    TakeBack(together::TakeBackArguments),
}

#[derive(Args)]
struct ShowArguments {
    #[command(flatten)]
    account: Account,
    /// The device's number, as the list has it.
    id: DeviceId,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct PairArguments {
    #[command(flatten)]
    account: Account,
    /// The gateway's number.
    gateway: DeviceId,
    /// The node's number.
    #[arg(required_unless_present = "label")]
    node: Option<DeviceId>,
    /// The node by what its label says, in place of its number: it is claimed first where it is nobody's. `-` reads it from
    /// standard input, after the password where that comes from there, too.
    #[arg(long, value_name = "TEXT", conflicts_with = "node")]
    label: Option<String>,
    /// Prints both numbers as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct MoveArguments {
    #[command(flatten)]
    account: Account,
    /// The node's number.
    node: DeviceId,
    /// The number of the gateway that it goes to.
    gateway: DeviceId,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct UnpairArguments {
    #[command(flatten)]
    account: Account,
    /// The node's number.
    node: DeviceId,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct ReplaceArguments {
    #[command(flatten)]
    account: Account,
    /// The number of the broken gateway.
    gateway: DeviceId,
    /// The number of the one that takes its place.
    new: DeviceId,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct WindowArguments {
    #[command(flatten)]
    account: Account,
    /// The gateway's number.
    gateway: DeviceId,
    /// For how many minutes from now on, 60 at the most; 0 closes it, and forgets who waits.
    #[arg(long, value_name = "MINUTES", default_value_t = 5)]
    minutes: i64,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct DecideArguments {
    #[command(flatten)]
    account: Account,
    /// The gateway's number.
    gateway: DeviceId,
    /// The node's number.
    node: DeviceId,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub fn run(arguments: &GatewaysArguments) -> Result<(), Failure> {
    match &arguments.command {
        GatewaysCommand::Show(arguments) => show(arguments),
        GatewaysCommand::Mesh(arguments) => mesh(arguments),
        GatewaysCommand::Pair(arguments) => pair(arguments),
        GatewaysCommand::Move(arguments) => {
            let request = PairNode {
                gateway_id: arguments.gateway,
                node_id: arguments.node,
            };
            done(&arguments.account, "gateway/move", &request, arguments.json)
        }
        GatewaysCommand::Unpair(arguments) => {
            let request = UnpairNode {
                node_id: arguments.node,
            };
            done(
                &arguments.account,
                "gateway/unpair",
                &request,
                arguments.json,
            )
        }
        GatewaysCommand::Replace(arguments) => replace(arguments),
        GatewaysCommand::Window(arguments) => window(arguments),
        GatewaysCommand::Accept(arguments) => decide(arguments, true),
        GatewaysCommand::Refuse(arguments) => decide(arguments, false),
        GatewaysCommand::Wait(arguments) => together::wait(arguments),
        GatewaysCommand::Waiting(arguments) => together::waiting(arguments),
        GatewaysCommand::Release(arguments) => together::release(arguments),
        GatewaysCommand::Transfer(arguments) => together::transfer(arguments),
        GatewaysCommand::TakeBack(arguments) => together::take_back(arguments),
    }
}

async fn post<T: serde::de::DeserializeOwned>(
    client: &Client,
    path: &str,
    request: &impl Serialize,
) -> Result<T, Failure> {
    let body = serde_json::to_value(request).map_err(io::Error::from)?;
    Ok(client.organization(Method::POST, path, Some(&body)).await?)
}

/// What has no answer but that it is done: programs are told what was.
fn done(
    account: &Account,
    path: &str,
    request: &impl Serialize,
    json: bool,
) -> Result<(), Failure> {
    block_on(async {
        let client = account.sign_in(&mut io::stdin().lock()).await?;
        post::<()>(&client, path, request).await
    })?;
    pages::print_done(request, json)
}

fn decide(arguments: &DecideArguments, accept: bool) -> Result<(), Failure> {
    let request = DecideJoin {
        gateway_id: arguments.gateway,
        node_id: arguments.node,
        accept,
    };
    done(
        &arguments.account,
        "gateway/decide",
        &request,
        arguments.json,
    )
}

fn pair(arguments: &PairArguments) -> Result<(), Failure> {
    let paired = block_on(async {
        let mut input = io::stdin().lock();
        let client = arguments.account.sign_in(&mut input).await?;
        let node_id = match (arguments.node, arguments.label.as_deref()) {
            (Some(node), _) => node,
            (None, Some("-")) => claimed(&client, first_line(&mut input)?).await?,
            (None, label) => claimed(&client, label.unwrap_or_default().to_owned()).await?,
        };
        let request = PairNode {
            gateway_id: arguments.gateway,
            node_id,
        };
        post::<()>(&client, "gateway/pair", &request).await?;
        Ok(request)
    })?;
    pages::print_done(&paired, arguments.json)
}

/// The device of a label, claimed where it was nobody's.
async fn claimed(client: &Client, label: String) -> Result<DeviceId, Failure> {
    if handover_label::claim(&label).is_none() {
        let best = handover_label::explain(&label).into_iter().next();
        return Err(Failure::NotALabel {
            reason: best.map(|reading| reading.reason).unwrap_or_default(),
        });
    }
    let request = ClaimRequest::of_label(Secret::new(label));
    match client
        .claim(&Ulid::generate().to_string(), &request)
        .await?
    {
        ClaimReply::Device(answer) => Ok(answer.device.id),
        // Only what asks for it waits, and this does not.
        ClaimReply::Pending(_) => Err(Failure::NotPressed),
    }
}

fn replace(arguments: &ReplaceArguments) -> Result<(), Failure> {
    let request = ReplaceGateway {
        gateway_id: arguments.gateway,
        new_gateway_id: arguments.new,
    };
    let replaced: ReplacedGateway = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        post(&client, "gateway/replace", &request).await
    })?;
    let mut out = io::stdout().lock();
    match arguments.json {
        true => pages::write_json(&mut out, &[replaced])?,
        false => writeln!(out, "{} nodes moved", replaced.nodes)?,
    }
    Ok(())
}

fn window(arguments: &WindowArguments) -> Result<(), Failure> {
    let request = OpenJoinWindow {
        gateway_id: arguments.gateway,
        minutes: arguments.minutes,
    };
    let answer: JoinWindowAnswer = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        post(&client, "gateway/window", &request).await
    })?;
    let mut out = io::stdout().lock();
    match (arguments.json, answer.until) {
        (true, _) => pages::write_json(&mut out, &[answer])?,
        (false, Some(until)) => writeln!(out, "open until {}", local(until))?,
        (false, None) => writeln!(out, "closed")?,
    }
    Ok(())
}

fn state(state: DeviceState) -> &'static str {
    match state {
        DeviceState::Online => "online",
        DeviceState::Offline => "offline",
        DeviceState::NeverConnected => "never connected",
    }
}

fn show(arguments: &ShowArguments) -> Result<(), Failure> {
    let target = format!("gateway?deviceId={}", arguments.id);
    let part: DevicePart = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[part])?);
    }
    let gateway = match part {
        DevicePart::Alone => {
            return Ok(writeln!(
                out,
                "It is no gateway, and no gateway speaks for it."
            )?);
        }
        DevicePart::Node(node) => {
            let gateway = match node.gateway {
                Some(gateway) => {
                    let (name, state) = (printable(&gateway.name), state(gateway.state));
                    format!("{name} (number {}, {state})", gateway.device_id)
                }
                None => "that you do not see".to_owned(),
            };
            return Ok(writeln!(out, "It is a node of the gateway {gateway}.")?);
        }
        DevicePart::Gateway(gateway) => gateway,
    };
    if let Some(until) = gateway.join_until {
        writeln!(out, "Nodes may ask to join until {}.", local(until))?;
    }
    let mut rows = vec![["ID", "NAME", "STATE", "SINCE"].map(str::to_owned)];
    rows.extend(gateway.nodes.into_iter().map(|node| {
        let (name, since) = (printable(&node.name), local(node.paired_at));
        [
            node.device_id.to_string(),
            name,
            state(node.state).to_owned(),
            since,
        ]
    }));
    rows.extend(gateway.waiting.into_iter().map(|node| {
        let (name, since) = (printable(&node.name), local(node.asked_at));
        [
            node.device_id.to_string(),
            name,
            "waiting".to_owned(),
            since,
        ]
    }));
    Ok(table::write(&mut out, &rows)?)
}

fn mesh(arguments: &ShowArguments) -> Result<(), Failure> {
    let target = format!("mesh?deviceId={}", arguments.id);
    let mesh: Mesh = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[mesh])?);
    }
    if mesh.routes.is_empty() {
        return Ok(writeln!(out, "Nothing was heard of it by mesh.")?);
    }
    let mut rows = vec![["ID", "NAME", "HEARD", "BY WAY OF"].map(str::to_owned)];
    rows.extend(mesh.routes.iter().map(|route| row(route, &mesh.nodes)));
    Ok(table::write(&mut out, &rows)?)
}

fn row(route: &MeshRoute, nodes: &[MeshNode]) -> [String; 4] {
    let named = |id: &str| {
        let found = nodes.iter().find(|node| node.id == id);
        let name = found.and_then(|node| node.name.clone().or_else(|| node.relay.clone()));
        // A gateway that the caller does not see has neither.
        printable(&name.unwrap_or_else(|| id.to_owned()))
    };
    let hops = route.hops.iter();
    let hops = hops.map(|hop| format!("{} ({} dBm)", named(&hop.id), hop.signal));
    let own = nodes
        .iter()
        .find(|node| node.device_id == Some(route.device_id));
    [
        route.device_id.to_string(),
        own.map(|node| named(&node.id)).unwrap_or_default(),
        local(route.heard_at),
        hops.collect::<Vec<_>>().join(" > "),
    ]
}
