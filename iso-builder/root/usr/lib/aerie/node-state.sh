# shellcheck shell=bash
# What the node says of itself.

node_configuration=/var/lib/aerie/node/etc/io.aerie.node.cfg

# node_value KEY: of the node's own configuration.
node_value() { [ ! -r "$node_configuration" ] || sed -n "s/^ *$1 *= *//p" "$node_configuration" | tail -n 1; }

# node_health: "healthy", or why it isn't.
node_health() {
  local host status body
  host=$(node_value host)
  if [ -z "$host" ] || ! systemctl --quiet is-active aerie-node.service; then
    systemctl show --property=ActiveState --value aerie-node.service
    return 1
  fi
  [[ $host != *:* ]] || host="[$host]"
  body=$(mktemp)
  # Asked on this machine, of itself: nothing secret is sent, and the certificate may be of a CA not known here.
  status=$(curl --silent --insecure --max-time 5 --output "$body" --write-out '%{http_code}' "https://$host:$(node_value port.rest)/api/v1/health") || true
  case $status in
    200) echo healthy ;;
    000) echo starting ;;
    *) jq -r '[.title, .why // .detail // empty] | map(select(. != null)) | join(": ")' "$body" 2>/dev/null || echo "answers $status" ;;
  esac
  rm -f "$body"
  [ "$status" = 200 ]
}
