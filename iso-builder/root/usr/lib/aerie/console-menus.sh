# shellcheck shell=bash
# The console's menus. Each asks, says what it will do, and does it with the same programs as an answer file.

title="Aerie"
choose() { whiptail --title "$title" --menu "$1" 20 76 11 "${@:2}" 3>&1 1>&2 2>&3; }
ask() { whiptail --title "$title" --inputbox "$1" 11 76 "${2:-}" 3>&1 1>&2 2>&3; }
ask_secret() { whiptail --title "$title" --passwordbox "$1" 11 76 3>&1 1>&2 2>&3; }
sure() { whiptail --title "$title" --defaultno --yesno "$1" 16 76; }
tell() { whiptail --title "$title" --scrolltext --msgbox "$1" 20 76; }

main_menu() {
  local -a entries=(network 'Address, bonding, VLAN, name servers' name 'Name of this host')
  if live; then entries+=(install 'Install to a disk'); fi
  if member; then
    entries+=(disks 'Give empty disks to the cluster' shell "The cluster's shell")
    [ ! -e /var/lib/aerie/node/data/first-password ] || entries+=(password "The first user's password")
  else
    entries+=(create 'Create a cluster' join 'Join a cluster')
  fi
  entries+=(ssh 'SSH of the host, with a key' log "The node's log" host 'A shell of the host' restart 'Restart the machine' off 'Switch the machine off')
  case $(choose "$(hostname)   $(addresses)" "${entries[@]}") in
    network) network_menu ;;
    name) name_menu ;;
    install) install_menu ;;
    disks) disks_menu ;;
    shell) ssh -p "$(node_value port.ssh)" -o StrictHostKeyChecking=accept-new "$(ask 'User' admin)@$(node_value host)" ;;
    password) tell "$(cat /var/lib/aerie/node/data/first-password)

Change it with user:password in the cluster's shell, then remove this file." ;;
    create) create_menu ;;
    join) join_menu ;;
    ssh) changed "$(one_setting ssh.key 'The public key of who may log in as root; empty: nobody, and SSH is off')" ;;
    log) less +G /var/lib/aerie/node/log/aerie.log ;;
    host) bash -l ;;
    restart) sure 'Restart this machine?' && systemctl reboot ;;
    off) sure 'Switch this machine off?' && systemctl poweroff ;;
  esac
}

# one_setting KEY TEXT: asks for its value and keeps it; prints what is wrong with it.
one_setting() {
  local value problem
  value=$(ask "$2" "$(setting "$1")") || return 0
  problem=$(keep_setting "$1" "$value" 2>&1) || printf '%s' "$problem"
}

# changed PROBLEM: what was set is used, or it is told why not.
changed() {
  if [ -n "$1" ]; then
    tell "$1"
    return 1
  fi
  /usr/lib/aerie/configure-host --now
  ! systemctl --quiet is-failed aerie-node.service || systemctl restart aerie-node.service
}

# All at once: single values may only fit together.
network_menu() {
  local interfaces bond=none vlan address gateway='' dns=''
  interfaces=$(ask "Interfaces, with a comma between those of a bond; empty: all, by DHCP.

$(ip -brief link | grep -v '^lo ')" "$(setting network.interfaces)") || return
  [[ $interfaces != *,* ]] || bond=$(choose 'How the interfaces work together' active-backup 'one carries, the others wait' 802.3ad 'LACP; the switch takes part') || return
  vlan=$(ask 'VLAN, 1 to 4094; empty: none' "$(setting network.vlan)") || return
  address=$(ask 'Address with prefix (192.0.2.10/24), or dhcp' "$(setting network.address dhcp)") || return
  if [ "$address" != dhcp ]; then
    gateway=$(ask 'Gateway; empty: none' "$(setting network.gateway)") || return
    dns=$(ask 'Name servers, with commas; empty: none' "$(setting network.dns)") || return
  fi
  changed "$(exchange_settings 'network\.' "network.interfaces = $interfaces" "network.bond = $bond" "network.vlan = $vlan" \
    "network.address = $address" "network.gateway = $gateway" "network.dns = $dns" 2>&1)"
}

name_menu() {
  if member; then
    tell "This node is known to its cluster as $(node_value node). The host's name may change, the node's stays."
  fi
  changed "$(one_setting host.name 'Name of this host: small letters, digits, -')"
}

install_menu() {
  local disk wipe=nothing content
  local -a entries=()
  while read -r disk; do entries+=("$disk" "$(disk_line "$disk" | cut -d ' ' -f 2-) $(disk_content "$disk")"); done < <(disk_paths)
  [ ${#entries[@]} -gt 0 ] || { tell 'This machine has no disk that could be installed to.'; return; }
  disk=$(choose 'Where to? Empty disks that are left are offered to the cluster afterwards.' "${entries[@]}") || return
  content=$(disk_content "$disk")
  case $content in
    empty) sure "Install to $(disk_line "$disk")?" || return ;;
    aerie)
      [ "$(ask "$(disk_line "$disk") holds data or a system of an Aerie cluster. It will be lost. To go on, write: destroy")" = destroy ] || return
      wipe=aerie
      ;;
    *) sure "$(disk_line "$disk") is NOT EMPTY. All that is on it will be lost. Go on?" && wipe=foreign || return ;;
  esac
  if exchange_settings 'install\.' "install.disk = $disk" "install.wipe = $wipe" && /usr/lib/aerie/install-system; then
    sure 'Installed. Remove the medium. Restart now?' && systemctl reboot
  else
    tell "$(tail -n 8 /run/aerie/progress)"
  fi
}

# become LINE…: what the node does with its life. It runs from here on; of a live system too, in memory.
become() {
  local problem
  problem=$(exchange_settings 'cluster\.|admin\.' "$@" 2>&1) || { tell "$problem"; return 1; }
  systemctl stop aerie-node.service
  rm -f "$node_configuration"
  touch /run/aerie/run-node
  systemctl restart --no-block aerie-node.service
}

create_menu() {
  local name password
  name=$(ask 'Name of the cluster' aerie) || return
  password=$(ask_secret "Password of the first user, admin (8 characters or more); empty: one is drawn and shown here") || return
  become 'cluster.mode = found' "cluster.name = $name" "admin.password = $password" || return
  ! sure "Give all empty disks to the cluster?

$(free_disks)" || claim "$(free_disks)"
}

join_menu() {
  local token
  token=$(ask 'The token that a member of the cluster issued (cluster:token)') || return
  become 'cluster.mode = join' "cluster.token = $token"
}

# claim PATHS: a line each.
claim() {
  local -a paths
  mapfile -t paths <<<"$1"
  /usr/lib/aerie/claim-disks "${paths[@]}"
}

disks_menu() {
  local free
  free=$(free_disks)
  [ -n "$free" ] || { tell 'This machine has no empty disk. disk:add --force in the shell takes others.'; return; }
  ! sure "Give these empty disks to the cluster's pool $(setting disks.pool default)?

$free" || claim "$free"
}
