//! SPDCI (G2P-Connect): the same questions and answers as messages between registries, version 1.0.0.
//!
//! Pure: a message comes as JSON's tree and becomes a question, an answer becomes a message; nothing is looked up and no
//! clock is read. A message is read to the letter; [`lenient`] mends those of partners whose agreement says so. Start
//! reading at [`envelope::read`].
//!
//! What is deliberately not here: encrypted messages, files (multipart), and lists of people by conditions. A hub is asked
//! about somebody; who wants everybody below a poverty score asks a registry that is theirs.

pub mod announce;
pub mod attributes;
pub mod enrolled;
pub mod envelope;
pub mod faults;
pub mod lenient;
pub mod member;
pub mod search;
pub mod signature;
pub mod status;
pub mod subscribe;
pub mod updates;
