# SPDX-License-Identifier: Apache-2.0
"""Runs the scenario with the client version of the environment that this runs in: driver.py JOB.json

Writes one JSON line a check to the file that the job names.
"""

import json
import os
import sys
import traceback
from pathlib import Path

import anyio
import processes
from scenario import CHECKS, CheckFailed, Scenario
from sessions import connect

WHOLE_SECONDS = 240


class Report:
    def __init__(self, path: str):
        self._file = open(path, "w", encoding="utf-8")

    def add(self, check: str, detail: str | None) -> None:
        json.dump({"check": check, "detail": detail}, self._file)
        self._file.write("\n")
        self._file.flush()


async def run(job: dict, report: Report) -> list[processes.Process]:
    with open(job["errors"], "w", encoding="utf-8") as errors, anyio.fail_after(WHOLE_SECONDS):
        async with connect(job["transport"], job["mode"], job["target"], errors) as session:
            scenario = Scenario(session, job["revision"])
            for name, check in CHECKS.items():
                try:
                    await check(scenario)
                    report.add(name, None)
                except CheckFailed as failure:
                    report.add(name, str(failure))
                except Exception as error:
                    report.add(name, "".join(traceback.format_exception_only(error)).strip()[:600])
            return processes.descendants(os.getpid())


def main() -> int:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    report = Report(job["report"])
    below = anyio.run(run, job, report)
    left = processes.survivors(below, 10)
    report.add("end", f"left running: {processes.describe(left)}" if left else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
