#!/usr/bin/env bash
# Shows that the tests notice when a guarantee is broken: applies each patch in tests/src/test/guarantees to a copy of the tree
# and runs the tests that its header names. Each of them must fail. Before that, all of them must pass on an unchanged copy.
#
#   scripts/break-guarantees.sh [--again] [NAME...]
#
# NAME is the beginning of a patch's name (G3, G3-gives-up); without one all patches run. Results are kept in target/broken and
# taken from there while patch and sources stay the same; --again runs everything anew. The table goes to
# target/broken/results.md as well. mvn -Pbroken-guarantees runs this script.
#
# Exit codes: 0 every named test failed on its patch, 1 one did not, or a patch does not apply or compile, 2 usage, 3 something
# the machine lacks.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$root/target/broken
patches=$root/tests/src/test/guarantees
# One patch takes a fraction of it; a broken guarantee may well be a test that never ends.
max_seconds=600
# A broken guarantee shows within the first seeds; the whole list is for the tree as it should be.
flags=(-B -ntp -q -Dquick -Dmaven.test.skip=false -Dmaven.test.failure.ignore=true -Dsurefire.failIfNoSpecifiedTests=false
  -Dholdfast.seeds=300)

again=false
wanted=()
for argument in "$@"; do
  case $argument in
  --again) again=true ;;
  -*) echo "break-guarantees: unknown option $argument; usage: $0 [--again] [NAME...]" >&2; exit 2 ;;
  *) wanted+=("$argument") ;;
  esac
done

JAVA_HOME=$("$root/scripts/findjdk.sh")
export JAVA_HOME
# Copies lie inside a git work tree and are none of their own.
export GIT_CEILING_DIRECTORIES=$work
# How this script was started, when that was by Maven, is of no concern to the builds it starts.
unset MAVEN_CMD_LINE_ARGS MAVEN_PROJECTBASEDIR

header() { # patch, key
  sed -n -e '/^diff /q' -e "s/^$2: //p" "$1"
}

modules_of() { # tests...
  printf '%s\n' "$@" | sed 's/:.*//' | sort -u | paste -sd,
}

classes_of() { # tests...
  printf '%s\n' "$@" | sed 's/.*://' | sort -u | paste -sd,
}

# What the results depend on, apart from the patch itself.
sources_key() {
  cd "$root"
  list_files | grep -zE '\.(java|proto|xml|sql|properties)$|^scripts/break-guarantees\.sh$' | sort -z | xargs -0 sha256sum \
    | sha256sum | cut -c1-16
}

list_files() {
  git -c safe.directory='*' ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    if [ -f "$file" ]; then printf '%s\0' "$file"; fi
  done
}

run_maven() { # directory, log, options...
  local directory=$1 log=$2
  shift 2
  (cd "$directory" && timeout "$max_seconds" mvn "${flags[@]}" "$@" test) >"$log" 2>&1
}

