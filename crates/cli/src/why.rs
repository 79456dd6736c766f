//! `handover why`: the true reason why a label does not claim.

use std::io::{self, Write};

use clap::Args;
use handover_client::Method;
use handover_wire::{
    Approval, ApprovalState, AskWhy, ClaimLimit, ClaimObstacle, ClaimProof, DeviceMove, HandsState,
    MoveKind, ReadAs, Secret, WhyAnswer, WhyClaimer, WhyDevice, WhyLabel,
};

use crate::account::{Account, first_line};
use crate::failure::Failure;
use crate::organizations::numbered;
use crate::pages;
use crate::people;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::times::local;

/// Which label, and for whom it does not work.
#[derive(Args)]
pub struct WhyArguments {
    #[command(flatten)]
    account: Account,
    /// What is on the label: what its code says, the device's number, or a part of the label's name. `-` reads it from
    /// standard input, after the password where that comes from there, too: an argument is seen by everybody on this
    /// machine.
    #[arg(value_name = "LABEL")]
    label: String,
    /// The claim code that was typed beside the device's number. `-` reads it from standard input, after the label.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// For whom it does not work, by their address or number: whether they have tried too often, and whether their
    /// organization is full.
    #[arg(long = "for", value_name = "PERSON")]
    whom: Option<String>,
    /// Prints the cloud's answer as JSON.
    #[arg(long)]
    json: bool,
}

/// Asks, and tells it.
pub fn run(arguments: &WhyArguments) -> Result<(), Failure> {
    let answer: WhyAnswer = block_on(async {
        let mut input = io::stdin().lock();
        let client = arguments.account.sign_in(&mut input).await?;
        let label = match arguments.label.as_str() {
            "-" => first_line(&mut input)?,
            text => text.to_owned(),
        };
        let ask = AskWhy {
            label: Secret::new(label),
            claim_code: match arguments.code.as_deref() {
                Some("-") => Some(Secret::new(first_line(&mut input)?)),
                code => code.map(Secret::new),
            },
            user_id: match arguments.whom.as_deref() {
                Some(whom) => Some(people::who(&client, whom).await?),
                None => None,
            },
        };
        let body = serde_json::to_value(&ask).map_err(io::Error::from)?;
        let path = "static-tokens/why";
        Ok(client.organization(Method::POST, path, Some(&body)).await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[answer])?);
    }
    Ok(tell(&mut out, &answer)?)
}

fn tell(out: &mut impl Write, answer: &WhyAnswer) -> io::Result<()> {
    for label in &answer.labels {
        tell_label(out, label)?;
    }
    if answer.read_as == ReadAs::Text && !answer.labels.is_empty() {
        writeln!(
            out,
            "Found by what it is called: this text itself claims nothing."
        )?;
    }
    if answer.more {
        writeln!(out, "There are more of these: give more of the label.")?;
    }
    match &answer.by_hand {
        Some(device) => writeln!(
            out,
            "This is the key of {}, which was made by hand and has no label. Transfer it in place of claiming it.",
            named(device)
        )?,
        None if answer.labels.is_empty() => writeln!(out, "{}", unknown(answer.read_as))?,
        None => {}
    }
    if let Some(claimer) = &answer.claimer {
        tell_claimer(out, claimer)?;
    }
    for refused in &answer.refused {
        let how = match refused.without_proof {
            true => "without a proof",
            false => "in vain",
        };
        let (at, by) = (local(refused.at), printable(&refused.by));
        writeln!(out, "{at}  {by} tried {how}.")?;
    }
    Ok(())
}

fn unknown(read_as: ReadAs) -> &'static str {
    match read_as {
        ReadAs::QrToken => {
            "Nothing of yours has this code. It is another maker's, it was printed before this cloud noted replaced labels, or it is not whole: a code cannot be found by a part of it. Ask for the number or the name beside the code."
        }
        ReadAs::AuthToken => {
            "Nothing of yours has this key. It is another maker's, or a device that is gone."
        }
        ReadAs::Identifier => {
            "Nothing of yours has this number. It is another maker's, or mistyped: compare 0 and O, 1 and I."
        }
        ReadAs::Text => {
            "Nothing of yours is called this. Give what the code says, the device's number, or the label's name."
        }
    }
}

