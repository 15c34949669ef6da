#!/usr/bin/env bash
# Installs and runs a Constella node on this machine. `./install.sh help` lists the verbs and flags.
set -euo pipefail

if ((BASH_VERSINFO[0] < 4)); then
  echo "install.sh needs bash 4 or newer; this is ${BASH_VERSION}." >&2
  exit 1
fi

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source-path=SCRIPTDIR
. "$ROOT/scripts/install/ui.sh"
# shellcheck source-path=SCRIPTDIR
. "$ROOT/scripts/install/options.sh"
# shellcheck source-path=SCRIPTDIR
. "$ROOT/scripts/install/packages.sh"
# shellcheck source-path=SCRIPTDIR
. "$ROOT/scripts/install/native.sh"
# shellcheck source-path=SCRIPTDIR
. "$ROOT/scripts/install/service.sh"
# shellcheck source-path=SCRIPTDIR
. "$ROOT/scripts/install/vpn.sh"
# shellcheck source-path=SCRIPTDIR
. "$ROOT/scripts/install/docker.sh"
# shellcheck source-path=SCRIPTDIR
. "$ROOT/scripts/install/health.sh"
# shellcheck source-path=SCRIPTDIR
. "$ROOT/scripts/install/node.sh"

usage() {
  cat <<'TEXT'
Usage: ./install.sh VERB [flags]

  init          start a new network on this machine
  join          join the network that a link invites to
  status        the network as this node sees it
  logs [-f]     the node's log; -f follows it
  start, stop   start or stop the node
  upgrade       put the node on the build of this clone, or of --from; back to its own where the new one does not come up
  uninstall     leave the network and remove the node; asks before state is removed

Flags, all optional (environment in brackets):
  --server-name NAME     1-32 of a-z 0-9 -, default the host name     [CONSTELLA_SERVER_NAME]
  --public-addr HOST[:PORT]  where the other nodes reach this one     [CONSTELLA_PUBLIC_ADDR]
  --join LINK            the invitation; - reads it from stdin        [CONSTELLA_JOIN]
  --owner @NAME          the Telegram user the bot obeys              [CONSTELLA_OWNER]
  --owner-id NUMBER      the same person's numeric id                 [CONSTELLA_OWNER_ID]
  --bot-token-file FILE  holds the bot's token; - reads it from stdin [CONSTELLA_BOT_TOKEN_FILE]
  --bot-token TOKEN      seen in the process list: prefer the file    [CONSTELLA_BOT_TOKEN]
  --vpn-mode MODE        none, hub or client of a WireGuard overlay   [CONSTELLA_VPN_MODE]
  --vpn-interface-name NAME  default wg0                              [CONSTELLA_VPN_INTERFACE_NAME]
  --vpn-cidr NETWORK     of the overlay, a hub's to say, default 10.42.0.0/24  [CONSTELLA_VPN_CIDR]
  --vpn-listen-port PORT UDP port of WireGuard here, default of a hub 51820    [CONSTELLA_VPN_LISTEN_PORT]
  --vpn-address ADDRESS  this node's in the overlay, default assigned [CONSTELLA_VPN_ADDRESS]
  --vpn-hub-endpoint HOST:PORT  where the hub is found, default as the hub says  [CONSTELLA_VPN_HUB_ENDPOINT]
  --vpn-hub-public-key KEY      of a hub outside of this network      [CONSTELLA_VPN_HUB_PUBLIC_KEY]
  --priority NUMBER      the smallest living one leads, default 100   [CONSTELLA_PRIORITY]
  --listen ADDR:PORT     default 0.0.0.0:4747                         [CONSTELLA_LISTEN]
  --port PORT            the port alone
  --state-dir DIR        default ./state, with systemd /var/lib/constella  [CONSTELLA_STATE_DIR]
  --from FILE            install an archive of scripts/pack-release instead of building
  --native, --docker     how to run; native unless only Docker is possible
  --stage                init of a node that runs: put the release in place, let it run on (constella update)
  --no-packages          install no Debian packages (for history, charts, the overlay)
  --no-systemd           a background process even where systemd runs
  --dry-run              print each step, change nothing
  --yes                  ask nothing; uninstall removes state too
TEXT
}

main() {
  ui_setup
  parse_options "$@"
  case "$VERB" in
    help) usage ;;
    init | join)
      choose_way
      resolve_options
      install_node
      ;;
    status | logs | start | stop | upgrade | uninstall)
      find_node
      "node_$VERB"
      ;;
  esac
}

main "$@"
