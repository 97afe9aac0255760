# SPDX-License-Identifier: Apache-2.0
"""Calls that go on in the background, in the form of 2025-11-25 and in that of the extension."""

from typing import Any

import anyio
from sessions import NotOffered, Options
from trial import BEATS, CheckFailed, Trial, equal, expect, short

SHORT = "import time\nprint('begun', flush=True)\ntime.sleep(2.5)\nprint('done')\n_ = 42\n"
TTL = 900_000


def need_tasks(trial: Trial) -> None:
    if trial.revision not in ("2025-11-25", "2026-07-28") or not hasattr(trial.session, "start_task"):
        raise NotOffered("this revision has no tasks")
    if trial.revision == "2025-11-25" and not hasattr(trial.session, "task_result"):
        raise NotOffered("this version knows no tasks of the older kind")
    if trial.revision == "2025-11-25":
        trial.session._tasks()


async def _completed(session: Any, identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with anyio.move_on_after(20):
        while True:
            found = await session.task(identifier)
            if found["status"] == "completed":
                return found
            expect(found["status"] == "working", f"the task is {short(found)}")
            await anyio.sleep(0.2)
    raise CheckFailed(f"the task is still {short(found)}")


async def task(trial: Trial) -> None:
    need_tasks(trial)
    async with trial.another(Options(follows_tasks=True)) as session:
        since = len(session.heard.all)
        handle = await session.start_task("system_run_python", {"code": SHORT}, TTL)
        identifier = handle["taskId"]
        expect(len(identifier) >= 22, f"the id is {identifier!r}")
        equal(handle["status"], "working", "the status of the handle")
        if trial.is_modern:
            await _extension(session, identifier)
        else:
            await _core(session, identifier, since)
        await trial.fails(session.task("no-such-task"), -32602, "an unknown task")
        # What belongs to a session is unknown to others; a request of the newest revision over HTTP has no session.
        if not (trial.is_modern and trial.transport == "mcp"):
            code = -32021 if trial.is_modern else -32602
            await trial.fails(trial.session.task(identifier), code, "the task of another session")
        elif trial.is_modern:
            await trial.fails(trial.session.task(identifier), -32021, "a task without the extension")
        if trial.is_modern:
            # The package follows the task to its end by what the extension says.
            answer = await session.call("system_run_python", {"code": SHORT})
            equal(answer.fields.get("result"), 42, "the result that the client fetched")


async def _extension(session: Any, identifier: str) -> None:
    async with session.watched_task(identifier):
        found = await _completed(session, identifier)
        expect(
            await session.heard.wait("notifications/tasks", lambda params: params.get("status") == "completed"),
            "the end of the task was not told",
        )
    result = found["result"]
    equal(result["structuredContent"]["result"], 42, "the result")
    equal(result["structuredContent"]["output"], "begun\ndone\n", "the output")
    equal(set(await session.cancel_task(identifier)) - {"_meta"}, {"resultType"}, "the members of the answer")
    equal((await session.task(identifier))["status"], "completed", "the status after a late cancellation")
    answer = await session.update_task(identifier, {"unknown-key": {"ignored": True}})
    equal(set(answer) - {"_meta"}, {"resultType"}, "the members of the answer")


async def _core(session: Any, identifier: str, since: int) -> None:
    answer = await session.task_result(identifier)
    equal(answer.fields.get("result"), 42, "the result")
    equal(answer.fields.get("output"), "begun\ndone\n", "the output")
    equal(answer.meta.get("io.modelcontextprotocol/related-task"), {"taskId": identifier}, "the task of the result")
    equal((await session.task(identifier))["status"], "completed", "the status")
    listed = [task["taskId"] for task in await session.task_list()]
    equal(listed, [identifier], "the tasks")
    again = await session.task_result(identifier)
    equal(again.fields.get("result"), 42, "the result once more")
    expect(
        await session.heard.wait("notifications/tasks/status", lambda params: params["status"] == "completed", since),
        "the end of the task was not told",
    )


async def cancel_task(trial: Trial) -> None:
    need_tasks(trial)
    name = trial.name()
    async with trial.another(Options(follows_tasks=True)) as session:
        # On stdio the other session has a server, and with it a workspace, of its own.
        own = trial.within(session)
        handle = await session.start_task(
            "system_run_python", {"code": BEATS.format(name=name, limit=1200), "timeout": 100}, TTL
        )
        await own.started(name)
        cancelled = await session.cancel_task(handle["taskId"])
        if not trial.is_modern:
            equal(cancelled["status"], "cancelled", "the status in the answer")
        await own.stopped(name)
        equal((await session.task(handle["taskId"]))["status"], "cancelled", "the status")
        if not trial.is_modern:
            await own.fails(session.cancel_task(handle["taskId"]), -32602, "cancelling once more")


CHECKS = {
    "task": task,
    "cancel task": cancel_task,
}
