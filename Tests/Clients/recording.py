# SPDX-License-Identifier: Apache-2.0
"""A conversation as it went over the wire: one JSON object a line.

Kinds on every transport: `client` and `server` are messages, `fault` is framing that should not be. On stdio `exit` is
the exit status of the server. Over HTTP each entry has the number of its `exchange`; `request` and `status` are the
heads, `event` is one event of a stream, `end` says who ended the exchange.
"""

import json
import threading
from pathlib import Path
from typing import Any


class Recorder:
    def __init__(self, path: Path):
        self._file = open(path, "w", encoding="ascii")
        self._lock = threading.Lock()

    def add(self, kind: str, content: Any, exchange: int | None = None) -> None:
        entry = {"kind": kind, "content": content}
        if isinstance(content, bytes):
            entry["content"] = content.decode("utf-8", errors="surrogateescape")
        if exchange is not None:
            entry["exchange"] = exchange
        with self._lock:
            json.dump(entry, self._file)
            self._file.write("\n")
            self._file.flush()


def read(path: Path) -> list[dict[str, Any]]:
    with open(path, encoding="ascii") as file:
        return [json.loads(line) for line in file]
