//! The least that makes a node: sends what it is given on its standard input, line by line, over UDP.
//!
//! ```text
//! HANDOVER_TOKEN=... node STORE HERE NEIGHBOUR...
//! ```
//!
//! Its size, as docs/MESH.md tells it, is this program's.

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;
use std::io::{BufRead, stdin};
use std::path::Path;
use std::time::Duration;

use handover_device::link::udp::UdpLink;
use handover_device::{AuthToken, FileStore, MeshNode, Node, seed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(store), Some(here)) = (words.next(), words.next()) else {
        return Err("HANDOVER_TOKEN=... node STORE HERE NEIGHBOUR...".into());
    };
    // Not on the command line, where everybody on the machine could read it.
    let token = AuthToken::new(&std::env::var("HANDOVER_TOKEN")?)?;
    let neighbours: Result<Vec<_>, _> = words.map(|word| word.parse()).collect();
    let link = UdpLink::bind(here.parse()?, neighbours?).await?;
    let store = FileStore::open(Path::new(&store))?;
    let node = Node::open(token, store, Default::default(), seed()?)?;
    let (node, running) = MeshNode::start(node, link);
    tokio::select! {
        ended = running => Ok(ended?),
        () = talk(node) => Ok(()),
    }
}

async fn talk(node: MeshNode) {
    let (lines, mut read) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            if lines.blocking_send(line).is_err() {
                break;
            }
        }
    });
    loop {
        tokio::select! {
            Some(line) = read.recv() => match node.send(line.into_bytes()).await {
                Ok(Ok(sent)) => {
                    let number = sent.number;
                    let told = async move { println!("{number}: {:?}", sent.fate().await) };
                    tokio::spawn(told);
                }
                Ok(Err(refused)) => println!("{refused}"),
                Err(stopped) => return println!("{stopped}"),
            },
            received = node.receive() => {
                let Ok(received) = received else { return };
                println!("{}", String::from_utf8_lossy(&received.payload));
                _ = node.taken(received.command).await;
            }
            else => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
}
