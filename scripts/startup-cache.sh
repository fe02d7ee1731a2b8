#!/usr/bin/env bash
# Makes FILE, which lets Java start Holdfast in half the time: a cache of the classes that a server needs, loaded, linked and
# with what the compilers found out (JEP 483, 514, 515). Java ignores it if it is of another JDK, class path or collector.
#
# usage: scripts/startup-cache.sh LIB FILE [JAVA-OPTION...]
#   LIB          the folder of jars
#   JAVA-OPTION  as the process will be started
set -euo pipefail

if [ $# -lt 2 ]; then
    sed -n '2,/^set/p' "$0" | sed -n 's/^# \{0,1\}//p' >&2
    exit 2
fi
lib=$1 file=$2
shift 2
place=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-training.XXXXXX")
trap 'rm -rf "$place"' EXIT
# Complete or not there at all.
# Of the environment nothing that makes the server ask for a token.
if ! env -u HOLDFAST_TOKEN "$JAVA_HOME/bin/java" "$@" -XX:AOTCacheOutput="$place/cache" -cp "$lib/*" io.holdfast.cli.StartupTraining "$place" \
    >"$place/log" 2>&1; then
    cat "$place/log" >&2
    exit 1
fi
mv "$place/cache" "$file.new"
mv "$file.new" "$file"
