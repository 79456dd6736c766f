//! Forms with files (`multipart/form-data`, RFC 7578), read as they come: no more of them is held than a boundary and what came
//! last.
//!
//! It is our own since a library (multer 3.1, which axum has, too) reads all that there is ahead, holds whatever stands before the
//! first boundary and in a field's headers until it ends, and searches that anew with each piece: what a device may make us do and
//! hold with one file is bounded here.

use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};

/// Bytes of the headers of a field at the most.
const MOST_HEADERS: usize = 8 * 1024;
/// Characters of a boundary at the most (RFC 2046).
const MOST_BOUNDARY: usize = 70;

/// What comes next of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A field begins: what it is called, and what its file is.
    Field {
        /// Empty where it has no name.
        name: String,
        /// None where it is no file.
        file: Option<String>,
    },
    /// More of what is in it.
    Data(Bytes),
    /// It has come to its end.
    End,
    /// So has the form.
    Over,
}

/// It is no form, or broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the form is malformed")]
pub struct Malformed;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first boundary.
    Before,
    /// Behind a boundary.
    Boundary,
    /// Within the headers of a field.
    Headers,
    /// Within a field.
    Data,
    /// Behind it, and behind the boundary that ends it.
    Ended,
    /// Behind the last boundary.
    Over,
}

/// A form as it comes.
pub struct Form {
    /// The end of a line and the boundary.
    boundary: Vec<u8>,
    held: BytesMut,
    state: State,
}

/// Where something begins in something longer.
fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|there| there == what)
}

impl Form {
    /// The form that headers announce; none where they announce something else.
    pub fn announced(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let (kind, parameters) = kind.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let parameters = parameters_of(parameters);
        let found = parameters.into_iter().find(|(name, _)| name == "boundary");
        let (_, boundary) = found?;
        (1..=MOST_BOUNDARY)
            .contains(&boundary.len())
            .then(|| Self::new(&boundary))
    }

    fn new(boundary: &str) -> Self {
        Self {
            boundary: format!("\r\n--{boundary}").into_bytes(),
            // The first boundary stands at the beginning of a line, too.
            held: BytesMut::from(&b"\r\n"[..]),
            state: State::Before,
        }
    }

    /// More of it has come.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.state != State::Over {
            self.held.extend_from_slice(bytes);
        }
    }

    /// What comes next; none as long as more has to come before that is clear.
    pub fn part(&mut self) -> Result<Option<Part>, Malformed> {
        loop {
            match self.state {
                State::Before => match self.until_boundary() {
                    (_, true) => self.state = State::Boundary,
                    (_, false) => return Ok(None),
                },
                State::Boundary => match self.held.get(..2) {
                    None => return Ok(None),
                    Some(b"--") => {
                        self.state = State::Over;
                        self.held.clear();
                    }
                    Some(b"\r\n") => {
                        // It stays: where there are no headers, it and the one behind it are all that there is of them.
                        self.state = State::Headers;
                    }
                    Some(_) => return Err(Malformed),
                },
                State::Headers => return self.headers(),
                State::Data => {
                    let (data, is_whole) = self.until_boundary();
                    if is_whole {
                        self.state = State::Ended;
                    }
                    if !data.is_empty() {
                        return Ok(Some(Part::Data(data)));
                    }
                    if !is_whole {
                        return Ok(None);
                    }
                }
                State::Ended => {
                    self.state = State::Boundary;
                    return Ok(Some(Part::End));
                }
                State::Over => return Ok(Some(Part::Over)),
            }
        }
    }

    /// Takes what stands before the next boundary, and that with it where it is there; else as much as can be no part of one.
    fn until_boundary(&mut self) -> (Bytes, bool) {
        match find(&self.held, &self.boundary) {
            Some(at) => {
                let before = self.held.split_to(at).freeze();
                let _ = self.held.split_to(self.boundary.len());
                (before, true)
            }
            None => {
                let sure = (self.held.len() + 1).saturating_sub(self.boundary.len());
                (self.held.split_to(sure).freeze(), false)
            }
        }
    }

    fn headers(&mut self) -> Result<Option<Part>, Malformed> {
        let Some(end) = find(&self.held, b"\r\n\r\n") else {
            return match self.held.len() > MOST_HEADERS {
                true => Err(Malformed),
                false => Ok(None),
            };
        };
        let lines = self.held.split_to(end + 4);
        let lines = String::from_utf8_lossy(&lines);
        let (mut name, mut file) = (String::new(), None);
        for line in lines.lines() {
            let Some((header, value)) = line.split_once(':') else {
                continue;
            };
            if !header.trim().eq_ignore_ascii_case("content-disposition") {
                continue;
            }
            for (parameter, value) in parameters_of(value) {
                match parameter.as_str() {
                    "name" => name = value,
                    "filename" => file = Some(value),
                    _ => {}
                }
            }
        }
        self.state = State::Data;
        Ok(Some(Part::Field { name, file }))
    }
}

