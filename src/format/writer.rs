//! Records back to bytes, driven by the same events that readers give.

mod bundle;
mod csv;
mod json;
mod xml;

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use encoding_rs::{EncoderResult, Encoding, UTF_8};

use super::{Compression, Events, Scalar, WriteOptions, Written};

/// Why nothing more can be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The encoding of the options is none that browsers know (or one that cannot be written).
    #[error("unknown encoding `{label}`")]
    UnknownEncoding {
        /// The label as given.
        label: String,
    },
    /// The output refused bytes.
    #[error("the output refused bytes")]
    Output(#[from] io::Error),
}

/// A file that is being written, record by record.
pub struct Writer {
    out: Output,
    encoding: &'static Encoding,
    shape: Shape,
    text: String,
    started: bool,
}

/// One format's way to collect a record and to write it.
enum Shape {
    Json(json::Json),
    Csv(Box<csv::Csv>),
    Xml(xml::Xml),
    Bundle(bundle::Bundle),
}

enum Output {
    Plain(BufWriter<Box<dyn Write + Send>>),
    Gzip(flate2::write::GzEncoder<BufWriter<Box<dyn Write + Send>>>),
    Zstd(zstd::stream::write::Encoder<'static, BufWriter<Box<dyn Write + Send>>>),
}

impl Writer {
    /// A writer to `out`.
    ///
    /// # Errors
    /// When the encoding is unknown or the compressor cannot start.
    pub fn new(out: Box<dyn Write + Send>, options: &WriteOptions) -> Result<Self, WriteError> {
        let encoding = match &options.encoding {
            None => UTF_8,
            Some(label) => Encoding::for_label(label.as_bytes())
                .filter(|encoding| encoding.output_encoding() == *encoding)
                .ok_or_else(|| WriteError::UnknownEncoding { label: label.clone() })?,
        };
        let out = BufWriter::with_capacity(1 << 16, out);
        let out = match options.compression {
            Compression::None => Output::Plain(out),
            Compression::Gzip => {
                Output::Gzip(flate2::write::GzEncoder::new(out, flate2::Compression::default()))
            }
            Compression::Zstd => Output::Zstd(zstd::stream::write::Encoder::new(out, 0)?),
        };
        let shape = match &options.container {
            Written::Json { records_at } => Shape::Json(json::Json::array(records_at)),
            Written::Ndjson => Shape::Json(json::Json::lines()),
            Written::Csv { delimiter, quote, titles, columns } => {
                Shape::Csv(Box::new(csv::Csv::new(*delimiter, *quote, titles, columns)))
            }
            Written::Xml { root, namespace, record } => {
                Shape::Xml(xml::Xml::new(root, namespace.as_deref(), record, encoding.name()))
            }
            Written::FhirBundle => Shape::Bundle(bundle::Bundle::default()),
        };
        Ok(Self { out, encoding, shape, text: String::new(), started: false })
    }

    /// Begins a record: give it the events of one object, then [`RecordWriter::end`] it. Dropped
    /// before its end it leaves nothing in the file.
    pub fn record(&mut self) -> RecordWriter<'_> {
        match &mut self.shape {
            Shape::Json(json) => json.clear(),
            Shape::Csv(csv) => csv.clear(),
            Shape::Xml(xml) => xml.clear(),
            Shape::Bundle(bundle) => bundle.clear(),
        }
        RecordWriter { writer: self }
    }

    /// Ends the file: a file without records is still a whole file of its format.
    ///
    /// # Errors
    /// When the output refuses bytes.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.start()?;
        self.text.clear();
        match &self.shape {
            Shape::Json(json) => json.tail(&mut self.text),
            Shape::Csv(_) => {}
            Shape::Xml(xml) => xml.tail(&mut self.text),
            Shape::Bundle(_) => self.text.push_str("\n]}\n"),
        }
        self.flush_text()?;
        match self.out {
            Output::Plain(mut out) => out.flush()?,
            Output::Gzip(out) => out.finish()?.flush()?,
            Output::Zstd(out) => out.finish()?.flush()?,
        }
        Ok(())
    }

    fn start(&mut self) -> Result<(), WriteError> {
        if self.started {
            return Ok(());
        }
        self.started = true;
        self.text.clear();
        match &mut self.shape {
            Shape::Json(json) => json.head(&mut self.text),
            Shape::Csv(csv) => csv.head(&mut self.text),
            Shape::Xml(xml) => xml.head(&mut self.text),
            Shape::Bundle(_) => self
                .text
                .push_str("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["),
        }
        self.flush_text()?;
        Ok(())
    }

    /// Encodes and writes what stands in `text`; the characters that the encoding lacks come back.
    fn flush_text(&mut self) -> Result<Vec<char>, WriteError> {
        let mut lost = Vec::new();
        if self.encoding == UTF_8 {
            self.out.write_all(self.text.as_bytes())?;
            return Ok(lost);
        }
        let mut encoder = self.encoding.new_encoder();
        let mut rest = self.text.as_str();
        let mut buffer = [0_u8; 4096];
        loop {
            let (result, read, written) =
                encoder.encode_from_utf8_without_replacement(rest, &mut buffer, true);
            self.out.write_all(buffer.get(..written).unwrap_or_default())?;
            rest = rest.get(read..).unwrap_or_default();
            match result {
                EncoderResult::InputEmpty => return Ok(lost),
                EncoderResult::OutputFull => {}
                EncoderResult::Unmappable(character) => {
                    self.out.write_all(b"?")?;
                    lost.push(character);
                }
            }
        }
    }
}

impl Output {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.write_all(bytes),
            Self::Gzip(out) => out.write_all(bytes),
            Self::Zstd(out) => out.write_all(bytes),
        }
    }
}

/// One record that is being written.
pub struct RecordWriter<'w> {
    writer: &'w mut Writer,
}

impl RecordWriter<'_> {
    /// Writes the record. What comes back are the characters for which the encoding of the file has
    /// no byte; `?` stands in their place.
    ///
    /// # Errors
    /// When the output refuses bytes.
    pub fn end(self) -> Result<Vec<char>, WriteError> {
        let writer = self.writer;
        writer.start()?;
        writer.text.clear();
        match &mut writer.shape {
            Shape::Json(json) => json.write(&mut writer.text),
            Shape::Csv(csv) => csv.write(&mut writer.text),
            Shape::Xml(xml) => xml.write(&mut writer.text),
            Shape::Bundle(bundle) => bundle.write(&mut writer.text),
        }
        writer.flush_text()
    }
}

macro_rules! forward {
    ($self:ident . $method:ident ( $($argument:expr),* )) => {
        match &mut $self.writer.shape {
            Shape::Json(json) => json.$method($($argument),*),
            Shape::Csv(csv) => csv.$method($($argument),*),
            Shape::Xml(xml) => xml.$method($($argument),*),
            Shape::Bundle(bundle) => bundle.$method($($argument),*),
        }
    };
}

impl<'r> Events<'r> for RecordWriter<'_> {
    fn begin_object(&mut self) {
        forward!(self.begin_object());
    }

    fn key(&mut self, name: Cow<'r, str>) {
        forward!(self.key(name));
    }

    fn end_object(&mut self) {
        forward!(self.end_object());
    }

    fn begin_array(&mut self) {
        forward!(self.begin_array());
    }

    fn end_array(&mut self) {
        forward!(self.end_array());
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        forward!(self.scalar(scalar));
    }
}
