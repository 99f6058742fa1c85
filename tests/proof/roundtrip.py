#!/usr/bin/env python3
"""roundtrip.py DANKUN GENERATOR WORK RECORDS: every shipped mapping there and back, over so many records each.

Populations are generated, one seed after the other, until each of the eight exports has come to so many records; the
Bundles of FHIR R4 are what the program makes of the first three exports. Says for each mapping how many of its
sender's values come back identical, equal up to their form, from the earlier document only, or not at all. Fails when
a record does not say the same when it has been written onto what was sent, and when a value does not come back of
itself although the mapping alone (`dankun mapping explain`) does not name its field among what it can lose.
"""
import collections
import json
import os
import re
import subprocess
import sys

EXPORTS = {
    "ml-utm": "utm_mutuelles.csv", "ml-canam": "canam_amo.xml", "ml-anam": "anam_ramed.json", "ci-cnam": "ci_cmu.ndjson",
    "ng-nhia": "ng_nhia.csv", "ml-openimis": "fhir_bundle.json", "ci-necab": "necab_coop.csv", "ml-synd": "syndicat.csv",
}
# Which exports become FHIR R4, so that its mapping has as many records as the others.
MADE_FHIR = ["ml-utm", "ci-cnam", "ng-nhia"]
KINDS = ["identical", "form", "restored", "lost"]


def trip(dankun, scheme, file):
    command = [dankun, "--json", "mapping", "roundtrip", "--scheme", scheme, "--today", "2025-12-31", file]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def plain(field):
    """A field without choices among items, whatever separates its names."""
    return re.sub(r"\[[^\]]*\]", "", field).replace("/", ".")


def named(dankun, scheme):
    """The sender's fields that the mapping names as lost, or that make a target field which it names."""
    command = [dankun, "--json", "mapping", "explain", "--scheme", scheme]
    explained = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    lost = {loss["field"] for loss in explained["loses"]}
    made = (field for writes in explained["writes"] if writes["field"] in lost for field in writes["from"])
    return {plain(field) for field in [*lost, *made]}


def translated(dankun, scheme, file, work):
    out = os.path.join(work, "roundtrip-fhir.json")
    command = [dankun, "translate", "--from", scheme, "--to", "fhir", "--today", "2025-12-31", file, "-o", out]
    code = subprocess.run(command, capture_output=True).returncode
    if code > 1:
        raise SystemExit(f"{' '.join(command)}: exit {code}")
    return out


class Sum:
    """What became of the records of one mapping, over all files."""

    def __init__(self):
        self.counts = collections.Counter()
        self.fields = collections.defaultdict(collections.Counter)
        self.changed = collections.Counter()

    def add(self, report):
        for name in ("records", "same", "same_onto", "elements", "to_the_letter"):
            self.counts[name] += report[name]
        for field in report["fields"]:
            forms = sum(field["equal_up_to"].values())
            known = self.fields[field["field"]]
            for kind, count in zip(KINDS, (field["identical"], forms, field["restored"], field["lost"])):
                known[kind] += count
        for changed in report["changed"]:
            self.changed[changed["field"]] += changed["records"]

    def unnamed(self, named):
        """Fields that did not come back of themselves and are not named, neither they nor what stands around them."""
        gone = [plain(name) for name, field in self.fields.items() if field["restored"] or field["lost"]]
        return [name for name in gone if not any(name == known or name.startswith(known + ".") for known in named)]

    def tell(self, scheme):
        counts, total = self.counts, collections.Counter()
        for field in self.fields.values():
            total.update(field)
        values = sum(total.values())
        print(f"{scheme}: {counts['records']} records, {counts['same']} say the same when they are back, "
              f"{counts['same_onto']} onto what was sent; {counts['to_the_letter']} of {counts['elements']} documents "
              "to the letter")
        print("  of {} values: {}".format(values, ", ".join(f"{total[kind]} {kind}" for kind in KINDS)))
        for name, field in sorted(self.fields.items()):
            if field["restored"] or field["lost"]:
                print("    {}: {}".format(name, ", ".join(f"{field[kind]} {kind}" for kind in KINDS if field[kind])))
        for name, records in sorted(self.changed.items()):
            print(f"    without what was sent {records} records say something else in {name}")


def main():
    dankun, generator, work, wanted = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    sums = {scheme: Sum() for scheme in [*EXPORTS, "fhir-r4"]}
    seed = 0
    while any(found.counts["records"] < wanted for found in sums.values()):
        seed += 1
        place = os.path.join(work, "roundtrip")
        # Few work on cocoa farms: more people of that country than in life.
        subprocess.run([sys.executable, generator, "--out", place, "--persons", "20000", "--seed", str(seed), "--profile",
                        "realistic", "--no-persons", "--share-ml", "0.4", "--share-ci", "0.5", "--share-ng", "0.1"],
                       check=True, capture_output=True)
        for scheme, name in EXPORTS.items():
            file = os.path.join(place, name)
            if sums[scheme].counts["records"] < wanted:
                sums[scheme].add(trip(dankun, scheme, file))
            if scheme in MADE_FHIR and sums["fhir-r4"].counts["records"] < wanted:
                sums["fhir-r4"].add(trip(dankun, "fhir-r4", translated(dankun, scheme, file, work)))
    print(f"{seed} populations of 20,000 people")
    for scheme, found in sums.items():
        found.tell(scheme)
    wrong = [scheme for scheme, found in sums.items() if found.counts["same_onto"] != found.counts["records"]]
    if wrong:
        raise SystemExit(f"not the same onto what was sent: {', '.join(wrong)}")
    unnamed = [f"{scheme} {field}" for scheme, found in sums.items() for field in found.unnamed(named(dankun, scheme))]
    if unnamed:
        raise SystemExit(f"lost and not named: {', '.join(unnamed)}")


if __name__ == "__main__":
    main()
