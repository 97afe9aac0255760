# SPDX-License-Identifier: Apache-2.0
"""What runs on this machine, read from outside the servers."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

# A process is its number and its start time: a number alone may have been given to another meanwhile.
Process = tuple[int, str]


def _stat(pid: int) -> tuple[int, str, str] | None:
    """The parent, state and start time of a process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()
    return int(fields[1]), fields[0], fields[19]


def _numbers() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def is_alive(process: Process) -> bool:
    found = _stat(process[0])
    return found is not None and found[2] == process[1] and found[1] not in ("Z", "X")


def descendants(root: int) -> list[Process]:
    """Every process below `root`, however deep."""
    children: dict[int, list[Process]] = {}
    for pid in _numbers():
        found = _stat(pid)
        if found is not None:
            children.setdefault(found[0], []).append((pid, found[2]))
    result: list[Process] = []
    waiting = [root]
    while waiting:
        for child in children.get(waiting.pop(), []):
            result.append(child)
            waiting.append(child[0])
    return result


def with_argument(text: str) -> list[int]:
    """The processes whose command line holds `text`."""
    result = []
    for pid in _numbers():
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if text.encode() in line:
            result.append(pid)
    return result


def survivors(processes: list[Process], seconds: float) -> list[Process]:
    """Those that are still there after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        alive = [process for process in processes if is_alive(process)]
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.05)


def describe(processes: list[Process]) -> str:
    names = []
    for pid, _ in processes:
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            line = "?"
        names.append(f"{pid} {line.strip()[:100]}")
    return "; ".join(names)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class HTTPServer:
    """A real server process on a loopback port, ready when its health page says so."""

    def __init__(self, program: Path, settings: dict[str, str], folder: Path, options: tuple[str, ...] = ("--test-mode",)):
        self.port = free_port()
        self.log_path = folder / "server.log"
        self._log = open(self.log_path, "wb")
        self._process = subprocess.Popen(
            [str(program), *options, "--port", str(self.port)],
            env={**_plain_environment(), **settings},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def wait_until_ready(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with {self._process.returncode}: {self.tail()}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.05)
        raise RuntimeError(f"no answer from /health within {seconds} s: {self.tail()}")

    def stop(self) -> str | None:
        """Ends the server as an operator would. Returns what was wrong with its end."""
        try:
            below = descendants(self._process.pid)
            already = self._process.poll()
            if already is not None:
                return f"the server had ended with {already}: {self.tail()}"
            self._process.send_signal(signal.SIGTERM)
            try:
                status = self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                return "the server did not end within 10 s of SIGTERM"
            left = survivors(below, 5)
            if left:
                return f"left running: {describe(left)}"
            return None if status == 0 else f"exit status {status} after SIGTERM: {self.tail()}"
        finally:
            self.kill()

    def kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self._process.wait()
        self._log.close()

    def tail(self) -> str:
        return self.log_path.read_bytes()[-1500:].decode(errors="replace").strip()


def _plain_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("HOME", "PATH", "USER", "LANG") if name in os.environ}
