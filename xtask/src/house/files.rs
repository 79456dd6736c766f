//! What stands in the files themselves.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::project;

/// A file that is longer does two things.
const MAX_LINES: usize = 800;

/// What people write by hand.
const SOURCES: &[&str] = &[
    "rs", "ts", "js", "mjs", "svelte", "css", "sh", "md", "sql", "toml",
];

/// Folders that are made or fetched, not written.
const MADE: &[&str] = &[
    ".artifacts",
    ".git",
    "dist",
    "gen",
    "generated",
    "node_modules",
    "paraglide",
    "target",
];

/// Files that `cargo xtask codegen` writes: as long as what they are made from asks for.
const GENERATED: &[&str] = &["docs/API.md", "ui/src/host/wire.ts"];

/// The only folder of the UI that may know what it runs in.
const HOST: &str = "ui/src/host";

/// Names of the outside world, which stay in that folder.
const OUTSIDE: &[&str] = &["@tauri-apps/", "fetch(", "XMLHttpRequest", "new WebSocket("];

/// Every fault in every file.
pub fn faults() -> Result<Vec<String>, Failure> {
    let root = project::root();
    let mut faults = Vec::new();
    for file in sources(&root)? {
        let text = fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        let name = relative(&root, &file);
        faults.extend(too_long(&name, &text));
        faults.extend(outside(&name, &text));
    }
    Ok(faults)
}

fn too_long(name: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let written = !GENERATED.contains(&name);
    (written && lines > MAX_LINES)
        .then(|| format!("{name}: {lines} lines, {MAX_LINES} are the most"))
}

fn outside(name: &str, text: &str) -> Vec<String> {
    if !name.starts_with("ui/src/") || name.starts_with(HOST) {
        return Vec::new();
    }
    let lines = text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let found = OUTSIDE.iter().find(|word| uses(line, word))?;
            let line = index + 1;
            Some(format!("{name}:{line}: `{found}` belongs below {HOST}"))
        })
        .collect()
}

/// Whether the line has the word by itself: `prefetch(` and `host.fetch(` are not the browser's `fetch(`.
fn uses(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|character| character.is_alphanumeric() || "_$.".contains(character))
    })
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !MADE.contains(&name.as_ref()) {
            files.extend(sources(&path)?);
        } else if path.is_file() && is_source(&path) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn is_source(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| SOURCES.contains(&extension))
}

fn relative(root: &Path, file: &Path) -> String {
    let file = file.strip_prefix(root).unwrap_or(file);
    file.to_string_lossy().replace('\\', "/")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{} can't be read: {error}", path.display()),
        "check its rights; source files are UTF-8",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, line: &str, faults: usize) {
        assert_eq!(outside(name, line).len(), faults, "{name}: {line}");
    }

    #[test]
    fn only_the_host_folder_knows_the_outside_world() {
        check("ui/src/lib/list.ts", "await fetch('/api')", 1);
        check("ui/src/lib/list.ts", "import x from '@tauri-apps/api';", 1);
        check("ui/src/lib/list.ts", "await prefetch('/api')", 0);
        check("ui/src/lib/list.ts", "host.fetch('/api')", 0);
        check("ui/src/host/web.ts", "await fetch('/api')", 0);
        check("tests/console/claim.test.mjs", "await fetch('/api')", 0);
    }

    #[test]
    fn a_long_file_is_a_fault() {
        assert!(too_long("a.rs", &"x\n".repeat(MAX_LINES)).is_none());
        assert!(too_long("a.rs", &"x\n".repeat(MAX_LINES + 1)).is_some());
    }
}
