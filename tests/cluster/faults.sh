# shellcheck shell=bash disable=SC2154
# Scenarios of things that go wrong, each in networks of its own, several at once: most of their time is waiting.

faults_main() {
  local only=() rounds=1 jobs=4 seed=0 name folder
  while (($# > 0)); do
    case $1 in
      --only) only+=("$2") ;;
      --rounds) rounds=$2 ;;
      --jobs) jobs=$2 ;;
      --seed) seed=$2 ;;
      --list)
        "$root/artifacts/cluster/harness/cluster" faults list --table
        return
        ;;
      *)
        echo "not ok faults: unknown option $1"
        return 2
        ;;
    esac
    shift 2
  done
  faults_clock || return
  ((${#only[@]} > 0)) || mapfile -t only < <("$root/artifacts/cluster/harness/cluster" faults list)
  folder=$(mktemp -d)
  for name in "${only[@]}"; do
    while (($(jobs -rp | wc -l) >= jobs)); do wait -n; done
    {
      part faults "$name" --rounds "$rounds" --seed "$seed" > "$folder/$name" 2>&1
      cat "$folder/$name"
    } &
  done
  wait
  rm -rf "$folder"
}

# The library that shifts the clock on the wall, for processes that are started with it.
faults_clock() {
  CLUSTER_FAKETIME=$(find /usr/lib /usr/local/lib -name libfaketimeMT.so.1 2> /dev/null | head -n 1)
  export CLUSTER_FAKETIME
  [ -n "$CLUSTER_FAKETIME" ] || echo "skip faults: clocks cannot be shifted here: apt-get install faketime"
}
