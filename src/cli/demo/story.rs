//! The story, chapter by chapter.

use super::load::Loaded;
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::operations::Hub;

/// Tells it.
///
/// # Errors
/// When the store fails.
pub async fn tell(_hub: &Hub, loaded: &Loaded, screen: &Screen) -> Result<(), Failure> {
    screen.line(&format!("{}", loaded.day))
}
