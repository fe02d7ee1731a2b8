#!/usr/bin/env bash
# Flips a bit or shortens a file 1,000 times, in copies of what closed, killed and torn processes have left, and compares what an
# engine then says and does with what it should. Prints a table by kind of file. A few minutes.
#
#   scripts/damage-1000.sh [SEED]     DAMAGES=1000 says how many
#
# Exit codes: 0 no damage went unnoticed, 1 one did, 2 usage, 3 something the machine lacks.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
seed=${1:-$RANDOM}
damages=${DAMAGES:-1000}
[[ $seed =~ ^[0-9]+$ && $damages =~ ^[1-9][0-9]*$ && $# -le 1 ]] || {
    echo "damage-1000: SEED and DAMAGES are numbers; they are $seed and $damages" >&2
    exit 2
}

JAVA_HOME=$("$root/scripts/findjdk.sh") || exit
export JAVA_HOME
# shellcheck disable=SC2086 # several arguments in one variable
(cd "$root" && mvn -B -q -ntp ${HOLDFAST_MAVEN_ARGS:-} -pl tests -am verify -Dtest=DamageIT \
    -Dsurefire.failIfNoSpecifiedTests=false "-Dholdfast.damages=$damages" "-Dholdfast.seed=$seed") || exit 1
