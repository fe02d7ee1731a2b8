#!/usr/bin/env bash
# Puts the real components that the tests talk to on this machine. Safe to repeat; quick when nothing is missing.
#
#   root on Debian or Ubuntu   installs packages with apt-get
#   other users there          downloads the same packages and unpacks them below ~/.cache/holdfast/components
#   elsewhere                  says what to install
#
# It starts nothing and registers no service: the packages chosen contain none, PostgreSQL, whose package would, is always
# unpacked and never installed. Each test starts its own process on a free port with a directory of its own.
# HOLDFAST_COMPONENTS overrides the directory.
#
# Exit codes: 0 all present, 1 a step failed, 3 this machine lacks something that the message names.
set -euo pipefail

components_dir=${HOLDFAST_COMPONENTS:-${HOME:-/tmp}/.cache/holdfast/components}
# redis-tools without redis-server: the latter only adds a service and a link of that name to a program of the former.
packages=(mariadb-server-core mariadb-client-core redis-tools protobuf-compiler python3-protobuf python3-pydantic
  python3-urllib3 python3-dateutil python3-typing-extensions python3-six python3-psycopg2)
# Of these one program is taken out of the package, because installing it would start a service: promtool checks our alarms.
unpacked_programs=(prometheus:usr/bin/promtool)
# What is unpacked of PostgreSQL: initdb, pg_ctl and the server, with what lies beside them.
postgres_folders=(./usr/lib/postgresql ./usr/share/postgresql)
# Shared libraries that these packages need, unpacked beside them where nothing can be installed.
unpacked_libraries=(liburing2 libaio1 libnuma1 libpcre2-8-0 libsnappy1v5 liblz4-1 libncurses6 libtinfo6 libedit2
  libprotobuf32 libprotoc32 libprotobuf32t64 libprotoc32t64 libatomic1 libjemalloc2 liblzf1 libpq5 libldap-2.5-0 libldap2
  libsasl2-2 libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 libkeyutils1)
# Those that PostgreSQL needs beside them, where it is unpacked too. Not that of its compiler for queries (LLVM, 100 MB), which nobody
# here switches on.
postgres_libraries=(libicu72 libicu74 libicu76 libxml2 libxslt1.1 libzstd1)

# Looks where the tests look. Not command -v, which is content with files that cannot be executed.
found() {
  local directory
  local -a places
  IFS=: read -ra places <<<"$PATH:/usr/sbin:/usr/local/sbin:$components_dir/usr/sbin:$components_dir/usr/bin"
  for directory in "${places[@]}"; do
    if [ -f "$directory/$1" ] && [ -x "$directory/$1" ]; then return 0; fi
  done
  return 1
}

# Debian keeps the programs of each version of PostgreSQL in a folder of its own, which is on no PATH.
found_postgres() {
  local folder
  if found initdb && found pg_ctl; then return 0; fi
  for folder in /usr/lib/postgresql/*/bin "$components_dir"/usr/lib/postgresql/*/bin; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ]; then return 0; fi
  done
  return 1
}

# The modules belong to the Python of the system, whichever comes first on the PATH.
python_has_modules() {
  PYTHONPATH="$components_dir/usr/lib/python3/dist-packages" LD_LIBRARY_PATH="$components_dir/usr/lib/$(uname -m)-linux-gnu" \
    /usr/bin/python3 -c 'import google.protobuf, pydantic, urllib3, dateutil, typing_extensions, psycopg2' 2>/dev/null
}

present() {
  found mariadbd && found mariadb-install-db && found redis-check-rdb && found redis-cli && found protoc && found promtool &&
    found_postgres && python_has_modules
}

say_how_by_hand() {
  echo "components: MariaDB, PostgreSQL, Redis, protoc, promtool or a module of Python is not on this machine, and $1." >&2
  echo "components: install MariaDB 10.6 or newer so that mariadbd and mariadb-install-db are on the PATH, PostgreSQL 15 or newer" >&2
  echo "components: (initdb and pg_ctl on the PATH or in /usr/lib/postgresql/VERSION/bin), redis-check-rdb and" >&2
  echo "components: redis-cli of Redis 7 or newer, protoc, promtool (it comes with Prometheus), and for /usr/bin/python3 the modules" >&2
  echo "components: protobuf, pydantic, urllib3, dateutil, typing_extensions and psycopg2" >&2
  echo "components: (Debian, Ubuntu: ${packages[*]} postgresql ${unpacked_programs[*]%%:*}; no service is needed)." >&2
  echo "components: Without them the tests that need them are skipped." >&2
  exit 3
}

