// SPDX-License-Identifier: Apache-2.0
// Who belongs to a call: the processes below its supervisor, each held by a pidfd while it is looked at, so that a
// number that is used again stands for nobody.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "processes.h"

/// PIDFD_THREAD of pidfd_open(2), Linux 6.9.
#define THREAD_PIDFD O_EXCL
/// A chain of parents that is longer counts as leading nowhere; far more than a call may have processes.
#define DEPTH_MAX 1024

/// Reads one small open file of /proc as text, and closes it. Returns its length, or -1.
static ssize_t read_file(int file, char *text, size_t room) {
    if (file < 0) {
        return -1;
    }
    ssize_t length = read(file, text, room - 1);
    close(file);
    if (length > 0) {
        text[length] = 0;
    }
    return length > 0 ? length : -1;
}

/// Reads one small file of /proc as text. Returns its length, or -1.
static ssize_t read_text(int proc, const char *path, char *text, size_t room) {
    return read_file(openat(proc, path, O_RDONLY | O_CLOEXEC), text, room);
}

/// The parent and the process group of a process, zombies included.
static int read_relations(int proc, pid_t pid, pid_t *parent, pid_t *group) {
    char path[32], text[512], state;
    snprintf(path, sizeof path, "%d/stat", (int)pid);
    ssize_t length = read_text(proc, path, text, sizeof text);
    // The name in parentheses may hold anything; what follows the last one is fixed.
    const char *end = length < 0 ? NULL : memrchr(text, ')', (size_t)length);
    int above, leader;
    if (end == NULL || sscanf(end + 1, " %c %d %d", &state, &above, &leader) != 3) {
        return -1;
    }
    *parent = above;
    *group = leader;
    return 0;
}

pid_t cmcp_process_of(int proc, pid_t thread) {
    char path[32], text[512];
    snprintf(path, sizeof path, "%d/status", (int)thread);
    if (read_text(proc, path, text, sizeof text) < 0) {
        return -1;
    }
    const char *line = strstr(text, "\nTgid:\t");
    return line == NULL ? -1 : (pid_t)strtol(line + 7, NULL, 10);
}

/// Whether a process descends from this one: 1 yes, 0 no, -1 the chain changed while it was read.
///
/// The chain is read twice. A number in it could stand for somebody else only while its process is gone, and then
/// its child has another parent at the second reading: equal chains mean that each was the parent of the one before
/// it all the time between, provided that the first process is still alive, which the caller's pidfd tells.
static int read_descent(int proc, pid_t pid) {
    pid_t chain[DEPTH_MAX], self = getpid(), group;
    int length = 0;
    for (pid_t at = pid; at != self; at = chain[length - 1]) {
        if (at <= 1) {
            return 0;
        }
        if (length == DEPTH_MAX) {
            return 0;
        }
        if (read_relations(proc, at, &chain[length], &group) != 0) {
            return length == 0 ? 0 : -1;
        }
        length++;
    }
    pid_t at = pid;
    for (int i = 0; i < length; i++) {
        pid_t parent;
        if (read_relations(proc, at, &parent, &group) != 0 || parent != chain[i]) {
            return -1;
        }
        at = parent;
    }
    return length > 0;
}

static int descends(int proc, pid_t pid) {
    int found = -1;
    for (int attempt = 0; attempt < 16 && found < 0; attempt++) {
        found = read_descent(proc, pid);
    }
    return found > 0;
}

int cmcp_open_process(int proc, pid_t pid) {
    if (pid <= 0) {
        return -ESRCH;
    }
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) {
        // A thread that is not the first of its process has a number, too, but no pidfd of this kind.
        return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -EAGAIN : -ESRCH;
    }
    if (!descends(proc, pid)) {
        close(pidfd);
        return -EPERM;
    }
    return pidfd;
}

int cmcp_open_thread(int proc, pid_t process, pid_t thread, unsigned *flags) {
    if (thread <= 0) {
        return -EINVAL;
    }
    int pidfd = (int)syscall(SYS_pidfd_open, thread, THREAD_PIDFD);
    *flags = CMCP_THREAD_SIGNAL;
    if (pidfd < 0 && errno == EINVAL) {
        // Before Linux 6.9 a thread can't be held on to, and its number alone could come to mean another one.
        *flags = 0;
        return process != 0 && process != thread ? -EPERM : cmcp_open_process(proc, thread);
    }
    if (pidfd < 0) {
        return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -EAGAIN : -ESRCH;
    }
    pid_t owner = cmcp_process_of(proc, thread);
    if (owner <= 0 || (process != 0 && owner != process)) {
        close(pidfd);
        return -ESRCH;
    }
    int held = cmcp_open_process(proc, owner);
    // The thread is alive and the process is held: the one still belongs to the other.
    if (held >= 0 && (cmcp_process_of(proc, thread) != owner ||
                      syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, CMCP_THREAD_SIGNAL) != 0)) {
        close(held);
        held = -ESRCH;
    }
    if (held < 0) {
        close(pidfd);
        return held;
    }
    close(held);
    return pidfd;
}

