//! Scripted cameras and decoders: every step waits on a channel, none on the clock.

use std::sync::mpsc::{self, Receiver, Sender};

use super::*;
use crate::{Frame, Hint};

/// Failing tests end; passing ones never come near.
const LIMIT: Duration = Duration::from_secs(30);

type Shot = Result<u8, CameraError>;
type Opening = Result<Receiver<Shot>, CameraError>;

/// Opens what the test sends, and then no more.
struct ScriptedOpener(Receiver<Opening>);

impl OpenSource for ScriptedOpener {
    fn open(&mut self) -> Result<Box<dyn Source>, CameraError> {
        let shots = self.0.recv().unwrap_or(Err(CameraError::NoCamera))?;
        Ok(Box::new(ScriptedSource(shots)))
    }
}

struct ScriptedSource(Receiver<Shot>);

impl Source for ScriptedSource {
    fn next_frame(&mut self) -> Result<ColorFrame, CameraError> {
        let grey = self.0.recv().unwrap_or(Err(CameraError::Unplugged))?;
        assert_ne!(grey, PANIC, "a driver that panics");
        Ok(ColorFrame {
            width: 1920,
            height: 2,
            rgba: vec![grey; 1920 * 2 * 4],
            grey: vec![grey; 1920 * 2],
        })
    }

    fn abilities(&mut self) -> Abilities {
        ABILITIES
    }

    fn obey(&mut self, wish: Wish) -> Result<(), CameraError> {
        match wish {
            Wish::Zoom(9.0) => panic!("a driver that panics"),
            Wish::Zoom(_) => Ok(()),
            Wish::Torch(_) => Err(CameraError::Busy),
        }
    }
}

/// A frame of this grey makes the driver panic.
const PANIC: u8 = 255;

/// A frame of this grey makes the decoder panic.
const PUZZLE: u8 = 254;

/// Says which frame it was given, and gives what the test sends.
struct ScriptedDecoder {
    given: Sender<u8>,
    answers: Receiver<Answer>,
    candidates: Vec<Candidate>,
}

type Answer = (Vec<Code>, Vec<Candidate>);

impl Decoder for ScriptedDecoder {
    fn decode(&mut self, frame: Frame<'_>) -> Vec<Code> {
        let grey = frame.rows().next().expect("a frame has rows")[0];
        let _ = self.given.send(grey);
        let (codes, candidates) = self.answers.recv().unwrap_or_default();
        self.candidates = candidates;
        assert_ne!(grey, PUZZLE, "a decoder that panics");
        codes
    }

    fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }
}

struct Stage {
    live: Option<Live>,
    openings: Sender<Opening>,
    given: Receiver<u8>,
    answers: Sender<Answer>,
    events: Receiver<LiveEvent>,
}

impl Stage {
    fn set() -> Self {
        Self::set_with_silence(LIMIT)
    }

    fn set_with_silence(silence: Duration) -> Self {
        let (openings, openings_end) = mpsc::channel();
        let (given_end, given) = mpsc::channel();
        let (answers, answers_end) = mpsc::channel();
        let (events_end, events) = mpsc::channel();
        let decoder = ScriptedDecoder {
            given: given_end,
            answers: answers_end,
            candidates: Vec::new(),
        };
        let patience = Patience {
            retry: Duration::ZERO,
            silence,
            farewell: Duration::ZERO,
        };
        let on_event = move |event| events_end.send(event).expect("the test listens");
        let opener = ScriptedOpener(openings_end);
        let live = Live::start_with(opener, Box::new(decoder), on_event, patience);
        Self {
            live: Some(live),
            openings,
            given,
            answers,
            events,
        }
    }

    fn open(&self) -> Sender<Shot> {
        let (shots, end) = mpsc::channel();
        self.openings.send(Ok(end)).expect("the camera is asked");
        shots
    }

    fn fail_to_open(&self, cause: CameraError) {
        self.openings.send(Err(cause)).expect("the camera is asked");
    }

    fn expect(&self, expected: LiveEvent) {
        assert_eq!(self.events.recv_timeout(LIMIT), Ok(expected));
    }

    fn decoder_gets(&self, grey: u8) {
        assert_eq!(self.given.recv_timeout(LIMIT), Ok(grey));
    }

    fn answer(&self, codes: &[Code], candidates: &[Candidate]) {
        let answer = (codes.to_vec(), candidates.to_vec());
        self.answers.send(answer).expect("the decoder waits");
    }

