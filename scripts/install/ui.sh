# shellcheck shell=bash
# What the person sees: marks, colours, questions, and the one way to fail.

ui_setup() {
  OK='+' BAD='x' BULLET='*'
  case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
    *[Uu][Tt][Ff]-8* | *[Uu][Tt][Ff]8*) OK='✓' BAD='✗' BULLET='•' ;;
  esac
  GREEN='' RED='' YELLOW='' PLAIN=''
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    GREEN=$'\e[32m' RED=$'\e[31m' YELLOW=$'\e[33m' PLAIN=$'\e[0m'
  fi
  LINE_OPEN=0
}

# Marks share one line until something else has to be said.
ok() {
  if ((LINE_OPEN)); then printf '  '; fi
  printf '%s%s%s %s' "$GREEN" "$OK" "$PLAIN" "$1"
  LINE_OPEN=1
}

end_line() {
  if ((LINE_OPEN)); then printf '\n'; fi
  LINE_OPEN=0
}

say() {
  end_line
  printf '%s\n' "$*"
}

warn() {
  end_line
  printf '%s! %s%s\n' "$YELLOW" "$*" "$PLAIN" >&2
}

# die MESSAGE [EXIT_CODE]
die() {
  end_line
  printf '%s%s%s %s\n' "$RED" "$BAD" "$PLAIN" "$1" >&2
  exit "${2:-1}"
}

remedy() {
  end_line
  printf '  %s %s\n' "$BULLET" "$*" >&2
}

usage_error() {
  die "$1 (./install.sh help lists the flags)" 2
}

# plan STEP: in a dry run prints the step and fails, so that `plan … || return 0` guards whatever changes something.
plan() {
  if ((DRY_RUN)); then
    say "would $1"
    return 1
  fi
}

has_terminal() {
  ((!ASSUME_YES)) && ((!DRY_RUN)) && [ -t 0 ] && [ -t 1 ]
}

# ask VARIABLE QUESTION: an empty answer leaves the variable as it is.
ask() {
  local -n ask_into="$1"
  local answer
  read -r -p "$2 [${ask_into:-skip}]: " answer || answer=''
  if [ -n "$answer" ]; then ask_into="$answer"; fi
}

ask_secret() {
  local -n secret_into="$1"
  local answer
  read -r -s -p "$2 (not shown) [skip]: " answer || answer=''
  printf '\n'
  if [ -n "$answer" ]; then
    # shellcheck disable=SC2034 # a name reference
    secret_into="$answer"
  fi
}

confirm() {
  local answer
  read -r -p "$1 [y/N]: " answer || answer=''
  [[ "$answer" == [yY]* ]]
}

have() {
  command -v "$1" >/dev/null 2>&1
}
