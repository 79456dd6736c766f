//! Why a command did not do what it was asked for.

use std::io;
use std::path::{Path, PathBuf};

use handover_client::SEARCH_FROM;
use handover_cloud::{MigrateError, StartError, TryMailError, VerifyAuditError};
use handover_gateway::{GatewayError, NoConfig, NoToken};
use handover_print::PrintError;
use handover_scan::PictureError;
use handover_scan::live::CameraError;
use handover_wire::{BatchId, ErrorBody, ErrorCode};

use crate::printable::{printable, printable_json};

/// Every way a command can end other than well. Each message says what happened; none holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The output is gone or full.
    #[error("The output cannot be written: {0}.")]
    Output(#[from] io::Error),
    /// What is piped in cannot be read.
    #[error("Standard input cannot be read: {0}.")]
    Input(#[source] io::Error),
    /// Nobody said a password.
    #[error(
        "No password was given. Set {variable}, or give it as a line of standard input; `--help` says which."
    )]
    NoPassword {
        /// The variable that it may come in.
        variable: &'static str,
    },
    /// A link is none of those that a cloud mails or prints.
    #[error(
        "That is no link of a cloud's: a mailed one ends with /link# and its secret, one that sets a cloud up with /setup#. \
         Give it as it is, in quotes, or `-` and the link as a line of standard input."
    )]
    NotALink,
    /// Nothing is searched for by so few characters.
    #[error("A search takes {SEARCH_FROM} characters and more, and {given:?} has fewer.")]
    ShortSearch {
        /// What was given.
        given: String,
    },
    /// More labels are named than the cloud takes out of use at once, all or none.
    #[error(
        "{given} tokens are named, and {most} at the most are revoked at once, all or none. Give fewer at a time, or the whole of a batch with `--batch`."
    )]
    TooManyTokens {
        /// How many were named.
        given: usize,
        /// How many can be.
        most: usize,
    },
    /// The file of a device's secret holds something else.
    #[error(
        "{} holds no secret of a device (16 to 128 letters, digits, `_` and `-`). Name the file that an earlier run made, or \
         one that is not there yet.", path.display()
    )]
    NotASecret {
        /// Which file.
        path: PathBuf,
    },
    /// There is no room for what is needed while a command runs.
    #[error("No temporary folder can be made: {0}.")]
    Scratch(#[source] io::Error),
    /// The system refuses what a command needs to wait for an answer.
    #[error("The system gives no threads: {0}.")]
    Threads(#[source] io::Error),
    /// A file or folder of the person's does not work.
    #[error("{}: {source}.{}", path.display(), about_file(source))]
    File {
        /// Which one.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The demo's description is not one.
    #[error("{} is not the description of a demo: {source}.", path.display())]
    NotADemo {
        /// Which file.
        path: PathBuf,
        /// What is wrong in it.
        source: serde_json::Error,
    },
    /// There is no such label in the demo.
    #[error("The demo has {available} unclaimed labels; number {wanted} is not among them.")]
    NoSuchLabel {
        /// The number that was asked for, from 1.
        wanted: usize,
        /// How many there are.
        available: usize,
    },
    /// Something kept devices from being moved; each says what.
    #[error("{kept} of {total} devices are where they were.")]
    DevicesKept {
        /// How many.
        kept: usize,
        /// Of how many.
        total: usize,
    },
    /// The cloud's name leads nowhere.
    #[error("The cloud's name cannot be looked up: {0}.")]
    Resolve(#[source] io::Error),
    /// A fleet did not play as it should.
    #[error("The fleet did not play as it should: {0}.")]
    Simulation(&'static str),
    /// There are too few files for the connections of a fleet.
    #[error(
        "The connections of so many devices take {needed} files, and this machine lets a program open {has}: raise the limit (ulimit -Hn), play fewer of them (--count), or let gateways speak for them (--topology hub)."
    )]
    TooFewFiles {
        /// How many it may open.
        has: u64,
        /// How many it would have to.
        needed: u64,
    },
    /// A gateway's configuration is wrong.
    #[error("{}, {source}.", path.display())]
    NoConfig {
        /// Which file.
        path: PathBuf,
        /// What is wrong, and where.
        source: NoConfig,
    },
    /// A gateway has no auth token.
    #[error("The gateway has no auth token: {0}.")]
    NoGatewayToken(#[from] NoToken),
    /// A gateway does not run, or no longer.
    #[error("The gateway does not run: {0}.")]
    Gateway(#[from] GatewayError),
    /// What a payload is was not said in a way that can be read.
    #[error("`--hex` has pairs of hexadecimal digits.")]
    NotHex,
    /// A picture cannot be made.
    #[error("The picture cannot be written: {0}.")]
    Encode(#[from] image::ImageError),
    /// A picture cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A code cannot be drawn.
    #[error("The label cannot be drawn: {0}.")]
    Print(#[from] PrintError),
    /// The cameras cannot be listed.
    #[error(transparent)]
    Camera(#[from] CameraError),
    /// There is no camera with this id.
    #[error(
        "There is no camera {wanted}: {there_are}. `handover camera list` shows them, and `film:PATH` plays pictures."
    )]
    NoSuchCamera {
        /// The id that was asked for.
        wanted: String,
        /// The ids of those that are connected, in words.
        there_are: String,
    },
    /// The bundled cloud did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The data stay where they are.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// Nothing can be said about the audit.
    #[error(transparent)]
    VerifyAudit(#[from] VerifyAuditError),
    /// The audit is not as it was sealed.
    #[error(
        "The audit is not as it was sealed: {what}. The {whole} entries before that are. Compare with a backup, and find out \
         who can write to the database."
    )]
    AuditFault {
        /// The first place, in words.
        what: String,
        /// Entries that are as they were sealed.
        whole: i64,
    },
    /// The mail server does not take our letters.
    #[error(transparent)]
    Mail(#[from] TryMailError),
    /// The cloud said no, or could not be asked.
    #[error("{}{}{}", told(.0), next_step(.0), when(.0))]
    Cloud(#[from] ErrorBody),
    /// Nobody has this address, as far as the account sees.
    #[error(
        "Nobody that you see has the address {}. `handover people list` shows who there is.",
        printable(named)
    )]
    UnknownPerson {
        /// What was given.
        named: String,
    },
    /// There is no such batch, as far as the account sees.
    #[error(
        "There is no batch {id} that you see. `handover tokens batches` shows which there are."
    )]
    UnknownBatch {
        /// The number that was given.
        id: BatchId,
    },
    /// Nothing in the text can be claimed.
    #[error("This label claims nothing. {reason}")]
    NotALabel {
        /// What it is taken for.
        reason: String,
    },
    /// A claim that somebody should look at before it is sent.
    #[error("The label was not sent. {why} With `--yes` it is claimed all the same.")]
    Unconfirmed {
        /// What speaks against it, as a sentence.
        why: String,
    },
    /// The claim waited for a button.
    #[error(
        "Nobody pressed the button of such a device in time, somebody else waited for it, too, or the device does not reach the cloud. Look at the \
         number, switch the device on, and try again."
    )]
    NotPressed,
    /// The device's token did not come.
    #[error("The device's token is not there yet: {0}.")]
    NoToken(&'static str),
    /// Whether the claim was carried out is not known.
    #[error(
        "{} The claim may have been carried out; ask again with `--key {key}`, which never claims twice.",
        told(error)
    )]
    Undecided {
        /// What happened.
        error: ErrorBody,
        /// The claim's idempotency key.
        key: String,
    },
    /// Rows of a table are at fault, so that nothing was imported.
    #[error("Nothing was imported: {}", rows_at_fault(*good, *rows))]
    RowsAtFault {
        /// Rows that could become tokens or devices.
        good: u64,
        /// All rows.
        rows: u64,
    },
    /// Devices were not made.
    #[error("There are no new devices: {why}. Nothing is half made.")]
    NotMade {
        /// Why, in words.
        why: String,
    },
    /// A batch was not made: another one has its identifiers.
    #[error(
        "The batch came to nothing: {count} of its identifiers came meanwhile with another batch, first of all {first}. \
         None of its tokens is there."
    )]
    IdentifiersTaken {
        /// The first few, as one text.
        first: String,
        /// How many there are.
        count: i64,
    },
    /// A batch was not made.
    #[error(
        "The batch came to nothing: {}. None of its tokens is there.",
        if *cancelled { "somebody cancelled it" } else { "the cloud could not make it, and its log says why" }
    )]
    BatchEnded {
        /// Whether somebody wanted that.
        cancelled: bool,
    },
    /// Something final that has to be meant.
    #[error("{what} This cannot be undone. With `--yes` it is done.")]
    NotMeant {
        /// What would happen, as a sentence.
        what: String,
    },
    /// The journey of the demo stopped.
    #[error("The journey stopped: {0}.")]
    Journey(&'static str),
}

