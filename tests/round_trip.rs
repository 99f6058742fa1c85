//! The demonstration's exports there and back, each through its own mapping.

#![allow(clippy::unwrap_used)]

mod shipped;

use std::fs;

use dankun::format::Reader;
use dankun::mapping::{RoundTrip, Run, RunContext};

use shipped::{EXPORTS, EXTRACTED, mapping, root};

#[test]
fn what_the_mapping_leaves_out_comes_back_from_the_earlier_document() {
    for (id, file) in EXPORTS {
        let mapping = mapping(id);
        let bytes = fs::File::open(root().join("demo").join(file)).unwrap();
        let reader = Reader::new(Box::new(bytes), &mapping.read_options());
        let context = RunContext { scheme: id.parse().unwrap(), today: EXTRACTED };
        let mut run = Run::new(&mapping, reader, context);
        let mut trip = RoundTrip::new(&mapping, EXTRACTED);
        trip.read(&mut run);
        let report = trip.finish();
        assert!(report.records > 10, "{id}: {}", report.records);
        assert_eq!(report.same_onto, report.records, "{id}: {:?}", report.changed);
        // What a row takes from the rows above it is written out.
        let carried = matches!(*id, "ml-utm" | "ci-necab");
        assert!(carried || report.to_the_letter == report.elements, "{id}: {report:?}");
        // A list whose fields may not be kept cannot come back without them.
        let changed = if *id == "ml-synd" { report.records } else { 0 };
        assert_eq!(report.records - report.same, changed, "{id}: {:?}", report.changed);
        let lost = report.fields.iter().filter(|(_, trip)| trip.lost > 0);
        let lost: Vec<&str> = lost.map(|(field, _)| field.as_str()).collect();
        assert!(lost.is_empty() || carried, "{id}: {lost:?}");
    }
}
