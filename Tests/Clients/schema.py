# SPDX-License-Identifier: Apache-2.0
"""The published schemas, and which definition a message must be valid for."""

import json
from pathlib import Path
from typing import Any

import jsonschema

MODERN = "2026-07-28"
REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", MODERN)
OLDEST = REVISIONS[:3]
# Schema of the tasks extension; its definitions go with those of the newest revision.
TASKS_EXTENSION = "ext-tasks"


def since(first: str) -> tuple[str, ...]:
    return tuple(revision for revision in REVISIONS if revision >= first)


class Schema:
    """The definitions of one revision or extension."""

    def __init__(self, path: Path):
        document = json.loads(path.read_text(encoding="utf-8"))
        self._place = "$defs" if "$defs" in document else "definitions"
        self._document = document
        self.definitions: dict[str, Any] = document[self._place]
        self._checker = jsonschema.validators.validator_for(document)
        self._validators: dict[str, Any] = {}
        self._unions: dict[str, dict[str, str]] = {}

    def in_union(self, union: str, method: str) -> str | None:
        """The member of a union, such as `ServerRequest`, with this method."""
        if union not in self._unions:
            definition = self.definitions.get(union, {})
            # A union of one stands there by itself.
            members = {found: union} if (found := method_of(definition)) else {}
            for member in definition.get("anyOf", []):
                name = member["$ref"].rsplit("/", 1)[1]
                if found := method_of(self.definitions[name]):
                    members[found] = name
            self._unions[union] = members
        return self._unions[union].get(method)

    def by_method(self, method: str, ending: str) -> str | None:
        """The definition of this method whose name ends in `Request` or `Notification`."""
        key = f"* {ending}"
        if key not in self._unions:
            self._unions[key] = {
                found: name for name, definition in self.definitions.items()
                if name.endswith(ending) and (found := method_of(definition))
            }
        return self._unions[key].get(method)

    def first_of(self, *names: str) -> str:
        return next(name for name in names if name in self.definitions)

    def fault(self, name: str, value: Any) -> str | None:
        if name not in self._validators:
            document = {
                "$schema": self._document["$schema"],
                self._place: self.definitions,
                "$ref": f"#/{self._place}/{name}",
            }
            self._validators[name] = self._checker(document)
        error = jsonschema.exceptions.best_match(self._validators[name].iter_errors(value))
        if error is None:
            return None
        where = "/".join(str(part) for part in error.absolute_path)
        return f"{name}: {where or 'the whole'}: {error.message[:300]}"


def method_of(definition: dict[str, Any]) -> str | None:
    for part in (definition, *definition.get("allOf", ())):
        method = part.get("properties", {}).get("method", {}).get("const")
        if method:
            return method
    return None


class Schemas:
    """The schemas of every revision and of the tasks extension."""

    def __init__(self, folder: Path):
        self.revisions = {path.parent.name: Schema(path) for path in sorted(folder.glob("20*/schema.json"))}
        self.tasks = Schema(folder / TASKS_EXTENSION / "schema.json")

    def __getitem__(self, revision: str) -> Schema:
        return self.revisions[revision]

    def __contains__(self, revision: object) -> bool:
        return revision in self.revisions

    def call(self, revision: str, side: str, message: dict[str, Any]) -> tuple[Schema, str] | None:
        """The definition of a request or notification of one side (`Server` or `Client`)."""
        kind = "Request" if "id" in message else "Notification"
        method = message["method"]
        if not isinstance(method, str):
            return None
        schema = self[revision]
        if name := schema.in_union(f"{side}{kind}", method):
            return schema, name
        if revision == MODERN and method.startswith(("tasks/", "notifications/tasks")):
            # The extension has requests of the client and a notification of the server, and no other way about.
            if (side == "Client") == (kind == "Request") and (name := self.tasks.by_method(method, kind)):
                return self.tasks, name
        return None

    def result(self, revision: str, method: str) -> tuple[Schema, str] | None:
        """The definition of a successful answer to a method."""
        schema = self[revision]
        request = schema.by_method(method, "Request")
        if request is None and revision == MODERN:
            request = self.tasks.by_method(method, "Request")
            schema = self.tasks
        if request is None:
            return None
        result = request.removesuffix("Request") + "Result"
        return schema, result if result in schema.definitions else "EmptyResult"


def find_schemas(given: str | Path | None, package: Path) -> Path | None:
    """The folder of the published schemas, if it is there with every revision."""
    folder = Path(given) if given else package.parent / "shared" / "mcp-schema"
    wanted = (*REVISIONS, TASKS_EXTENSION)
    return folder.resolve() if all((folder / name / "schema.json").is_file() for name in wanted) else None
