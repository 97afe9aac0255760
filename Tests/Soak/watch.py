# SPDX-License-Identifier: Apache-2.0
"""What a server holds: memory, descriptors, processes."""
import asyncio
import os


def tree(pid):
    """The processes of a server and of all below it."""
    pending, found = [pid], []
    while pending:
        one = pending.pop()
        found.append(one)
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{task}/children") as file:
                    pending += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def memory_kib(pid):
    """The part of memory that is the process's own, shared pages by share; what is resident where that is hidden."""
    for name, field in ((f"/proc/{pid}/smaps_rollup", "Pss"), (f"/proc/{pid}/status", "VmRSS")):
        try:
            with open(name) as file:
                for line in file:
                    if line.startswith(field + ":"):
                        return int(line.split()[1])
        except OSError:
            continue
    return 0


def descriptors(pid):
    """How many descriptors a process has; None for another user's, and for one that hides them from its own user."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return None


def state(pid):
    processes = tree(pid)
    return {
        "server_kib": memory_kib(pid),
        "others_kib": sum(memory_kib(other) for other in processes if other != pid),
        "descriptors": descriptors(pid),
        "processes": len(processes),
    }


async def settled(pid, seconds=10.0):
    """The state once three looks in a row agree about all but memory; the last one where they do not in time."""
    looks = []
    for _ in range(int(seconds / 0.25)):
        looks.append(state(pid))
        last = [{key: look[key] for key in ("descriptors", "processes")} for look in looks[-3:]]
        if len(last) == 3 and last[0] == last[1] == last[2]:
            break
        await asyncio.sleep(0.25)
    return looks[-1]
