//! MQTT's topics: what a device publishes, what it may subscribe to, and what it is told by.

use std::fmt;

/// What a device means by publishing to a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic<'a> {
    /// `ds/NAME`: the datastream holds the message.
    Value {
        /// The datastream's name.
        name: &'a str,
    },
    /// `ds/NAME/erase`: the datastream holds nothing any more.
    Erase {
        /// The datastream's name.
        name: &'a str,
    },
    /// `ds/NAME/prop/PROPERTY`: how the datastream is shown.
    Property {
        /// The datastream's name.
        name: &'a str,
        /// What of it.
        property: &'a str,
    },
    /// `ds/NAME/timestamped_batch`: what the datastream held.
    Points {
        /// The datastream's name.
        name: &'a str,
    },
    /// `batch_ds`: what several datastreams hold.
    Values,
    /// `event/CODE`: something happened.
    Event {
        /// The event's code in the template.
        code: &'a str,
    },
    /// `info/mcu`: what the device is.
    Hardware,
    /// `meta/NAME`: the metadata field holds the message.
    Meta {
        /// The field's name.
        field: &'a str,
    },
    /// `get/ds`: it asks for the datastreams that the message names.
    GetValues,
    /// `get/ds/all`: it asks for all of them.
    GetAllValues,
    /// `get/meta`: it asks for the metadata fields that the message names.
    GetMeta,
    /// `get/utc/all/json`: it asks for the time.
    GetTime,
    /// `get/loc/all`: it asks where it is.
    GetPlace,
}

impl<'a> Topic<'a> {
    /// Reads a topic. None where devices do not publish to it; wildcards are none in any topic that is published to.
    pub fn read(text: &'a str) -> Option<Self> {
        if text.contains(['+', '#', '\0']) {
            return None;
        }
        let found = match text {
            "batch_ds" => Self::Values,
            "info/mcu" => Self::Hardware,
            "get/ds" => Self::GetValues,
            "get/ds/all" => Self::GetAllValues,
            "get/meta" => Self::GetMeta,
            "get/utc/all/json" => Self::GetTime,
            "get/loc/all" => Self::GetPlace,
            _ => {
                let (kind, rest) = text.split_once('/')?;
                match kind {
                    "ds" => datastream(rest)?,
                    "event" if !rest.is_empty() => Self::Event { code: rest },
                    "meta" if !rest.is_empty() => Self::Meta { field: rest },
                    _ => return None,
                }
            }
        };
        Some(found)
    }
}

fn datastream(rest: &str) -> Option<Topic<'_>> {
    let (name, what) = match rest.split_once('/') {
        Some((name, what)) => (name, Some(what)),
        None => (rest, None),
    };
    if name.is_empty() {
        return None;
    }
    match what {
        None => Some(Topic::Value { name }),
        Some("erase") => Some(Topic::Erase { name }),
        Some("timestamped_batch") => Some(Topic::Points { name }),
        Some(what) => {
            let property = what.strip_prefix("prop/")?;
            (!property.is_empty()).then_some(Topic::Property { name, property })
        }
    }
}

/// A topic or filter of a node, as its gateway names it: `dev/TOKEN/` before what the node itself would say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OfNode<'a> {
    /// The node's auth token.
    pub token: &'a str,
    /// What the node itself would say.
    pub rest: &'a str,
}

/// Its token is nobody's to read.
impl fmt::Debug for OfNode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("OfNode");
        all.field("rest", &self.rest).finish_non_exhaustive()
    }
}

impl<'a> OfNode<'a> {
    /// Characters of a token at the most.
    const MOST: usize = 64;

    /// Reads one. None where no token stands there; wildcards are none.
    pub fn read(text: &'a str) -> Option<Self> {
        let (token, rest) = text.strip_prefix("dev/")?.split_once('/')?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let formed = (1..=Self::MOST).contains(&token.len()) && token.bytes().all(plain);
        formed.then_some(Self { token, rest })
    }
}

impl fmt::Display for OfNode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dev/{}/{}", self.token, self.rest)
    }
}

/// Where a device is told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Downward<'a> {
    /// What a datastream holds.
    Value {
        /// The datastream's name.
        name: &'a str,
    },
    /// What a metadata field holds.
    Meta {
        /// The field's name.
        field: &'a str,
    },
    /// The time.
    Time,
    /// Where it is.
    Place,
}

impl fmt::Display for Downward<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { name } => write!(f, "downlink/ds/{name}"),
            Self::Meta { field } => write!(f, "downlink/meta/{field}"),
            Self::Time => f.write_str("downlink/utc/all/json"),
            Self::Place => f.write_str("downlink/loc/all"),
        }
    }
}

/// What a device subscribes to: below `downlink/`, with `#` at the end or without.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filter {
    /// The topic, or what it begins with.
    text: String,
    /// Whether topics below it are meant.
    is_open: bool,
}

