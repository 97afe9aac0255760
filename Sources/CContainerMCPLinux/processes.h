// SPDX-License-Identifier: Apache-2.0
// Who belongs to a call, asked by its supervisor; `proc` is the descriptor of /proc.
#ifndef CMCP_PROCESSES_H
#define CMCP_PROCESSES_H

#include "internal.h"

/// PIDFD_SIGNAL_THREAD of pidfd_send_signal(2), Linux 6.9.
#define CMCP_THREAD_SIGNAL 1u
/// The most processes that are gathered at once; more than a call may have.
#define CMCP_MEMBERS_MAX 768

/// The process that a thread belongs to, or -1.
pid_t cmcp_process_of(int proc, pid_t thread);
/// A pidfd of a process of the call, or a negative errno: EPERM for one outside of it.
int cmcp_open_process(int proc, pid_t pid);
/// A pidfd of one thread of the call, or a negative errno.
///
/// \param process The one that the thread must belong to, or 0.
/// \param flags Set to what pidfd_send_signal(2) needs for it.
int cmcp_open_thread(int proc, pid_t process, pid_t thread, unsigned *flags);
/// A pidfd for the same process as one of the caller's, if it is one of the call, or a negative errno.
int cmcp_open_behind(int proc, pid_t caller, int descriptor);

/// Opens a file of a process or thread in /proc that only itself, or who may trace any process, can open: with its own
/// eyes, since a supervisor that is root in a container may not trace (setfsuid(2), ptrace(2): PTRACE_MODE_FSCREDS).
/// Returns a descriptor, or -1.
int cmcp_open_private(int proc, pid_t process, const char *name);

/// A process of the call, with its process group as it was seen.
struct cmcp_member {
    pid_t pid;
    int pidfd;
    pid_t group;
};

/// All of them; the first is the supervisor itself, without a pidfd.
struct cmcp_members {
    int count;
    struct cmcp_member list[CMCP_MEMBERS_MAX];
};

/// Finds the processes of the call from the top down, each held by a pidfd.
void cmcp_gather(int proc, struct cmcp_members *members);
/// Closes what was gathered.
void cmcp_let_go(struct cmcp_members *members);

#endif
