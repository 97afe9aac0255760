#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests a second over HTTP: ours, a bare route of the same framework, and a FastMCP server, in one run.

    Benchmarks/requests.py --server .build/release/ContainerMCPSSE --bare …/BareRoute --python VENV/bin/python

Needs wrk (Debian package of that name). Every round measures each pair of server and request once, so that the
machine's moods meet all alike; figures are medians of the rounds. Load generator and server share the machine.
Nothing is asserted: it prints a table.
"""
import argparse
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"{process.args[0]} does not listen")


def post(port, body, headers):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/mcp", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(answer.headers), answer.read()


BASE = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


class Legacy:
    """A 2025-11-25 session."""

    def __init__(self, port, accept="application/json"):
        self.port = port
        self.accept = accept
        body = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "benchmark", "version": "1"}}}
        headers, _ = post(port, body, BASE)
        session = next(value for key, value in headers.items() if key.lower() == "mcp-session-id")
        self.headers = BASE | {"Mcp-Session-Id": session, "MCP-Protocol-Version": "2025-11-25"}
        post(port, {"jsonrpc": "2.0", "method": "notifications/initialized"}, self.headers)

    def request(self, method, params):
        # Without SSE the answer of a call is plain JSON on both servers.
        headers = self.headers | ({"Accept": self.accept} if method == "tools/call" else {})
        return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, headers


class Modern:
    """2026-07-28, which has no ping: server/discover stands for it."""

    def __init__(self, port):
        self.port = port

    def request(self, method, params):
        method = "server/discover" if method == "ping" else method
        headers = BASE | {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method}
        if "name" in params:
            headers["Mcp-Name"] = params["name"]
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params | {"_meta": MODERN}}
        return body, headers


def quoted(text):
    return "[==[" + text + "]==]"


def load(port, body, headers, seconds, connections):
    # Each request has an id of its own: a session refuses a second one while the first is answered.
    before, after = json.dumps(body | {"id": "@"}).split('"@"')
    lines = ["wrk.method = 'POST'", "local id = 0", f"local before, after = {quoted(before)}, {quoted(after)}",
             "function request() id = id + 1; return wrk.format(nil, nil, nil, before .. id .. after) end"]
    lines += [f"wrk.headers[ {quoted(key)} ] = {quoted(value)}" for key, value in headers.items()]
    # A refusal must not count as speed.
    lines += ["function done(summary) print('refusals ' .. summary.errors.status) end"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("\n".join(lines))
        script.flush()
        output = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script.name, f"http://127.0.0.1:{port}/mcp"],
            capture_output=True, text=True, check=True).stdout
    refusals = re.search(r"refusals (\d+)", output)
    errors = int(refusals.group(1)) if refusals else 0
    if errors or "Socket errors" in output:
        print(f"  {errors} refusals; {output}", file=sys.stderr)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True)
    parser.add_argument("--bare", required=True)
    parser.add_argument("--python", required=True, help="a Python with the package mcp 2.x")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    here = pathlib.Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        workspace = pathlib.Path(folder, "sandbox")
        workspace.mkdir()
        (workspace / "file.txt").write_text("x" * 1023 + "\n")
        ports = {name: free_port() for name in ("ours", "bare", "fastmcp")}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        processes = [
            subprocess.Popen([os.path.abspath(options.server), "--port", str(ports["ours"]), "--log-level", "ERROR"], **quiet),
            subprocess.Popen([os.path.abspath(options.bare), str(ports["bare"])], **quiet),
            subprocess.Popen([os.path.abspath(options.python), str(here / "fastmcp_server.py"), str(ports["fastmcp"]), str(workspace)], **quiet),
        ]
        try:
            for port, process in zip(ports.values(), processes):
                wait_for(port, process)
            speakers = {"ours 2025-11-25": Legacy(ports["ours"]), "ours 2026-07-28": Modern(ports["ours"]),
                        "fastmcp 2025-11-25": Legacy(ports["fastmcp"], accept=BASE["Accept"])}
            work = [("ping", {}), ("tools/list", {}),
                    ("tools/call", {"name": "file_read", "arguments": {"path": "file.txt"}})]
            for speaker in speakers.values():
                for method, params in work:
                    body, headers = speaker.request(method, params)
                    _, answer = post(speaker.port, body, headers)
                    if b'"error"' in answer[:200]:
                        sys.exit(f"{method}: {answer[:300]}")
            figures = {}
            for _ in range(options.rounds):
                figures.setdefault(("bare route", "POST"), []).append(
                    load(ports["bare"], {"jsonrpc": "2.0", "id": 1, "method": "ping"}, BASE, options.seconds, options.connections))
                for name, speaker in speakers.items():
                    for method, params in work:
                        body, headers = speaker.request(method, params)
                        figures.setdefault((name, method), []).append(
                            load(speaker.port, body, headers, options.seconds, options.connections))
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)
    bare = statistics.median(figures[("bare route", "POST")])
    print(f"requests a second, {options.connections} connections, {options.rounds} rounds of {options.seconds} s, medians")
    for (name, method), values in figures.items():
        median = statistics.median(values)
        print(f"{name:20} {method:12} {median:10.0f}   {median / bare:5.2f} x bare   {min(values):8.0f} … {max(values):8.0f}")


if __name__ == "__main__":
    main()
