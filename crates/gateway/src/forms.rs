//! What is written where in a configuration, for whoever wrote something of another type there.

use serde_path_to_error::{Path, Segment};
use toml::{Table, Value};

/// What to write by a name, wherever it stands.
const FORMS: [(&str, &str); 42] = [
    ("folder", "a path: \"/var/lib/handover-gateway\""),
    ("keep", "a number of values: 50000"),
    ("cloud", "a table: [cloud]"),
    ("address", "a text: \"https://cloud.example\""),
    ("mqtt", "a text: \"mqtts://cloud.example:8883\""),
    ("certificate", "a path: \"cloud.pem\""),
    ("token-file", "a path: \"gateway.token\""),
    (
        "sources",
        "a table of devices' numbers: \"greenhouse-door\" = 13",
    ),
    ("input", "a list of tables: [[input]]"),
    ("kind", "\"udp\", \"socket\" or \"stdin\""),
    ("listen", "an address with its port: \"127.0.0.1:7700\""),
    ("orders", "an address with its port: \"127.0.0.1:7701\""),
    ("path", "a path: \"/run/handover-gateway/bridge.sock\""),
    ("mode", "a text as chmod has it: \"660\""),
    ("mesh", "a table: [mesh]"),
    (
        "neighbours",
        "a list of addresses with their ports: [\"192.168.1.255:7702\"]",
    ),
    ("rule", "a list of tables: [[rule]]"),
    (
        "nodes",
        "a list of templates, device numbers and sources, all as texts: [\"TMPLsoil00001\", \"12\"]",
    ),
    ("length", "a number of bytes: 5"),
    ("starts", "a text of hexadecimal digits: \"01 ff\""),
    ("decode", "\"json\", \"text\" or \"bytes\""),
    ("separator", "a text: \";\""),
    ("fields", "a list of tables: [{ pin = \"V1\" }]"),
    (
        "down",
        "a list of tables: [{ datastream = \"Interval\", type = \"u16be\" }]",
    ),
    ("pin", "a text: \"V1\""),
    (
        "key",
        "a text, with dots between names: \"air.temperature\"",
    ),
    ("column", "a whole number: which text it is, from 0"),
    ("at", "a whole number: which byte it begins at, from 0"),
    (
        "type",
        "u8 or i8, or i16be, u24le, f32be and so on, as a text: \"u16be\"",
    ),
    (
        "bit",
        "a whole number: which bit it is, from 0 for the lowest",
    ),
    (
        "bits",
        "two whole numbers, which bit is the first and how many they are: [0, 7]",
    ),
    (
        "lookup",
        "a table: { 0 = \"closed\", 1 = \"open\" }, or among `down` { closed = 0, open = 1 }",
    ),
    (
        "range",
        "two numbers, the least and the greatest: [-40, 85]",
    ),
    (
        "aggregate",
        "\"mean\", \"min\", \"max\", \"last\", \"sum\" or \"count\"",
    ),
    (
        "datastream",
        "a text, the datastream's name or pin: \"Interval\"",
    ),
    ("prefix", "a text of hexadecimal digits: \"02\""),
    ("scale", "a number: 0.1"),
    ("offset", "a number: -40"),
    ("min-change", "a number above 0: 0.5"),
    ("every", "a number of seconds: 60"),
    ("seconds", "a whole number of seconds: 300"),
    ("messages", "a whole number of messages: 10"),
];

/// Tables whose names are whoever's that wrote them.
const OPEN: [&str; 2] = ["sources", "lookup"];

/// What is to be written at this place of a text, where something of another type is; nothing where it is something else that
/// is wrong there.
pub fn form(text: &str, place: &Path) -> Option<String> {
    let document = Value::Table(text.parse::<Table>().ok()?);
    let mut names: Vec<&str> = Vec::new();
    let mut there = &document;
    for segment in place {
        there = match segment {
            // What was asked for is the value and where it stands.
            Segment::Map { key } if key.starts_with("$__serde_spanned") => there,
            Segment::Map { key } => {
                names.push(key);
                there.get(key)?
            }
            Segment::Seq { index } => there.get(index)?,
            Segment::Enum { .. } | Segment::Unknown => return None,
        };
    }
    let (last, before) = names.split_last()?;
    let name = match before.last() {
        Some(table) if OPEN.contains(table) => table,
        _ => last,
    };
    // What a table lacks, or has too much, is not about its type.
    let is_table = ["cloud", "input", "mesh", "rule", "fields", "down"].contains(name);
    if is_table && there.is_table() {
        return None;
    }
    let (_, form) = FORMS.iter().find(|(known, _)| known == name)?;
    Some(format!("`{name}` is {form}"))
}

