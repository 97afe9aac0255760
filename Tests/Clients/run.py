# SPDX-License-Identifier: Apache-2.0
"""Tries the servers with the official clients, as real processes, over stdio, /sse and /mcp.

    run.py --bin-dir .build/debug --environments .build-clients [--all] [--conformance-server PROGRAM]
           [--client NAME] [--transport NAME] [--check NAME]

With a conformance server the clients are tried with that, too: with everything that a server can ask its client.

Prints a table and, as its last line, how many checks passed, failed and were skipped because something is missing on
this machine; in CI nothing may be missing. What a client or a revision can't do is told apart, with the reason. Needs
only Python's standard library; what the clients need is installed into environments of their own.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import environments
from catalogue import (
    CLIENTS, DRIVER_CHECKS, POLICY, QUESTION_CHECKS, QUESTION_TRIAL_CHECKS, SERVER_SETTINGS, TRANSPORTS, TRIAL_CHECKS, Client,
)
from http_tee import HTTPTee
from processes import HTTPServer
from recording import Recorder

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent
DRIVER_SECONDS = 320
GATE_SECONDS = 180


class Outcome:
    """What became of each check of one trial: nothing wrong, a fault in words, or skipped with the reason."""

    def __init__(self, checks: tuple[str, ...] = TRIAL_CHECKS) -> None:
        self.checks = checks
        self.faults: dict[str, str | None] = {}
        # What this client or revision can't do.
        self.skips: dict[str, str] = {}
        # What could not be done because something is missing here.
        self.missing: dict[str, str] = {}
        self.server_log = ""
        self.seconds = 0.0

    def mark(self, check: str) -> str:
        if check in self.missing:
            return "missing"
        if check in self.skips:
            return "skip"
        return "ok" if self.faults.get(check, "missing") is None else "FAIL"

    def marks(self) -> list[str]:
        return [self.mark(check) for check in self.checks]


class Servers:
    """The HTTP servers of one trial: one that anybody may use, and one that wants a token; or the conformance server."""

    def __init__(self, options: argparse.Namespace, settings: dict[str, str], folder: Path, secret: str, asks: bool):
        self._running: list[HTTPServer] = []
        self.tees: list[HTTPTee] = []
        names = ("open",) if asks else ("open", "secured")
        for name in names:
            place = folder / name
            place.mkdir()
            if asks:
                self._running.append(HTTPServer(options.conformance_server, {}, place, ()))
            else:
                more = {"MCP_AUTH_TOKEN": secret} if name == "secured" else {}
                self._running.append(HTTPServer(options.sse, {**settings, **more}, place))
        for name, server in zip(names, self._running):
            server.wait_until_ready()
            self.tees.append(HTTPTee(server.port, Recorder(folder / f"wire-{name}.jsonl")))

    def stop(self) -> str | None:
        """Ends them as an operator would. Returns what was wrong with their end."""
        faults = [fault for server in self._running if (fault := server.stop())]
        self._running = []
        return "; ".join(faults) or None

    def close(self) -> None:
        for tee in self.tees:
            tee.close()
        for server in self._running:
            server.kill()


def try_client(client: Client, transport: str, options: argparse.Namespace, folder: Path, asks: bool = False) -> Outcome:
    """Tries one client with the servers, or with the conformance server, which asks it."""
    outcome = Outcome(QUESTION_TRIAL_CHECKS if asks else TRIAL_CHECKS)
    python = environments.ensure(client.package, options.environments)
    secret = secrets.token_urlsafe(24)
    policy = folder / "policy.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    settings = {**SERVER_SETTINGS, "POLICY_FILE": str(policy)}
    job = {
        "transport": transport,
        "mode": client.mode,
        "revision": client.revision,
        "report": str(folder / "report.jsonl"),
        "errors": str(folder / "server-errors.log"),
        "token": secret,
        "checks": options.check,
        "asks": asks,
    }
    program = [str(options.conformance_server), "--stdio"] if asks else [str(options.stdio), "--test-mode"]
    servers: Servers | None = None
    try:
        if transport == "stdio":
            for name, more in (("target", {}), ("secured", {"MCP_AUTH_TOKEN": secret})):
                job[name] = {
                    "command": sys.executable,
                    "program": program,
                    "settings": {} if asks else {**settings, **more},
                    "folder": str(folder),
                    "label": name,
                }
        else:
            servers = Servers(options, settings, folder, secret, asks)
            for name, tee in zip(("target", "secured"), servers.tees):
                job[name] = {"url": f"http://127.0.0.1:{tee.port}/{transport}"}
            job["cut"] = servers.tees[0].control_port
        status = run_driver(python, job, folder)
        read_report(outcome, Path(job["report"]))
        for check in (*(QUESTION_CHECKS if asks else DRIVER_CHECKS), "end"):
            outcome.faults.setdefault(check, f"did not run: {status}")
        if servers is not None and (fault := servers.stop()):
            outcome.faults["end"] = fault
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        for check in outcome.checks:
            outcome.faults.setdefault(check, f"{type(error).__name__}: {error}")
    finally:
        if servers is not None:
            servers.close()
    hold_against_schemas(outcome, sorted(folder.glob("wire-*.jsonl")), options)
    logs = [folder / "server-errors.log"] if transport == "stdio" else sorted(folder.glob("*/server.log"))
    outcome.server_log = "\n".join(
        log.read_bytes()[-1500:].decode(errors="replace").strip() for log in logs if log.is_file()
    ).strip()
    return outcome


def run_driver(python: Path, job: dict, folder: Path) -> str:
    """Runs the driver and says how it ended."""
    path = folder / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    with open(folder / "driver.log", "wb") as log:
        driver = subprocess.Popen(
            [str(python), str(HERE / "driver.py"), str(path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            status = f"the driver ended with {driver.wait(timeout=DRIVER_SECONDS)}"
        except subprocess.TimeoutExpired:
            status = f"the driver did not end within {DRIVER_SECONDS} s"
            os.killpg(driver.pid, signal.SIGKILL)
            driver.wait()
    if status.endswith(" 0"):
        return status
    return f"{status}: {(folder / 'driver.log').read_bytes()[-1500:].decode(errors='replace').strip()}"


def read_report(outcome: Outcome, path: Path) -> None:
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            outcome.faults[entry["check"]] = entry["detail"]
            if entry.get("skip") is not None:
                outcome.skips[entry["check"]] = entry["skip"]


def hold_against_schemas(outcome: Outcome, recordings: list[Path], options: argparse.Namespace) -> None:
    if options.schemas is None:
        outcome.missing["schema"] = "the schemas are not here"
        return
    if not recordings:
        outcome.faults["schema"] = "nothing was recorded"
        return
    done = subprocess.run(
        [str(options.gate_python), str(HERE / "gate.py"), "--schemas", str(options.schemas), *map(str, recordings)],
        capture_output=True, text=True, timeout=GATE_SECONDS,
    )
    outcome.faults["schema"] = None if done.returncode == 0 else (done.stdout + done.stderr).strip()[-6000:]


def print_table(outcomes: dict[tuple[Client, str], Outcome]) -> None:
    width = max(len(client.name) for client, _ in outcomes)
    print(f"{'client':{width}}  {'via':5}  {'era':6}  passed  failed  skipped  seconds")
    for (client, transport), outcome in outcomes.items():
        marks = outcome.marks()
        print(f"{client.name:{width}}  {transport:5}  {client.era:6}  {marks.count('ok'):6}  {marks.count('FAIL'):6}  "
              f"{marks.count('skip') + marks.count('missing'):7}  {outcome.seconds:7.1f}")
    print_skips(outcomes)
    for (client, transport), outcome in outcomes.items():
        # What stopped a trial stands once, with all the checks that it cost.
        checks: dict[str, list[str]] = {}
        for check in outcome.checks:
            if outcome.mark(check) == "FAIL":
                checks.setdefault(str(outcome.faults.get(check, "did not run")), []).append(check)
        for fault, failed in checks.items():
            print(f"\n{client.name} over {transport}, {', '.join(failed)}:\n    " + fault.replace("\n", "\n    "))
        if checks and outcome.server_log:
            print("    the server's log ends:\n        " + outcome.server_log.replace("\n", "\n        "))


def print_skips(outcomes: dict[tuple[Client, str], Outcome]) -> None:
    """Says once for each reason what was skipped for it."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for (client, transport), outcome in outcomes.items():
        for check in outcome.checks:
            reason = outcome.missing.get(check) or outcome.skips.get(check)
            if reason is not None and reason != "not asked for":
                reasons.setdefault(reason, {}).setdefault(check, []).append(f"{client.name}/{transport}")
    if reasons:
        print("\nskipped:")
    for reason, checks in reasons.items():
        trials = sorted({trial for each in checks.values() for trial in each})
        print(f"  {', '.join(checks)}: {reason} ({', '.join(trials)})")


