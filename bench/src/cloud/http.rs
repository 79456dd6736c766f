//! A connection that stays open, with as little around it as there can be: the client runs on the same processors as the
//! cloud that is measured.

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use url::Url;

use super::Trouble;

/// The path that all of the Platform API stands under.
const API: &str = "/api/v1/organization";

/// A connection of somebody.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    /// The access token; empty before the sign-in.
    access: String,
}

/// What came back.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body of an answer that must be a good one.
    pub fn json(&self) -> Result<Value, Trouble> {
        if !(200..300).contains(&self.status) {
            let body = String::from_utf8_lossy(&self.body).into_owned();
            return Err(Trouble::Refused(self.status, body));
        }
        Ok(serde_json::from_slice(&self.body).unwrap_or_default())
    }
}

impl Connection {
    /// Connects; `access` is the access token that every call brings.
    pub async fn open(url: &Url, access: &str) -> Result<Self, Trouble> {
        let port = url.port_or_known_default().unwrap_or(80);
        let host = format!("{}:{port}", url.host_str().unwrap_or_default());
        Ok(Self {
            sender: connected(&host).await?,
            host,
            access: access.to_owned(),
        })
    }

    /// Asks for something below the Platform API.
    pub async fn get(&mut self, path: &str) -> Result<Answer, Trouble> {
        let request = self.request(Method::GET, &format!("{API}{path}"));
        self.send(request.body(Full::default())?).await
    }

    /// Sends JSON to a path below the Platform API.
    pub async fn post(&mut self, path: &str, body: &Value) -> Result<Answer, Trouble> {
        self.post_to(&format!("{API}{path}"), body).await
    }

    /// Sends JSON to any path.
    pub async fn post_to(&mut self, path: &str, body: &Value) -> Result<Answer, Trouble> {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.to_string().into())?).await
    }

    /// Sends a table to a path below the Platform API.
    pub async fn table(&mut self, path: &str, table: String) -> Result<Answer, Trouble> {
        let request = self
            .request(Method::POST, &format!("{API}{path}"))
            .header(header::CONTENT_TYPE, "text/csv");
        self.send(request.body(table.into())?).await
    }

    /// Sends a form to any path.
    pub async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, Trouble> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(body.into())?).await
    }

    /// Asks for any path.
    pub async fn get_from(&mut self, path: &str) -> Result<Answer, Trouble> {
        let request = self.request(Method::GET, path);
        self.send(request.body(Full::default())?).await
    }

    /// Claims a label, with a code where it takes one, under a key that is used once.
    pub async fn claim(
        &mut self,
        label: &str,
        code: Option<&str>,
        key: &str,
    ) -> Result<Answer, Trouble> {
        let request = self
            .request(Method::POST, &format!("{API}/static-tokens/claim"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        let body = match code {
            None => format!("{{\"token\":\"{label}\"}}"),
            Some(code) => format!("{{\"token\":\"{label}\",\"claimCode\":\"{code}\"}}"),
        };
        self.send(request.body(body.into())?).await
    }

    /// Takes a large body piece by piece, and gives its length.
    pub async fn download(
        &mut self,
        path: &str,
        mut taken: impl FnMut(&[u8]),
    ) -> Result<u64, Trouble> {
        let request = self.request(Method::GET, &format!("{API}{path}"));
        let mut response = self.answer(request.body(Full::default())?).await?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(Trouble::Refused(status, path.to_owned()));
        }
        let mut length = 0;
        while let Some(frame) = response.body_mut().frame().await {
            if let Some(piece) = frame?.data_ref() {
                length += piece.len() as u64;
                taken(piece);
            }
        }
        Ok(length)
    }

    fn request(&self, method: Method, path: &str) -> hyper::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host);
        match self.access.is_empty() {
            true => request,
            false => request.header(header::AUTHORIZATION, format!("Bearer {}", self.access)),
        }
    }

    async fn answer(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Trouble> {
        // The cloud closes what said nothing for a while, and a measurement may have waited for something else that long.
        if self.sender.ready().await.is_err() {
            self.sender = connected(&self.host).await?;
            self.sender.ready().await?;
        }
        Ok(self.sender.send_request(request).await?)
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Trouble> {
        let response = self.answer(request).await?;
        Ok(Answer {
            status: response.status().as_u16(),
            body: response.into_body().collect().await?.to_bytes(),
        })
    }
}

/// Connects to a host and its port.
async fn connected(host: &str) -> Result<SendRequest<Full<Bytes>>, Trouble> {
    let stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}
