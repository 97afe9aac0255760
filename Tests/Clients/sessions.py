# SPDX-License-Identifier: Apache-2.0
"""One face for the client versions: the same things, whatever the package calls them."""

import importlib.metadata
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio

REQUEST_SECONDS = 60
OnProgress = Callable[[float, str | None], Awaitable[None]]


@dataclass
class Answer:
    """The result of a tool call, as this client version hands it over."""

    is_error: bool
    text: str
    fields: dict[str, Any]
    meta: dict[str, Any]


class RequestFailed(Exception):
    """The server answered with an error."""

    def __init__(self, code: int, message: str, data: Any):
        super().__init__(f"error {code}: {message}")
        self.code = code
        self.data = data


class NotOffered(Exception):
    """This client version has no way to do it."""


class Heard:
    """The notifications that reached a client, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[str, dict[str, Any]]] = []

    def add(self, method: str, params: Any) -> None:
        fields = params if isinstance(params, dict) else {}
        if hasattr(params, "model_dump"):
            fields = params.model_dump(mode="json", by_alias=True, exclude_none=True)
        self.all.append((method, fields))

    def of(self, method: str, since: int = 0) -> list[dict[str, Any]]:
        return [params for name, params in self.all[since:] if name == method]

    async def wait(self, method: str, matches=lambda params: True, since: int = 0, seconds: float = 10) -> bool:
        """Waits for a notification; false where none came in time."""
        with anyio.move_on_after(seconds):
            while not any(matches(params) for params in self.of(method, since)):
                await anyio.sleep(0.02)
            return True
        return False


@dataclass
class Options:
    """What a session can be asked and says about itself."""

    # Answers a form: gets the message and the schema, gives the action and the content. None: can't be asked.
    answer: Callable[[str, dict[str, Any]], tuple[str, dict[str, Any] | None]] | None = None
    # Answers a question to open an address: gets the message and the address, gives the action.
    visit: Callable[[str, str], str] | None = None
    # Answers a question to the model: gets the text, gives the text. None: can't be asked.
    sample: Callable[[str], str] | None = None
    # The directories to tell. None: can't be asked.
    roots: list[str] | None = None
    follows_tasks: bool = False
    headers: dict[str, str] = field(default_factory=dict)


def answer_of(result: Any) -> Answer:
    dumped = result.model_dump(mode="json", by_alias=True)
    texts = [block["text"] for block in dumped.get("content") or [] if block.get("type") == "text"]
    fields = dumped.get("structuredContent")
    if fields is None and texts:
        try:
            fields = json.loads(texts[0])
        except ValueError:
            fields = None
    return Answer(
        bool(dumped.get("isError")), "\n".join(texts), fields if isinstance(fields, dict) else {},
        dumped.get("_meta") or {},
    )


def asked_of(options: Options, asked: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """What the user does with a form, or an address."""
    if asked.get("mode") == "url":
        return options.visit(asked["message"], asked["url"]) if options.visit else "cancel", None
    return options.answer(asked["message"], asked["requestedSchema"])


def plain(model: Any) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


@asynccontextmanager
async def connect(
    transport: str, mode: str | None, target: dict[str, Any], errors: Any, options: Options | None = None
):
    """Opens a session.

    `target` has `command`, `arguments`, `settings` and `folder`, or `url`.
    """
    options = options or Options()
    if importlib.metadata.version("mcp").startswith("1."):
        from first_generation import open_session
    else:
        from second_generation import open_session
    async with open_session(transport, mode, target, errors, options) as session:
        yield session
