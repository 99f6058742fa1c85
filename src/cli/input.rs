//! Files that a command reads and writes; `-` is standard input or output.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use super::failure::Failure;
use super::progress::Progress;
use super::screen::Screen;

/// Room for bytes on their way out; larger ones were not faster.
const WRITE_BUFFER: usize = 256 * 1024;

/// Opens a file, with a progress bar over its bytes.
///
/// # Errors
/// When the file cannot be opened.
pub fn open(path: &Path, screen: &Screen) -> Result<(Box<dyn Read + Send>, Progress), Failure> {
    if path == Path::new("-") {
        let progress = Progress::of_bytes("-", None, screen);
        return Ok((Box::new(progress.reading(io::stdin())), progress));
    }
    let file = File::open(path).map_err(|error| Failure::file(path, error))?;
    let size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|about| about.len());
    let progress = Progress::of_bytes(&name(path), size, screen);
    Ok((Box::new(progress.reading(file)), progress))
}

/// Creates a file, or standard output for `-`.
///
/// # Errors
/// When the file cannot be created.
pub fn create(path: &Path) -> Result<Box<dyn Write + Send>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(BufWriter::with_capacity(WRITE_BUFFER, io::stdout())));
    }
    let file = File::create(path).map_err(|error| Failure::file(path, error))?;
    Ok(Box::new(BufWriter::with_capacity(WRITE_BUFFER, file)))
}

/// The last part of a path, for people.
#[must_use]
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
