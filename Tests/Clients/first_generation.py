# SPDX-License-Identifier: Apache-2.0
"""Versions 1.x of the package."""

import importlib.metadata
import itertools
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import anyio
from mcp import ClientSession, types
from mcp.shared.exceptions import McpError
from pydantic import AnyUrl
from sessions import REQUEST_SECONDS, Answer, Heard, NotOffered, OnProgress, Options, RequestFailed, answer_of, asked_of, plain

VERSION = tuple(int(part) for part in importlib.metadata.version("mcp").split(".")[:2])


@asynccontextmanager
async def open_session(transport: str, mode: str | None, target: dict[str, Any], errors: Any, options: Options):
    heard = Heard()
    callbacks: dict[str, Any] = {}

    async def note(message: Any) -> None:
        inner = getattr(message, "root", None)
        if isinstance(inner, types.BaseModel) and hasattr(inner, "method"):
            heard.add(inner.method, getattr(inner, "params", None))

    callbacks["message_handler"] = note
    if options.answer is not None and VERSION >= (1, 10):

        async def ask(context: Any, params: Any) -> Any:
            action, content = asked_of(options, plain(params))
            return types.ElicitResult(action=action, content=content)

        callbacks["elicitation_callback"] = ask
    if options.sample is not None:

        async def sample(context: Any, params: Any) -> Any:
            text = options.sample(plain(params)["messages"][-1]["content"]["text"])
            content = types.TextContent(type="text", text=text)
            return types.CreateMessageResult(role="assistant", content=content, model="test", stopReason="endTurn")

        callbacks["sampling_callback"] = sample
    if options.roots is not None:

        async def roots(context: Any) -> Any:
            return types.ListRootsResult(roots=[types.Root(uri=uri) for uri in options.roots])

        callbacks["list_roots_callback"] = roots
    timeout = timedelta(seconds=REQUEST_SECONDS)
    async with _streams(transport, target, errors, options) as streams:
        async with ClientSession(streams[0], streams[1], read_timeout_seconds=timeout, **callbacks) as session:
            opened = await session.initialize()
            yield FirstGeneration(session, opened, heard)


def _streams(transport: str, target: dict[str, Any], errors: Any, options: Options):
    if transport == "sse":
        from mcp.client.sse import sse_client

        return sse_client(
            target["url"], headers=options.headers, timeout=REQUEST_SECONDS, sse_read_timeout=REQUEST_SECONDS
        )
    if transport == "mcp":
        from mcp.client.streamable_http import streamablehttp_client

        return streamablehttp_client(target["url"], headers=options.headers, timeout=timedelta(seconds=REQUEST_SECONDS))
    from mcp.client.stdio import StdioServerParameters, stdio_client

    parameters = StdioServerParameters(
        command=target["command"], args=target["arguments"], env=target["settings"], cwd=target["folder"]
    )
    return stdio_client(parameters, errlog=errors)


