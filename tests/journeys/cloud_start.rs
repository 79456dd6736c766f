//! `handover cloud` from the outside: what it says where it cannot start, and how it ends.

use std::error::Error;
use std::fs;

use handover_journeys::cloud::{CloudProcess, refused};

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn every_refusal_says_what_to_do() -> Outcome {
    let folder = tempfile::tempdir()?;
    let running = folder.path().join("running");
    let cloud = CloudProcess::demo(&running)?;
    let taken = format!("127.0.0.1:{}", cloud.url.port().ok_or("a port")?);
    let file = folder.path().join("file");
    fs::write(&file, "x")?;
    let fresh = folder.path().join("fresh");
    for (data, listen, arguments, says) in [
        (
            &fresh,
            taken.as_str(),
            &["--demo"][..],
            "choose another port with --listen",
        ),
        (
            &fresh,
            "0.0.0.0:0",
            &["--demo"],
            "--demo is for this machine alone",
        ),
        (
            &fresh,
            "192.0.2.1:0",
            &[],
            "Choose an address of this machine",
        ),
        (
            &running,
            "127.0.0.1:0",
            &["--demo"],
            "in use by another Handover cloud",
        ),
        (
            &file,
            "127.0.0.1:0",
            &[],
            "Choose a folder that you can write to",
        ),
    ] {
        let said = refused(data, listen, arguments)?;
        let text = String::from_utf8(said.stderr)?;
        assert_eq!(
            said.status.code(),
            Some(1),
            "{listen} {arguments:?}: {text}"
        );
        assert!(text.contains(says), "{listen} {arguments:?}: {text}");
        assert!(said.stdout.is_empty());
    }
    assert!(!fresh.exists(), "a refusal leaves nothing behind");
    Ok(())
}

#[test]
fn the_demo_prints_its_sign_ins_and_ends_gracefully() -> Outcome {
    let folder = tempfile::tempdir()?;
    let cloud = CloudProcess::demo(folder.path())?;
    let greeting = cloud.greeting.join("\n");
    for role in ["administrator", "support", "customer"] {
        assert!(greeting.contains(role), "{greeting}");
    }
    assert_eq!(cloud.stop()?, Some(0));
    assert!(
        !folder.path().join("cloud.db-wal").exists(),
        "the database is whole"
    );
    Ok(())
}
