# SPDX-License-Identifier: Apache-2.0
"""Counts what a run of Swift Testing printed.

    tally.py LOG EXPECTED_LEVEL

Prints "PASSED FAILED SKIPPED" and status 0 where the run ended by itself, nothing failed and no level up to the expected
one was said to be out of reach; else status 1, with the reasons on further lines.
"""

import re
import sys

STRENGTH = ["none", "filtered", "noproc", "full"]


def main(path, expected):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = re.sub(r"\x1b\[[0-9;]*m", "", file.read())
    reasons = []
    total = re.search(r"^.{0,2}Test run with (\d+) tests? in \d+ suites? (passed|failed)", text, re.MULTILINE)
    failed = re.findall(r"^✘ Test (?!run|case)(.*?) (?:with \d+ test cases? )?failed after", text, re.MULTILINE)
    skipped = re.findall(r"^➜ Test (?!run|case)(.*?) (?:skipped|was cancelled)", text, re.MULTILINE)
    reasons += [f"failed: {name}" for name in failed]
    if total is None:
        reasons.append("the run did not end by itself")
    elif int(total[1]) == 0:
        reasons.append("no test ran")
    elif total[2] == "failed" and not failed:
        reasons.append("the run failed")
    for level in sorted(set(re.findall(r"level (\w+) can't be had here", text))):
        if STRENGTH.index(level) <= STRENGTH.index(expected):
            reasons.append(f"level {level} can't be had, although {expected} was expected")
    count = int(total[1]) if total else 0
    print(max(0, count - len(failed) - len(skipped)), len(failed), len(skipped))
    print("\n".join(reasons))
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
