//! Reed-Solomon codes over GF(256) with errors and erasures: Berlekamp-Massey, Chien's search and Forney's formula, after
//! R. Blahut, "Algebraic Codes for Data Transmission" (2003), chapter 7.
//!
//! The field is that of ISO/IEC 18004, with x^8 + x^4 + x^3 + x^2 + 1; the generator's roots are the powers of x from 0.

/// The most codewords for error correction that a block has.
pub(super) const MAX_EC: usize = 30;

const FIELD: u16 = 0x11d;

/// The powers of x, twice in a row, so that the sum of two logarithms needs no reduction.
const EXP: [u8; 512] = {
    let mut table = [0; 512];
    let mut power = 1_u16;
    let mut at = 0;
    while at < 512 {
        table[at] = power as u8;
        power <<= 1;
        if power > 255 {
            power ^= FIELD;
        }
        at += 1;
    }
    table
};

const LOG: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 255 {
        table[EXP[at] as usize] = at as u8;
        at += 1;
    }
    table
};

fn multiply(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    EXP[usize::from(LOG[usize::from(a)]) + usize::from(LOG[usize::from(b)])]
}

/// `a` over `b`, which is not zero.
fn divide(a: u8, b: u8) -> u8 {
    if a == 0 {
        return 0;
    }
    EXP[usize::from(LOG[usize::from(a)]) + 255 - usize::from(LOG[usize::from(b)])]
}

/// A polynomial, the coefficient of the lowest power first, of degree [`MAX_EC`] at most.
type Polynomial = [u8; MAX_EC + 1];

fn degree(polynomial: &Polynomial) -> usize {
    polynomial.iter().rposition(|&c| c != 0).unwrap_or(0)
}

/// The value at the point whose logarithm is `log`, below 255.
fn evaluate(coefficients: &[u8], log: usize) -> u8 {
    let step = |sum: u8, &c: &u8| {
        if sum == 0 {
            c
        } else {
            EXP[usize::from(LOG[usize::from(sum)]) + log] ^ c
        }
    };
    coefficients.iter().rev().fold(0, step)
}

/// What a received word, its data first, leaves at the generator's roots.
#[derive(Clone)]
pub(super) struct Syndromes {
    values: [u8; MAX_EC],
    ec: usize,
    length: usize,
}

impl Syndromes {
    /// `ec` is [`MAX_EC`] at most and below the word's length, which is 255 at most.
    pub fn of(word: &[u8], ec: usize) -> Self {
        let mut values = [0; MAX_EC];
        for &codeword in word {
            for (root, value) in values[..ec].iter_mut().enumerate() {
                let product = if *value == 0 {
                    0
                } else {
                    EXP[usize::from(LOG[usize::from(*value)]) + root]
                };
                *value = product ^ codeword;
            }
        }
        Self {
            values,
            ec,
            length: word.len(),
        }
    }

    /// Those of the word with a change added to the codeword at `index`.
    pub fn add(&mut self, index: u8, change: u8) {
        let log = self.locator_log(index);
        for (root, value) in self.values[..self.ec].iter_mut().enumerate() {
            *value ^= multiply(change, EXP[log * root % 255]);
        }
    }

    /// Whether the word is without errors.
    pub fn are_zero(&self) -> bool {
        self.values.iter().all(|&value| value == 0)
    }

    /// What makes the word right, if it has `e` errors beside the codewords given as erased, `s` different ones, and
    /// `2e + s + slack` is not above the number of codewords for error correction.
    pub fn solve(&self, erased: &[u8], slack: usize) -> Option<Corrections> {
        let budget = self.ec.checked_sub(slack + erased.len())?;
        let (locator, located) = self.locator(erased);
        let errors = located - erased.len();
        if 2 * errors > budget || degree(&locator) != located {
            return None;
        }
        let places = self.places(&locator[..=located])?;
        Some(self.values_at(&locator[..=located], places))
    }

    /// The logarithm of the locator of the codeword at `index`.
    fn locator_log(&self, index: u8) -> usize {
        self.length - 1 - usize::from(index)
    }

