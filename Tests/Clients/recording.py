# SPDX-License-Identifier: Apache-2.0
"""A conversation as it went over the wire: one JSON object a line.

Kinds: `client` and `server` are messages; `endpoint` is the address that `/sse` named; `status` is the answer to a
POST; `fault` is framing that should not be; `exit` is the exit status of a server on stdio.
"""

import json
import threading
from pathlib import Path


class Recorder:
    def __init__(self, path: Path):
        self._file = open(path, "w", encoding="ascii")
        self._lock = threading.Lock()

    def add(self, kind: str, content: bytes | str | int) -> None:
        if isinstance(content, bytes):
            content = content.decode("utf-8", errors="surrogateescape")
        with self._lock:
            json.dump({"kind": kind, "content": content}, self._file)
            self._file.write("\n")
            self._file.flush()


def read(path: Path) -> list[tuple[str, str | int]]:
    entries = []
    with open(path, encoding="ascii") as file:
        for line in file:
            entry = json.loads(line)
            entries.append((entry["kind"], entry["content"]))
    return entries
