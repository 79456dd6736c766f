//! A letter's form: the same words as text and as HTML.

use askama::Template;
use handover_wire::Secret;

use super::words::{Words, words};
use super::{Language, Letter};

/// A letter, ready to be put into a mail. What it says may hold links that open an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: Secret,
    /// The HTML part, a whole document without anything remote.
    pub html: Secret,
    /// The links in it.
    pub links: Vec<Secret>,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    words: &'a Words,
    language: &'static str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", escape = "none")]
struct Text<'a> {
    words: &'a Words,
}

/// Writes a letter in a language.
pub fn render(letter: &Letter, language: Language) -> Rendered {
    const NEVER: &str = "writing into memory does not fail";
    let words = words(letter, language);
    let html = Html {
        words: &words,
        language: language.tag(),
    };
    Rendered {
        text: Secret::new(Text { words: &words }.render().expect(NEVER)),
        html: Secret::new(html.render().expect(NEVER)),
        links: words.button.iter().map(|(_, link)| link.clone()).collect(),
        subject: words.subject,
    }
}

#[cfg(test)]
mod tests {
    use handover_wire::History;

    use super::*;
    use crate::clock::Time;
    use crate::mail::Invite;

    const ADDRESS: &str = "https://cloud.example/invite#a-secret";

    #[test]
    fn every_letter_reads_well_in_both_languages() {
        for language in Language::ALL {
            for letter in Letter::samples(ADDRESS, Time(1_800_000_000_000)) {
                let mail = render(&letter, language);
                let (subject, text) = (&mail.subject, mail.text.expose());
                let name = format!("{}_{}", letter.kind(), language.tag());
                insta::assert_snapshot!(name, format!("Subject: {subject}\n\n{text}"));
            }
        }
    }

    #[test]
    fn the_html_is_the_one_that_was_reviewed() {
        let letters = Letter::samples(ADDRESS, Time(1_800_000_000_000));
        for (index, language) in [(0, Language::De), (6, Language::En)] {
            let mail = render(&letters[index], language);
            let name = format!("html_{}", letters[index].kind());
            insta::assert_snapshot!(name, mail.html.expose());
        }
    }

    #[test]
    fn both_parts_say_the_same() {
        for language in Language::ALL {
            for letter in Letter::samples(ADDRESS, Time(0)) {
                let mail = render(&letter, language);
                let written = words(&letter, language);
                let both = [mail.text.expose(), &unescaped(mail.html.expose())].map(str::to_owned);
                let lines = [&written.before, &written.list, &written.after];
                for line in lines.into_iter().flatten() {
                    assert!(both.iter().all(|part| part.contains(line)), "{line}");
                }
                for link in &mail.links {
                    assert!(both.iter().all(|part| part.contains(link.expose())));
                }
            }
        }
    }

    #[test]
    fn nothing_in_the_html_is_remote() {
        for letter in Letter::samples(ADDRESS, Time(0)) {
            let mail = render(&letter, Language::De);
            for part in ["src=", "url(", "@import", "<script", "<link", "<img"] {
                assert!(!mail.html.expose().contains(part), "{part}");
            }
        }
    }

    /// What people may call themselves, their devices and organizations.
    const HOSTILE: [&str; 6] = [
        "<script>alert(1)</script>",
        "\"><a href='https://evil.example'>",
        "a\r\nBcc: victim@evil.example",
        "a\n\n--boundary\r\nContent-Type: text/html",
        "{{ link }}{% if true %}",
        "\u{202e}lmth\u{2028}x",
    ];

    #[test]
    fn hostile_names_stay_names() {
        for name in HOSTILE {
            let name = || name.to_owned();
            let invite = || Invite {
                organization: name(),
                inviter: name(),
                link: Secret::new(ADDRESS),
                until: Time(0),
            };
            for letter in [
                Letter::Invitation(invite()),
                Letter::InvitedBefore(invite()),
                Letter::InvitedElsewhere {
                    organization: name(),
                    inviter: name(),
                    link: Secret::new(ADDRESS),
                },
                Letter::InvitedTwice {
                    organization: name(),
                    inviter: name(),
                    link: Secret::new(ADDRESS),
                },
                Letter::DeviceClaimedForYou {
                    device: name(),
                    nodes: Vec::new(),
                    by: name(),
                    organization: name(),
                },
                Letter::DeviceReleasedForYou {
                    device: name(),
                    nodes: vec![name(), name()],
                    by: name(),
                    organization: name(),
                    history: History::Keep,
                },
                Letter::DeviceDeletedForYou {
                    device: name(),
                    by: name(),
                    organization: name(),
                },
                Letter::DeviceTakenBack {
                    device: name(),
                    nodes: Vec::new(),
                    by: name(),
                    organization: name(),
                    label_kept: true,
                    history: History::Keep,
                    reason: Some(name()),
                },
                Letter::DeviceTransferred {
                    devices: vec![name(), name()],
                    from: name(),
                    to: name(),
                    history: History::Keep,
                },
                Letter::DeviceTransferredToYou {
                    devices: vec![name(), name()],
                    from: name(),
                    organization: name(),
                    history: History::Keep,
                },
                Letter::ApprovalGranted {
                    identifier: name(),
                    device: name(),
                    nodes: Vec::new(),
                    by: name(),
                    organization: name(),
                },
                Letter::ApprovalRefused {
                    identifier: name(),
                    reason: Some(name()),
                },
                Letter::ApprovalExpired { identifier: name() },
                Letter::BootstrapConflict {
                    devices: vec![name(), name()],
                },
            ] {
                for language in Language::ALL {
                    check_hostile(&letter, language);
                }
            }
        }
    }

    /// The same tags as the harmless letter of its kind has, and a subject of one line.
    fn check_hostile(letter: &Letter, language: Language) {
        let mail = render(letter, language);
        assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
        let samples = Letter::samples(ADDRESS, Time(0));
        let harmless = samples.iter().find(|other| other.kind() == letter.kind());
        let harmless = render(harmless.expect("one of each"), language);
        let tags = |html: &Secret| html.expose().matches('<').count();
        assert_eq!(tags(&mail.html), tags(&harmless.html), "{letter:?}");
        let lines = |text: &Secret| text.expose().lines().count();
        assert_eq!(lines(&mail.text), lines(&harmless.text), "{letter:?}");
    }

    fn unescaped(html: &str) -> String {
        html.replace("&#38;", "&").replace("&#34;", "\"")
    }
}
