# shellcheck shell=bash
# Settings of the host: KEY = VALUE, a line each; # begins a comment. The administrator's answer file and what the node
# keeps have the same form. They are the truth: at each boot the host is configured from them.

settings_file=/var/lib/aerie/host/settings

# Every key, and what its value must match.
declare -A setting_patterns=(
  [host.name]='[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  [network.interfaces]='[a-zA-Z0-9._-]{1,15}(,[a-zA-Z0-9._-]{1,15})*'
  [network.bond]='none|active-backup|802\.3ad'
  [network.vlan]='[1-9][0-9]{0,3}'
  [network.address]='dhcp|([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}|[0-9A-Fa-f:]+:[0-9A-Fa-f:]*/[0-9]{1,3}'
  [network.gateway]='([0-9]{1,3}\.){3}[0-9]{1,3}|[0-9A-Fa-f:]+:[0-9A-Fa-f:]*'
  [network.dns]='[0-9A-Fa-f:.]+(,[0-9A-Fa-f:.]+)*'
  [time.servers]='[A-Za-z0-9.:-]+(,[A-Za-z0-9.:-]+)*'
  [ssh.key]='(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?'
  [admin.password]='.{8,}'
  [cluster.mode]='found|join|wait'
  [cluster.name]='[A-Za-z0-9][A-Za-z0-9._-]{0,62}'
  [cluster.invitation]='[A-Za-z0-9_=-]{100,}'
  [cluster.token]='[A-Za-z0-9_-]{20,}'
  [disks.claim]='none|all|/dev/[A-Za-z0-9/._:+-]+(,/dev/[A-Za-z0-9/._:+-]+)*'
  [disks.pool]='[A-Za-z0-9][A-Za-z0-9._-]{0,62}'
  [install.disk]='largest|smallest|only|serial:[^ ]+|/dev/[A-Za-z0-9/._:+-]+'
  [install.wipe]='nothing|foreign|aerie'
  [install.then]='reboot|poweroff'
)
secret_settings=(admin.password cluster.token cluster.invitation)

# setting KEY [DEFAULT]: of the file; the last line counts.
setting() {
  local value=''
  [ ! -r "$settings_file" ] || value=$(settings_lines <"$settings_file" | awk -v key="$1" -F'\t' '$1 == key { value = $2 } END { print value }')
  printf '%s' "${value:-${2:-}}"
}

# settings_lines: KEY<tab>VALUE of each line that says something; others go through whole, without a tab.
settings_lines() {
  tr -d '\r' | sed -e 's/^[ \t]*//' -e '/^$/d' -e '/^#/d' -e 's/[ \t]*$//' -e 's/[ \t]*=[ \t]*/\t/'
}

# settings_problems <TEXT: what can't be used, a line each, never a secret; nothing when all is well.
settings_problems() {
  local key value
  local -A seen=()
  while IFS=$'\t' read -r key value; do
    if [ -z "${setting_patterns[$key]:-}" ]; then
      echo "'$key' is no setting; docs/install.md lists all"
    elif ! [[ $value =~ ^(${setting_patterns[$key]})$ ]]; then
      if [[ " ${secret_settings[*]} " == *" $key "* ]]; then
        echo "$key: the value given can't be used"
      else
        echo "$key: '$value' can't be used"
      fi
    elif [ -n "${seen[$key]:-}" ]; then
      echo "$key is set twice"
    else
      seen[$key]=$value
    fi
  done < <(settings_lines)
  conflicts_between
}

# What single values don't show. Reads seen.
conflicts_between() {
  local address=${seen[network.address]:-dhcp}
  [ -z "${seen[network.gateway]:-}" ] || [ "$address" != dhcp ] || echo "network.gateway: DHCP tells the gateway; leave one of them out"
  [ "${seen[cluster.mode]:-wait}" != join ] || [ -n "${seen[cluster.token]:-}" ] || echo "cluster.mode: join wants a cluster.token"
  [ "${seen[cluster.mode]:-wait}" = join ] || [ -z "${seen[cluster.token]:-}" ] || echo "cluster.token is for cluster.mode = join"
  [ "${seen[cluster.mode]:-wait}" = found ] || [ -z "${seen[admin.password]:-}" ] || echo "admin.password is for cluster.mode = found: others take the cluster's users"
  [ "${seen[cluster.mode]:-wait}" = found ] || [ -z "${seen[cluster.invitation]:-}" ] || echo "cluster.invitation is for cluster.mode = found: others have a cluster.token"
  [ "${seen[network.bond]:-none}" = none ] || [[ ${seen[network.interfaces]:-} == *,* ]] || echo "network.bond wants two network.interfaces or more"
  [ "${seen[network.bond]:-none}" != none ] || [[ ${seen[network.interfaces]:-} != *,* ]] || echo "network.interfaces: several want a network.bond"
  [ "${seen[network.vlan]:-1}" -le 4094 ] || echo "network.vlan: 1 to 4094"
  [ "$address" = dhcp ] || address_is_right "${address%/*}" "${address#*/}" || echo "network.address: '$address' is no address with a prefix"
}

# address_is_right ADDRESS PREFIX
address_is_right() {
  local part
  [[ $1 != *:* ]] || { [ "$2" -le 128 ] && return 0 || return 1; }
  for part in ${1//./ }; do [ "$part" -le 255 ] || return 1; done
  [ "$2" -ge 1 ] && [ "$2" -le 32 ]
}

# take_settings FILE: the host's settings are these from now on; refused whole when one can't be used.
take_settings() {
  local problems
  problems=$(settings_problems <"$1")
  if [ -n "$problems" ]; then
    printf 'These settings are not taken, and nothing is changed:\n' >&2
    sed 's/^/  /' <<<"$problems" >&2
    return 2
  fi
  mkdir -p "$(dirname "$settings_file")"
  chmod 700 "$(dirname "$settings_file")"
  (umask 077 && settings_lines <"$1" | sed 's/\t/ = /' >"$settings_file.new")
  sync "$settings_file.new"
  mv "$settings_file.new" "$settings_file"
}

# exchange_settings PATTERN [LINE…]: these lines instead of the settings whose key begins so, all or nothing. A line without
# a value is left out.
exchange_settings() {
  local pattern=$1 file result=0
  shift
  file=$(mktemp)
  {
    [ ! -r "$settings_file" ] || settings_lines <"$settings_file" | sed -E -e "/^($pattern)/d" -e 's/\t/ = /'
    printf '%s\n' "$@" | sed -E '/^[^=]*= *$/d'
  } >"$file"
  take_settings "$file" || result=$?
  rm -f "$file"
  return "$result"
}

# keep_setting KEY VALUE: one more, or another value; none when it is empty.
keep_setting() { exchange_settings "$1\t" "$1 = $2"; }

# kernel_argument NAME: its value, nothing when there is none.
kernel_argument() { tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p" | tail -n 1; }
