#!/usr/bin/env bash
# Every test of the repository: ./test.sh [unit|mutants|simulator|requests|shell|interop|release|cluster|all]. The last line counts them.
# As root it installs the Debian packages the tests need; otherwise it names them and skips what needs them. With CI=true a skip is a failure.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
LOGS="$(mktemp -d)"
trap 'rm -rf "$LOGS"' EXIT
PASSED=0 FAILED=0 SKIPPED=0
# Not empty where the solution has been built: the scripts that are called here need not do it again.
export TEST_BUILT="${TEST_BUILT:-}"
declare -A ASIDE=()
MUTANTS=Constella.Tests.Mutants.MutantTests

# need PART COMMAND=PACKAGE…: true when every command is there, installing what is missing where that is possible.
need() {
  local part="$1" pair missing=()
  shift
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null 2>&1 || missing+=("${pair#*=}")
  done
  if ((${#missing[@]} == 0)); then return 0; fi
  if ((EUID == 0)) && command -v apt-get >/dev/null 2>&1; then
    echo "  installing ${missing[*]}"
    # Parts that run side by side install one after the other.
    { flock 9 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
      >"$LOGS/apt" 2>&1 9<test.sh && return 0
    tail -n 5 "$LOGS/apt"
  fi
  skip "$part" "apt-get install ${missing[*]}"
  return 1
}

skip() {
  if [ "${CI:-}" = true ]; then
    FAILED=$((FAILED + 1))
    echo "✗ $1: cannot be skipped here: $2"
  else
    SKIPPED=$((SKIPPED + 1))
    echo "- $1: skipped: $2"
  fi
}

# step NAME SECONDS COUNTER COMMAND…: runs it, says how long it took, and shows all of its output where it fails.
step() {
  local name="$1" limit="$2" counter="$3" log="$LOGS/step" started=$SECONDS code=0 passed failed skipped
  shift 3
  timeout -k 10 "$limit" "$@" >"$log" 2>&1 </dev/null || code=$?
  read -r passed failed skipped < <("$counter" "$log" "$code")
  if ((code != 0 && failed == 0)); then failed=1; fi
  if [ "${CI:-}" = true ]; then failed=$((failed + skipped)) skipped=0; fi
  PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
  if ((failed > 0)); then
    cat "$log"
    if ((code == 124)); then echo "stopped after $limit s"; fi
    echo "✗ $name: $passed passed, $failed failed, $skipped skipped ($((SECONDS - started)) s)"
    return 1
  fi
  if ((skipped > 0)); then grep -i skip "$log" | head -n 20; fi
  echo "✓ $name: $passed passed$( ((skipped == 0)) || echo ", $skipped skipped") ($((SECONDS - started)) s)"
}

# Counters print "passed failed skipped" from a log and an exit code.
count_check() {
  if (($2 == 0)); then echo 1 0 0; else echo 0 1 0; fi
}

count_dotnet() {
  awk '/^(Passed|Failed|Skipped)! +- Failed:/ { gsub(/,/, ""); for (i = 1; i < NF; i++) { if ($i == "Failed:") f += $(i + 1); if ($i == "Passed:") p += $(i + 1); if ($i == "Skipped:") s += $(i + 1) } }
    END { print p + 0, f + 0, s + 0 }' "$1"
}

count_tap() {
  awk '/^ok .*# skip/ { s++; next } /^ok / { p++ } /^not ok / { f++ } END { print p + 0, f + 0, s + 0 }' "$1"
}

# The form this script itself ends with, else a line per check, else the exit code.
count_line() {
  local line
  line="$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$1" | tail -n 1)"
  if [ -n "$line" ]; then awk '{ print $1, $3, $5 }' <<<"$line"; elif grep -qE '^(not )?ok ' "$1"; then count_tap "$1"; else count_check "$1" "$2"; fi
}

# run_if_there NAME SECONDS SCRIPT ARGS…
run_if_there() {
  local name="$1" limit="$2"
  shift 2
  if [ -x "$1" ]; then step "$name" "$limit" count_line "$@"; else skip "$name" "$1 is missing"; fi
}

build() {
  step restore 300 count_check dotnet restore Constella.slnx -v quiet &&
    step "build, warnings as errors" 400 count_check dotnet build Constella.slnx -c Release --no-restore -v quiet && TEST_BUILT=1
}

# aside PART COMMAND…: runs a part in a process of its own, beside what follows, with what is built.
aside() {
  local part="$1"
  shift
  "$@" ./test.sh "$part" >"$LOGS/aside-$part" 2>&1 </dev/null &
  ASIDE[$part]=$!
}

# gather PART…: waits for these parts beside, shows what they said and counts it.
gather() {
  local part log code passed failed skipped
  for part in "$@"; do
    [ -n "${ASIDE[$part]:-}" ] || continue
    log="$LOGS/aside-$part" code=0
    wait "${ASIDE[$part]}" || code=$?
    sed '$d' "$log"
    read -r passed failed skipped < <(count_line "$log" "$code")
    PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
  done
}

prepare() {
  [ -z "$TEST_BUILT" ] || return 0
  need unit dotnet=dotnet-sdk-10.0 rsvg-convert=librsvg2-bin rsvg-convert=fonts-dejavu-core || return
  build || return
  # Style is part of the build; what is left is white space.
  step format 120 count_check dotnet format whitespace Constella.slnx --no-restore --verify-no-changes
}

run_unit() {
  step "unit and property tests" 600 count_dotnet dotnet test Constella.slnx -c Release --no-build --filter "FullyQualifiedName!~$MUTANTS"
}

run_mutants() {
  step "rules broken on purpose" 900 count_dotnet dotnet test Constella.slnx -c Release --no-build --filter "FullyQualifiedName~$MUTANTS"
}

# What the cluster installs; it is found there, and not built again.
run_release() {
  step "release, packed" 400 count_check scripts/pack-release
}

# A few more seeds than 10 000, because one in twenty begins with a single node.
run_simulator() {
  local log="$LOGS/simulator"
  # shellcheck disable=SC2016  # the inner shell expands it
  step "simulator, 10 600 seeds" 900 count_line bash -c 'set -o pipefail; bench/simulate --seeds 1..10600 | tee "$1"' simulate "$log" || return
  sed -n 's/^# /  /p' "$log"
}

# Bytes allocated, not seconds: the same however busy the machine is.
run_requests() {
  step "bytes allocated by signing and heartbeats" 120 count_line bench/requests/run --counts
}

shell_files() {
  { git ls-files -co --exclude-standard 2>/dev/null || find . -type f -not -path '*/node_modules/*' -not -path './artifacts/*'; } | while IFS= read -r file; do
    case "$file" in
      scripts/install/*) ;; # read through install.sh, which they are part of
      *.sh | *.bash | *.bats) echo "$file" ;;
      *) if [ -f "$file" ] && head -c 20 "$file" | head -n 1 | grep -aqE '^#!.*\b(ba|da)?sh\b'; then echo "$file"; fi ;;
    esac
  done
}

run_shell() {
  need shell shellcheck=shellcheck bats=bats perl=perl || return
  local files
  mapfile -t files < <(shell_files)
  step "shellcheck of ${#files[@]} scripts" 120 count_check shellcheck -x "${files[@]}"
  step install 300 count_tap bats --print-output-on-failure tests/install
}

npm_install() {
  step "npm packages of $1" 240 count_check npm ci --prefix "$1" --no-audit --no-fund --ignore-scripts
}

run_interop() {
  need interop dotnet=dotnet-sdk-10.0 node=nodejs npm=npm openssl=openssl curl=curl prometheus=prometheus zsh=zsh fish=fish man=man-db mandoc=mandoc || return
  run_if_there "signatures against an independent library" 300 tests/interop/run
  run_if_there "metrics against Prometheus and a collector" 120 tests/monitoring/run
  run_if_there "completion by the shells themselves, and the manual page" 60 tests/shells/run
  run_if_there "Bot API stand-in against an independent client" 300 tests/standin/interop/run
  if [ ! -e openapi.yaml ]; then
    skip "openapi.yaml" "it is missing"
  elif npm_install tests/openapi; then
    step "openapi.yaml" 120 count_check npm run --silent --prefix tests/openapi lint
  fi
}

run_cluster() {
  if ((EUID != 0)); then
    skip cluster "network namespaces need root"
    return
  fi
  need cluster dotnet=dotnet-sdk-10.0 ip=iproute2 iptables=iptables systemd-nspawn=systemd-container debootstrap=debootstrap faketime=faketime iperf3=iperf3 pgrep=procps node=nodejs rsvg-convert=librsvg2-bin || return
  run_if_there "cluster in network namespaces" 720 tests/cluster/run ci
  run_if_there "reboot by a service user with two capabilities" 300 tests/reboot/run unprivileged artifacts/cluster/release/constella
}

# What computes runs beside what waits most of its time; where timing is watched it gets only what that leaves.
run_all() {
  prepare
  aside shell nice -n 10
  aside interop nice -n 10
  if [ -n "$TEST_BUILT" ]; then
    aside release nice -n 10
    aside mutants chrt --idle 0
    run_unit
    aside requests nice -n 10
    aside simulator chrt --idle 0
  fi
  gather shell interop release requests
  run_cluster
  gather mutants simulator
}

main() {
  local part="${1:-all}"
  case "$part" in
    unit | mutants)
      prepare
      if [ -n "$TEST_BUILT" ]; then "run_$part"; fi
      ;;
    simulator | requests | shell | interop | release | cluster) "run_$part" ;;
    all) run_all ;;
    *)
      echo "usage: ./test.sh [unit|mutants|simulator|requests|shell|interop|release|cluster|all]" >&2
      exit 2
      ;;
  esac
  echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
  ((FAILED == 0))
}

main "$@"
