//! The bridge from a command to what it awaits.

use std::cell::RefCell;
use std::future::Future;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use handover_client::Client;

use crate::failure::Failure;

/// How long a cloud may take to hear that a command is over.
const GOODBYE: Duration = Duration::from_secs(3);

tokio::task_local! {
    /// The sessions that the running command began.
    static BEGUN: RefCell<Vec<Arc<Client>>>;
}

/// Runs a command that talks to a cloud. The sessions that it began end with it: whoever looks where they are signed in finds
/// no list of commands.
pub fn block_on<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Threads)?;
    runtime.block_on(BEGUN.scope(RefCell::default(), async {
        let outcome = command.await;
        let begun = BEGUN.with(|begun| mem::take(&mut *begun.borrow_mut()));
        for client in begun {
            // A cloud that does not hear it ends the session by itself.
            let _ = tokio::time::timeout(GOODBYE, client.revoke()).await;
        }
        outcome
    }))
}

/// Notes that the running command began a session.
pub fn begun(client: &Arc<Client>) {
    // Outside of a command nobody waits for the end.
    let _ = BEGUN.try_with(|begun| begun.borrow_mut().push(client.clone()));
}
