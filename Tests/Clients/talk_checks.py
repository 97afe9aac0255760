# SPDX-License-Identifier: Apache-2.0
"""What is said about a call while it runs: progress, log messages, cancellation; and what breaks or ends its way."""

import contextlib
from typing import Any

import anyio
from raw_http import RawHTTP, RawSession, Stream
from sessions import NotOffered, RequestFailed
from trial import BEATS, LIVE, MODERN, CheckFailed, Trial, equal, expect

QUIET_SECONDS = 0.8


async def progress(trial: Trial) -> None:
    """What Python prints is heard while it runs: it ends only after somebody who heard it wrote a file."""
    name = trial.name()
    values: list[float] = []
    messages: list[str] = []

    async def heard(value: float, message: str | None) -> None:
        values.append(value)
        if message is not None:
            messages.append(message)

    answer = await _live_call(trial, name, lambda: values, heard)
    equal(answer.fields.get("result"), True, "whether Python saw the file")
    equal(answer.fields.get("output"), f"tick {name}\ngo\n", "output")
    expect(all(a < b for a, b in zip(values, values[1:])), f"progress does not grow: {values}")
    if trial.revision != "2024-11-05":
        equal("".join(messages), f"tick {name}\ngo\n", "what was heard while it ran")
    count = len(trial.session.heard.of("notifications/progress"))
    await trial.good("system_run_python", code="print('nobody asked')")
    await anyio.sleep(0.1)
    equal(len(trial.session.heard.of("notifications/progress")), count, "progress that nobody asked for")


async def _live_call(trial: Trial, name: str, signs: Any, on_progress: Any) -> Any:
    answers: list[Any] = []

    async def call() -> None:
        arguments = {"code": LIVE.format(name=name), "timeout": 60}
        answers.append(await trial.call("system_run_python", arguments, on_progress=on_progress))

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await trial.wait_for(signs, "nothing was heard of the running Python", 15)
        expect(not answers, "the call had ended before its output was heard")
        await trial.write(f"live/{name}.txt", "go")
    return answers[0]


async def log_level(trial: Trial) -> None:
    """A level is taken, and a client that asked for nothing, or for the gravest only, hears nothing."""
    heard = trial.session.heard
    if not trial.is_modern:
        await trial.session.set_level("debug")
        await trial.session.set_level("emergency")
    since = len(heard.all)
    await trial.good("system_run_command", command="echo quiet")
    await trial.refused("file_read", "", path="nothing-there.txt")
    await anyio.sleep(0.2)
    equal(heard.of("notifications/message", since), [], "log messages")
    if trial.is_modern:
        answer = await trial.call("system_run_command", {"command": "echo quiet"}, log_level="emergency")
        expect(not answer.is_error, f"a level was refused: {answer.text}")
        equal(heard.of("notifications/message", since), [], "log messages")
        await trial.fails(
            trial.session.call("system_run_command", {"command": "echo"}, log_level="loud"), -32602, "no level"
        )
    else:
        await trial.session.set_level("info")


async def log(trial: Trial) -> None:
    """At the lowest level a call that is refused, and one that runs, can be followed."""
    heard = trial.session.heard
    since = len(heard.all)
    for name, arguments in (
        ("system_run_command", {"command": "echo followed"}), ("system_run_command", {"command": "rm -rf notes"}),
    ):
        if trial.is_modern:
            await trial.call(name, arguments, log_level="debug")
        else:
            await trial.session.set_level("debug")
            await trial.call(name, arguments)
    try:
        expect(
            await heard.wait("notifications/message", since=since, seconds=2),
            "the capability 'logging' is offered, and no log message came at level debug",
        )
    finally:
        if not trial.is_modern:
            await trial.session.set_level("info")


async def cancel_python(trial: Trial) -> None:
    name = trial.name()
    arguments = {"code": BEATS.format(name=name, limit=1200), "timeout": 100}
    async with trial.session.cancelled_call("system_run_python", arguments):
        await trial.started(name)
    await trial.stopped(name)


