//! The reference of the mapping language in the terminal.

use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::mapping::reference;

/// Say what a verb, a key, a target field or a code means, or all of them.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Such as date, from, person.birth_date, T402 or bad_date [default: everything]
    #[arg(value_name = "WORD")]
    word: Option<String>,
}

/// Prints it.
///
/// # Errors
/// When the language has no such word.
pub fn run(args: &Args, _common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let Some(word) = &args.word else {
        for (_, part) in reference::parts(screen.language()) {
            screen.line(&part)?;
        }
        return Ok(Outcome::Done);
    };
    let said = reference::about(word, screen.language()).ok_or_else(|| {
        let nearest = reference::nearest(word).unwrap_or_else(|| "none".to_owned());
        Failure::usage("mapping-no-word", &[("word", word), ("nearest", &nearest)])
    })?;
    screen.line(said.trim_end())?;
    Ok(Outcome::Done)
}
