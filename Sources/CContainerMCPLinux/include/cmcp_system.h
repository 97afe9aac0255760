// SPDX-License-Identifier: Apache-2.0
// System calls and macros that Swift cannot import, each with its reason.
#ifndef CMCP_SYSTEM_H
#define CMCP_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/// A close-on-exec SOCK_SEQPACKET pair. (The type constants are an enumeration that Swift cannot combine.)
///
/// \returns 0, or -1 with errno.
int cmcp_socket_pair(int descriptors[2]);

/// A close-on-exec pipe; the named ends are non-blocking. (pipe2 is invisible from Swift.)
///
/// \returns 0, or -1 with errno.
int cmcp_pipe(int descriptors[2], int nonblocking_read, int nonblocking_write);

/// Starts this very program again as the launcher, with an empty environment and the given socket.
///
/// \returns The process id, or -1 with errno.
int32_t cmcp_start_launcher(int socket);

/// Sends one message with descriptors, without blocking and without SIGPIPE. (SCM_RIGHTS needs the CMSG macros.)
///
/// \returns The bytes sent, or -1 with errno.
int64_t cmcp_send(int socket, const void *bytes, size_t length, const int *descriptors, int count);

/// Receives one message with descriptors, which are close-on-exec. Surplus descriptors are closed.
///
/// \param count In: the room in `descriptors`. Out: how many came.
/// \returns The bytes received, 0 at the end, or -1 with errno (EMSGSIZE when the message was cut).
int64_t cmcp_receive(int socket, void *bytes, size_t capacity, int *descriptors, int *count, int blocking);

/// Waits until a descriptor is readable.
///
/// \returns 1 readable, 0 time over, -1 with errno.
int cmcp_wait_readable(int descriptor, int milliseconds);

/// pidfd_send_signal(2), which glibc 2.36 has but Debian's headers hide from Swift.
int cmcp_pidfd_signal(int pidfd, int signal);

/// The highest Landlock ABI that the kernel offers, or 0.
int cmcp_landlock_abi(void);

/// Makes this process unreadable for others of the same user and forbids core files (prctl is variadic).
///
/// \returns 0, or -1 with errno.
int cmcp_harden_process(void);

/// The file-status word that fcntl(2) F_SETFL with O_NONBLOCK needs (fcntl is variadic).
int cmcp_set_nonblocking(int descriptor);

/// waitpid(2) for one process without blocking; EINTR is retried.
int32_t cmcp_reap(int32_t pid, int *status);

/// Waits until a child is dead, and leaves it to be reaped (siginfo_t's parts are macros); EINTR is retried.
///
/// \returns its number, or -1 with errno.
int32_t cmcp_await_dead_child(void);

/// epoll_create1(2) and eventfd(2); Swift's Glibc module holds neither of their headers. Both are close-on-exec, and
/// the event descriptor does not block.
int cmcp_epoll_create(void);
int cmcp_event_create(void);

/// Begins to watch a descriptor for reading, writing or both, or with neither ends it.
///
/// \returns 0, or -1 with errno.
int cmcp_epoll_watch(int poll, int descriptor, int readable, int writable);
int cmcp_epoll_unwatch(int poll, int descriptor);

/// What one descriptor is ready for. An error or a hang-up counts as both.
struct cmcp_ready {
    int32_t descriptor;
    int32_t readable;
    int32_t writable;
};

/// epoll_wait(2) for at most 64 events.
///
/// \returns The number of events, 0 when time is over or a signal came.
int cmcp_epoll_wait(int poll, struct cmcp_ready *ready, int capacity, int milliseconds);

/// Turns SIGTERM and SIGINT into bytes on a pipe: each holds the number of the signal. (Only async-signal-safe calls are
/// allowed in a handler, and Swift code makes no such promise.) For one pipe in a process.
///
/// \returns 0, or -1 with errno.
int cmcp_catch_stop_signals(int pipe);

/// Blocks every signal in the calling thread, so that it is neither interrupted nor ended by SIGPIPE.
void cmcp_block_signals(void);

/// The text for an errno value; thread-safe, in a buffer of the caller. (Which strerror_r a C library has differs.)
void cmcp_error_text(int error, char *buffer, size_t length);

/// Gives memory that the allocator holds and nobody uses back to the kernel, where the C library can (malloc_trim(3)).
void cmcp_return_memory(void);

/// Whether a service manager wrote on a control group's folder that it is delegated (the attribute `user.delegate`, or
/// for root `trusted.delegate`; systemd.resource-control(5)). (Swift's Glibc module lacks sys/xattr.h.)
int cmcp_is_delegated(const char *folder);

/// Lets this thread, and no other, meet files and /proc as another user and group does (setfsuid(2), setfsgid(2)). In C
/// because Swift does not see <sys/fsuid.h>.
///
/// \returns 0, or -1 where it may not be them; the thread is then who it was.
int cmcp_look_as(uint32_t user, uint32_t group);

/// Locks an open folder for this process with flock(2), without waiting. (The name is taken by a structure in Swift.)
///
/// \returns 0, or -1 with errno: EWOULDBLOCK while another process holds it.
int cmcp_lock_folder(int folder);

/// Parts of a waitpid status, which are macros.
int cmcp_status_exited(int status);
int cmcp_status_code(int status);
int cmcp_status_signal(int status);

#endif
