#!/usr/bin/env bash
# Runs the demo once for each of several seeds and says what each verdict was.
#
#   scripts/demo-seeds.sh [OPTION]...     options of "holdfast demo", for example --components real or --rate 300
#
# DEMO_SEEDS=1-10 says which seeds. Reports go to target/demo-seeds/. Interrupted, it goes on after the last seed that passed with the
# same code and options; delete target/demo-seeds/passed to begin anew. Exit codes: 0 all passed, 1 one did not, 2 usage, 3 something the
# machine lacks.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
seeds=${DEMO_SEEDS:-1-10}
place=$root/target/demo-seeds
passed=$place/passed

[[ $seeds =~ ^[0-9]+-[0-9]+$ ]] || {
    echo "demo-seeds: DEMO_SEEDS is FIRST-LAST; it is $seeds" >&2
    exit 2
}
mkdir -p "$place" || exit 1
touch "$passed" || exit 1

code=$(git -C "$root" describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null)
for ((seed = ${seeds%-*}; seed <= ${seeds#*-}; seed++)); do
    run="seed=$seed${*:+ $*}"
    if grep -Fxq "$code $run" "$passed"; then
        echo "demo-seeds: $run passed before"
        continue
    fi
    log=$place/seed-$seed.log
    exit_code=0
    "$root/holdfast" demo "$@" --seed "$seed" --report "$place/seed-$seed.json" >"$log" 2>&1 || exit_code=$?
    grep -E '^(orders|safety|latency|kills|verdict)' "$log" | sed "s/^/demo-seeds: $run: /"
    if [ "$exit_code" != 0 ]; then
        tail -n 20 "$log" >&2
        echo "demo-seeds: $run failed with exit code $exit_code; all of it is in $log" >&2
        exit "$exit_code"
    fi
    echo "$code $run" >>"$passed"
done
echo "demo-seeds: all seeds from $seeds passed"
