#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The first process of the virtual machine that bin/vm starts. Runs the parts that /cmcp/parts lists and turns the machine
# off. What it prints with VM- in front is for bin/vm.
set -uo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root

if [ "${1:-}" != inside ]; then
    mount -t proc proc /proc
    mount -t sysfs sys /sys
    mount -t devtmpfs dev /dev 2>/dev/null
    # The root of an initramfs has nothing below it, and pivot_root(2) refuses such a one: a bind of it over it does.
    mount --bind / /mnt
    cd /mnt || exit 1
    mount --move /proc proc
    mount --move /sys sys
    mount --move /dev dev
    mount --move . /
    exec chroot . /init inside
fi
cd / || exit 1
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev shm /dev/shm
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs run /run
mount -t securityfs security /sys/kernel/security
mount -t cgroup2 cgroup /sys/fs/cgroup
ln -sfn /proc/self/fd /dev/fd
ip link set lo up
hostname guest
ulimit -c 0

readonly user=59123
readonly bin=/cmcp/bin
# shellcheck disable=SC2012
bundle=$(ls -d $bin/*.xctest | head -n 1)
failures=0

# Tells the end of a part: name, status, and what the tests said in the end.
report() {
    local name=$1 status=$2 log=$3 verdict=failed last skipped
    last=$(grep -aE 'Test run with [0-9]+ tests?' "$log" | tail -n 1 | sed -E 's/^[^T]*//')
    skipped=$(grep -acE '(skipped|cancelled)( |:|$)' "$log")
    case $status in
        0) verdict=passed ;;
        69) verdict=empty last='no such test in this bundle' ;;
        124) last="ended after $limit s" ;;
    esac
    [ "$verdict" != failed ] || failures=$((failures + 1))
    printf 'VM-PART %s %s (%s lines say skipped) %s\n' "$name" "$verdict" "$skipped" "$last"
}

# Runs the tests that match a filter: as root or as a user, and behind a command that confines.
run_tests() {
    local name=$1 who=$2 filter=$3 status=0 log folder
    shift 3
    folder=$(mktemp -d /tmp/home.XXXXXX)
    log=$folder.log
    local start=()
    if [ "$who" = user ]; then
        chown $user:$user "$folder"
        start=(setpriv --reuid=$user --regid=$user --clear-groups)
    fi
    printf '\n==> %s\n' "$name"
    [ -z "$expects_profiles" ] || load_copies || echo "the profiles for a test could not be loaded"
    (
        cd "$folder" || exit 1
        timeout --kill-after=10 "$limit" ${start[@]+"${start[@]}"} "$@" \
            env -i HOME="$folder" PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 CMCP_BIN_DIR=$bin CMCP_IN_VM=1 \
            $([ "$who" = root ] || echo CMCP_TEST_AS_USER=1) ${expects_profiles:+CMCP_EXPECT_PROFILES=1} \
            "$bundle" --testing-library swift-testing --no-parallel --filter "$filter" </dev/null
    ) 2>&1 | tee "$log" || status=${PIPESTATUS[0]}
    if [ "$status" -ne 0 ] && [ "$status" -ne 69 ]; then
        dmesg | grep -a 'apparmor="DENIED"' | tail -n 40
    fi
    dmesg --clear
    report "$name" "$status" "$log"
    rm -rf -- "$folder"
}

# One step of a script as a part.
run_script() {
    local name=$1 status=0 log=/tmp/script.log
    shift
    printf '\n==> %s\n' "$name"
    "$@" >"$log" 2>&1 || status=$?
    cat "$log"
    report "$name" "$status" "$log"
}

profiles=(container-mcp-bash container-mcp-python container-mcp)
load_profiles() {
    local profile
    for profile in "${profiles[@]}"; do
        apparmor_parser -rKT -I /cmcp/apparmor "/cmcp/apparmor/$profile" || return 1
    done
}
# Copies that a test unloads while it runs.
load_copies() {
    local level
    for level in full filtered; do
        sed "s/container-mcp-bash /container-mcp-test-$level /; s/container-mcp-bash\\([,/]\)/container-mcp-test-$level\1/" \
            /cmcp/apparmor/container-mcp-bash | apparmor_parser -rKT -I /cmcp/apparmor || return 1
    done
    # One that confines nothing, as container-mcp-userns does with a newer parser, and one like a container engine's.
    apparmor_parser -rKT <<'PROFILES'
abi <abi/3.0>,
profile container-mcp-userns flags=(unconfined) {
}
profile container-mcp-test-container flags=(attach_disconnected) {
  file,
  network,
  capability,
  mount,
  umount,
  pivot_root,
  signal,
  ptrace,
  unix,
  deny /proc/sys/** w,
}
PROFILES
}
unload_profiles() {
    local profile
    for profile in "${profiles[@]}"; do
        ! grep -q "^$profile " /sys/kernel/security/apparmor/profiles \
            || printf '%s' "$profile" >/sys/kernel/security/apparmor/.remove || return 1
    done
}

printf 'VM-READY %s, security modules %s\n' "$(uname -r)" "$(cat /sys/kernel/security/lsm)"
limit=600
expects_profiles=''
while IFS='|' read -r name what who filter; do
    case $what in
        limit) limit=$who ;;
        tests) run_tests "$name" "$who" "$filter" ;;
        confined) run_tests "$name" "$who" "$filter" aa-exec -p container-mcp -- setpriv --no-new-privs ;;
        loose) run_tests "$name" "$who" "$filter" aa-exec -p container-mcp-userns -- ;;
        container) run_tests "$name" "$who" "$filter" aa-exec -p container-mcp-test-container -- ;;
        script) run_script "$name" bash -c "$filter" ;;
        load) load_profiles && expects_profiles=1 || run_script "$name" false ;;
        unload) unload_profiles && expects_profiles='' || run_script "$name" false ;;
    esac
done </cmcp/parts
printf 'VM-DONE %s\n' "$failures"
sync
echo o >/proc/sysrq-trigger
sleep 60
