//! Where the bytes of a file come from: compressed or not, in whatever encoding, as often as they are
//! wanted.
//!
//! Linkage reads a file two or three times: its head, its records, and the examples of the report.
//! What can be read only once (standard input, a pipe) is kept in a file without a name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use encoding_rs::{Encoding, UTF_8};

use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::progress::Progress;
use crate::cli::screen::Screen;
use crate::format::Expanded;

/// Room for bytes on their way in.
const ROOM: usize = 1 << 17;

/// The bytes of a file.
pub struct Bytes {
    path: PathBuf,
    /// What was kept of a file that can be read only once.
    kept: Option<File>,
}

impl Bytes {
    /// Opens a file; `-` is standard input.
    pub fn open(path: &Path, screen: &Screen) -> Result<Self, Failure> {
        let again = path != Path::new("-")
            && path.metadata().map_err(|error| Failure::file(path, error))?.is_file();
        let kept = if again { None } else { Some(keep(path, screen)?) };
        Ok(Self { path: path.to_owned(), kept })
    }

    /// The bytes from the beginning, expanded, as UTF-8 or single bytes.
    pub fn read(&self) -> Result<Box<dyn BufRead + Send>, Failure> {
        self.failing(|| decoded(self.file()?))
    }

    /// The same with a bar over what is read.
    pub fn watched(&self, screen: &Screen) -> Result<(Box<dyn BufRead + Send>, Progress), Failure> {
        self.failing(|| {
            let file = self.file()?;
            let progress =
                Progress::of_bytes(&input::name(&self.path), Some(file.metadata()?.len()), screen);
            Ok((decoded(progress.reading(file))?, progress))
        })
    }

    fn file(&self) -> io::Result<File> {
        let Some(kept) = &self.kept else { return File::open(&self.path) };
        let mut file = kept.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    fn failing<T>(&self, read: impl FnOnce() -> io::Result<T>) -> Result<T, Failure> {
        read().map_err(|error| Failure::file(&self.path, error))
    }
}

/// Copies what can be read only once into a file that is gone when it is closed.
fn keep(path: &Path, screen: &Screen) -> Result<File, Failure> {
    let (mut from, progress) = input::open(path, screen)?;
    let mut kept = tempfile::tempfile().map_err(Failure::operation)?;
    io::copy(&mut from, &mut kept).map_err(|error| Failure::file(path, error))?;
    progress.finish();
    Ok(kept)
}

/// UTF-8 or single bytes: UTF-16, which a byte order mark tells, is decoded whole. The first lines are
/// what the reader has in hand first.
fn decoded(file: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let mut file = Expanded::open(Box::new(file))?;
    let mut head = Vec::new();
    file.by_ref().take(ROOM as u64).read_to_end(&mut head)?;
    match Encoding::for_bom(&head) {
        Some((encoding, _)) if encoding != UTF_8 => {
            file.read_to_end(&mut head)?;
            let (text, _, _) = encoding.decode(&head);
            Ok(Box::new(Cursor::new(text.into_owned().into_bytes())))
        }
        _ => Ok(Box::new(BufReader::with_capacity(ROOM, Cursor::new(head).chain(file)))),
    }
}