/// How many rows are at fault, and what to do about it: leaving them out helps where others are left.
fn rows_at_fault(good: u64, rows: u64) -> String {
    match good {
        0 => "no row of the table is good. Correct them, and look first whether each column fills what it should (`--map`).".to_owned(),
        good => format!(
            "{} of {rows} rows are at fault. Correct them, or leave them out with `--good-rows`.",
            rows - good
        ),
    }
}

/// What to do about a file or folder that does not work, after a space; nothing where that depends on what is in it.
fn about_file(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound => " Is the path right, and its folder there?",
        io::ErrorKind::AlreadyExists => " Name one that is not there yet, or remove this one.",
        io::ErrorKind::PermissionDenied => {
            " Choose another place, or have its permissions changed."
        }
        io::ErrorKind::IsADirectory => " It is a folder: name a file.",
        io::ErrorKind::StorageFull => " Make room on the disk, or choose another place.",
        _ => "",
    }
}

impl Failure {
    /// A file or folder that does not work.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }

    /// Whether the reader of our output went away, which is no fault: `handover scan … | head` is all right.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl Failure {
    /// The same for programs, as one line: what kind of failure it is, what happened, and what to do now. Nothing in it
    /// steers a terminal.
    pub fn json(&self) -> String {
        let (code, message, next) = match self {
            Self::Cloud(error) => {
                let next = format!("{}{}", next_step(error), when(error));
                (error.code.as_str(), error.message.clone(), next)
            }
            Self::Undecided { error, key } => {
                let next = format!("Ask again with `--key {key}`, which never claims twice.");
                (error.code.as_str(), error.message.clone(), next)
            }
            other => (other.code(), other.to_string(), String::new()),
        };
        let attributes = match self {
            Self::Cloud(error) | Self::Undecided { error, .. } => Some(&error.attributes),
            _ => None,
        };
        let next = Some(next.trim()).filter(|next| !next.is_empty());
        let error = serde_json::json!({ "error": {
            "code": code, "message": message, "next": next, "attributes": attributes,
        } });
        printable_json(&error.to_string())
    }

