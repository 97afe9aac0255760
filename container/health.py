# SPDX-License-Identifier: Apache-2.0
"""Whether the server of this container takes requests: status 0 if it does, 1 if not, with the reason.

It asks where the settings say that the server listens. Flags of the server are not seen, so give host and port as settings.
"""

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cmcp-cli")
PATIENCE = 5


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def settings():
    """Every setting, by its key."""
    run = subprocess.run([PROGRAM, "config", "--json"], capture_output=True, timeout=PATIENCE)
    if run.returncode != 0:
        raise OSError(run.stderr.decode(errors="replace").strip())
    return {row["key"]: row["value"] for row in json.loads(run.stdout)}


def connection(values):
    """A connection to where the settings say that the server listens."""
    if values["MCP_SOCKET"]:
        return SocketConnection(values["MCP_SOCKET"])
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(values["MCP_HOST"], values["MCP_HOST"])
    port = int(values["MCP_PORT"])
    if not values["MCP_TLS_CERT"]:
        return http.client.HTTPConnection(host, port, timeout=PATIENCE)
    # The certificate names what clients call the server by, and this asks the same container.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=context)


def main():
    try:
        values = settings()
        asked = connection(values)
        asked.request("GET", (values["MCP_PATH_PREFIX"] or "") + "/health", headers={"Host": "localhost"})
        answer = asked.getresponse()
        text = answer.read(4096).decode(errors="replace").strip()
    except (OSError, ValueError, subprocess.SubprocessError, http.client.HTTPException) as error:
        print(f"no answer: {error}")
        return 1
    print(f"{answer.status} {text}")
    return 0 if answer.status == 200 else 1


sys.exit(main())
