//! A Micro QR encoder, after ISO/IEC 18004:2015, for version M4 with the lowest error correction and bytes.

const SIDE: usize = 17;
const DATA: usize = 16;
const EC: usize = 8;

/// The modules of a symbol that says this, at most 15 bytes of it; true is dark.
pub fn micro_qr(text: &str) -> Vec<Vec<bool>> {
    let words = codewords(text.as_bytes());
    let mut bits = words
        .iter()
        .flat_map(|word| (0..8).rev().map(move |bit| word >> bit & 1 == 1));
    let mut modules = vec![vec![false; SIDE]; SIDE];
    for (y, row) in modules.iter_mut().enumerate() {
        for (x, module) in row.iter_mut().enumerate() {
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            *module = (x == 0 || y == 0) && (x + y) % 2 == 0;
            if x < 8 && y < 8 {
                *module = ring < 4 && ring != 2;
            }
        }
    }
    // Two columns at a time, from the right, up and down in turn.
    for pair in 0..(SIDE - 1) / 2 {
        for step in 0..SIDE {
            let y = if pair % 2 == 0 { SIDE - 1 - step } else { step };
            for x in [SIDE - 1 - 2 * pair, SIDE - 2 - 2 * pair] {
                if y == 0 || (x < 9 && y < 9) {
                    continue;
                }
                // Mask 1, of four.
                let is_masked = (y / 2 + x / 3) % 2 == 0;
                modules[y][x] = bits.next().expect("there is a bit for each module") != is_masked;
            }
        }
    }
    let format = format(0b1_0101);
    for bit in 0..15 {
        let (x, y) = if bit < 8 { (8, bit + 1) } else { (15 - bit, 8) };
        modules[y][x] = format >> bit & 1 == 1;
    }
    modules
}

/// The symbol's number and mask with their BCH check bits, masked.
fn format(data: u32) -> u32 {
    let mut rest = data << 10;
    for bit in (10..15).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= 0b101_0011_0111 << (bit - 10);
        }
    }
    (data << 10 | rest) ^ 0b100_0100_0100_0101
}

fn codewords(text: &[u8]) -> Vec<u8> {
    // The mode in three bits, the count in five, the bytes, and zeros for the end.
    let mut words = vec![0b010 << 5 | text.len() as u8];
    words.extend(text);
    assert!(words.len() <= DATA, "it is too long");
    words.resize(DATA, 0);
    // What is behind the end's nine zeros is filled as the standard says.
    let padding = [0xec, 0x11].iter().cycle();
    words
        .iter_mut()
        .skip(text.len() + 3)
        .zip(padding)
        .for_each(|(word, &padding)| *word = padding);
    let check = check_words(&words);
    words.extend(check);
    words
}

/// The remainder of the division by the product of (x - 2^i), over GF(256) with the polynomial 0x11d.
fn check_words(data: &[u8]) -> Vec<u8> {
    let multiply = |mut a: u8, b: u8| {
        let mut product = 0;
        for bit in 0..8 {
            if b >> bit & 1 == 1 {
                product ^= a;
            }
            a = a << 1 ^ if a >> 7 == 1 { 0x1d } else { 0 };
        }
        product
    };
    let mut generator = vec![1];
    let mut root = 1;
    for _ in 0..EC {
        generator.push(0);
        for index in (1..generator.len()).rev() {
            generator[index] ^= multiply(generator[index - 1], root);
        }
        root = multiply(root, 2);
    }
    let mut rest = data.to_vec();
    rest.resize(data.len() + EC, 0);
    for at in 0..data.len() {
        let factor = rest[at];
        for (index, &coefficient) in generator.iter().enumerate() {
            rest[at + index] ^= multiply(coefficient, factor);
        }
    }
    rest.split_off(data.len())
}