/// The parameters of a header, their names in small letters. In quotes a backslash stands before a quote and before itself;
/// browsers write a quote as `%22`, which stays as it is.
fn parameters_of(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.rsplit(';').next().unwrap_or_default().trim();
        let (value, behind) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        found.push((name.to_ascii_lowercase(), value));
        rest = behind;
    }
    found
}

/// A text up to its closing quote, and what stands behind that.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut escaped = false;
    for (at, sign) in text.char_indices() {
        match sign {
            '"' if !escaped => return (value, &text[at + 1..]),
            '\\' if !escaped && text[at + 1..].starts_with(['"', '\\']) => escaped = true,
            sign => {
                escaped = false;
                value.push(sign);
            }
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A field: its name, its file's, and what is in it.
    type Field = (String, Option<String>, Vec<u8>);

    /// Each field with what is in it, where the form comes in pieces of this length.
    fn fields(text: &[u8], at_once: usize) -> Result<Vec<Field>, Malformed> {
        let mut form = Form::new("b0");
        let mut all = Vec::new();
        let mut pieces = text.chunks(at_once);
        loop {
            match form.part()? {
                Some(Part::Field { name, file }) => all.push((name, file, Vec::new())),
                Some(Part::Data(data)) => {
                    let (_, _, last) = all.last_mut().expect("a field began");
                    last.extend_from_slice(&data);
                }
                Some(Part::End) => {}
                Some(Part::Over) => return Ok(all),
                None => form.feed(pieces.next().ok_or(Malformed)?),
            }
        }
    }

    fn field(name: &str, file: Option<&str>, data: &[u8]) -> Field {
        (name.to_owned(), file.map(str::to_owned), data.to_vec())
    }

    #[test]
    fn a_form_is_read_however_it_comes() {
        let form: &[u8] = b"before\r\n--b0\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nlog\r\n--b0\r\n\
            content-disposition: form-data; name=\"upfile\"; filename=\"a\\\"b.txt\"\r\n\
            Content-Type: text/html\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b0\r\n\
            Content-Disposition: form-data; name=upfile; filename=\"\"\r\n\r\n\r\n--b0\r\n\r\nbare\r\n--b0--\r\nbehind";
        let want = vec![
            field("type", None, b"log"),
            field("upfile", Some("a\"b.txt"), b"one\r\n--b\r\n\r\ntwo"),
            field("upfile", Some(""), b""),
            field("", None, b"bare"),
        ];
        for at_once in 1..form.len() {
            assert_eq!(fields(form, at_once), Ok(want.clone()), "{at_once}");
        }
    }

    #[test]
    fn what_is_no_form_or_breaks_off_is_told() {
        let endless = [b"--b0\r\n".to_vec(), vec![b'x'; 20_000]].concat();
        for text in [
            &b""[..],
            b"--b0",
            b"--b0\r\nContent-Disposition: form-data; name=\"upfile\"\r\n\r\nhalf",
            b"--b0x\r\n\r\n\r\n--b0--",
            &endless,
        ] {
            assert_eq!(fields(text, 7), Err(Malformed));
        }
    }

    #[test]
    fn a_form_is_told_from_what_else_is_sent() {
        for (kind, want) in [
            ("multipart/form-data; boundary=b0", true),
            ("Multipart/Form-Data; charset=utf-8; boundary=\"b 0\"", true),
            ("multipart/form-data", false),
            ("multipart/form-data; boundary=", false),
            ("multipart/mixed; boundary=b0", false),
            ("application/json", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, kind.parse().expect("a header"));
            assert_eq!(Form::announced(&headers).is_some(), want, "{kind}");
        }
        let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, long.parse().expect("a header"));
        assert!(Form::announced(&headers).is_none());
    }

    proptest! {
        #[test]
        fn bytes_come_out_as_they_went_in(
            data in prop::collection::vec(prop_oneof![4 => any::<u8>(), 1 => Just(b'\r'), 1 => Just(b'\n'), 1 => Just(b'-')], 0..300),
            at_once in 1_usize..40,
        ) {
            prop_assume!(find(&data, b"\r\n--b0").is_none());
            let head = b"--b0\r\nContent-Disposition: form-data; name=\"upfile\"; filename=\"x\"\r\n\r\n";
            let form = [&head[..], &data, b"\r\n--b0--\r\n"].concat();
            prop_assert_eq!(fields(&form, at_once), Ok(vec![field("upfile", Some("x"), &data)]));
        }

        #[test]
        fn whatever_comes_comes_to_an_end(text in prop::collection::vec(any::<u8>(), 0..300), at_once in 1_usize..40) {
            drop(fields(&text, at_once));
        }
    }
}
