#!/bin/sh
# Starts Gradle for this project: the one $GRADLE names, else the one on the path, else, as root on
# Debian or Ubuntu, the distribution's, which it installs. The scripts read well to Gradle 4.4.1 and later.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1

say() {
    echo "gradlew: $*" >&2
}

# The first JDK (a runtime alone has no compiler) of major version $1, if there is one.
jdk_of_version() {
    for home in "${JAVA_HOME:-}" "$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v javac)")")")" /usr/lib/jvm/*; do
        if [ -x "$home/bin/javac" ] && grep -q "^JAVA_VERSION=\"$1[.\"]" "$home/release"; then
            echo "$home"
            return
        fi
    done 2>/dev/null
    return 1
}

if ! jdk=$(jdk_of_version 17 || jdk_of_version 21 || jdk_of_version 25); then
    say "no JDK 17, 21 or 25 found; install one (Debian: apt-get install openjdk-17-jdk-headless) or set JAVA_HOME"
    exit 127
fi
export JAVA_HOME="$jdk"

gradle=${GRADLE:-gradle}
if ! command -v "$gradle" >/dev/null; then
    if [ "$gradle" = gradle ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "no Gradle on the path: installing the distribution's"
        apt-get update </dev/null >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gradle </dev/null >&2
    fi
    if ! command -v "$gradle" >/dev/null; then
        say "no Gradle found; install one (Debian: apt-get install gradle) or set GRADLE to the command that starts it"
        exit 127
    fi
fi

# The build leaves the sum of the tests for its last line, where Gradle itself would write more.
rm -f "$root/build/counts/total.txt"
ROLECALL_GRADLEW=1 "$gradle" "$@"
status=$?
if [ -f "$root/build/counts/total.txt" ]; then
    cat "$root/build/counts/total.txt"
fi
exit "$status"