int cmcp_open_private(int proc, pid_t process, const char *name) {
    struct stat owner;
    char path[64];
    snprintf(path, sizeof path, "%d", (int)process);
    if (fstatat(proc, path, &owner, 0) != 0) {
        return -1;
    }
    snprintf(path, sizeof path, "%d/%s", (int)process, name);
    if (owner.st_uid == geteuid() || cmcp_look_as(owner.st_uid, owner.st_gid) != 0) {
        return openat(proc, path, O_RDONLY | O_CLOEXEC);
    }
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    while (cmcp_look_as(geteuid(), getegid()) != 0) {
        // Only want of memory keeps it from being itself again, and it must not go on as somebody else.
        usleep(1000);
    }
    return file;
}

/// The number that stands behind a pidfd of the caller's, or a negative errno.
static pid_t number_behind(int proc, pid_t caller, int descriptor) {
    char name[32], text[1024];
    snprintf(name, sizeof name, "fdinfo/%d", descriptor);
    if (descriptor < 0 || read_file(cmcp_open_private(proc, caller, name), text, sizeof text) < 0) {
        return -EBADF;
    }
    const char *line = strstr(text, "\nPid:\t");
    if (line == NULL) {
        return -EBADF;
    }
    long number = strtol(line + 6, NULL, 10);
    return number > 0 ? (pid_t)number : -ESRCH;
}

int cmcp_open_behind(int proc, pid_t caller, int descriptor) {
    pid_t number = number_behind(proc, caller, descriptor);
    if (number < 0) {
        return number;
    }
    int pidfd = cmcp_open_process(proc, number);
    // Still the same number behind a live process: no other one had it meanwhile.
    if (pidfd >= 0 && number_behind(proc, caller, descriptor) != number) {
        close(pidfd);
        return -ESRCH;
    }
    return pidfd;
}

static void add_children(int proc, struct cmcp_members *members, int of, const char *thread) {
    char path[64], text[8192];
    snprintf(path, sizeof path, "%d/task/%.16s/children", (int)members->list[of].pid, thread);
    if (read_text(proc, path, text, sizeof text) < 0) {
        return;
    }
    char *end;
    for (char *at = text; *at != 0 && members->count < CMCP_MEMBERS_MAX; at = end + 1) {
        pid_t pid = (pid_t)strtol(at, &end, 10), parent, group;
        // A number that the buffer cut in two would name a stranger.
        if (end == at || *end != ' ') {
            return;
        }
        int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (pidfd < 0) {
            continue;
        }
        // With its parent held and alive after the look, it was a child of that one and of no other.
        if (read_relations(proc, pid, &parent, &group) != 0 || parent != members->list[of].pid ||
            (of != 0 && syscall(SYS_pidfd_send_signal, members->list[of].pidfd, 0, NULL, 0) != 0)) {
            close(pidfd);
            continue;
        }
        members->list[members->count++] = (struct cmcp_member){pid, pidfd, group};
    }
}

void cmcp_gather(int proc, struct cmcp_members *members) {
    members->count = 1;
    members->list[0] = (struct cmcp_member){getpid(), -1, 0};
    for (int i = 0; i < members->count; i++) {
        char path[32];
        snprintf(path, sizeof path, "%d/task", (int)members->list[i].pid);
        int folder = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *threads = folder < 0 ? NULL : fdopendir(folder);
        if (threads == NULL) {
            if (folder >= 0) {
                close(folder);
            }
            continue;
        }
        for (struct dirent *entry; (entry = readdir(threads)) != NULL;) {
            if (entry->d_name[0] != '.') {
                add_children(proc, members, i, entry->d_name);
            }
        }
        closedir(threads);
    }
}

void cmcp_let_go(struct cmcp_members *members) {
    for (int i = 1; i < members->count; i++) {
        close(members->list[i].pidfd);
    }
}
