# shellcheck shell=bash disable=SC2154
# What a node costs, in networks of several sizes: bench/footprint has the options.

# Networks of together at most so many nodes live in the same minutes: two cores stay idle most of the time.
footprint_together=20

footprint_main() {
  local sizes=1,3,5,10,25,50 minutes=10 warm_up=180 press=60 starts=10 folder=$root/artifacts/footprint batch='' sum=0 size allocations=()
  while (($# > 0)); do
    case $1 in
      --nodes) sizes=${2:?} ;;
      --minutes) minutes=${2:?} ;;
      --warm-up) warm_up=${2:?} ;;
      --press) press=${2:?} ;;
      --starts) starts=${2:?} ;;
      --allocations)
        allocations=(--allocations)
        shift
        continue
        ;;
      *)
        echo "not ok footprint: unknown option $1"
        return 2
        ;;
    esac
    shift 2
  done
  rm -rf "$folder" && mkdir -p "$folder"
  ((starts == 0)) || part start "$starts" "$folder/start.json"
  for size in ${sizes//,/ } end; do
    if [ "$size" = end ] || { [ -n "$batch" ] && ((sum + size > footprint_together)); }; then
      footprint_batch "$batch"
      batch='' sum=0
    fi
    [ "$size" = end ] || { batch="$batch $size"; sum=$((sum + size)); }
  done
  "$root/artifacts/cluster/harness/cluster" footprint-table "$folder"/*.json | tee "$folder/table"
  footprint_plot "$folder"
}

footprint_batch() {
  local size
  echo "#$1 nodes: up, $warm_up s of warm-up, $minutes min"
  for size in $1; do
    CLUSTER_HOSTS=$size part footprint --nodes "$size" --minutes "$minutes" --warm-up "$warm_up" --press "$press" ${allocations[@]+"${allocations[@]}"} --out "$folder/$(printf %03d "$size").json" > "$folder/$size.log" 2>&1 &
  done
  wait
  for size in $1; do cat "$folder/$size.log"; done
}

# A picture of the table, where gnuplot is: in docs it is docs/footprint.svg.
footprint_plot() {
  command -v gnuplot > /dev/null || { echo "# no plot: apt-get install gnuplot-nox"; return 0; }
  FOLDER=$1 gnuplot "$CLUSTER_HOME/footprint.gnuplot" && echo "# $1/footprint.svg"
}
