#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the Swift tests inside the image, in one kind of container after another, and starts the server in each for real.
# Called by bin/container test; arguments name places, none means all of them. Needs podman; nothing of the network but
# Debian's archive, once, for the base image, which is kept in .build-container.
#
#   rootful            podman as root with its default profile, as the image's user
#   rootful-root       the same as root inside
#   dropped            --cap-drop=ALL
#   read-only          --read-only
#   hardened           as bin/container run starts it
#   unmasked           --security-opt unmask=ALL
#   docker-like        a filter like Docker's default: no namespaces, clone3 refused
#   docker-like-root   the same as root inside
#   rootless           podman as an ordinary user, the same user inside
#   rootless-root      the same as root inside, which is that user outside
#   rootless-hardened  as bin/container run starts it
#   pod                container/pod.yaml by podman play kube, with the host's network; the server only
#
# As root an account of its own is made for the rootless places, and removed at the end; an ordinary user has those only.
# CONTAINER_BINARIES names a folder with a debug build, in place of building it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source-path=SCRIPTDIR source=../../bin/lib/setup.sh
source bin/lib/setup.sh
# shellcheck source-path=SCRIPTDIR source=../../bin/lib/container.sh
source bin/lib/container.sh

readonly all_places=(
    rootful rootful-root dropped read-only hardened unmasked docker-like docker-like-root
    rootless rootless-root rootless-hardened pod
)
# What these test depends on where they run.
readonly suites_everywhere=(ContainerMCPSandboxTests SecurityTests IntegrationTests CommandLineTests)
# The others, in one place of each kind.
readonly suites_once=(ContainerMCPCoreTests ContainerMCPHTTPTests ContainerMCPProtocolTests ContainerMCPTestingTests)
readonly places_of_all_suites=(rootful docker-like rootless)
readonly image=localhost/container-mcp-places:latest
readonly account=cmcp-places
readonly inside=/opt/container-mcp/bin
# Seconds after which a run of tests is taken to hang, and for a server to come up.
readonly tests_limit=900 start_limit=60
# Where logs and the reports of each place stay.
readonly results=$CONTAINER_FOLDER/places

