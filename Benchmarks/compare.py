#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares confined calls with the same work done bare, side by side in one run.

    Benchmarks/compare.py FOLDER [--rounds N]

FOLDER holds the release program ContainerMCPStdio. Each round does every kind of work once, so that the machine's
moods meet all of them alike; figures are medians (and the tenth percentile), ratios are of medians. Nothing is
asserted: it prints a table.
"""
import argparse
import json
import os
import statistics
import subprocess
import time


def bare(program, arguments):
    """Runs a program as posix_spawn(3) does, reads its output to the end and reaps it; seconds."""
    started = time.perf_counter()
    reading, writing = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_CLOSE, reading), (os.POSIX_SPAWN_CLOSE, writing)]
    child = os.posix_spawn(program, arguments, os.environ, file_actions=actions)
    os.close(writing)
    while os.read(reading, 65536):
        pass
    os.close(reading)
    os.waitpid(child, 0)
    return time.perf_counter() - started


class Server:
    """The stdio server, spoken to line by line."""

    def __init__(self, program, *arguments):
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [program, "--test-mode", "--log-level", "ERROR", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.number = 0
        self.ask("initialize", {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "benchmark", "version": "1"},
        })
        self.start_time = time.perf_counter() - self.started

    def ask(self, method, params):
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def call(self, name, **arguments):
        started = time.perf_counter()
        answer = self.ask("tools/call", {"name": name, "arguments": arguments})
        elapsed = time.perf_counter() - started
        assert answer["result"]["structuredContent"]["success"], answer
        return elapsed

    def memory(self):
        """Proportional set sizes of the server and of all below it, in KiB."""
        pending, total, parts = [self.process.pid], 0, []
        while pending:
            pid = pending.pop()
            with open(f"/proc/{pid}/smaps_rollup") as file:
                size = next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
            with open(f"/proc/{pid}/comm") as file:
                parts.append(f"{file.read().strip()} {size}")
            total += size
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as file:
                    pending += [int(child) for child in file.read().split()]
        return total, parts

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)


def row(name, values, base):
    median = statistics.median(values)
    tenth = statistics.quantiles(values, n=10)[0]
    ratio = f"{median / base:6.2f} x" if base else ""
    print(f"{name:44} {median * 1000:8.2f} ms {tenth * 1000:8.2f} ms {ratio}")
    return median


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    program = os.path.join(options.folder, "ContainerMCPStdio")

    starts, trues = [], []
    for _ in range(21):
        trues.append(bare("/bin/true", ["true"]))
        server = Server(program)
        starts.append(server.start_time)
        server.end()
    server = Server(program)
    time.sleep(1)
    idle, parts = server.memory()
    work = {
        "bash -c 'echo hi', bare": lambda: bare("/bin/bash", ["bash", "-c", "echo hi"]),
        "system_run_command echo hi, over stdio": lambda: server.call("system_run_command", command="echo hi"),
        "python3 -c 'print(1)', bare": lambda: bare("/usr/bin/python3", ["python3", "-c", "print(1)"]),
        "python3 -I -S -c 'print(1)', bare": lambda: bare("/usr/bin/python3", ["python3", "-I", "-S", "-c", "print(1)"]),
        "system_run_python print(1), over stdio": lambda: server.call("system_run_python", code="print(1)"),
        "file_write 1 KB": lambda: server.call("file_write", path="a.txt", content="x" * 1000),
        "file_read 1 KB": lambda: server.call("file_read", path="a.txt"),
    }
    times = {name: [] for name in work}
    for turn in range(options.rounds + 5):
        for name, body in work.items():
            elapsed = body()
            if turn >= 5:
                times[name].append(elapsed)
    print(f"{'':44} {'median':>11} {'p10':>11}  ratio")
    names = list(work)
    base = row(names[0], times[names[0]], None)
    row(names[1], times[names[1]], base)
    base = row(names[2], times[names[2]], None)
    row(names[3], times[names[3]], base)
    row(names[4], times[names[4]], base)
    for name in names[5:]:
        row(name, times[name], None)
    base = row("/bin/true, bare", trues, None)
    row("start to the first initialize answer", starts, base)
    after, _ = server.memory()
    print(f"idle memory (PSS, KiB): {idle} = {', '.join(parts)}; after {options.rounds} rounds: {after}")
    server.end()


main()
