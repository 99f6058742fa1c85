//! A file of any format through its reader. The first byte says how it is to be read.

use std::io::{Cursor, Write};

use flate2::write::GzEncoder;
use serde::de::IgnoredAny;

use crate::format::{Container, JsonSink, Limits, ReadOptions, Reader, head, sniff};

const ENCODINGS: [Option<&str>; 8] = [
    None,
    Some("utf-8"),
    Some("windows-1252"),
    Some("utf-16le"),
    Some("utf-16be"),
    Some("iso-2022-jp"),
    Some("gb18030"),
    Some("no such encoding"),
];

/// So small that every limit is met often.
const TIGHT: Limits = Limits { file: 2048, record: 160, depth: 5, fields: 12 };

/// How a file is read, and its bytes.
///
/// Bits 0 to 2 of the first byte choose the encoding, bit 3 tight limits; 14 and 15 in the upper half
/// compress the file first.
fn options(container: Container, data: &[u8]) -> Option<(ReadOptions, Vec<u8>)> {
    let (&choice, file) = data.split_first()?;
    let mut options = ReadOptions::new(container);
    options.encoding = ENCODINGS[usize::from(choice & 7)].map(str::to_owned);
    if choice & 8 != 0 {
        options.limits = TIGHT;
    }
    let file = match choice >> 4 {
        14 => zstd::encode_all(file, 1).expect("memory takes all"),
        15 => {
            let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(file).expect("memory takes all");
            packed.finish().expect("memory takes all")
        }
        _ => file.to_vec(),
    };
    Some((options, file))
}

/// Reads a file to its end: records come in their order, and what is legible of them is well-formed,
/// whether they are sound or broken.
pub fn read(container: Container, data: &[u8]) {
    let Some((options, file)) = options(container, data) else { return };
    let _ = sniff(&file, None);
    let _ = head(&file, 1 << 12);
    let mut reader = Reader::new(Box::new(Cursor::new(file)), &options);
    let (mut sink, mut place) = (JsonSink::new(), 0);
    let mut check = |walk: &mut dyn FnMut(&mut JsonSink)| {
        sink.clear();
        walk(&mut sink);
        let json = serde_json::from_slice::<IgnoredAny>(sink.as_bytes());
        let nothing = sink.as_bytes().is_empty();
        assert!(nothing || json.is_ok(), "{}", String::from_utf8_lossy(sink.as_bytes()));
    };
    while let Some(found) = reader.next() {
        match found {
            Ok(frame) => {
                assert!(frame.place().byte >= place, "records come in their order");
                place = frame.place().byte;
                let mut issue = None;
                check(&mut |sink| issue = frame.walk(sink).err());
                if let Some(issue) = issue {
                    check(&mut |sink| assert!(frame.broken(issue.clone()).walk(sink)));
                }
            }
            Err(broken) => {
                let mut told = false;
                check(&mut |sink| told = broken.walk(sink));
                assert!(told || broken.cells().is_empty());
            }
        }
    }
}
