# SPDX-License-Identifier: Apache-2.0
"""What a user does with the tools, as checks with a name. Each raises what it finds wrong."""

import csv
import hashlib
import io
import json
import random
from typing import Any

import anyio
import processes
from trial import Trial, equal, expect, short

TOOLS = {
    "system_run_command", "system_run_python", "system_env_var", "file_read", "file_write", "file_list", "file_delete",
    "file_move", "health_check",
}
BIG_FILE_BYTES = 10_000_000
# Of 100 bytes each: with what JSON adds, a part stays below the 1 MiB that the newest client takes in one event, and is
# so long that it stands in the answer once.
LINES_OF_PART = 10_000
ROWS = 50_000
PARTS = 5

PYTHON_ANALYSIS = '''\
import csv
import json
from collections import defaultdict
from pathlib import Path

folder = Path("/workspace/orders")


def rows():
    for part in sorted(folder.glob("part-*.csv")):
        with part.open(newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)


class Region:
    def __init__(self):
        self.orders = 0
        self.quantity = 0
        self.cents = 0

    def add(self, row):
        self.orders += 1
        self.quantity += int(row["quantity"])
        self.cents += int(row["quantity"]) * int(row["cents"])


regions = defaultdict(Region)
if __name__ == "__main__":
    for row in rows():
        regions[row["region"]].add(row)
    summary = {name: vars(region) for name, region in sorted(regions.items())}
    (folder / "summary.json").write_text(json.dumps(summary, indent=1), encoding="utf-8")
    print(sum(region.orders for region in regions.values()), "orders")
    _ = summary
'''


def _path(value: object) -> str:
    """A path of an answer: they are relative, the root is `/`."""
    return str(value).removeprefix("/workspace").lstrip("/")


