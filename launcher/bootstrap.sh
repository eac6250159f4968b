# What must be on the machine. Root on Debian: it is installed, and said so; anywhere else: it is said what to install.

# A command (or a file, by its whole path) and the Debian package that brings it.
tools_run='java:openjdk-17-jre-headless curl:curl jq:jq ssh:openssh-client ssh-keygen:openssh-client tar:tar flock:util-linux setsid:util-linux'
tools_build='javac:openjdk-17-jdk-headless mvn:maven git:git'
# What unit tests compare plain Java with; without it they are skipped.
tools_unit="/usr/lib/$(uname -m)-linux-gnu/libisal.so.2:libisal2"
# Faults on real processes: namespaces, and a library that steps a process's clock.
tools_faults='cc:gcc /usr/include/stdlib.h:libc6-dev ip:iproute2 nsenter:util-linux perl:perl-base'
# A disk that breaks when it is told to.
tools_faulty_disk='cc:gcc /usr/include/stdlib.h:libc6-dev pkg-config:pkg-config /usr/include/fuse3/fuse.h:libfuse3-dev fusermount3:fuse3'
tools_clients="/usr/sbin/slapd:slapd openssl:openssl qemu-img:qemu-utils iscsi-ls:libiscsi-bin iscsi-test-cu:libiscsi-bin python3:python3 /usr/lib/$(uname -m)-linux-gnu/qemu/block-iscsi.so:qemu-block-extra nbdinfo:libnbd-bin nbdcopy:libnbd-bin qemu-system-x86_64:qemu-system-x86 qemu-io:qemu-utils fio:fio sfdisk:fdisk mkfs.vfat:dosfstools mcopy:mtools syslinux:syslinux cpio:cpio depmod:kmod mke2fs:e2fsprogs /usr/lib/syslinux/mbr/mbr.bin:syslinux-common"

# need_tools TOOLS…
need_tools() {
  local pair missing=''
  for pair in $*; do
    command -v "${pair%%:*}" >/dev/null || [ -e "${pair%%:*}" ] || case " $missing " in
      *" ${pair#*:} "*) ;;
      *) missing+="${pair#*:} " ;;
    esac
  done
  [ -z "$missing" ] || install_packages $missing
  need_java
}

install_packages() {
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail "missing on this machine: $*
Install them first. On Debian 12, as root: apt-get install $*" 5
  fi
  step "Installing (Debian packages): $*"
  local log
  log=$(mktemp)
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get could not install: $* (all it said: $log)" 5
  fi
  rm -f "$log"
}

# Exactly 17: other versions are not supported by Karaf 4.4 (newer ones lack the security manager's flag).
need_java() {
  local candidate
  if [ "$(java_version java)" != 17 ] || [ -n "${JAVA_HOME:-}" ] && [ "$(java_version "$JAVA_HOME/bin/java")" != 17 ]; then
    for candidate in /usr/lib/jvm/java-17-openjdk-*; do
      if [ -x "$candidate/bin/java" ]; then
        export JAVA_HOME=$candidate PATH=$candidate/bin:$PATH
        return
      fi
    done
    install_packages openjdk-17-jdk-headless
    need_java
  fi
}

java_version() { "$1" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p'; }