fn tell_label(out: &mut impl Write, label: &WhyLabel) -> io::Result<()> {
    let state = match label.state {
        HandsState::Minted => "nobody has had it",
        HandsState::Seen => "nobody has had it; it has been online",
        HandsState::Claimed => "somebody has it",
        HandsState::InTransfer => "it was just transferred",
        HandsState::Released => "it was given up",
        HandsState::Revoked => "it is revoked",
    };
    writeln!(
        out,
        "{} ({}, made by {}): {state}.",
        printable(&label.label),
        printable(&label.template_name),
        numbered(&label.org_name, label.org_id)
    )?;
    if label.obstacles.is_empty() {
        writeln!(out, "  Nothing keeps it from claiming.")?;
    }
    for &obstacle in &label.obstacles {
        writeln!(out, "  {}", sentence(obstacle, label))?;
    }
    if let Some(wrong) = label.wrong_codes.filter(|wrong| wrong.count > 0) {
        writeln!(out, "  Wrong claim codes lately: {}.", wrong.count)?;
        if let Some(wait) = wrong.wait {
            writeln!(
                out,
                "  A wrong one is answered with \"wait\" for {wait} seconds more; the right one claims all the same."
            )?;
        }
    }
    for approval in &label.approvals {
        writeln!(
            out,
            "  {} asked support on {}: {}.",
            printable(&approval.user_name),
            local(approval.created_at),
            answer_of(approval)
        )?;
    }
    for one in &label.moves {
        writeln!(
            out,
            "  {}: its device {}{}{}{}.",
            local(one.at),
            became(one.kind),
            whose(one),
            by(one.by.as_ref()),
            because(one.reason.as_ref())
        )?;
    }
    Ok(())
}

/// What support said to somebody who asked.
fn answer_of(approval: &Approval) -> String {
    let word = match approval.state {
        ApprovalState::Pending => return format!("it waits until {}", local(approval.until)),
        ApprovalState::Expired => return "nobody decided in time".to_owned(),
        ApprovalState::Approved => "approved",
        ApprovalState::Refused => "refused",
    };
    let at = approval.decided_at.map(local);
    let at = at.map_or_else(String::new, |at| format!(" on {at}"));
    format!(
        "{word}{at}{}{}",
        by(approval.decided_by.as_ref()),
        because(approval.reason.as_ref())
    )
}

/// What happened to a device.
fn became(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Create => "was made by hand",
        MoveKind::Claim => "was claimed",
        MoveKind::Transfer => "was transferred",
        MoveKind::Release => "was released",
        MoveKind::Disclaim => "was taken back",
        MoveKind::Undo => "went back, what was done last having been undone",
        MoveKind::Renew => "had its label renewed",
    }
}

fn named(device: &WhyDevice) -> String {
    let owner = device.owner_name.as_deref().map(printable);
    let owner = owner.map_or_else(String::new, |owner| format!("{owner} at "));
    let org = numbered(&device.org_name, device.org_id);
    format!(
        "{} (number {}; {owner}{org})",
        printable(&device.name),
        device.id
    )
}

fn by(whom: Option<&String>) -> String {
    whom.map_or_else(String::new, |whom| format!(" by {}", printable(whom)))
}

fn because(reason: Option<&String>) -> String {
    reason.map_or_else(String::new, |reason| {
        format!(" (\"{}\")", printable(reason))
    })
}

/// How a device came to whoever has it, and when. A claim before a transfer was not theirs.
fn came(label: &WhyLabel) -> (&'static str, Option<i64>) {
    let changed_hands = |one: &&DeviceMove| one.kind != MoveKind::Renew;
    match label.moves.iter().find(changed_hands) {
        Some(one) if one.kind == MoveKind::Transfer => (became(one.kind), Some(one.at)),
        _ => (became(MoveKind::Claim), label.claimed_at),
    }
}

/// Whose a device was after something happened to it.
fn whose(one: &DeviceMove) -> String {
    let org = match (&one.to_org, one.to_org_id) {
        (Some(name), Some(id)) => Some(numbered(name, id)),
        (name, _) => name.as_deref().map(printable),
    };
    let owner = one.to_owner.as_deref().map(printable);
    let Some(whose) = owner
        .into_iter()
        .chain(org)
        .reduce(|owner, org| format!("{owner} at {org}"))
    else {
        return String::new();
    };
    match one.kind {
        MoveKind::Claim => format!(" for {whose}"),
        MoveKind::Transfer => format!(" to {whose}"),
        // An undo's own words say it: back to whoever had it.
        MoveKind::Create
        | MoveKind::Release
        | MoveKind::Disclaim
        | MoveKind::Undo
        | MoveKind::Renew => String::new(),
    }
}

/// How support comes to the label that counts now, as sentences.
fn present(label: &WhyLabel, show: &str) -> String {
    let command = format!("`handover tokens label {}`", label.token_id);
    match label.once {
        false => format!("{show}: {command}."),
        true => format!(
            "Its batch shows secrets once, and whoever was shown that label has it: {command} shows it where nobody was. \
             While nobody has the device, `--renew` makes another; after that release it or take it back for one."
        ),
    }
}

