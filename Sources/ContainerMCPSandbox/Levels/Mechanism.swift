// SPDX-License-Identifier: Apache-2.0

/// One layer of protection, named as the kernel's documentation names it.
public enum Mechanism: String, Sendable, CaseIterable, Hashable {
    /// A user namespace for each call, and in it no capability.
    case userNamespace = "user namespace"
    /// A root of its own that holds only what was listed.
    case mountNamespace = "mount namespace"
    /// Only the call's own processes exist.
    case pidNamespace = "pid namespace"
    /// /proc shows the call's own processes.
    case privateProc = "private /proc"
    /// No network interface.
    case networkNamespace = "network namespace"
    /// System V and POSIX message objects of its own.
    case ipcNamespace = "ipc namespace"
    /// A host name of its own.
    case utsNamespace = "uts namespace"
    /// Control group names of its own.
    case cgroupNamespace = "cgroup namespace"
    /// File access by path (landlock(7)).
    case landlock = "Landlock"
    /// Signals stay inside the call: by a pid namespace, by Landlock ABI 6, or by a supervisor that answers them.
    case signalScope = "signal scope"
    /// The system call allow-list (seccomp(2)).
    case seccomp = "seccomp filter"
    /// Every capability set is empty (capabilities(7)).
    case capabilities = "no capabilities"
    /// execve(2) grants nothing (prctl(2) PR_SET_NO_NEW_PRIVS).
    case noNewPrivs = "no-new-privileges"
    /// Limits of one process (setrlimit(2)).
    case rlimits = "resource limits"
    /// Memory of all processes of a call together.
    case treeMemory = "memory of a call"
    /// Children run under a user id that is not the server's.
    case unprivilegedUser = "unprivileged user id"
    /// Only listed programs can be executed.
    case commandAllowList = "command allow-list"
    /// A mandatory access control profile (apparmor(7)).
    case appArmor = "AppArmor"
    /// Limits of a whole call by control group (cgroups(7)).
    case cgroup = "cgroup"
}
