# image: what a machine boots. Each part is made once for its inputs and kept; the last line is the path of what was made.

tools_image='mmdebstrap:mmdebstrap mksquashfs:squashfs-tools grub-mkrescue:grub-common xorriso:xorriso mformat:mtools /usr/lib/grub/i386-pc/kernel.img:grub-pc-bin /usr/lib/grub/x86_64-efi/kernel.img:grub-efi-amd64-bin'

# The emulated machine that installs into the OVA.
tools_ova='qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils mkfs.vfat:dosfstools mcopy:mtools'

command_image() {
  local kind=${arguments[0]}
  case $kind in
    iso) need_tools "$tools_run $tools_image" ;;
    ova) need_tools "$tools_run $tools_image $tools_ova" ;;
    *) fail "image wants iso or ova, not '$kind'" 2 ;;
  esac
  [ "$(id -u)" -eq 0 ] || fail "only root can make a root file system: run it as root" 5
  ensure_distribution
  make_iso
  [ "$kind" = iso ] || make_ova
  say "${!kind}"
}

# make_ova: from the ISO; leaves its path in ova.
make_ova() {
  ova=${iso%.iso}-$(image_stamp make-ova mastervm.ovf).ova
  lock_images
  [ -s "$ova" ] || {
    step "Installing the system to the OVA's disk, in an emulated machine (some minutes)"
    "$root/iso-builder/make-ova" "$iso" "$ova" 7>&-
    progress "$(($(stat -c %s "$ova") / 1048576)) MiB"
    keep_newest ova
  }
  exec 7>&-
}

lock_images() {
  mkdir -p "$root/.aerie/cache" "$root/.aerie/images"
  exec 7>"$root/.aerie/cache/image.lock"
  flock 7
}

# keep_newest KIND: two of them.
keep_newest() { find "$root/.aerie/images" -name "*.$1" -printf '%T@ %p\n' | sort -rn | tail -n +3 | cut -d ' ' -f 2- | xargs -r rm -f; }

image_stamp() { (cd "$root/iso-builder" && cat "$@" | sha256sum | cut -c 1-12); }

# make_iso: leaves its path in iso. Debian's part changes with the list of packages and, when asked for, with new
# versions of them: remove .aerie/cache/debian-* to have these.
make_iso() {
  local cache=$root/.aerie/cache debian system
  debian=$cache/debian-$(image_stamp packages make-debian customize)
  system=$cache/system-$version-$(cd "$root/iso-builder" && find root make-system -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-12)
  iso=$root/.aerie/images/aerie-$version-$(image_stamp packages make-debian customize make-iso grub/medium.cfg)-${system##*-}.iso
  lock_images
  [ -s "$iso" ] || {
    image_part "$debian" "Debian's packages (some 2 minutes)" "$root/iso-builder/make-debian" "$debian.new"
    image_part "$system" "Aerie's system" "$root/iso-builder/make-system" "$archive" "$system.new"
    step "Making the ISO"
    "$root/iso-builder/make-iso" "$debian" "$system" "$iso"
    progress "$(($(stat -c %s "$iso") / 1048576)) MiB"
    find "$cache" -maxdepth 1 \( -name 'debian-*' -o -name 'system-*' \) ! -path "$debian" ! -path "$system" -exec rm -rf {} +
    keep_newest iso
  }
  exec 7>&-
}

# image_part FOLDER WHAT COMMAND…: made in FOLDER.new, which becomes FOLDER when it is whole.
image_part() {
  local folder=$1 what=$2 log
  shift 2
  [ ! -d "$folder" ] || return 0
  rm -rf "$folder.new"
  log=$root/.aerie/images/build.log
  step "Making $what; log: $log"
  "$@" >"$log" 2>&1 7>&- || {
    tail -n 20 "$log" >&2
    fail "it failed; all it said: $log"
  }
  mv "$folder.new" "$folder"
}
