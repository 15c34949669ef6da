# shellcheck shell=bash
# Checks of a script that drives real machines: a line each, and a closing line with their numbers. To be sourced.

PASSED=0 FAILED=0 SKIPPED=0

note() { echo "# $*"; }

# check WHAT COMMAND…
check() {
  local what=$1 said
  shift
  if said=$("$@" 2>&1); then pass "$what${said:+ ($(tail -n 1 <<<"$said"))}"; else fail "$what" "$said"; fi
}

pass() {
  echo "ok $1"
  PASSED=$((PASSED + 1))
}

fail() {
  echo "not ok $1"
  [ -z "${2:-}" ] || awk '{ print "#   " $0 }' <<<"$2"
  FAILED=$((FAILED + 1))
}

# In CI a skip is a failure.
skip() {
  if [ "${CI:-}" = true ]; then
    fail "$1"
  else
    echo "skip $1"
    SKIPPED=$((SKIPPED + 1))
  fi
}

fails() { ! "$@" >/dev/null 2>&1; }

# within SECONDS COMMAND…
within() {
  local end=$((SECONDS + $1)) said
  shift
  until said=$("$@" 2>&1); do
    ((SECONDS < end)) || { echo "$said"; return 1; }
    sleep 0.5
  done
  tail -n 1 <<<"$said"
}

# has TEXT COMMAND…: what the command prints holds the text.
has() {
  local text=$1 said
  shift
  said=$("$@" 2>&1)
  if [[ "$said" != *"$text"* ]]; then echo "$said" && return 1; fi
}

# value KEY: a plain field of the JSON on standard input, the first of that name.
value() { tr -d '\n' | grep -oE "\"$1\": *(\"[^\"]*\"|[^,}]*)" | head -n 1 | sed -E 's/^[^:]*: *//; s/^"(.*)"$/\1/'; }

checks_end() {
  echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
  exit $((FAILED > 0 || PASSED + SKIPPED == 0))
}
