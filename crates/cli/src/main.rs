//! The command line `handover`.

fn main() {}
