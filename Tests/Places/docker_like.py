# SPDX-License-Identifier: Apache-2.0
"""Writes a filter of system calls like Docker's default one, from the one that Podman installs.

    docker_like.py /usr/share/containers/seccomp.json OUTPUT

The two have the same origin and form. They differ in what matters here: without CAP_SYS_ADMIN Docker's refuses every call
that makes or enters a namespace or mounts, and answers clone3 with ENOSYS so that libraries fall back to clone, whose
flags a filter can look at.
"""

import json
import sys

REFUSED = {
    "bpf", "chroot", "clone", "clone3", "fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount",
    "open_tree", "perf_event_open", "pivot_root", "setns", "umount", "umount2", "unshare",
}
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
NAMESPACES = 0x7E020000
ENOSYS, EPERM = 38, 1


def main(source, target):
    with open(source, encoding="utf-8") as file:
        profile = json.load(file)
    rules = []
    for rule in profile["syscalls"]:
        names = rule["names"]
        if rule["action"] == "SCMP_ACT_ALLOW":
            names = [name for name in names if name not in REFUSED]
        if names:
            rules.append({**rule, "names": names})
    flags = {"index": 0, "value": NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}
    rules.append({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [flags]})
    rules.append({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS})
    profile["syscalls"] = rules
    profile["defaultErrnoRet"] = EPERM
    with open(target, "w", encoding="utf-8") as file:
        json.dump(profile, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
