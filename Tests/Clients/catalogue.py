# SPDX-License-Identifier: Apache-2.0
"""The official clients that the servers are tried with, and what every trial shares."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    """One version of the official Python client in one of its modes."""

    name: str
    package: str
    # How the client agrees on a revision; None where the version knows one way only.
    mode: str | None
    # The revision that it must end up with.
    revision: str
    # Whether it is tried in every run, or only when everything is.
    always: bool

    @property
    def era(self) -> str:
        return "modern" if self.revision >= "2026" else "legacy"

    def speaks(self, transport: str) -> bool:
        # The oldest version was there before /mcp was.
        return transport != "mcp" or self.revision > "2024-11-05"


CLIENTS = (
    Client("mcp-2.3.0-auto", "mcp-2.3.0", "auto", "2026-07-28", always=True),
    Client("mcp-2.3.0-legacy", "mcp-2.3.0", "legacy", "2025-11-25", always=False),
    Client("mcp-2.3.0-modern", "mcp-2.3.0", "2026-07-28", "2026-07-28", always=False),
    Client("mcp-1.30.0", "mcp-1.30.0", None, "2025-11-25", always=True),
    Client("mcp-1.13.1", "mcp-1.13.1", None, "2025-06-18", always=False),
    Client("mcp-1.9.4", "mcp-1.9.4", None, "2025-03-26", always=False),
    Client("mcp-1.6.0", "mcp-1.6.0", None, "2024-11-05", always=True),
)

TRANSPORTS = ("stdio", "sse", "mcp")

# Settings of every server that is started here.
SERVER_SETTINGS = {
    "BASH_ALLOWED_COMMANDS": "ls,cat,grep,find,echo,pwd,mkdir,touch,sort,head,tail,wc,sleep",
    "FILE_ALLOWED_EXTENSIONS": "txt,md,csv,json,py,png",
    # Shorter than the tasks of the checks, longer than any other call of a client that can follow tasks.
    "TASK_GRACE": "1",
}

# Nothing that the other checks do is asked about.
POLICY = """\
version: 1
rules:
  - id: agree-on-deleting
    effects: [delete]
    paths: ["/guarded/**"]
    verdict: ask
    reason: a person has to agree
"""

# The checks of one trial, in order. The driver reports all but the last two, which need the whole recording.
DRIVER_CHECKS = (
    "connect",
    "list",
    "write",
    "read",
    "folder",
    "move",
    "delete",
    "command",
    "python",
    "settings",
    "health",
    "refuse",
    "cancel",
    "time limit",
    "10 MB",
    "CSV job",
    "resources",
    "unknown",
    "pages",
    "subscribe",
    "list changes",
    "listen",
    "prompts",
    "completion",
    "discover",
    "progress",
    "log level",
    "log",
    "cancel Python",
    "break off",
    "resume",
    "resume raw",
    "two sessions",
    "end session",
    "approve",
    "decline",
    "always",
    "rounds",
    "task",
    "cancel task",
    "token",
)
TRIAL_CHECKS = (*DRIVER_CHECKS, "end", "schema")

# The checks of a trial with the conformance server: what a server asks its client.
QUESTION_CHECKS = ("form", "form declined", "defaults", "address", "model", "directories", "everything", "nobody to ask")
QUESTION_TRIAL_CHECKS = (*QUESTION_CHECKS, "end", "schema")