/// What is in the way, and what to do about it.
fn sentence(obstacle: ClaimObstacle, label: &WhyLabel) -> String {
    let on = |at: Option<i64>| at.map_or_else(String::new, |at| format!(" on {}", local(at)));
    let device = label.device.as_ref().map(named);
    let device = device.unwrap_or_else(|| "a device that you do not see".to_owned());
    match obstacle {
        ClaimObstacle::Revoked => format!(
            "It was revoked{}{}{}. That is for good: give them another label.",
            on(label.revoked_at),
            by(label.revoked_by.as_ref()),
            because(label.revoke_reason.as_ref())
        ),
        ClaimObstacle::OldLabel => {
            let (at, whom) = match &label.replaced {
                Some(replaced) => (Some(replaced.at), replaced.by.as_ref()),
                None => (None, None),
            };
            let what = match label.replaced.as_ref().map(|replaced| replaced.kind) {
                Some(MoveKind::Create | MoveKind::Claim | MoveKind::Undo) | None => "changed hands",
                Some(kind) => became(kind),
            };
            format!(
                "This code is an old one: the device {what}{}{} and has another label since. {}",
                on(at),
                by(whom),
                present(label, "Show them that one")
            )
        }
        ClaimObstacle::AlreadyTheirs => {
            format!("Their organization has it already, as {device}. There is nothing to claim.")
        }
        ClaimObstacle::Claimed => {
            let (what, at) = came(label);
            format!(
                "It {what}{}, and is with {device}. Whoever has it releases it, or you transfer it.",
                on(at)
            )
        }
        ClaimObstacle::InTransfer => format!(
            "It was just transferred: {device}. Until {} that can be undone (`handover devices undo`).",
            label.undo_until.map(local).unwrap_or_default()
        ),
        ClaimObstacle::HadOwner => {
            format!(
                "The device had an owner, so its key, claim code or button claim no more. Its present label does. {} Or add it for them yourself.",
                present(label, "Show it to them")
            )
        }
        ClaimObstacle::WrongCode if label.once => {
            "The claim code is another one. Have it read again; the right one is in the file of the batch's one export, and nowhere else.".to_owned()
        }
        ClaimObstacle::NeedsCode => {
            "A claim code has to come with the number; it stands beside it on the label.".to_owned()
        }
        ClaimObstacle::WrongCode => {
            "The claim code is another one. Have it read again; the batch's export has the right one.".to_owned()
        }
        ClaimObstacle::NoCodes => {
            let proof = match label.proof {
                Some(ClaimProof::Presence) => "its button",
                Some(ClaimProof::StaffApproval) => "your approval",
                _ => "nothing",
            };
            format!("Devices of this batch have no claim codes: with one the number claims nothing. What it takes is {proof}.")
        }
        ClaimObstacle::NotPressed => format!(
            "Its button has to be pressed within five minutes of the claim. {}",
            match label.pressed_at {
                Some(at) => format!("It was pressed last on {}.", local(at)),
                None => "The cloud has heard of no press: is the device online?".to_owned(),
            }
        ),
        ClaimObstacle::SeveralMachines => {
            "Several machines say that they are this device, so that no button proves anything. Have them forgotten, and the right one switched on.".to_owned()
        }
        ClaimObstacle::SeveralWaited => {
            "Several people waited for its button when it was pressed, so that it claims for none of them. Only one of them may wait the next time.".to_owned()
        }
        ClaimObstacle::PressedForAnother => {
            "Its button was pressed while somebody else waited for it: for five minutes it claims for them alone. Have it pressed once they no longer wait.".to_owned()
        }
        ClaimObstacle::NeedsApproval => {
            "You have to approve: they choose to ask support, and it appears in `handover approvals list`.".to_owned()
        }
        ClaimObstacle::NamesAnother => {
            "The link on the label names another organization than made it: it was misprinted. Have the code printed anew.".to_owned()
        }
        ClaimObstacle::OtherBranch => format!(
            "They do not belong to {} nor to an organization below it, and only those claim its labels.",
            numbered(&label.org_name, label.org_id)
        ),
    }
}

fn tell_claimer(out: &mut impl Write, claimer: &WhyClaimer) -> io::Result<()> {
    let name = printable(&claimer.user.name);
    if claimer.user.status != handover_wire::UserStatus::Active {
        writeln!(out, "{name} cannot sign in: {:?}.", claimer.user.status)?;
    }
    if !claimer.has_room {
        writeln!(
            out,
            "{} has as many devices as it may have: raise its limit (`handover organizations limit`), or have one released.",
            numbered(&claimer.org_name, claimer.user.org_id)
        )?;
    }
    for wait in &claimer.waits {
        let what = match wait.limit {
            ClaimLimit::Labels => "tried too many labels that claim nothing",
            ClaimLimit::Identifiers => "tried too many numbers without a proof",
            ClaimLimit::Codes => "typed too many wrong codes for this number",
            ClaimLimit::Buttons => "waited for buttons too often",
            ClaimLimit::Questions => "asked support too often",
        };
        writeln!(
            out,
            "{name} {what}, and may again in {} seconds.",
            wait.seconds
        )?;
    }
    if claimer.has_room && claimer.waits.is_empty() {
        writeln!(out, "Nothing else is in {name}'s way.")?;
    }
    Ok(())
}
