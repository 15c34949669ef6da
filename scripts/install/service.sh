# shellcheck shell=bash
# How the node is kept running: a systemd unit under a user of its own, or a background process with a pid file.

UNIT=/etc/systemd/system/constella.service
COMMAND=/usr/local/bin/constella
PREFIX="${PREFIX:-/opt/constella}"

choose_way() {
  if [ -z "$WAY" ]; then
    if [ -n "$FROM" ] || has_sdk; then
      WAY=native
    elif docker_answers; then
      WAY=docker
    else
      die "$SDK_REMEDY"
    fi
  fi
  if [ "$WAY" = docker ]; then
    [ -z "$FROM" ] || usage_error "--from is for --native"
    docker_answers || die "no Docker engine answers (docker info); start it, or use --native"
    may_own_state || die "the container's user is root, and so is the owner of its state: run this with sudo, or use --native"
    SUPERVISOR=docker
  elif ((EUID == 0 && !NO_SYSTEMD)) && [ -d /run/systemd/system ]; then
    SUPERVISOR=systemd
  else
    SUPERVISOR=background
  fi
  choose_state_dir
}

choose_state_dir() {
  if [ -z "$STATE_DIR" ]; then
    if [ "$SUPERVISOR" = systemd ]; then STATE_DIR=/var/lib/constella; else STATE_DIR="$ROOT/state"; fi
  fi
  case "$STATE_DIR" in /*) ;; *) STATE_DIR="$PWD/$STATE_DIR" ;; esac
  [[ "$STATE_DIR" =~ ^[A-Za-z0-9/._@+-]+$ ]] || usage_error "the state folder's path has characters that a unit file cannot hold"
  ENV_FILE="$STATE_DIR/constella.env" PID_FILE="$STATE_DIR/constella.pid"
}

# For the verbs that come after the installation: whatever was installed is what is meant.
find_node() {
  SUPERVISOR=background
  if [ -z "$STATE_DIR" ] && ((!NO_SYSTEMD)) && [ -e "$UNIT" ]; then SUPERVISOR=systemd; fi
  choose_state_dir
  if [ -d "$STATE_DIR" ] && [ ! -x "$STATE_DIR" ]; then
    die "$STATE_DIR belongs to the service user: run this with sudo"
  fi
  if [ -r "$STATE_DIR/supervisor" ]; then SUPERVISOR="$(<"$STATE_DIR/supervisor")"; fi
  if [ -r "$ENV_FILE" ]; then LISTEN="$(setting LISTEN)"; fi
  : "${LISTEN:=0.0.0.0:4747}"
  PORT="${LISTEN##*:}"
  BIN="$(setting EXECUTABLE)"
  if [ "$SUPERVISOR" != docker ]; then
    [ -n "$BIN" ] || ((DRY_RUN)) || die "no node is installed here ($STATE_DIR): ./install.sh init, or join" 3
  fi
}

node_exists() {
  [ -e "$STATE_DIR/network_state.json" ]
}

# setting NAME: a value of the node's environment file.
setting() {
  [ ! -r "$ENV_FILE" ] || sed -n "s/^CONSTELLA_$1='\(.*\)'\$/\1/p" "$ENV_FILE" | head -n 1
}

# Kept beside the state, so that a later `start` from another shell runs the same node. No secrets: those are in the state.
write_environment() {
  local key value kept
  mkdir -p "$STATE_DIR"
  chmod 700 "$STATE_DIR"
  kept="$(
    for key in LOG_DIR LOG_LEVEL ALT_ADDR BOT_API_URL ALLOW_REBOOT ALLOW_RESTART SPEED_TEST TLS_MODE HOST_PROC HOST_ROOT \
      VPN_MODE VPN_INTERFACE_NAME VPN_CIDR VPN_LISTEN_PORT VPN_ADDRESS VPN_HUB_ENDPOINT VPN_HUB_PUBLIC_KEY; do
      value="CONSTELLA_$key"
      value="${!value:-$(setting "$key")}"
      [ -z "$value" ] || printf "CONSTELLA_%s='%s'\n" "$key" "${value//[\'$'\n']/}"
    done
  )"
  (
    umask 077
    printf "CONSTELLA_STATE_DIR='%s'\nCONSTELLA_LISTEN='%s'\nCONSTELLA_EXECUTABLE='%s'\n" "$STATE_DIR" "$LISTEN" "$BIN" >"$ENV_FILE.new"
    # A collection a mebibyte, where the runtime would wait for several: the only one of its settings that no file of the program's has.
    printf "DOTNET_GCgen0size='0x100000'\n" >>"$ENV_FILE.new"
    [ -z "$kept" ] || printf '%s\n' "$kept" >>"$ENV_FILE.new"
  )
  cmp -s "$ENV_FILE.new" "$ENV_FILE" || CHANGED=1
  mv "$ENV_FILE.new" "$ENV_FILE"
  printf '%s\n' "$SUPERVISOR" >"$STATE_DIR/supervisor"
}

# write_command FILE: the command line of this very node.
write_command() {
  cat >"$1.new" <<TEXT
#!/bin/sh
# The command line of the node in $STATE_DIR; written by install.sh.
[ -r '$ENV_FILE' ] || { echo "constella: $STATE_DIR belongs to the service user: use sudo" >&2; exit 1; }
set -a
. '$ENV_FILE'
set +a
exec "\$CONSTELLA_EXECUTABLE" "\$@"
TEXT
  chmod 755 "$1.new"
  mv "$1.new" "$1"
}

# Files of the release in place; sets BIN and HINT, the command a person types, and CHANGED where a running node must start again.
place_release() {
  CHANGED=0
  if [ "$SUPERVISOR" = systemd ]; then
    BIN="$PREFIX/bin/constella" HINT=constella
  else
    # A path that stays: a node that is restarted in place finds the release there that was put there last.
    BIN="$STATE_DIR/bin/constella" HINT="$STATE_DIR/constella"
    HINT="${HINT#"$PWD"/}"
  fi
  plan "put the executable at $BIN and the command at $HINT" || return 0
  write_environment
  write_command "$STATE_DIR/constella"
  if [ "$SUPERVISOR" = systemd ]; then place_systemd; else place_background; fi
}

place_background() {
  [ "$(readlink "$STATE_DIR/bin")" != "$RELEASE" ] || return 0
  CHANGED=1
  ln -sfn "$RELEASE" "$STATE_DIR/bin.new"
  mv -T "$STATE_DIR/bin.new" "$STATE_DIR/bin"
}

place_systemd() {
  id constella >/dev/null 2>&1 || useradd --system --home-dir "$STATE_DIR" --no-create-home --shell /usr/sbin/nologin constella
  if ! diff -rq "$RELEASE" "$PREFIX/bin" >/dev/null 2>&1; then
    CHANGED=1
    # A running executable cannot be written to, but its folder can be exchanged; the one before stays, as the way back.
    rm -rf "$PREFIX/bin.new" "$PREFIX/bin.old"
    mkdir -p "$PREFIX"
    cp -R "$RELEASE" "$PREFIX/bin.new"
    chown -R 0:0 "$PREFIX/bin.new"
    if [ -d "$PREFIX/bin" ]; then mv "$PREFIX/bin" "$PREFIX/bin.old"; fi
    mv "$PREFIX/bin.new" "$PREFIX/bin"
  fi
  write_command "$COMMAND"
  place_shell_files
  sed -e "s|@STATE_DIR@|$STATE_DIR|g" -e "s|@PREFIX@|$PREFIX|g" "$ROOT/deploy/constella.service" >"$UNIT"
  chmod 644 "$UNIT"
  place_vpn_unit
  systemctl daemon-reload
}

# What shells and man read: SHELL FILE a line. Completions only where the shell has a folder for them.
SHELL_FILES='bash /usr/share/bash-completion/completions/constella
zsh /usr/share/zsh/vendor-completions/_constella
fish /usr/share/fish/vendor_completions.d/constella.fish
man /usr/local/share/man/man1/constella.1'

place_shell_files() {
  local what file
  while read -r what file; do
    if [ "$what" = man ]; then
      mkdir -p "${file%/*}" && "$PREFIX/bin/constella" man >"$file"
    elif [ -d "${file%/*}" ]; then
      "$PREFIX/bin/constella" completion "$what" >"$file"
    fi || warn "$file was not written"
  done <<<"$SHELL_FILES"
}

remove_shell_files() {
  local file
  while read -r _ file; do rm -f "$file"; done <<<"$SHELL_FILES"
}

# The process of the pid file, if it is still ours: a pid is used again some day.
# Between fork and exec it still bears this script's name.
node_pid() {
  local pid
  case "$SUPERVISOR" in
    systemd)
      pid="$(systemctl show -p MainPID --value constella 2>/dev/null)" || return 1
      [ "${pid:-0}" != 0 ] || return 1
      ;;
    docker)
      pid="$(docker inspect -f '{{.State.Pid}}' "$(compose ps -q constella 2>/dev/null)" 2>/dev/null)" || return 1
      [ "${pid:-0}" != 0 ] || return 1
      ;;
    *)
      [ -r "$PID_FILE" ] || return 1
      pid="$(<"$PID_FILE")"
      [[ "$pid" =~ ^[0-9]+$ ]] && kill -0 "$pid" 2>/dev/null || return 1
      tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qE 'constella|install\.sh' || return 1
      ;;
  esac
  printf '%s' "$pid"
}

start_node() {
  case "$SUPERVISOR" in
    systemd)
      chown -R constella: "$STATE_DIR"
      systemctl enable --quiet constella 2>/dev/null || true
      systemctl start constella || true
      ;;
    docker) docker_start ;;
    *) start_background ;;
  esac
}

start_background() {
  mkdir -p "$STATE_DIR/logs"
  # The rolling log files hold everything; only a start that fails speaks here.
  (
    set -a
    # shellcheck source=/dev/null
    . "$ENV_FILE"
    set +a
    cd "$STATE_DIR" || exit 1
    if have setsid; then
      exec setsid "$BIN" run </dev/null >/dev/null 2>"$STATE_DIR/logs/start.log"
    fi
    exec nohup "$BIN" run </dev/null >/dev/null 2>"$STATE_DIR/logs/start.log"
  ) &
  printf '%s\n' "$!" >"$PID_FILE"
  disown
}

# A node that is told to stop hands its lease over first; 20 s is far more than that takes.
stop_node() {
  local pid waited=0
  case "$SUPERVISOR" in
    systemd) systemctl stop constella || true ;;
    docker) docker_stop ;;
    *)
      pid="$(node_pid)" || return 0
      kill "$pid" 2>/dev/null || return 0
      while kill -0 "$pid" 2>/dev/null && ((waited < 200)); do
        sleep 0.1
        waited=$((waited + 1))
      done
      if kill -0 "$pid" 2>/dev/null; then
        warn "the node did not stop within 20 s and was killed"
        kill -9 "$pid" 2>/dev/null || true
      fi
      rm -f "$PID_FILE"
      ;;
  esac
}
