//! The app's host: windows, plugins, keyring, camera. The use cases are in `handover_app`; what is here is what
//! only a platform can give.

mod commands;
#[cfg(desktop)]
mod desktop;
mod keyring;
#[cfg(mobile)]
mod mobile;

#[cfg(desktop)]
pub use desktop::main;
#[cfg(mobile)]
pub use mobile::main;

use std::sync::Arc;

use handover_app::{App, Host};
use tauri::{Builder, Manager, WebviewUrl, WebviewWindowBuilder, Wry};

/// The size of the window at its first start, in logical pixels; later it is as it was left.
#[cfg(desktop)]
const FIRST_SIZE: (f64, f64) = (1280.0, 800.0);
/// The smallest size that the UI is designed for: a small phone's.
#[cfg(desktop)]
const LEAST_SIZE: (f64, f64) = (320.0, 480.0);

/// The app with its commands, before the plugins of a platform.
fn builder(
    host: impl FnOnce(&tauri::AppHandle) -> tauri::Result<Arc<dyn Host>> + Send + 'static,
) -> Builder<Wry> {
    commands::add_to(Builder::default()).setup(move |app| {
        let host = host(app.handle())?;
        app.manage(App::new(host, now));
        open_window(app)?;
        Ok(())
    })
}

/// The host is the edge where the clock comes in; a clock before 1970 counts as 1970.
fn now() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the host is where the clock comes in"
    )]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}

fn open_window(app: &tauri::App) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default());
    #[cfg(desktop)]
    let window = window
        .title("Handover")
        .inner_size(FIRST_SIZE.0, FIRST_SIZE.1)
        .min_inner_size(LEAST_SIZE.0, LEAST_SIZE.1)
        // The web view handles dropped pictures by itself; Tauri's own handler would swallow them.
        .disable_drag_drop_handler();
    // Nothing of ours links away: whatever tries to navigate elsewhere is refused.
    window.on_navigation(is_own_page).build()?;
    Ok(())
}

fn is_own_page(url: &tauri::Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => {
            url.host_str() == Some("tauri.localhost")
                || (cfg!(debug_assertions) && url.host_str() == Some("localhost"))
        }
        _ => false,
    }
}
