# SPDX-License-Identifier: Apache-2.0
"""A server that wants a token."""

import anyio
from sessions import Options
from trial import CheckFailed, Trial, equal, expect

WAIT_SECONDS = 15


async def token(trial: Trial) -> None:
    if trial.transport == "stdio":
        # The token is for HTTP; whoever started the server on stdio is the one who talks to it.
        async with trial.another(secured=True) as session:
            expect("file_read" in await session.tool_names(), "no tools")
        return
    right = Options(headers={"authorization": f"Bearer {trial.token}"})
    async with trial.another(right, secured=True) as session:
        equal(session.revision, trial.revision, "the negotiated revision")
        answer = await session.call("system_run_command", {"command": "echo secured"})
        equal(answer.fields.get("stdout"), "secured\n", "stdout")
    for headers in ({"authorization": f"Bearer {trial.token}x"}, {}):
        await _turned_away(trial, headers)
    await anyio.to_thread.run_sync(_statuses, trial)


async def _turned_away(trial: Trial, headers: dict[str, str]) -> None:
    # The gate holds every status of this session against the header.
    wrong = Options(headers={**headers, "x-expect-status": "401"})
    try:
        with anyio.fail_after(WAIT_SECONDS):
            async with trial.another(wrong, secured=True) as session:
                # A client that took its revision without asking finds out now.
                await session.tool_names()
    except Exception:
        return
    raise CheckFailed(f"a client with {'a wrong' if headers else 'no'} token got in")


def _statuses(trial: Trial) -> None:
    http = trial.raw(secured=True)
    method = "GET" if trial.transport == "sse" else "POST"
    body = None if method == "GET" else {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {trial.token}"}):
        reply = http.request(method, headers, body, expect=401)
        equal(reply.status, 401, f"the status with {headers}")
        challenge = reply.headers.get("www-authenticate", "")
        expect(challenge.lower().startswith("bearer"), f"WWW-Authenticate is {challenge!r}")
        expect(trial.token not in str(reply), "the answer holds the token")
    # The query of an address is no place for a token.
    reply = http.request(method, {}, body, path=f"{http.path}?access_token={trial.token}", expect=401)
    equal(reply.status, 401, "the status with a token in the query")


CHECKS = {"token": token}
