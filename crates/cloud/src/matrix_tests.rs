//! Who may call what: every endpoint times every role times what is the caller's own, below, above and beside, for each place
//! of a request that names something. It is made from the router's own document, so that no endpoint escapes it, and no
//! parameter or field: a name that looks like a number and is not known fails.

mod asking;
mod branch;
mod case;
mod endpoints;
mod expected;
mod faults;
mod labels;
mod refusals;
mod revoking;
mod rows;
mod slots;
mod standing;
mod things;
mod through;
mod tree;
