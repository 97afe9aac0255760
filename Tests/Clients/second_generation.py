# SPDX-License-Identifier: Apache-2.0
"""Versions 2.x of the package."""

import itertools
import warnings
from contextlib import asynccontextmanager
from typing import Any, Literal

import anyio
import mcp_types as types
from mcp.client.client import Client
from mcp.client.extension import ClaimContext, ClientExtension, NotificationBinding, ResultClaim
from mcp.shared.exceptions import MCPDeprecationWarning, MCPError
from pydantic import BaseModel, ConfigDict, TypeAdapter
from sessions import REQUEST_SECONDS, Answer, Heard, NotOffered, OnProgress, Options, RequestFailed, answer_of, asked_of, plain

MODERN = "2026-07-28"
TASKS = "io.modelcontextprotocol/tasks"
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
# Tells the gate that the request is not as its schema says, on purpose.
DELIBERATE = {"cmcp.test/malformed": True}
AnyObject = TypeAdapter(dict[str, Any])
# What this era deprecates is what is tried here.
warnings.filterwarnings("ignore", category=MCPDeprecationWarning)


@asynccontextmanager
async def open_session(transport: str, mode: str | None, target: dict[str, Any], errors: Any, options: Options):
    heard = Heard()
    callbacks: dict[str, Any] = {}

    async def note(message: Any) -> None:
        if hasattr(message, "method"):
            heard.add(message.method, getattr(message, "params", None))

    if options.answer is not None:

        async def ask(context: Any, params: Any) -> Any:
            action, content = asked_of(options, plain(params))
            return types.ElicitResult(action=action, content=content)

        callbacks["elicitation_callback"] = ask
    if options.sample is not None:

        async def sample(context: Any, params: Any) -> Any:
            text = options.sample(plain(params)["messages"][-1]["content"]["text"])
            content = types.TextContent(type="text", text=text)
            return types.CreateMessageResult(role="assistant", content=content, model="test", stop_reason="endTurn")

        callbacks["sampling_callback"] = sample
    if options.roots is not None:

        async def roots(context: Any) -> Any:
            return types.ListRootsResult(roots=[types.Root(uri=uri) for uri in options.roots])

        callbacks["list_roots_callback"] = roots
    if options.follows_tasks:
        callbacks["extensions"] = [TasksExtension(heard)]
    streams = _streams(transport, target, errors, options)
    async with Client(
        streams, mode=mode or "auto", read_timeout_seconds=REQUEST_SECONDS, message_handler=note, cache=None,
        **callbacks,
    ) as client:
        yield SecondGeneration(client, transport, heard)


@asynccontextmanager
async def _streams(transport: str, target: dict[str, Any], errors: Any, options: Options):
    if transport == "sse":
        from mcp.client.sse import sse_client

        async with sse_client(
            target["url"], headers=options.headers, timeout=REQUEST_SECONDS, sse_read_timeout=REQUEST_SECONDS
        ) as streams:
            yield streams
    elif transport == "mcp":
        import httpx2
        from mcp.client.streamable_http import streamable_http_client

        async with httpx2.AsyncClient(headers=options.headers, timeout=REQUEST_SECONDS) as http:
            async with streamable_http_client(target["url"], http_client=http, max_sse_event_size=None) as streams:
                yield streams
    else:
        from mcp.client.stdio import StdioServerParameters, stdio_client

        parameters = StdioServerParameters(
            command=target["command"], args=target["arguments"], env=target["settings"], cwd=target["folder"]
        )
        async with stdio_client(parameters, errlog=errors) as streams:
            yield streams


class TaskHandle(types.Result):
    result_type: Literal["task"]
    task_id: str
    status: str
    created_at: str
    last_updated_at: str
    ttl_ms: int | None
    poll_interval_ms: int | None = None


class TaskNews(BaseModel):
    model_config = ConfigDict(extra="allow")


class TasksExtension(ClientExtension):
    """What the package asks an author to write for an extension: it brings none for tasks."""

    identifier = TASKS

    def __init__(self, heard: Heard):
        self._heard = heard

    def claims(self) -> Any:
        async def resolve(handle: TaskHandle, context: ClaimContext) -> types.CallToolResult:
            while True:
                found = await context.session.send_request(
                    TaskRequest(method="tasks/get", params={"taskId": handle.task_id}), AnyObject
                )
                if found["status"] == "completed":
                    return types.CallToolResult.model_validate(found["result"])
                if found["status"] in ("failed", "cancelled"):
                    raise RuntimeError(f"the task is {found['status']}")
                await anyio.sleep((found.get("pollIntervalMs") or 500) / 1000)

        return [ResultClaim(result_type="task", model=TaskHandle, resolve=resolve)]

    def notifications(self) -> Any:
        async def take(params: TaskNews) -> None:
            self._heard.add("notifications/tasks", params.model_dump(mode="json", by_alias=True))

        return [NotificationBinding(method="notifications/tasks", params_type=TaskNews, handler=take)]


class TaskRequest(types.Request[dict[str, Any], str]):
    name_param = "taskId"


