//! WeChatQRCode, which lives in OpenCV and is reached through Python.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use handover_scan::Picture;
use serde::Deserialize;

use super::{Contestant, NO_TEXT, Peer, Reading, middle};
use crate::options::Scan;

const SCRIPT: &str = include_str!("wechat.py");

/// A Python process that decodes.
struct WeChat {
    child: Child,
    pictures: ChildStdin,
    answers: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Answer {
    ms: f64,
    codes: Vec<Found>,
    failed: bool,
}

#[derive(Deserialize)]
struct Found {
    text: Option<String>,
    corners: Vec<[f32; 2]>,
}

/// WeChatQRCode, or why there is none.
pub fn new(options: &Scan) -> Result<Contestant, String> {
    let models = options.wechat_models.clone();
    let models = models.ok_or("--wechat-models does not say where its models are")?;
    let python = options.python.clone();
    WeChat::start(&python, &models)?;
    Ok(Contestant::new("WeChat", move || restart(&python, &models)))
}

fn restart(python: &Path, models: &Path) -> WeChat {
    WeChat::start(python, models).expect("it started once")
}

impl WeChat {
    fn start(python: &Path, models: &Path) -> Result<Self, String> {
        let mut child = Command::new(python)
            .args(["-c", SCRIPT])
            .arg(models)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", python.display()))?;
        let pictures = child.stdin.take().expect("it is piped");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut wechat = Self {
            child,
            pictures,
            answers,
        };
        wechat.line().map_err(|_| {
            "Python says above what is missing (OpenCV 4: `opencv-contrib-python-headless<5`; models)"
                .to_owned()
        })?;
        Ok(wechat)
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
        }
    }

    fn ask(&mut self, picture: &Picture) -> std::io::Result<Answer> {
        writeln!(self.pictures, "{} {}", picture.width, picture.height)?;
        self.pictures.write_all(&picture.grey)?;
        self.pictures.flush()?;
        Ok(serde_json::from_str(&self.line()?)?)
    }
}

impl Peer for WeChat {
    fn read(&mut self, picture: &Picture) -> (Vec<Reading>, f64) {
        let answer = self.ask(picture).expect("the Python process answers");
        assert!(!answer.failed, "OpenCV stumbled");
        let reading = |found: Found| Reading {
            // Python's binding refuses bytes that are not UTF-8: then it is known that a code was read and no more.
            text: found.text.unwrap_or_else(|| NO_TEXT.to_owned()),
            centre: middle(found.corners),
        };
        (answer.codes.into_iter().map(reading).collect(), answer.ms)
    }
}

impl Drop for WeChat {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
