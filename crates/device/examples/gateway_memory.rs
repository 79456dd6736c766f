//! How much memory a gateway needs: with no nodes, or with 100 that each sent it ten messages that the cloud does not take.
//!
//! ```text
//! gateway_memory STORE NODES
//! ```

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use handover_device::{
    AuthToken, Derivation, FileStore, Gateway, MemoryStore, Node, NodeConfig, NodeId, NodeOutput,
    Signal,
};

const MESSAGES: u64 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(store), Some(nodes)) = (words.next(), words.next()) else {
        return Err("gateway_memory STORE NODES".into());
    };
    let nodes: u64 = nodes.parse()?;
    let store = FileStore::open(Path::new(&store))?;
    let mut gateway = Gateway::open(store, Default::default(), 1)?;
    for number in 0..nodes {
        let token = AuthToken::new(&format!("node{number:028}"))?;
        gateway.pair(NodeId(number), token.keys(Derivation(0)))?;
        let store = MemoryStore::default();
        let mut node = Node::open(token, store, NodeConfig::default(), number)?;
        for message in 0..MESSAGES {
            node.send(format!("temperature {message}.5").as_bytes())?;
            let now = Duration::from_secs(100 * (number * MESSAGES + message));
            exchange(&mut gateway, &mut node, now)?;
        }
        assert_eq!(node.waiting().count(), 0, "all is acknowledged");
    }
    println!(
        "{} nodes, {} messages wait",
        gateway.nodes().len(),
        gateway.waiting().len()
    );
    let status = std::fs::read_to_string("/proc/self/status")?;
    let lines = status
        .lines()
        .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    lines.for_each(|line| println!("{line}"));
    Ok(())
}

/// They talk until both are silent; nothing is lost between them.
fn exchange(
    gateway: &mut Gateway<FileStore>,
    node: &mut Node<MemoryStore>,
    now: Duration,
) -> Result<(), Box<dyn Error>> {
    loop {
        let mut quiet = true;
        while let Some(output) = node.poll(now)? {
            if let NodeOutput::Send(bytes) = output {
                gateway.hear(&bytes, Signal(-80), now);
            }
            quiet = false;
        }
        while let Some(bytes) = gateway.poll(now)? {
            node.hear(&bytes, Signal(-80), now)?;
            quiet = false;
        }
        if quiet {
            return Ok(());
        }
    }
}