class FirstGeneration:
    takes_large_messages = True
    discovers = False
    can_be_asked = VERSION >= (1, 10)
    # Comes back by itself to a stream that broke.
    reconnects = VERSION >= (1, 20)

    def __init__(self, session: Any, opened: Any, heard: Heard):
        self._session = session
        self._tokens = itertools.count(1_000)
        self.revision = str(opened.protocolVersion)
        self.capabilities = plain(opened.capabilities)
        self.instructions = opened.instructions
        self.heard = heard

    async def _failing(self, work: Any) -> Any:
        try:
            return await work
        except McpError as error:
            raise RequestFailed(error.error.code, error.error.message, error.error.data) from error

    async def tool_names(self) -> list[str]:
        return [tool.name for tool in (await self._session.list_tools()).tools]

    async def call(
        self, name: str, arguments: dict[str, Any], on_progress: OnProgress | None = None, log_level: str | None = None
    ) -> Answer:
        if log_level is not None:
            raise NotOffered("this era has a level for the session")
        if on_progress is None:
            return answer_of(await self._failing(self._session.call_tool(name, arguments)))
        if VERSION < (1, 9):
            return await self._call_with_token(name, arguments, on_progress)

        async def progress(value: float, total: float | None, message: str | None) -> None:
            await on_progress(value, message)

        return answer_of(await self._failing(self._session.call_tool(name, arguments, progress_callback=progress)))

    async def _call_with_token(self, name: str, arguments: dict[str, Any], on_progress: OnProgress) -> Answer:
        """Calls a tool with a token of our own: this version knows progress and has no callback for it."""
        token = next(self._tokens)
        meta = types.RequestParams.Meta(progressToken=token)
        params = types.CallToolRequestParams(name=name, arguments=arguments, _meta=meta)
        request = types.ClientRequest(types.CallToolRequest(method="tools/call", params=params))
        async with anyio.create_task_group() as group:

            async def follow() -> None:
                seen = 0
                while True:
                    mine = [each for each in self.heard.of("notifications/progress") if each["progressToken"] == token]
                    for each in mine[seen:]:
                        await on_progress(each["progress"], each.get("message"))
                    seen = len(mine)
                    await anyio.sleep(0.02)

            group.start_soon(follow)
            result = await self._failing(self._session.send_request(request, types.CallToolResult))
            # What came before the answer is told before it.
            await anyio.sleep(0.05)
            group.cancel_scope.cancel()
        return answer_of(result)

    async def ping(self) -> None:
        await self._session.send_ping()

    @asynccontextmanager
    async def cancelled_call(self, name: str, arguments: dict[str, Any]):
        """Starts a call; at the end of the block the server is told to cancel it."""
        # The package offers no cancellation, so the notification names the identifier that the call is about to get.
        identifier = self._session._request_id
        async with anyio.create_task_group() as group:
            group.start_soon(self._session.call_tool, name, arguments)
            while self._session._request_id == identifier:
                await anyio.sleep(0)
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

    # Resources

    async def resources(self, cursor: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
        if cursor is not None and VERSION < (1, 9):
            raise NotOffered("this version can't ask for a further page")
        arguments = {} if cursor is None else {"cursor": cursor}
        result = await self._failing(self._session.list_resources(**arguments))
        return [plain(item) for item in result.resources], result.nextCursor

    async def templates(self) -> list[dict[str, Any]]:
        result = await self._failing(self._session.list_resource_templates())
        return [plain(item) for item in result.resourceTemplates]

    async def read(self, uri: str) -> list[dict[str, Any]]:
        return [plain(item) for item in (await self._failing(self._session.read_resource(AnyUrl(uri)))).contents]

    async def subscribe(self, uri: str) -> None:
        await self._failing(self._session.subscribe_resource(AnyUrl(uri)))

    async def unsubscribe(self, uri: str) -> None:
        await self._failing(self._session.unsubscribe_resource(AnyUrl(uri)))

    # Prompts and completion

    async def prompts(self) -> list[dict[str, Any]]:
        return [plain(item) for item in (await self._failing(self._session.list_prompts())).prompts]

    async def prompt(self, name: str, arguments: dict[str, str]) -> dict[str, Any]:
        return plain(await self._failing(self._session.get_prompt(name, arguments)))

    async def complete(self, kind: str, target: str, argument: str, value: str) -> list[str]:
        if kind == "prompt":
            reference: Any = types.PromptReference(type="ref/prompt", name=target)
        else:
            reference = types.ResourceReference(type="ref/resource", uri=target)
        result = await self._failing(self._session.complete(reference, {"name": argument, "value": value}))
        return list(result.completion.values)

    async def set_level(self, level: str) -> None:
        await self._failing(self._session.set_logging_level(level))

    # Tasks (2025-11-25)

    async def start_task(self, name: str, arguments: dict[str, Any], ttl: int) -> dict[str, Any]:
        return plain((await self._failing(self._tasks().call_tool_as_task(name, arguments, ttl=ttl))).task)

    async def task(self, identifier: str) -> dict[str, Any]:
        return plain(await self._failing(self._tasks().get_task(identifier)))

    async def task_result(self, identifier: str) -> Answer:
        return answer_of(await self._failing(self._tasks().get_task_result(identifier, types.CallToolResult)))

    async def task_list(self) -> list[dict[str, Any]]:
        return [plain(task) for task in (await self._failing(self._tasks().list_tasks())).tasks]

    async def cancel_task(self, identifier: str) -> dict[str, Any]:
        return plain(await self._failing(self._tasks().cancel_task(identifier)))

    def _tasks(self) -> Any:
        if self.revision != "2025-11-25" or not hasattr(self._session, "experimental"):
            raise NotOffered("this version knows no tasks")
        return self._session.experimental
