//! The pictures that cost the most: each makes another part of the search work in vain.

use crate::{Canvas, Inks, Level, Place, Random, Symbol};

/// What the true label says that may lie in the midst of them.
pub const LABEL: &str = "sqr_0123456789abcdefghijABCDEFGHIJ-_";

/// A way to fill a canvas with what a scanner must look at for long.
#[derive(Debug, Clone, Copy)]
pub struct Worst {
    /// What it is.
    pub name: &'static str,
    paint: fn(&mut Canvas),
}

impl Worst {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::new("black", |canvas| fill(canvas, |_, _| true)),
        Self::new("noise of pixels", |canvas| noise(canvas, 0)),
        Self::new("noise of 3 pixels", |canvas| noise(canvas, 1)),
        Self::new("noise of 7 pixels", |canvas| noise(canvas, 3)),
        Self::new("noise of 19 pixels", |canvas| noise(canvas, 9)),
        Self::new("checkers of a pixel", |canvas| checkers(canvas, 1)),
        Self::new("checkers of 3 pixels", |canvas| checkers(canvas, 3)),
        Self::new("bars 1:1:3:1:1 of a pixel", |canvas| bars(canvas, 1)),
        Self::new("bars 1:1:3:1:1 of 4 pixels", |canvas| bars(canvas, 4)),
        Self::new("bars both ways", |canvas| plaid(canvas, 2)),
        Self::new("squares around each other", targets),
        Self::new("one target", |canvas| target(canvas, 2.0)),
        Self::new("finder patterns of a pixel", |canvas| {
            finders(canvas, 1.0, 2)
        }),
        Self::new("finder patterns of 2 pixels", |canvas| {
            finders(canvas, 2.0, 2)
        }),
        Self::new("finder patterns of 3 pixels", |canvas| {
            finders(canvas, 3.0, 2)
        }),
        Self::new("finder patterns of 5 pixels", |canvas| {
            finders(canvas, 5.0, 14)
        }),
        Self::new("finder patterns of 9 pixels", |canvas| {
            finders(canvas, 9.0, 2)
        }),
        Self::new("alignment patterns", alignments),
        Self::new("random version 1", |canvas| {
            codes(canvas, Code::random(1, 2.0))
        }),
        Self::new("random version 1, larger", |canvas| {
            codes(canvas, Code::random(1, 4.0))
        }),
        Self::new("random version 3", |canvas| {
            codes(canvas, Code::random(3, 3.0))
        }),
        Self::new("random version 7", |canvas| {
            codes(canvas, Code::random(7, 2.0))
        }),
        Self::new("random version 20", |canvas| {
            codes(canvas, Code::random(20, 2.0))
        }),
        Self::new("random version 40", |canvas| {
            codes(canvas, Code::random(40, 1.0))
        }),
        Self::new("random version 40, larger", |canvas| {
            codes(canvas, Code::random(40, 3.0))
        }),
        Self::new("damaged version 2 H", |canvas| {
            codes(canvas, Code::damaged(2, 3.0))
        }),
        Self::new("damaged version 6 H", |canvas| {
            codes(canvas, Code::damaged(6, 2.0))
        }),
        Self::new("damaged version 13 H", |canvas| {
            codes(canvas, Code::damaged(13, 2.0))
        }),
        Self::new("damaged version 40 H", |canvas| {
            codes(canvas, Code::damaged(40, 2.0))
        }),
        Self::new("damaged version 3 H, light and dark", |canvas| {
            codes(
                canvas,
                Code {
                    both: true,
                    ..Code::damaged(3, 3.0)
                },
            );
        }),
        Self::new("damaged version 1 L without quiet zones", |canvas| {
            codes(
                canvas,
                Code {
                    level: Level::L,
                    rim: 1,
                    ..Code::damaged(1, 3.0)
                },
            );
        }),
        Self::new("whole version 1", |canvas| {
            codes(
                canvas,
                Code {
                    damage: 0,
                    ..Code::random(1, 2.0)
                },
            )
        }),
    ];

    const fn new(name: &'static str, paint: fn(&mut Canvas)) -> Self {
        Self { name, paint }
    }

    /// The picture at this size.
    #[must_use]
    pub fn picture(&self, width: u32, height: u32) -> Canvas {
        let mut canvas = Canvas::new(width, height, 255);
        (self.paint)(&mut canvas);
        canvas
    }

    /// The same with a label in its middle that says [`LABEL`], modules of `module` pixels.
    #[must_use]
    pub fn with_label(&self, width: u32, height: u32, module: f32) -> Canvas {
        let mut canvas = self.picture(width, height);
        let label = Symbol::label(LABEL);
        let half = label.side() as f32 * module / 2.0;
        let [x, y] = [width, height].map(|side| (side as f32 / 2.0 - half).floor());
        canvas.symbol(&label, Place::upright(x, y, module), 4, Inks::BLACK);
        canvas
    }
}