places=("$@")
[ $# -gt 0 ] || places=("${all_places[@]}")
for place in "${places[@]}"; do
    [[ " ${all_places[*]} " == *" $place "* ]] || fail "there is no place $place; there are: ${all_places[*]}"
done

work=''
account_made=false
containers=()

# Runs podman as root, or as the ordinary user that has the rootless places.
rootful_podman() {
    podman "$@"
}

rootless_podman() {
    if [ "$(id -u)" -ne 0 ]; then
        podman "$@"
        return
    fi
    (
        cd /
        setpriv --reuid="$account" --regid="$account" --init-groups env -i HOME="$work/home" USER="$account" \
            PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin XDG_RUNTIME_DIR="$work/runtime" \
            ${CONTAINERS_CONF:+CONTAINERS_CONF="$CONTAINERS_CONF"} podman --cgroup-manager=cgroupfs "$@"
    )
}

clean_up() {
    local container
    for container in ${containers[@]+"${containers[@]}"}; do
        "${container%%:*}" rm --force "${container#*:}" >/dev/null 2>&1 || true
    done
    if [ -n "$work" ]; then
        if [ "$account_made" = true ]; then
            # Its storage holds files of ids that only a user namespace of its own may remove.
            rootless_podman system reset --force >/dev/null 2>&1 || true
            userdel "$account" >/dev/null 2>&1 || true
        fi
        [ "$(id -u)" -eq 0 ] || podman unshare rm -rf -- "$work" >/dev/null 2>&1 || true
        rm -rf -- "$work"
    fi
}
trap clean_up EXIT

# A base image with the packages of Containerfile, made by debootstrap, so that no registry is needed.
base_image() {
    local suite archive folder
    suite=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
    archive=$CONTAINER_FOLDER/base-$suite.tar
    if [ ! -s "$archive" ]; then
        say "making a base image of $suite with debootstrap"
        folder=$(mktemp -d "$work/base.XXXXXX")
        as_root /usr/sbin/debootstrap --variant=minbase --include=python3,tzdata,ca-certificates "$suite" "$folder" \
            >"$results/debootstrap.log" 2>&1 || fail "debootstrap failed; see $results/debootstrap.log"
        as_root tar -C "$folder" --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./dev/*' \
            -c . >"$archive.part"
        as_root rm -rf -- "$folder"
        mv "$archive.part" "$archive"
    fi
    podman import --quiet "$archive" localhost/container-mcp-base:latest >/dev/null
}

# Makes the image with the programs to test. One layer, since some storage drivers copy each.
test_image() {
    local binaries=$1 context=$CONTAINER_FOLDER/places-context
    engine=podman
    rm -rf -- "$context"
    mkdir -p "$context/programs"
    stage_programs "$binaries" "$context/programs" "${CONTAINER_PROGRAMS[@]}"
    cp container/health.py "$context/programs/"
    chmod -R u=rwX,go=rX "$context"
    build_image localhost/container-mcp-base:latest "$image" "$context" --network=none --squash-all \
        >"$results/build.log" 2>&1 || fail "the image can't be built; see $results/build.log"
    rm -rf -- "$context"
}

# The account of the rootless places, with the ids that its user namespaces need, and the image in its storage.
rootless_account() {
    if [ "$(id -u)" -eq 0 ]; then
        if ! id "$account" >/dev/null 2>&1; then
            useradd --no-create-home --home-dir "$work/home" --shell /usr/sbin/nologin "$account"
            account_made=true
        fi
        grep -q "^$account:" /etc/subuid || usermod --add-subuids 500000-565535 --add-subgids 500000-565535 "$account"
        install -d -m 700 -o "$account" -g "$account" "$work/home" "$work/runtime"
        say "copying the image to the ordinary user $account"
        podman save "$image" | rootless_podman load --quiet >/dev/null
    fi
}

# The id that an ordinary user has.
rootless_id() {
    if [ "$(id -u)" -eq 0 ]; then id "$1" "$account"; else id "$1"; fi
}

# Sets up what a place is: who has it, the level that is expected there, options, and who owns the volumes.
describe() {
    local place=$1 hardened mounts
    who=rootful_podman level=noproc owner=$CONTAINER_USER
    options=(--ulimit "nofile=$(bounded_limit n)" --ulimit "nproc=$(bounded_limit u)")
    case $place in
        rootless*)
            who=rootless_podman
            owner=$(rootless_id -u)
            ;;
        *-root) owner=0 ;;
    esac
    case $place in
        dropped) options+=(--cap-drop=ALL) ;;
        read-only) options+=(--read-only) ;;
        hardened) hardened_options && options=("${hardened[@]}") ;;
        unmasked) level=full && options+=(--security-opt unmask=ALL) ;;
        docker-like*) level=filtered && options+=(--security-opt "seccomp=$work/docker-like.json") ;;
        rootless-hardened)
            if [ "$(id -u)" -eq 0 ]; then
                hardened_options
                # As bin/container would say for the account.
                hardened+=(--userns keep-id --user "$owner:$owner")
            else
                hardened_options
            fi
            options=("${hardened[@]}")
            # An account without a session of its own is given no control groups.
            [ "$(id -u)" -ne 0 ] || { drop_option --memory && drop_option --pids-limit; }
            ;;
        rootless) options+=(--userns keep-id --user "$owner:$owner") ;;
    esac
    case $place in
        *-root) options+=(--user 0:0) ;;
    esac
}

# Takes an option and its value out of options.
drop_option() {
    local kept=() index
    for ((index = 0; index < ${#options[@]}; index++)); do
        if [ "${options[index]}" = "$1" ]; then
            index=$((index + 1))
        else
            kept+=("${options[index]}")
        fi
    done
    options=("${kept[@]}")
}

# Sets volumes to five fresh folders of a place, as bin/container run mounts them.
fresh_volumes() {
    local place=$1 name mounts
    for name in config data logs sandbox temp; do
        install -d -m 750 -o "$owner" -g "$owner" "$work/volume-$place/$name" 2>/dev/null \
            || install -d -m 750 "$work/volume-$place/$name"
    done
    chmod 755 "$work/volume-$place"
    engine=podman
    volume_options "$work/volume-$place"
    volumes=("${mounts[@]}")
}

# Prints the level that a server in the place has, found out as process 1, which the server is.
doctor() {
    local place=$1 report=$results/$1.doctor
    "$who" run --rm --network=none "${options[@]}" "${volumes[@]}" --entrypoint "$inside/cmcp-cli" "$image" \
        doctor --json >"$report.json" 2>"$report.err" || true
    /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1])).get("level") or "none")' \
        "$report.json" 2>/dev/null || echo none
}

# Waits until the server of a container takes requests, by the image's own health check.
healthy() {
    local name=$1 deadline=$((SECONDS + start_limit))
    while [ "$SECONDS" -lt "$deadline" ]; do
        if "$who" exec "$name" /usr/bin/python3 -I -S -B "$inside/health.py" >/dev/null 2>&1; then
            return 0
        fi
        "$who" container exists "$name" || return 1
    done
    return 1
}

# Looks at a running server: it is healthy, a command and Python run, and it ends in time when it is told to.
try_server() {
    local name=$1 log=$2 answer status
    healthy "$name" || {
        echo "it does not get healthy" >>"$log"
        return 1
    }
    "$who" exec "$name" "$inside/cmcp-cli" doctor --text >"${log%.server.log}.doctor" 2>&1 || true
    # shellcheck disable=SC2016
    answer=$("$who" exec "$name" "$inside/cmcp-cli" call --text system_run_command 'command=echo $((6*7)); ls /' 2>>"$log" || true)
    [[ $answer == 42* ]] || {
        echo "a command answered: $answer" >>"$log"
        return 1
    }
    answer=$("$who" exec "$name" "$inside/cmcp-cli" call --text system_run_python 'code=print(6*7)' 2>>"$log" || true)
    [[ $answer == 42* ]] || {
        echo "python answered: $answer" >>"$log"
        return 1
    }
    # At no level does a program run that a call brings along, since volumes are mounted noexec.
    answer=$("$who" exec "$name" "$inside/cmcp-cli" call --text system_run_python \
        'code=import os, shutil, subprocess, sys
shutil.copyfile(sys.executable, "own")
for loader in ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"):
    if os.path.exists(loader):
        subprocess.run([loader, "./own", "-c", "print(6*7*100)"])
os.unlink("own")
print("tried")' 2>>"$log" || true)
    [[ $answer == *tried* && $answer != *4200* ]] || {
        echo "a program that a call brought along ran, or could not be tried: $answer" >>"$log"
        return 1
    }
    # What nobody in the container waits for is left to process 1.
    "$who" exec "$name" /bin/bash -c 'for i in 1 2 3; do (sleep 0.1 &); done' || return 1
    "$who" exec "$name" /bin/bash -c '
        for ((i = 0; i < 300; i++)); do
            grep -qs "^State:.Z" /proc/[0-9]*/status || exit 0
            sleep 0.1
        done
        exit 1' || {
        echo "dead processes are left" >>"$log"
        return 1
    }
    "$who" stop --time 10 "$name" >/dev/null 2>>"$log" || return 1
    status=$("$who" wait "$name" 2>>"$log" || echo gone)
    [ "$status" = 0 ] || {
        echo "it ended with status $status" >>"$log"
        return 1
    }
}