    fn frame_after(&self, sequence: u64) -> Arc<Preview> {
        let live = self.live.as_ref().expect("the camera runs");
        live.frame_after(sequence, LIMIT).expect("a frame comes")
    }
}

fn code(text: &str, x: f32) -> Code {
    let corners = [[x, 0.0], [x + 2.0, 0.0], [x + 2.0, 2.0], [x, 2.0]];
    Code::new(text.into(), corners)
}

fn candidate(hint: Hint, x: f32) -> Candidate {
    let corners = code("", x).corners;
    Candidate { corners, hint }
}

/// The event for what is given at twice these places: the preview has half the frame's size.
fn seen(codes: &[Code], candidates: &[Candidate]) -> LiveEvent {
    let (mut codes, mut candidates) = (codes.to_vec(), candidates.to_vec());
    let halve = |corners: &mut [[f32; 2]; 4]| {
        *corners = corners.map(|corner| corner.map(|place| place / 2.0));
    };
    codes.iter_mut().for_each(|code| halve(&mut code.corners));
    candidates.iter_mut().for_each(|it| halve(&mut it.corners));
    LiveEvent::Seen(Seen {
        width: 960,
        height: 1,
        codes,
        candidates,
        hint: None,
    })
}

fn codes(codes: &[Code]) -> LiveEvent {
    seen(codes, &[])
}

const TROUBLE: fn(CameraError) -> LiveEvent = LiveEvent::Trouble;

/// The scripted camera can zoom and has no lamp.
const LIVE: LiveEvent = LiveEvent::Live(ABILITIES);

const ABILITIES: Abilities = Abilities {
    zoom: Zoom::new(1.0, 9.0, 2.0),
    torch: None,
};

#[test]
fn capture_goes_on_while_the_decoder_is_busy_and_the_decoder_gets_the_newest_frame() {
    let stage = Stage::set();
    let shots = stage.open();
    shots.send(Ok(1)).expect("the camera runs");
    stage.decoder_gets(1);
    for grey in 2..=9 {
        shots.send(Ok(grey)).expect("the camera runs");
    }
    let newest = stage.frame_after(8);
    assert_eq!((newest.sequence, newest.rgba[0]), (9, 9));
    assert_eq!((newest.width, newest.height), (960, 1));
    stage.answer(&[], &[]);
    stage.decoder_gets(9);
}

#[test]
fn trouble_is_said_once_for_each_cause_and_ends_when_frames_come() {
    let stage = Stage::set();
    for cause in [
        CameraError::NoCamera,
        CameraError::NoCamera,
        CameraError::Denied,
        CameraError::Busy,
        CameraError::Busy,
    ] {
        stage.fail_to_open(cause);
    }
    let shots = stage.open();
    stage.expect(TROUBLE(CameraError::NoCamera));
    stage.expect(TROUBLE(CameraError::Denied));
    stage.expect(TROUBLE(CameraError::Busy));
    shots.send(Ok(1)).expect("the camera runs");
    stage.expect(LIVE);
}

#[test]
fn a_camera_that_was_there_and_is_not_found_was_unplugged() {
    let stage = Stage::set();
    let shots = stage.open();
    shots.send(Ok(1)).expect("the camera runs");
    stage.expect(LIVE);
    shots
        .send(Err(CameraError::Unplugged))
        .expect("the camera runs");
    stage.fail_to_open(CameraError::NoCamera);
    stage.expect(TROUBLE(CameraError::Unplugged));
    stage.fail_to_open(CameraError::Busy);
    stage.expect(TROUBLE(CameraError::Busy));
    let shots = stage.open();
    shots.send(Ok(2)).expect("the camera runs");
    stage.expect(LIVE);
}

#[test]
fn codes_are_said_when_they_come_move_and_go() {
    let stage = Stage::set();
    let shots = stage.open();
    let see = |seen: &[Code]| {
        shots.send(Ok(1)).expect("the camera runs");
        stage.decoder_gets(1);
        stage.answer(seen, &[]);
    };
    see(&[]);
    stage.expect(LIVE);
    see(&[code("a", 0.0)]);
    stage.expect(codes(&[code("a", 0.0)]));
    // Neither a tremble nor another order is news.
    see(&[code("a", 0.5)]);
    see(&[code("b", 9.0), code("a", 0.0)]);
    stage.expect(codes(&[code("a", 0.0), code("b", 9.0)]));
    see(&[code("a", 0.0), code("b", 9.0)]);
    see(&[code("a", 4.0), code("b", 9.0)]);
    stage.expect(codes(&[code("a", 4.0), code("b", 9.0)]));
    see(&[]);
    stage.expect(codes(&[]));
    see(&[]);
    see(&[code("c", 0.0)]);
    stage.expect(codes(&[code("c", 0.0)]));
}

