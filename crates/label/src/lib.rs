//! Text on a label to a typed Label and back; recognizes anything, does no I/O.
