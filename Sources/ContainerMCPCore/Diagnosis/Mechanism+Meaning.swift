// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

extension Mechanism {
    /// What it means for calls when the layer is not there, in plain words; empty where nobody wrote it down.
    var meaningOfAbsence: String { Self.meanings[self] ?? "" }

    /// A table and no switch, so that a new layer is shown before it is explained.
    private static let meanings: [Mechanism: String] = [
        .userNamespace:
            "Nothing of what a call sees is its own; Landlock and the system call filter hold it alone.",
        .mountNamespace: "Calls meet the paths of this machine, and Landlock decides which of them open.",
        .pidNamespace:
            "Calls share the list of processes; what they leave behind is swept up, not ended by the kernel.",
        .privateProc:
            "There is no /proc in a call: process substitution, /dev/fd and tools like ps do not work.",
        .networkNamespace:
            "The network is kept away by refusing every kind of socket, Unix sockets included.",
        .ipcNamespace:
            "Message queues and shared memory of System V are refused instead of being a call's own.",
        .utsNamespace: "Calls can read the machine's name.",
        .cgroupNamespace: "Nothing hides the names of control groups but that /proc is not granted.",
        .landlock:
            "Paths are held by the other layers only; a fault in one of them is not caught by a second one.",
        .signalScope:
            "Signals are held back by the list of processes being a call's own, or by another user id.",
        .seccomp:
            "Every system call of the kernel can be tried, and each fault in one of them is within reach.",
        .capabilities: "A call holds rights of an administrator.",
        .noNewPrivs: "A program with the set-user-id bit could raise its rights.",
        .rlimits: "One process can take all memory and descriptors.",
        .treeMemory: """
        Nothing but a watcher bounds what the processes of a call take together, so a burst can pass the limit for a \
        moment.
        """,
        .unprivilegedUser: """
        Children are the same user as the server: where another layer fails, they reach all that the server's user \
        reaches.
        """,
        .commandAllowList:
            "A determined caller can run a program that is not listed, as confined as the listed ones.",
        .appArmor: "There is no second lock on files, should the namespaces have a fault.",
        .cgroup: """
        The kernel does not bound memory, processes and CPU time of a call as a whole; limits of each process and \
        the server's watchers do.
        """,
    ]
}
