# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What building, running and testing the image have in common. Sourced after setup.sh.

readonly CONTAINER_IMAGE=localhost/container-mcp:latest
readonly CONTAINER_PROGRAMS=(ContainerMCPSSE ContainerMCPStdio cmcp-cli)
# Everything that is made on the way; git ignores it.
readonly CONTAINER_FOLDER=.build-container
# The user of the image, as in Containerfile.
readonly CONTAINER_USER=10001
# Processes and descriptors of one user in the container; what this shell may not give is not asked for.
readonly CONTAINER_LIMIT=4096

# Sets engine to podman or docker.
container_engine_name() {
    engine=''
    for engine in podman docker; do
        ! command -v "$engine" >/dev/null || return 0
    done
    fail "neither podman nor docker is installed"
}

# Sets engine, and sees to it that it answers.
container_engine() {
    container_engine_name
    "$engine" version >/dev/null 2>&1 \
        || fail "$engine is installed but does not answer; '$engine version' says why"
    if [ "$engine" = docker ] && docker info -f '{{.SecurityOptions}}' 2>/dev/null | grep -q rootless; then
        fail "rootless Docker maps users in a way that this script does not know; install podman"
    fi
}

image_exists() {
    "$engine" image inspect "$1" >/dev/null 2>&1
}

# A base whose C library is the one that the programs are built with here.
matching_base() {
    local release
    release=$(. /etc/os-release 2>/dev/null && printf '%s:%s' "${ID:-}" "${VERSION_CODENAME:-}")
    case $release in
        debian:?*) printf 'docker.io/library/%s-slim\n' "$release" ;;
        ubuntu:?*) printf 'docker.io/library/%s\n' "$release" ;;
        *) sed -n 's/^ARG BASE=//p' Containerfile ;;
    esac
}

# Copies programs without debug information, and the libraries they load that are not the system's.
stage_programs() {
    local from=$1 to=$2 program library
    shift 2
    for program in "$@"; do
        [ -x "$from/$program" ] || fail "there is no program $program in $from"
        strip --strip-debug -o "$to/$program" "$from/$program" 2>/dev/null || cp -- "$from/$program" "$to/$program"
        chmod 755 "$to/$program"
        while read -r library; do
            case $library in
                /lib/* | /lib64/* | /usr/lib/*) ;;
                *)
                    [ -e "$to/${library##*/}" ] \
                        || strip --strip-debug -o "$to/${library##*/}" "$library" 2>/dev/null \
                        || cp -L -- "$library" "$to/${library##*/}"
                    ;;
            esac
        done < <(ldd "$from/$program" | sed -n 's/.*=> \(\/.*\) (0x.*/\1/p')
    done
}

# Builds the image. Podman's own format has no place for the health check.
build_image() {
    local base=$1 tag=$2 context=$3 version options=()
    shift 3
    version=$("$context/programs/cmcp-cli" --version)
    [ "$engine" != podman ] || options+=(--format docker)
    "$engine" build ${options[@]+"${options[@]}"} --ulimit "nofile=$(bounded_limit n)" --file Containerfile \
        --build-arg "BASE=$base" --build-arg "VERSION=$version" --tag "$tag" "$@" "$context"
}

# CONTAINER_LIMIT, or what this shell itself has at most, as soft and hard limit.
bounded_limit() {
    local held
    held=$(ulimit "-H$1")
    if [ "$held" = unlimited ] || [ "$held" -gt "$CONTAINER_LIMIT" ]; then
        held=$CONTAINER_LIMIT
    fi
    printf '%s:%s\n' "$held" "$held"
}

# Sets hardened to what keeps the container small: an ordinary user on a read-only root, no capability, none to be
# gained, bounded processes, descriptors and memory. The engine's filter of system calls and its masks stay as they are.
hardened_options() {
    hardened=(
        --read-only --cap-drop=ALL --security-opt no-new-privileges
        --pids-limit 1024 --memory 3g
        --ulimit "nofile=$(bounded_limit n)" --ulimit "nproc=$(bounded_limit u)"
        --tmpfs /tmp:rw,noexec,nosuid,nodev,size=64m,mode=1777
    )
    # An ordinary user is the same one inside, so that what the server writes is theirs. Root becomes the image's user.
    if [ "$(id -u)" -ne 0 ]; then
        [ "$engine" != podman ] || hardened+=(--userns keep-id)
        hardened+=(--user "$(id -u):$(id -g)")
    fi
}

# Sets mounts to the five folders. Settings and data are read-only inside. Nothing of what the server or a call writes
# can be executed, where the engine knows how to say so.
volume_options() {
    local volume=$1 name mode
    mounts=()
    for name in config data logs sandbox temp; do
        case $name in
            config | data) mode=ro ;;
            *) mode=rw ;;
        esac
        [ "$engine" != podman ] || mode+=,noexec,nosuid,nodev
        # Systems with SELinux want a label that this container may use.
        [ ! -e /sys/fs/selinux/enforce ] || mode+=,Z
        mounts+=(--volume "$volume/$name:/app/$name:$mode")
    done
}

# Makes the folders, the settings and a token where they are missing; nothing that is there is changed.
prepare_volume() {
    local volume=$1 name owner=()
    [ "$(id -u)" -ne 0 ] || owner=(-o "$CONTAINER_USER" -g "$CONTAINER_USER")
    [ -d "$volume" ] || install -d -m 755 "$volume"
    for name in config data logs sandbox temp; do
        [ -d "$volume/$name" ] || install -d -m 750 ${owner[@]+"${owner[@]}"} "$volume/$name"
    done
    if [ ! -e "$volume/config/custom.env" ]; then
        sed 's/^#MCP_AUTH_TOKEN_FILE=$/MCP_AUTH_TOKEN_FILE=config\/tokens/' config/custom.env.template \
            | install -m 600 ${owner[@]+"${owner[@]}"} /dev/stdin "$volume/config/custom.env"
        say "wrote $volume/config/custom.env"
    fi
    if [ ! -e "$volume/config/tokens" ]; then
        printf '%s\n' "$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')" \
            | install -m 600 ${owner[@]+"${owner[@]}"} /dev/stdin "$volume/config/tokens"
        say "wrote a new token to $volume/config/tokens"
    fi
}

# The token itself stays out of terminals and logs.
how_to_connect() {
    local volume=$1 port=$2
    say "clients connect to http://127.0.0.1:$port/mcp (or /sse) with the header"
    # shellcheck disable=SC2016
    printf '        Authorization: Bearer $(cat %q)\n' "$volume/config/tokens"
}
