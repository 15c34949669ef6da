# shellcheck shell=bash
# Flags first, then the environment, then questions on a terminal, then defaults.

parse_options() {
  VERB="${1:-help}"
  case "$VERB" in
    init | join | status | logs | start | stop | upgrade | uninstall | help) shift || true ;;
    -h | --help) VERB=help && shift ;;
    *) usage_error "unknown verb '$VERB'" ;;
  esac
  NAME="${CONSTELLA_SERVER_NAME:-}" PUBLIC_ADDR="${CONSTELLA_PUBLIC_ADDR:-}"
  OWNER="${CONSTELLA_OWNER:-}" OWNER_ID="${CONSTELLA_OWNER_ID:-}"
  BOT_TOKEN="${CONSTELLA_BOT_TOKEN:-}" BOT_TOKEN_FILE="${CONSTELLA_BOT_TOKEN_FILE:-}"
  LINK="${CONSTELLA_JOIN:-}" PRIORITY="${CONSTELLA_PRIORITY:-}"
  VPN_MODE="${CONSTELLA_VPN_MODE:-}"
  LISTEN="${CONSTELLA_LISTEN:-}" PORT='' STATE_DIR="${CONSTELLA_STATE_DIR:-}"
  FROM='' WAY='' STAGE=0 NO_SYSTEMD=0 NO_PACKAGES=0 DRY_RUN=0 ASSUME_YES=0 FOLLOW=0
  # Secrets are handed on where they are needed, not to every child.
  export -n CONSTELLA_BOT_TOKEN CONSTELLA_JOIN 2>/dev/null || true
  unset CONSTELLA_BOT_TOKEN CONSTELLA_JOIN CONSTELLA_BOT_TOKEN_FILE

  local flag value attached
  while (($# > 0)); do
    flag="$1" value='' attached=0
    shift
    case "$flag" in
      --*=*) value="${flag#*=}" flag="${flag%%=*}" attached=1 ;;
    esac
    case "$flag" in
      --native | --docker | --stage | --no-systemd | --no-packages | --dry-run | --yes | -y | -h | --help | -f)
        ((!attached)) || usage_error "$flag takes no value"
        parse_switch "$flag"
        ;;
      --server-name | --public-addr | --owner | --owner-id | --bot-token | --bot-token-file | --join | --priority | \
        --state-dir | --listen | --port | --from | \
        --vpn-mode | --vpn-cidr | --vpn-listen-port | --vpn-address | --vpn-hub-endpoint | --vpn-hub-public-key | --vpn-interface-name)
        if ((!attached)); then
          (($# > 0)) || usage_error "$flag needs a value"
          value="$1"
          shift
        fi
        [ -n "$value" ] || usage_error "$flag needs a value"
        parse_value "$flag" "$value"
        ;;
      *) usage_error "unknown flag '$flag'" ;;
    esac
  done
}

parse_switch() {
  case "$1" in
    --native) WAY=native ;;
    --docker) WAY=docker ;;
    --stage)
      [ "$VERB" = init ] || usage_error "--stage belongs to init"
      STAGE=1
      ;;
    --no-systemd) NO_SYSTEMD=1 ;;
    --no-packages) NO_PACKAGES=1 ;;
    --dry-run) DRY_RUN=1 ;;
    --yes | -y) ASSUME_YES=1 ;;
    -h | --help) VERB=help ;;
    -f)
      [ "$VERB" = logs ] || usage_error "-f belongs to logs"
      FOLLOW=1
      ;;
  esac
}

parse_value() {
  case "$1" in
    --server-name) NAME="$2" ;;
    --public-addr) PUBLIC_ADDR="$2" ;;
    --owner) OWNER="$2" ;;
    --owner-id) OWNER_ID="$2" ;;
    --bot-token)
      BOT_TOKEN="$2"
      warn "the bot token now stands in the process list and the shell history;" \
        "--bot-token-file FILE, CONSTELLA_BOT_TOKEN or the prompt keep it out of both"
      ;;
    --bot-token-file) BOT_TOKEN_FILE="$2" ;;
    --join) LINK="$2" ;;
    --priority) PRIORITY="$2" ;;
    --state-dir) STATE_DIR="$2" ;;
    --listen) LISTEN="$2" ;;
    --port) PORT="$2" ;;
    --from) FROM="$2" ;;
    --vpn-mode) VPN_MODE="$2" ;;
    # The node checks them, and they are kept with its other variables.
    --vpn-*)
      local key="${1#--}"
      key="${key^^}"
      export "CONSTELLA_${key//-/_}=$2"
      ;;
  esac
}

resolve_options() {
  resolve_listen
  if [ -z "$NAME" ]; then NAME="$(clean_name "$(host_name)")"; fi
  if [ -z "$PUBLIC_ADDR" ]; then PUBLIC_ADDR="$(default_address)"; fi
  read_secrets
  if has_terminal && ! node_exists; then ask_for_options; fi
  if [ "$VERB" = join ] && [ -z "$LINK" ] && ! node_exists; then
    usage_error "join needs the invitation: --join 'join://…', or --join - to read it from stdin"
  fi
  check_options
}