#[cfg(test)]
mod tests {
    use std::path::Path as File;

    use super::FORMS;
    use crate::config::Config;

    const BEFORE: &str = "folder = 'f'\n[cloud]\naddress = 'https://cloud.example'\n";

    fn told(after: &str) -> String {
        let wrong = Config::read(&format!("{BEFORE}{after}"), File::new("/etc"));
        wrong.expect_err("it is wrong").to_string()
    }

    fn field(field: &str) -> String {
        format!("[[rule]]\nnodes = ['*']\nfields = [\n{{ {field} }},\n]\n")
    }

    #[test]
    fn what_is_of_another_type_is_told_with_what_to_write() {
        for (after, says) in [
            (
                "mqtt = 7\n",
                "line 4: `mqtt` is a text: \"mqtts://cloud.example:8883\"",
            ),
            (
                "[[input]]\nkind = 'serial'\n",
                "line 5: `kind` is \"udp\", \"socket\" or \"stdin\"",
            ),
            (
                "[[input]]\nkind = 'udp'\nlisten = 'localhost'\n",
                "line 6: `listen` is an address with its port: \"127.0.0.1:7700\"",
            ),
            (
                "[[input]]\nkind = 'socket'\npath = 's'\nmode = 660\n",
                "line 7: `mode` is a text as chmod has it: \"660\"",
            ),
            (
                "[mesh]\nlisten = '0.0.0.0:7702'\nneighbours = '192.168.1.255:7702'\n",
                "line 6: `neighbours` is a list of addresses with their ports: [\"192.168.1.255:7702\"]",
            ),
            (
                "[sources]\ndoor = '13'\n",
                "line 5: `sources` is a table of devices' numbers",
            ),
            (
                "[[rule]]\nnodes = '*'\n",
                "line 5: `nodes` is a list of templates",
            ),
            (
                "[[rule]]\nnodes = [12]\n",
                "line 5: `nodes` is a list of templates",
            ),
            (
                &field("pin = 'V1', scale = 'tenth'"),
                "line 7: `scale` is a number: 0.1",
            ),
            (&field("pin = 1"), "line 7: `pin` is a text: \"V1\""),
            (
                &field("pin = 'V1', range = 3"),
                "line 7: `range` is two numbers",
            ),
            (
                &field("pin = 'V1', at = -1"),
                "line 7: `at` is a whole number",
            ),
            (
                "[[rule]]\nnodes = ['*']\ndown = [{ datastream = 'I', lookup = { on = 'x' } }]\n",
                "line 6: `lookup` is a table",
            ),
            // What is missing or unknown is told by its name, and is no matter of types.
            (&field("key = 'x'"), "line 7: missing field `pin`"),
            (
                "[mesh]\nlisten = '0.0.0.0:7702'\n",
                "line 4: missing field `neighbours`",
            ),
            ("adress = 'x'\n", "line 4: unknown field `adress`"),
        ] {
            let told = told(after);
            assert!(told.starts_with(says), "{told} and not {says}");
        }
        let text = "folder = 'f'\ncloud = 3\n";
        let wrong = Config::read(text, File::new("/etc")).expect_err("it is wrong");
        assert_eq!(wrong.to_string(), "line 2: `cloud` is a table: [cloud]");
        let keep = format!("keep = 'all'\n{BEFORE}");
        let wrong = Config::read(&keep, File::new("/etc")).expect_err("it is wrong");
        assert_eq!(
            wrong.to_string(),
            "line 1: `keep` is a number of values: 50000"
        );
    }

    #[test]
    fn each_name_has_a_form_once() {
        let mut names: Vec<_> = FORMS.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        let written = crate::EXAMPLE
            .lines()
            .filter_map(|line| line.split_once(" = "));
        for (name, _) in written.filter(|(name, _)| !name.contains([' ', '"', '#', '{'])) {
            assert!(names.contains(&&name), "{name}");
        }
    }
}
