//! Reading records against what one would write by hand for the one file: `csv` and `serde_json`.
//!
//! `cargo bench --bench format`. Both sides read the same bytes and look at every cell or value; the
//! hand-written ones know the columns and check nothing else.

use std::borrow::Cow;
use std::hint::black_box;
use std::io::Cursor;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dankun::format::{Container, Events, JsonSink, ReadOptions, Reader, Scalar};
use serde::Deserialize;

const ROWS: usize = 20_000;

/// Looks at every scalar.
#[derive(Default)]
struct Length(usize);

impl<'r> Events<'r> for Length {
    fn begin_object(&mut self) {}
    fn key(&mut self, name: Cow<'r, str>) {
        self.0 += name.len();
    }
    fn end_object(&mut self) {}
    fn begin_array(&mut self) {}
    fn end_array(&mut self) {}
    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.0 += scalar.text.len();
    }
}

fn walk_all(bytes: &[u8], container: Container, sink: &mut impl FnMut(&dankun::format::Frame<'_>)) {
    let input = Cursor::new(bytes.to_vec());
    let mut reader = Reader::new(Box::new(input), &ReadOptions::new(container));
    while let Some(frame) = reader.next() {
        sink(&frame.expect("the benchmark's file is sound"));
    }
}

fn rows() -> Vec<u8> {
    let mut text = (0..21).map(|i| format!("colonne {i}")).collect::<Vec<_>>().join(";");
    text.push('\n');
    for row in 0..ROWS {
        text.push_str(&format!("UTM-{row:07};01;EN;Traoré;Aïssata;F;14/06/1985;N;Ségou;idem;04;70123456;;003;CP;01/02/2024;01/05/2024;31/12/2025;AJ;01/02/2024;2200\n"));
    }
    text.into_bytes()
}

fn lines() -> Vec<u8> {
    let mut text = String::new();
    for row in 0..ROWS {
        text.push_str(&format!("{{\"num_secu\": \"{row:013}\", \"nom\": \"KIEMA\", \"prenoms\": \"Salamata\", \"genre\": \"F\", \"date_naiss\": \"19950826\", \"nationalite\": \"BFA\", \"localite\": \"Yopougon\", \"district\": \"CI-AB\", \"telephone\": \"0747995959\", \"nni\": null, \"piece\": {{\"type\": \"CNIB\", \"numero\": \"B99076853\"}}, \"regime\": \"RGB\", \"qualite\": \"OD\", \"num_od\": null, \"date_immat\": \"20210211\", \"droits\": {{\"statut\": \"ACTIF\", \"debut\": \"20210511\", \"fin\": \"20260730\", \"maj\": \"20210211\"}}}}\n"));
    }
    text.into_bytes()
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    num_secu: Cow<'a, str>,
    #[serde(borrow)]
    nom: Cow<'a, str>,
    #[serde(borrow)]
    prenoms: Option<Cow<'a, str>>,
    #[serde(borrow)]
    genre: Cow<'a, str>,
    #[serde(borrow)]
    date_naiss: Cow<'a, str>,
    #[serde(borrow)]
    nationalite: Option<Cow<'a, str>>,
    #[serde(borrow)]
    localite: Option<Cow<'a, str>>,
    #[serde(borrow)]
    district: Option<Cow<'a, str>>,
    #[serde(borrow)]
    telephone: Option<Cow<'a, str>>,
    #[serde(borrow)]
    nni: Option<Cow<'a, str>>,
    #[serde(borrow)]
    piece: Option<Paper<'a>>,
    #[serde(borrow)]
    regime: Cow<'a, str>,
    #[serde(borrow)]
    droits: Rights<'a>,
}

#[derive(Deserialize)]
struct Paper<'a> {
    #[serde(borrow)]
    numero: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Rights<'a> {
    #[serde(borrow)]
    statut: Cow<'a, str>,
    #[serde(borrow)]
    fin: Option<Cow<'a, str>>,
}

impl Line<'_> {
    fn length(&self) -> usize {
        let optional = [
            &self.prenoms,
            &self.nationalite,
            &self.localite,
            &self.district,
            &self.telephone,
            &self.nni,
            &self.droits.fin,
        ];
        let known = [
            &self.num_secu,
            &self.nom,
            &self.genre,
            &self.date_naiss,
            &self.regime,
            &self.droits.statut,
        ];
        optional.iter().filter_map(|text| text.as_ref()).map(|text| text.len()).sum::<usize>()
            + known.iter().map(|text| text.len()).sum::<usize>()
            + self.piece.as_ref().map_or(0, |paper| paper.numero.len())
    }
}

fn csv_rows(criterion: &mut Criterion) {
    let bytes = rows();
    let mut group = criterion.benchmark_group("csv");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("dankun", |bencher| {
        let container =
            Container::Csv { delimiter: b';', quote: b'"', header_row: 1, columns: None };
        bencher.iter(|| {
            let mut length = Length::default();
            walk_all(&bytes, container.clone(), &mut |frame| {
                frame.walk(&mut length).expect("sound")
            });
            black_box(length.0)
        });
    });
    group.bench_function("by hand (csv::StringRecord)", |bencher| {
        bencher.iter(|| {
            let input = Cursor::new(bytes.clone());
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(input);
            let mut record = csv::StringRecord::new();
            let mut length = 0;
            while reader.read_record(&mut record).expect("sound") {
                length += record.iter().map(str::len).sum::<usize>();
            }
            black_box(length)
        });
    });
    group.finish();
}

fn json_lines(criterion: &mut Criterion) {
    let bytes = lines();
    let mut group = criterion.benchmark_group("ndjson");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("dankun", |bencher| {
        bencher.iter(|| {
            let mut length = Length::default();
            walk_all(&bytes, Container::Ndjson, &mut |frame| {
                frame.walk(&mut length).expect("sound")
            });
            black_box(length.0)
        });
    });
    group.bench_function("dankun, to JSON again", |bencher| {
        bencher.iter(|| {
            let mut json = JsonSink::new();
            walk_all(&bytes, Container::Ndjson, &mut |frame| {
                json.clear();
                frame.walk(&mut json).expect("sound");
            });
            black_box(json.as_bytes().len())
        });
    });
    group.bench_function("by hand (serde, borrowed)", |bencher| {
        bencher.iter(|| {
            let bytes = bytes.clone();
            let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
            let length: usize = lines
                .map(|line| serde_json::from_slice::<Line<'_>>(line).expect("sound").length())
                .sum();
            black_box(length)
        });
    });
    group.finish();
}

criterion_group!(benches, csv_rows, json_lines);
criterion_main!(benches);