resolve_listen() {
  if [ -z "$LISTEN" ]; then LISTEN="$(setting LISTEN)"; fi
  : "${LISTEN:=0.0.0.0:4747}"
  if [ -n "$PORT" ]; then LISTEN="${LISTEN%:*}:$PORT"; fi
  PORT="${LISTEN##*:}"
  if [[ "$LISTEN" != *:* || ! "$PORT" =~ ^[0-9]{1,5}$ ]] || ((10#$PORT < 1 || 10#$PORT > 65535)); then
    usage_error "the address to listen on is ADDR:PORT, such as 0.0.0.0:4747, not '$LISTEN'"
  fi
}

# Standard input holds one secret only; which one is said by the dash.
read_secrets() {
  if [ "$LINK" = - ]; then IFS= read -r LINK || [ -n "$LINK" ] || usage_error "no link came on stdin"; fi
  if [ -n "$BOT_TOKEN_FILE" ] && [ -z "$BOT_TOKEN" ]; then
    if [ "$BOT_TOKEN_FILE" = - ]; then BOT_TOKEN_FILE=/dev/stdin; fi
    [ -r "$BOT_TOKEN_FILE" ] || die "the bot token file '$BOT_TOKEN_FILE' cannot be read"
    IFS= read -r BOT_TOKEN <"$BOT_TOKEN_FILE" || [ -n "$BOT_TOKEN" ] || die "the bot token file '$BOT_TOKEN_FILE' is empty"
  fi
  LINK="${LINK//[[:space:]]/}" BOT_TOKEN="${BOT_TOKEN//[[:space:]]/}"
}

ask_for_options() {
  ask NAME "Name of this node"
  ask PUBLIC_ADDR "Address the other nodes reach it at"
  if [ "$VERB" = join ]; then
    if [ -z "$LINK" ]; then ask_secret LINK "Invitation, join://…"; fi
    return
  fi
  if [ -z "$OWNER" ] && [ -z "$OWNER_ID" ]; then ask OWNER "Telegram user the bot obeys, @username"; fi
  if [ -z "$BOT_TOKEN" ]; then ask_secret BOT_TOKEN "Bot token from @BotFather"; fi
}

check_options() {
  [[ "$NAME" =~ ^[a-z0-9-]{1,32}$ ]] || usage_error "a name is 1 to 32 of a-z, 0-9 and -, not '$NAME'"
  case "$PUBLIC_ADDR" in
    *]:* | *] | *:*:*) if [[ "$PUBLIC_ADDR" != *]:* ]]; then PUBLIC_ADDR="[${PUBLIC_ADDR//[\[\]]/}]:$PORT"; fi ;;
    *:*) ;;
    *) PUBLIC_ADDR="$PUBLIC_ADDR:$PORT" ;;
  esac
  [[ "$PUBLIC_ADDR" =~ ^[][A-Za-z0-9.:-]+:[0-9]{1,5}$ ]] || usage_error "the public address is HOST:PORT, not '$PUBLIC_ADDR'"
  if [ -n "$OWNER" ]; then
    OWNER="@${OWNER#@}"
    [[ "$OWNER" =~ ^@[A-Za-z0-9_]{3,32}$ ]] || usage_error "the owner is a Telegram @username, not '$OWNER'"
  fi
  [[ -z "$OWNER_ID" || "$OWNER_ID" =~ ^[0-9]{1,19}$ ]] || usage_error "the owner's id is a number, not '$OWNER_ID'"
  [[ "$VPN_MODE" =~ ^(none|hub|client)?$ ]] || usage_error "the mode of the overlay is none, hub or client, not '$VPN_MODE'"
  if [ -n "$VPN_MODE" ]; then export CONSTELLA_VPN_MODE="$VPN_MODE"; fi
  [[ -z "$PRIORITY" || "$PRIORITY" =~ ^[0-9]{1,9}$ ]] || usage_error "the priority is a number, not '$PRIORITY'"
  [[ -z "$BOT_TOKEN" || "$BOT_TOKEN" =~ ^[0-9]+:[A-Za-z0-9_-]+$ ]] || usage_error "that is no bot token: it looks like 123:ABC"
  [[ -z "$LINK" || "$LINK" == join://* ]] || usage_error "that is no invitation: it starts with join://"
  if [ "$VERB" = init ] && [ -n "$BOT_TOKEN" ] && [ -z "$OWNER$OWNER_ID" ]; then
    warn "a bot without an owner answers nobody: add one with --owner @username"
  fi
}

host_name() {
  if [ -r /proc/sys/kernel/hostname ]; then cat /proc/sys/kernel/hostname; else hostname; fi
}

clean_name() {
  local name="${1%%.*}"
  name="${name,,}"
  name="${name//[^a-z0-9-]/-}"
  name="${name#"${name%%[!-]*}"}"
  name="${name:0:32}"
  name="${name%"${name##*[!-]}"}"
  printf '%s' "${name:-node}"
}

# The address this machine would speak from; nothing is sent. Without `ip`, the kernel's own table.
default_address() {
  local address=''
  if have ip; then
    address="$(ip -4 route get 203.0.113.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p' | head -n 1)" || true
  fi
  if [ -z "$address" ] && [ -r /proc/net/fib_trie ]; then
    address="$(sed -n '/|-- /{h;d};/host LOCAL/{x;s/.*|-- //p;x}' /proc/net/fib_trie | grep -v '^127\.' | sort -u | head -n 1)" || true
  fi
  if [ -z "$address" ] && have ip; then
    address="$(ip -6 route get 2001:db8::1 2>/dev/null | sed -n 's/.* src \([0-9a-f:]*\).*/\1/p' | head -n 1)" || true
  fi
  if [ -z "$address" ]; then
    warn "no address found but loopback: other machines will not reach 127.0.0.1, give --public-addr HOST:PORT"
    address=127.0.0.1
  elif [[ "$address" =~ ^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.) ]]; then
    warn "$address is a private address: if other nodes are elsewhere, give --public-addr HOST:PORT"
  fi
  printf '%s' "$address"
}
