//! Which tests failed, said once more at the end: a log of a thousand tests is often cut off before them.

use std::fs;
use std::path::PathBuf;

use crate::project;

/// Where nextest writes what became of each test (`.config/nextest.toml`): there, wherever cargo builds.
fn of_nextest() -> PathBuf {
    project::root().join("target/nextest/default/junit.xml")
}

/// Where node's test runner is told to write the same, in the same format (`tests/console/package.json`).
fn of_node() -> PathBuf {
    project::root().join("target/console.xml")
}

/// Forgets what an earlier stage came to.
pub fn forget() {
    for report in [of_nextest(), of_node()] {
        // Where there is none, none is read.
        _ = fs::remove_file(report);
    }
}

/// The names of those that failed since.
pub fn names() -> Vec<String> {
    let read = |report| fs::read_to_string(report).unwrap_or_default();
    let reports = [of_nextest(), of_node()].map(read);
    reports.iter().flat_map(|xml| failed(xml)).collect()
}

/// What tests print is escaped in a report, so that an element in it is one.
fn failed(xml: &str) -> Vec<String> {
    let cases = xml.split("<testcase ").skip(1);
    let failed = cases.filter(|case| case.contains("<failure") || case.contains("<error"));
    let name = |case: &str| {
        let (_, rest) = case.split_once("name=\"")?;
        let (name, _) = rest.split_once('"')?;
        Some(name.to_owned())
    };
    failed.filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_failed_are_named() {
        let xml = r#"<testsuites><testsuite name="a" failures="1">
            <testcase name="b::good" classname="a"><system-out>&lt;failure</system-out></testcase>
            <testcase name="b::bad" classname="a"><failure type="test failure"/></testcase>
            <testcase name="b::gone" classname="a"><error type="exec"/></testcase>
            </testsuite></testsuites>"#;
        assert_eq!(failed(xml), ["b::bad", "b::gone"]);
        assert!(failed("").is_empty());
    }
}
