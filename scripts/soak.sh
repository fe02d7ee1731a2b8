#!/usr/bin/env bash
# Loads the packaged server for a long time and judges whether anything grows that should not.
#
#   scripts/soak.sh [MINUTES] [RATE] [CSV]     30 minutes, 2000 transactions/s, target/soak.csv
#
# An open loop over dtm's HTTP interface: of a hundred transactions 89 are two-step Sagas without calls, ten are TCCs that are begun
# and aborted, one is a TCC settled by hand. The archive keeps finished transactions for a minute. 100 unfinished ones, begun at the
# start, whose participant is down, must be there at the end. Every 10 s a line with the disk use of log and store, heap, RSS and
# latency goes to CSV. Good means: in the last sixth of the time the disk use of log and of store is at most 10 % above that of the
# third sixth (in half an hour: the last five minutes and minutes ten to fifteen; before that the store still fills), no request
# failed, the unfinished are there, also after SIGKILL and a restart, which takes less than 5 s.
#
# SOAK_DIR says on which disk (the source tree's target/). Exit codes: 0 good, 1 not, 2 usage, 3 something the machine lacks.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
minutes=${1:-30}
rate=${2:-2000}
csv=${3:-$root/target/soak.csv}
directory=${SOAK_DIR:-$root/target}

mkdir -p "$root/target" || exit 1
exec "$root/holdfast" bench soak --minutes "$minutes" --rate "$rate" --dir "$directory" --csv "$csv"