    /// What is wrong with a command line, for programs that asked for JSON.
    pub fn usage(message: &str) -> String {
        let error = serde_json::json!({ "error": {
            "code": "usage", "message": message.trim(), "next": "See `--help`.", "attributes": null,
        } });
        printable_json(&error.to_string())
    }

    /// What kind of failure it is, where it is none of the cloud's.
    fn code(&self) -> &'static str {
        match self {
            Self::Output(_) => "output",
            Self::Input(_) => "input",
            Self::NoPassword { .. } => "no_password",
            Self::NotALink => "not_a_link",
            Self::ShortSearch { .. } => "short_search",
            Self::TooManyTokens { .. } => "too_many_tokens",
            Self::NotASecret { .. } => "not_a_secret",
            Self::Scratch(_) => "no_temporary_folder",
            Self::Threads(_) => "no_threads",
            Self::File { .. } => "file",
            Self::NotADemo { .. } => "not_a_demo",
            Self::NoSuchLabel { .. } => "no_such_label",
            Self::DevicesKept { .. } => "devices_kept",
            Self::Encode(_) | Self::Picture(_) => "picture",
            Self::Print(_) => "label",
            Self::Camera(_) | Self::NoSuchCamera { .. } => "camera",
            Self::Start(_) => "start",
            Self::Migrate(_) => "migrate",
            Self::VerifyAudit(_) => "verify_audit",
            Self::AuditFault { .. } => "audit_fault",
            Self::Mail(_) => "mail",
            Self::Cloud(error) | Self::Undecided { error, .. } => error.code.as_str(),
            Self::UnknownPerson { .. } => "unknown_person",
            Self::UnknownBatch { .. } => "not_found",
            Self::NotALabel { .. } => "not_a_label",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::NotPressed => "not_pressed",
            Self::NoToken(_) => "no_token",
            Self::RowsAtFault { .. } => "rows_at_fault",
            Self::NotMade { .. } => "not_made",
            Self::IdentifiersTaken { .. } => "identifiers_taken",
            Self::BatchEnded { .. } => "batch_ended",
            Self::NotMeant { .. } => "not_meant",
            Self::Journey(_) => "journey",
            Self::Resolve(_) => "unknown_host",
            Self::Simulation(_) => "simulation",
            Self::TooFewFiles { .. } => "too_few_files",
            Self::NoConfig { .. } => "configuration",
            Self::NoGatewayToken(_) => "no_gateway_token",
            Self::Gateway(_) => "gateway",
            Self::NotHex => "not_hex",
        }
    }
}

/// What happened, with its code for scripts, as one sentence: some messages end with a full stop already.
fn told(error: &ErrorBody) -> String {
    let message = error.message.trim_end_matches('.');
    format!("{message} ({}).", error.code.as_str())
}

