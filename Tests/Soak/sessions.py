#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens 1,000 sessions of a running HTTP server, uses and leaves them, among clients that do it no good.

    Tests/Soak/sessions.py FOLDER [--sessions N] [--limit SECONDS]

FOLDER holds ContainerMCPSSE. Meanwhile one good client pings ten times a second, and none of its pings may fail. At the
end the server must hold no more sessions, connections, descriptors and processes than before, and its memory must be
back within MEMORY_ROOM. Figures are printed for before, at the peak and after, and for one idle session.
"""
import argparse
import asyncio
import os
import resource
import subprocess
import sys
import threading
import time

import visitors
from watch import settled, state, tree
from wire import Connection, Session

# What an allocator may keep of a peak, in KiB.
MEMORY_ROOM = 16 * 1024
# What the server takes at once, by default.
CONNECTIONS = 1024
# What one session may cost that nobody uses, in bytes.
SESSION_BUDGET = 25_000
FAULTS_SHOWN = 40
# Sockets of this program at once.
DESCRIPTORS = 4096


class Server:
    def __init__(self, program):
        self.process = subprocess.Popen(
            [
                program, "--test-mode", "--port", "0", "--log-level", "INFO",
                "--set", "BASH_ALLOWED_COMMANDS=ls,cat,echo,sleep,seq", "--set", "SESSION_IDLE_MINUTES=1",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            # Settings of whoever starts the soak have no part in it.
            env={name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")},
        )
        self.pid, self.port = self.process.pid, None

    async def ready(self):
        """Waits for the line that tells the port; later lines are read and dropped."""
        loop = asyncio.get_running_loop()
        found = loop.create_future()

        def read():
            line = "nothing"
            for line in self.process.stderr:
                _, _, rest = line.partition("http://127.0.0.1:")
                digits = rest.split("/")[0].split()[0].rstrip(".,") if rest else ""
                if digits.isdigit() and not found.done():
                    loop.call_soon_threadsafe(lambda port=int(digits): found.done() or found.set_result(port))
            if not found.done():
                error = RuntimeError(f"the server ended before it listened; it said: {line.strip()}")
                loop.call_soon_threadsafe(lambda: found.done() or found.set_exception(error))

        # Not a worker of the loop, which would wait for it at the end.
        threading.Thread(target=read, daemon=True).start()
        self.port = await asyncio.wait_for(found, 60)

    async def counts(self):
        """Sessions and connections as `/health` tells them, and figures of `/metrics`."""
        async with Connection(self.port) as connection:
            _, body = await connection.get("/metrics")
            metrics = {}
            for line in body.decode().splitlines():
                name, _, value = line.rpartition(" ")
                if name and not line.startswith("#"):
                    metrics[name] = float(value)
            health = visitors.parsed((await connection.get("/health"))[1])
        return {"sessions": health["sessions"], "connections": health["connections"]}, metrics

    async def look(self, is_settled=True):
        found = await settled(self.pid) if is_settled else state(self.pid)
        counts, metrics = await self.counts()
        # The request that asks is a connection, too.
        counts["connections"] -= 1
        return {**found, **counts}, metrics


class GoodClient:
    """Pings ten times a second on one session and one connection, as if nothing else went on."""

    def __init__(self, port):
        self.port, self.times, self.faults = port, [], []
        self.stops = asyncio.Event()

    async def run(self):
        async with Connection(self.port) as connection:
            session = await Session(connection).open()
            while not self.stops.is_set():
                started = time.monotonic()
                try:
                    answer = await asyncio.wait_for(session.ask("ping"), 10)
                    if answer.get("result") != {}:
                        self.faults.append(f"ping: {answer}")
                except Exception as error:  # noqa: BLE001 - any failure of a ping is a finding
                    self.faults.append(f"ping {len(self.times)}: {error!r}")
                    return
                self.times.append(time.monotonic() - started)
                await asyncio.sleep(max(0, 0.1 - self.times[-1]))
            await session.delete()

    def told(self):
        ordered = sorted(self.times) or [0]
        late = ordered[int(len(ordered) * 0.99)]
        return (
            f"{len(self.times)} pings, {len(self.faults)} failed; "
            f"median {ordered[len(ordered) // 2] * 1000:.1f} ms, 99 % {late * 1000:.0f} ms, "
            f"longest {ordered[-1] * 1000:.0f} ms"
        )


async def idle_cost(server, count):
    """Bytes that one session costs which was opened and is not used.

    The server must be a fresh one: what was used and given back before would hide it.
    """
    await server.ready()

    async def some(number):
        async with Connection(server.port) as connection:
            for _ in range(number):
                await Session(connection).open()

    async def memory():
        return (await settled(server.pid))["server_kib"]

    # The first sessions also load the code that opens them.
    await asyncio.gather(*(some(1) for _ in range(20)))
    before = await memory()
    await asyncio.gather(*(some(count // 20) for _ in range(20)))
    return (await memory() - before) * 1024 / count


async def until_empty(server, sessions, seconds):
    """Waits until abandoned sessions have ended and connections are closed."""
    counts = {}
    for _ in range(int(seconds * 2)):
        counts, _ = await server.counts()
        # The good client and the one that asks.
        if counts["sessions"] <= sessions and counts["connections"] <= 2:
            return None
        await asyncio.sleep(0.5)
    return f"still there after {seconds} s: {counts}"


def table(rows):
    names = list(next(iter(rows.values())))
    print("soak: " + " " * 8 + "".join(f"{name:>13}" for name in names))
    for row, values in rows.items():
        print(f"soak: {row:8}" + "".join(f"{values[name] if values[name] is not None else '?':>13}" for name in names))


def compare(before, after):
    faults = []
    for name in ("descriptors", "processes", "sessions", "connections"):
        if after[name] != before[name]:
            faults.append(f"{name} went from {before[name]} to {after[name]}")
    total = [sum(look[name] for name in ("server_kib", "others_kib")) for look in (before, after)]
    if total[1] > total[0] + MEMORY_ROOM:
        faults.append(f"memory grew from {total[0]} to {total[1]} KiB; {MEMORY_ROOM} KiB more are allowed")
    return faults


async def soak(server, options):
    await server.ready()
    faults, tally, rows = [], {}, {}
    # The first of everything fills pools and caches; what that costs is not a leak.
    await visitors.prepare(server.port)
    await visitors.Visit(server.port, 100, tally, faults, abandons=False).run()
    if fault := await until_empty(server, 0, 20):
        faults.append(f"warming up: {fault}")
    good = GoodClient(server.port)
    pinging = asyncio.create_task(good.run())
    while not good.times and not pinging.done():
        await asyncio.sleep(0.05)
    rows["before"], _ = await server.look()
    tally.clear()
    started = time.monotonic()

    async def peak():
        rows["peak"], _ = await server.look(is_settled=False)
        if rows["peak"]["connections"] > CONNECTIONS:
            faults.append(f"{rows['peak']['connections']} connections are open, more than the {CONNECTIONS} allowed")

    await visitors.Visit(server.port, options.sessions, tally, faults, peak).run()
    elapsed = time.monotonic() - started
    if fault := await until_empty(server, 1, 110):
        faults.append(fault)
    # The server gives back every half minute what a rush took.
    await asyncio.sleep(35)
    rows["after"], metrics = await server.look()
    good.stops.set()
    await pinging
    faults += good.faults + compare(rows["before"], rows["after"])
    table(rows)
    print(f"soak: {options.sessions} sessions in {elapsed:.0f} s; " + ", ".join(
        f"{name} {count}" for name, count in sorted(tally.items())
    ))
    print(f"soak: the good client: {good.told()}")
    print(f"soak: room for memory afterwards: {MEMORY_ROOM} KiB")
    interesting = ("refused", "dropped", "launcher_restarts")
    print("soak: told by /metrics: " + ", ".join(
        f"{name.removeprefix('container_mcp_')} {value:.0f}" for name, value in metrics.items()
        if value and any(word in name for word in interesting)
    ))
    return faults


async def measure_idle(server, options):
    cost = await idle_cost(server, 1_000)
    print(f"soak: one idle session: {cost:.0f} bytes; {SESSION_BUDGET} are allowed")
    return [] if cost <= SESSION_BUDGET else ["an idle session costs too much"]


def run(server, part, options, seconds):
    """Does one part on a server of its own, and ends the server."""
    left = []
    try:
        faults = asyncio.run(asyncio.wait_for(part(server, options), seconds))
        left = tree(server.pid)
    except Exception as error:  # noqa: BLE001 - whatever stops the soak is its result
        faults = [f"{part.__name__} given up: {error!r}"]
    server.process.terminate()
    try:
        status = server.process.wait(15)
    except subprocess.TimeoutExpired:
        server.process.kill()
        status = server.process.wait()
    if status != 0:
        faults.append(f"the server ended with status {status}")
    time.sleep(0.5)
    alive = [pid for pid in left if os.path.exists(f"/proc/{pid}")]
    if alive:
        faults.append(f"processes left: {alive}")
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--sessions", type=int, default=1_000)
    parser.add_argument("--limit", type=int, default=180, help="seconds after which it is given up")
    options = parser.parse_args()
    if not 20 <= options.sessions <= 1_000:
        parser.error("--sessions is 20 to 1000")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    program = os.path.join(options.folder, "ContainerMCPSSE")
    faults, ends = [], time.monotonic() + options.limit
    for part in (measure_idle, soak):
        faults += run(Server(program), part, options, ends - time.monotonic())
    for fault in faults[:FAULTS_SHOWN]:
        print(f"FAULT {fault}")
    if len(faults) > FAULTS_SHOWN:
        print(f"FAULT and {len(faults) - FAULTS_SHOWN} more")
    sys.exit(1 if faults else 0)


main()
