#!/usr/bin/env bash
# Lets everything fail that can, on real processes in networks of their own: for each seed a group of three under load, fault after
# fault for some time, then every promise and the whole history is judged. Prints a line for each seed. Needs root, nft and gcc.
#
#   scripts/faults.sh [STATE]      STATE (target/faults.state) gets a line for each seed that passed
#
# Interrupted, it goes on after the last seed that passed; delete STATE to begin anew. FAULT_SEEDS=1-10 says which seeds,
# FAULT_SECONDS=75 for how long faults strike in each. Exit codes: 0 all seeds passed, 1 one did not, 2 usage, 3 something the machine
# lacks.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
seeds=${FAULT_SEEDS:-1-10}
seconds=${FAULT_SECONDS:-75}
state=${1:-$root/target/faults.state}
case $state in
/*) ;;
*) state=$PWD/$state ;;
esac

[[ $seeds =~ ^[0-9]+-[0-9]+$ && $seconds =~ ^[1-9][0-9]*$ && $# -le 1 ]] || {
    echo "faults: FAULT_SEEDS is FIRST-LAST and FAULT_SECONDS a number; they are $seeds and $seconds" >&2
    exit 2
}
wanted=$((${seeds#*-} - ${seeds%-*} + 1))
[ "$(id -u)" = 0 ] || {
    echo "faults: network namespaces need root" >&2
    exit 3
}

JAVA_HOME=$("$root/scripts/findjdk.sh") || exit
export JAVA_HOME
mkdir -p "$(dirname "$state")" || exit 1
touch "$state" || exit 1

# Lines of the wanted seeds.
passed() {
    awk -v first="${seeds%-*}" -v last="${seeds#*-}" \
        '{ split($1, s, "=") } s[2] >= first && s[2] <= last && !seen[s[2]]++' "$state"
}

echo "faults: $(passed | wc -l) of $wanted seeds have passed before"
# Whatever is missing fails, because a seed that was skipped has not passed.
# shellcheck disable=SC2086 # several arguments in one variable
(cd "$root" && HOLDFAST_REQUIRE_ALL=1 mvn -B -q -ntp ${HOLDFAST_MAVEN_ARGS:-} -pl tests -am verify -Dtest=FaultsIT \
    -Dsurefire.failIfNoSpecifiedTests=false -Dholdfast.longCluster=true \
    "-Dholdfast.seeds=$seeds" "-Dholdfast.faultSeconds=$seconds" "-Dholdfast.faultState=$state")
code=$?

passed
count=$(passed | wc -l)
echo "faults: $count of $wanted seeds passed, state in $state"
[ "$code" = 0 ] && [ "$count" = "$wanted" ]
