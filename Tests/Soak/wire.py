# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 and MCP on plain sockets, as far as the soak needs it."""
import asyncio
import json
import socket
import struct

from recording import Recording

MODERN = "2026-07-28"
BOTH = ("Accept", "application/json, text/event-stream")
JSON = ("Content-Type", "application/json")


class Broken(Exception):
    """The server said something else than it should."""


class Response:
    def __init__(self, connection, status, fields):
        self.connection, self.status, self.fields = connection, status, fields
        self.rest = b""

    @property
    def is_stream(self):
        return self.fields.get("content-type", "").startswith("text/event-stream")

    async def chunk(self):
        reader = self.connection.reader
        size = int((await reader.readline()).strip() or b"0", 16)
        data = await reader.readexactly(size + 2)
        return data[:-2]

    async def body(self):
        if "content-length" in self.fields:
            return await self.connection.reader.readexactly(int(self.fields["content-length"]))
        data = b""
        if self.fields.get("transfer-encoding") == "chunked":
            while part := await self.chunk():
                data += part
        return data

    async def event(self):
        """The next event as a dictionary of its fields; None at the end of the stream."""
        while b"\n\n" not in self.rest:
            part = await self.chunk()
            if not part:
                return None
            self.rest += part
        text, self.rest = self.rest.split(b"\n\n", 1)
        fields = {}
        for line in text.decode().split("\n"):
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        # A comment has no name and keeps the connection open.
        return fields if any(fields.get(name) is not None for name in ("data", "id", "event")) else await self.event()

    async def answer(self, number, seen=None, ends=True):
        """The message with an id, in whichever form it comes; other messages go to a list.

        A stream that ends with its answer is read to that end, so that the connection can be used again.
        """
        if not self.is_stream:
            return json.loads(await self.body())
        while event := await self.event():
            if not event.get("data"):
                continue
            message = json.loads(event["data"])
            if "method" not in message and message.get("id") == number:
                while ends and await self.event():
                    pass
                return message
            if seen is not None:
                seen.append(message)
        raise Broken(f"a stream ended without the answer to {number}")


class Connection:
    def __init__(self, port, window=None):
        self.port, self.window = port, window
        self.reader = self.writer = None

    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, *_):
        self.close()

    async def open(self):
        plain = socket.socket()
        plain.setblocking(False)
        if self.window:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.window)
        try:
            await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", self.port))
            # What is not read stays with the kernel, not here.
            self.reader, self.writer = await asyncio.open_connection(sock=plain, limit=self.window or 1 << 16)
            self.record()
        except BaseException:
            plain.close()
            raise

    def record(self):
        recording, feed, write = Recording("http"), self.reader.feed_data, self.writer.write

        def fed(data):
            recording.server(data)
            feed(data)

        def written(data):
            recording.client(data)
            write(data)

        self.reader.feed_data, self.writer.write = fed, written

    def close(self):
        if self.writer:
            self.writer.close()

    def reset(self):
        """Ends the connection as a machine does that has forgotten it."""
        self.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.writer.transport.abort()

    def encoded(self, method, path, fields=(), body=None):
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name}: {value}" for name, value in fields]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")

    async def read_head(self):
        line = await self.reader.readline()
        if not line:
            raise ConnectionResetError("closed before an answer")
        status, fields = int(line.split()[1]), {}
        while (line := await self.reader.readline()).strip():
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        return Response(self, status, fields)

    async def request(self, method, path, fields=(), body=None):
        self.writer.write(self.encoded(method, path, fields, body))
        await self.writer.drain()
        return await self.read_head()

    async def get(self, path):
        response = await self.request("GET", path)
        return response.status, await response.body()


def message(method, params=None, number=None):
    value = {"jsonrpc": "2.0", "method": method}
    if number is not None:
        value["id"] = number
    if params is not None:
        value["params"] = params
    return json.dumps(value).encode()


def introduction(revision):
    return {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "soak", "version": "1"}}


class Session:
    """A session of `/mcp` before 2026-07-28."""

    def __init__(self, connection, revision="2025-11-25"):
        self.connection, self.revision = connection, revision
        self.number, self.id = 0, None

    @property
    def fields(self):
        fields = [JSON, BOTH]
        if self.id:
            fields += [("Mcp-Session-Id", self.id), ("MCP-Protocol-Version", self.revision)]
        return fields

    async def open(self):
        response = await self.post("initialize", introduction(self.revision))
        self.id = response.fields.get("mcp-session-id")
        answer = await response.answer(self.number)
        if response.status != 200 or not self.id or answer["result"]["protocolVersion"] != self.revision:
            raise Broken(f"initialize: {response.status} {answer}")
        response = await self.connection.request(
            "POST", "/mcp", self.fields, message("notifications/initialized")
        )
        await response.body()
        return self

    async def post(self, method, params=None):
        self.number += 1
        return await self.connection.request(
            "POST", "/mcp", self.fields, message(method, params, self.number)
        )

    async def ask(self, method, params=None, seen=None):
        response = await self.post(method, params)
        if response.status != 200:
            raise Broken(f"{method}: {response.status} {await response.body()}")
        return await response.answer(self.number, seen)

    async def listen(self, connection, last=None):
        fields = [*self.fields, *([("Last-Event-ID", last)] if last else [])]
        return await connection.request("GET", "/mcp", fields)

    async def delete(self):
        response = await self.connection.request("DELETE", "/mcp", self.fields)
        await response.body()
        return response.status


class Modern:
    """Requests of 2026-07-28, each complete in itself."""

    def __init__(self, connection):
        self.connection, self.number = connection, 0

    async def post(self, method, target=None, /, **params):
        self.number += 1
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": {"name": "soak", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
            "progressToken": f"p{self.number}",
        }
        fields = [JSON, BOTH, ("MCP-Protocol-Version", MODERN), ("Mcp-Method", method)]
        if target:
            fields.append(("Mcp-Name", target))
        body = message(method, {**params, "_meta": meta}, self.number)
        response = await self.connection.request("POST", "/mcp", fields, body)
        if response.status != 200:
            raise Broken(f"{method}: {response.status} {await response.body()}")
        return response

    async def ask(self, method, target=None, /, **params):
        return await (await self.post(method, target, **params)).answer(self.number)


class Channel:
    """A session of `/sse` and `/messages`."""

    def __init__(self, connection, posts):
        self.connection, self.posts = connection, posts
        self.number, self.stream, self.place = 0, None, None

    async def open(self):
        self.stream = await self.connection.request("GET", "/sse", [("Accept", "text/event-stream")])
        event = await self.stream.event()
        if self.stream.status != 200 or event.get("event") != "endpoint":
            raise Broken(f"/sse: {self.stream.status} {event}")
        self.place = event["data"]
        await self.ask("initialize", introduction("2024-11-05"))
        await self.send(message("notifications/initialized"))
        return self

    async def send(self, body):
        async with self.posts() as connection:
            response = await connection.request("POST", self.place, [JSON], body)
            await response.body()
        if response.status != 202:
            raise Broken(f"/messages: {response.status}")

    async def ask(self, method, params=None):
        self.number += 1
        await self.send(message(method, params, self.number))
        return await self.stream.answer(self.number, ends=False)
