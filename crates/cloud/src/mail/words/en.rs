//! English.

use handover_wire::History;

use super::{Name, Said, Words, named};
use crate::mail::{Invite, Language, Letter};

const NOT_YOU: &str =
    "If you did not ask for this, you need not do anything: nothing happens without the link.";

const SIGNED_UP: &str = "Somebody, probably you, signed up on Handover with this address.";

fn good_until(until: crate::clock::Time) -> String {
    format!("The link works once, until {}.", Language::En.date(until))
}

fn frame(subject: String) -> Words {
    Words {
        subject,
        before: Vec::new(),
        list: Vec::new(),
        button: None,
        after: Vec::new(),
        footer: "Sent by Handover, by itself. Nobody reads answers to this address.",
        link_below: "Or open this link:",
    }
}

/// What all invitations have, whyever they are sent.
fn invited(invite: &Invite, subject: String, before: Vec<String>, last: String) -> Words {
    Words {
        before,
        button: Some(("Accept the invitation", invite.link.clone())),
        after: vec![good_until(invite.until), last],
        ..frame(subject)
    }
}

/// The letter in English.
pub fn words(letter: &Letter) -> Words {
    match letter {
        Letter::Invitation(invite) => {
            let (organization, inviter) = invite.names();
            let before = format!(
                "{inviter} invites you to join “{organization}” on Handover. There you see its devices and add new \
                 ones."
            );
            let after = format!("If you do not know {inviter}, delete this mail.");
            let subject = format!("Invitation to {organization}");
            invited(invite, subject, vec![before], after)
        }
        Letter::InvitedBefore(invite) => {
            let (organization, inviter) = invite.names();
            let before = format!(
                "{inviter} had invited you to join “{organization}” before, so no organization of your own was \
                 begun: an account belongs to one organization. Accept the invitation, and you see the devices \
                 of “{organization}” and add new ones."
            );
            let after = format!(
                "If you would rather have an organization of your own, ask {inviter} to take the invitation \
                 back, and sign up once more. If you know neither of this, delete this mail."
            );
            let subject = format!("You are invited to {organization}");
            invited(invite, subject, vec![SIGNED_UP.into(), before], after)
        }
        Letter::InvitedElsewhere {
            organization,
            inviter,
            link,
        } => {
            let (organization, inviter) = (Name(organization), Name(inviter));
            Words {
                before: vec![
                    format!(
                        "{inviter} invites you to join “{organization}” on Handover. But this address belongs to \
                         another organization there already, and an address belongs to one organization."
                    ),
                    format!(
                        "If you want to join “{organization}”, tell {inviter} another address of yours. Or ask your \
                         present organization to remove you, and {inviter} to mail the invitation once more."
                    ),
                ],
                button: Some(("Sign in", link.clone())),
                after: vec![format!(
                    "If you do not want to join, you need not do anything: nothing has changed for you, and {inviter} \
                     was not told that the address is in use."
                )],
                ..frame(format!("Invitation to {organization}, for another address"))
            }
        }
        Letter::InvitedTwice {
            organization,
            inviter,
            link,
        } => {
            let (organization, inviter) = (Name(organization), Name(inviter));
            Words {
                before: vec![
                    format!(
                        "{inviter} invites you to join “{organization}” on Handover. But another organization has invited \
                         this address before, and an address belongs to one organization."
                    ),
                    format!(
                        "If you want to join “{organization}”, tell {inviter} another address of yours. Or ask whoever \
                         invited you before to remove you, and {inviter} to mail the invitation once more."
                    ),
                    "If you want to join the other one, follow the link in its invitation. Where that mail is lost, have \
                     another password mailed on the page for signing in: the invitation comes again."
                        .into(),
                ],
                button: Some(("To the page for signing in", link.clone())),
                after: vec![format!(
                    "If you want neither, you need not do anything: nothing has changed for you, and {inviter} was not \
                     told that the address is in use."
                )],
                ..frame(format!("Invitation to {organization}, for another address"))
            }
        }
        Letter::Verify { link, until } => Words {
            before: vec![SIGNED_UP.into()],
            button: Some(("Confirm the address", link.clone())),
            after: vec![good_until(*until), NOT_YOU.into()],
            ..frame("Confirm your address".into())
        },
        Letter::PasswordReset { link, until } => Words {
            before: vec!["Somebody, probably you, asked for a new password for your account.".into()],
            button: Some(("Choose a new password", link.clone())),
            after: vec![good_until(*until), NOT_YOU.into()],
            ..frame("Choose a new password".into())
        },
        Letter::PasswordChanged => Words {
            before: vec![
                "Your password was changed just now. Where you were signed in, sign in again with the new one.".into(),
                "If it was not you, ask for a new password on the sign-in page at once, and tell the administrator of \
                 your organization."
                    .into(),
            ],
            ..frame("Your password was changed".into())
        },
        Letter::AlreadyHasAccount { link } => Words {
            before: vec![
                "Somebody, probably you, signed up on Handover with this address. It has an account already.".into(),
                "Sign in with it. If you forgot the password, you can choose a new one there.".into(),
            ],
            button: Some(("Sign in", link.clone())),
            after: vec![
                "If it was not you, you need not do anything: your account is as it was.".into(),
            ],
            ..frame("You have an account already".into())
        },
        Letter::DeviceClaimedForYou {
            device,
            nodes,
            by,
            organization,
        } => {
            let (device, by, organization) = (Name(device), Name(by), Name(organization));
            along(
                Words {
                before: vec![
                    format!(
                        "{by} has added “{device}” for you. It is in “{organization}” now, and you find it in your list \
                         of devices."
                    ),
                    "If you did not ask for that, open the device and release it.".into(),
                ],
                ..frame(format!("{device} is yours"))
            },
                nodes,
            )
        }
        Letter::DeviceReleasedForYou {
            device,
            nodes,
            by,
            organization,
            history,
        } => {
            let (device, by, organization) = (Name(device), Name(by), Name(organization));
            along(
                Words {
                before: vec![
                    format!(
                        "{by} has released “{device}” for you. It is no longer in “{organization}”, and its old label \
                         claims nothing any more."
                    ),
                    reported(*history, "Whoever has it next sees what you saw: its name, its metadata, values, charts, events, and when it changed hands.").into(),
                    "If that is a mistake, tell the support: they can give it back to you.".into(),
                ],
                ..frame(format!("{device} was released"))
            },
                nodes,
            )
        }
        Letter::DeviceDeletedForYou {
            device,
            by,
            organization,
        } => {
            let (device, by, organization) = (Name(device), Name(by), Name(organization));
            Words {
                before: vec![
                    format!(
                        "{by} has deleted “{device}” for you. It is no longer in “{organization}”, what it reported is \
                         erased, and its old label claims nothing any more."
                    ),
                    "If that is a mistake, tell the support: what it reported is gone, and the device can be added anew.".into(),
                ],
                ..frame(format!("{device} was deleted"))
            }
        }
        Letter::DeviceTakenBack {
            device,
            nodes,
            by,
            organization,
            label_kept,
            history,
            reason,
        } => {
            let (device, by, organization) = (Name(device), Name(by), Name(organization));
            let label = match label_kept {
                true => "its label claims it again",
                false => "its old label claims nothing any more",
            };
            along(
                Words {
                before: [
                    Some(format!(
                        "{by} has taken “{device}” back. It is no longer in “{organization}”, and {label}."
                    )),
                    reason.as_deref().map(said),
                    Some(reported(*history, "Whoever made it sees what you saw: its name, its metadata, values, charts, events, and when it changed hands.").into()),
                    Some("If that is a mistake, tell the support: they can give it back to you.".into()),
                ]
                .into_iter()
                .flatten()
                .collect(),
                ..frame(format!("{device} was taken back"))
            },
                nodes,
            )
        }
        Letter::DeviceTransferred {
            devices,
            from,
            to,
            history,
        } => transferred(devices, from, to, *history),
        Letter::DeviceTransferredToYou {
            devices,
            from,
            organization,
            history,
        } => transferred_to_you(devices, from, organization, *history),
        Letter::ApprovalWaiting { count, link } => {
            let (subject, what) = match count {
                1 => ("Somebody asks for a device".into(), "Somebody asks".into()),
                count => (
                    format!("{count} devices are asked for"),
                    format!("{count} requests wait"),
                ),
            };
            Words {
                before: vec![format!(
                    "{what} to add a device by its number. Approve it if you know that whoever asks has it, and refuse \
                     it otherwise. Nobody decides after 7 days."
                )],
                button: Some(("Look at it", link.clone())),
                ..frame(subject)
            }
        }
        Letter::ApprovalGranted {
            identifier,
            device,
            nodes,
            by,
            organization,
        } => {
            let (identifier, device) = (Name(identifier), Name(device));
            let (by, organization) = (Name(by), Name(organization));
            along(
                Words {
                    before: vec![
                        format!(
                            "You asked support to add the device “{identifier}” for you. {by} has approved it: “{device}” \
                             is in “{organization}” now, and you find it in your list of devices."
                        ),
                        "If you do not want it any more, open the device and release it.".into(),
                    ],
                    ..frame(format!("{device} is yours: your request was approved"))
                },
                nodes,
            )
        }
        Letter::ApprovalRefused { identifier, reason } => {
            let identifier = Name(identifier);
            let why = reason.as_deref().map(said);
            Words {
                before: [
                    Some(format!(
                        "You asked support to add the device “{identifier}” for you. They did not approve it."
                    )),
                    why,
                    Some(
                        "If you have the device in front of you, scan the square code on it, or ask whoever sold it to \
                         you."
                            .into(),
                    ),
                ]
                .into_iter()
                .flatten()
                .collect(),
                ..frame(format!("{identifier} was not added"))
            }
        }
        Letter::ApprovalExpired { identifier } => {
            let identifier = Name(identifier);
            Words {
                before: vec![
                    format!(
                        "You asked support to add the device “{identifier}” for you. Nobody decided within 7 days."
                    ),
                    "Check the number, scan the square code on the device, or ask whoever sold it to you.".into(),
                ],
                ..frame(format!("{identifier} was not added"))
            }
        }
        Letter::BootstrapConflict { devices } => rivals(devices),
    }
}

