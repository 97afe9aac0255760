#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls every tool of a running stdio server thousands of times, eight at once, and looks for what is left behind.

    Tests/Soak/soak.py FOLDER [--calls N]

FOLDER holds ContainerMCPStdio. Kinds of calls are mixed: answers, failures, time limits, floods, cancellations. At the
end the server must hold no more descriptors, threads and processes than before, and about as much memory.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time

from recording import Recording, has_room


class Server:
    def __init__(self, program):
        self.process = subprocess.Popen(
            [program, "--test-mode", "--log-level", "ERROR", "--set", "BASH_ALLOWED_COMMANDS=ls,cat,echo,sleep,seq"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            # What a test run has for itself in its environment is no setting of a server.
            env={name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")},
        )
        self.recording = Recording("lines")
        # What was sent and recorded, and is not answered.
        self.recorded = set()
        self.lock = threading.Lock()
        self.waiting = {}
        self.number = 0
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            with self.lock:
                if message.get("id") in self.recorded:
                    self.recorded.remove(message["id"])
                    self.recording.server(line)
                waiter = self.waiting.pop(message.get("id"), None)
            if waiter:
                waiter[1] = message
                waiter[0].set()

    def send(self, message):
        data = json.dumps(message).encode() + b"\n"
        with self.lock:
            if has_room():
                self.recording.client(data)
                self.recorded |= {message["id"]} if "id" in message else set()
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def request(self, method, params):
        with self.lock:
            self.number += 1
            number = self.number
            waiter = [threading.Event(), None]
            self.waiting[number] = waiter
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return number, waiter

    def ask(self, method, params):
        _, waiter = self.request(method, params)
        if not waiter[0].wait(60):
            raise TimeoutError(f"no answer to {method}")
        return waiter[1]

    def call(self, name, **arguments):
        return self.ask("tools/call", {"name": name, "arguments": arguments})["result"]["structuredContent"]

    def tree(self):
        """The processes of the server and of all below it."""
        pending, found = [self.process.pid], []
        while pending:
            pid = pending.pop()
            found.append(pid)
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/children") as file:
                        pending += [int(child) for child in file.read().split()]
            except FileNotFoundError:
                pass
        return found

    def state(self):
        pid = self.process.pid
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return {
            "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
            "threads": int(fields["Threads"]),
            "processes": len(self.tree()),
            "memory_kib": int(fields["VmRSS"].split()[0]),
        }

    def settled(self):
        """The state once two looks in a row agree; bounded."""
        last = None
        for _ in range(40):
            time.sleep(0.25)
            state = self.state()
            if last and {**state, "memory_kib": 0} == {**last, "memory_kib": 0}:
                return state
            last = state
        return last


def one(server, random_source, faults):
    kind = random_source.randrange(12)
    number = random_source.randrange(1_000_000)
    if kind < 4:
        result = server.call("system_run_command", command=f"echo {number}")
        if result.get("stdout") != f"{number}\n":
            faults.append(f"echo {number}: {result}")
    elif kind < 6:
        result = server.call("system_run_python", code=f"print({number}); _ = {number}")
        if result.get("result") != number:
            faults.append(f"python {number}: {result}")
    elif kind < 8:
        name = f"soak/{number % 50}.txt"
        server.call("file_write", path=name, content=str(number))
        server.call("file_read", path=name)
    elif kind == 8:
        result = server.call("system_run_command", command="echo x; sleep 60", timeout=0.2)
        if result.get("timed_out") is not True:
            faults.append(f"time limit: {result}")
    elif kind == 9:
        result = server.call("system_run_command", command="seq 1 300000", max_output=2048)
        if not result.get("output_file"):
            faults.append(f"long output: {result}")
    elif kind == 10:
        result = server.call("system_run_command", command="not-listed")
        if result.get("success") is not False:
            faults.append(f"refusal: {result}")
    else:
        number, waiter = server.request(
            "tools/call", {"name": "system_run_command", "arguments": {"command": "sleep 60"}}
        )
        time.sleep(random_source.random() * 0.05)
        server.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": number}})
        with server.lock:
            server.waiting.pop(number, None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--calls", type=int, default=4000)
    options = parser.parse_args()
    server = Server(os.path.join(options.folder, "ContainerMCPStdio"))
    server.ask("initialize", {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "soak", "version": "1"},
    })
    faults, counter = [], iter(range(options.calls))

    def work(seed):
        source = random.Random(seed)
        while next(counter, None) is not None and len(faults) < 10:
            try:
                one(server, source, faults)
            except Exception as error:  # noqa: BLE001 - any failure of a call is a finding
                faults.append(repr(error))

    def run():
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # The first calls fill pools and caches; what they cost is not a leak.
    counter = iter(range(200))
    run()
    before = server.settled()
    counter = iter(range(options.calls))
    started = time.time()
    run()
    elapsed = time.time() - started
    after = server.settled()
    # Pools grow to their bound and no further.
    for name, room in (("descriptors", 0), ("threads", 8), ("processes", 0)):
        if after[name] > before[name] + room:
            faults.append(f"{name} grew from {before[name]} to {after[name]}")
    if after["memory_kib"] > before["memory_kib"] + 16 * 1024:
        faults.append(f"memory grew from {before['memory_kib']} to {after['memory_kib']} KiB")
    left = server.tree()
    server.process.stdin.close()
    status = server.process.wait(15)
    if status != 0:
        faults.append(f"the server ended with status {status}")
    time.sleep(0.5)
    alive = [pid for pid in left if os.path.exists(f"/proc/{pid}")]
    if alive:
        faults.append(f"processes left: {alive}")
    print(f"soak: {options.calls} calls in {elapsed:.0f} s; before {before}; after {after}")
    for fault in faults:
        print(f"FAULT {fault}")
    sys.exit(1 if faults else 0)


main()
