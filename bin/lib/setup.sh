# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Puts in place what building and testing need, and nothing that is there already. Sourced by the scripts beside it:
#
#   setup_packages run|test|vm|container|places   Debian packages
#   setup_swift                                   the Swift toolchain, put first on PATH
#
# Installs with apt as root or where sudo asks for no password; else prints the one command that does, and stops.
# CMCP_NO_INSTALL=1 never installs, it only says what is missing.

readonly SWIFT_MINIMUM=6.2
readonly SWIFT_WANTED=6.3.1
readonly SWIFTLY_BASE=https://download.swift.org/swiftly/linux

say() {
    printf '==> %s\n' "$*"
}

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Runs a command as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() {
    [ -z "${CMCP_NO_INSTALL:-}" ] || return 1
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

# The package with the C++ library that this release's compilers use.
libstdcxx_package() {
    local release
    release=$(. /etc/os-release 2>/dev/null && printf '%s-%s' "${ID:-}" "${VERSION_ID:-}")
    case $release in
        debian-12) echo libstdc++-12-dev ;;
        ubuntu-24.04) echo libstdc++-13-dev ;;
        debian-13) echo libstdc++-14-dev ;;
        *) echo g++ ;;
    esac
}

# True if a file matches one of the patterns.
any_file() {
    compgen -G "$1" >/dev/null
}

has_library() {
    local known
    known=$(/sbin/ldconfig -p 2>/dev/null || true)
    [[ $known == *"$1 "* ]]
}

# Programs for administrators lie in folders that an ordinary user's PATH may lack.
has_program() {
    PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null
}

has_venv() {
    # The modules are always there; what Debian keeps in a package of its own is the pip they start from.
    /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(not ensurepip.version())' >/dev/null 2>&1
}

# What running a container needs, and for its tests what makes a base image without a registry.
container_packages() {
    local purpose=$1
    if [ "$purpose" = places ] || ! command -v docker >/dev/null; then
        command -v podman >/dev/null || echo podman
        # Podman takes crun where it finds it, which knows no mixed hierarchies of cgroups.
        if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
            command -v crun >/dev/null || command -v runc >/dev/null || echo crun
        else
            command -v runc >/dev/null || echo runc
        fi
        # Without these two only root has containers.
        command -v newuidmap >/dev/null || echo uidmap
        command -v slirp4netns >/dev/null || command -v pasta >/dev/null || echo slirp4netns
    fi
    command -v strip >/dev/null || echo binutils
    if [ "$purpose" = places ]; then
        [ -x /usr/sbin/debootstrap ] || echo debootstrap
        [ -x /usr/bin/python3 ] || echo python3
        command -v setpriv >/dev/null || echo util-linux
        command -v useradd >/dev/null || [ -x /usr/sbin/useradd ] || echo passwd
        # The process that holds a pod together.
        [ -x /usr/bin/catatonit ] || [ -x /usr/libexec/podman/catatonit ] || echo catatonit
    fi
}

# Prints the packages that are missing for a purpose, one a line.
missing_packages() {
    local purpose=$1
    case $purpose in
        container | places)
            container_packages "$purpose"
            return 0
            ;;
    esac
    command -v git >/dev/null || echo git
    [ -s /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    command -v ld >/dev/null || echo binutils
    any_file '/usr/include/*/bits/libc-header-start.h' || echo libc6-dev
    any_file '/usr/lib/gcc/*/*/libstdc++.so' || libstdcxx_package
    [ -x /usr/bin/python3 ] || echo python3
    [ -e /usr/share/zoneinfo/UTC ] || echo tzdata
    # What the toolchain's own programs are linked with.
    has_library libsqlite3.so.0 || echo libsqlite3-0
    has_library libncurses.so.6 || echo libncurses6
    has_library libcurl.so.4 || echo libcurl4
    has_library libxml2.so.2 || echo libxml2
    has_library libuuid.so.1 || echo libuuid1
    has_library libz.so.1 || echo zlib1g
    if [ "$purpose" = test ]; then
        has_venv || echo python3-venv
        command -v setpriv >/dev/null || echo util-linux
        command -v bwrap >/dev/null || echo bubblewrap
        command -v firejail >/dev/null || echo firejail
        has_program apparmor_parser || echo apparmor
    fi
    if [ "$purpose" = vm ]; then
        has_program apparmor_parser || echo apparmor
        has_program cpio || echo cpio
        has_program debootstrap || echo debootstrap
        has_program qemu-system-x86_64 || echo qemu-system-x86
        [ -e /usr/share/seabios/bios-256k.bin ] || echo seabios
    fi
}

# Mirrors and locks fail now and then, so every step has three tries.
apt_install() {
    local attempt
    for attempt in 1 2 3; do
        if as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 update \
            && as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
                install --no-install-recommends "$@"; then
            return 0
        fi
        say "apt-get failed (try $attempt of 3)"
        sleep $((attempt * 5))
    done
    return 1
}

