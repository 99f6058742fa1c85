#!/usr/bin/env bash
# Linkage beside Splink on the same files in turn, and at the sizes that are asked for.
#
# linkage.sh DANKUN WORK: Splink 5 comes from PyPI into a virtual environment; SPLINK_PYTHON names a Python that has it.
# LINKED is the number of invented records that both link, LARGE the size of the benchmark's large jobs.
set -euo pipefail
cd "$(dirname "$0")/../.."

dankun=$1 work=$2
sets=../shared/data/linkage models=tests/linkage/models
python=${SPLINK_PYTHON:+--python $SPLINK_PYTHON}

beside_splink() {
  # shellcheck disable=SC2086 # two words, or none
  python3 tests/proof/splink.py "$dankun" "$1" "$2" "$models/$3.yaml" --splink "$3" $python
}

echo "== historical persons, beside Splink"
if [ -f "$sets/historical_dev.csv" ]; then
  beside_splink "$sets/historical_dev.csv" "$sets/historical_dev_truth.csv" historical
else
  echo "SKIPPED: no $sets"
fi
echo "== ${LINKED:-200000} invented persons, beside Splink"
python3 tests/proof/persons.py "${LINKED:-200000}" "$work/persons.csv" "$work/persons_truth.csv"
beside_splink "$work/persons.csv" "$work/persons_truth.csv" persons
echo "== ${LARGE:-10000000} records"
DANKUN_RECORDS=${LARGE:-10000000} cargo bench --locked --bench identity