class SecondGeneration:
    can_be_asked = True

    def __init__(self, client: Any, transport: str, heard: Heard):
        self._client = client
        self._ids = itertools.count(1)
        self.revision = client.protocol_version
        self.capabilities = plain(client.server_capabilities)
        self.instructions = client.instructions
        self.heard = heard
        self.discovers = True
        self.reconnects = self.revision != MODERN
        # Over /sse this generation ends the connection at an event of more than 1 MiB, and has no setting for it.
        self.takes_large_messages = transport != "sse"

    async def _failing(self, work: Any) -> Any:
        try:
            return await work
        except MCPError as error:
            raise RequestFailed(error.error.code, error.error.message, error.error.data) from error

    async def tool_names(self) -> list[str]:
        return [tool.name for tool in (await self._client.list_tools()).tools]

    async def call(
        self, name: str, arguments: dict[str, Any], on_progress: OnProgress | None = None, log_level: str | None = None
    ) -> Answer:
        more: dict[str, Any] = {}
        if on_progress is not None:

            async def progress(value: float, total: float | None, message: str | None) -> None:
                await on_progress(value, message)

            more["progress_callback"] = progress
        if log_level is not None:
            if self.revision != MODERN:
                raise NotOffered("this era has a level for the session")
            more["meta"] = {types.LOG_LEVEL_META_KEY: log_level, **(DELIBERATE if log_level not in LEVELS else {})}
        return answer_of(await self._failing(self._client.call_tool(name, arguments, **more)))

    async def ping(self) -> None:
        # The newest revision has no ping: any request that must reach the server does.
        if self.revision == MODERN:
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

    # Resources

    async def resources(self, cursor: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
        result = await self._failing(self._client.list_resources(cursor=cursor))
        return [plain(item) for item in result.resources], result.next_cursor

    async def templates(self) -> list[dict[str, Any]]:
        result = await self._failing(self._client.list_resource_templates())
        return [plain(item) for item in result.resource_templates]

    async def read(self, uri: str) -> list[dict[str, Any]]:
        return [plain(item) for item in (await self._failing(self._client.read_resource(uri))).contents]

    async def subscribe(self, uri: str) -> None:
        self._need_legacy("resources/subscribe")
        await self._failing(self._client.subscribe_resource(uri))

    async def unsubscribe(self, uri: str) -> None:
        await self._failing(self._client.unsubscribe_resource(uri))

    def listen(self, **filters: Any) -> Any:
        if self.revision != MODERN:
            raise NotOffered("subscriptions/listen is of the newest revision")
        return self._client.listen(**filters)

    # Prompts and completion

    async def prompts(self) -> list[dict[str, Any]]:
        return [plain(item) for item in (await self._failing(self._client.list_prompts())).prompts]

    async def prompt(self, name: str, arguments: dict[str, str]) -> dict[str, Any]:
        return plain(await self._failing(self._client.get_prompt(name, arguments)))

    async def complete(self, kind: str, target: str, argument: str, value: str) -> list[str]:
        if kind == "prompt":
            reference: Any = types.PromptReference(type="ref/prompt", name=target)
        else:
            reference = types.ResourceTemplateReference(type="ref/resource", uri=target)
        result = await self._failing(self._client.complete(reference, {"name": argument, "value": value}))
        return list(result.completion.values)

    async def set_level(self, level: str) -> None:
        self._need_legacy("logging/setLevel")
        await self._failing(self._client.set_logging_level(level))

    def _need_legacy(self, method: str) -> None:
        if self.revision == MODERN:
            raise NotOffered(f"{self.revision} has no {method}")

    async def discover(self, version: str) -> dict[str, Any]:
        return await self._failing(self._client.session.send_discover(version))

    # Rounds of questions, one by one

    async def ask_round(
        self, name: str, arguments: dict[str, Any], state: str | None = None, responses: Any = None
    ) -> Any:
        """One round of a call: an `Answer`, or the questions and the state to come back with."""
        more: dict[str, Any] = {}
        if responses is not None:
            more["input_responses"] = {
                key: types.ElicitResult(action=action, content=content) for key, (action, content) in responses.items()
            }
        call = self._client.session.call_tool(name, arguments, request_state=state, allow_input_required=True, **more)
        result = await self._failing(call)
        if isinstance(result, types.InputRequiredResult):
            return plain(result).get("inputRequests", {}), result.request_state
        return answer_of(result)

    # Tasks (the extension)

    async def start_task(self, name: str, arguments: dict[str, Any], ttl: int) -> dict[str, Any]:
        """Calls a tool that becomes a task after its grace time; `ttl` is no business of the client here."""
        if self.revision != MODERN:
            raise NotOffered("this version makes no tasks of the older kind")
        handle = await self._failing(self._client.session.call_tool(name, arguments, allow_claimed=True))
        return plain(handle)

    async def task(self, identifier: str) -> dict[str, Any]:
        return await self._task_request("tasks/get", identifier)

    async def cancel_task(self, identifier: str) -> dict[str, Any]:
        return await self._task_request("tasks/cancel", identifier)

    async def update_task(self, identifier: str, responses: dict[str, Any]) -> dict[str, Any]:
        return await self._task_request("tasks/update", identifier, inputResponses=responses, _meta=DELIBERATE)

    async def _task_request(self, method: str, identifier: str, **more: Any) -> dict[str, Any]:
        request = TaskRequest(method=method, params={"taskId": identifier, **more})
        return await self._failing(self._client.session.send_request(request, AnyObject))

    @asynccontextmanager
    async def watched_task(self, identifier: str):
        """Hears of a task while the block runs; the package's own `listen` has no argument for tasks."""
        session = self._client.session
        filters = types.SubscriptionFilter.model_validate({"taskIds": [identifier]})
        request = types.SubscriptionsListenRequest(params=types.SubscriptionsListenRequestParams(notifications=filters))
        data = request.model_dump(by_alias=True, mode="json", exclude_none=True)
        options: dict[str, Any] = {"request_id": f"tasks-{next(self._ids)}"}
        session._stamp(data, options)
        async with anyio.create_task_group() as group:
            group.start_soon(session._dispatcher.send_raw_request, data["method"], data["params"], options)
            yield
            group.cancel_scope.cancel()