#[test]
fn what_looks_like_a_code_is_said_when_it_comes_moves_and_helps_otherwise() {
    let stage = Stage::set();
    let shots = stage.open();
    let see = |grey, codes: &[Code], candidates: &[Candidate]| {
        shots.send(Ok(grey)).expect("the camera runs");
        stage.decoder_gets(grey);
        stage.answer(codes, candidates);
    };
    let (far, near) = (
        candidate(Hint::Closer, 0.0),
        candidate(Hint::HoldStill, 0.0),
    );
    see(1, &[], &[far]);
    stage.expect(LIVE);
    stage.expect(seen(&[], &[far]));
    // A tremble is no news.
    see(1, &[], &[candidate(Hint::Closer, 0.1)]);
    see(1, &[], &[candidate(Hint::Closer, 0.5)]);
    stage.expect(seen(&[], &[candidate(Hint::Closer, 0.5)]));
    see(1, &[], &[near]);
    stage.expect(seen(&[], &[near]));
    // A decoder that panics has seen nothing, whatever it saw before.
    see(PUZZLE, &[], &[near]);
    stage.expect(seen(&[], &[]));
    see(1, &[], &[near]);
    stage.expect(seen(&[], &[near]));
    see(1, &[code("a", 0.0)], &[]);
    stage.expect(seen(&[code("a", 0.0)], &[]));
}

#[test]
fn codes_are_lost_with_the_camera_and_a_late_answer_does_not_bring_them_back() {
    let stage = Stage::set();
    let shots = stage.open();
    shots.send(Ok(1)).expect("the camera runs");
    stage.expect(LIVE);
    stage.answer(&[code("a", 0.0)], &[]);
    stage.expect(codes(&[code("a", 0.0)]));
    stage.decoder_gets(1);
    shots.send(Ok(2)).expect("the camera runs");
    stage.decoder_gets(2);
    drop(shots);
    stage.expect(codes(&[]));
    stage.expect(TROUBLE(CameraError::Unplugged));
    stage.answer(&[code("a", 0.0)], &[]);
    let shots = stage.open();
    shots.send(Ok(3)).expect("the camera runs");
    stage.expect(LIVE);
    stage.decoder_gets(3);
    stage.answer(&[code("b", 0.0)], &[]);
    stage.expect(codes(&[code("b", 0.0)]));
}

#[test]
fn a_silent_camera_is_trouble_until_a_frame_comes() {
    // No frame is ever waited for: each is either there or missed.
    let stage = Stage::set_with_silence(Duration::ZERO);
    let shots = stage.open();
    let silence = CameraError::Failed("it sends no pictures".to_owned());
    for grey in 1..=2 {
        shots.send(Ok(grey)).expect("the camera runs");
        stage.expect(LIVE);
        stage.answer(&[], &[]);
        stage.expect(TROUBLE(silence.clone()));
    }
}

#[test]
fn a_driver_that_panics_is_trouble_and_is_opened_anew() {
    let stage = Stage::set();
    let shots = stage.open();
    shots.send(Ok(PANIC)).expect("the camera runs");
    let cause = CameraError::Failed("the camera's driver panicked".to_owned());
    stage.expect(TROUBLE(cause));
    let shots = stage.open();
    shots.send(Ok(1)).expect("the camera runs");
    stage.expect(LIVE);
}

#[test]
fn frames_of_a_wrong_size_are_trouble() {
    struct Short;
    impl Source for Short {
        fn next_frame(&mut self) -> Result<ColorFrame, CameraError> {
            Ok(ColorFrame {
                width: 2,
                height: 2,
                rgba: vec![0; 16],
                grey: vec![0; 3],
            })
        }
    }
    impl OpenSource for Short {
        fn open(&mut self) -> Result<Box<dyn Source>, CameraError> {
            Ok(Box::new(Short))
        }
    }
    let (events_end, events) = mpsc::channel();
    let live = Live::start(
        Short,
        Box::new(crate::LiveScanner::default()),
        move |event| {
            events_end.send(event).expect("the test listens");
        },
    );
    let event = events.recv_timeout(LIMIT).expect("an event comes");
    assert!(matches!(event, LiveEvent::Trouble(CameraError::Failed(_))));
    live.stop();
}

