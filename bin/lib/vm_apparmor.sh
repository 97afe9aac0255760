#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs in the guest of bin/vm: bin/apparmor with the profiles as they are installed, and a server that they hold. Ends with 69
# where the programs are missing.
set -euo pipefail
cd "$(mktemp -d /srv/cmcp.XXXXXX)"
export HOME=/root
readonly programs=/cmcp/bin
[ -x "$programs/cmcp-cli" ] && [ -x "$programs/ContainerMCPStdio" ] || exit 69
readonly tool=/cmcp/project/bin/apparmor

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Asks a server for one command and one line of Python, and prints the text of its answers.
ask_server() {
    /usr/bin/python3 - "$@" <<'PYTHON'
import json, subprocess, sys

server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

def send(message):
    server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    server.stdin.flush()

def ask(number, method, params):
    send({"id": number, "method": method, "params": params})
    for line in server.stdout:
        reply = json.loads(line)
        if reply.get("id") == number:
            return reply
    sys.exit("the server ended")

client = {"name": "guest", "version": "1"}
ask(1, "initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client})
send({"method": "notifications/initialized"})
label = "/proc/self/attr/apparmor/current"
calls = [
    ("system_run_command", {"command": f"read -r label < {label}; echo $label; echo kept > file; cat file; ls"}),
    ("system_run_python", {"code": f"print(open('{label}').read().strip())"}),
    ("file_read", {"path": "file.txt"}),
]
for number, (name, arguments) in enumerate(calls, 2):
    print(name, json.dumps(ask(number, "tools/call", {"name": name, "arguments": arguments})))
server.stdin.close()
server.wait(20)
PYTHON
}

mkdir sandbox
echo here >sandbox/file.txt
chown 64999:64999 sandbox sandbox/file.txt
printf 'SANDBOX_ROOT=%s\nBASH_ALLOWED_COMMANDS=ls,cat\n' "$PWD/sandbox" >settings.env
"$tool" status
"$tool" load --bin-dir "$programs" --env-file settings.env
[ "$("$tool" status | grep -c 'installed, loaded (enforce)')" = 3 ] || fail "three profiles were to be loaded"

# Started by its path, so that its own profile holds it.
answers=$(ask_server "$programs/ContainerMCPStdio" --env-file settings.env) || fail "the confined server did not answer"
printf '%s\n' "$answers"
grep -q '^system_run_command .*container-mcp//&container-mcp-bash (enforce).*kept' <<<"$answers" \
    || fail "the command was not held by both profiles"
grep -q '^system_run_python .*container-mcp//&container-mcp-python (enforce)' <<<"$answers" \
    || fail "Python was not held by both profiles"
grep -q '^file_read .*here' <<<"$answers" || fail "the file tools did not work"

"$tool" load --children --bin-dir "$programs" --env-file settings.env
! grep -q '^container-mcp (' /sys/kernel/security/apparmor/profiles || fail "the server's profile is still loaded"
"$tool" unload
! grep -q container-mcp /sys/kernel/security/apparmor/profiles || fail "a profile is still loaded"
[ -z "$(find /etc/apparmor.d -name '*container-mcp*')" ] || fail "files are left in /etc/apparmor.d"
