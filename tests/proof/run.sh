#!/usr/bin/env bash
# The sizes that are to be shown: a population of 20,000 on both stores, scored against what its generator knows; the
# identity index on populations of 100,000, and against brute force on 20,000 records; files of 1,000,000 records
# translated and validated with their peak memory.
#
# The views of the page are weighed and timed on both sizes, the larger being VIEWED.
#
# Linkage stands beside Splink (linkage.sh). The generator and the scorer stand in ../shared/tools. TOOLS, PERSONS, RECORDS
# and WORK may be set; PEOPLE is the size of the six populations for the index, NAMES a folder of other name tables for two
# more.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools=$(realpath "${TOOLS:-../shared/tools}")
persons=${PERSONS:-20000}
records=${RECORDS:-1000000}
work=${WORK:-$(mktemp -d /tmp/dankun-proof.XXXXXX)}
dankun=$PWD/target/release/dankun
mkdir -p "$work"
# The owner of the throw-away cluster must be able to reach its folder.
chmod 711 "$work"

if [ ! -f "$tools/gen_population.py" ]; then
  echo "no generator in $tools: set TOOLS" >&2
  exit 2
fi

# Runs a command and says its wall time and peak memory; exit code 1 means "some records were refused", which is meant.
measured() {
  local code=0
  python3 - "$@" <<'PYTHON' || code=$?
import resource, subprocess, sys, time
began = time.monotonic()
code = subprocess.call(sys.argv[1:])
took = time.monotonic() - began
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"  {took:.1f} s, peak {peak:.0f} MiB", file=sys.stderr)
sys.exit(code)
PYTHON
  if [ "$code" -gt 1 ]; then return "$code"; fi
}

population() {
  local store=$1 database=$2
  local out="$work/$store"
  mkdir -p "$out"
  echo "== $persons people on $store"
  measured "$dankun" demo --once --data "$work/population" --database "$database" --json > "$out/report.json"
  for what in links pairs refusals; do
    "$dankun" export "$what" --database "$database" --out "$out/$what.csv"
  done
  measured "$dankun" ask --batch "$work/population/eligibility_queries.ndjson" --database "$database" \
    --out "$out/answers.ndjson"
  "$dankun" ask --batch "$work/population/policy_queries.ndjson" --database "$database" \
    --out "$out/policy_answers.ndjson"
  python3 "$tools/score_population.py" "$work/population" "$out" --json | tee "$out/score.json"
}

# Every view of the page on a store that is full: bytes and milliseconds, and a failure when one is over its limit.
views() {
  echo "== the page on $1 people"
  if [ ! -d tests/browser/node_modules ]; then npm --prefix tests/browser ci --no-audit --no-fund --loglevel error; fi
  node tests/browser/weight.mjs "$dankun" "$2"
}

python3 "$tools/gen_population.py" --out "$work/population" --persons "$persons" --seed 7 --profile realistic \
  --poison --queries 2000 > /dev/null

population sqlite "sqlite:$work/hub.db"
views "$persons" "sqlite:$work/hub.db"
url=$(tests/cluster/postgres.sh start "$work/pg")
trap 'tests/cluster/postgres.sh stop "$work/pg"' EXIT
DANKUN_KEY_FILE="$work/postgres.key" population postgres "$url"

echo "== questions about 20,000 people of three seeds, in REST, FHIR and SPDCI: every field of every answer, on both stores"
DANKUN_PROOF_PERSONS=${PERSONS:-20000} DANKUN_PROOF_SEEDS=${SEEDS:-7,11,23} DANKUN_SHARED=$(dirname "$tools") \
  cargo test --release --locked --test answers -- --nocapture --test-threads 1

echo "== every pair of 20,000 records weighed: none above the review threshold is missed"
"$dankun" export records --database "sqlite:$work/hub.db" --out "$work/all.ndjson"
head -n 20000 "$work/all.ndjson" > "$work/records.ndjson"
DANKUN_RECORDS="$work/records.ndjson" cargo test --release --locked --test identity no_pair -- --nocapture

echo "== the identity index: ${PEOPLE:-100000} people through the hub, three seeds each"
tests/proof/identity.py "$dankun" "$tools" "$work/identity" --persons "${PEOPLE:-100000}"
empty=$(tests/cluster/postgres.sh start "$work/pg2")
trap 'tests/cluster/postgres.sh stop "$work/pg"; tests/cluster/postgres.sh stop "$work/pg2"' EXIT
tests/proof/identity.py "$dankun" "$tools" "$work/identity" --persons "${PEOPLE:-100000}" --seeds realistic:14 \
  --database "$empty"
if [ -n "${NAMES:-}" ]; then
  tests/proof/identity.py "$dankun" "$tools" "$work/named" --persons "${PEOPLE:-100000}" --names "$NAMES" \
    --seeds realistic:15,hard:15
fi

echo "== poison: each file is answered, none does harm"
for file in "$work"/population/poison/*; do
  case $file in
    *.xml) scheme=ml-canam ;;
    *.ndjson) scheme=ci-cnam ;;
    *.json) scheme=ml-openimis ;;
    *) scheme=ml-utm ;;
  esac
  code=0
  "$dankun" --lang en validate --scheme "$scheme" "$file" > "$work/poison.txt" 2>&1 || code=$?
  echo "  $(basename "$file") ($scheme): exit $code, $(grep -o '[A-Z][0-9][0-9][0-9] [A-Z][a-zA-Z ]*' "$work/poison.txt" | head -1)"
  [ "$code" -le 1 ]
done

echo "== there and back: ${ROUND_TRIPS:-20000} records of every shipped mapping"
python3 tests/proof/roundtrip.py "$dankun" "$tools/gen_population.py" "$work" "${ROUND_TRIPS:-20000}"

echo "== the laws of going there and back on ${CASES:-100000} generated records of each mapping"
DANKUN_CASES=${CASES:-100000} cargo test --release --locked --test lenses -- --nocapture

echo "== files of $records records"
python3 tests/proof/enlarge.py "$work/population" "$work" "$records"
for pair in ml-utm:large.csv ml-canam:large.xml ci-cnam:large.ndjson; do
  scheme=${pair%%:*} file=$work/${pair##*:}
  echo "$scheme, $(du -h "$file" | cut -f1)"
  measured "$dankun" --json validate --scheme "$scheme" "$file" > /dev/null
  measured "$dankun" translate --from "$scheme" --to fhir "$file" --output "$work/large.out" --refused "$work/refused.csv"
done
echo "== an edit of a mapping over 100,000 stored records"
mkdir -p "$work/stored"
python3 tests/proof/enlarge.py "$work/population" "$work/stored" 100000
tests/proof/preview.sh "$dankun" "$work" "$work/stored/large.csv"
viewed=${VIEWED:-1000000}
python3 "$tools/gen_population.py" --out "$work/viewed" --persons "$viewed" --seed 11 --profile realistic > /dev/null
measured "$dankun" demo --once --data "$work/viewed" --database "sqlite:$work/viewed.db" --json > "$work/viewed.json"
views "$viewed" "sqlite:$work/viewed.db"
tests/proof/linkage.sh "$dankun" "$work"
echo "everything is in $work"