# Installs packages, or stops with the command that does.
require_packages() {
    [ $# -gt 0 ] || return 0
    if ! may_install; then
        local prefix='sudo '
        [ "$(id -u)" -ne 0 ] || prefix=''
        printf 'These packages are missing: %s\nInstall them with this command, then start again:\n\n' "$*" >&2
        printf '    %sapt-get update && %sapt-get install -y --no-install-recommends %s\n\n' \
            "$prefix" "$prefix" "$*" >&2
        exit 1
    fi
    say "installing with apt: $*"
    apt_install "$@" || fail "apt-get could not install: $*"
}

setup_packages() {
    local purpose=$1 missing
    mapfile -t missing < <(missing_packages "$purpose")
    require_packages "${missing[@]}"
    mapfile -t missing < <(missing_packages "$purpose")
    [ ${#missing[@]} -eq 0 ] || fail "still missing after installing: ${missing[*]}"
}

# Prints the version of a Swift compiler, such as 6.3.1; nothing if it does not run.
swift_version() {
    "$1" --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

is_new_enough() {
    local version
    version=$(swift_version "$1") || return 1
    [ -n "$version" ] && [ "$(printf '%s\n' "$SWIFT_MINIMUM" "$version" | sort -V | head -n 1)" = "$SWIFT_MINIMUM" ]
}

# Prints the folder of the first Swift that is new enough.
find_swift() {
    local swiftly=${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly} candidate
    local candidates=("$(command -v swift || true)" /opt/swift/usr/bin/swift "${SWIFTLY_BIN_DIR:-$swiftly/bin}/swift")
    while read -r candidate; do
        candidates+=("$candidate")
    done < <(compgen -G "$swiftly/toolchains/*/usr/bin/swift" | sort -rV)
    for candidate in "${candidates[@]}"; do
        if [ -n "$candidate" ] && [ -x "$candidate" ] && is_new_enough "$candidate"; then
            dirname "$candidate"
            return 0
        fi
    done
    return 1
}

# Runs a command and shows it first.
shown() {
    printf '    $'
    printf ' %q' "$@"
    printf '\n'
    "$@"
}

# Installs the toolchain with Swift's official installer, into this user's home folder.
install_swift() {
    local folder archive extras=()
    command -v curl >/dev/null || extras+=(curl)
    command -v gpg >/dev/null || extras+=(gnupg)
    if [ -n "${CMCP_NO_INSTALL:-}" ]; then
        fail "no Swift $SWIFT_MINIMUM or newer found; install it as https://www.swift.org/install/linux/ says"
    fi
    require_packages "${extras[@]}"
    say "installing Swift $SWIFT_WANTED into ${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly} with swiftly, Swift's own installer:"
    folder=$(mktemp -d)
    archive=swiftly-$(uname -m).tar.gz
    (
        # A subshell does not stop at a failing line when it stands in a condition, so every step says so.
        cd "$folder" || exit 1
        export GNUPGHOME=$folder/keys
        mkdir -m 700 keys || exit 1
        shown curl -fsSL --retry 3 -o "$archive" "$SWIFTLY_BASE/$archive" || exit 1
        shown curl -fsSL --retry 3 -o "$archive.sig" "$SWIFTLY_BASE/$archive.sig" || exit 1
        shown curl -fsSL --retry 3 -o all-keys.asc https://www.swift.org/keys/all-keys.asc || exit 1
        shown gpg --quiet --batch --import all-keys.asc || exit 1
        shown gpg --quiet --batch --verify "$archive.sig" "$archive" || exit 1
        shown tar -xzf "$archive" || exit 1
        unset GNUPGHOME
        shown ./swiftly init --assume-yes --quiet-shell-followup --no-modify-profile --skip-install || exit 1
        shown "${SWIFTLY_BIN_DIR:-${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/bin}/swiftly" \
            install "$SWIFT_WANTED" --use --assume-yes --post-install-file "$folder/packages.sh" || exit 1
    ) || fail "Swift could not be installed; see https://www.swift.org/install/linux/, the downloads are in $folder"
    if [ -s "$folder/packages.sh" ]; then
        # The installer's list is longer than what this project builds with, which setup_packages has put in place.
        say "swiftly names packages for every use of the toolchain; those that this project needs are installed:"
        sed 's/^/    /' "$folder/packages.sh"
    fi
    rm -rf -- "$folder"
}

setup_swift() {
    local folder
    if ! folder=$(find_swift); then
        install_swift
        folder=$(find_swift) || fail "Swift $SWIFT_WANTED was installed but does not run"
    fi
    export PATH="$folder:$PATH"
    say "Swift $(swift_version "$folder/swift") in $folder"
}
