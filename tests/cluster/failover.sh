# shellcheck shell=bash disable=SC2154
# Where the seconds of a failover go, in networks of several sizes at once: bench/failover has the options.

failover_main() {
  local sizes=2,3,5,9 faults=kill,blackhole,planned trials=5 ledger='' folder size logs
  while (($# > 0)); do
    case $1 in
      --nodes) sizes=${2:?} ;;
      --faults) faults=${2:?} ;;
      --trials) trials=${2:?} ;;
      --ledger) ledger=${2:?} ;;
      *)
        echo "not ok failover-times: unknown option $1"
        return 2
        ;;
    esac
    shift 2
  done
  # Without a ledger that is kept, each run begins anew.
  [ -n "$ledger" ] || rm -rf artifacts/failover
  mkdir -p "${ledger:=artifacts/failover}" && folder=$(cd "$ledger" && pwd) || return
  logs=$(mktemp -d)
  for size in ${sizes//,/ }; do
    CLUSTER_HOSTS=$size part failover-times "$size" "$trials" "$faults" "$folder/$size.jsonl" 2>&1 | tee "$logs/$size" | grep '^# [0-9]' &
  done
  wait
  cat "$logs"/* | grep -v '^# [0-9]'
  rm -rf "$logs"
  "$root/artifacts/cluster/harness/cluster" failover-table "$folder"/*.jsonl
}
