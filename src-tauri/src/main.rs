//! The desktop binary.

fn main() {}
