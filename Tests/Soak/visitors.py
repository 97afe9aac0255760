# SPDX-License-Identifier: Apache-2.0
"""Clients of every kind, good and bad, that visit a server at the same time."""
import asyncio
import json
import random
from contextlib import asynccontextmanager

from wire import BOTH, Broken, Channel, Connection, JSON, Modern, Session, message

# Sessions that do something at once, and calls that start a process; beyond, the server would rightly say "busy".
ACTIVE, STARTING = 48, 12
# A file whose content does not fit into the buffers of a connection.
LARGE = "soak/large.txt"
# The burst goes beyond what the server takes, by less than there are half-open connections: those are the ones to go.
HALF_OPEN, BURST, SLOW, CUTS = 300, 450, 20, 20
parsed = json.loads


async def prepare(port):
    async with Connection(port) as connection:
        session = await Session(connection).open()
        for name, text in ((LARGE, "x" * 1_000_000), ("soak/small.txt", "small")):
            answer = await session.ask("tools/call", {
                "name": "file_write", "arguments": {"path": name, "content": text},
            })
            if answer["result"].get("isError"):
                raise Broken(f"file_write: {answer}")
        await session.delete()


def requires(condition, *what):
    if not condition:
        raise Broken(" ".join(str(part) for part in what))


def call(name, **arguments):
    return {"name": name, "arguments": arguments, "_meta": {"progressToken": "p"}}


