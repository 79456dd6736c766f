//! Which of our crates may use which.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::failure::Failure;
use crate::shell::Shell;

/// A crate, and what it may use of ours.
struct Room {
    name: &'static str,
    uses: &'static [&'static str],
    /// In its tests alone.
    tests_use: &'static [&'static str],
}

/// The table of docs/ARCHITECTURE.md, from the ground up.
const ROOMS: &[Room] = &[
    Room {
        name: "handover-label",
        uses: &[],
        tests_use: &[],
    },
    Room {
        name: "handover-hostile",
        uses: &[],
        tests_use: &[],
    },
    Room {
        name: "handover-blynk",
        uses: &[],
        tests_use: &[],
    },
    Room {
        name: "handover-air",
        uses: &[],
        tests_use: &[],
    },
    Room {
        name: "handover-device",
        uses: &["handover-air", "handover-blynk"],
        tests_use: &[],
    },
    Room {
        name: "handover-scan",
        uses: &[],
        tests_use: &["handover-hostile"],
    },
    Room {
        name: "handover-wire",
        uses: &[],
        tests_use: &[],
    },
    Room {
        name: "handover-print",
        uses: &["handover-label"],
        tests_use: &["handover-scan"],
    },
    Room {
        name: "handover-client",
        uses: &["handover-label", "handover-wire"],
        tests_use: &[],
    },
    Room {
        name: "handover-gateway",
        uses: &[
            "handover-blynk",
            "handover-client",
            "handover-device",
            "handover-wire",
        ],
        tests_use: &[],
    },
    Room {
        name: "handover-simulate",
        uses: &["handover-device", "handover-gateway"],
        tests_use: &[],
    },
    Room {
        name: "handover-app",
        uses: &[
            "handover-client",
            "handover-label",
            "handover-scan",
            "handover-wire",
        ],
        tests_use: &["handover-cloud", "handover-print"],
    },
    Room {
        name: "handover-cloud",
        uses: &[
            "handover-air",
            "handover-blynk",
            "handover-device",
            "handover-label",
            "handover-print",
            "handover-simulate",
            "handover-wire",
        ],
        tests_use: &[],
    },
    Room {
        name: "handover-cli",
        uses: &[
            "handover-client",
            "handover-cloud",
            "handover-device",
            "handover-gateway",
            "handover-label",
            "handover-print",
            "handover-scan",
            "handover-simulate",
            "handover-wire",
        ],
        tests_use: &[],
    },
    Room {
        name: "handover-host",
        uses: &[
            "handover-app",
            "handover-client",
            "handover-cloud",
            "handover-label",
            "handover-scan",
            "handover-wire",
        ],
        tests_use: &[],
    },
    Room {
        name: "handover-journeys",
        uses: &[
            "handover-client",
            "handover-device",
            "handover-label",
            "handover-print",
            "handover-wire",
        ],
        tests_use: &[],
    },
    Room {
        name: "handover-bench",
        uses: &[
            "handover-cloud",
            "handover-hostile",
            "handover-print",
            "handover-scan",
            "handover-wire",
        ],
        tests_use: &[],
    },
    Room {
        name: "xtask",
        uses: &[],
        tests_use: &[],
    },
];

/// A dependency between two of our crates.
#[derive(Debug)]
struct Edge {
    from: String,
    to: String,
    in_tests: bool,
}

/// Every edge that the table does not allow, and every crate that it does not know.
pub fn faults() -> Result<Vec<String>, Failure> {
    let text = Shell::cargo()
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .output()?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| {
        Failure::new(
            format!("cargo's metadata can't be read: {error}"),
            "use the Rust version that Cargo.toml names",
        )
    })?;
    Ok(judge(&metadata))
}

fn judge(metadata: &Value) -> Vec<String> {
    let rooms: BTreeMap<&str, &Room> = ROOMS.iter().map(|room| (room.name, room)).collect();
    let packages = list(metadata, "packages");
    let unknown = packages
        .iter()
        .map(|package| text(package, "name"))
        .filter(|name| !rooms.contains_key(name))
        .map(|name| format!("{name}: not in the table of the house"));
    let forbidden = packages
        .iter()
        .flat_map(edges)
        .filter(|edge| !is_allowed(&rooms, edge))
        .map(|edge| {
            let scope = if edge.in_tests { " (in its tests)" } else { "" };
            format!("{} may not depend on {}{scope}", edge.from, edge.to)
        });
    unknown.chain(forbidden).collect()
}

fn is_allowed(rooms: &BTreeMap<&str, &Room>, edge: &Edge) -> bool {
    // A crate that is not in the table is one fault, not as many as it has edges.
    let Some(room) = rooms.get(edge.from.as_str()) else {
        return true;
    };
    let to = edge.to.as_str();
    room.uses.contains(&to) || (edge.in_tests && room.tests_use.contains(&to))
}

/// The package's dependencies on packages of this workspace: those with a path.
fn edges(package: &Value) -> Vec<Edge> {
    list(package, "dependencies")
        .iter()
        .filter(|dependency| dependency["path"].is_string())
        .map(|dependency| Edge {
            from: text(package, "name").to_owned(),
            to: text(dependency, "name").to_owned(),
            in_tests: dependency["kind"] == "dev",
        })
        .collect()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(from: &str, to: &str, kind: Value, expected: &[&str]) {
        let metadata = json!({"packages": [{"name": from, "dependencies": [
            {"name": to, "path": "/somewhere", "kind": kind},
            {"name": "serde", "path": null, "kind": null},
        ]}]});
        assert_eq!(judge(&metadata), expected, "{from} -> {to}");
    }

    #[test]
    fn edges_are_judged_by_the_table() {
        check("handover-print", "handover-label", Value::Null, &[]);
        check("handover-print", "handover-scan", json!("dev"), &[]);
        check(
            "handover-print",
            "handover-scan",
            Value::Null,
            &["handover-print may not depend on handover-scan"],
        );
        check(
            "handover-label",
            "handover-wire",
            json!("dev"),
            &["handover-label may not depend on handover-wire (in its tests)"],
        );
        check(
            "handover-cloud",
            "handover-client",
            json!("build"),
            &["handover-cloud may not depend on handover-client"],
        );
        check(
            "handover-new",
            "handover-label",
            Value::Null,
            &["handover-new: not in the table of the house"],
        );
    }

    #[test]
    fn the_table_has_no_circles() {
        for (index, room) in ROOMS.iter().enumerate() {
            for used in room.uses {
                assert!(
                    ROOMS[..index].iter().any(|lower| lower.name == *used),
                    "{} uses {used}, which does not stand above it in the table",
                    room.name
                );
            }
        }
    }
}
