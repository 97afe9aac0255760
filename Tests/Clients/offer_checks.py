# SPDX-License-Identifier: Apache-2.0
"""Resources, prompts, completion and discovery: what the server has on offer beside tools."""

import base64
from typing import Any

import anyio
from sessions import NotOffered, RequestFailed
from trial import MODERN, CheckFailed, Trial, equal, expect, parsed

REVISIONS = [MODERN, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
REPORT = "container-mcp://sandbox/report"
TEMPLATE = "file:///workspace/{path}"
PROMPTS = {
    "run_and_explain", "write_python", "analyse_data", "fix_script", "search_workspace", "summarise_folder",
    "convert_file",
}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
MANY_FILES = 120


async def resources(trial: Trial) -> None:
    expect("resources" in trial.session.capabilities or trial_is_pinned(trial), "the capability is not offered")
    await trial.write("things/täg 1.txt", "zwölf\n")
    await trial.good(
        "system_run_python",
        code=f"import base64\nopen('/workspace/things/pixel.png', 'wb').write(base64.b64decode('{PIXEL}'))",
    )
    listed = {item["uri"]: item for item in (await trial.session.resources())[0]}
    uri = "file:///workspace/things/t%C3%A4g%201.txt"
    for wanted, kind in (
        (uri, "text/plain"), ("file:///workspace/things/pixel.png", "image/png"), (REPORT, "application/json"),
    ):
        expect(wanted in listed, f"{wanted} is not listed")
        equal(listed[wanted].get("mimeType"), kind, f"the type of {wanted}")
        expect(listed[wanted].get("name"), f"{wanted} has no name")
    templates = [item["uriTemplate"] for item in await trial.session.templates()]
    expect(TEMPLATE in templates, f"the templates are {templates}")

    contents = await trial.session.read(uri)
    equal([(item["text"], item["mimeType"]) for item in contents], [("zwölf\n", "text/plain")], "the text")
    contents = await trial.session.read("file:///workspace/things/pixel.png")
    equal([(item["blob"], item["mimeType"]) for item in contents], [(PIXEL, "image/png")], "the bytes")
    expect(base64.b64decode(contents[0]["blob"]).startswith(b"\x89PNG"), "no picture")
    expect(parsed(await trial.session.read(REPORT)).get("layers"), "the report has no layers")
    settings = parsed(await trial.session.read("container-mcp://settings"))["settings"]
    expect(any(setting["key"] == "SANDBOX_ROOT" for setting in settings), "no SANDBOX_ROOT among the settings")


async def unknown(trial: Trial) -> None:
    code = -32602 if trial.is_modern else -32002
    for uri in ("file:///workspace/nothing-there.txt", "container-mcp://nothing", "file:///etc/passwd"):
        error = await trial.fails(trial.session.read(uri), code, uri)
        equal((error.data or {}).get("uri"), uri, "the URI in the error")
    for uri in ("file:///workspace/%2e%2e/%2e%2e/etc/passwd", "file:///workspace/..%2F..%2Fetc%2Fpasswd"):
        try:
            found = await trial.session.read(uri)
        except RequestFailed as error:
            expect(error.code in (-32602, -32002), f"{uri}: {error}")
        else:
            raise CheckFailed(f"{uri} was read: {found}")


async def pages(trial: Trial) -> None:
    await trial.good(
        "system_run_python",
        code=(
            "import os\nos.makedirs('/workspace/pages', exist_ok=True)\n"
            f"for n in range({MANY_FILES}):\n    open(f'/workspace/pages/{{n:03}}.txt', 'w').write(str(n))"
        ),
    )
    found: list[str] = []
    items, cursor = await trial.session.resources()
    expect(cursor, f"{len(items)} resources on one page, and no cursor")
    count = 1
    while True:
        found += [item["uri"] for item in items]
        if cursor is None:
            break
        expect(count < 20, "the pages do not end")
        items, cursor = await trial.session.resources(cursor)
        count += 1
    equal(len(found), len(set(found)), "the number of different resources")
    missing = {f"file:///workspace/pages/{number:03}.txt" for number in range(MANY_FILES)} - set(found)
    expect(not missing, f"{len(missing)} files are on no page")
    await trial.fails(trial.session.resources("no cursor of ours"), -32602, "a cursor that was made up")
    await trial.good("system_run_python", code="import shutil\nshutil.rmtree('/workspace/pages')")


async def subscribe(trial: Trial) -> None:
    """Updates and list changes reach a session of the older era; of the newest revision `listen` is tried."""
    path = f"watched/{trial.name()}.txt"
    uri = f"file:///workspace/{path}"
    await trial.write(path, "one")
    await trial.session.subscribe(uri)
    heard = trial.session.heard
    since = len(heard.all)
    await trial.write(path, "two")
    updated = "notifications/resources/updated"
    expect(await heard.wait(updated, lambda params: params["uri"] == uri, since), "no update after a change")
    equal({params["uri"] for params in heard.of(updated)}, {uri}, "what was told about")
    await trial.session.unsubscribe(uri)
    # What was on its way may still come.
    await anyio.sleep(0.5)
    since = len(heard.all)
    await trial.write(path, "three")
    expect(not await heard.wait(updated, since=since, seconds=0.8), "an update after the subscription had ended")
    code = -32602 if trial.is_modern else -32002
    await trial.fails(trial.session.subscribe("file:///etc/passwd"), code, "watching a file of the host")


async def list_changes(trial: Trial) -> None:
    if trial.is_modern:
        raise NotOffered("of the newest revision 'listen' is tried")
    expect(trial.session.capabilities["resources"].get("listChanged"), "list changes are not offered")
    await _announced(trial, f"watched/{trial.name()}.txt", "a new file")
    # A folder that somebody watches a file of before it is there is one of the list all the same.
    folder = f"later-{trial.name()}"
    uri = f"file:///workspace/{folder}/watched.txt"
    await trial.session.subscribe(uri)
    await _announced(trial, f"{folder}/one.txt", "a new folder with a file")
    await anyio.sleep(0.5)
    await _announced(trial, f"{folder}/two.txt", "a file in the new folder")
    await trial.session.unsubscribe(uri)
    await _announced(trial, f"{folder}/three.txt", "a file in the new folder, of which nothing is watched any more")


async def _announced(trial: Trial, path: str, what: str) -> None:
    heard = trial.session.heard
    since = len(heard.all)
    await trial.write(path, "new")
    expect(await heard.wait("notifications/resources/list_changed", since=since), f"{what} was not announced")


async def listen(trial: Trial) -> None:
    if not trial.is_modern:
        raise NotOffered("subscriptions/listen is of the newest revision")
    from mcp.client.subscriptions import ResourcesListChanged, ResourceUpdated

    path = f"watched/{trial.name()}.txt"
    uri, foreign = f"file:///workspace/{path}", "file:///etc/passwd"
    await trial.write(path, "one")
    seen: list[Any] = []
    others: list[Any] = []

    async def follow(subscription: Any, events: list[Any]) -> None:
        async for event in subscription:
            events.append(event)

    async with trial.session.listen(
        resources_list_changed=True, tools_list_changed=True, resource_subscriptions=[uri, foreign]
    ) as first, trial.session.listen(prompts_list_changed=True) as second, anyio.create_task_group() as group:
        equal(first.honored.resource_subscriptions, [uri], "the resources that are watched")
        equal(first.honored.resources_list_changed, True, "whether list changes are told")
        equal(second.honored.prompts_list_changed, True, "whether changes of the prompts are told")
        group.start_soon(follow, first, seen)
        group.start_soon(follow, second, others)
        await trial.write(path, "two")
        await trial.wait_for(lambda: ResourceUpdated(uri=uri) in seen, "no update after a change")
        await trial.write(f"watched/{trial.name()}.txt", "new")
        await trial.wait_for(lambda: ResourcesListChanged() in seen, "a new file was not announced")
        group.cancel_scope.cancel()
    equal(others, [], "what a subscription for prompts heard")
    count = len(seen)
    await trial.write(path, "three")
    await anyio.sleep(0.5)
    equal(len(seen), count, "the number of events after the end")
    # A subscription that asks for nothing is acknowledged, and silent.
    async with trial.session.listen() as empty:
        expect(not empty.honored.resource_subscriptions, "an empty filter got resources")


async def prompts(trial: Trial) -> None:
    await trial.write("notes/first.txt", "one\ntwo\nthree – vier\n")
    listed = {item["name"]: item for item in await trial.session.prompts()}
    expect(set(listed) >= PROMPTS, f"not listed: {sorted(PROMPTS - set(listed))}")
    arguments = {item["name"]: item.get("required", False) for item in listed["run_and_explain"]["arguments"]}
    equal(arguments, {"command": True, "goal": False}, "the arguments of run_and_explain")
    found = await trial.session.prompt("run_and_explain", {"command": "grep -c e notes/first.txt", "goal": "count it"})
    text = _text(found)
    expect("grep -c e notes/first.txt" in text and "count it" in text, f"the prompt says {text[:300]}")
    text = _text(await trial.session.prompt("summarise_folder", {"path": "/notes"}))
    expect("first.txt" in text, f"the prompt names no file of the folder: {text[:300]}")
    await trial.fails(trial.session.prompt("no_such_prompt", {}), -32602, "an unknown prompt")
    await trial.fails(trial.session.prompt("run_and_explain", {}), -32602, "a prompt without its argument")


def _text(result: dict[str, Any]) -> str:
    return "\n".join(
        message["content"].get("text") or message["content"].get("resource", {}).get("text", "")
        for message in result["messages"]
    )


async def completion(trial: Trial) -> None:
    await trial.write("notes/first.txt", "one\ntwo\nthree – vier\n")
    complete = trial.session.complete
    equal(await complete("prompt", "run_and_explain", "command", "gr"), ["grep"], "what completes gr")
    equal(await complete("prompt", "summarise_folder", "path", "not"), ["notes/"], "what completes not")
    equal(await complete("resource", TEMPLATE, "path", "notes/fi"), ["notes/first.txt"], "what completes notes/fi")
    equal(await complete("resource", TEMPLATE, "path", "../"), [], "what completes ../")
    await trial.fails(complete("prompt", "no_such_prompt", "a", ""), -32602, "an unknown prompt")
    for uri in ("file:///etc/{path}", "nothing://{x}"):
        code = -32602 if trial.is_modern else -32002
        await trial.fails(complete("resource", uri, "path", ""), code, uri)


async def discover(trial: Trial) -> None:
    if not trial.session.discovers:
        raise NotOffered("this version does not know server/discover")
    # Also within a session of the older era: the era belongs to the request.
    found = await trial.session.discover(MODERN)
    equal(found.get("supportedVersions"), REVISIONS, "the versions")
    capabilities = found["capabilities"]
    equal(capabilities["resources"], {"subscribe": True, "listChanged": True}, "what resources can")
    missing = {"tools", "resources", "prompts", "completions", "logging", "extensions"} - set(capabilities)
    expect(not missing, f"not offered: {missing}")
    equal(capabilities["extensions"], {"io.modelcontextprotocol/tasks": {}}, "the extensions")
    expect("tasks" not in capabilities, "tasks of the older kind are offered")
    expect(found["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "the server has no name")
    expect(found.get("instructions"), "no instructions")
    error = await trial.fails(trial.session.discover("2099-01-01"), -32022, "an unknown version")
    equal((error.data or {}).get("requested"), "2099-01-01", "the version in the error")
    expect(set(error.data["supported"]) <= set(REVISIONS), "versions that discover does not name")


def trial_is_pinned(trial: Trial) -> bool:
    """Whether the client took a revision without asking the server for what it can."""
    return trial.is_modern and not trial.session.capabilities


CHECKS = {
    "resources": resources,
    "unknown": unknown,
    "pages": pages,
    "subscribe": subscribe,
    "list changes": list_changes,
    "listen": listen,
    "prompts": prompts,
    "completion": completion,
    "discover": discover,
}
