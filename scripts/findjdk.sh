#!/bin/sh
# Prints the home of a JDK of at least the given version (default 25): JAVA_HOME if it is new enough, because somebody chose
# it, else the newest one in the usual places. Exit code 3 and advice on stderr if there is none.
need=${1:-25}

# Sets version to the major version of the JDK in $1, or to nothing. Reads the release file: starting java would take longer.
version_of() {
    version=
    [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        JAVA_VERSION=*)
            version=${line#JAVA_VERSION=}
            version=${version#\"}
            version=${version%%[!0-9]*}
            ;;
        esac
    done <"$1/release"
}

if [ -n "${JAVA_HOME:-}" ]; then
    version_of "$JAVA_HOME"
    if [ "${version:-0}" -ge "$need" ]; then
        printf '%s\n' "$JAVA_HOME"
        exit 0
    fi
fi

on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
newest=
newest_version=0
for home in "$on_path" /usr/lib/jvm/* /usr/java/* /usr/local/java/* /opt/java/* /opt/jdk* "${HOME:-}"/.sdkman/candidates/java/* \
    "${HOME:-}"/.jdks/* "${HOME:-}"/.local/share/mise/installs/java/* "${HOME:-}"/.asdf/installs/java/*; do
    version_of "$home"
    if [ "${version:-0}" -ge "$need" ] && [ "$version" -gt "$newest_version" ]; then
        newest=$home
        newest_version=$version
    fi
done
if [ -n "$newest" ]; then
    printf '%s\n' "$newest"
    exit 0
fi

cat >&2 <<EOF
holdfast: a JDK of version $need or newer is needed, and none was found in JAVA_HOME, on the PATH or in the usual places.
  Debian 13 and newer, Ubuntu:  apt install openjdk-$need-jdk-headless
  Fedora:                       dnf install java-$need-openjdk-devel
  with SDKMAN:                  sdk install java $need-tem
  any other system:             unpack the archive from https://adoptium.net
Then try again; if the JDK lies in an unusual place, set JAVA_HOME to it.
EOF
exit 3
