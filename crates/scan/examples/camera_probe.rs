//! Reads a camera until it is killed and prints what happens, one JSON object a line:
//! `camera_probe list` for the cameras, `camera_probe [ID]` for a camera's events.

use std::io::{self, Write};
use std::thread;

use handover_scan::LiveScanner;
use handover_scan::camera::{self, Camera};
use handover_scan::live::{CameraError, Live, LiveEvent};
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    let id = std::env::args().nth(1);
    if id.as_deref() == Some("list") {
        return say(&match camera::list() {
            Ok(cameras) => json!({ "cameras": cameras }),
            Err(cause) => trouble(&cause),
        });
    }
    let live = Live::start(Camera(id), Box::new(LiveScanner::default()), |event| {
        // Nobody reads any more: the end of the process is near.
        let _ = say(&event_json(&event));
    });
    loop {
        thread::park();
        // Parked threads may wake for no reason; the camera runs until the process is killed.
        let _ = &live;
    }
}

fn say(line: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn event_json(event: &LiveEvent) -> Value {
    match event {
        LiveEvent::Live(can) => {
            let (zoom, torch) = (can.zoom.is_some(), can.torch.is_some());
            json!({ "event": "live", "zoom": zoom, "torch": torch })
        }
        LiveEvent::Trouble(cause) => trouble(cause),
        LiveEvent::Seen(seen) => {
            let texts: Vec<_> = seen.codes.iter().map(|code| &code.text).collect();
            json!({ "event": "codes", "texts": texts })
        }
    }
}

fn trouble(cause: &CameraError) -> Value {
    json!({ "event": "trouble", "code": cause.code(), "message": cause.to_string() })
}
