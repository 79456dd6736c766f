//! What the pictures of `handover-hostile` cost: `cargo run --release -p handover-scan --example worst -- 1280 720`.

#![allow(clippy::print_stdout)]

use handover_hostile::{Canvas, Worst};
use handover_scan::{Frame, Scanner, thread_cpu_ms};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut side = |usual: u32| {
        let given = arguments.next();
        given.map_or(usual, |side| {
            side.parse().expect("a side is a number of pixels")
        })
    };
    let (width, height) = (side(1280), side(720));
    let only = arguments.next().unwrap_or_default();
    for worst in Worst::ALL.iter().filter(|worst| worst.name.contains(&only)) {
        println!("{:40} {}", worst.name, line(&worst.picture(width, height)));
    }
}

fn line(picture: &Canvas) -> String {
    let (width, height) = (picture.width(), picture.height());
    let frame =
        Frame::new(picture.grey(), width, height, width as usize).expect("a canvas is whole");
    let (report, ms) = thread_cpu_ms(|| Scanner::default().report(frame));
    let stages = report.stages.iter().map(|stage| {
        format!(
            " {}:{:.0}/{}/{}",
            stage.stage, stage.ms, stage.finders, stage.tried
        )
    });
    format!(
        "{ms:9.1} ms, {:3} read;{}",
        report.codes.len(),
        stages.collect::<String>()
    )
}
