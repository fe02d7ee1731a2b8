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
# Of the environment nothing that makes the server ask for a token.
train() {
    env -u HOLDFAST_TOKEN "$JAVA_HOME/bin/java" "$@" -XX:ErrorFile="$place/crash" -XX:AOTCacheOutput="$place/cache" -cp "$lib/*" \
        io.holdfast.cli.StartupTraining "$place"
}
# Java writes the cache in a process of its own, and ends with 0 whatever becomes of that.
works() {
    "$JAVA_HOME/bin/java" "$@" -XX:AOTCache="$place/cache" -XX:AOTMode=on -cp "$lib/*" io.holdfast.cli.Holdfast --version
}
# Complete or not there at all.
if ! { train "$@" && works "$@"; } >"$place/log" 2>&1; then
    cat "$place/log" >&2
    exit 1
fi
mv "$place/cache" "$file.new"
mv "$file.new" "$file"
