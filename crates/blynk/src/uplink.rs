//! What a device means by a message.

use crate::{Command, Frame, Payload, Pin, Status, fields};

/// A message of a device, as far as it is understood. Texts are borrowed from the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uplink<'a> {
    /// It signs in. Old libraries do so by another command, with the same body.
    Login {
        /// Its auth token, as it says.
        token: &'a str,
    },
    /// It asks whether the other end is there.
    Ping,
    /// It answers a message of the cloud's.
    Answer(Status),
    /// It writes a datastream.
    Write {
        /// Which.
        pin: Pin,
        /// What; some send several in one message.
        values: Vec<&'a str>,
    },
    /// It asks for the values of these datastreams; of all of them where none is named.
    Sync(Vec<Pin>),
    /// It changes how a datastream is shown.
    Property {
        /// Which datastream.
        pin: Pin,
        /// What of it.
        name: &'a str,
        /// To what; lists have several.
        values: Vec<&'a str>,
    },
    /// Something happened.
    Event {
        /// The event's code in the template.
        code: &'a str,
        /// What there is to say about it.
        description: Option<&'a str>,
    },
    /// What happened is over.
    ClearEvent {
        /// The event's code in the template.
        code: &'a str,
    },
    /// It says what it is: names and what they stand for, such as `ver`, `h-beat` (seconds), `buff-in` (bytes), `dev`, `fw-type`,
    /// `fw`, `build`, `tmpl`.
    Info(Vec<(&'a str, &'a str)>),
    /// It asks for its metadata.
    MetaGet {
        /// The field.
        field: &'a str,
    },
    /// It changes its metadata.
    MetaSet {
        /// The field.
        field: &'a str,
        /// What it holds from now on.
        value: &'a str,
    },
    /// It asks for the time where it is.
    AsksTime(TimeAsked),
    /// What it writes from now on belongs together, and is of this time where it says one (milliseconds since the epoch).
    BeginGroup(Option<i64>),
    /// What belongs together is complete.
    EndGroup,
    /// A text for a log.
    DebugPrint(&'a str),
}

/// What of the time a device asks for, by the word that the answer repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeAsked {
    /// Seconds since 1970 as a clock on the wall there would count them: for devices that know of no time zones.
    Wall,
    /// Milliseconds since 1970, UTC.
    Time,
    /// As ISO 8601 writes it.
    Iso,
    /// Minutes between that zone and UTC, and those by which clocks are put forward there now.
    Offsets,
    /// What the zone is called.
    Name,
    /// What holds there as POSIX writes it.
    Rule,
    /// When that changes next, and to what, twice at the most: seconds since 1970, and minutes from UTC.
    Changes,
}

impl TimeAsked {
    /// Those of `utc`, each by its word.
    const OF_UTC: [(&'static str, Self); 6] = [
        ("time", Self::Time),
        ("iso", Self::Iso),
        ("tz", Self::Offsets),
        ("tz_name", Self::Name),
        ("tz_rule", Self::Rule),
        ("dst_next", Self::Changes),
    ];

    /// What stands before the answer.
    pub fn words(self) -> Vec<&'static str> {
        let found = Self::OF_UTC.iter().find(|(_, asked)| *asked == self);
        found.map_or_else(|| vec!["rtc"], |(word, _)| vec!["utc", word])
    }
}

/// Why a message is not understood; the connection goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UplinkError {
    /// Nobody knows the command, or a device has no use for it.
    #[error("the command is not one of a device's")]
    Command,
    /// The body is not as the command wants it.
    #[error("the body is not as its command wants it: {0}")]
    Body(&'static str),
}

impl UplinkError {
    /// What to answer.
    pub fn status(self) -> Status {
        match self {
            Self::Command => Status::IllegalCommand,
            Self::Body(_) => Status::IllegalBody,
        }
    }
}

impl<'a> Uplink<'a> {
    /// Reads a message of a device.
    ///
    /// # Errors
    /// What is to be answered in place of doing anything.
    pub fn read(frame: &Frame<'a>) -> Result<Self, UplinkError> {
        let (command, body) = match frame.payload {
            Payload::Response(status) => return Ok(Self::Answer(status)),
            Payload::Unknown(_) => return Err(UplinkError::Command),
            Payload::Request(command, body) => (command, texts(body)?),
        };
        match command {
            Command::Login | Command::LegacyLogin => login(&body),
            Command::Ping => Ok(Self::Ping),
            Command::Hardware => write(&body),
            Command::Sync => sync(&body),
            Command::Property => property(&body),
            Command::Event => event(&body),
            Command::ClearEvent => clear_event(&body),
            Command::Internal => internal(&body),
            Command::DebugPrint => debug_print(&body),
            Command::Group => group(&body),
            Command::Bridge | Command::Redirect => Err(UplinkError::Command),
        }
    }
}

fn texts(body: &[u8]) -> Result<Vec<&str>, UplinkError> {
    let all: Result<Vec<_>, _> = fields(body).map(std::str::from_utf8).collect();
    all.map_err(|_| UplinkError::Body("it is not UTF-8"))
}

