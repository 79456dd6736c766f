//! `handover claim`: claims what a label says.

use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use clap::Args;
use handover_client::{Client, is_undecided};
use handover_label::{claim, explain};
use handover_wire::{ClaimOutcome, ClaimReply, ClaimRequest, PendingOutcome, Secret};
use ulid::Ulid;

use crate::account::{Account, first_line};
use crate::caution::caution;
use crate::failure::Failure;
use crate::organizations::numbered;
use crate::pages;
use crate::people;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::times::local;

/// Between two looks whether the button was pressed, and for how long they go on.
const PAUSE: Duration = Duration::from_secs(3);
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// What to claim, and for whom.
#[derive(Args)]
pub struct ClaimArguments {
    #[command(flatten)]
    account: Account,
    /// What the label says. `-` reads it from standard input, after the password where that comes from there, too: an
    /// argument is seen by everybody on this machine.
    #[arg(value_name = "TEXT")]
    text: String,
    /// The claim code that stands beside a device's number. `-` reads it from standard input, after the text.
    #[arg(long, value_name = "CODE", conflicts_with = "ask_approval")]
    code: Option<String>,
    /// Asks the maker's support to approve a claim by a device's number; they decide within 7 days.
    #[arg(long)]
    ask_approval: bool,
    /// Claims for somebody else, by their address or number: a client's person. They own the device, and are told by mail.
    #[arg(long = "for", value_name = "PERSON")]
    whom: Option<String>,
    /// Waits until the button of the device was pressed, for five minutes at most.
    #[arg(long, conflicts_with = "ask_approval")]
    press: bool,
    /// For how long it waits at the most; five minutes unless told.
    #[arg(long, value_name = "SECONDS", requires = "press", value_parser = clap::value_parser!(u64).range(1..=300))]
    wait: Option<u64>,
    /// Why, for the record: it stands in the device's history and in the audit, and support reads it where you ask them; 200
    /// characters at most.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The key of an earlier attempt whose outcome is not known. The same key claims once, however often it is sent.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Claims also what is no plain label of ours: a device's name, what merely looks like a device's key, a link that
    /// names another server. The label is sent to `--server` alone.
    #[arg(long)]
    yes: bool,
    /// Prints the cloud's answer as JSON.
    #[arg(long)]
    json: bool,
}

/// Claims it.
pub fn run(arguments: &ClaimArguments) -> Result<(), Failure> {
    let reply = block_on(attempt(arguments))?;
    told(reply, arguments.json)
}

/// Says what became of a claim.
pub fn told(reply: ClaimReply, json: bool) -> Result<(), Failure> {
    let is_unpressed = waits_for_press(&reply);
    if json {
        pages::write_json(&mut io::stdout().lock(), std::slice::from_ref(&reply))?;
    }
    if is_unpressed {
        return Err(Failure::NotPressed);
    }
    if json {
        return Ok(());
    }
    let answer = match reply {
        ClaimReply::Device(answer) => answer,
        ClaimReply::Pending(pending) => {
            writeln!(
                io::stdout(),
                "Support is asked, and decides until {}. You will get a mail.",
                local(pending.until)
            )?;
            return Ok(());
        }
    };
    let device = &answer.device;
    let happened = match answer.outcome {
        ClaimOutcome::Claimed => "is now in",
        ClaimOutcome::AlreadyYours => "was already in",
    };
    writeln!(
        io::stdout(),
        "{} (number {}) {happened} the devices of {}.",
        printable(&device.name),
        device.id,
        numbered(&device.org_name, device.org_id)
    )?;
    for node in &answer.nodes {
        let name = printable(&node.name);
        writeln!(io::stdout(), "With it: {name} (number {})", node.device_id)?;
    }
    Ok(())
}

async fn attempt(arguments: &ClaimArguments) -> Result<ClaimReply, Failure> {
    let mut input = io::stdin().lock();
    let client = arguments.account.sign_in(&mut input).await?;
    let request = ClaimRequest {
        token: label(arguments, &mut input)?,
        user_id: match arguments.whom.as_deref() {
            Some(whom) => Some(people::who(&client, whom).await?),
            None => None,
        },
        claim_code: match arguments.code.as_deref() {
            Some("-") => Some(Secret::new(first_line(&mut input)?)),
            code => code.map(Secret::new),
        },
        ask_approval: arguments.ask_approval,
        presence: arguments.press,
        reason: arguments.reason.clone(),
    };
    let key = arguments
        .key
        .clone()
        .unwrap_or_else(|| Ulid::generate().to_string());
    let first = send(&client, &key, &request).await?;
    match waits_for_press(&first) {
        true => {
            let longest = arguments.wait.map_or(LONGEST, Duration::from_secs);
            until_pressed(&client, &key, &request, (first, longest)).await
        }
        false => Ok(first),
    }
}

/// Sends a claim; whether it was carried out where no answer came is told with its key.
pub async fn send(
    client: &Client,
    key: &str,
    request: &ClaimRequest,
) -> Result<ClaimReply, Failure> {
    client.claim(key, request).await.map_err(|error| {
        if is_undecided(error.code) {
            let key = key.to_owned();
            Failure::Undecided { error, key }
        } else {
            Failure::Cloud(error)
        }
    })
}

/// Whether a claim waits for the button of its device.
fn waits_for_press(reply: &ClaimReply) -> bool {
    matches!(reply, ClaimReply::Pending(pending) if pending.outcome == PendingOutcome::PendingPresence)
}

/// Sends the claim again until the button was pressed, or nobody pressed it in time.
async fn until_pressed(
    client: &Client,
    key: &str,
    request: &ClaimRequest,
    (mut answer, longest): (ClaimReply, Duration),
) -> Result<ClaimReply, Failure> {
    writeln!(
        io::stderr(),
        "Press the button on the device now. This waits for {} seconds. Only one person may wait for it: where two do, neither gets it.",
        longest.as_secs()
    )?;
    let begun = Instant::now();
    // One more look after the cloud's own time would begin another wait, which counts.
    let longest = longest.min(LONGEST - PAUSE);
    while waits_for_press(&answer) && begun.elapsed() + PAUSE < longest {
        tokio::time::sleep(PAUSE).await;
        answer = send(client, key, request).await?;
    }
    Ok(answer)
}

/// What the label says, if it is one of ours: what somebody else's label says is nothing to send to a cloud.
/// Where there is any doubt, a person has to say yes first.
fn label(arguments: &ClaimArguments, input: &mut impl BufRead) -> Result<Secret, Failure> {
    let text = match arguments.text.as_str() {
        "-" => first_line(input)?,
        text => text.to_owned(),
    };
    if claim(&text).is_none() {
        let best = explain(&text).into_iter().next();
        return Err(Failure::NotALabel {
            reason: best.map(|reading| reading.reason).unwrap_or_default(),
        });
    }
    let proves = arguments.code.is_some() || arguments.ask_approval || arguments.press;
    match caution(&text, &arguments.account.server()?, proves) {
        Some(why) if !arguments.yes => Err(Failure::Unconfirmed { why }),
        _ => Ok(Secret::new(text.trim())),
    }
}
