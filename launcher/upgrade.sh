# upgrade-package: what takes one distribution to the next, signed; docs/upgrade.md.

command_upgrade-package() {
  local package=${arguments[0]} work
  [ -s "$opt_from" ] || fail "upgrade-package wants --from with the distribution that is upgraded (aerie-….tar.gz)" 2
  [ -s "$opt_key" ] || fail "upgrade-package wants --key with the private key, in PEM" 2
  [ -z "$opt_to" ] || [ -s "$opt_to" ] || fail "there is no file '$opt_to'" 2
  need_tools "$tools_run $tools_build"
  if [ -z "$opt_to" ]; then
    ensure_distribution
    opt_to=$archive
  fi
  build_upgrade_tool
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$work'" EXIT
  unpack_for_upgrade "$opt_from" "$work/from"
  unpack_for_upgrade "$opt_to" "$work/to"
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$root/bundles/upgrade-package/target/classes:$root/bundles/base/target/classes" \
    io.aerie.upgrade.make.PackageTool make "$work/from" "$work/to" "$opt_key" "$package"
}

build_upgrade_tool() {
  local log
  log=$(built_folder)/upgrade-tool.log
  mkdir -p "$(built_folder)"
  (
    # One build at a time in one checkout.
    flock 8
    cd "$root"
    mvn -B -ntp compile -Pquick -pl bundles/upgrade-package -am >"$log" 2>&1 8>&- || {
      grep -E '^\[ERROR\]' "$log" | head -n 10 >&2
      fail "the build failed; all of it is in $log"
    }
  ) 8>"$(built_folder)/lock"
}

# unpack_for_upgrade ARCHIVE FOLDER
unpack_for_upgrade() {
  mkdir "$2"
  tar -xzf "$1" -C "$2" --strip-components 1 || fail "'$1' is no distribution"
}
