# SPDX-License-Identifier: Apache-2.0
"""One face for the client versions: the same five things, whatever the package calls them."""

import importlib.metadata
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import anyio

REQUEST_SECONDS = 60


@dataclass
class Answer:
    """The result of a tool call, as this client version hands it over."""

    is_error: bool
    text: str
    fields: dict[str, Any]


def _answer(result: Any) -> Answer:
    dumped = result.model_dump(mode="json", by_alias=True)
    texts = [block["text"] for block in dumped.get("content") or [] if block.get("type") == "text"]
    fields = dumped.get("structuredContent")
    if fields is None and texts:
        try:
            fields = json.loads(texts[0])
        except ValueError:
            fields = None
    return Answer(bool(dumped.get("isError")), "\n".join(texts), fields if isinstance(fields, dict) else {})


class FirstGeneration:
    """Versions 1.x."""

    takes_large_messages = True

    def __init__(self, session: Any, revision: str):
        self._session = session
        self.revision = revision

    async def tool_names(self) -> list[str]:
        return [tool.name for tool in (await self._session.list_tools()).tools]

    async def call(self, name: str, arguments: dict[str, Any]) -> Answer:
        return _answer(await self._session.call_tool(name, arguments))

    async def ping(self) -> None:
        await self._session.send_ping()

    @asynccontextmanager
    async def cancelled_call(self, name: str, arguments: dict[str, Any]):
        """Starts a call; at the end of the block the server is told to cancel it."""
        from mcp import types

        # The package offers no cancellation, so the notification names the identifier that the call is about to get.
        identifier = self._session._request_id
        async with anyio.create_task_group() as group:
            group.start_soon(self._session.call_tool, name, arguments)
            yield
            await self._session.send_notification(
                types.ClientNotification(
                    types.CancelledNotification(
                        method="notifications/cancelled",
                        params=types.CancelledNotificationParams(requestId=identifier, reason="not needed"),
                    )
                )
            )
            group.cancel_scope.cancel()


class SecondGeneration:
    """Versions 2.x."""

    def __init__(self, client: Any, transport: str):
        self._client = client
        self.revision = client.protocol_version
        # Over /sse this generation ends the connection at an event of more than 1 MiB, and has no setting for it.
        self.takes_large_messages = transport != "sse"

    async def tool_names(self) -> list[str]:
        return [tool.name for tool in (await self._client.list_tools(cache_mode="refresh")).tools]

    async def call(self, name: str, arguments: dict[str, Any]) -> Answer:
        return _answer(await self._client.call_tool(name, arguments))

    async def ping(self) -> None:
        # The newest revision has no ping: any request that must reach the server does.
        if self.revision == "2026-07-28":
            await self.tool_names()
        else:
            await self._client.session.send_ping()

    @asynccontextmanager
    async def cancelled_call(self, name: str, arguments: dict[str, Any]):
        """Starts a call; leaving the block abandons it, on which the package tells the server."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._client.call_tool, name, arguments)
            yield
            group.cancel_scope.cancel()


@asynccontextmanager
async def connect(transport: str, mode: str | None, target: dict[str, Any], errors: Any):
    """Opens a session. `target` has `command`, `arguments`, `settings` and `folder`, or `url`."""
    if importlib.metadata.version("mcp").startswith("1."):
        from mcp import ClientSession

        async with _streams(transport, target, errors) as (reader, writer):
            async with ClientSession(
                reader, writer, read_timeout_seconds=timedelta(seconds=REQUEST_SECONDS)
            ) as session:
                opened = await session.initialize()
                yield FirstGeneration(session, str(opened.protocolVersion))
    else:
        from mcp.client.client import Client

        streams = _streams(transport, target, errors)
        async with Client(streams, mode=mode or "auto", read_timeout_seconds=REQUEST_SECONDS) as client:
            yield SecondGeneration(client, transport)


def _streams(transport: str, target: dict[str, Any], errors: Any):
    if transport == "sse":
        from mcp.client.sse import sse_client

        return sse_client(target["url"], timeout=REQUEST_SECONDS, sse_read_timeout=REQUEST_SECONDS)
    from mcp.client.stdio import StdioServerParameters, stdio_client

    parameters = StdioServerParameters(
        command=target["command"], args=target["arguments"], env=target["settings"], cwd=target["folder"]
    )
    return stdio_client(parameters, errlog=errors)
