//! The gateway's auth token: from a file that nobody else may read, or from the environment. Never from a command line.

use std::io;
use std::path::{Path, PathBuf};

use handover_device::AuthToken;
use handover_wire::Secret;

/// The variable that has the token, where no file is named.
pub const TOKEN: &str = "HANDOVER_GATEWAY_TOKEN";

/// Why there is no token. None of these holds one.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Others may read the file.
    #[error("{} has the gateway's token, and others may read it: chmod 600 (root's may be 640)", path.display())]
    Open {
        /// Which.
        path: PathBuf,
    },
    /// There is none.
    #[error("there is no token: name its file (`token-file` in [cloud]), or set {TOKEN}")]
    Missing,
    /// It is something else.
    #[error("what {0} has is no auth token: 32 letters, digits, - or _")]
    Wrong(String),
}

/// Reads the token. `variable` is what the environment has.
///
/// # Errors
/// Where there is none.
pub fn token(file: Option<&Path>, variable: Option<String>) -> Result<Secret, NoToken> {
    let (text, place) = match (file, variable) {
        (Some(path), _) => (read(path)?, path.display().to_string()),
        (None, Some(text)) => (Secret::new(text), TOKEN.to_owned()),
        (None, None) => return Err(NoToken::Missing),
    };
    let text = Secret::new(text.expose().trim());
    AuthToken::new(text.expose()).map_err(|_| NoToken::Wrong(place))?;
    Ok(text)
}

fn read(path: &Path) -> Result<Secret, NoToken> {
    let failed = |source| NoToken::File {
        path: path.to_owned(),
        source,
    };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = file.metadata().map_err(failed)?;
        // Root may lend it to a group: so do those who administer services, and systemd's credentials.
        let private = if metadata.uid() == 0 { 0o037 } else { 0o077 };
        if metadata.mode() & private != 0 {
            return Err(NoToken::Open {
                path: path.to_owned(),
            });
        }
    }
    let mut text = String::new();
    io::Read::read_to_string(&mut file, &mut text).map_err(failed)?;
    Ok(Secret::new(text))
}
