# SPDX-License-Identifier: Apache-2.0
"""Holds recorded messages against the published schemas.

    gate.py [--schemas FOLDER] RECORDING ...      conversations as the recorders beside this file write them
    gate.py [--schemas FOLDER] --file wire.jsonl  messages one by one, recorded by others
    gate.py [--schemas FOLDER] --wire FOLDER [--least N]
                                                  what tests in Swift and the soak recorded, at least N messages

A line of the latter is {"revision": "2025-06-18", "direction": "server" | "client", "message": {...}, "answers": M},
where M is the method of the request that a response answers, or null. Prints one line a fault and a count as its last
line; ends with 1 where there is a fault, and in CI also where the schemas are not there.
"""

import argparse
import collections
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

import environments

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent

if importlib.util.find_spec("jsonschema") is None:
    # Started with a Python of the system: go on with the one that has what is needed.
    if os.environ.get("CMCP_GATE_STARTED"):
        sys.exit("jsonschema is not in the environment that was made for it")
    root = Path(os.environ.get("CMCP_CLIENT_ENVIRONMENTS", PACKAGE / ".build-clients"))
    python = root / "gate" / "bin" / "python"
    # One that is there is not made anew: somebody else may be using it.
    if not python.exists():
        python = environments.ensure("gate", root)
    os.environ["CMCP_GATE_STARTED"] = "1"
    os.execv(python, [str(python), *sys.argv])

import recording
from conversation import Conversation, Shared
from exchanges import Exchanges
from message_rules import MessageRules
from schema import Schemas, find_schemas
import wire

MAX_LINES = 60


class Gate:
    """Reads one recording in order and collects what is wrong with it."""

    def __init__(self, schemas: Schemas):
        self._shared = Shared(MessageRules(schemas))
        self._channel = Conversation(self._shared)
        self._exchanges = Exchanges(self._shared)
        self._was_asked = False

    @property
    def faults(self) -> list[str]:
        return self._shared.faults

    @property
    def messages(self) -> int:
        return self._shared.messages

    def take(self, kind: str, content: Any, exchange: int | None = None) -> None:
        self._was_asked = self._was_asked or kind == "client"
        if kind == "fault":
            self.faults.append(f"framing: {content}")
        elif exchange is not None:
            self._exchanges.take(kind, content, exchange)
        elif kind == "client":
            try:
                self._channel.take_client(json.loads(content))
            except ValueError:
                self.faults.append(f"client: not JSON: {content[:100]!r}")
        elif kind == "server":
            self._channel.take_server(str(content))
        elif kind == "exit" and content != 0:
            self.faults.append(f"the server ended with exit status {content}")

    def finish(self) -> None:
        self._channel.finish()
        self._exchanges.finish()
        if self.messages == 0 and self._was_asked:
            self.faults.append("the server sent no message")


def judge_lines(schemas: Schemas, path: Path) -> tuple[list[str], int]:
    """Judges messages one by one."""
    rules = MessageRules(schemas)
    faults, count = [], 0
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            count += 1
            try:
                entry = json.loads(line)
                revision, direction, message = entry["revision"], entry["direction"], entry["message"]
            except (ValueError, KeyError, TypeError) as error:
                faults.append(f"line {number}: not as such a file is written: {error!r}")
                continue
            if direction not in ("server", "client"):
                faults.append(f"line {number}: direction {direction!r}")
                continue
            judge = rules.server if direction == "server" else rules.client
            faults += [f"line {number}: {fault}" for fault in judge(revision, message, entry.get("answers"))]
    return faults, count


def judge_wire(schemas: Schemas, folder: Path, least: int) -> int:
    """Judges the recordings of a folder, and says what they held."""
    tally = wire.Tally(MessageRules(schemas))
    for path in sorted(folder.glob("*.wire")):
        try:
            wire.judge(path, tally)
        except (ValueError, KeyError) as error:
            tally.fault(path.name, f"not as such a file is written: {error!r}")
    show(tally.faults)
    print(f"{tally.messages} messages of {len(tally.kinds)} kinds in {len(tally.revisions)} revisions checked")
    if tally.messages < least:
        print(f"fewer than {least}: the tests recorded nothing")
    return 1 if tally.faults or tally.messages < least else 0


def show(faults: list[str]) -> None:
    counted = collections.Counter(faults)
    for fault, times in list(counted.items())[:MAX_LINES]:
        print(fault if times == 1 else f"{fault} ({times} times)")
    if len(counted) > MAX_LINES:
        print(f"and {len(counted) - MAX_LINES} more")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--schemas", help="the folder of the published schemas")
    parser.add_argument("--file", type=Path, action="append", default=[], help="messages one by one")
    parser.add_argument("--wire", type=Path, help="a folder of recordings of many connections each")
    parser.add_argument("--least", type=int, default=1, help="messages that the folder must hold")
    parser.add_argument("recordings", type=Path, nargs="*", metavar="RECORDING")
    options = parser.parse_args()
    if not options.file and not options.recordings and not options.wire:
        parser.error("nothing to read")
    folder = find_schemas(options.schemas, PACKAGE)
    if folder is None:
        print("skipped: the schemas are not here")
        return 1 if os.environ.get("CI") == "true" or options.schemas else 0
    schemas = Schemas(folder)
    if options.wire:
        return judge_wire(schemas, options.wire, options.least)
    faults: list[str] = []
    messages = 0
    for path in options.file:
        found, count = judge_lines(schemas, path)
        faults += found
        messages += count
    for path in options.recordings:
        gate = Gate(schemas)
        for entry in recording.read(path):
            gate.take(entry["kind"], entry["content"], entry.get("exchange"))
        gate.finish()
        faults += gate.faults
        messages += gate.messages
    show(faults)
    print(f"{messages} messages, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
