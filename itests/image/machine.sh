# shellcheck shell=bash
# Emulated machines. Sourced by stories; needs what story.sh needs, and AERIE_ISO.
. "$AERIE_ROOT/itests/cluster/story.sh"
. "$AERIE_ROOT/launcher/ports.sh"

# An emulated machine is ten times slower than a real one, on two cores that others use, too.
boot_seconds=600
healthy_seconds=900

trap end_machines EXIT

end_machines() {
  local file
  for file in "$STORY_FOLDER"/*/pid; do
    [ ! -e "$file" ] || power_cut "$(basename "$(dirname "$file")")"
  done
}

# disk NAME FILE SIZE SERIAL: a disk of a machine, made when it isn't there; prints QEMU's arguments.
disk() {
  local file=$STORY_FOLDER/$1/$2.raw
  mkdir -p "$STORY_FOLDER/$1"
  [ -e "$file" ] || truncate -s "$3" "$file"
  printf '%s ' -drive "file=$file,if=none,id=$2,format=raw" -device "virtio-blk-pci,drive=$2,serial=$4"
}

# answers NAME <TEXT: a medium with an answer file; prints QEMU's arguments.
answers() {
  local file=$STORY_FOLDER/$1/answers.raw
  mkdir -p "$STORY_FOLDER/$1"
  rm -f "$file"
  truncate -s 4M "$file"
  mkfs.vfat -n AERIE-CONF "$file" >/dev/null
  mcopy -i "$file" - ::aerie-answers.conf
  printf '%s ' -drive "file=$file,if=virtio,format=raw,readonly=on"
}

# medium: the ISO in the drive. uefi NAME: UEFI instead of BIOS. Print QEMU's arguments.
medium() { printf '%s ' -drive "file=$AERIE_ISO,media=cdrom,readonly=on" -boot d; }
uefi() {
  cp /usr/share/OVMF/OVMF_VARS.fd "$STORY_FOLDER/$1/variables.raw"
  printf '%s ' -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd \
    -drive "if=pflash,format=raw,file=$STORY_FOLDER/$1/variables.raw"
}

# start_machine NAME ARGUMENTS…: with an adapter (of the kind that adapter says) on a network that has the host's ports of its
# services. Its serial line is NAME/serial.log, and takes what is typed at NAME/serial.
start_machine() {
  local name=$1 folder=$STORY_FOLDER/$1 forward='' service
  shift
  mkdir -p "$folder"
  : >"$folder/serial.log"
  choose_ports "$folder"
  for service in rest:8443 ssh:8101 nbd:10809 iscsi:3260; do
    forward+=",hostfwd=tcp:127.0.0.1:$(machine_port "$name" "${service%:*}")-:${service#*:}"
  done
  qemu-system-x86_64 -accel tcg,thread=multi -smp 2 -m 1536 -display none -no-reboot -monitor none \
    -chardev "socket,id=serial,path=$folder/serial,server=on,wait=off,logfile=$folder/serial.log" -serial chardev:serial \
    -netdev "user,id=net$forward" -device "${adapter:-virtio-net-pci},netdev=net" "$@" >"$folder/qemu.log" 2>&1 &
  echo $! >"$folder/pid"
}

machine_port() { sed -n "s/^$2 //p" "$STORY_FOLDER/$1/ports"; }

# power_cut NAME: as if the plug was pulled.
power_cut() {
  kill -9 "$(cat "$STORY_FOLDER/$1/pid")" 2>/dev/null || true
  wait "$(cat "$STORY_FOLDER/$1/pid")" 2>/dev/null || true
  rm -f "$STORY_FOLDER/$1/pid"
}

says() { grep -aqF -e "$2" "$STORY_FOLDER/$1/serial.log"; }
switched_off() { ! kill -0 "$(cat "$STORY_FOLDER/$1/pid")" 2>/dev/null; }

# until_says NAME TEXT WORDS: on its console, within the time for a boot; what it said last is shown when it doesn't.
until_says() {
  local deadline=$((SECONDS + boot_seconds))
  until says "$1" "$2"; do
    if [ "$SECONDS" -ge "$deadline" ] || switched_off "$1"; then
      ! says "$1" "$2" || break
      tail -c 1500 "$STORY_FOLDER/$1/serial.log" | tr -cd '\n -~'
      not_ok "$3"
    fi
    read -r -t 1 <> <(:) || true
  done
  ok "$3"
}

# type_at NAME TEXT: keys at its serial line; printf's escapes. Each waits for what the one before showed: QEMU drops what
# the machine has not taken when the connection ends.
type_at() {
  printf "$2" | timeout "$boot_seconds" python3 -c '
import socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
for key in sys.stdin.buffer.read():
    line.sendall(bytes([key]))
    line.recv(65536)' "$STORY_FOLDER/$1/serial"
}

# run_at NAME COMMAND: at the prompt of the shell that somebody opened there.
run_at() {
  until_true "$boot_seconds" "the shell waits" -- prompt_at "$1" >/dev/null
  type_at "$1" "$2\\n"
}
prompt_at() { tail -c 12 "$STORY_FOLDER/$1/serial.log" | grep -aq '# $'; }

# api NAME METHOD PATH [BODY]: to the machine's REST. It is reached through the emulator, under another address than its
# certificate names.
api() {
  curl --silent --show-error --fail-with-body --insecure --max-time 120 --user "admin:$password" --request "$2" \
    ${4+--header 'Content-Type: application/json' --data "$4"} "https://127.0.0.1:$(machine_port "$1" rest)/api/v1$3"
}
machine_healthy() { api "$1" GET /health | jq -e '.status == "up"'; }