# Starts the server in a place as the image says, and looks at it.
server() {
    local place=$1 name=cmcp-place-$1 log=$results/$1.server.log status=0
    : >"$log"
    containers+=("$who:$name")
    "$who" rm --force "$name" >/dev/null 2>&1 || true
    "$who" run --detach --name "$name" --network=none --env MCP_AUTH_TOKEN="$token" "${options[@]}" "${volumes[@]}" \
        "$image" >>"$log" 2>&1 || return 1
    try_server "$name" "$log" || status=1
    "$who" logs "$name" >>"$log" 2>&1 || true
    "$who" rm --force "$name" >/dev/null 2>&1 || true
    return "$status"
}

# Runs one suite in a place; prints what came of it and adds it up. The tests make their own folders below /tmp, and
# show there, too, that what they try works where nothing forbids it: it has to be large, and programs may be run. They
# run many servers side by side, so the limits for one are left out. A shell is process 1: it takes in orphans, and leaves
# the tests a session and a process group of their own, and descriptors for many servers.
suite() {
    local place=$1 suite=$2 log=$results/$1.$2.log counts status=0 reasons passed_here failed_here skipped_here
    local options=("${options[@]}") folder option
    folder=$(mktemp -d "$work/tmp.XXXXXX")
    chmod 1777 "$folder"
    for option in --tmpfs --pids-limit --memory; do drop_option "$option"; done
    "$who" run --rm --network=none --timeout "$tests_limit" "${options[@]}" --volume "$folder:/tmp:rw,nosuid,nodev" \
        --volume "$work/suite:/suite:ro" --volume "$work/repository:/repository:ro" \
        --env CMCP_BIN_DIR="$inside" --env CMCP_PACKAGE_DIR=/repository --env CMCP_TEST_AS_USER=1 --env NO_COLOR=1 \
        --env HOME=/tmp --env LANG=C.UTF-8 --env MCP_HOST=127.0.0.1 --workdir /tmp --entrypoint /bin/bash \
        "$image" -c 'ulimit -Sn 4096; setsid --wait "$@"; exit "$?"' tests "/suite/$bundle" --testing-library swift-testing --filter "^$suite\\." </dev/null >"$log" 2>&1 || true
    # What others wrote in a user namespace can be removed in one only.
    [ "$who" = rootful_podman ] || rootless_podman unshare find "$folder" -mindepth 1 -delete || true
    rm -rf -- "$folder"
    counts=$(/usr/bin/python3 -B Tests/Places/tally.py "$log" "$level") || status=1
    reasons=$(tail -n +2 <<<"$counts")
    read -r passed_here failed_here skipped_here < <(head -n 1 <<<"$counts")
    passed=$((passed + passed_here)) failed=$((failed + failed_here)) skipped=$((skipped + skipped_here))
    say "$place, $suite: $passed_here passed, $failed_here failed, $skipped_here skipped"
    [ -z "$reasons" ] || sed 's/^/        /' <<<"$reasons"
    return "$status"
}

