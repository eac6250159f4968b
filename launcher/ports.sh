# Ports: each node gets a block of ten below the range that the kernel hands out by itself (32768 and up), so that no
# outgoing connection takes one while its node is down. Blocks are reserved per user across folders, for the time
# between choosing and listening and while a cluster is down.

ports_first=20000
ports_blocks=1200
port_names=(cluster log data rest ssh nbd iscsi)

reservations() { printf '%s' "${TMPDIR:-/tmp}/aerie-ports-$(id -u)"; }

# Local ports in use, decimal, one a line: sockets of any state, IPv4 and IPv6.
ports_in_use() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$2 ~ /:/ { sub(/.*:/, "", $2); print $2 }' | sort -u |
    while read -r hex; do printf '%d\n' "0x$hex"; done
}

# block_free BLOCK USED: nothing listens on it and no living folder holds it.
block_free() {
  local first=$((ports_first + $1 * 10)) port holder
  for ((port = first; port < first + 10; port++)); do
    ! grep -qx "$port" <<<"$2" || return 1
  done
  holder=$(cat "$(reservations)/$1" 2>/dev/null || true)
  [ -z "$holder" ] || [ ! -e "$holder/ports" ]
}

# choose_ports NODE_FOLDER: writes NODE_FOLDER/ports (NAME PORT a line), unless it is there.
choose_ports() {
  [ ! -s "$1/ports" ] || return 0
  local used block try index
  mkdir -p "$1" "$(reservations)"
  (
    flock 7
    used=$(ports_in_use)
    for ((try = 0; try < 200; try++)); do
      block=$(((RANDOM * 32768 + RANDOM) % ports_blocks))
      if block_free "$block" "$used"; then
        printf '%s\n' "$1" >"$(reservations)/$block"
        for index in "${!port_names[@]}"; do
          printf '%s %d\n' "${port_names[index]}" $((ports_first + block * 10 + index))
        done >"$1/ports.new"
        mv "$1/ports.new" "$1/ports"
        exit 0
      fi
    done
    fail "no ten free ports in a row between $ports_first and $((ports_first + ports_blocks * 10))"
  ) 7>"$(reservations)/lock" || exit 1
}

# port NODE NAME
port() { sed -n "s/^$2 //p" "$dir/$1/ports"; }
