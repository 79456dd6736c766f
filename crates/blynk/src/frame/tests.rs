use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const MOST: usize = 1024;

fn id(number: u16) -> MessageId {
    MessageId::new(number).expect("an id")
}

#[test]
fn published_messages_are_read() {
    let login = |payload| Frame { id: id(1), payload };
    let rows: [(&[u8], Frame<'_>); 4] = [
        (
            &[29, 0, 1, 0, 3, b'a', b'b', b'c'],
            login(Payload::Request(Command::Login, b"abc")),
        ),
        (&[0, 0, 1, 0, 200], login(Payload::Response(Status::Ok))),
        (
            &[6, 0, 1, 0, 0],
            login(Payload::Request(Command::Ping, b"")),
        ),
        (&[77, 0, 1, 0, 2, 1, 2], login(Payload::Unknown(77))),
    ];
    for (bytes, want) in rows {
        assert_eq!(Frame::read(bytes, MOST), Ok(Some((want, bytes.len()))));
    }
}

#[test]
fn what_is_no_message_is_told_at_its_header() {
    let rows: [(&[u8], FrameError); 3] = [
        (&[29, 0, 0, 0, 1], FrameError::NoId),
        (&[0, 0, 0, 0, 200], FrameError::NoId),
        (
            &[20, 0, 1, 4, 1],
            FrameError::TooLong {
                length: 1025,
                most: MOST,
            },
        ),
    ];
    for (bytes, want) in rows {
        assert_eq!(Frame::read(bytes, MOST), Err(want));
    }
    // A status is no length: the largest one is as short as the others.
    let bytes = [0, 0, 1, 255, 255];
    let frame = Frame::response(id(1), Status::Other(u16::MAX));
    assert_eq!(Frame::read(&bytes, MOST), Ok(Some((frame, HEADER))));
}

#[test]
fn a_body_that_no_header_can_tell_is_not_written() {
    let body = vec![b'x'; 65_536];
    let payload = Payload::Request(Command::Hardware, &body);
    let mut out = Vec::new();
    let written = Frame { id: id(1), payload }.write(&mut out);
    let length = body.len();
    let most = 65_535;
    assert_eq!(written, Err(FrameError::TooLong { length, most }));
    assert!(out.is_empty(), "not even its beginning");
}

fn commands() -> impl Strategy<Value = Command> {
    select(Command::ALL.map(|(_, command)| command).to_vec())
}

/// Reads all messages of a stream that arrives in pieces of these lengths, as a connection does.
fn read_all(stream: &[u8], pieces: &[usize]) -> Vec<(u16, Option<Command>, Vec<u8>)> {
    let mut pieces = pieces.iter().copied().chain([stream.len()]);
    let (mut held, mut sent, mut found) = (Vec::new(), 0, Vec::new());
    while sent < stream.len() {
        let end = stream.len().min(sent + pieces.next().unwrap_or(1).max(1));
        held.extend(&stream[sent..end]);
        sent = end;
        while let Some((frame, length)) = Frame::read(&held, MOST).expect("messages") {
            found.push(match frame.payload {
                Payload::Request(command, body) => (frame.id.get(), Some(command), body.to_vec()),
                Payload::Response(_) | Payload::Unknown(_) => (frame.id.get(), None, Vec::new()),
            });
            held.drain(..length);
        }
    }
    assert!(held.is_empty());
    found
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        number in 1..=u16::MAX,
        command in commands(),
        body in vec(any::<u8>(), 0..=MOST),
        behind in vec(any::<u8>(), 0..8),
    ) {
        let frame = Frame { id: id(number), payload: Payload::Request(command, &body) };
        let mut out = Vec::new();
        frame.write(&mut out).expect("it is short");
        let length = out.len();
        out.extend(behind);
        prop_assert_eq!(Frame::read(&out, MOST), Ok(Some((frame, length))));
        for cut in 0..length {
            prop_assert_eq!(Frame::read(&out[..cut], MOST), Ok(None));
        }
    }

    #[test]
    fn however_a_stream_is_cut_it_says_the_same(
        messages in vec((1..=u16::MAX, commands(), vec(any::<u8>(), 0..40)), 0..12),
        pieces in vec(1_usize..30, 0..40),
    ) {
        let mut stream = Vec::new();
        for (number, command, body) in &messages {
            let payload = Payload::Request(*command, body);
            Frame { id: id(*number), payload }.write(&mut stream).expect("it is short");
        }
        let want: Vec<_> = messages
            .into_iter()
            .map(|(number, command, body)| (number, Some(command), body))
            .collect();
        prop_assert_eq!(read_all(&stream, &pieces), want);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..64), most in 0..2_000_usize) {
        if let Ok(Some((_, length))) = Frame::read(&bytes, most) {
            prop_assert!(length <= bytes.len() && length >= HEADER);
        }
    }
}
