# SPDX-License-Identifier: Apache-2.0
"""Members that the schemas let through, and that a revision must not carry all the same."""

import json
from typing import Any

import jsonschema

from schema import MODERN, since

CACHED_METHODS = {
    "server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read",
}
# Structured content of more than this many bytes need not stand in a text block as well.
MAX_TEXT_COPY = 262_144
# Since which revision an item of a list or of content may have a member.
MEMBERS = {
    "title": since("2025-06-18"),
    "_meta": since("2025-06-18"),
    "icons": since("2025-11-25"),
    "outputSchema": since("2025-06-18"),
    "execution": ("2025-11-25",),
}
BLOCKS = {"audio": since("2025-03-26"), "resource_link": since("2025-06-18")}
LISTS = {
    "tools/list": "tools", "prompts/list": "prompts", "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
}


def faults(revision: str, method: str, result: dict[str, Any]) -> list[str]:
    """What is wrong with a result that is valid for its definition."""
    found = []
    if revision == MODERN and result.get("resultType") == "complete":
        for key in ("ttlMs", "cacheScope"):
            # A task has a time to live of its own.
            is_of_task = key == "ttlMs" and method.startswith("tasks/")
            if key in result and method not in CACHED_METHODS and not is_of_task:
                found.append(f"{key} on an answer that is not cached")
    elif {"cacheScope"} & set(result):
        found.append("cacheScope on an answer that is not complete")
    if method == "initialize":
        found += _initialize(revision, result)
    elif method == "server/discover":
        found += _capabilities(revision, result.get("capabilities", {}))
    elif method in LISTS:
        found += _list(revision, LISTS[method], result)
    elif method in ("tools/call", "tasks/result"):
        if "structuredContent" in result and revision not in since("2025-06-18"):
            found.append("structuredContent")
        if revision != MODERN and not isinstance(result.get("structuredContent", {}), dict):
            found.append("structuredContent that is no object")
        for block in result.get("content", []):
            found += _block(revision, block)
    elif method == "prompts/get":
        for message in result.get("messages", []):
            found += _block(revision, message.get("content", {}))
    return [f"{revision} {method}: {fault}" for fault in found]


def _initialize(revision: str, result: dict[str, Any]) -> list[str]:
    found = _item(revision, "serverInfo", result.get("serverInfo", {}))
    if revision not in since("2025-11-25"):
        found += [f"serverInfo: {key}" for key in {"websiteUrl", "description"} & set(result.get("serverInfo", {}))]
    return found + _capabilities(revision, result.get("capabilities", {}))


def _capabilities(revision: str, capabilities: dict[str, Any]) -> list[str]:
    late = {"extensions"} if revision != MODERN else set()
    late |= {"tasks"} if revision != "2025-11-25" else set()
    late |= {"completions"} if revision == "2024-11-05" else set()
    return [f"capability {key}" for key in sorted(late & set(capabilities))]


def _item(revision: str, what: str, item: dict[str, Any]) -> list[str]:
    found = [f"{what}: {key}" for key, revisions in MEMBERS.items() if key in item and revision not in revisions]
    if "lastModified" in (item.get("annotations") or {}) and revision not in since("2025-06-18"):
        found.append(f"{what}: lastModified")
    return found


def _list(revision: str, key: str, result: dict[str, Any]) -> list[str]:
    found = []
    for item in result[key]:
        what = f"{key} {item.get('name')}"
        found += _item(revision, what, item)
        if key == "tools" and "annotations" in item and revision not in since("2025-03-26"):
            found.append(f"{what}: annotations")
        for argument in item.get("arguments") or ():
            found += _item(revision, f"{what} {argument.get('name')}", argument)
        for schema in ("inputSchema", "outputSchema"):
            if schema in item:
                try:
                    jsonschema.Draft202012Validator.check_schema(item[schema])
                except jsonschema.SchemaError as error:
                    found.append(f"{what}: {schema} is no schema: {error.message[:200]}")
    return found


def _block(revision: str, block: Any) -> list[str]:
    if not isinstance(block, dict):
        return []
    kind = block.get("type")
    found = [f"content of type {kind}"] if kind in BLOCKS and revision not in BLOCKS[kind] else []
    return found + _item(revision, f"{kind} content", block)


def structure_faults(revision: str, tool: dict[str, Any] | None, result: dict[str, Any]) -> list[str]:
    """How the structured content of a call agrees with its schema and its text."""
    name = (tool or {}).get("name")
    structured = result.get("structuredContent")
    schema = (tool or {}).get("outputSchema")
    found = []
    if schema is not None and not result.get("isError"):
        if structured is None:
            return [f"{name}: an output schema, and no structured content"]
        error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(structured))
        if error:
            found.append(f"{name}: not as its output schema says: {error.message[:300]}")
    if structured is not None:
        size = len(json.dumps(structured, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
        copies = [block["text"] for block in result["content"] if block["type"] == "text"]
        if size < MAX_TEXT_COPY - 4096 and not any(_parsed(text) == structured for text in copies):
            found.append(f"{revision} {name}: no text block holds the structured content")
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
