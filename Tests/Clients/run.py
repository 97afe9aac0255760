# SPDX-License-Identifier: Apache-2.0
"""Tries the servers with the official clients, as real processes, over stdio and /sse.

    run.py --bin-dir .build/debug --environments .build-clients [--all] [--client NAME] [--transport NAME]

Prints a table and, as its last line, how many checks passed, failed and were skipped. Needs only Python's standard
library; what the clients need is installed into environments of their own.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import environments
from catalogue import CLIENTS, DRIVER_CHECKS, REVISIONS, SERVER_SETTINGS, TRANSPORTS, TRIAL_CHECKS, Client
from http_tee import HTTPTee
from processes import HTTPServer
from recording import Recorder

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent
DRIVER_SECONDS = 300
GATE_SECONDS = 120


class Outcome:
    """What became of each check of one trial: nothing wrong, a fault in words, or skipped with the reason."""

    def __init__(self) -> None:
        self.faults: dict[str, str | None] = {}
        self.skips: dict[str, str] = {}
        self.server_log = ""

    def mark(self, check: str) -> str:
        if check in self.skips:
            return "skip"
        return "ok" if self.faults.get(check, "missing") is None else "FAIL"


def try_client(client: Client, transport: str, options: argparse.Namespace, folder: Path) -> Outcome:
    outcome = Outcome()
    python = environments.ensure(client.package, options.environments)
    recorded = folder / "wire.jsonl"
    job = {
        "transport": transport,
        "mode": client.mode,
        "revision": client.revision,
        "report": str(folder / "report.jsonl"),
        "errors": str(folder / "server-errors.log"),
    }
    server: HTTPServer | None = None
    tee: HTTPTee | None = None
    try:
        if transport == "stdio":
            job["target"] = {
                "command": sys.executable,
                "arguments": [str(HERE / "stdio_tee.py"), str(recorded), str(options.stdio), "--test-mode"],
                "settings": SERVER_SETTINGS,
                "folder": str(folder),
            }
        else:
            server = HTTPServer(options.sse, SERVER_SETTINGS, folder)
            server.wait_until_ready()
            tee = HTTPTee(server.port, Recorder(recorded))
            job["target"] = {"url": f"http://127.0.0.1:{tee.port}/sse"}
        status = run_driver(python, job, folder)
        read_report(outcome, Path(job["report"]))
        for check in (*DRIVER_CHECKS, "end"):
            outcome.faults.setdefault(check, f"did not run: {status}")
        if server is not None:
            ending, server = server, None
            if fault := ending.stop():
                outcome.faults["end"] = fault
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        for check in TRIAL_CHECKS:
            outcome.faults.setdefault(check, f"{type(error).__name__}: {error}")
    finally:
        if tee is not None:
            tee.close()
        if server is not None:
            server.kill()
    hold_against_schemas(outcome, recorded, options)
    log = folder / ("server-errors.log" if transport == "stdio" else "server.log")
    if log.is_file():
        outcome.server_log = log.read_bytes()[-1500:].decode(errors="replace").strip()
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


def hold_against_schemas(outcome: Outcome, recorded: Path, options: argparse.Namespace) -> None:
    if options.schemas is None:
        outcome.skips["schema"] = "the schemas are not here"
        return
    if not recorded.is_file():
        outcome.faults["schema"] = "nothing was recorded"
        return
    done = subprocess.run(
        [str(options.gate_python), str(HERE / "gate.py"), str(options.schemas), str(recorded)],
        capture_output=True, text=True, timeout=GATE_SECONDS,
    )
    outcome.faults["schema"] = None if done.returncode == 0 else (done.stdout + done.stderr).strip()[-3000:]


def find_schemas(given: str | None) -> Path | None:
    candidates = [Path(given)] if given else [PACKAGE.parent / "shared" / "mcp-schema"]
    for folder in candidates:
        if all((folder / revision / "schema.json").is_file() for revision in REVISIONS):
            return folder.resolve()
    return None


def print_table(outcomes: dict[tuple[str, str], Outcome]) -> None:
    width = max(len(name) for name, _ in outcomes)
    print(f"{'client':{width}}  via    " + "  ".join(f"{check:>4}" for check in TRIAL_CHECKS))
    for (name, transport), outcome in outcomes.items():
        cells = "  ".join(f"{outcome.mark(check):>{max(4, len(check))}}" for check in TRIAL_CHECKS)
        print(f"{name:{width}}  {transport:5}  {cells}")
    for (name, transport), outcome in outcomes.items():
        # What stopped a trial stands once, with all the checks that it cost.
        checks: dict[str, list[str]] = {}
        for check in TRIAL_CHECKS:
            if outcome.mark(check) == "FAIL":
                checks.setdefault(str(outcome.faults.get(check, "did not run")), []).append(check)
        for fault, failed in checks.items():
            print(f"\n{name} over {transport}, {', '.join(failed)}:\n    " + fault.replace("\n", "\n    "))
        if checks and outcome.server_log:
            print("    the server's log ends:\n        " + outcome.server_log.replace("\n", "\n        "))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin-dir", type=Path, default=os.environ.get("CMCP_BIN_DIR"), help="where the servers are")
    parser.add_argument("--environments", type=Path, default=PACKAGE / ".build-clients")
    parser.add_argument("--schemas", help="the folder of the published schemas")
    parser.add_argument("--all", action="store_true", help="every client, not only those of a normal run")
    parser.add_argument("--client", action="append", choices=[client.name for client in CLIENTS])
    parser.add_argument("--transport", action="append", choices=TRANSPORTS)
    parser.add_argument("--keep", type=Path, help="keep recordings and logs of every trial in this folder")
    options = parser.parse_args()
    if options.bin_dir is None:
        parser.error("--bin-dir or CMCP_BIN_DIR must say where the servers are")
    options.bin_dir = options.bin_dir.resolve()
    options.environments = options.environments.resolve()
    options.stdio = options.bin_dir / "ContainerMCPStdio"
    options.sse = options.bin_dir / "ContainerMCPSSE"
    for program in (options.stdio, options.sse):
        if not os.access(program, os.X_OK):
            parser.error(f"{program} is not there; build the package first")
    options.schemas = find_schemas(options.schemas)
    return options


def main() -> int:
    options = arguments()
    if options.keep:
        options.keep = options.keep.resolve()
        options.keep.mkdir(parents=True, exist_ok=True)
    options.environments.mkdir(parents=True, exist_ok=True)
    options.gate_python = environments.ensure("gate", options.environments)
    passed = failed = skipped = 0

    own = subprocess.run([str(options.gate_python), "-m", "unittest", "--quiet", "test_harness"], cwd=HERE,
                         env={**os.environ, "CMCP_MCP_SCHEMAS": str(options.schemas or "")},
                         capture_output=True, text=True, timeout=GATE_SECONDS)
    if own.returncode == 0:
        passed += 1
    else:
        failed += 1
        print(f"the harness does not find what it must find:\n{own.stdout}{own.stderr}")

    chosen = [client for client in CLIENTS
              if (client.name in options.client if options.client else options.all or client.always)]
    outcomes: dict[tuple[str, str], Outcome] = {}
    for client in chosen:
        for transport in options.transport or TRANSPORTS:
            folder = Path(tempfile.mkdtemp(prefix="cmcp-clients."))
            started = time.monotonic()
            outcome = try_client(client, transport, options, folder)
            outcomes[client.name, transport] = outcome
            wrong = [check for check in TRIAL_CHECKS if outcome.mark(check) == "FAIL"]
            print(f"{client.name} over {transport}: {time.monotonic() - started:.1f} s"
                  + (f", failed: {', '.join(wrong)}" if wrong else ""), flush=True)
            if options.keep:
                shutil.copytree(folder, options.keep / f"{client.name}-{transport}", dirs_exist_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
    print()
    print_table(outcomes)
    for outcome in outcomes.values():
        marks = [outcome.mark(check) for check in TRIAL_CHECKS]
        passed += marks.count("ok")
        failed += marks.count("FAIL")
        skipped += marks.count("skip")
    if skipped and os.environ.get("CI") == "true":
        print("\nskipped checks count as failures here: the schemas must be present")
        failed, skipped = failed + skipped, 0
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