table=()

# Tries one place and adds a row to the table; never ends the run.
try_place() {
    local place=$1 started=$SECONDS passed=0 failed=0 skipped=0 good=yes serves=yes reached name suites
    local who level owner options volumes
    case $place in
        rootless*) ;;
        *)
            if [ "$(id -u)" -ne 0 ]; then
                say "$place: left out, only root has it"
                table+=("$place|-|-|left out: only root has it|")
                return 0
            fi
            ;;
    esac
    if [ "$place" = pod ]; then
        pod
        return
    fi
    describe "$place"
    fresh_volumes "$place"
    reached=$(doctor "$place")
    say "$place: level $reached"
    if [ "$reached" != "$level" ]; then
        good=no
        say "$place: expected level $level; see $results/$place.doctor.json and .err"
    fi
    if ! server "$place"; then
        good=no serves=NO
        say "$place: the server does not do what it should; see $results/$place.server.log"
    fi
    suites=("${suites_everywhere[@]}")
    [[ " ${places_of_all_suites[*]} " != *" $place "* ]] || suites+=("${suites_once[@]}")
    for name in "${suites[@]}"; do
        suite "$place" "$name" || good=no
    done
    [ "$good" = yes ] || failures=$((failures + 1))
    table+=("$place|$reached|$serves|$passed passed, $failed failed, $skipped skipped|$((SECONDS - started)) s")
}

