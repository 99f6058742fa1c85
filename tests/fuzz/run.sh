#!/usr/bin/env bash
# run.sh [RUNS [TARGET…]]: so many inputs through each fuzz target, one after the other; a panic, a hang or a flood of
# memory ends it, and its input stays in tests/fuzz/artifacts. README.md says more.
set -euo pipefail
cd "$(dirname "$0")/../.."

runs=${1:-100000}
shift || true
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  targets=(path condition mapping_text json ndjson csv xml bundle whole)
fi

if ! command -v cargo-fuzz > /dev/null; then
  echo "cargo-fuzz is missing: cargo install cargo-fuzz" >&2
  exit 2
fi

# Without a sanitizer: the core forbids unsafe code, and so it builds with the stable compiler. Without comparisons
# traced: that takes a third of the instructions of a mapping's text and two thirds of a reader's, and the first inputs
# know the words of each format.
build=(--fuzz-dir tests/fuzz --sanitizer none --no-trace-compares --target-dir target/fuzz)
nice cargo fuzz build "${build[@]}"
python3 tests/fuzz/seeds.py target/fuzz/seeds

# Longer inputs are slower and say little more: the limits of the readers are lowered for the short ones, and their
# block is so short that these cross it. MAX_LEN says otherwise, for a shorter run with longer ones.
longest() {
  case $1 in
    path | condition) echo 128 ;;
    mapping_text) echo 512 ;;
    whole) echo 3072 ;;
    bundle) echo 512 ;;
    *) echo 256 ;;
  esac
}

for target in "${targets[@]}"; do
  corpus=tests/fuzz/corpus/$target
  mkdir -p "$corpus" "tests/fuzz/artifacts/$target"
  echo "== $target: $runs inputs"
  nice cargo fuzz run "${build[@]}" "$target" "$corpus" "target/fuzz/seeds/$target" -- \
    -runs="$runs" -max_len="${MAX_LEN:-$(longest "$target")}" -entropic=0 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 2>&1 |
    { grep -E 'panicked|ERROR|SUMMARY|Test unit written|stat::|DONE' || true; }
done