# Lists, cache and state of its own, because those of the system belong to root.
private_apt() {
  local tool=$1
  shift
  "$tool" -o Debug::NoLocking=1 -o Dir::State="$work/state" -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
    -o Dir::State::status=/var/lib/dpkg/status -o APT::Sandbox::User= "$@"
}

unpack_as_user() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/state" "$work/lists/partial" "$work/cache/archives/partial" "$work/debs" "$components_dir"
  private_apt apt-get -q update >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; exit 1; }
  local wanted=("${packages[@]}") library
  local -a libraries=("${unpacked_libraries[@]}")
  if ! found_postgres; then libraries+=("${postgres_libraries[@]}"); fi
  for library in "${libraries[@]}"; do
    # Names differ between releases (libaio1, libaio1t64): take those that this one has. A name without a package shows nothing.
    if [ -n "$(private_apt apt-cache show "$library" 2>/dev/null)" ]; then wanted+=("$library"); fi
  done
  (cd "$work/debs" && private_apt apt-get -q download "${wanted[@]}" >"$work/apt.log" 2>&1) || { cat "$work/apt.log" >&2; exit 1; }
  local deb
  for deb in "$work"/debs/*.deb; do
    dpkg-deb -x "$deb" "$components_dir"
  done
  unpack_programs "$work/programs" private_apt apt-get >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; exit 1; }
  unpack_postgres "$work/programs" private_apt >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; exit 1; }
}

# The package of the server that Debian's "postgresql" stands for, for example postgresql-15.
postgres_package() {
  "$@" apt-cache depends postgresql | sed -n 's/^ *|\{0,1\}Depends: \(postgresql-[0-9]*\)$/\1/p' | head -n 1
}

# Takes the server out of its package, because installing it would make a cluster and start it. The first argument is a folder
# to work in, the rest is what calls apt.
unpack_postgres() {
  local folder=$1 package
  shift
  if found_postgres; then return; fi
  package=$(postgres_package "$@")
  [ -n "$package" ] || { echo "no package of PostgreSQL is known here"; return 1; }
  mkdir -p "$folder" "$components_dir"
  (cd "$folder" && "$@" apt-get -q download "$package") || return
  dpkg-deb --fsys-tarfile "$folder/$package"_*.deb | tar -x -C "$components_dir" "${postgres_folders[@]}"
}

# As root its libraries are installed, those that this release has.
install_postgres_libraries() {
  local library
  local -a known=()
  if found_postgres; then return; fi
  for library in "${postgres_libraries[@]}"; do
    if [ -n "$(apt-cache show "$library" 2>/dev/null)" ]; then known+=("$library"); fi
  done
  apt-get -q install -y --no-install-recommends "${known[@]}"
}

# Takes single programs out of packages. The first argument is a folder to work in, the rest is what gets packages.
unpack_programs() {
  local folder=$1 program
  shift
  mkdir -p "$folder" "$components_dir"
  for program in "${unpacked_programs[@]}"; do
    if found "${program##*/}"; then continue; fi
    (cd "$folder" && "$@" -q download "${program%%:*}") || return
    dpkg-deb --fsys-tarfile "$folder/${program%%:*}"_*.deb | tar -x -C "$components_dir" "./${program#*:}" || return
  done
}

if present; then
  echo "components: all present"
  exit 0
fi
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || say_how_by_hand "there is no apt-get to install it with"
if [ "$(id -u)" = 0 ]; then
  echo "components: installing ${packages[*]}"
  log=$(mktemp)
  trap 'rm -rf "$log" "$log.d"' EXIT
  export DEBIAN_FRONTEND=noninteractive
  { apt-get -q update && apt-get -q install -y --no-install-recommends "${packages[@]}" &&
    unpack_programs "$log.d" apt-get && install_postgres_libraries && unpack_postgres "$log.d" env; } >"$log" 2>&1 ||
    { cat "$log" >&2; exit 1; }
else
  echo "components: not root, unpacking ${packages[*]} postgresql below $components_dir"
  unpack_as_user
fi
present || say_how_by_hand "the packages did not bring it"
echo "components: all present"