class ToolChecks(Trial):
    async def connect(self) -> None:
        equal(self.session.revision, self.revision, "the negotiated revision")

    async def list(self) -> None:
        names = await self.session.tool_names()
        missing = TOOLS - set(names)
        expect(not missing, f"not listed: {', '.join(sorted(missing))}")
        equal(len(names), len(set(names)), "the number of different names")

    async def write_file(self) -> None:
        fields = await self.good("file_write", path="notes/first.txt", content="one\ntwo\nthree – vier\n")
        equal(_path(fields.get("path")), "notes/first.txt", "path")

    async def read_file(self) -> None:
        fields = await self.good("file_read", path="notes/first.txt")
        equal(fields.get("content"), "one\ntwo\nthree – vier\n", "content")
        equal(fields.get("size"), len("one\ntwo\nthree – vier\n".encode()), "size")
        expect(fields.get("modified"), "no time of modification")
        # Every name of the root leads to the same file.
        for path in ("/notes/first.txt", "/workspace/notes/first.txt"):
            equal((await self.good("file_read", path=path)).get("content"), fields["content"], path)

    async def folder(self) -> None:
        await self.good("file_write", path="notes/second.md", content="# two\n")
        fields = await self.good("file_list", path="notes")
        entries = {entry["name"]: entry for entry in fields.get("entries", [])}
        equal(sorted(entries), ["first.txt", "second.md"], "the names")
        for entry in entries.values():
            missing = {"name", "path", "is_directory", "size", "modified"} - set(entry)
            expect(not missing, f"an entry lacks {missing}")
            equal(entry["is_directory"], False, "is_directory")
        fields = await self.good("file_list", pattern="**/*.md")
        equal([_path(entry["path"]) for entry in fields["entries"]], ["notes/second.md"], "what the pattern finds")

    async def move(self) -> None:
        fields = await self.good("file_move", source="notes/second.md", destination="kept/deep/second.md")
        equal(_path(fields.get("source")), "notes/second.md", "source")
        equal(_path(fields.get("destination")), "kept/deep/second.md", "destination")
        equal((await self.good("file_read", path="kept/deep/second.md")).get("content"), "# two\n", "content")
        await self.refused("file_read", "notes/second.md", path="notes/second.md")

    async def delete(self) -> None:
        fields = await self.good("file_delete", path="kept/deep/second.md")
        equal(_path(fields.get("path")), "kept/deep/second.md", "path")
        await self.refused("file_read", "second.md", path="kept/deep/second.md")

    async def command(self) -> None:
        fields = await self.ran(
            "system_run_command", command="for i in 1 2; do echo line $i; done; echo oops >&2; exit 3"
        )
        equal(fields.get("stdout"), "line 1\nline 2\n", "stdout")
        equal(fields.get("stderr"), "oops\n", "stderr")
        equal(fields.get("exit_code"), 3, "exit_code")
        equal(fields.get("success"), False, "success")
        fields = await self.good(
            "system_run_command", command="cat - first.txt | wc -l", stdin="zero\n", working_dir="notes"
        )
        equal(fields.get("stdout", "").strip(), "4", "stdout")
        equal(fields.get("exit_code"), 0, "exit_code")

    async def python(self) -> None:
        fields = await self.good(
            "system_run_python", code="import math\nprint('out')\n_ = {'root': math.isqrt(144), 'seen': (1, 2)}"
        )
        equal(fields.get("output"), "out\n", "output")
        equal(fields.get("result"), {"root": 12, "seen": [1, 2]}, "result")
        fields = await self.ran("system_run_python", code="def f(n):\n    return 1 / n\n\nf(0)")
        equal(fields.get("success"), False, "success")
        equal(fields.get("exit_code"), 1, "exit_code")
        error = fields.get("error") or ""
        expect("ZeroDivisionError" in error and "line 2" in error and "line 4" in error, f"error is {short(error)}")
        equal(fields.get("result"), None, "result")

    async def settings(self) -> None:
        fields = await self.good("system_env_var")
        equal((fields.get("variables") or {}).get("SANDBOX_ROOT"), "/workspace", "SANDBOX_ROOT")
        fields = await self.good("system_env_var", var_name="BASH_ALLOWED_COMMANDS")
        expect("grep" in str(fields.get("requested_var")), f"requested_var is {short(fields.get('requested_var'))}")

    async def health(self) -> None:
        fields = await self.good("health_check", self_test=True)
        expect(fields.get("level") in {"full", "noproc", "filtered"}, f"level is {short(fields.get('level'))}")
        expect((fields.get("self_test") or {}).get("passed") is True, f"self_test is {short(fields.get('self_test'))}")
        equal((fields.get("managers") or {}).get("bash"), True, "managers.bash")
        layers = (fields.get("sandbox") or {}).get("layers") or []
        expect(all(set(layer) == {"name", "status", "detail", "advice"} for layer in layers), "members of a layer")
        expect(len(layers) > 10, f"only {len(layers)} layers")

    async def refuse(self) -> None:
        await self.refused("system_run_command", "rm", command="rm -rf notes")
        await self.refused("file_read", "", path="../../../etc/passwd")
        await self.refused("file_write", "", path="evil.exe", content="x")
        equal((await self.good("file_read", path="notes/first.txt")).get("success"), True, "success afterwards")

    async def cancel(self) -> None:
        pause = self.pause()
        async with self.session.cancelled_call("system_run_command", {"command": f"sleep {pause}", "timeout": 100}):
            await self.wait_for(lambda: processes.with_argument(pause), "the command did not start")
        with anyio.fail_after(10):
            await self.session.ping()
        await self.wait_for(
            lambda: not processes.with_argument(pause), "the cancelled command is still running"
        )

    async def time_limit(self) -> None:
        pause = self.pause()
        fields = await self.ran("system_run_command", command=f"echo early; sleep {pause}", timeout=1)
        self._check_time_limit(fields, "stdout")
        await self.wait_for(
            lambda: not processes.with_argument(pause), "the command is still running after its time limit"
        )
        fields = await self.ran(
            "system_run_python", code="import time\nprint('early')\ntime.sleep(60)", timeout=1
        )
        self._check_time_limit(fields, "output")

    async def big_file(self) -> None:
        line = "".join(chr(33 + i % 90) for i in range(99)) + "\n"
        content = line * (BIG_FILE_BYTES // len(line))
        equal(len(content), BIG_FILE_BYTES, "the size of the test file")
        await self.good("file_write", path="big.txt", content=content)
        fields = await self.good(
            "system_run_python",
            code="import hashlib\n_ = hashlib.sha256(open('/workspace/big.txt', 'rb').read()).hexdigest()",
        )
        equal(fields.get("result"), hashlib.sha256(content.encode()).hexdigest(), "the digest of what was written")
        if self.session.takes_large_messages:
            fields = await self.good("file_read", path="big.txt")
            equal(fields.get("size"), BIG_FILE_BYTES, "size")
            found = fields.get("content")
        else:
            found = await self._read_in_parts("big.txt", lines=len(content) // len(line))
        expect(found == content, "the content that was read is not the one that was written")
        await self.good("file_delete", path="big.txt")

    async def _read_in_parts(self, path: str, lines: int) -> str:
        parts = []
        for first in range(1, lines + 1, LINES_OF_PART):
            fields = await self.good("file_read", path=path, offset=first, limit=LINES_OF_PART)
            parts.append(fields["content"])
        return "".join(parts)

    async def csv_job(self) -> None:
        rows = _orders()
        wanted: dict[str, dict[str, int]] = {}
        for row in rows:
            region = wanted.setdefault(row[1], {"orders": 0, "quantity": 0, "cents": 0})
            region["orders"] += 1
            region["quantity"] += row[2]
            region["cents"] += row[2] * row[3]
        wanted = dict(sorted(wanted.items()))
        for part in range(PARTS):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(("id", "region", "quantity", "cents", "note"))
            writer.writerows(rows[part::PARTS])
            await self.good("file_write", path=f"orders/part-{part + 1:02}.csv", content=text.getvalue())

        fields = await self.good("system_run_python", code=PYTHON_ANALYSIS)
        equal(fields.get("output"), f"{ROWS} orders\n", "output")
        equal(fields.get("result"), wanted, "result")

        north = await self._output("cat orders/part-*.csv | grep -c ',north,'")
        equal(int(north), wanted["north"]["orders"], "what grep counts")
        names = await self._output("find . -name 'part-*.csv' -size +10k | sort")
        equal(names.split(), [f"./orders/part-{part + 1:02}.csv" for part in range(PARTS)], "what find finds")
        largest = max(rows, key=lambda row: (row[2] * 1000 + row[3], -row[0]))
        first = await self._output(
            "cat orders/part-*.csv | grep -v ^id, | sort -t, -k3,3nr -k4,4nr -k1,1n | head -n 1"
        )
        equal(first.split(",")[:4], [str(value) for value in largest[:4]], "what sort puts first")

        summary = json.loads((await self.good("file_read", path="orders/summary.json"))["content"])
        equal(summary, wanted, "the summary")

    async def _output(self, command: str) -> str:
        return (await self.good("system_run_command", command=command))["stdout"]

    @staticmethod
    def _check_time_limit(fields: dict[str, Any], stream: str) -> None:
        equal(fields.get("exit_code"), 124, "exit_code")
        equal(fields.get("timed_out"), True, "timed_out")
        equal(fields.get("success"), False, "success")
        equal(fields.get(stream), "early\n", stream)


def _orders() -> list[tuple[int, str, int, int, str]]:
    source = random.Random(50_000)
    regions = ("north", "south", "east", "west", "überall")
    return [
        (number, source.choice(regions), source.randrange(1, 500), source.randrange(5, 1000), f'say "{number}", twice')
        for number in range(1, ROWS + 1)
    ]


CHECKS = {
    "connect": ToolChecks.connect,
    "list": ToolChecks.list,
    "write": ToolChecks.write_file,
    "read": ToolChecks.read_file,
    "folder": ToolChecks.folder,
    "move": ToolChecks.move,
    "delete": ToolChecks.delete,
    "command": ToolChecks.command,
    "python": ToolChecks.python,
    "settings": ToolChecks.settings,
    "health": ToolChecks.health,
    "refuse": ToolChecks.refuse,
    "cancel": ToolChecks.cancel,
    "time limit": ToolChecks.time_limit,
    "10 MB": ToolChecks.big_file,
    "CSV job": ToolChecks.csv_job,
}