def find_schemas(given: str | None) -> Path | None:
    folder = Path(given) if given else PACKAGE.parent / "shared" / "mcp-schema"
    return folder.resolve() if (folder / "ext-tasks" / "schema.json").is_file() else None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin-dir", type=Path, default=os.environ.get("CMCP_BIN_DIR"), help="where the servers are")
    parser.add_argument("--conformance-server", type=Path, help="the program of Examples/ConformanceServer")
    parser.add_argument("--environments", type=Path, default=PACKAGE / ".build-clients")
    parser.add_argument("--schemas", help="the folder of the published schemas")
    parser.add_argument("--all", action="store_true", help="every client, not only those of a normal run")
    parser.add_argument("--client", action="append", choices=[client.name for client in CLIENTS])
    parser.add_argument("--transport", action="append", choices=TRANSPORTS)
    parser.add_argument(
        "--check", action="append", choices=(*DRIVER_CHECKS, *QUESTION_CHECKS), help="only these checks"
    )
    parser.add_argument("--keep", type=Path, help="keep recordings and logs of every trial in this folder")
    options = parser.parse_args()
    if options.bin_dir is None:
        parser.error("--bin-dir or CMCP_BIN_DIR must say where the servers are")
    options.bin_dir = options.bin_dir.resolve()
    options.environments = options.environments.resolve()
    options.stdio = options.bin_dir / "ContainerMCPStdio"
    options.sse = options.bin_dir / "ContainerMCPSSE"
    wanted = options.transport or TRANSPORTS
    if options.conformance_server:
        options.conformance_server = options.conformance_server.resolve()
    programs = [options.conformance_server] if options.conformance_server else []
    programs += [options.stdio] * ("stdio" in wanted) + [options.sse] * bool({"sse", "mcp"} & set(wanted))
    for program in programs:
        if not os.access(program, os.X_OK):
            parser.error(f"{program} is not there; build the package first")
    options.schemas = find_schemas(options.schemas)
    return options