class Visit:
    def __init__(self, port, sessions, tally, faults, peak=None, abandons=True):
        self.port, self.sessions, self.tally, self.faults, self.peak = port, sessions, tally, faults, peak
        self.abandons = abandons
        self.share = sessions / 1_000
        self.active, self.starting = asyncio.Semaphore(ACTIVE), asyncio.Semaphore(STARTING)
        # Whoever keeps a session or connection does so until all have come.
        self.leaves, self.present, self.bursting = asyncio.Event(), 0, 0
        self.random = random.Random(1)

    def part(self, count):
        return max(1, round(count * self.share))

    def count(self, name, number=1):
        self.tally[name] = self.tally.get(name, 0) + number

    @asynccontextmanager
    async def posts(self):
        async with Connection(self.port) as connection:
            yield connection

    async def run(self):
        cutters, others = self.part(CUTS), self.part(10)
        channels = round((self.sessions - cutters - others) * 0.4)
        streamable = self.sessions - cutters - others - channels
        kept = [self.guarded(self.streamable, number) for number in range(streamable)]
        kept += [self.guarded(self.channel, number) for number in range(channels)]
        kept += [self.guarded(self.slow, number) for number in range(self.part(SLOW))]
        kept += [self.guarded(self.half_open, number) for number in range(self.part(HALF_OPEN))]
        kept += [self.guarded(self.listener, number) for number in range(self.part(40))]
        passing = [self.guarded(self.cut, number) for number in range(cutters)]
        passing += [self.guarded(self.flood, number) for number in range(others)]
        passing += [self.guarded(self.stranger, number) for number in range(self.part(40))]
        passing += [self.guarded(self.modern, number) for number in range(self.part(100))]
        self.expected = len(kept)
        staying = asyncio.gather(*kept)
        await asyncio.gather(*passing)
        while self.present < self.expected:
            await asyncio.sleep(0.05)
        burst = asyncio.gather(*(self.guarded(self.burst, number) for number in range(self.part(BURST))))
        while self.bursting < self.part(BURST) and not burst.done():
            await asyncio.sleep(0.05)
        if self.peak:
            await self.peak()
        await burst
        self.leaves.set()
        await staying

    async def guarded(self, work, number):
        name = work.__name__
        arrived = False

        async def stay():
            nonlocal arrived
            arrived = True
            self.present += 1
            await self.leaves.wait()

        try:
            # A hundred seconds are no measure of speed; whoever needs them hangs.
            await asyncio.wait_for(work(number, stay), 100)
            self.count(name)
        except Exception as error:  # noqa: BLE001 - any failure of a visitor is a finding
            self.faults.append(f"{name} {number}: {error!r}")
        if not arrived:
            self.present += 1

    # Sessions that behave

    async def use(self, session, number):
        requires((await session.ask("ping"))["result"] == {}, "ping")
        tools = (await session.ask("tools/list"))["result"]["tools"]
        requires(any(tool["name"] == "file_read" for tool in tools), "tools/list")
        answer = await session.ask("tools/call", call("file_read", path="soak/small.txt"))
        requires("small" in json.dumps(answer["result"]), answer)
        if number % 10 == 0:
            await session.ask("resources/subscribe", {"uri": "file:///workspace/soak/small.txt"})

    async def streamable(self, number, stay):
        general = None
        async with self.active, Connection(self.port) as connection:
            session = await Session(connection).open()
            await self.use(session, number)
            if number % 10 == 1:
                await self.progress(session)
            if number % 20 == 2:
                await self.task(session)
            if number % 8 == 3:
                general = Connection(self.port)
                await general.open()
                response = await session.listen(general)
                requires(response.status == 200, "GET", response.status)
        await stay()
        if general:
            general.reset()
        if not self.abandons or number % 2:
            # Half of them come back over a new connection; the others are never heard of again.
            async with self.active, Connection(self.port) as session.connection:
                requires(await session.delete() == 204, "DELETE")
            self.count("sessions deleted")
        else:
            self.count("sessions abandoned")

    async def progress(self, session):
        seen = []
        async with self.starting:
            answer = await session.ask(
                "tools/call", call("system_run_command", command="echo a; sleep 0.3; echo b"), seen
            )
        requires(answer["result"]["structuredContent"]["stdout"] == "a\nb\n", answer)
        told = sum(one["method"] == "notifications/progress" for one in seen)
        requires(told > 0, "no progress", seen)
        self.count("progress messages", told)

    async def task(self, session):
        async with self.starting:
            answer = await session.ask("tools/call", {
                "name": "system_run_command", "arguments": {"command": "echo task"}, "task": {"ttl": 60_000},
            })
            if "task" not in answer.get("result", {}):
                # As many run as may.
                requires("busy" in json.dumps(answer) or "error" in answer, answer)
                return self.count("tasks refused")
            key = {"taskId": answer["result"]["task"]["taskId"]}
            answer = await session.ask("tasks/result", key)
            requires("task" in json.dumps(answer.get("result", {})), answer)
            self.count("tasks done")

    async def channel(self, number, stay):
        connection = Connection(self.port)
        async with self.active:
            await connection.open()
            session = await Channel(connection, self.posts).open()
            await self.use(session, number)
        await stay()
        if number % 2:
            connection.reset()
        else:
            connection.close()

    async def modern(self, number, stay):
        async with self.active, Connection(self.port) as connection:
            client = Modern(connection)
            requires("result" in await client.ask("server/discover"), "server/discover")
            requires("result" in await client.ask("tools/list"), "tools/list")
            answer = await client.ask(
                "tools/call", "file_read", name="file_read", arguments={"path": "soak/small.txt"}
            )
            requires("small" in json.dumps(answer["result"]), answer)

    async def listener(self, number, stay):
        connection = Connection(self.port)
        async with self.active:
            await connection.open()
            response = await Modern(connection).post("subscriptions/listen", notifications={
                "toolsListChanged": True, "resourceSubscriptions": ["file:///workspace/soak/small.txt"],
            })
            event = await response.event()
            requires("acknowledged" in (event or {}).get("data", ""), event)
        await stay()
        if number % 2:
            connection.reset()
        else:
            connection.close()

    # Visitors that do not

    async def slow(self, number, stay):
        """Asks for what fills every buffer, and takes a byte a second of it."""
        async with Connection(self.port, window=2048) as connection:
            body = message("tools/call", {
                "name": "file_read", "arguments": {"path": LARGE}, "_meta": {
                    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientCapabilities": {},
                },
            }, 1)
            connection.writer.write(connection.encoded("POST", "/mcp", [
                JSON, BOTH, ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"),
                ("Mcp-Name", "file_read"),
            ], body) * 3)
            waiting = asyncio.create_task(stay())
            try:
                while not waiting.done():
                    # A server that loses patience is right, too.
                    if not await connection.reader.read(1):
                        self.count("slow readers dropped")
                        break
                    await asyncio.sleep(1)
            except ConnectionError:
                self.count("slow readers dropped")
            await waiting

    async def half_open(self, number, stay):
        """Begins a request that it never finishes."""
        async with Connection(self.port) as connection:
            texts = (b"", b"P", b"POST /mcp HTTP/1.1\r\nHost: 127.0", connection.encoded(
                "POST", "/mcp", [JSON, BOTH, ("Content-Length", "1000")]
            ) + b"{")
            connection.writer.write(texts[number % len(texts)])
            waiting = asyncio.create_task(stay())
            reading = asyncio.create_task(connection.reader.read(1))
            await asyncio.wait((waiting, reading), return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                self.count("half-open dropped")
                # It may have been reset.
                reading.exception()
            reading.cancel()
            await waiting

    async def burst(self, number, stay):
        """One of many connections at once, more than the server takes."""
        try:
            async with Connection(self.port) as connection:
                connection.writer.write(b"GET /health HTTP/1.1\r\n")
                self.bursting += 1
                await asyncio.wait_for(connection.reader.read(1), 4)
                self.count("burst dropped")
        except (TimeoutError, asyncio.TimeoutError):
            # Nobody minds a connection that is slow to begin.
            pass
        except ConnectionError:
            self.count("burst dropped")

    async def cut(self, number, stay):
        """Loses its connection in the middle of an answer, and goes on where it was."""
        async with self.starting, Connection(self.port) as again:
            first = Connection(self.port)
            await first.open()
            session = await Session(first).open()
            command = call("system_run_command", command="echo a; sleep 0.5; echo b")
            response = await session.post("tools/call", command)
            wanted, last = session.number, None
            for _ in range(1 + number % 2):
                event = await response.event()
                last = (event or {}).get("id", last)
            requires(last, "a stream without an id")
            first.reset()
            response = await session.listen(again, last)
            requires(response.status == 200, "resuming", response.status)
            answer = await response.answer(wanted)
            requires(answer["result"]["structuredContent"]["stdout"] == "a\nb\n", answer)
            session.connection = again
            requires(await session.delete() == 204, "DELETE")

    async def flood(self, number, stay):
        """Requests, notifications and an array of requests, without waiting for answers."""
        async with Connection(self.port) as connection:
            session = await Session(connection, "2025-03-26").open()
            one = connection.encoded("POST", "/mcp", session.fields, message("ping", number=7))
            other = connection.encoded("POST", "/mcp", session.fields, message(
                "notifications/cancelled", {"requestId": 99}
            ))
            connection.writer.write(one * 200 + other * 200)
            for index in range(400):
                response = await connection.read_head()
                await response.body()
                requires(response.status == (200 if index < 200 else 202), "flood", response.status)
            batch = [parsed(message("ping", number=index)) for index in range(40)]
            response = await connection.request("POST", "/mcp", session.fields, json.dumps(batch).encode())
            answers = parsed(await response.body())
            requires(len(answers) == 40, "batch", response.status)
            response = await connection.request(
                "POST", "/mcp", session.fields, json.dumps(batch * 100).encode()
            )
            refused = parsed(await response.body())
            requires(response.status == 400 and "error" in refused, "large batch", response.status)
            await session.delete()

    async def stranger(self, number, stay):
        """Names sessions that are none, and sends heads that are too large or mean two things."""
        wrong = [("Mcp-Session-Id", f"{self.random.getrandbits(128):032x}"), JSON, BOTH]
        body, length = message("ping", number=1), ("Content-Length", "3")
        cases = (
            (404, "POST", "/mcp", wrong, body), (404, "GET", "/mcp", wrong, None),
            (404, "DELETE", "/mcp", wrong, None), (404, "POST", f"/messages?session_id={number}", [JSON], body),
            (400, "POST", "/mcp", [JSON, BOTH], body), (431, "GET", "/mcp", [("X", "x" * 40_000)], None),
            (431, "GET", "/mcp", [("X", "x")] * 101, None), (414, "GET", "/" + "x" * 9_000, [], None),
            (413, "POST", "/mcp", [JSON, BOTH, ("Content-Length", str(33 << 20))], None),
            (400, "POST", "/mcp", [JSON, length, ("Transfer-Encoding", "chunked")], None),
            (400, "POST", "/mcp", [JSON, length, length], None), (400, "GET", "/mcp", [("X y", "x")], None),
        )
        status, *request = cases[number % len(cases)]
        async with Connection(self.port) as connection:
            response = await connection.request(*request)
            requires(response.status == status, request[:2], response.status, "instead of", status)
