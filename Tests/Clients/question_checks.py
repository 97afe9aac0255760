# SPDX-License-Identifier: Apache-2.0
"""What a server asks its client: forms, addresses, the model, the directories. The tools are those of the conformance server."""

from typing import Any

from sessions import NotOffered, Options
from trial import Answers, Trial, equal, expect

ROOTS = ["file:///home/ann/project", "file:///home/ann/notes"]
COMPLETE = "notifications/elicitation/complete"
OWN_ELICITATION = "2025-06-18"
WITH_ADDRESSES = "2025-11-25"


class Asked(Answers):
    """Answers forms as it is told and everything else by itself, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.visits: list[str] = []
        self.prompts: list[str] = []

    def visit(self, message: str, address: str) -> str:
        self.visits.append(address)
        return "accept"

    def sample(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return "Forty-two."


    @property
    def options(self) -> Options:
        """Those of a client that can be asked everything."""
        return Options(answer=self, visit=self.visit, sample=self.sample, roots=list(ROOTS))


def need_forms(trial: Trial, revision: str = OWN_ELICITATION) -> None:
    if not trial.session.can_be_asked or trial.revision < revision:
        raise NotOffered("this version or revision can't be asked")


async def _text(trial: Trial, name: str, **arguments: Any) -> str:
    answer = await trial.call(name, arguments)
    expect(not answer.is_error, f"{name} failed: {answer.text[:300]}")
    return answer.text


async def form(trial: Trial) -> None:
    need_forms(trial)
    trial.answers.next = [("accept", {"username": "ann", "email": "ann@example.test"})]
    text = await _text(trial, "test_elicitation", message="Who are you?")
    message, schema = trial.answers.asked[-1]
    equal(message, "Who are you?", "the question")
    equal(sorted(schema["required"]), ["email", "username"], "the required fields")
    expect("accept" in text and "ann@example.test" in text, f"the tool says {text!r}")


async def declined(trial: Trial) -> None:
    need_forms(trial)
    for action in ("decline", "cancel"):
        trial.answers.next = [(action, None)]
        text = await _text(trial, "test_elicitation", message="Who are you?")
        expect(action in text, f"the tool says {text!r} after {action}")


async def defaults(trial: Trial) -> None:
    need_forms(trial)
    # The schemas of the answer have integers only, whatever the form asks for.
    content = {"name": "Bob", "age": 7, "score": 2, "status": "inactive", "verified": False}
    trial.answers.next = [("accept", content)]
    text = await _text(trial, "test_elicitation_sep1034_defaults")
    fields = trial.answers.asked[-1][1]["properties"]
    equal(set(fields), set(content), "the fields")
    given = {name: field["default"] for name, field in fields.items() if "default" in field}
    if trial.revision >= WITH_ADDRESSES:
        wanted = {"name": "John Doe", "age": 30, "score": 95.5, "status": "active", "verified": True}
        equal(given, wanted, "the defaults")
    expect("Bob" in text and "inactive" in text, f"the tool says {text!r}")


async def address(trial: Trial) -> None:
    need_forms(trial, WITH_ADDRESSES)
    visits = trial.answers.visits
    before = (len(visits), len(trial.session.heard.all))
    text = await _text(trial, "test_elicitation_url")
    equal(visits[before[0]:], ["https://example.test/sign-in"], "the addresses to open")
    expect("accept" in text, f"the tool says {text!r}")
    if trial.is_modern:
        equal(trial.session.heard.of(COMPLETE, before[1]), [], "news that this revision does not have")
        return
    came = await trial.session.heard.wait(COMPLETE, lambda news: bool(news.get("elicitationId")), before[1])
    expect(came, "nobody told that the address was dealt with")


async def model(trial: Trial) -> None:
    text = await _text(trial, "test_sampling", prompt="What is it?")
    equal(trial.answers.prompts[-1], "What is it?", "what the model was asked")
    expect("Forty-two." in text, f"the tool says {text!r}")


async def directories(trial: Trial) -> None:
    text = await _text(trial, "test_input_required_result_list_roots")
    expect(all(root in text for root in ROOTS), f"the tool says {text!r}")


async def everything(trial: Trial) -> None:
    """A form, the model and the directories in one call."""
    need_forms(trial)
    trial.answers.next = [("accept", {"name": "Ann"})]
    text = await _text(trial, "test_input_required_result_multiple_inputs")
    equal(text, "name: Ann, greeting: Forty-two., directories: 2", "the answer")


async def nobody(trial: Trial) -> None:
    """A client that declares nothing is asked nothing, and is told so."""
    tools = {"test_sampling": {"prompt": "x"}, "test_input_required_result_list_roots": {}, "test_elicitation": {"message": "x"}}
    async with trial.another() as session:
        other = trial.within(session)
        for name, arguments in tools.items():
            if trial.is_modern:
                error = await other.fails(session.call(name, arguments), -32021, f"{name} without the capability")
                expect(error.data.get("requiredCapabilities"), f"{name}: the error names no capability")
            else:
                answer = await other.call(name, arguments)
                # The oldest versions always say that they can be asked, and then refuse.
                is_told = "can't be asked" in answer.text or "refused to ask" in answer.text
                expect(answer.is_error and is_told, f"{name}: {answer.text[:200]}")


CHECKS = {
    "form": form,
    "form declined": declined,
    "defaults": defaults,
    "address": address,
    "model": model,
    "directories": directories,
    "everything": everything,
    "nobody to ask": nobody,
}