    /// The polynomial whose roots are the inverses of the locators, and how many locators it is for.
    fn locator(&self, erased: &[u8]) -> (Polynomial, usize) {
        let mut locator: Polynomial = [0; MAX_EC + 1];
        locator[0] = 1;
        for (known, &index) in erased.iter().enumerate() {
            let factor = EXP[self.locator_log(index)];
            for at in (0..=known).rev() {
                locator[at + 1] ^= multiply(locator[at], factor);
            }
        }
        let mut located = erased.len();
        let mut before = locator;
        for step in erased.len()..self.ec {
            let discrepancy = self.term(&locator[..=located], step);
            before.copy_within(0..MAX_EC, 1);
            before[0] = 0;
            if discrepancy == 0 {
                continue;
            }
            let old = locator;
            for (c, &b) in locator.iter_mut().zip(&before) {
                *c ^= multiply(b, discrepancy);
            }
            if 2 * located <= step + erased.len() {
                located = step + 1 + erased.len() - located;
                before = old.map(|c| divide(c, discrepancy));
            }
        }
        (locator, located)
    }

    /// The coefficient of this power, below `ec`, in the product of the syndromes and the polynomial.
    fn term(&self, polynomial: &[u8], power: usize) -> u8 {
        let others = self.values[..=power].iter().rev();
        let terms = polynomial.iter().zip(others);
        terms.fold(0, |sum, (&a, &b)| sum ^ multiply(a, b))
    }

    /// Where the locators' codewords are, if each has one in the word.
    fn places(&self, locator: &[u8]) -> Option<Corrections> {
        // From one codeword to the next the inverse locator grows by one power of x, and so each term by its own power.
        let start = 255 - self.locator_log(0);
        let mut terms = [(0, 0); MAX_EC + 1];
        let mut count = 0;
        for (power, &c) in locator.iter().enumerate().filter(|&(_, &c)| c != 0) {
            terms[count] = (
                (usize::from(LOG[usize::from(c)]) + power * start) % 255,
                power,
            );
            count += 1;
        }
        let mut found = Corrections::default();
        for index in 0..self.length as u8 {
            let mut sum = 0;
            for (log, power) in &mut terms[..count] {
                sum ^= EXP[*log];
                *log += *power;
                *log -= if *log >= 255 { 255 } else { 0 };
            }
            if sum == 0 {
                found.push(index);
            }
        }
        (found.count == locator.len() - 1).then_some(found)
    }

    /// Forney's formula for what has to be added in each of the places.
    fn values_at(&self, locator: &[u8], mut places: Corrections) -> Corrections {
        let mut evaluator = [0; MAX_EC];
        let count = places.count;
        for (power, sum) in evaluator[..count].iter_mut().enumerate() {
            *sum = self.term(locator, power);
        }
        // In a field of characteristic 2 the derivative keeps the odd powers alone.
        let mut derivative: Polynomial = [0; MAX_EC + 1];
        for (power, &c) in locator.iter().enumerate().skip(1).step_by(2) {
            derivative[power - 1] = c;
        }
        for (index, value) in &mut places.list[..count] {
            let log = self.locator_log(*index);
            let inverse = (255 - log) % 255;
            let above = evaluate(&evaluator[..count], inverse);
            let below = evaluate(&derivative[..count], inverse);
            *value = multiply(EXP[log], divide(above, below));
        }
        places
    }
}

/// What has to be added to which codewords of a word.
#[derive(Default)]
pub(super) struct Corrections {
    list: [(u8, u8); MAX_EC],
    count: usize,
}

impl Corrections {
    fn push(&mut self, index: u8) {
        // A locator of degree MAX_EC has no more roots than that.
        if let Some(free) = self.list.get_mut(self.count) {
            *free = (index, 0);
            self.count += 1;
        }
    }

    /// Index and change of each codeword that is wrong. An erased one that was right is not among them.
    pub fn iter(&self) -> impl Iterator<Item = (usize, u8)> {
        let list = self.list[..self.count].iter();
        list.filter(|(_, value)| *value != 0)
            .map(|&(index, value)| (usize::from(index), value))
    }
}