async def break_off(trial: Trial) -> None:
    """The newest revision: the end of its connection is the end of a call."""
    trial.need_streamable()
    if not trial.is_modern:
        raise NotOffered("a broken connection ends no call of the older era")
    name = trial.name()
    ends: list[BaseException | None] = []

    async def call() -> None:
        async def nothing(value: float, message: str | None) -> None:
            pass

        arguments = {"code": f"print('on', flush=True)\n{BEATS.format(name=name, limit=1200)}", "timeout": 100}
        try:
            await trial.call("system_run_python", arguments, on_progress=nothing)
            ends.append(None)
        except RequestFailed as error:
            ends.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await trial.started(name)
        await trial.cut()
    expect(ends[0] is not None, "the call was answered after its connection had ended")
    await trial.stopped(name)


async def resume(trial: Trial) -> None:
    """The client comes back by itself to a call whose connection broke."""
    trial.need_streamable()
    if trial.is_modern:
        raise NotOffered("the newest revision has no way back")
    if not trial.session.reconnects:
        raise NotOffered("this version does not come back")
    name = trial.name()
    signs: list[float] = []
    answers: list[Any] = []

    async def heard(value: float, message: str | None) -> None:
        signs.append(value)

    async def call() -> None:
        arguments = {"code": LIVE.format(name=name), "timeout": 60}
        answers.append(await trial.call("system_run_python", arguments, on_progress=heard))

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await trial.wait_for(lambda: signs, "nothing was heard of the running Python", 15)
        await trial.cut()
        await trial.write(f"live/{name}.txt", "go")
    equal(answers[0].fields.get("output"), f"tick {name}\ngo\n", "the output after the break")
    equal(answers[0].fields.get("result"), True, "whether Python saw the file")
    expect(all(a < b for a, b in zip(signs, signs[1:])), f"progress was told twice: {signs}")


async def resume_raw(trial: Trial) -> None:
    """The same byte by byte: nothing is lost, nothing told twice, nothing told to strangers."""
    trial.need_streamable()
    if trial.is_modern:
        raise NotOffered("the newest revision has no way back")
    name = trial.name()
    http = trial.raw()

    def begin() -> tuple[RawSession, int, str]:
        session = RawSession(http, trial.revision)
        identifier, stream = session.call("system_run_python", {"code": LIVE.format(name=name), "timeout": 60})
        last = None
        for event in stream.events():
            last = event.identifier or last
            if f"tick {name}" in event.data:
                break
        stream.close()
        if last is None:
            raise CheckFailed("no event had an id")
        return session, identifier, last

    def goes_on(session: RawSession, last: str) -> list[dict[str, Any]]:
        stream = session.resume(last)
        found = [event.message for event in stream.events() if event.data]
        stream.close()
        return found

    def refused(session: RawSession, last: str) -> None:
        stranger = RawSession(http, trial.revision)
        for foreign in (last, "nothing-1", "1", last.rpartition("-")[0] + "-999999"):
            stranger.resume(foreign, expect=400).close()
        stranger.delete()
        session.resume("p999-1", expect=400).close()

    with anyio.fail_after(60):
        session, identifier, last = await anyio.to_thread.run_sync(begin)
        await anyio.to_thread.run_sync(refused, session, last)
        await trial.write(f"live/{name}.txt", "go")
        messages = await anyio.to_thread.run_sync(goes_on, session, last)
        told = [message for message in messages if f"tick {name}" in str(message.get("params"))]
        equal(told, [], "what was told twice")
        equal(messages[-1].get("id"), identifier, "the id of the answer")
        expect("go" in str(messages[-1].get("result")), f"the answer is {messages[-1]}")
        # Once more from the same place: the answer is still there.
        again = await anyio.to_thread.run_sync(goes_on, session, last)
        equal(again, messages, "what is told once more")
        await anyio.to_thread.run_sync(session.delete)