#[test]
fn wishes_are_answered_between_two_frames_the_newest_of_each_kind() {
    let stage = Stage::set();
    let shots = stage.open();
    shots.send(Ok(1)).expect("the camera runs");
    stage.expect(LIVE);
    let live = stage.live.as_ref().expect("the camera runs");
    let [first, lamp, second] =
        [Wish::Zoom(2.0), Wish::Torch(true), Wish::Zoom(3.0)].map(|wish| live.shared.ask(wish));
    assert_eq!(
        first.recv_timeout(LIMIT),
        Ok(Ok(())),
        "a newer one is there"
    );
    shots.send(Ok(2)).expect("the camera runs");
    assert_eq!(lamp.recv_timeout(LIMIT), Ok(Err(CameraError::Busy)));
    assert_eq!(second.recv_timeout(LIMIT), Ok(Ok(())));
    // The camera films on, whatever its driver makes of a wish.
    let panicking = live.shared.ask(Wish::Zoom(9.0));
    shots.send(Ok(3)).expect("the camera runs");
    let answer = panicking.recv_timeout(LIMIT);
    assert!(
        matches!(answer, Ok(Err(CameraError::Failed(_)))),
        "{answer:?}"
    );
    shots.send(Ok(4)).expect("the camera runs");
    assert_eq!(stage.frame_after(3).sequence, 4);
}

#[test]
fn a_wish_is_not_left_to_the_camera_that_comes_next() {
    let stage = Stage::set();
    stage.fail_to_open(CameraError::Busy);
    stage.expect(TROUBLE(CameraError::Busy));
    let live = stage.live.as_ref().expect("the camera runs");
    let stale = live.shared.ask(Wish::Zoom(2.0));
    let nobody = live.wish(Wish::Torch(true), Duration::ZERO);
    assert!(matches!(nobody, Err(CameraError::Failed(_))), "{nobody:?}");
    let _shots = stage.open();
    let answer = stale.recv_timeout(LIMIT);
    assert_eq!(answer, Ok(Err(CameraError::NoCamera)));
    live.shared.stop();
    let late = live.wish(Wish::Zoom(2.0), LIMIT);
    assert_eq!(late, Err(CameraError::NoCamera));
}

/// In each of these some thread is blocked for good, so stopping leaves it behind; what counts is that stopping ends
/// and that nothing is heard of it afterwards.
#[test]
fn stopping_ends_whatever_the_threads_do() {
    let check = |prepare: fn(&Stage) -> Option<Sender<Shot>>| {
        let mut stage = Stage::set();
        let shots = prepare(&stage);
        let heard = stage.events.try_iter().count();
        drop(stage.live.take());
        if let Some(shots) = shots {
            let _ = shots.send(Ok(7));
        }
        let _ = stage.answers.send((vec![code("late", 0.0)], Vec::new()));
        drop((stage.openings, stage.answers));
        // Ends when both threads have ended and let go of the handler.
        assert_eq!(stage.events.iter().count(), 0, "after {heard} events");
    };
    let opening = |_: &Stage| None;
    let waiting_for_a_frame = |stage: &Stage| {
        let shots = stage.open();
        shots.send(Ok(1)).expect("the camera runs");
        stage.decoder_gets(1);
        stage.answer(&[], &[]);
        Some(shots)
    };
    let decoding = |stage: &Stage| {
        let shots = stage.open();
        shots.send(Ok(1)).expect("the camera runs");
        stage.decoder_gets(1);
        Some(shots)
    };
    check(opening);
    check(waiting_for_a_frame);
    check(decoding);
}

#[test]
fn stopping_joins_threads_that_can_end_and_interrupts_the_pause_between_attempts() {
    let (openings, openings_end) = mpsc::channel::<Opening>();
    drop(openings);
    let (events_end, events) = mpsc::channel();
    let patience = Patience {
        retry: Duration::MAX,
        silence: Duration::MAX,
        farewell: Duration::MAX,
    };
    let decoder = Box::new(crate::LiveScanner::default());
    let on_event = move |event| events_end.send(event).expect("the test listens");
    let live = Live::start_with(ScriptedOpener(openings_end), decoder, on_event, patience);
    let event = events.recv_timeout(LIMIT);
    assert_eq!(event, Ok(TROUBLE(CameraError::NoCamera)));
    live.stop();
    // Both threads have ended: the handler is gone.
    assert_eq!(events.try_recv(), Err(mpsc::TryRecvError::Disconnected));
}

#[test]
fn waiting_for_a_frame_ends_when_none_comes() {
    let stage = Stage::set();
    let live = stage.live.as_ref().expect("the camera runs");
    assert_eq!(live.frame_after(0, Duration::ZERO), None);
}
