//! Answers that can be proved: signed, so that whoever holds one can show later what the hub said, without asking it.
//!
//! A signed answer is a compact JWS (RFC 7515) with EdDSA over Ed25519 (RFC 8037): anybody's library checks it with the
//! keys that the hub publishes as a JWK set (RFC 7517). It names for whom it is, until when, about whom (as a digest, so
//! that nobody is named by it) and what was answered. A card is the same with less in it, small enough for a QR code.
//!
//! Pure: keys, time and chance come as arguments. It deliberately does not keep, publish or cancel anything: see
//! `operations::answers`. Start reading at [`check::check`].

pub mod check;
pub mod claims;
pub mod jws;
pub mod key;
pub mod qr;

pub use check::{Expected, Refused, check};
pub use claims::{About, Claims};
pub use jws::Unreadable;
pub use key::{KeySet, SigningKey};
