//! The whole API as a stranger to the code sees it: schemathesis reads the OpenAPI document and sends what fits it and what
//! does not. Nothing may break, and every answer is one that the document names. Without the test command, which
//! installs schemathesis (`cargo xtask test --only api`), this does nothing.

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use handover_journeys::cloud::CloudProcess;
use handover_journeys::demo::Demo;
use handover_wire::Role;
use serde_json::Value;
use url::Url;

type Outcome = Result<(), Box<dyn Error>>;

/// The same requests each time.
const SEED: &str = "20261128";
/// Made-up requests for each operation; those that are derived from the document's limits come on top.
const EXAMPLES: &str = "10";
/// What is asked of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance";
/// The first ends the caller's own session, after which every answer would be 401; the second goes on for minutes.
const LEFT_OUT: [&str; 2] = ["endSessions", "events"];

/// Signs in as the document says, and gives the access token.
async fn access(url: &Url, demo: &Demo, role: Role) -> Result<String, Box<dyn Error>> {
    let user = demo.user(role).ok_or("nobody has that role")?;
    let form = [
        ("grant_type", "user_credentials"),
        ("username", &user.email),
        ("password", &user.password),
    ];
    // Only the first one is taken; there is no other here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let answer = client.post(url.join("oauth2/token")?).form(&form).send();
    let answer: Value = serde_json::from_slice(&answer.await?.bytes().await?)?;
    Ok(answer["access_token"].as_str().ok_or("no token")?.into())
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("api").join(name)
}

fn try_all(program: &OsStr, url: &Url, access: &str, values: &str, phases: &str) -> Outcome {
    let folder = tempfile::tempdir()?;
    let output = Command::new(program)
        .arg("--config-file")
        .arg(file(values))
        .arg("run")
        .arg(url.join("api/openapi.json")?.as_str())
        .args(["--header", &format!("Authorization: Bearer {access}")])
        .args(["--seed", SEED, "--max-examples", EXAMPLES])
        .args(["--phases", phases])
        .args(["--checks", CHECKS])
        .args(LEFT_OUT.map(|operation| format!("--exclude-operation-id={operation}")))
        .args(["--warnings", "off"])
        // Its cache of what failed before would make the next run another one.
        .current_dir(folder.path())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    Ok(())
}

async fn check(role: Role, values: &str, phases: &str) -> Outcome {
    let Some(program) = std::env::var_os("HANDOVER_TEST_SCHEMATHESIS") else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let cloud = CloudProcess::demo(folder.path())?;
    let demo = Demo::read(folder.path())?;
    let access = access(&cloud.url, &demo, role).await?;
    try_all(&program, &cloud.url, &access, values, phases)
}

#[tokio::test]
async fn an_administrator_finds_nothing_undocumented() -> Outcome {
    check(Role::Admin, "known.toml", "examples,coverage,stateful").await
}

#[tokio::test]
async fn an_administrator_who_guesses_finds_nothing_undocumented() -> Outcome {
    check(Role::Admin, "any.toml", "fuzzing").await
}

#[tokio::test]
async fn support_finds_nothing_undocumented() -> Outcome {
    check(Role::Staff, "known.toml", "examples,fuzzing,stateful").await
}

#[tokio::test]
async fn a_customer_finds_nothing_undocumented() -> Outcome {
    check(Role::User, "known.toml", "examples,fuzzing,stateful").await
}
