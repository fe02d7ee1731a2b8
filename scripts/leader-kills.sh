#!/usr/bin/env bash
# Kills the leader of three nodes under load, again and again, and prints how long clients got no answer (median and maximum).
#
#   scripts/leader-kills.sh [MINUTES] [SECONDS]     10 minutes, every 10 seconds
#
# A machine on which a killed node is not back within SECONDS takes longer for as many kills; "seconds=" says how long.
# LEADER_KILLS_SEED says what the clients do. Good means: nothing that was acknowledged is lost or changed, and everything ends. Exit
# codes: 0 good, 1 not, 2 usage, 3 something the machine lacks.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
minutes=${1:-10}
seconds=${2:-10}
seed=${LEADER_KILLS_SEED:-$RANDOM}
[[ $minutes =~ ^[1-9][0-9]*$ && $seconds =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ && $# -le 2 ]] || {
    echo "leader-kills: MINUTES, SECONDS and LEADER_KILLS_SEED are numbers; they are $minutes, $seconds and $seed" >&2
    exit 2
}

JAVA_HOME=$("$root/scripts/findjdk.sh") || exit
export JAVA_HOME
# shellcheck disable=SC2086 # several arguments in one variable
(cd "$root" && mvn -B -q -ntp ${HOLDFAST_MAVEN_ARGS:-} -pl tests -am verify \
    '-Dtest=ClusterIT#whatWasAcknowledgedOutlivesItsLeader' -Dsurefire.failIfNoSpecifiedTests=false \
    "-Dholdfast.leaderKills=$((minutes * 60 / seconds))" "-Dholdfast.leaderKillMillis=$((seconds * 1000))" \
    -Dholdfast.clusterClients=8 "-Dholdfast.seed=$seed") || exit 1
