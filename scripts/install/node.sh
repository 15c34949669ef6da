# shellcheck shell=bash
# The verbs.

# constella ARGS…: the command line of this node. Secrets go by environment or stdin only, never as arguments.
constella() {
  if [ "$SUPERVISOR" = docker ]; then
    compose exec -T constella constella "$@"
    return
  fi
  (
    if [ -r "$ENV_FILE" ]; then
      set -a
      # shellcheck source=/dev/null
      . "$ENV_FILE"
      set +a
    fi
    exec "$BIN" "$@"
  )
}

# What init and join need to know, for the one call that makes the state.
with_identity() {
  (
    export CONSTELLA_SERVER_NAME="$NAME" CONSTELLA_PUBLIC_ADDR="$PUBLIC_ADDR"
    if [ -n "$OWNER" ]; then export CONSTELLA_OWNER="$OWNER"; fi
    if [ -n "$OWNER_ID" ]; then export CONSTELLA_OWNER_ID="$OWNER_ID"; fi
    if [ -n "$BOT_TOKEN" ]; then export CONSTELLA_BOT_TOKEN="$BOT_TOKEN"; fi
    if [ -n "$PRIORITY" ]; then export CONSTELLA_PRIORITY="$PRIORITY"; fi
    "$@"
  )
}

one_off() {
  if [ "$SUPERVISOR" = docker ]; then
    # compose.yaml takes the variables from this environment; they stand in no argument.
    compose run --rm -T constella "$@"
  else
    constella "$@"
  fi
}

install_node() {
  check_machine
  check_port
  refuse_second_network
  if [ "$SUPERVISOR" = docker ]; then docker_build; else
    make_release
    place_release
    install_packages
    install_wireguard
  fi
  KEPT=0
  if node_exists; then
    KEPT=1
    ok "already a node: its network and identity are kept"
  else
    make_state
  fi
  if [ "$SUPERVISOR" != docker ]; then raise_tunnel; fi
  local role=member
  if [ "$VERB" = init ] && ((!KEPT)); then role=Host; fi
  if plan "start the node ($SUPERVISOR) and wait until it is $role"; then
    run_installed "$role"
  fi
  end_line
}

# A link into another network must not be mistaken for "already done".
refuse_second_network() {
  if [ "$VERB" != join ] || [ -z "$LINK" ] || ! node_exists; then return 0; fi
  local here there
  here="$(field network_id "$(tr -d '\n' <"$STATE_DIR/network_state.json")")"
  there="$(sed -n 's/.*[?&]net=\([^&]*\).*/\1/p' <<<"$LINK")"
  if [ -n "$here" ] && [ -n "$there" ] && [ "$here" != "$there" ]; then
    die "this machine is a node of another network ($here): ./install.sh uninstall first"
  fi
}

make_state() {
  local answer
  if [ "$VERB" = init ]; then
    plan "make a new network with the node $NAME at $PUBLIC_ADDR" || return 0
    answer="$(with_identity one_off init 2>&1)" || die "no network was made: $answer"
    ok "network made"
  else
    plan "join as $NAME at $PUBLIC_ADDR" || return 0
    answer="$(with_identity one_off join --join - <<<"$LINK" 2>&1)" || die "the network was not joined: $answer"
    ok "joined"
  fi
}

run_installed() {
  local role="$1" done_word=started
  if ((CHANGED && !STAGE)) && [ "$SUPERVISOR" != docker ]; then stop_node; fi
  if ! node_pid >/dev/null || [ "$SUPERVISOR" = docker ]; then start_node; else done_word='runs on'; fi
  wait_for_node "$role"
  if ((KEPT)) && [ -n "$BOT_TOKEN" ]; then set_bot_token; fi
  if [ "$SUPERVISOR" = docker ]; then
    ok "started, docker compose logs -f"
  elif [ "$SUPERVISOR" = systemd ]; then
    ok "$done_word, pid $(node_pid), starts at boot, log journalctl -u constella"
  else
    local log
    log="$(newest_log)"
    ok "$done_word, pid $(node_pid), log ${log#"$PWD"/}"
  fi
  if ((STAGE && CHANGED)); then say "In place, not yet in use: $HINT update --rolling"; fi
  report
}

# A token given to a node that was there before goes into its network, by stdin.
set_bot_token() {
  if constella config set bot-token - <<<"$BOT_TOKEN" >/dev/null 2>&1; then ok "bot token set"; else
    warn "the bot token was not taken: $HINT config set bot-token -"
  fi
}

report() {
  local status role=member bot='on'
  status="$(constella status --json 2>/dev/null | tr -d '\n')" || status=''
  if [ "$(field is_leader "$HEALTH")" = true ]; then role=Host; fi
  if [ "$(field bot_token "$status")" != true ]; then bot="off (add one: $HINT config set bot-token -)"; fi
  say "$(field node "$HEALTH")  $role  $(field addr "$status")  bot: $bot"
  if [ "$SUPERVISOR" = background ]; then
    say "No systemd here: start it after a reboot with ./install.sh start."
    if ((EUID != 0)); then say "Not root: this node cannot reboot its machine."; fi
  fi
  say "The network: $HINT status"
  if [ "$role" = Host ] && [ "$VERB" = init ]; then print_invitation; fi
}

