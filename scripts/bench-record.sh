#!/usr/bin/env bash
# Takes all figures of this machine and puts them into docs/performance.md.
#
#   scripts/bench-record.sh [OPTION]...     options of "holdfast bench", for example --seconds 30 or --only calls
#
# The table between the two marks in that page is replaced; the same figures go to target/bench.json. Half an hour, on a machine that
# does nothing else; as root also with an empty page cache. BENCH_DIR says on which disk (the source tree's target/).
# Exit codes: 0 done, 1 a benchmark failed, 2 usage, 3 something the machine lacks.
set -eu

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
page=$root/docs/performance.md
directory=${BENCH_DIR:-$root/target}

mkdir -p "$root/target"
table=$(mktemp "$root/target/bench-table.XXXXXX")
trap 'rm -f "$table" "$table.page"' EXIT

"$root/holdfast" bench --dir "$directory" --json "$root/target/bench.json" --markdown "$table" "$@"

awk -v table="$table" '
    /^<!-- figures: end -->$/ { inside = 0 }
    !inside { print }
    /^<!-- figures: begin -->$/ { inside = 1; while ((getline line < table) > 0) print line }
' "$page" >"$table.page"
cat "$table.page" >"$page"
echo "bench-record: docs/performance.md has the new figures; target/bench.json has all of them"
