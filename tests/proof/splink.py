#!/usr/bin/env python3
"""Splink 5 and `dankun link` on the same file in turn: seconds, peak memory, pairwise F1 of clusters.

splink.py DANKUN INPUT.csv TRUTH.csv MODEL.yaml --splink historical|persons [--rounds N] [--python PROGRAM]

Splink is installed from PyPI into a virtual environment under a temporary folder, unless a Python that has it is
named. Its set-up is the
published one for historical persons (DuckDB, its blocking rules, random sampling for u, EM for m), at
match probability 0.95 for clusters; `persons` is the same kind of set-up for the columns of invented
persons (given, family, sex, dob, phone, street, town, postcode, idnum). Both are scored by the same
count, and neither sees the truth.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter

SPLINK = r'''
import sys
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
import pandas

path, out, setup = sys.argv[1:4]
frame = pandas.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
if setup == "historical":
    comparisons = [
        cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="first_and_surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True, datetime_metrics=["month", "year", "year"], datetime_thresholds=[1, 1, 10]),
        cl.PostcodeComparison("postcode_fake"),
        cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ]
    rules = [
        block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
        block_on("surname", "dob"),
        block_on("first_name", "dob"),
        block_on("postcode_fake", "first_name"),
        block_on("postcode_fake", "surname"),
        block_on("dob", "birth_place"),
        block_on("substr(postcode_fake,1,3)", "dob"),
        block_on("substr(postcode_fake,1,3)", "first_name"),
        block_on("substr(postcode_fake,1,3)", "surname"),
        block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]
    certain = [block_on("first_name", "surname", "dob"), block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"), block_on("dob", "postcode_fake")]
    training = [block_on("first_name", "surname"), block_on("dob")]
else:
    comparisons = [
        cl.NameComparison("given"), cl.NameComparison("family"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.ExactMatch("sex"), cl.LevenshteinAtThresholds("phone", 1), cl.JaroWinklerAtThresholds("street", 0.9),
        cl.ExactMatch("town").configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("postcode", 1), cl.LevenshteinAtThresholds("idnum", 1),
    ]
    rules = [block_on("given", "family"), block_on("given", "dob"), block_on("family", "dob"), block_on("phone", "given"), block_on("idnum"), block_on("street", "given"), block_on("dob", "town")]
    certain = [block_on("given", "family", "dob"), block_on("idnum")]
    training = [block_on("given", "family"), block_on("dob")]
settings = SettingsCreator(link_type="dedupe_only", unique_id_column_name="record_id", comparisons=comparisons, blocking_rules_to_generate_predictions=rules)
api = DuckDBAPI()
try:
    linker = Linker(frame, settings, api)
except Exception:
    linker = Linker(api.register(frame), settings)
linker.training.estimate_probability_two_random_records_match(certain, recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=5e6)
for rule in training:
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
pairs = linker.inference.predict(threshold_match_probability=0.5)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.95)
clusters.as_pandas_dataframe()[["record_id", "cluster_id"]].to_csv(out, index=False)
'''


def installed(folder):
    """A Python with Splink."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [os.path.join(folder, "bin/pip"), "install", "--quiet", "splink>=5.0.0.dev0,<6", "pandas"]
    subprocess.run(pip, check=True)
    return os.path.join(folder, "bin/python")


def measured(command):
    """Seconds by the clock and of the processors, and peak memory of a command."""
    start = time.time()
    pid = os.spawnvp(os.P_NOWAIT, command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit("failed: %s" % " ".join(command))
    return {"seconds": time.time() - start, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}


def score(truth, clusters):
    """Pairwise precision, recall, F1."""
    with open(truth, newline="") as file:
        entity = {row["record_id"]: row["entity_id"] for row in csv.DictReader(file)}
    with open(clusters, newline="") as file:
        cluster = {row["record_id"]: row["cluster_id"] for row in csv.DictReader(file)}
    pairs = lambda counts: sum(n * (n - 1) // 2 for n in counts.values())
    both = pairs(Counter((entity[r], cluster.get(r, r)) for r in entity))
    ours, theirs = pairs(Counter(cluster.get(r, r) for r in entity)), pairs(Counter(entity.values()))
    precision, recall = both / max(ours, 1), both / max(theirs, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ["dankun", "input", "truth", "model"]:
        arguments.add_argument(name)
    arguments.add_argument("--splink", choices=["historical", "persons"], required=True)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--python")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="dankun-splink.") as work:
        path = lambda name: os.path.join(work, name)
        python = given.python or installed(path("venv"))
        with open(path("run.py"), "w") as file:
            file.write(SPLINK)
        splink = [python, path("run.py"), given.input, path("splink.csv"), given.splink]
        dankun = [given.dankun, "link", given.input, "--model", given.model, "--out", path("dankun.csv")]
        found = {"splink": [], "dankun": []}
        for _ in range(given.rounds):
            for name, command in [("splink", splink), ("dankun", dankun)]:
                took = measured(command)
                found[name].append(took)
                precision, recall, f1 = score(given.truth, path(name + ".csv"))
                line = {"program": name, **took, "precision": precision, "recall": recall, "f1": f1}
                print(json.dumps({key: value if isinstance(value, str) else round(value, 4) for key, value in line.items()}), flush=True)
        best = lambda name, what: min(took[what] for took in found[name])
        ratio = {what: round(best("splink", what) / best("dankun", what), 1) for what in ["seconds", "cpu_seconds", "peak_mb"]}
        print(json.dumps({"splink_to_dankun": ratio}), flush=True)


if __name__ == "__main__":
    main()
