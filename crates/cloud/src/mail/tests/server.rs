//! A mail server that does wrong on demand, as no real one does. It speaks as much of RFC 5321 as a mail takes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use handover_wire::Secret;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::mail::MailServer;

/// What goes wrong with a mail.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// This answer in place of the one that takes it.
    Answer(&'static str),
    /// The connection ends before the mail is there.
    Hangup,
    /// The connection ends once the mail is there, in place of an answer.
    HangupAfterMail,
    /// No answer comes.
    Silence,
}

#[derive(Default)]
struct Book {
    faults: VecDeque<Fault>,
    mails: Vec<String>,
}

/// The server; it ends with this value.
pub struct Server {
    port: u16,
    book: Arc<Mutex<Book>>,
    task: JoinHandle<()>,
}

/// A server's address, with a sender.
pub fn at(url: &str) -> MailServer {
    let from = Some("Handover <no-reply@cloud.example>");
    let parsed = MailServer::parse(Some(&Secret::new(url)), from);
    parsed.expect("an address").expect("a server")
}

impl Server {
    /// Starts one that does these wrongs, one with each mail, and takes all mails after.
    pub async fn start<const N: usize>(faults: [Fault; N]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let book = Arc::new(Mutex::new(Book {
            faults: faults.into(),
            mails: Vec::new(),
        }));
        let kept = book.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let book = kept.clone();
                // A client that goes away is what some tests are about.
                tokio::spawn(async move { converse(stream, &book).await.ok() });
            }
        });
        Self { port, book, task }
    }

    /// Where it is.
    pub fn address(&self) -> MailServer {
        at(&format!("smtp://127.0.0.1:{}?tls=none", self.port))
    }

    /// All mails that came, be it that they were answered or not.
    pub fn mails(&self) -> Vec<String> {
        self.book.lock().expect("not poisoned").mails.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(stream: TcpStream, book: &Mutex<Book>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 test").await?;
    let mut fault = None;
    while let Some(line) = line(&mut stream).await? {
        let command = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match command.as_str() {
            "EHLO" | "HELO" => "250 test",
            "MAIL" => {
                fault = book.lock().expect("not poisoned").faults.pop_front();
                "250 ok"
            }
            "RCPT" => match fault {
                Some(Fault::Answer(answer)) => answer,
                Some(Fault::Hangup) => return Ok(()),
                Some(Fault::Silence) => return std::future::pending().await,
                Some(Fault::HangupAfterMail) | None => "250 ok",
            },
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                let mail = data(&mut stream).await?;
                book.lock().expect("not poisoned").mails.push(mail);
                if fault.is_some() {
                    return Ok(());
                }
                "250 taken"
            }
            "QUIT" => {
                say(&mut stream, "221 bye").await?;
                return Ok(());
            }
            _ => "250 ok",
        };
        say(&mut stream, answer).await?;
    }
    Ok(())
}

async fn say(stream: &mut BufReader<TcpStream>, answer: &str) -> std::io::Result<()> {
    stream.write_all(format!("{answer}\r\n").as_bytes()).await
}

async fn line(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await?;
    Ok((read > 0).then_some(line))
}

/// The lines up to the one with a single dot.
async fn data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    while let Some(line) = line(stream).await? {
        if line == ".\r\n" {
            break;
        }
        mail.push_str(&line);
    }
    Ok(mail)
}
