# SPDX-License-Identifier: Apache-2.0
"""One client version against one server over one transport: what every check has at hand."""

import copy
import json
import random
import socket
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
from raw_http import RawHTTP
from sessions import NotOffered, Options, RequestFailed, connect

MODERN = "2026-07-28"
HERE = Path(__file__).resolve().parent

# Python that says that it is there, waits until somebody answers with a file, and says what it saw.
LIVE = '''\
import time
from pathlib import Path

go = Path("/workspace/live/{name}.txt")
print("tick {name}", flush=True)
deadline = time.monotonic() + 30
while not go.exists() and time.monotonic() < deadline:
    time.sleep(0.05)
print("go" if go.exists() else "nobody came", flush=True)
_ = go.exists()
'''

# Python that leaves a sign of life twenty times a second, and another sign at its end.
BEATS = '''\
import os
import time
from pathlib import Path

folder = Path("/workspace/beats")
folder.mkdir(exist_ok=True)
for count in range({limit}):
    (folder / "{name}.new.txt").write_text(str(count))
    os.replace(folder / "{name}.new.txt", folder / "{name}.txt")
    time.sleep(0.05)
(folder / "{name}-end.txt").write_text("end")
_ = count
'''


class CheckFailed(Exception):
    pass


def expect(condition: object, text: str) -> None:
    if not condition:
        raise CheckFailed(text)


def equal(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise CheckFailed(f"{what} is {short(found)}, not {short(wanted)}")


def short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:200]} … ({len(text)} characters)"


class Answers:
    """What the user says to the questions of the server; each answer is good for one question."""

    def __init__(self) -> None:
        self.next: list[tuple[str, dict[str, Any] | None]] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, message: str, schema: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
        self.asked.append((message, schema))
        return self.next.pop(0) if self.next else ("cancel", None)


class Trial:
    def __init__(self, session: Any, job: dict[str, Any], errors: Any, answers: Answers):
        self.session = session
        self.revision = job["revision"]
        self.transport = job["transport"]
        self.answers = answers
        self._job = job
        self._errors = errors
        self._random = random.Random()

    @property
    def is_modern(self) -> bool:
        return self.revision == MODERN

    # Other ways to the server

    def within(self, session: Any) -> "Trial":
        """The same trial with another session."""
        other = copy.copy(self)
        other.session = session
        return other

    @asynccontextmanager
    async def another(self, options: Options | None = None, secured: bool = False):
        """A further session of the same client version; on stdio with a server of its own."""
        target = self._job["secured"] if secured else self._job["target"]
        options = replace(options or Options(), headers=dict((options or Options()).headers))
        async with connect(self.transport, self._job["mode"], further(target), self._errors, options) as session:
            yield session

    @property
    def token(self) -> str:
        return self._job["token"]

    def raw(self, secured: bool = False) -> RawHTTP:
        self.need_http()
        return RawHTTP((self._job["secured"] if secured else self._job["target"])["url"])

    def need_http(self) -> None:
        if self.transport == "stdio":
            raise NotOffered("stdio has one session for each server")

    def need_streamable(self) -> None:
        if self.transport != "mcp":
            raise NotOffered("only /mcp has it")

    async def cut(self) -> None:
        """Cuts every stream that answers a POST."""

        def work() -> int:
            with socket.create_connection(("127.0.0.1", self._job["cut"]), timeout=10) as control:
                return int(control.makefile().readline())

        count = await anyio.to_thread.run_sync(work)
        expect(count > 0, "there was no stream to cut")

    # Calls

    async def call(self, name: str, arguments: dict[str, Any], **more: Any) -> Any:
        with anyio.fail_after(90):
            return await self.session.call(name, arguments, **more)

    async def ran(self, name: str, **arguments: Any) -> dict[str, Any]:
        answer = await self.call(name, arguments)
        expect(not answer.is_error, f"{name} was refused: {answer.text[:500]}")
        expect(answer.fields, f"{name} gave no fields: {answer.text[:200]}")
        return answer.fields

    async def good(self, name: str, **arguments: Any) -> dict[str, Any]:
        fields = await self.ran(name, **arguments)
        if name != "system_env_var":
            expect(fields.get("success") is True, f"{name} did not succeed: {short(fields)}")
        return fields

    async def write(self, path: str, content: str) -> None:
        await self.good("file_write", path=path, content=content)

    async def text(self, path: str) -> str | None:
        """The content of a file; None where there is none."""
        answer = await self.call("file_read", {"path": path})
        return None if answer.is_error else str(answer.fields.get("content"))

    async def refused(self, name: str, named: str, **arguments: Any) -> None:
        answer = await self.call(name, arguments)
        expect(answer.is_error, f"{name} {arguments} was not refused: {answer.text[:300]}")
        expect(answer.text.strip(), f"{name} was refused without a reason")
        expect(named in answer.text, f"the reason does not name {named}: {answer.text[:300]}")

    async def fails(self, work: Any, code: int, what: str) -> RequestFailed:
        """Expects a protocol error."""
        try:
            found = await work
        except RequestFailed as error:
            equal(error.code, code, f"the error code of {what}")
            return error
        raise CheckFailed(f"{what} was answered: {short(found)}")

    # Signs of life

    def name(self) -> str:
        return f"n{self._random.randrange(10**9)}"

    async def started(self, name: str) -> None:
        await self.wait_for(lambda: self.text(f"beats/{name}.txt"), "Python did not start")

    async def stopped(self, name: str) -> None:
        """Expects that the Python of these signs of life is gone, and did not get to its end."""
        with anyio.move_on_after(10):
            while True:
                before = await self.text(f"beats/{name}.txt")
                await anyio.sleep(0.4)
                if await self.text(f"beats/{name}.txt") == before:
                    break
            equal(await self.text(f"beats/{name}-end.txt"), None, "the sign of an end")
            return
        raise CheckFailed("Python goes on")

    def pause(self) -> str:
        """Seconds to sleep, written so that no other command line on this machine holds the same text."""
        return f"3600.{self._random.randrange(10**11, 10**12)}"

    @staticmethod
    async def wait_for(condition: Any, otherwise: str, seconds: float = 10) -> None:
        with anyio.move_on_after(seconds):
            while True:
                found = condition()
                if hasattr(found, "__await__"):
                    found = await found
                if found:
                    return
                await anyio.sleep(0.05)
        raise CheckFailed(f"{otherwise} ({seconds} s)")


def further(target: dict[str, Any]) -> dict[str, Any]:
    """The same server for HTTP; for stdio one more, with a recording of its own."""
    if "command" not in target:
        return target
    target["count"] = target.get("count", 0) + 1
    recording = str(Path(target["folder"]) / f"wire-{target['label']}-{target['count']}.jsonl")
    arguments = [str(HERE / "stdio_tee.py"), recording, *target["program"]]
    return {**target, "command": sys.executable, "arguments": arguments}


def parsed(contents: list[dict[str, Any]]) -> Any:
    return json.loads(contents[0]["text"])