/// How long to wait where it was too often, as a sentence with a space before it.
fn when(error: &ErrorBody) -> String {
    match (error.code, error.attributes.get("retryAfter")) {
        (ErrorCode::RateLimited, Some(seconds)) => format!(" In {seconds} seconds it works again."),
        _ => String::new(),
    }
}

/// What to do about a certificate, by what is wrong with it.
fn untrusted(error: &ErrorBody) -> &'static str {
    match error.attributes.get("certificate").map(String::as_str) {
        Some("expired") => {
            " The certificate of what answers there has expired: check this machine's clock, and tell whoever runs the cloud to renew it."
        }
        Some("other_name") => {
            " The certificate of what answers there is another server's: give `--server` with the name that the certificate has, and send no password until that fits."
        }
        Some("unknown_authority") => {
            " Nobody whom this machine trusts vouches for the certificate of what answers there. Where it is the cloud's own, trust the file that `handover cloud` names: SSL_CERT_FILE=FILE."
        }
        _ => {
            " Check `--server`; this machine does not trust the certificate of what answers there."
        }
    }
}

/// What to do now, as a sentence with a space before it; nothing where the message says it, or nothing is to be done.
fn next_step(error: &ErrorBody) -> &'static str {
    match error.code {
        ErrorCode::WrongCredentials => " Check `--email` and the password.",
        ErrorCode::Unreachable => {
            " Check `--server` and the network, and that a cloud is running there."
        }
        ErrorCode::Timeout => " Try again in a moment.",
        ErrorCode::UntrustedServer => untrusted(error),
        ErrorCode::NotACloud | ErrorCode::InvalidAddress => {
            " Check `--server`: it is `https://HOST` or, on this machine, `http://127.0.0.1:PORT`."
        }
        ErrorCode::NotClaimable => {
            " If the label is whole and the code is right, somebody may have claimed the device: ask its owner or its maker."
        }
        ErrorCode::EmailInUse => {
            " An address belongs to one person, also while they are only invited or suspended: use another one, or look for them with `handover people list`."
        }
        ErrorCode::NameTaken => " Give it another name.",
        ErrorCode::TooDeep => " Put it below an organization further up.",
        ErrorCode::NotYourself => " Ask another administrator.",
        ErrorCode::WrongStatus => " `handover people list` shows it.",
        ErrorCode::DeviceLimit => {
            " Release devices that are not needed, or ask whoever set the limit: `handover organizations limit` raises it."
        }
        ErrorCode::TemplateChanged => {
            " Look at it with `handover templates show`, make your change to that, or give `--overwrite`."
        }
        ErrorCode::NoGateway => " Whether devices are gateways is set in their template.",
        ErrorCode::SecretsGone => {
            " `handover tokens label ID --renew --yes` makes another label while nobody has the device."
        }
        ErrorCode::BatchNotReady => " `handover tokens show` says how far it is.",
        ErrorCode::FleetNotReady => " `handover fleet show` says how far it is.",
        ErrorCode::Internal => " The cloud's log says more.",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_objects_for_programs() {
        for (failure, code, message, next) in [
            (
                Failure::Cloud(ErrorBody::new(ErrorCode::Timeout, "no\u{9b}answer")),
                "timeout",
                "no\u{9b}answer",
                Some("Try again in a moment."),
            ),
            (
                Failure::NotMeant {
                    what: "It goes.".to_owned(),
                },
                "not_meant",
                "It goes. This cannot be undone. With `--yes` it is done.",
                None,
            ),
        ] {
            let line = failure.json();
            assert!(!line.chars().any(char::is_control), "{line}");
            let json: serde_json::Value = serde_json::from_str(&line).expect("JSON");
            let error = &json["error"];
            assert_eq!(
                (&error["code"], &error["message"]),
                (&code.into(), &message.into())
            );
            assert_eq!(error["next"].as_str(), next);
        }
    }

    #[test]
    fn errors_of_the_cloud_are_sentences_with_a_next_step() {
        let check = |code, message: &str, expected: &str| {
            let failure = Failure::Cloud(ErrorBody::new(code, message));
            assert_eq!(failure.to_string(), expected);
        };
        check(
            ErrorCode::WrongCredentials,
            "E-mail or password is wrong.",
            "E-mail or password is wrong (wrong_credentials). Check `--email` and the password.",
        );
        check(
            ErrorCode::Timeout,
            "operation timed out",
            "operation timed out (timeout). Try again in a moment.",
        );
        check(
            ErrorCode::ProofRequired,
            "An identifier alone claims nothing: scan the label's QR code.",
            "An identifier alone claims nothing: scan the label's QR code (proof_required).",
        );
    }
}