/// Why somebody did it, in their own words.
fn said(why: &str) -> String {
    format!("They say: “{}”", Said(why))
}

/// What becomes of what a device reported: `kept` where it is handed on.
fn reported(history: History, kept: &'static str) -> &'static str {
    match history {
        History::Keep => kept,
        History::Erase => "What it reported is erased.",
    }
}

/// A letter about a gateway, with the nodes that went with it.
fn along(words: Words, nodes: &[String]) -> Words {
    let what = match nodes.len() {
        0 => return words,
        1 => "Its node went with it:".into(),
        count => format!("Its {count} nodes went with it:"),
    };
    let (mut list, more) = named(nodes);
    if more > 0 {
        list.push(format!("and {more} more"));
    }
    words.with_list(what, list)
}

fn transferred(devices: &[String], from: &str, to: &str, history: History) -> Words {
    let (from, to) = (Name(from), Name(to));
    let (subject, what) = match devices.len() {
        1 => (format!("A device is with {to} now"), "This device".into()),
        count => (
            format!("{count} devices are with {to} now"),
            format!("These {count} devices"),
        ),
    };
    let what = format!("{what} moved from “{from}” to “{to}”:");
    moved(devices, subject, what, (history, &format!("{to} sees")))
}

fn transferred_to_you(
    devices: &[String],
    from: &str,
    organization: &str,
    history: History,
) -> Words {
    let (from, organization) = (Name(from), Name(organization));
    let (subject, what) = match devices.len() {
        1 => (
            "A device is yours now".into(),
            format!("This device moved from “{from}” to you, and is in “{organization}” now:"),
        ),
        count => (
            format!("{count} devices are yours now"),
            format!(
                "These {count} devices moved from “{from}” to you, and are in “{organization}” now:"
            ),
        ),
    };
    moved(devices, subject, what, (history, "You see"))
}

/// What both sides read of a transfer. `sees` is who sees what was kept.
fn moved(
    devices: &[String],
    subject: String,
    what: String,
    (history, sees): (History, &str),
) -> Words {
    let (mut list, more) = named(devices);
    if more > 0 {
        list.push(format!("and {more} more"));
    }
    let history = match history {
        History::Keep => format!(
            "{sees} what was seen before: name, metadata, values, charts, events, and when it changed hands."
        ),
        History::Erase => "What was reported before is erased.".into(),
    };
    Words {
        before: vec![what],
        list,
        after: vec![
            history,
            "If that is a mistake, tell the support: they can move it back.".into(),
        ],
        ..frame(subject)
    }
}

fn rivals(devices: &[String]) -> Words {
    let (mut list, more) = named(devices);
    if more > 0 {
        list.push(format!("and {more} more"));
    }
    let (subject, what) = match devices {
        [device] => (
            format!("{}: please check", Name(device)),
            "Several machines claim to be this device. At most one of them is right. A machine that you have not \
             confirmed gets no data.".to_owned(),
        ),
        devices => {
            let count = devices.len();
            (
                format!("{count} devices: please check"),
                format!("Several machines claim to be each of these {count} devices. At most one of them is right. A \
                 machine that you have not confirmed gets no data."),
            )
        }
    };
    Words {
        before: vec![what],
        list,
        after: vec![
            "Open the device in Handover, switch the real one off and on, and type the four digits that it shows. \
             One that you have confirmed before goes on working: there is nothing to do.".into(),
        ],
        ..frame(subject)
    }
}
