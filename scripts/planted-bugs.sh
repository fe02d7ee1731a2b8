#!/usr/bin/env bash
# Shows how soon the simulator finds bugs that were planted: applies each patch of tests/src/test/guarantees that names SeedsSimTest,
# compiles what it changes and searches through seeds with it.
#
#   scripts/planted-bugs.sh [--seeds N] [--again] [NAME...]
#
# NAME is the beginning of a patch's name. Each bug gets N seeds (100), in which the seeds that find it are counted; one that none of them
# finds gets up to 2,000 quiet ones and then up to 2,000 like the first. The table goes to target/planted/results.md as well. Results are
# kept and taken from there while patch and program stay the same; --again runs everything anew. mvn -Pplanted-bugs runs this script.
#
# Exit codes: 0 every bug was found, 1 one was not, or a patch does not apply or compile, 2 usage, 3 something the machine lacks.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$root/target/planted
patches=$root/tests/src/test/guarantees
lib=$root/cli/target/quick/holdfast/lib
seeds=100
most_seeds=2000
# Few transactions, and nobody but the clock wakes a node: as SeedsSimTest has them too.
quiet=(--transactions 3 --spread 5000 --without OPERATOR)

again=false
wanted=()
while [ $# -gt 0 ]; do
  case $1 in
  --again) again=true ;;
  --seeds)
    seeds=${2:-}
    if ! [[ $seeds =~ ^[1-9][0-9]{0,5}$ ]]; then echo "planted-bugs: --seeds=$seeds, allowed: 1 to 999999" >&2; exit 2; fi
    shift ;;
  -*) echo "planted-bugs: unknown option $1; usage: $0 [--seeds N] [--again] [NAME...]" >&2; exit 2 ;;
  *) wanted+=("$1") ;;
  esac
  shift
done

JAVA_HOME=$("$root/scripts/findjdk.sh")
export JAVA_HOME
unset MAVEN_CMD_LINE_ARGS MAVEN_PROJECTBASEDIR
"$root/holdfast" --version >/dev/null
mkdir -p "$work"
program=$(cd "$lib" && sha256sum holdfast-{core,engine,log,simulator}-*.jar | sha256sum | cut -c1-16)

is_wanted() { # name
  local prefix
  if [ ${#wanted[@]} = 0 ]; then return 0; fi
  for prefix in "${wanted[@]}"; do
    if [[ $1 == "$prefix"* ]]; then return 0; fi
  done
  return 1
}

# Compiles what a patch changes into $work/NAME/classes.
plant() { # name
  local copy=$work/$1 file
  rm -rf "$copy"
  mkdir -p "$copy/classes"
  local -a changed
  mapfile -t changed < <(sed -n 's/^+++ b\///p' "$patches/$1.patch")
  for file in "${changed[@]}"; do
    mkdir -p "$copy/$(dirname "$file")"
    cp "$root/$file" "$copy/$file"
  done
  # The copy lies inside a git work tree and is none of its own.
  (cd "$copy" && GIT_CEILING_DIRECTORIES=$work git apply "$patches/$1.patch" &&
    "$JAVA_HOME/bin/javac" -nowarn -proc:none -cp "$lib/*" -d classes "${changed[@]}") >"$work/$1.log" 2>&1
}

search() { # name, seeds, first
  "$JAVA_HOME/bin/java" -Xmx2g -XX:+UseSerialGC --sun-misc-unsafe-memory-access=allow \
    -cp "$work/$1/classes:$lib/*" io.holdfast.cli.Holdfast sim --seeds "$2" --first "$3" "${@:4}" 2>/dev/null || true
}

# Writes NAME.result: the key, the verdict, what broke, the seconds.
judge() { # name, key
  local name=$1 said verdict broken started=$SECONDS
  if ! plant "$name"; then
    verdict="does not apply or compile"
    broken="see $work/$name.log"
  else
    said=$(search "$name" "$seeds" 1 --keep-going)
    if ! grep -q '^broken: ' <<<"$said" && [ "$seeds" -lt "$most_seeds" ]; then
      said=$(search "$name" "$most_seeds" 1 --no-shrink "${quiet[@]}")
      verdict=$(sed -n 's/^broken: seed \([0-9]*\) .*/first by quiet seed \1/p' <<<"$said")
      if [ -z "$verdict" ]; then
        said=$(search "$name" "$((most_seeds - seeds))" "$((seeds + 1))" --no-shrink)
        verdict=$(sed -n 's/^broken: seed \([0-9]*\) .*/first by seed \1/p' <<<"$said")
      fi
    else
      verdict=$(sed -n 's/^broken in /in /p' <<<"$said")
    fi
    broken=$(sed -n 's/^broken: //p' <<<"$said")
    if [ -z "$broken" ]; then verdict="not found"; fi
  fi
  printf '%s\n%s\n%s\n%s\n' "$2" "$verdict" "$broken" "$((SECONDS - started))" >"$work/$name.result"
  rm -rf "${work:?}/$name"
}

missed=0
names=()
for patch in "$patches"/*.patch; do
  name=$(basename "$patch" .patch)
  sed '/^diff /q' "$patch" | grep -q '^Tests:.*simulator:SeedsSimTest' || continue
  is_wanted "$name" || continue
  names+=("$name")
  key=$program-$seeds-$(sha256sum "$patch" | cut -c1-16)
  if [ "$again" = true ] || [ "$(head -1 "$work/$name.result" 2>/dev/null)" != "$key" ]; then judge "$name" "$key"; fi
  mapfile -t result <"$work/$name.result"
  printf 'planted-bugs: %-45s %s (%s s)\n' "$name" "${result[1]}" "${result[3]}"
  case ${result[1]} in "not found" | "does not"*) missed=$((missed + 1)) ;; esac
done
if [ ${#names[@]} = 0 ]; then
  echo "planted-bugs: no patch begins with ${wanted[*]}" >&2
  exit 1
fi
{
  echo "| bug | found | what the simulator says |"
  echo "|---|---|---|"
  for name in "${names[@]}"; do
    mapfile -t result <"$work/$name.result"
    said=$(sed -E 's/^seed [0-9]+ at [0-9]+ ms: //' <<<"${result[2]}")
    if [ "${#said}" -gt 110 ]; then said="${said:0:110}…"; fi
    printf '| `%s` | %s | %s |\n' "$name" "${result[1]}" "$said"
  done
} >"$work/results.md"
if [ "$missed" -gt 0 ]; then
  echo "planted-bugs: $missed of ${#names[@]} were not found; logs are in $work" >&2
  exit 1
fi
echo "planted-bugs: all ${#names[@]} were found; see $work/results.md"
