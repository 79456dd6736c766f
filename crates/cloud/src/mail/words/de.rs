//! German.

use handover_wire::History;

use super::{Name, Said, Words, named};
use crate::mail::{Invite, Language, Letter};

const NOT_YOU: &str =
    "Falls Sie das nicht waren, müssen Sie nichts tun: Ohne den Link geschieht nichts.";

const SIGNED_UP: &str =
    "Jemand, vermutlich Sie, hat sich mit dieser Adresse bei Handover registriert.";

fn good_until(until: crate::clock::Time) -> String {
    format!("Der Link gilt einmal, bis {}.", Language::De.date(until))
}

fn frame(subject: String) -> Words {
    Words {
        subject,
        before: Vec::new(),
        list: Vec::new(),
        button: None,
        after: Vec::new(),
        footer: "Von Handover, ohne menschliches Zutun. Antworten an diese Adresse liest niemand.",
        link_below: "Oder öffnen Sie diesen Link:",
    }
}

/// What all invitations have, whyever they are sent.
fn invited(invite: &Invite, subject: String, before: Vec<String>, last: String) -> Words {
    Words {
        before,
        button: Some(("Einladung annehmen", invite.link.clone())),
        after: vec![good_until(invite.until), last],
        ..frame(subject)
    }
}

/// The letter in German.
pub fn words(letter: &Letter) -> Words {
    match letter {
        Letter::Invitation(invite) => {
            let (organization, inviter) = invite.names();
            let before = format!(
                "{inviter} lädt Sie zu „{organization}“ auf Handover ein. Dort sehen Sie die Geräte und fügen neue \
                 hinzu."
            );
            let after = format!("Wenn Ihnen {inviter} unbekannt ist, löschen Sie diese Mail.");
            let subject = format!("Einladung zu {organization}");
            invited(invite, subject, vec![before], after)
        }
        Letter::InvitedBefore(invite) => {
            let (organization, inviter) = invite.names();
            let before = format!(
                "{inviter} hatte Sie schon vorher zu „{organization}“ eingeladen. Darum wurde keine eigene \
                 Organisation begonnen: Ein Konto gehört zu einer Organisation. Nehmen Sie die Einladung an, \
                 dann sehen Sie die Geräte von „{organization}“ und fügen neue hinzu."
            );
            let after = format!(
                "Wenn Sie lieber eine eigene Organisation haben, bitten Sie {inviter}, die Einladung \
                 zurückzunehmen, und registrieren Sie sich noch einmal. Sagt Ihnen das alles nichts, löschen \
                 Sie diese Mail."
            );
            let subject = format!("Sie sind zu {organization} eingeladen");
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
                        "{inviter} lädt Sie zu „{organization}“ auf Handover ein. Diese Adresse gehört dort aber schon \
                         zu einer anderen Organisation, und eine Adresse gehört zu einer Organisation."
                    ),
                    format!(
                        "Wenn Sie bei „{organization}“ mitmachen wollen, nennen Sie {inviter} eine andere Adresse. Oder \
                         lassen Sie sich aus Ihrer jetzigen Organisation entfernen, und bitten Sie {inviter}, die \
                         Einladung noch einmal zu senden."
                    ),
                ],
                button: Some(("Anmelden", link.clone())),
                after: vec![format!(
                    "Wenn Sie das nicht wollen, müssen Sie nichts tun: Für Sie hat sich nichts geändert, und {inviter} \
                     erfährt nicht, dass die Adresse vergeben ist."
                )],
                ..frame(format!("Einladung zu {organization}, für eine andere Adresse"))
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
                        "{inviter} lädt Sie zu „{organization}“ auf Handover ein. Diese Adresse hat dort aber schon eine \
                         andere Organisation eingeladen, und eine Adresse gehört zu einer Organisation."
                    ),
                    format!(
                        "Wenn Sie bei „{organization}“ mitmachen wollen, nennen Sie {inviter} eine andere Adresse. Oder \
                         lassen Sie sich dort entfernen, wo man Sie zuvor eingeladen hat, und bitten Sie {inviter}, die \
                         Einladung noch einmal zu senden."
                    ),
                    "Wenn Sie bei der anderen mitmachen wollen, folgen Sie dem Link in deren Einladung. Ist diese Mail \
                     verloren, lassen Sie sich auf der Anmeldeseite ein neues Passwort senden: Dann kommt die Einladung \
                     noch einmal."
                        .into(),
                ],
                button: Some(("Zur Anmeldeseite", link.clone())),
                after: vec![format!(
                    "Wenn Sie beides nicht wollen, müssen Sie nichts tun: Für Sie hat sich nichts geändert, und {inviter} \
                     erfährt nicht, dass die Adresse vergeben ist."
                )],
                ..frame(format!("Einladung zu {organization}, für eine andere Adresse"))
            }
        }
        Letter::Verify { link, until } => Words {
            before: vec![
                SIGNED_UP.into(),
            ],
            button: Some(("Adresse bestätigen", link.clone())),
            after: vec![good_until(*until), NOT_YOU.into()],
            ..frame("Bestätigen Sie Ihre Adresse".into())
        },
        Letter::PasswordReset { link, until } => Words {
            before: vec![
                "Jemand, vermutlich Sie, hat für Ihr Konto ein neues Passwort angefordert.".into(),
            ],
            button: Some(("Neues Passwort wählen", link.clone())),
            after: vec![good_until(*until), NOT_YOU.into()],
            ..frame("Wählen Sie ein neues Passwort".into())
        },
        Letter::PasswordChanged => Words {
            before: vec![
                "Ihr Passwort wurde soeben geändert. Wo Sie angemeldet waren, melden Sie sich mit dem neuen wieder an."
                    .into(),
                "Falls Sie das nicht waren, fordern Sie auf der Anmeldeseite sofort ein neues Passwort an, und sagen \
                 Sie der Verwaltung Ihrer Organisation Bescheid."
                    .into(),
            ],
            ..frame("Ihr Passwort wurde geändert".into())
        },
        Letter::AlreadyHasAccount { link } => Words {
            before: vec![
                "Jemand, vermutlich Sie, wollte sich mit dieser Adresse bei Handover registrieren. Zu ihr gehört schon \
                 ein Konto."
                    .into(),
                "Melden Sie sich damit an. Wenn Sie das Passwort vergessen haben, wählen Sie dort ein neues.".into(),
            ],
            button: Some(("Anmelden", link.clone())),
            after: vec![
                "Falls Sie das nicht waren, müssen Sie nichts tun: Ihr Konto ist unverändert.".into(),
            ],
            ..frame("Sie haben schon ein Konto".into())
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
                        "{by} hat „{device}“ für Sie hinzugefügt. Es gehört nun zu „{organization}“ und steht in Ihrer \
                         Geräteliste."
                    ),
                    "Falls Sie darum nicht gebeten haben, öffnen Sie das Gerät und geben Sie es ab.".into(),
                ],
                ..frame(format!("{device} gehört Ihnen"))
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
                        "{by} hat „{device}“ für Sie abgegeben. Es gehört nicht mehr zu „{organization}“, und mit dem \
                         alten Etikett lässt es sich nicht mehr hinzufügen."
                    ),
                    reported(*history, "Wer es als Nächstes hat, sieht, was Sie sahen: Namen, Metadaten, Werte, Verläufe, Ereignisse und wann es in andere Hände kam.").into(),
                    "Falls das ein Irrtum ist, sagen Sie es dem Support: Er kann es Ihnen zurückgeben.".into(),
                ],
                ..frame(format!("{device} wurde abgegeben"))
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
                        "{by} hat „{device}“ für Sie gelöscht. Es gehört nicht mehr zu „{organization}“, was es gemeldet hat, ist \
                         gelöscht, und mit dem alten Etikett lässt es sich nicht mehr hinzufügen."
                    ),
                    "Falls das ein Irrtum ist, sagen Sie es dem Support: Was es gemeldet hat, ist fort, doch das Gerät lässt sich neu hinzufügen.".into(),
                ],
                ..frame(format!("{device} wurde gelöscht"))
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
                true => "mit seinem Etikett lässt es sich wieder hinzufügen",
                false => "mit dem alten Etikett lässt es sich nicht mehr hinzufügen",
            };
            along(
                Words {
                before: [
                    Some(format!(
                        "{by} hat „{device}“ zurückgenommen. Es gehört nicht mehr zu „{organization}“, und {label}."
                    )),
                    reason.as_deref().map(said),
                    Some(reported(*history, "Der Hersteller sieht, was Sie sahen: Namen, Metadaten, Werte, Verläufe, Ereignisse und wann es in andere Hände kam.").into()),
                    Some("Falls das ein Irrtum ist, sagen Sie es dem Support: Er kann es Ihnen zurückgeben.".into()),
                ]
                .into_iter()
                .flatten()
                .collect(),
                ..frame(format!("{device} wurde zurückgenommen"))
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
                1 => ("Jemand bittet um ein Gerät".into(), "Jemand bittet".into()),
                count => (
                    format!("Um {count} Geräte wird gebeten"),
                    format!("{count} Anfragen bitten"),
                ),
            };
            Words {
                before: vec![format!(
                    "{what} darum, ein Gerät anhand seiner Nummer hinzuzufügen. Stimmen Sie zu, wenn Sie wissen, dass \
                     das Gerät dort ist, und lehnen Sie sonst ab. Nach 7 Tagen entscheidet niemand mehr."
                )],
                button: Some(("Ansehen", link.clone())),
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
                            "Sie haben den Support gebeten, das Gerät „{identifier}“ für Sie hinzuzufügen. {by} hat \
                             zugestimmt: „{device}“ gehört nun zu „{organization}“ und steht in Ihrer Geräteliste."
                        ),
                        "Falls Sie es nicht mehr möchten, öffnen Sie das Gerät und geben Sie es ab.".into(),
                    ],
                    ..frame(format!("{device} gehört Ihnen: Ihrer Anfrage wurde zugestimmt"))
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
                        "Sie haben den Support gebeten, das Gerät „{identifier}“ für Sie hinzuzufügen. Er hat nicht \
                         zugestimmt."
                    )),
                    why,
                    Some(
                        "Wenn Sie das Gerät vor sich haben, scannen Sie den quadratischen Code darauf, oder fragen Sie \
                         dort, wo Sie es gekauft haben."
                            .into(),
                    ),
                ]
                .into_iter()
                .flatten()
                .collect(),
                ..frame(format!("{identifier} wurde nicht hinzugefügt"))
            }
        }
        Letter::ApprovalExpired { identifier } => {
            let identifier = Name(identifier);
            Words {
                before: vec![
                    format!(
                        "Sie haben den Support gebeten, das Gerät „{identifier}“ für Sie hinzuzufügen. Innerhalb von 7 \
                         Tagen hat niemand entschieden."
                    ),
                    "Prüfen Sie die Nummer, scannen Sie den quadratischen Code auf dem Gerät, oder fragen Sie dort, wo Sie \
                     es gekauft haben."
                        .into(),
                ],
                ..frame(format!("{identifier} wurde nicht hinzugefügt"))
            }
        }
        Letter::BootstrapConflict { devices } => rivals(devices),
    }
}

