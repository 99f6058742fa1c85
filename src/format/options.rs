//! What a mapping says about a file: its container, encoding and limits.

/// How a file is to be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadOptions {
    /// What holds the records.
    pub container: Container,
    /// Label of the encoding (`utf-8`, `windows-1252`, `utf-16le` …) as the sender declares it. A byte
    /// order mark is believed before it. Without a label: byte order mark, XML declaration, then
    /// UTF-8 when the first text beyond ASCII is, else windows-1252.
    pub encoding: Option<String>,
    /// What no file or record may exceed.
    pub limits: Limits,
}

impl ReadOptions {
    /// Reading of a container with detected encoding and the usual limits.
    #[must_use]
    pub fn new(container: Container) -> Self {
        Self { container, encoding: None, limits: Limits::default() }
    }
}

/// What holds the records of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Container {
    /// A JSON array of records.
    Json {
        /// Keys from the root down to the array; empty when the root is the array.
        records_at: Vec<String>,
    },
    /// One JSON object a line.
    Ndjson,
    /// Rows under a header.
    Csv {
        /// Between two cells: `b';'`, `b','`, `b'|'`, `b'\t'`.
        delimiter: u8,
        /// Around a cell that holds delimiters, quotes (doubled) or line ends.
        quote: u8,
        /// Physical line of the header, from 1; the lines before it are titles.
        header_row: u64,
        /// The columns that the header must name, in any order; `None` takes any header.
        columns: Option<Vec<String>>,
    },
    /// Elements of one local name, wherever they stand.
    Xml {
        /// Local name of the record element. One inside another belongs to the outer record.
        record: String,
    },
    /// A FHIR R4 Bundle: one record for each anchor resource, with the resources that refer to it.
    FhirBundle {
        /// Type of the anchor, such as `Patient`.
        anchor: String,
        /// Types attached and the element of theirs that refers to the anchor:
        /// `("Coverage", "beneficiary")`.
        attach: Vec<(String, String)>,
    },
}

/// What no file or record may exceed. Each bound is an answer to a file that was made to hurt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of a file once expanded.
    pub file: u64,
    /// Bytes of one record as UTF-8. It bounds the memory of a reader, so one record is held whole.
    pub record: usize,
    /// Levels of nesting in one record.
    pub depth: usize,
    /// Keys and array items in one record.
    pub fields: usize,
}

impl Limits {
    /// 4 GiB: ten million rows of a large national scheme, four times what a month of the biggest
    /// sender holds; a gzip bomb of 10 MB would expand to 10 GB.
    pub const FILE: u64 = 4 << 30;
    /// 1 MiB: five hundred times a usual record, so that only faults are refused.
    pub const RECORD: usize = 1 << 20;
    /// 64: FHIR resources nest about 15 deep; 64 levels of calls fit any thread's stack.
    pub const DEPTH: usize = 64;
    /// 10,000: a family of fifty with two hundred values each; keeps quadratic work on one record
    /// (finding repeated keys) within milliseconds.
    pub const FIELDS: usize = 10_000;
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: Self::FILE, record: Self::RECORD, depth: Self::DEPTH, fields: Self::FIELDS }
    }
}

/// How a file is to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WriteOptions {
    /// What holds the records.
    pub container: Written,
    /// Label of the encoding; UTF-8 without a byte order mark when absent.
    pub encoding: Option<String>,
    /// Whether the file is compressed.
    pub compression: Compression,
}

impl WriteOptions {
    /// Writing of a container in UTF-8, not compressed.
    #[must_use]
    pub fn new(container: Written) -> Self {
        Self { container, encoding: None, compression: Compression::None }
    }
}

/// What holds the records of a file that is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Written {
    /// A JSON array, one record a line.
    Json {
        /// Keys from the root down to the array.
        records_at: Vec<String>,
    },
    /// One JSON object a line.
    Ndjson,
    /// Rows under a header.
    Csv {
        /// Between two cells.
        delimiter: u8,
        /// Around cells that need it.
        quote: u8,
        /// Title lines before the header, each given without its line end.
        titles: Vec<String>,
        /// The header, and which key of a record goes where.
        columns: Vec<String>,
    },
    /// Elements under one root.
    Xml {
        /// Name of the root element.
        root: String,
        /// Default namespace of the root.
        namespace: Option<String>,
        /// Name of the record element.
        record: String,
    },
    /// A FHIR R4 Bundle (collection): every resource of a record is an entry with its `fullUrl`.
    FhirBundle,
}

/// How a written file is compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}
