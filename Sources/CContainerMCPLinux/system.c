// SPDX-License-Identifier: Apache-2.0
// System calls and macros that Swift cannot import.
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

void cmcp_return_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

int cmcp_socket_pair(int descriptors[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, descriptors);
}

int cmcp_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

int cmcp_pipe(int descriptors[2], int nonblocking_read, int nonblocking_write) {
    if (pipe2(descriptors, O_CLOEXEC) != 0) {
        return -1;
    }
    if ((nonblocking_read && cmcp_set_nonblocking(descriptors[0]) != 0) ||
        (nonblocking_write && cmcp_set_nonblocking(descriptors[1]) != 0)) {
        close(descriptors[0]);
        close(descriptors[1]);
        return -1;
    }
    return 0;
}

int32_t cmcp_start_launcher(int socket) {
    char program[] = "/proc/self/exe";
    char name[] = "cmcp-launcher";
    char argument[] = CMCP_LAUNCHER_ARGUMENT;
    char *const arguments[] = {name, argument, NULL};
    char *const environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return -1;
    }
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return -1;
    }
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    pid_t pid = -1;
    // dup2 onto itself would leave close-on-exec set, so the socket is moved out of the way of its own target.
    int moved = fcntl(socket, F_DUPFD_CLOEXEC, 16);
    int error = moved < 0 ? errno : 0;
    if (error == 0) {
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
        posix_spawn_file_actions_adddup2(&actions, 0, 1);
        posix_spawn_file_actions_adddup2(&actions, moved, CMCP_LAUNCHER_DESCRIPTOR);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
        error = posix_spawn(&pid, program, &actions, &attributes, arguments, environment);
        close(moved);
    }
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return pid;
}

int64_t cmcp_send(int socket, const void *bytes, size_t length, const int *descriptors, int count) {
    struct iovec vector = {(void *)bytes, length};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * CMCP_DESCRIPTORS_MAX)];
    } control;
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (count < 0 || count > CMCP_DESCRIPTORS_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

int64_t cmcp_receive(int socket, void *bytes, size_t capacity, int *descriptors, int *count, int blocking) {
    struct iovec vector = {bytes, capacity};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * CMCP_DESCRIPTORS_MAX)];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {
        .msg_iov = &vector,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    int room = *count;
    *count = 0;
    ssize_t received;
    do {
        received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (blocking ? 0 : MSG_DONTWAIT));
    } while (received < 0 && errno == EINTR);
    if (received < 0) {
        return -1;
    }
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t length = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < length; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
            if (*count < room) {
                descriptors[(*count)++] = descriptor;
            } else {
                close(descriptor);
            }
        }
    }
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        for (int i = 0; i < *count; i++) {
            close(descriptors[i]);
        }
        *count = 0;
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

int cmcp_wait_readable(int descriptor, int milliseconds) {
    struct pollfd waiting = {descriptor, POLLIN, 0};
    int ready;
    do {
        ready = poll(&waiting, 1, milliseconds);
    } while (ready < 0 && errno == EINTR);
    return ready;
}

int cmcp_pidfd_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

#ifndef LANDLOCK_CREATE_RULESET_VERSION
#define LANDLOCK_CREATE_RULESET_VERSION 1
#endif

int cmcp_landlock_abi(void) {
    long version = syscall(444 /* landlock_create_ruleset */, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version < 0 ? 0 : (int)version;
}

int cmcp_harden_process(void) {
    struct rlimit none = {0, 0};
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0 ? -1 : 0;
}

int32_t cmcp_reap(int32_t pid, int *status) {
    pid_t reaped;
    do {
        reaped = waitpid(pid, status, WNOHANG);
    } while (reaped < 0 && errno == EINTR);
    return reaped;
}

int32_t cmcp_await_dead_child(void) {
    siginfo_t found;
    int failed;
    do {
        found.si_pid = 0;
        failed = waitid(P_ALL, 0, &found, WEXITED | WNOWAIT);
    } while (failed != 0 && errno == EINTR);
    return failed != 0 ? -1 : found.si_pid;
}

int cmcp_status_exited(int status) { return WIFEXITED(status) ? 1 : 0; }
int cmcp_status_code(int status) { return WEXITSTATUS(status); }
int cmcp_status_signal(int status) { return WTERMSIG(status); }

int cmcp_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cmcp_event_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cmcp_epoll_watch(int poll, int descriptor, int readable, int writable) {
    struct epoll_event event = {.events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0)};
    event.data.fd = descriptor;
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

int cmcp_epoll_unwatch(int poll, int descriptor) {
    struct epoll_event event = {0};
    return epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, &event);
}

int cmcp_epoll_wait(int poll, struct cmcp_ready *ready, int capacity, int milliseconds) {
    struct epoll_event events[64];
    int count = epoll_wait(poll, events, capacity < 64 ? capacity : 64, milliseconds);
    for (int i = 0; i < count; i++) {
        int ended = (events[i].events & (EPOLLHUP | EPOLLERR)) != 0;
        ready[i].descriptor = events[i].data.fd;
        ready[i].readable = ended || (events[i].events & EPOLLIN) != 0;
        ready[i].writable = ended || (events[i].events & EPOLLOUT) != 0;
    }
    return count < 0 ? 0 : count;
}

void cmcp_block_signals(void) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
}

void cmcp_error_text(int error, char *buffer, size_t length) {
    // The GNU form may return a text of its own and leave the buffer alone.
    const char *text = strerror_r(error, buffer, length);
    if (text != buffer) {
        snprintf(buffer, length, "%s", text);
    }
}

static volatile sig_atomic_t stop_pipe = -1;

static void tell_stop(int number) {
    int error = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe already holds the news.
    ssize_t ignored = write(stop_pipe, &byte, 1);
    (void)ignored;
    errno = error;
}

int cmcp_catch_stop_signals(int pipe) {
    stop_pipe = pipe;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = tell_stop;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    return sigaction(SIGTERM, &action, NULL) == 0 && sigaction(SIGINT, &action, NULL) == 0 ? 0 : -1;
}