# The pod of container/pod.yaml with folders of this machine and its network, since that is what podman can play.
pod() {
    local started=$SECONDS who=rootful_podman level=noproc owner=$CONTAINER_USER options=() volumes=()
    local log=$results/pod.server.log serves=yes reached port
    fresh_volumes pod
    port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    /usr/bin/python3 -B Tests/Places/pod.py container/pod.yaml "$image" "$work/volume-pod" "$token" "$port" \
        >"$work/pod.yaml"
    : >"$log"
    containers+=("rootful_podman:container-mcp-server")
    printf '[containers]\ndefault_ulimits = ["nofile=%s", "nproc=%s"]\n' "$(bounded_limit n)" "$(bounded_limit u)" \
        >"$work/containers.conf"
    CONTAINERS_CONF=$work/containers.conf podman play kube "$work/pod.yaml" >>"$log" 2>&1 || serves=NO
    if [ "$serves" = yes ]; then
        try_server container-mcp-server "$log" || serves=NO
        podman logs container-mcp-server >>"$log" 2>&1 || true
    fi
    podman play kube --down "$work/pod.yaml" >>"$log" 2>&1 || true
    reached=$(sed -n 's/^Sandbox: \([a-z]*\).*/\1/p' "${log%.server.log}.doctor" 2>/dev/null || true)
    say "pod: level ${reached:-none}, serves: $serves"
    if [ "$serves" = NO ] || [ "$reached" != "$level" ]; then
        failures=$((failures + 1))
        say "pod: expected a server at level $level; see $log"
    fi
    table+=("pod|${reached:-none}|$serves|the server only|$((SECONDS - started)) s")
}

setup_packages places
binaries=${CONTAINER_BINARIES:-}
if [ -z "$binaries" ]; then
    setup_packages test
    setup_swift
    say "building with tests (the first build takes some minutes)"
    swift build --build-tests
    binaries=$(swift build --show-bin-path)
fi
bundles=("$binaries"/*PackageTests.xctest)
[ -x "${bundles[0]}" ] || fail "found no test bundle in $binaries"
bundle=$(basename "${bundles[0]}")
token=$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')
mkdir -p "$results"
# A folder that other users may enter, too.
work=$(mktemp -d /var/tmp/cmcp-places.XXXXXX)
chmod 755 "$work"
mkdir -p "$work/suite" "$work/repository/Tests/ContainerMCPTestingTests"
stage_programs "$binaries" "$work/suite" "$bundle"
cp -r docs config "$work/repository/"
cp -r Tests/ContainerMCPTestingTests/Transcripts "$work/repository/Tests/ContainerMCPTestingTests/"
chmod -R u=rwX,go=rX "$work/suite" "$work/repository"
/usr/bin/python3 -B Tests/Places/docker_like.py /usr/share/containers/seccomp.json "$work/docker-like.json"
base_image
test_image "$binaries"
case " ${places[*]} " in
    *" rootless"*) rootless_account ;;
esac

failures=0
for place in "${places[@]}"; do
    try_place "$place"
done
podman image rm --force "$image" localhost/container-mcp-base:latest >/dev/null 2>&1 || true
printf '\n%-18s %-9s %-7s %-42s %s\n' PLACE LEVEL SERVES TESTS TIME
for row in "${table[@]}"; do
    IFS='|' read -r place reached serves tests time <<<"$row"
    printf '%-18s %-9s %-7s %-42s %s\n' "$place" "$reached" "$serves" "$tests" "$time"
done
[ "$failures" -eq 0 ] || fail "$failures places failed; logs are in $results"
