# SPDX-License-Identifier: Apache-2.0
"""Tries a server with the client version of the environment that this runs in: driver.py JOB.json

Writes one JSON line a check to the file that the job names.
"""

import json
import os
import sys
import time
import traceback
from pathlib import Path

import access_checks
import anyio
import approval_checks
import offer_checks
import processes
import question_checks
import talk_checks
import task_checks
import tool_checks
from catalogue import DRIVER_CHECKS, QUESTION_CHECKS
from sessions import NotOffered, Options, connect
from trial import Answers, CheckFailed, further

WHOLE_SECONDS = 280
CHECK_SECONDS = 100

CHECKS = {
    **tool_checks.CHECKS,
    **offer_checks.CHECKS,
    **talk_checks.CHECKS,
    **approval_checks.CHECKS,
    **task_checks.CHECKS,
    **access_checks.CHECKS,
}
assert tuple(CHECKS) == DRIVER_CHECKS, "the catalogue names other checks"
assert tuple(question_checks.CHECKS) == QUESTION_CHECKS, "the catalogue names other checks"


class Report:
    def __init__(self, path: str):
        self._file = open(path, "w", encoding="utf-8")

    def add(self, check: str, fault: str | None = None, skip: str | None = None, seconds: float = 0) -> None:
        json.dump({"check": check, "detail": fault, "skip": skip, "seconds": round(seconds, 2)}, self._file)
        self._file.write("\n")
        self._file.flush()


async def run(job: dict, report: Report) -> list[processes.Process]:
    asks = job.get("asks", False)
    checks = question_checks.CHECKS if asks else CHECKS
    answers = question_checks.Asked() if asks else Answers()
    wanted = job.get("checks") or list(checks)
    with open(job["errors"], "w", encoding="utf-8") as errors, anyio.fail_after(WHOLE_SECONDS):
        options = answers.options if asks else Options(answer=answers)
        async with connect(job["transport"], job["mode"], further(job["target"]), errors, options) as session:
            trial = tool_checks.ToolChecks(session, job, errors, answers)
            for name, check in checks.items():
                if name not in wanted:
                    report.add(name, skip="not asked for")
                    continue
                started = time.monotonic()
                try:
                    with anyio.fail_after(CHECK_SECONDS):
                        await check(trial)
                    report.add(name, seconds=time.monotonic() - started)
                except NotOffered as reason:
                    report.add(name, skip=str(reason))
                except Exception as error:
                    report.add(name, words(error))
            return processes.descendants(os.getpid())


def words(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, CheckFailed):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)
    here = Path(__file__).parent
    own = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in place if Path(frame.filename).parent == here]
    return f"{''.join(traceback.format_exception_only(error)).strip()[:600]} (at {', '.join(own[-4:])})"


def main() -> int:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    report = Report(job["report"])
    below = anyio.run(run, job, report)
    left = processes.survivors(below, 10)
    report.add("end", f"left running: {processes.describe(left)}" if left else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
