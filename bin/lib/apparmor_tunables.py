# SPDX-License-Identifier: Apache-2.0
"""Writes the paths of an installation for its AppArmor profiles.

Reads what `cmcp-cli config --json` prints on standard input, and prints the file apparmor/tunables/container-mcp.
Arguments: the folder of the programs, `all` or `children` for what is confined, and further files that the server reads.
Relative paths start from the current folder, as they do for the server.
"""

import json
import os
import subprocess
import sys

COMMAND_FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
READ_KEYS = [
    "MCP_TLS_CERT", "MCP_TLS_KEY", "MCP_STATE_KEY_FILE", "MCP_AUTH_TOKEN_FILE", "OAUTH_CA_FILE", "OAUTH_JWKS",
    "POLICY_FILE", "WEB_CA_FILE",
]
NOTHING = "/nonexistent/container-mcp"


def literal(path):
    """A path as a pattern that matches only itself, without links."""
    path = os.path.realpath(path)
    if any(ord(character) < 32 for character in path):
        sys.exit(f"error: {path!r} holds a control character")
    return "".join("\\" + character if character in '*?[]{}^,"\\@' else character for character in path)


def quoted(pattern):
    return f'"{pattern}"' if " " in pattern else pattern


def find(command):
    """Where the server finds a command."""
    candidates = [command] if command.startswith("/") else [f"{folder}/{command}" for folder in COMMAND_FOLDERS]
    return next((path for path in candidates if os.path.isfile(path) and os.access(path, os.X_OK)), None)


def with_interpreters(program):
    """A program, and what the kernel starts for a script."""
    for _ in range(4):
        yield literal(program)
        with open(program, "rb") as file:
            head = file.read(256).split(b"\n")[0]
        words = head[2:].split() if head.startswith(b"#!") else []
        if not words or not os.path.isfile(words[0]):
            return
        program = words[0].decode()


def library_folders(folder, programs):
    """Folders besides the system's from which programs load their libraries, such as those of a toolchain."""
    found = [literal(folder)]
    for program in programs:
        listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
        paths = [line.split("=> ")[1].split(" (0x")[0] for line in listing.splitlines() if "=> /" in line]
        found += [literal(os.path.dirname(path)) for path in paths]
    return [path for path in dict.fromkeys(found) if not path.startswith("/usr/lib")]


def python_of(settings):
    if settings.get("PYTHON_EXECUTABLE"):
        return os.path.realpath(settings["PYTHON_EXECUTABLE"])
    names = [f"python3.{minor}" for minor in (14, 13, 12, 11)] + ["python3"]
    paths = [f"{folder}/{name}" for name in names for folder in ("/usr/local/bin", "/usr/bin")]
    return next((os.path.realpath(path) for path in paths if os.path.exists(path)), None)


def library_of(python):
    folder, name = os.path.split(python)
    places = [os.path.join(os.path.dirname(folder), "lib", name), f"/usr/lib/{name}"]
    return next((place for place in places if os.path.exists(place + "/os.py")), NOTHING)


def main():
    folder, confined, *files = sys.argv[1:]
    settings = {row["key"]: row["value"] for row in json.load(sys.stdin)}
    names = {"server": ["ContainerMCPSSE", "ContainerMCPStdio"], "client": ["cmcp-cli"]}
    server, client = (
        [literal(f"{folder}/{name}") for name in names[kind] if os.path.exists(f"{folder}/{name}")]
        for kind in ("server", "client")
    )

    root = literal(settings["SANDBOX_ROOT"])
    programs = list(with_interpreters("/bin/bash"))
    if settings["COMMAND_RESTRICTED"] == "true":
        for command in filter(None, (word.strip() for word in (settings["BASH_ALLOWED_COMMANDS"] or "").split(","))):
            found = find(command)
            if found is None:
                print(f"warning: {command} is not installed", file=sys.stderr)
                continue
            programs += with_interpreters(found)
            programs += ["/usr/lib/git-core/**"] if os.path.basename(found) == "git" else []
    else:
        programs.append("/usr/{bin,sbin,lib,lib64,libexec,share,local}/**")
    if settings["WORKSPACE_EXEC"] == "true":
        programs += ["/workspace/**", root + "/**"]

    python = python_of(settings)
    reads = [literal(path) for path in files if os.path.exists(path)]
    reads += [literal(settings[key]) for key in READ_KEYS if settings.get(key) and "://" not in settings[key]]
    writes = [literal(settings["AUDIT_LOG"]) + "*"]
    if settings.get("TASK_STORE_DIR"):
        writes.append(literal(settings["TASK_STORE_DIR"]) + "/{,**}")
    if settings.get("MCP_SOCKET"):
        # It is made in a folder beside its place, and moved there.
        writes.append(literal(os.path.dirname(os.path.abspath(settings["MCP_SOCKET"]))) + "/{,**}")

    values = {
        "CMCP_SERVER": server or [NOTHING],
        "CMCP_USERNS": client + (server if confined == "children" else []) or [NOTHING],
        "CMCP_LIBRARIES": library_folders(folder, [f"{folder}/{name}" for name in names["server"] + names["client"]]),
        "CMCP_SANDBOX_ROOT": [root],
        "CMCP_DATA_DIR": [literal(settings["DATA_DIR"])],
        "CMCP_TEMP_DIR": [literal(settings["TEMP_DIR"])],
        "CMCP_LOG_DIR": [literal(settings["LOG_DIR"])],
        "CMCP_READS": reads or [NOTHING],
        "CMCP_WRITES": writes,
        "CMCP_PROGRAMS": list(dict.fromkeys(programs)),
        "CMCP_PYTHON": [literal(python)] if python else [NOTHING],
        "CMCP_PYTHON_LIBRARY": [literal(library_of(python))] if python else [NOTHING],
    }
    print("# Written by bin/apparmor load; the next load writes it anew.")
    for name, patterns in values.items():
        print(f"@{{{name}}}={' '.join(quoted(pattern) for pattern in patterns)}")


main()