fn fill(canvas: &mut Canvas, dark: impl Fn(u32, u32) -> bool) {
    let whole = canvas.whole();
    canvas.paint(whole, |x, y, _| if dark(x, y) { 0 } else { 255 });
}

fn noise(canvas: &mut Canvas, radius: u32) {
    let whole = canvas.whole();
    let mut random = Random::new(1);
    canvas.paint(whole, |_, _, _| random.next(256) as u8);
    if radius > 0 {
        canvas.blur(radius);
        // A mean of n numbers deviates the root of n times less.
        let gain = 2 * radius as i32 + 1;
        canvas.paint(whole, |_, _, before| {
            (128 + (i32::from(before) - 128) * gain).clamp(0, 255) as u8
        });
    }
}

fn checkers(canvas: &mut Canvas, side: u32) {
    fill(canvas, |x, y| (x / side + y / side).is_multiple_of(2));
}

/// Whether a line that repeats a finder pattern's proportions is dark at a module.
fn is_bar(module: u32) -> bool {
    matches!(module % 8, 0 | 2..=4 | 6)
}

fn bars(canvas: &mut Canvas, module: u32) {
    fill(canvas, |x, _| is_bar(x / module));
}

/// Every row and every column crosses finder patterns' proportions.
fn plaid(canvas: &mut Canvas, module: u32) {
    fill(canvas, |x, y| is_bar(x / module) == is_bar(y / module));
}

/// The places of symbols of `side` pixels, row by row.
fn places(canvas: &Canvas, side: f32) -> impl Iterator<Item = [f32; 2]> + use<> {
    let count = |length: u32| (length as f32 / side).ceil() as usize;
    let (across, down) = (count(canvas.width()), count(canvas.height()));
    (0..across * down).map(move |index| [index % across, index / across].map(|at| at as f32 * side))
}

fn tiled(canvas: &mut Canvas, symbol: &Symbol, module: f32, rim: u32) {
    for [x, y] in places(canvas, (symbol.side() as f32 + rim as f32) * module) {
        canvas.symbol(symbol, Place::upright(x, y, module), rim, Inks::BLACK);
    }
}

fn finders(canvas: &mut Canvas, module: f32, rim: u32) {
    tiled(canvas, &Symbol::finder(), module, rim);
}

fn alignments(canvas: &mut Canvas) {
    tiled(canvas, &Symbol::alignment(), 3.0, 1);
}

fn target(canvas: &mut Canvas, module: f32) {
    let side = canvas.width().min(canvas.height()) as f32 / module;
    let whole = Symbol::target(side as usize | 1);
    canvas.symbol(&whole, Place::upright(0.0, 0.0, module), 0, Inks::BLACK);
}

/// Finder patterns at every size, inside each other's reach.
fn targets(canvas: &mut Canvas) {
    let finder = Symbol::finder();
    let mut module = canvas.width().min(canvas.height()) as f32 / 9.0;
    while module >= 1.0 {
        for [x, y] in places(canvas, 9.0 * module) {
            canvas.symbol(&finder, Place::upright(x, y, module), 0, Inks::BLACK);
        }
        module /= 5.0;
    }
}

/// A grid of codes.
struct Code {
    version: u8,
    level: Level,
    /// So many of 256 data modules are wrong.
    damage: u8,
    module: f32,
    rim: u32,
    /// Whether every other one is light on dark.
    both: bool,
}

impl Code {
    /// All fixed patterns of a code, and nothing but noise in it.
    const fn random(version: u8, module: f32) -> Self {
        Self {
            version,
            level: Level::H,
            damage: 128,
            module,
            rim: 4,
            both: false,
        }
    }

    /// One module of thirty is wrong, so one codeword of four: just too much.
    const fn damaged(version: u8, module: f32) -> Self {
        Self {
            damage: 9,
            ..Self::random(version, module)
        }
    }
}

fn codes(canvas: &mut Canvas, code: Code) {
    let whole = Symbol::code(code.version, code.level);
    let pitch = (whole.side() as f32 + code.rim as f32) * code.module;
    let mut random = Random::new(u64::from(code.version));
    for (index, [x, y]) in places(canvas, pitch).enumerate() {
        let inks = if code.both && index % 2 == 1 {
            Inks::BLACK.inverted()
        } else {
            Inks::BLACK
        };
        let symbol = whole.clone().damaged(code.damage, &mut random);
        let place = Place::upright(x, y, code.module);
        canvas.symbol(&symbol, place, code.rim, inks);
    }
}