print_invitation() {
  local answer link
  answer="$(constella invite 2>/dev/null)" || {
    warn "no invitation yet: $HINT invite"
    return 0
  }
  link="$(grep -o 'join://[^[:space:]'"'"'"]*' <<<"$answer" | head -n 1)"
  say "Next machine (valid 15 min, keep it secret):  ./install.sh join --server-name NAME --join '$link'"
}

node_status() {
  local pid
  if ((DRY_RUN)); then
    say "would ask the node in $STATE_DIR for its status"
    return
  fi
  if [ "$SUPERVISOR" != docker ] && ! pid="$(node_pid)"; then die "the node is stopped: ./install.sh start" 3; fi
  constella status
}

node_logs() {
  local follow=()
  if ((FOLLOW)); then follow=(-f); fi
  case "$SUPERVISOR" in
    systemd) exec journalctl --no-pager -o cat -n 100 "${follow[@]}" -u constella ;;
    docker) compose logs --tail 100 "${follow[@]}" ;;
    *) exec tail -n 100 "${follow[@]/-f/-F}" "$(newest_log)" ;;
  esac
}

node_start() {
  plan "start the node ($SUPERVISOR)" || return 0
  if [ "$SUPERVISOR" != docker ]; then
    node_exists || die "no network here yet: ./install.sh init, or join" 3
    if node_pid >/dev/null; then
      ok "already running, pid $(node_pid)"
      end_line
      return
    fi
    check_port
  fi
  start_node
  wait_for_node member
  ok "started"
  end_line
}

node_stop() {
  plan "stop the node ($SUPERVISOR); it hands the lease over first" || return 0
  stop_node
  ok "stopped"
  end_line
}

# The same node on another build; on the build that it had, where the new one does not come up.
node_upgrade() {
  local had was
  had="$(dirname "$(readlink -f "$BIN")")"
  node_exists || ((DRY_RUN)) || die "no network here yet: ./install.sh init, or join" 3
  check_machine
  was="$(node_version)"
  if [ "$SUPERVISOR" = docker ]; then docker_build; else
    make_release
    place_release
    install_packages
  fi
  plan "restart the node; where it does not come up, go back to the build it has" || return 0
  if ((!CHANGED)); then
    ok "nothing to change: $was"
    end_line
    return
  fi
  if [ "$SUPERVISOR" != docker ]; then stop_node; fi
  start_node
  if node_comes_up member; then
    ok "upgraded: $was, now $(node_version)"
    end_line
    return
  fi
  explain_failure
  go_back "$had"
  node_comes_up member || die "the new build did not come up, and the one before it does not either: its log says why"
  die "the new build did not come up: the node runs on the one that it had ($(node_version))"
}

# go_back FOLDER: where the build lies that was in use.
go_back() {
  case "$SUPERVISOR" in
    systemd)
      stop_node
      rm -rf "$PREFIX/bin"
      mv "$PREFIX/bin.old" "$PREFIX/bin"
      systemctl reset-failed constella 2>/dev/null || true
      ;;
    docker) docker tag constella:before constella:local ;;
    *)
      stop_node
      RELEASE="$1"
      place_release
      ;;
  esac
  start_node
}

node_version() {
  if [ "$SUPERVISOR" = docker ]; then docker run --rm --network none constella:local --version; else "$BIN" --version; fi 2>/dev/null || true
}

node_uninstall() {
  local why
  plan "leave the network, stop the node, remove the executable and the unit, and ask before removing $STATE_DIR" || return 0
  if node_exists && node_pid >/dev/null; then
    if why="$(constella leave --yes 2>&1)"; then
      ok "left the network"
    elif [[ $why == *"the network's last node"* ]]; then
      ok "this was the network's last node"
    else
      warn "leaving the network was not confirmed ($why): see whether the other nodes still list this one"
    fi
  fi
  stop_node
  if [ "$SUPERVISOR" = systemd ]; then
    systemctl disable --quiet constella 2>/dev/null || true
    systemctl stop constella-vpn 2>/dev/null || true
    rm -f "$UNIT" "$COMMAND" "$VPN_UNIT" "$VPN_DROP_IN"
    rmdir "${VPN_DROP_IN%/*}" 2>/dev/null || true
    remove_shell_files
    rm -rf "${PREFIX:?}/bin" "$PREFIX/bin.old"
    rmdir "$PREFIX" 2>/dev/null || true
    systemctl daemon-reload
  elif [ "$SUPERVISOR" = docker ]; then
    compose down
  fi
  ok "node removed"
  end_line
  if ((ASSUME_YES)) || { has_terminal && confirm "Remove $STATE_DIR too: this node's identity, secrets, metrics and logs?"; }; then
    # With the state goes what remembers that there was one.
    if [ "$SUPERVISOR" = docker ]; then compose down --volumes; fi
    remove_state
    ok "state removed"
  else
    say "State kept in $STATE_DIR"
  fi
  end_line
}

# By name: a state folder given by hand may hold somebody else's files too.
remove_state() {
  rm -rf "$STATE_DIR/logs" "$STATE_DIR/wg"
  rm -f "$STATE_DIR"/{network_state.json,history.db,traffic.json,speed.json,audit.jsonl}* "$STATE_DIR"/{bin,lock,listen,constella,supervisor} \
    "$ENV_FILE" "$PID_FILE"
  rmdir "$STATE_DIR" 2>/dev/null || true
}
