# SPDX-License-Identifier: Apache-2.0
"""Stands between a client and a server on stdio and records every line: stdio_tee.py RECORDING PROGRAM [ARGUMENT ...]

A line is recorded before it is passed on, so a request always stands before its answer.
"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from recording import Recorder


def pump(source: int, target: int, kind: str, recorder: Recorder) -> None:
    pieces: list[bytes] = []
    try:
        while chunk := os.read(source, 1 << 16):
            end = chunk.rfind(b"\n")
            if end < 0:
                pieces.append(chunk)
                continue
            whole = b"".join(pieces) + chunk[: end + 1]
            pieces = [chunk[end + 1 :]] if end + 1 < len(chunk) else []
            for line in whole[:-1].split(b"\n"):
                recorder.add(kind, line)
            _write(target, whole)
        if pieces:
            recorder.add("fault", f"{kind}: the last line has no line end")
            _write(target, b"".join(pieces))
    except OSError:
        pass
    finally:
        os.close(target)


def _write(target: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]


def main() -> int:
    recorder = Recorder(Path(sys.argv[1]))
    server = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin and server.stdout
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: server.send_signal(received))
    threading.Thread(target=pump, args=(0, os.dup(server.stdin.fileno()), "client", recorder), daemon=True).start()
    server.stdin.close()
    reader = threading.Thread(target=pump, args=(server.stdout.fileno(), os.dup(1), "server", recorder), daemon=True)
    reader.start()
    os.close(1)
    status = server.wait()
    reader.join(5)
    recorder.add("exit", status)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
