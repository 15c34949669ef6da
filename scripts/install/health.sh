# shellcheck shell=bash
# Is the node up, and if not, what to do. Nothing but bash is needed: no curl, no jq.

# Where this machine reaches its own node.
local_host() {
  local host="${LISTEN%:*}"
  host="${host//[\[\]]/}"
  case "$host" in
    0.0.0.0 | '*' | '') host=127.0.0.1 ;;
    ::) host=::1 ;;
  esac
  printf '%s' "$host"
}

# The answer to GET /health on one line, or nothing.
health() {
  (
    exec 3<>"/dev/tcp/$(local_host)/$PORT" || exit 1
    printf 'GET /health HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$PORT" >&3
    answer=''
    while IFS= read -r -t 2 line <&3 || [ -n "$line" ]; do
      answer+="${line%$'\r'} "
      [[ "$line" != *'}'* ]] || break
    done
    [[ "$answer" == HTTP/1.1\ 200* ]] || exit 1
    printf '%s' "$answer"
  ) 2>/dev/null
}

# field NAME JSON: the value of a plain field; enough for the documents of the node itself.
field() {
  sed -n "s/.*\"$1\" *: *\"\{0,1\}\([^\",}]*\).*/\1/p" <<<"$2" | head -n 1
}

port_is_taken() {
  (exec 3<>"/dev/tcp/$(local_host)/$PORT") 2>/dev/null
}

# Who listens on the port: by ss, else by the kernel's tables.
port_owner() {
  local owner='' hex inode fd
  if have ss; then
    owner="$(ss -H -ltnp "sport = :$PORT" 2>/dev/null | sed -n 's/.*users:((\"\([^\"]*\)\",pid=\([0-9]*\).*/\1, pid \2/p' | head -n 1)"
  else
    hex="$(printf ':%04X' "$((10#$PORT))")"
    inode="$(awk -v port="$hex" '$2 ~ port "$" && $4 == "0A" { print $10; exit }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)"
    if [ -n "$inode" ]; then
      for fd in /proc/[0-9]*/fd/*; do
        if [ "$(readlink "$fd" 2>/dev/null)" = "socket:[$inode]" ]; then
          fd="${fd#/proc/}" fd="${fd%%/*}"
          owner="$(<"/proc/$fd/comm"), pid $fd"
          break
        fi
      done
    fi
  fi
  printf '%s' "${owner:-a process that only root can name}"
}

check_port() {
  if node_pid >/dev/null || ! port_is_taken; then return 0; fi
  die "port $PORT is in use by $(port_owner): stop it, or give another with --port" 5
}

check_machine() {
  local free
  if (($(date +%Y) < 2025)); then
    die "the clock says $(date): set it (timedatectl set-ntp true), signatures are refused when clocks differ by 30 s"
  fi
  free="$(df -Pk "$ROOT" | awk 'NR == 2 { print int($4 / 1024) }')"
  if ((free < 200)); then die "only $free MB are free under $ROOT: the node and its logs need 200"; fi
}

wait_for_node() {
  if node_comes_up "$1"; then return 0; fi
  explain_failure
  exit 1
}

# node_comes_up ROLE: up to 60 s, and no longer than the process lives. What it answered is in HEALTH.
node_comes_up() {
  local until=$((SECONDS + 60))
  while ((SECONDS < until)); do
    HEALTH="$(health)" || HEALTH=''
    if [ -n "$HEALTH" ] && { [ "$1" != Host ] || [ "$(field is_leader "$HEALTH")" = true ]; }; then return 0; fi
    if node_ended; then return 1; fi
    sleep 0.25
  done
  return 1
}

# Whether nobody will start it again.
node_ended() {
  case "$SUPERVISOR" in
    systemd) systemctl -q is-failed constella ;;
    background) ! node_pid >/dev/null ;;
    *) return 1 ;;
  esac
}

explain_failure() {
  end_line
  printf '%s%s%s the node is not up\n' "$RED" "$BAD" "$PLAIN" >&2
  if [ -n "$HEALTH" ]; then
    remedy "it answers, but did not become Host within 60 s: its log says why"
  elif port_is_taken; then
    remedy "port $PORT is in use by $(port_owner): stop it, or give another with --port"
  fi
  case "$SUPERVISOR" in
    systemd)
      systemctl --no-pager --lines=0 status constella >&2 || true
      journalctl --no-pager -q -n 15 -u constella -o cat >&2 || true
      ;;
    docker) compose logs --tail 15 >&2 || true ;;
    *)
      head -n 15 "$STATE_DIR/logs/start.log" >&2 || true
      remedy "all of its log: $(newest_log)"
      ;;
  esac
}

newest_log() {
  local folder newest
  folder="$(setting LOG_DIR)"
  folder="${folder:-$STATE_DIR/logs}"
  newest="$(find "$folder" -maxdepth 1 -type f -not -name start.log -printf '%T@ %p\n' 2>/dev/null | sort -rn | head -n 1 | cut -d ' ' -f 2-)"
  printf '%s' "${newest:-$folder}"
}
