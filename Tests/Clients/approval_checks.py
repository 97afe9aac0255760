# SPDX-License-Identifier: Apache-2.0
"""The policy leaves a decision to the user: by a request of the server, or by a round of questions."""

from typing import Any

from sessions import NotOffered, RequestFailed
from trial import Trial, equal, expect, short

RULE = "agree-on-deleting"
REASON = "a person has to agree"


def can_be_asked(trial: Trial) -> bool:
    return trial.session.can_be_asked and trial.revision >= "2025-06-18"


def options_of(schema: dict[str, Any]) -> list[str]:
    decision = schema["properties"]["decision"]
    return decision.get("enum") or [choice["const"] for choice in decision["oneOf"]]


async def _delete(trial: Trial, path: str, *answers: tuple[str, dict[str, Any] | None]) -> tuple[Any, int]:
    """Writes a file and deletes it again. Returns the answer, and how often the user was asked."""
    await trial.write(path, "guarded")
    trial.answers.next = list(answers)
    before = len(trial.answers.asked)
    answer = await trial.call("file_delete", {"path": path})
    return answer, len(trial.answers.asked) - before


async def approve(trial: Trial) -> None:
    path = f"guarded/{trial.name()}.txt"
    if not can_be_asked(trial):
        answer, asked = await _delete(trial, path)
        expect(answer.is_error, "the file was deleted without asking")
        expect(RULE in answer.text and REASON in answer.text, f"the refusal says {answer.text[:300]}")
        equal(await trial.text(path), "guarded", "the file")
        return
    for time in (1, 2):
        answer, asked = await _delete(trial, path, ("accept", {"decision": "once"}))
        expect(not answer.is_error, f"refused although the user agreed: {answer.text[:300]}")
        equal(asked, 1, f"the questions of time {time}")
        equal(await trial.text(path), None, "the file")
    message, schema = trial.answers.asked[-1]
    expect(REASON in message and "file_delete" in message, f"the question is {message!r}")
    options = options_of(schema)
    expect({"once", "no"} <= set(options), f"the options are {options}")


async def refuse(trial: Trial) -> None:
    if not can_be_asked(trial):
        raise NotOffered("this version or revision can't be asked")
    path = f"guarded/{trial.name()}.txt"
    for said in (("accept", {"decision": "no"}), ("decline", None), ("cancel", None)):
        answer, asked = await _delete(trial, path, said)
        equal(asked, 1, f"the questions before {said}")
        expect(answer.is_error, f"deleted after {said}")
        equal(await trial.text(path), "guarded", f"the file after {said}")


async def always(trial: Trial) -> None:
    """ "Always" is offered where it has a meaning, and holds."""
    if not can_be_asked(trial):
        raise NotOffered("this version or revision can't be asked")
    path = f"guarded/{trial.name()}.txt"
    answer, asked = await _delete(trial, path, ("accept", {"decision": "once"}))
    offered = "always" in options_of(trial.answers.asked[-1][1])
    # Requests of the newest revision over HTTP stand alone, and nobody has proven who sends them.
    equal(offered, not (trial.is_modern and trial.transport == "mcp"), "whether 'always' is offered")
    if not offered:
        try:
            answer, asked = await _delete(trial, path, ("accept", {"decision": "always"}))
            expect(answer.is_error, "an answer that was not offered was taken")
        except RequestFailed as error:
            equal(error.code, -32602, "the error code of an answer that was not offered")
        equal(await trial.text(path), "guarded", "the file")
        return
    answer, asked = await _delete(trial, path, ("accept", {"decision": "always"}))
    expect(not answer.is_error and asked == 1, f"{asked} questions: {answer.text[:200]}")
    answer, asked = await _delete(trial, path)
    equal(asked, 0, "the questions after 'always'")
    expect(not answer.is_error, f"refused after 'always': {answer.text[:300]}")
    answer, asked = await _delete(trial, f"guarded/{trial.name()}.txt", ("decline", None))
    equal(asked, 1, "the questions about another file")


async def rounds(trial: Trial) -> None:
    """The newest revision, round by round: what the server seals is good once, and as it was."""
    if not hasattr(trial.session, "ask_round") or not trial.is_modern:
        raise NotOffered("only the newest revision asks in rounds")
    path = f"guarded/{trial.name()}.txt"
    arguments = {"path": path}
    once = ("accept", {"decision": "once"})
    await trial.write(path, "guarded")
    questions, state = await trial.session.ask_round("file_delete", arguments)
    equal(len(questions), 1, "the number of questions")
    key, question = next(iter(questions.items()))
    equal(question["method"], "elicitation/create", "the question")
    expect(isinstance(state, str) and state, f"the state is {short(state)}")

    tampered = state[:-2] + ("AA" if state[-2:] != "AA" else "BB")
    for fake in (tampered, "x", ""):
        await trial.fails(
            trial.session.ask_round("file_delete", arguments, fake, {key: once}), -32602, "a state that was not sealed"
        )
    other = f"guarded/{trial.name()}.txt"
    await trial.write(other, "guarded")
    await trial.fails(
        trial.session.ask_round("file_delete", {"path": other}, state, {key: once}), -32602, "the state of another call"
    )
    again = await trial.session.ask_round("file_delete", arguments, state, {"no-such-question": once})
    expect(isinstance(again, tuple), f"an answer to another question was taken: {short(again)}")
    equal(await trial.text(path), "guarded", "the file")

    answer = await trial.session.ask_round("file_delete", arguments, state, {key: once})
    expect(not isinstance(answer, tuple) and not answer.is_error, f"refused: {short(answer)}")
    equal(await trial.text(path), None, "the file")
    await trial.write(path, "guarded")
    replay = await trial.session.ask_round("file_delete", arguments, state, {key: once})
    expect(isinstance(replay, tuple) or replay.is_error, "a sealed approval was used twice")
    equal(await trial.text(path), "guarded", "the file after the replay")


CHECKS = {
    "approve": approve,
    "decline": refuse,
    "always": always,
    "rounds": rounds,
}
