//! A fault as a command line has it.

use handover_wire::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What there is.
pub const KINDS: &str = "\
Faults:
  latency=MS[+MS]       it takes so many milliseconds longer, and by chance up to so many more
  lost-request          it is not done, and the connection breaks without an answer
  lost-answer           it is done, and the connection breaks without an answer
  cut-off[=BYTES]       it is done, and the connection breaks after so many bytes of the answer
  status=CODE[,SECONDS] it is answered with this status, 400 to 599, and with Retry-After
  session-expired       the access token counts as expired; another one can be had
  claim=ANSWER          a claim is answered already_yours, pending_approval, pending_presence, device_limit,
                        not_claimable, idempotency_conflict, proof_required or rate_limited
  disconnect            the connection of a device breaks, and what it said is not done
  refused=WHY           a device that signs in is told wrong_token or server_full
  too-much              a device's message is not taken, since it says too much
  certificate=WRONG     TLS shows a certificate of another server (other_name), one that has expired (expired), or one that
                        nobody vouches for (unknown_authority)

Endpoints of devices that stay connected: binary login, binary message, mqtt login, mqtt message; and tls handshake.
They meet latency, lost-request and lost-answer as well: the message or the answer is lost, the connection stays.";

/// Reads one.
pub fn parse(text: &str) -> Result<Fault, String> {
    let (kind, value) = match text.split_once('=') {
        Some((kind, value)) => (kind, Some(value)),
        None => (text, None),
    };
    let number = |text: &str| {
        let number = text.parse();
        number.map_err(|_| format!("\"{text}\" is no whole number"))
    };
    match (kind, value) {
        ("latency", Some(value)) => {
            let (ms, jitter) = value.split_once('+').unwrap_or((value, "0"));
            Ok(Fault::Latency {
                ms: number(ms)?,
                jitter: number(jitter)?,
            })
        }
        ("lost-request", None) => Ok(Fault::LostRequest),
        ("lost-answer", None) => Ok(Fault::LostAnswer),
        ("cut-off", bytes) => Ok(Fault::CutOff {
            after: bytes.map(number).transpose()?.unwrap_or_default(),
        }),
        ("status", Some(value)) => {
            let (status, wait) = match value.split_once(',') {
                Some((status, wait)) => (status, Some(number(wait)?)),
                None => (value, None),
            };
            let status = status.parse();
            Ok(Fault::Status {
                status: status.map_err(|_| "a status has three digits".to_owned())?,
                retry_after: wait,
            })
        }
        ("session-expired", None) => Ok(Fault::SessionExpired),
        ("claim", Some(answer)) => Ok(Fault::Claim {
            answer: named(answer)?,
        }),
        ("disconnect", None) => Ok(Fault::Disconnect),
        ("refused", Some(why)) => Ok(Fault::Refused { login: named(why)? }),
        ("too-much", None) => Ok(Fault::TooMuch),
        ("certificate", Some(wrong)) => Ok(Fault::Certificate {
            wrong: named(wrong)?,
        }),
        _ => Err("it is none of those that --help lists".to_owned()),
    }
}

/// What has this name in JSON.
fn named<T: DeserializeOwned>(name: &str) -> Result<T, String> {
    let found = serde_json::from_value(name.into());
    found.map_err(|_| format!("\"{name}\" is none of those that --help lists"))
}

/// The name that something has in JSON.
fn name(what: impl Serialize) -> String {
    let name = serde_json::to_value(what).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// Writes it as it is read.
pub fn print(fault: Fault) -> String {
    match fault {
        Fault::Latency { ms, jitter: 0 } => format!("latency={ms}"),
        Fault::Latency { ms, jitter } => format!("latency={ms}+{jitter}"),
        Fault::LostRequest => "lost-request".to_owned(),
        Fault::LostAnswer => "lost-answer".to_owned(),
        Fault::CutOff { after: 0 } => "cut-off".to_owned(),
        Fault::CutOff { after } => format!("cut-off={after}"),
        Fault::Status {
            status,
            retry_after: None,
        } => format!("status={status}"),
        Fault::Status {
            status,
            retry_after: Some(seconds),
        } => format!("status={status},{seconds}"),
        Fault::SessionExpired => "session-expired".to_owned(),
        Fault::Claim { answer } => format!("claim={}", name(answer)),
        Fault::Disconnect => "disconnect".to_owned(),
        Fault::Refused { login } => format!("refused={}", name(login)),
        Fault::TooMuch => "too-much".to_owned(),
        Fault::Certificate { wrong } => format!("certificate={}", name(wrong)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_is_written() {
        for text in [
            "latency=800",
            "latency=800+200",
            "lost-request",
            "lost-answer",
            "cut-off",
            "cut-off=120",
            "status=503",
            "status=429,5",
            "session-expired",
            "claim=already_yours",
            "claim=rate_limited",
            "disconnect",
            "refused=wrong_token",
            "refused=server_full",
            "too-much",
            "certificate=other_name",
            "certificate=expired",
            "certificate=unknown_authority",
        ] {
            assert_eq!(print(parse(text).expect(text)), text);
        }
        for text in [
            "",
            "latency",
            "latency=x",
            "latency=1+",
            "lost-request=1",
            "status=",
            "status=1,x",
            "claim=",
            "claim=maybe",
            "refused",
            "refused=maybe",
            "certificate=fake",
            "disconnect=1",
            "fire",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