impl Filter {
    /// Reads a filter. None where devices may not subscribe to it.
    pub fn read(text: &str) -> Option<Self> {
        let (start, is_open) = match text.strip_suffix("/#") {
            Some(start) => (start, true),
            None => (text, false),
        };
        let below = match start.strip_prefix("downlink") {
            Some("") => is_open,
            Some(below) => below.starts_with('/') && below.len() > 1,
            None => false,
        };
        let plain = !start.contains(['+', '#', '\0']);
        (below && plain).then(|| Self {
            text: start.to_owned(),
            is_open,
        })
    }

    /// Whether a message to this topic is for whoever has subscribed.
    pub fn takes(&self, topic: &str) -> bool {
        match topic.strip_prefix(self.text.as_str()) {
            Some("") => true,
            Some(below) => self.is_open && below.starts_with('/'),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn devices_publish_what_is_published() {
        let name = "Soil moisture";
        for (text, want) in [
            ("ds/Soil moisture", Topic::Value { name }),
            ("ds/Soil moisture/erase", Topic::Erase { name }),
            ("ds/Soil moisture/timestamped_batch", Topic::Points { name }),
            (
                "ds/Soil moisture/prop/label",
                Topic::Property {
                    name,
                    property: "label",
                },
            ),
            ("batch_ds", Topic::Values),
            ("event/too_dry", Topic::Event { code: "too_dry" }),
            ("info/mcu", Topic::Hardware),
            (
                "meta/Serial Number",
                Topic::Meta {
                    field: "Serial Number",
                },
            ),
            ("meta/a/b", Topic::Meta { field: "a/b" }),
            ("get/ds", Topic::GetValues),
            ("get/ds/all", Topic::GetAllValues),
            ("get/meta", Topic::GetMeta),
            ("get/utc/all/json", Topic::GetTime),
            ("get/loc/all", Topic::GetPlace),
        ] {
            assert_eq!(Topic::read(text), Some(want), "{text}");
        }
    }

    #[test]
    fn devices_publish_to_nothing_else() {
        for text in [
            "",
            "ds",
            "ds/",
            "ds//erase",
            "ds/+",
            "ds/#",
            "#",
            "+",
            "ds/a/prop/",
            "ds/a/prop",
            "ds/a/taste",
            "ds/a\0b",
            "event/",
            "meta/",
            "get/ds/some",
            "get",
            "/ds/a",
            "DS/a",
            "downlink/ds/a",
            "dev/TOKEN/ds/a",
            "$SYS/broker",
        ] {
            assert_eq!(Topic::read(text), None, "{text}");
        }
    }

    #[test]
    fn devices_subscribe_below_downlink_alone() {
        for (text, topic, want) in [
            ("downlink/#", "downlink/ds/a", true),
            ("downlink/#", "downlinks", false),
            ("downlink/ds/#", "downlink/ds/a", true),
            ("downlink/ds/#", "downlink/ds", true),
            ("downlink/ds/#", "downlink/dsx", false),
            ("downlink/ds/#", "downlink/meta/a", false),
            ("downlink/ds/a", "downlink/ds/a", true),
            ("downlink/ds/a", "downlink/ds/a/b", false),
            ("downlink/ds/a", "downlink/ds/ab", false),
        ] {
            let filter = Filter::read(text).expect("a filter");
            assert_eq!(filter.takes(topic), want, "{text} {topic}");
        }
        for text in [
            "",
            "#",
            "+/#",
            "downlink",
            "downlink/",
            "downlink/+",
            "downlink/+/a",
            "downlink/#/a",
            "downlink/a#",
            "downlink#",
            "downlinks/#",
            "ds/#",
            "dev/TOKEN/downlink/#",
            "$share/all/downlink/#",
        ] {
            assert_eq!(Filter::read(text), None, "{text}");
        }
    }

    #[test]
    fn gateways_name_their_nodes_one_by_one() {
        for (text, want) in [
            ("dev/AZaz-_09/ds/a", Some(("AZaz-_09", "ds/a"))),
            ("dev/T/downlink/#", Some(("T", "downlink/#"))),
            ("dev/+/ds/a", None),
            ("dev/#", None),
            ("dev/T", None),
            ("dev//ds/a", None),
            ("dev/a b/ds/a", None),
            ("ds/a", None),
            ("#", None),
        ] {
            let found = OfNode::read(text);
            let plain = found.map(|one| (one.token, one.rest));
            assert_eq!(plain, want, "{text}");
            if let Some(found) = found {
                assert_eq!(found.to_string(), text);
                assert!(!format!("{found:?}").contains(found.token));
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_reader(text in "[a-z/#+$]{0,24}", topic in "[a-z/]{0,24}") {
            let _ = Topic::read(&text);
            if let Some(filter) = Filter::read(&text) {
                prop_assert!(!filter.takes(&topic) || topic.starts_with("downlink"));
            }
        }
    }
}
