# shellcheck shell=bash
# The machine's disks: which there are, what lies on them, which one a rule means.

# A system takes the boot partition (256 MiB), two slots (1.5 GiB each), and data with room for logs.
system_disk_least_bytes=$((8 * 1024 * 1024 * 1024))

# disk_of DEVICE: the whole disk that a partition is on; a disk is its own.
disk_of() {
  local parent
  parent=$(lsblk -no PKNAME "$1" | head -n 1)
  printf '/dev/%s' "${parent:-${1#/dev/}}"
}

# The disk that this system runs from: the install medium, or the disk with the slots.
own_disk() { disk_of "$(findmnt -no SOURCE /run/live/medium)"; }

# own_partition LABEL: of that disk; others may have the same labels.
own_partition() { lsblk -nrpo PATH,PARTLABEL "$(own_disk)" | awk -v label="$1" '$2 == label { print $1 }'; }

# disk_paths: whole disks that could be written, without the one that this system runs from and the one with answers.
disk_paths() {
  local name type size read_only own answers
  own=$(own_disk)
  answers=$(blkid -L AERIE-CONF || true)
  [ -z "$answers" ] || answers=$(disk_of "$answers")
  lsblk -dnbo NAME,TYPE,SIZE,RO | while read -r name type size read_only; do
    [ "$type" = disk ] && [ "$size" -gt 0 ] && [ "$read_only" = 0 ] || continue
    [ "/dev/$name" != "$own" ] && [ "/dev/$name" != "$answers" ] || continue
    [[ $name != ram* && $name != zram* && $name != fd* ]] || continue
    printf '/dev/%s\n' "$name"
  done
}

disk_bytes() { blockdev --getsize64 "$1"; }
disk_serial() { lsblk -dno SERIAL "$1" | tr -d ' '; }
disk_line() { printf '%s %s %s' "$1" "$(lsblk -dno SIZE "$1" | tr -d ' ')" "$(lsblk -dno MODEL,SERIAL "$1" | tr -s ' ')"; }

# disk_content DISK: empty; aerie (holds a part of a cluster's data, or a node's system); foreign (anything else).
disk_content() {
  if [ "$(head -c 8 "$1" | tr -d '\0')" = AERIEDSK ]; then
    echo aerie
  elif lsblk -no PARTLABEL "$1" | grep -q '^aerie-data$'; then
    echo aerie
  elif [ -n "$(wipefs --noheadings "$1")" ] || [ -n "$(lsblk -no NAME "$1" | tail -n +2)" ] || ! edges_are_zero "$1"; then
    echo foreign
  else
    echo empty
  fi
}

# What some other program wrote without a signature that is known here.
edges_are_zero() {
  local first
  for first in 0 $(($(disk_bytes "$1") / 1048576 - 1)); do
    dd if="$1" bs=1M count=1 skip="$first" status=none | cmp -s -n 1048576 - /dev/zero || return 1
  done
}

# disk_by_rule RULE: the one disk that the rule means, or a message and 2.
disk_by_rule() {
  local -a found=() all=()
  local disk
  mapfile -t all < <(disk_paths)
  [ ${#all[@]} -gt 0 ] || { echo "this machine has no disk that could be installed to" >&2; return 2; }
  case $1 in
    only) found=("${all[@]}") ;;
    largest | smallest)
      mapfile -t found < <(for disk in "${all[@]}"; do printf '%s %s\n' "$(disk_bytes "$disk")" "$disk"; done |
        sort "-n$([ "$1" = largest ] && echo r)" | head -n 1 | cut -d ' ' -f 2) ;;
    serial:*) for disk in "${all[@]}"; do [ "$(disk_serial "$disk")" != "${1#serial:}" ] || found+=("$disk"); done ;;
    /dev/*)
      disk=$(readlink -f "$1")
      [[ " ${all[*]} " != *" $disk "* ]] || found=("$disk") ;;
  esac
  if [ ${#found[@]} -ne 1 ]; then
    echo "install.disk = $1 means ${#found[@]} disks; there are:" >&2
    for disk in "${all[@]}"; do echo "  $(disk_line "$disk")" >&2; done
    return 2
  fi
  printf '%s' "${found[0]}"
}

# lasting_path DISK: a name that stays when disks are found in another order.
lasting_path() {
  local link kind
  for kind in 'wwn-' 'nvme-eui' 'nvme-' 'scsi-' 'ata-' 'virtio-'; do
    for link in /dev/disk/by-id/"$kind"*; do
      if [ -e "$link" ] && [ "$(readlink -f "$link")" = "$1" ]; then
        printf '%s' "$link"
        return
      fi
    done
  done
  for link in /dev/disk/by-path/*; do
    if [ -e "$link" ] && [ "$(readlink -f "$link")" = "$1" ]; then
      printf '%s' "$link"
      return
    fi
  done
  printf '%s' "$1"
}

# free_disks: lasting paths of all empty disks.
free_disks() {
  local disk
  disk_paths | while read -r disk; do
    [ "$(disk_content "$disk")" != empty ] || printf '%s\n' "$(lasting_path "$disk")"
  done
}