fn pin(text: &str) -> Result<Pin, UplinkError> {
    Pin::from_number(text).map_err(|_| UplinkError::Body("it names no pin"))
}

fn login<'a>(body: &[&'a str]) -> Result<Uplink<'a>, UplinkError> {
    match *body {
        // Firmware that has its token in a buffer sends as much of that as it likes.
        [token, ref padding @ ..] if padding.iter().all(|one| one.is_empty()) => {
            Ok(Uplink::Login { token })
        }
        _ => Err(UplinkError::Body("it is not a token alone")),
    }
}

fn write<'a>(body: &[&'a str]) -> Result<Uplink<'a>, UplinkError> {
    match body {
        ["vw", number, first, more @ ..] => {
            // What pads the end of a buffer is no value; a text that is empty is one.
            let padding = more.iter().rev().take_while(|one| one.is_empty()).count();
            let more = &more[..more.len() - padding];
            Ok(Uplink::Write {
                pin: pin(number)?,
                values: [&[*first], more].concat(),
            })
        }
        _ => Err(UplinkError::Body("it is not `vw`, a pin and a value")),
    }
}

fn sync<'a>(body: &[&'a str]) -> Result<Uplink<'a>, UplinkError> {
    match body {
        [] => Ok(Uplink::Sync(Vec::new())),
        ["vr", pins @ ..] if !pins.is_empty() => {
            let pins: Result<Vec<_>, _> = pins.iter().map(|number| pin(number)).collect();
            Ok(Uplink::Sync(pins?))
        }
        _ => Err(UplinkError::Body("it is neither empty nor `vr` and pins")),
    }
}

fn property<'a>(body: &[&'a str]) -> Result<Uplink<'a>, UplinkError> {
    match body {
        [number, name, values @ ..] if !values.is_empty() => Ok(Uplink::Property {
            pin: pin(number)?,
            name,
            values: values.to_vec(),
        }),
        _ => Err(UplinkError::Body(
            "it is not a pin, a property and its value",
        )),
    }
}

fn event<'a>(body: &[&'a str]) -> Result<Uplink<'a>, UplinkError> {
    let (code, description) = match *body {
        [code] => (code, None),
        [code, description] => (code, Some(description)),
        _ => {
            return Err(UplinkError::Body(
                "it is not an event's code and a description",
            ));
        }
    };
    Ok(Uplink::Event { code, description })
}

fn clear_event<'a>(body: &[&'a str]) -> Result<Uplink<'a>, UplinkError> {
    match *body {
        [code] => Ok(Uplink::ClearEvent { code }),
        _ => Err(UplinkError::Body("it is not an event's code")),
    }
}

fn internal<'a>(body: &[&'a str]) -> Result<Uplink<'a>, UplinkError> {
    match *body {
        ["meta", "get", field] => Ok(Uplink::MetaGet { field }),
        ["meta", "set", field, value] => Ok(Uplink::MetaSet { field, value }),
        ["meta", ..] => Err(UplinkError::Body(
            "it neither gets nor sets a metadata field",
        )),
        ["rtc", "sync"] => Ok(Uplink::AsksTime(TimeAsked::Wall)),
        ["utc", asked] => {
            let found = TimeAsked::OF_UTC.iter().find(|(word, _)| *word == asked);
            let found = found.map(|(_, asked)| Uplink::AsksTime(*asked));
            found.ok_or(UplinkError::Body(
                "nobody knows what of the time it asks for",
            ))
        }
        ["rtc" | "utc", ..] => Err(UplinkError::Body("it does not ask for the time")),
        [] => Err(UplinkError::Body("it is empty")),
        ref pairs => {
            let (pairs, rest) = pairs.as_chunks::<2>();
            // What comes last without a value, some libraries leave out on purpose.
            let last = rest.first().map(|&name| (name, ""));
            Ok(Uplink::Info(
                pairs
                    .iter()
                    .map(|&[name, value]| (name, value))
                    .chain(last)
                    .collect(),
            ))
        }
    }
}

/// The command is published and its body is not: `b` and perhaps a time, or `e` (ours). Longer words are as good.
fn group<'a>(body: &[&'a str]) -> Result<Uplink<'a>, UplinkError> {
    match *body {
        [word] if word.starts_with('b') => Ok(Uplink::BeginGroup(None)),
        [word, time] if word.starts_with('b') => {
            let time = time
                .parse()
                .map_err(|_| UplinkError::Body("it names no time"))?;
            Ok(Uplink::BeginGroup(Some(time)))
        }
        [word] if word.starts_with('e') => Ok(Uplink::EndGroup),
        _ => Err(UplinkError::Body("it neither begins nor ends a group")),
    }
}

fn debug_print<'a>(body: &[&'a str]) -> Result<Uplink<'a>, UplinkError> {
    match *body {
        [text] => Ok(Uplink::DebugPrint(text)),
        _ => Err(UplinkError::Body("it is not one text")),
    }
}

#[cfg(test)]
mod tests;
