//! How alike two records are: normalised names, levels of agreement, weights, an explanation.
//!
//! Pure. [`Model`] is `mappings/identity.yaml`: every weight, threshold, title and name equivalence
//! stands there and none here. Who is a candidate for whom and what follows from a score is the
//! business of [`crate::identity`]. Start reading at [`score::score`] ([`score::weigh`] is the same
//! without the explanation, for candidates by the million); what labelled pairs taught beyond
//! the bars is [`experience`], learnt by [`mod@learn`].

pub mod birth;
pub mod compare;
pub mod equivalence;
pub mod evidence;
pub mod experience;
pub mod frequency;
pub mod learn;
pub mod line;
pub mod lists;
pub mod model;
pub mod normalize;
pub mod observe;
pub mod phonetic;
pub mod score;
pub mod symbols;
pub mod variants;

pub use compare::{Context, Field, FieldWeight, Prepared, Weight};
pub use frequency::Frequencies;
pub use line::{Line, Vocabulary};
pub use model::{Model, ModelError};
pub use score::{Company, Objection, Score, Seen, Weighed, score, weigh};
