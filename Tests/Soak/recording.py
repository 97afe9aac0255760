# SPDX-License-Identifier: Apache-2.0
"""Writes down a part of what goes over the wire, as tests in Swift do, so that it can be held against the schemas.

Where WIRE_RECORD_DIR names a folder, a process adds one file to it. A soak says the same things a thousand times, so new
connections are recorded until BEGIN_LIMIT bytes are written.
"""
import json
import os
import threading

BEGIN_LIMIT = 8 << 20
LIMIT = 128 << 20
HEAD, TAIL = 256 << 10, 4 << 10


class Recorder:
    """The file of this process."""

    def __init__(self, folder):
        self.file = open(os.path.join(folder, f"soak-{os.getpid()}.wire"), "xb", buffering=0)
        self.lock = threading.Lock()
        self.written = self.count = 0

    def add(self, header, data=b""):
        with self.lock:
            if self.written > LIMIT:
                return
            entry = json.dumps(header).encode() + b"\n" + (data + b"\n" if data else b"")
            self.written += len(entry)
            self.file.write(entry if self.written <= LIMIT else b'{"isFull":true}\n')

    def begin(self, framing):
        with self.lock:
            self.count += 1
            number = self.count
        self.add({"wire": number, "framing": framing})
        return number


RECORDER = Recorder(os.environ["WIRE_RECORD_DIR"]) if "WIRE_RECORD_DIR" in os.environ else None


class Recording:
    """One connection or channel; silent where nothing is recorded, or enough was."""

    def __init__(self, framing):
        self.number = None
        if has_room():
            self.number = RECORDER.begin(framing)

    def client(self, data):
        """Notes what is about to be sent; of much at once the middle is left out."""
        if self.number is None or not data:
            return
        header = {"wire": self.number, "from": "client", "count": len(data)}
        skipped = len(data) - HEAD - TAIL
        if skipped > 0:
            header.update(count=HEAD + TAIL, head=HEAD, skipped=skipped)
            data = data[:HEAD] + data[-TAIL:]
        RECORDER.add(header, bytes(data))

    def server(self, data):
        """Notes what has come."""
        if self.number is not None and data:
            RECORDER.add({"wire": self.number, "from": "server", "count": len(data)}, bytes(data))


def has_room():
    """Whether something new is recorded."""
    return RECORDER is not None and RECORDER.written < BEGIN_LIMIT