async def two_sessions(trial: Trial) -> None:
    """Two sessions at once: each hears of its own calls and files, and of nothing of the other."""
    trial.need_http()
    names = [trial.name(), trial.name()]
    uris = [f"file:///workspace/watched/{name}.txt" for name in names]
    for name in names:
        await trial.write(f"watched/{name}.txt", "one")
    async with trial.another() as other:
        sessions = [trial.session, other]
        said: list[list[str]] = [[], []]
        results: list[Any] = [None, None]
        starts = [len(session.heard.all) for session in sessions]
        updates: list[list[str]] = [[], []]

        async def call(index: int) -> None:
            async def heard(value: float, message: str | None) -> None:
                said[index].append(message or "")

            arguments = {"code": LIVE.format(name=names[index]), "timeout": 60}
            results[index] = await sessions[index].call("system_run_python", arguments, on_progress=heard)

        async with _watching(trial, sessions, uris, updates, starts) as heard_updates:
            async with anyio.create_task_group() as group:
                group.start_soon(call, 0)
                group.start_soon(call, 1)
                await trial.wait_for(lambda: all(said), "a running Python was not heard of", 20)
                for name in names:
                    await trial.write(f"live/{name}.txt", "go")
            for index, name in enumerate(names):
                equal(results[index].fields.get("output"), f"tick {name}\ngo\n", f"the output for session {index}")
                if trial.revision != "2024-11-05":
                    equal("".join(said[index]), f"tick {name}\ngo\n", f"what session {index} heard")
            for name in names:
                await trial.write(f"watched/{name}.txt", "two")
            await trial.wait_for(lambda: all(heard_updates(index) for index in (0, 1)), "an update did not come")
            await anyio.sleep(0.3)
            for index, uri in enumerate(uris):
                equal(set(heard_updates(index)), {uri}, f"what session {index} heard of")


@contextlib.asynccontextmanager
async def _watching(trial: Trial, sessions: list[Any], uris: list[str], updates: list[list[str]], starts: list[int]):
    """Each session watches its own file; gives a function that tells what a session heard of."""
    if not trial.is_modern:
        for session, uri in zip(sessions, uris):
            await session.subscribe(uri)
        yield lambda index: [
            params["uri"]
            for params in sessions[index].heard.of("notifications/resources/updated", starts[index])
        ]
        for session, uri in zip(sessions, uris):
            await session.unsubscribe(uri)
        return

    async def follow(subscription: Any, found: list[str]) -> None:
        async for event in subscription:
            found.append(event.uri)

    async with (
        sessions[0].listen(resource_subscriptions=[uris[0]]) as first,
        sessions[1].listen(resource_subscriptions=[uris[1]]) as second,
        anyio.create_task_group() as group,
    ):
        group.start_soon(follow, first, updates[0])
        group.start_soon(follow, second, updates[1])
        yield lambda index: updates[index]
        group.cancel_scope.cancel()


async def end_session(trial: Trial) -> None:
    """DELETE ends a session and what runs in it; afterwards its id means nothing."""
    trial.need_streamable()
    http = trial.raw()
    if trial.is_modern:
        await anyio.to_thread.run_sync(_no_sessions, http)
        return
    name = trial.name()

    def begin() -> tuple[RawSession, Stream]:
        session = RawSession(http, trial.revision)
        _, stream = session.call("system_run_python", {"code": BEATS.format(name=name, limit=1200), "timeout": 100})
        return session, stream

    def end(session: RawSession, stream: Stream) -> list[str]:
        session.ping()
        session.delete()
        left = [event.data for event in stream.events() if event.data and '"result"' in event.data]
        stream.close()
        session.ping(expect=404)
        session.get(expect=404)
        session.delete(expect=404)
        # An id that nobody was given, and none at all.
        session.headers["mcp-session-id"] = "0" * 40
        session.ping(expect=404)
        del session.headers["mcp-session-id"]
        session.ping(expect=400)
        return left

    session, stream = await anyio.to_thread.run_sync(begin)
    await trial.started(name)
    left = await anyio.to_thread.run_sync(end, session, stream)
    equal(left, [], "results after the end of the session")
    await trial.stopped(name)


def _no_sessions(http: RawHTTP) -> None:
    for method in ("GET", "DELETE"):
        reply = http.request(method, {"mcp-protocol-version": MODERN}, expect=405)
        equal(reply.status, 405, f"the status of {method}")
        expect("POST" in reply.headers.get("allow", ""), f"{method}: Allow is {reply.headers.get('allow')}")


CHECKS = {
    "progress": progress,
    "log level": log_level,
    "log": log,
    "cancel Python": cancel_python,
    "break off": break_off,
    "resume": resume,
    "resume raw": resume_raw,
    "two sessions": two_sessions,
    "end session": end_session,
}
