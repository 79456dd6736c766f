//! A cloud of a test's own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use handover_cloud::Demo;
use handover_wire::{Role, TokenStatus};
use tempfile::TempDir;

use crate::run::{Outcome, argument, command, run_with_input};

/// A cloud with demo data that ends with the test.
pub struct TestCloud {
    process: Child,
    pub url: String,
    /// Where it speaks MQTT.
    pub mqtt: String,
    pub demo: Demo,
    pub data: TempDir,
}

impl TestCloud {
    /// Starts one.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with more on its command line.
    pub fn start_with(more: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("there is room for a folder");
        let folder = argument(data.path());
        let arguments = [
            "cloud",
            "--data",
            folder,
            "--listen",
            "127.0.0.1:0",
            "--demo",
        ];
        let mut process = command(&[&arguments, more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let out = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut lines = out.lines().map(|line| line.expect("it prints text"));
        let url = lines
            .find_map(|line| Some(line.strip_prefix("Handover cloud: ")?.to_owned()))
            .expect("it says where it is");
        let mqtt = lines
            .find_map(|line| Some(line.strip_prefix("MQTT: ")?.to_owned()))
            .expect("a demo speaks MQTT");
        let demo = fs::read(data.path().join("demo.json")).expect("the demo is written before");
        Self {
            process,
            url,
            mqtt,
            demo: serde_json::from_slice(&demo).expect("it is a demo"),
            data,
        }
    }

    /// Runs a command as the customer, with this after the password on standard input.
    pub fn as_customer(&self, arguments: &[&str], input: &str) -> Outcome {
        self.run_as(Role::User, arguments, input)
    }

    /// Runs a command as whoever of the demo has this role.
    pub fn run_as(&self, role: Role, arguments: &[&str], input: &str) -> Outcome {
        let users = &self.demo.users;
        let user = users.iter().find(|user| user.role == role);
        let user = user.expect("the demo has one of each role");
        let account = ["--server", &self.url, "--email", &user.email];
        let password = user.password.expose();
        run_with_input(
            &[arguments, &account].concat(),
            format!("{password}\n{input}\n").as_bytes(),
        )
    }

    /// The QR token of a label that nobody has claimed.
    pub fn unclaimed(&self) -> &str {
        let tokens = &self.demo.tokens;
        let token = tokens
            .iter()
            .find(|token| token.status == TokenStatus::Unclaimed);
        token
            .expect("the demo has unclaimed labels")
            .qr_token
            .expose()
    }
}

impl Drop for TestCloud {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed then.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
