#!/usr/bin/env python3
"""identity.py DANKUN TOOLS WORK [--persons N] [--seeds hard:1,realistic:2,…] [--names DIR] [--database URL]

Populations that the hub has never seen go through its own door: `dankun serve`, eight `dankun push`, the linker, `dankun
export links|pairs`; TOOLS/score_population.py then tells what the generator knows. Says of each what pushing and
linking took, and fails when a figure of the identity index is below its floor.

With --database each population needs a database that holds nothing: URL may have {} where the population's name goes.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

EXPORTS = {
    "ml-utm": "utm_mutuelles.csv", "ml-canam": "canam_amo.xml", "ml-anam": "anam_ramed.json",
    "ci-cnam": "ci_cmu.ndjson", "ng-nhia": "ng_nhia.csv", "ml-openimis": "fhir_bundle.json",
    "ci-necab": "necab_coop.csv", "ml-synd": "syndicat.csv",
}
# Floors of the mean over the seeds. Precision needs size: at 20,000 people one wrong pair is the third digit.
FLOORS = {"realistic": (0.999, 0.85), "hard": (0.998, 0.75)}
BAND = 0.97
HOUSEHOLD = 1 / 5_000


class Serving:
    """A hub at work: its address, its first key, and what it used."""

    def __init__(self, dankun, database, key_file, log):
        environment = dict(os.environ, DANKUN_KEY_FILE=key_file, RUST_LOG="off")
        command = [dankun, "--lang", "en", "serve", "--listen", "127.0.0.1:0", "--database", database]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=open(log, "w"), env=environment, text=True)
        self.key = self.url = None
        for line in self.process.stdout:
            self.key = self.key or next(iter(re.findall(r"dk_[\w-]+", line)), None)
            found = re.search(r"http://[0-9.:]+\d", line)
            if found:
                self.url = found.group()
                return
        sys.exit("the hub ended before it listened: " + open(log).read())

    def waiting(self):
        with urllib.request.urlopen(self.url + "/metrics") as page:
            return int(float(re.search(r"^dankun_linker_waiting (\S+)", page.read().decode(), re.M).group(1)))

    def used(self):
        """Seconds of processor and peak memory in MiB."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        with open(f"/proc/{self.process.pid}/status") as status:
            peak = int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), peak

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def quietly(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stderr}")
    return done.stdout


def through_the_hub(dankun, population, out, database):
    """Pushes, links and exports a population; answers the sentence that says what it took."""
    os.makedirs(out, exist_ok=True)
    key_file = f"{out}/hub.key"
    hub = Serving(dankun, database, key_file, f"{out}/serve.log")
    began, received = time.monotonic(), 0
    for scheme, file in EXPORTS.items():
        command = [dankun, "--json", "push", "--scheme", scheme, "--hub", hub.url, "--key", hub.key, f"{population}/{file}"]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        if done.returncode > 1:
            sys.exit(f"{scheme}: push ended with {done.returncode}")
        received += json.loads(done.stdout)["received"]
    pushed = time.monotonic() - began
    while hub.waiting():
        time.sleep(0.2)
    linked = time.monotonic() - began
    seconds, peak = hub.used()
    hub.end()
    at_hub = ["--database", database, "--key-file", key_file]
    for what in ("links", "pairs", "refusals"):
        quietly(dankun, "export", what, *at_hub, "--out", f"{out}/{what}.csv")
    queries = f"{population}/eligibility_queries.ndjson"
    quietly(dankun, "ask", "--batch", queries, *at_hub, "--out", f"{out}/answers.ndjson")
    return (f"{received} records: pushed in {pushed:.1f} s, all linked after {linked:.1f} s ({received / linked:.0f}/s), "
            f"processor {seconds:.1f} s, peak {peak:.0f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dankun")
    parser.add_argument("tools")
    parser.add_argument("work")
    parser.add_argument("--persons", default="100000")
    parser.add_argument("--seeds", default="realistic:11,realistic:12,realistic:13,hard:11,hard:12,hard:13")
    parser.add_argument("--names")
    parser.add_argument("--database", default="sqlite:{}/hub.db")
    wanted = parser.parse_args()
    shares, failures, joined = {}, [], [0, 0]
    for profile, seed in (part.split(":") for part in wanted.seeds.split(",")):
        name = f"{profile}-{seed}"
        population, out = f"{wanted.work}/{name}", f"{wanted.work}/{name}-out"
        if not os.path.exists(f"{population}/policy_queries.ndjson"):
            command = [sys.executable, f"{wanted.tools}/gen_population.py", "--out", population, "--persons", wanted.persons,
                       "--seed", seed, "--profile", profile, "--queries", "2000"]
            quietly(*command, *(["--names", wanted.names] if wanted.names else []))
        # A hub of before has given its key away.
        shutil.rmtree(out, ignore_errors=True)
        print(f"{name}: " + through_the_hub(wanted.dankun, population, out, wanted.database.format(out)))
        score = json.loads(quietly(sys.executable, f"{wanted.tools}/score_population.py", population, out))
        links, band = score["links"], score["calibration"]
        shares.setdefault(profile, []).append((links["precision"], links["recall"]))
        joined[0] += links["wrong_pairs_in_one_household"]
        joined[1] += links["joined_pairs"]
        print(f"  precision {links['precision']:.5f}, recall {links['recall']:.4f}; pairs given .95: {band['right']} of {band['pairs_at_95']};"
              f" largest {links['largest_cluster']} of {links['largest_person']}; household {links['wrong_pairs_in_one_household']}"
              f" of {links['joined_pairs']}; without person {links['records_without_person']}", flush=True)
        for wrong, what in [
            (band["right"] < BAND, "pairs given .95 are too often wrong"),
            (links["largest_cluster"] > 2 * links["largest_person"], "a cluster is too large"),
            (links["records_without_person"] > 0, "records are nobody's"),
        ]:
            if wrong:
                failures.append(f"{name}: {what}")
    for profile, figures in shares.items():
        precision, recall = (sum(column) / len(figures) for column in zip(*figures))
        print(f"{profile}, mean of {len(figures)}: precision {precision:.5f}, recall {recall:.4f}")
        floor = FLOORS[profile]
        if precision < floor[0] or recall < floor[1]:
            failures.append(f"{profile}: below the floor of {floor[0]} and {floor[1]}")
    print(f"joins of two people of one household: {joined[0]} of {joined[1]}")
    if joined[0] > joined[1] * HOUSEHOLD:
        failures.append("too many of one household were joined")
    if failures:
        sys.exit("\n".join(failures))


main()
