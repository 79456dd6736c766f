//! A file of a device, over the HTTP device API.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use handover_device::AuthToken;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long the cloud may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of its answer that are read; the first line says all.
const MOST_HEARD: u64 = 4_096;
/// What stands between the parts of the form. No line of a device's file begins with it.
const BOUNDARY: &str = "a-simulated-file";

/// Uploads a file as firmware does, on a connection of its own. Whether the cloud took it.
///
/// # Errors
/// Where the cloud is not there, or hung up.
pub async fn upload(
    cloud: SocketAddr,
    token: &AuthToken,
    name: &str,
    text: &str,
) -> io::Result<bool> {
    let request = request(cloud, token, name, text);
    let exchange = async {
        let mut stream = TcpStream::connect(cloud).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(MOST_HEARD).read_to_end(&mut answer).await?;
        Ok::<_, io::Error>(answer.starts_with(b"HTTP/1.1 200 "))
    };
    timeout(PATIENCE, exchange).await?
}

fn request(cloud: SocketAddr, token: &AuthToken, name: &str, text: &str) -> String {
    let form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"upfile\"; filename=\"{name}\"\r\n\r\n\
         {text}\r\n--{BOUNDARY}--\r\n"
    );
    format!(
        "POST /external/api/upload?token={} HTTP/1.1\r\nHost: {cloud}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {}\r\n\r\n{form}",
        token.text(),
        form.len()
    )
}
