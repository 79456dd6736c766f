use std::fs;

use crate::run::{argument, command, run};

/// Runs it with a token that is there.
fn with_token(arguments: &[&str]) -> (i32, String, String) {
    let mut command = command(arguments);
    command.env("HANDOVER_GATEWAY_TOKEN", "abcdefghijklmnopqrstuvwxyz012345");
    let output = command.output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    (
        output.status.code().expect("no signal"),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn the_example_is_checked_and_says_what_it_would_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gateway.toml");
    let example = run(&["gateway", "--example"]);
    assert_eq!(example.status, 0, "{}", example.err);
    // Its token is in a file that is not there.
    fs::write(&file, &example.out).expect("a file");
    let checked = run(&["gateway", "check", argument(&file)]);
    assert_eq!(checked.status, 1);
    assert!(
        checked
            .out
            .contains("To the cloud at https://cloud.example/"),
        "{}",
        checked.out
    );
    assert!(checked.err.contains("gateway.token"), "{}", checked.err);
    let without = example.out.replace("token-file = ", "# ");
    fs::write(&file, &without).expect("a file");
    let (status, out, err) = with_token(&[
        "gateway",
        "check",
        argument(&file),
        "--from",
        "a84041000181c061",
        "--hex",
        "01 026c 85 96",
    ]);
    assert_eq!(status, 0, "{err}");
    for line in [
        "Keeps 50000 values in /var/lib/handover-gateway",
        "Takes datagrams at 127.0.0.1:7700",
        "Rules: 3",
        "V1 is 22",
        "V4 is open",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    let (_, out, _) = with_token(&[
        "gateway",
        "check",
        argument(&file),
        "--json",
        "--from",
        "other",
        "--text",
        "21.5",
    ]);
    let plan: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        plan["payload"]["nothing"][0],
        "the payload is not a JSON object"
    );
    assert!(!out.contains("abcdefgh"), "{out}");
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_no_token_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gateway.toml");
    fs::write(
        &file,
        "folder = 'f'\n[cloud]\naddress = 'http://cloud.example'\n",
    )
    .expect("a file");
    let wrong = run(&["gateway", "--config", argument(&file)]);
    assert_eq!(wrong.status, 1);
    assert!(wrong.err.contains("line 3: "), "{}", wrong.err);

    let token = folder.path().join("token");
    fs::write(&token, "abcdefghijklmnopqrstuvwxyz012345").expect("a file");
    let right = "folder = 'f'\n[cloud]\naddress = 'https://cloud.example'\ntoken-file = 'token'\n[[input]]\nkind = 'stdin'\n";
    fs::write(&file, right).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).expect("a mode");
        let open = run(&["gateway", "--config", argument(&file)]);
        assert_eq!(open.status, 1);
        assert!(open.err.contains("chmod 600"), "{}", open.err);
        assert!(!open.err.contains("abcdefgh"), "{}", open.err);
    }
    let both = [run(&["gateway", "--help"]), run(&["gateways", "--help"])];
    assert!(both[0].out.contains("handover gateways"), "{}", both[0].out);
    assert!(
        both[1].out.contains("`handover gateway`"),
        "{}",
        both[1].out
    );
}
