#!/usr/bin/env bash
# Kills the packaged server 500 times under load, 25 times for each of 20 seeds, and audits every promise after each seed.
#
#   scripts/crash-500.sh [STATE]      STATE (target/crash-500-AIM.state) gets a line for each seed that passed
#
# Interrupted, it goes on after the last seed that passed; delete STATE to begin anew. CRASH_SEEDS=1-20 and CRASH_KILLS=25 say
# which seeds, and how many kills each. CRASH_AIM=CUTS aims at cuts, with a short retention (ANYWHERE). Exit codes: 0 all seeds passed, 1 one did not, 2 usage, 3 something the machine lacks.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
seeds=${CRASH_SEEDS:-1-20}
kills=${CRASH_KILLS:-25}
aim=${CRASH_AIM:-ANYWHERE}
state=${1:-$root/target/crash-500-$aim.state}
case $state in
/*) ;;
*) state=$PWD/$state ;;
esac

[[ $seeds =~ ^[0-9]+-[0-9]+$ && $kills =~ ^[1-9][0-9]*$ ]] || {
    echo "crash-500: CRASH_SEEDS is FIRST-LAST and CRASH_KILLS a number; they are $seeds and $kills" >&2
    exit 2
}
[[ $aim = ANYWHERE || $aim = CUTS ]] || {
    echo "crash-500: CRASH_AIM is ANYWHERE or CUTS; it is $aim" >&2
    exit 2
}
wanted=$((${seeds#*-} - ${seeds%-*} + 1))

JAVA_HOME=$("$root/scripts/findjdk.sh") || exit
export JAVA_HOME
mkdir -p "$(dirname "$state")" || exit 1
touch "$state" || exit 1

# Lines of the wanted seeds with the wanted number of kills.
passed() {
    awk -v first="${seeds%-*}" -v last="${seeds#*-}" -v kills="$kills" \
        '{ split($1, s, "="); split($2, k, "=") } s[2] >= first && s[2] <= last && k[2] == kills && !seen[s[2]]++' "$state"
}

other=$(awk -v kills="kills=$kills" 'NF && $2 != kills' "$state" | wc -l)
[ "$other" = 0 ] || {
    echo "crash-500: $state holds seeds with another number of kills than $kills: name another file" >&2
    exit 2
}

echo "crash-500: $(passed | wc -l) of $wanted seeds have passed before"
# shellcheck disable=SC2086 # several arguments in one variable
(cd "$root" && mvn -B -q -ntp ${HOLDFAST_MAVEN_ARGS:-} -pl tests -am verify -Dtest=SigkillIT \
    -Dsurefire.failIfNoSpecifiedTests=false \
    "-Dholdfast.kills=$kills" "-Dholdfast.crash.aim=$aim" "-Dholdfast.seeds=$seeds" "-Dholdfast.crash.state=$state")
code=$?

passed
count=$(passed | wc -l)
echo "crash-500: $((count * kills)) of $((wanted * kills)) kills, $count of $wanted seeds passed, state in $state"
[ "$code" = 0 ] && [ "$count" = "$wanted" ]