/// Why somebody did it, in their own words.
fn said(why: &str) -> String {
    format!("Begründung: „{}“", Said(why))
}

/// What becomes of what a device reported: `kept` where it is handed on.
fn reported(history: History, kept: &'static str) -> &'static str {
    match history {
        History::Keep => kept,
        History::Erase => "Was es gemeldet hat, ist gelöscht.",
    }
}

/// A letter about a gateway, with the nodes that went with it.
fn along(words: Words, nodes: &[String]) -> Words {
    let what = match nodes.len() {
        0 => return words,
        1 => "Sein Knoten ist mitgegangen:".into(),
        count => format!("Seine {count} Knoten sind mitgegangen:"),
    };
    let (mut list, more) = named(nodes);
    if more > 0 {
        list.push(format!("und {more} weitere"));
    }
    words.with_list(what, list)
}

fn transferred(devices: &[String], from: &str, to: &str, history: History) -> Words {
    let (from, to) = (Name(from), Name(to));
    let (subject, what) = match devices.len() {
        1 => (
            format!("Ein Gerät ist jetzt bei {to}"),
            "Dieses Gerät wechselte".into(),
        ),
        count => (
            format!("{count} Geräte sind jetzt bei {to}"),
            format!("Diese {count} Geräte wechselten"),
        ),
    };
    let what = format!("{what} von „{from}“ zu „{to}“:");
    moved(devices, subject, what, (history, &format!("{to} sieht")))
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
            "Ein Gerät gehört jetzt Ihnen".into(),
            format!(
                "Dieses Gerät wechselte von „{from}“ zu Ihnen und gehört nun zu „{organization}“:"
            ),
        ),
        count => (
            format!("{count} Geräte gehören jetzt Ihnen"),
            format!(
                "Diese {count} Geräte wechselten von „{from}“ zu Ihnen und gehören nun zu „{organization}“:"
            ),
        ),
    };
    moved(devices, subject, what, (history, "Sie sehen"))
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
        list.push(format!("und {more} weitere"));
    }
    let history = match history {
        History::Keep => format!(
            "{sees}, was vorher zu sehen war: Namen, Metadaten, Werte, Verläufe, Ereignisse und wann es in andere Hände kam."
        ),
        History::Erase => "Was vorher gemeldet wurde, ist gelöscht.".into(),
    };
    Words {
        before: vec![what],
        list,
        after: vec![
            history,
            "Falls das ein Irrtum ist, sagen Sie es dem Support: Er kann alles zurück verschieben."
                .into(),
        ],
        ..frame(subject)
    }
}

fn rivals(devices: &[String]) -> Words {
    let (mut list, more) = named(devices);
    if more > 0 {
        list.push(format!("und {more} weitere"));
    }
    let (subject, what) = match devices {
        [device] => (
            format!("{}: bitte prüfen", Name(device)),
            "Mehrere Maschinen geben sich als dieses Gerät aus. Höchstens eine ist das richtige. Eine Maschine, die \
             Sie nicht bestätigt haben, bekommt keine Daten.".to_owned(),
        ),
        devices => {
            let count = devices.len();
            (
                format!("{count} Geräte: bitte prüfen"),
                format!("Mehrere Maschinen geben sich jeweils als eines dieser {count} Geräte aus. Höchstens eine \
                 ist das richtige. Eine Maschine, die Sie nicht bestätigt haben, bekommt keine Daten."),
            )
        }
    };
    Words {
        before: vec![what],
        list,
        after: vec![
            "Öffnen Sie das Gerät in Handover, schalten Sie das echte aus und wieder ein, und geben Sie die vier \
             Ziffern ein, die es zeigt. Eines, das Sie schon bestätigt haben, arbeitet weiter: Dann ist nichts zu \
             tun.".into(),
        ],
        ..frame(subject)
    }
}