# Prints Class.method of each test that failed in a copy, sorted.
failures_in() { # directory
  find "$1" -path '*/surefire-reports/TEST-*.xml' -print0 | while IFS= read -r -d '' report; do
    awk '
      /<testcase / { name = $0; sub(/.*[ ]name="/, "", name); sub(/".*/, "", name)
                     class = $0; sub(/.*classname="/, "", class); sub(/".*/, "", class); sub(/.*\./, "", class) }
      /<(failure|error)[ >]/ { sub(/[({].*/, "", name); print class "." name }' "$report"
  done | sort -u
}

ran_in() { # directory
  find "$1" -path '*/surefire-reports/TEST-*.xml' | sed 's/.*[.-]\([A-Za-z0-9]*\)\.xml/\1/' | sort -u
}

tests_of_all() {
  local patch
  for patch in "$patches"/*.patch; do header "$patch" Tests; done | tr ' ' '\n' | sort -u
}

# An unchanged copy, built, on which every test that is to fail later passes.
prepare() { # key
  local control=$work/unbroken
  if [ "$again" = false ] && [ "$(cat "$work/unbroken.key" 2>/dev/null)" = "$1" ]; then return; fi
  rm -rf "$control" "$work/unbroken.key"
  mkdir -p "$control"
  (cd "$root" && list_files | tar --null -cf - -T -) | tar -xf - -C "$control"
  local -a all
  mapfile -t all < <(tests_of_all)
  echo "break-guarantees: building an unchanged copy and running the ${#all[@]} test classes on it"
  if ! run_maven "$control" "$work/unbroken.log" -pl "$(modules_of "${all[@]}")" -am -Dtest="$(classes_of "${all[@]}")"; then
    tail -40 "$work/unbroken.log" >&2
    echo "break-guarantees: the unchanged tree does not build: see $work/unbroken.log" >&2
    exit 1
  fi
  local failed missing
  failed=$(failures_in "$control")
  if [ -n "$failed" ]; then
    echo "break-guarantees: these fail on the unchanged tree already, so they would prove nothing:" >&2
    echo "$failed" >&2
    exit 1
  fi
  missing=$(comm -23 <(printf '%s\n' "${all[@]}" | sed 's/.*://' | sort -u) <(ran_in "$control"))
  if [ -n "$missing" ]; then
    echo "break-guarantees: headers name tests that there are not: $missing" >&2
    exit 1
  fi
  find "$control" -name surefire-reports -type d -prune -exec rm -rf {} +
  echo "$1" >"$work/unbroken.key"
}

# Writes NAME.result: the key, the verdict, the seconds, then the tests that failed.
break_one() { # name, key
  local name=$1 copy=$work/$1 verdict=caught started=$SECONDS failed='' class
  local -a tests
  read -ra tests <<<"$(header "$patches/$name.patch" Tests)"
  rm -rf "$copy"
  # With times and classes, so that only what the patch changes is compiled again.
  cp -a "$work/unbroken" "$copy"
  if ! (cd "$copy" && git apply "$patches/$name.patch") 2>"$work/$name.log"; then
    verdict="does not apply"
  elif ! run_maven "$copy" "$work/$name.log" -o -Dmaven.compiler.useIncrementalCompilation=false \
    -pl "$(modules_of "${tests[@]}")" -am -Dtest="$(classes_of "${tests[@]}")"; then
    verdict="does not build or end"
  else
    failed=$(failures_in "$copy")
    for class in $(printf '%s\n' "${tests[@]}" | sed 's/.*://'); do
      if ! grep -q "^$class\." <<<"$failed"; then verdict="not caught by $class"; fi
    done
  fi
  printf '%s\n%s\n%s\n%s\n' "$2" "$verdict" "$((SECONDS - started))" "$failed" >"$work/$name.result"
  rm -rf "$copy"
}

is_wanted() { # name
  local prefix
  if [ ${#wanted[@]} = 0 ]; then return 0; fi
  for prefix in "${wanted[@]}"; do
    if [[ $1 == "$prefix"* ]]; then return 0; fi
  done
  return 1
}

row() { # name
  local -a lines
  mapfile -t lines <"$work/$1.result"
  local failed
  failed=$(printf '%s\n' "${lines[@]:3}" | awk -F. '
    NF > 1 { if (!($1 in count)) { classes[++n] = $1; first[$1] = $2 } count[$1]++ }
    END { for (i = 1; i <= n; i++) {
            class = classes[i]
            printf "%s%s.%s", (i > 1 ? "<br>" : ""), class, first[class]
            if (count[class] > 1) printf " and %d more", count[class] - 1 } }')
  printf '| %s | %s | %s | %s | %s |\n' "${1%%-*}" "${1#*-}" "${lines[1]}" "$failed" "${lines[2]}"
}

mkdir -p "$work"
sources=$(sources_key)
# Which sets of tests the unchanged tree has to pass follows from the headers.
prepare "$sources-$(tests_of_all | sha256sum | cut -c1-16)"
broken=0
names=()
for patch in "$patches"/*.patch; do
  name=$(basename "$patch" .patch)
  is_wanted "$name" || continue
  names+=("$name")
  key=$sources-$(sha256sum "$patch" | cut -c1-16)
  if [ "$again" = true ] || [ "$(head -1 "$work/$name.result" 2>/dev/null)" != "$key" ]; then
    break_one "$name" "$key"
  fi
  verdict=$(sed -n 2p "$work/$name.result")
  printf 'break-guarantees: %-45s %s\n' "$name" "$verdict"
  [ "$verdict" = caught ] || broken=$((broken + 1))
done
if [ ${#names[@]} = 0 ]; then
  echo "break-guarantees: no patch begins with ${wanted[*]}" >&2
  exit 1
fi
{
  echo "| guarantee | patch | | tests that fail | seconds |"
  echo "|---|---|---|---|---|"
  for name in "${names[@]}"; do row "$name"; done
} >"$work/results.md"
cat "$work/results.md"
if [ "$broken" -gt 0 ]; then
  echo "break-guarantees: $broken of ${#names[@]} patches were not caught as their headers say; logs are in $work" >&2
  exit 1
fi
