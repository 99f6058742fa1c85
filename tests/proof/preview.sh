#!/usr/bin/env bash
# preview.sh DANKUN WORK FILE: an edit of ml-utm tried on the stored records of FILE, published, and made history with.
#
# Says the seconds and the peak memory of the preview, and fails when the replay does not come to the same counts.
set -euo pipefail
cd "$(dirname "$0")/../.."

dankun=$1 work=$2 file=$3
database="sqlite:$work/preview.db"
rm -f "$work"/preview.db*

"$dankun" --lang en serve --listen 127.0.0.1:0 --database "$database" > "$work/serve.txt" 2> /dev/null &
serving=$!
trap 'kill "$serving" 2> /dev/null || true' EXIT
until grep -q 'http://' "$work/serve.txt"; do
  kill -0 "$serving"
  sleep 0.1
done
hub=$(grep -o 'http://[0-9.:]*' "$work/serve.txt" | head -1)
key=$(grep -o 'dk_[A-Za-z0-9_-]*' "$work/serve.txt" | head -1)
"$dankun" --json push --scheme ml-utm --hub "$hub" --key "$key" "$file" || [ $? = 1 ]
kill "$serving"
wait "$serving" || true

edited=$work/edited
mkdir -p "$edited"
sed -e 's/^version: .*/version: 99.0.0/' -e 's/^fields:/fields:\n  person.nationality: { value: ML }/' \
  mappings/ml-utm.yaml > "$edited/ml-utm.yaml"
measured() {
  python3 - "$@" <<'PYTHON'
import resource, subprocess, sys, time
out, command = sys.argv[1], sys.argv[2:]
began = time.monotonic()
with open(out, "wb") as file:
    code = subprocess.call(command, stdout=file)
took = time.monotonic() - began
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"  {took:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of them on processors, peak {peak:.0f} MiB")
sys.exit(code if code > 1 else 0)
PYTHON
}
echo "preview:"
measured "$work/preview.json" "$dankun" --json mapping preview --scheme ml-utm --database "$database" "$edited/ml-utm.yaml"
# A work folder that is used again remembers the hub of the last run.
"$dankun" --json --mappings "$edited" mapping publish --force --database "$database" "$edited/ml-utm.yaml" > /dev/null
echo "replay:"
measured "$work/replay.json" "$dankun" --json mapping replay --scheme ml-utm --database "$database"
python3 - "$work/preview.json" "$work/replay.json" <<'PYTHON'
import json, sys
preview, replay = (json.load(open(name))["report"]["counts"] for name in sys.argv[1:])
print("  " + ", ".join(f"{name} {count}" for name, count in preview.items() if count))
if preview != replay:
    sys.exit(f"the replay came to something else: {replay}")
print("  the replay came to the same counts")
PYTHON
