// SPDX-License-Identifier: Apache-2.0
// What the server needs to start a launcher inside the wall of bubblewrap or firejail, and what that launcher tells
// about the wall. The rest of the wire is in cmcp_launcher.h.
#ifndef CMCP_WALL_H
#define CMCP_WALL_H

#include <stdint.h>

/// The private argument by which a program becomes the launcher behind a wall.
#define CMCP_WALLED_ARGUMENT "--cmcp-walled-launcher-7c1e52"

/// To the launcher, before CONFIGURE: u32 flags. Asks where it is.
#define CMCP_REQUEST_WALL 64
/// The answer: a u64 for each namespace in the order of enum cmcp_namespace, 0 where it can't be told. Carries a pidfd
/// of the launcher.
#define CMCP_REPLY_WALL 64

/// Flag of REQUEST_WALL: cover /proc with one that nothing is mounted over, where that is allowed. The kernel lets
/// children mount theirs only while a whole one is in sight.
#define CMCP_WALL_WHOLE_PROC 1

/// The namespaces that are looked at.
enum cmcp_namespace {
    CMCP_NAMESPACE_MOUNT = 0,
    CMCP_NAMESPACE_PID,
    CMCP_NAMESPACE_NET,
    CMCP_NAMESPACE_IPC,
    CMCP_NAMESPACE_UTS,
    CMCP_NAMESPACE_USER,
    CMCP_NAMESPACE_CGROUP,
    CMCP_NAMESPACES,
};

/// The numbers by which the kernel tells the namespaces of the calling process apart (namespaces(7)); 0 for one that
/// can't be told.
void cmcp_namespaces(uint64_t numbers[CMCP_NAMESPACES]);

/// Starts a program that was opened before, by its descriptor, with an environment that holds PATH only, /dev/null as
/// its input, in a session of its own.
///
/// \param program An open regular file.
/// \param arguments Ends with NULL.
/// \param output Its standard output, or -1 for /dev/null.
/// \param errors Its standard error, or -1 for /dev/null.
/// \param socket Becomes CMCP_LAUNCHER_DESCRIPTOR, or -1 for none.
/// \returns The process id, or -1 with errno.
int32_t cmcp_start_helper(int program, char *const arguments[], int output, int errors, int socket);

#endif