def try_all(chosen: list[Client], options: argparse.Namespace, asks: bool) -> dict[tuple[Client, str], Outcome]:
    """Tries each client over each transport, and tells how it goes."""
    outcomes: dict[tuple[Client, str], Outcome] = {}
    for client in chosen:
        for transport in options.transport or TRANSPORTS:
            if not client.speaks(transport):
                continue
            folder = Path(tempfile.mkdtemp(prefix="cmcp-clients."))
            started = time.monotonic()
            outcome = try_client(client, transport, options, folder, asks)
            outcome.seconds = time.monotonic() - started
            outcomes[client, transport] = outcome
            wrong = [check for check in outcome.checks if outcome.mark(check) == "FAIL"]
            print(f"{client.name} over {transport}: {outcome.seconds:.1f} s"
                  + (f", failed: {', '.join(wrong)}" if wrong else ""), flush=True)
            if options.keep:
                kept = f"{client.name}-{transport}" + ("-asks" if asks else "")
                shutil.copytree(folder, options.keep / kept, dirs_exist_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
    return outcomes


def main() -> int:
    options = arguments()
    if options.keep:
        options.keep = options.keep.resolve()
        options.keep.mkdir(parents=True, exist_ok=True)
    options.environments.mkdir(parents=True, exist_ok=True)
    options.gate_python = environments.ensure("gate", options.environments)
    passed = failed = 0

    own = subprocess.run([str(options.gate_python), "-m", "unittest", "--quiet", "test_harness", "test_wire"],
                         cwd=HERE,
                         env={**os.environ, "CMCP_MCP_SCHEMAS": str(options.schemas or "")},
                         capture_output=True, text=True, timeout=GATE_SECONDS)
    if own.returncode == 0:
        passed += 1
    else:
        failed += 1
        print(f"the harness does not find what it must find:\n{own.stdout}{own.stderr}")

    chosen = [client for client in CLIENTS
              if (client.name in options.client if options.client else options.all or client.always)]
    outcomes = try_all(chosen, options, asks=False)
    print()
    print_table(outcomes)
    asked: dict[tuple[Client, str], Outcome] = {}
    if options.conformance_server:
        print("\nwhat a server asks its client:")
        asked = try_all(chosen, options, asks=True)
        print()
        print_table(asked)
    missing = not_offered = 0
    for outcome in (*outcomes.values(), *asked.values()):
        marks = outcome.marks()
        passed += marks.count("ok")
        failed += marks.count("FAIL")
        missing += marks.count("missing")
        not_offered += marks.count("skip")
    if missing and os.environ.get("CI") == "true":
        print("\nwhat is missing counts as failed here: the schemas must be present")
        failed, missing = failed + missing, 0
    print(f"\n{not_offered} checks are not for their client, revision or transport")
    print(f"{passed} passed, {failed} failed, {missing} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
