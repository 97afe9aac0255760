// SPDX-License-Identifier: Apache-2.0
// The launcher behind a wall that bubblewrap or firejail built: how it is started there, and what it tells about it.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

void cmcp_namespaces(uint64_t numbers[CMCP_NAMESPACES]) {
    static const char *const names[CMCP_NAMESPACES] = {"mnt", "pid", "net", "ipc", "uts", "user", "cgroup"};
    for (int i = 0; i < CMCP_NAMESPACES; i++) {
        char path[32];
        struct stat found;
        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        numbers[i] = stat(path, &found) == 0 ? (uint64_t)found.st_ino : 0;
    }
}

int cmcp_answer_wall(int socket, uint32_t flags) {
    if ((flags & CMCP_WALL_WHOLE_PROC) != 0) {
        // Refused to an ordinary user, and needed only where root's wall has something mounted over parts of /proc.
        (void)mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    }
    uint64_t numbers[CMCP_NAMESPACES];
    cmcp_namespaces(numbers);
    int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (self < 0) {
        return -1;
    }
    struct cmcp_writer writer = {{0}, 0};
    cmcp_write_u32(&writer, CMCP_REPLY_WALL);
    cmcp_write_bytes(&writer, numbers, sizeof numbers);
    int failed = cmcp_send(socket, writer.bytes, writer.length, &self, 1) != (ssize_t)writer.length;
    close(self);
    return failed ? -1 : 0;
}

int32_t cmcp_start_helper(int program, char *const arguments[], int output, int errors, int socket) {
    char path[32], search[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    char *const environment[] = {search, NULL};
    // dup2 onto itself would leave close-on-exec set, so what is passed is moved away from its own target first.
    int given[4] = {program, output, errors, socket}, moved[4];
    int error = 0;
    for (int i = 0; i < 4; i++) {
        moved[i] = given[i] < 0 ? -1 : fcntl(given[i], F_DUPFD_CLOEXEC, 16);
        error = given[i] >= 0 && moved[i] < 0 ? errno : error;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid = -1;
    error = program < 0 ? EBADF : error;
    if (error == 0 && (error = posix_spawn_file_actions_init(&actions)) == 0) {
        if ((error = posix_spawnattr_init(&attributes)) == 0) {
            sigset_t none, all;
            sigemptyset(&none);
            sigfillset(&all);
            snprintf(path, sizeof path, "/proc/self/fd/%d", moved[0]);
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
            posix_spawn_file_actions_adddup2(&actions, moved[1] < 0 ? 0 : moved[1], 1);
            posix_spawn_file_actions_adddup2(&actions, moved[2] < 0 ? 0 : moved[2], 2);
            if (moved[3] >= 0) {
                posix_spawn_file_actions_adddup2(&actions, moved[3], CMCP_LAUNCHER_DESCRIPTOR);
            }
            posix_spawnattr_setsigmask(&attributes, &none);
            posix_spawnattr_setsigdefault(&attributes, &all);
            posix_spawnattr_setflags(&attributes,
                                     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
            error = posix_spawn(&pid, path, &actions, &attributes, arguments, environment);
            posix_spawnattr_destroy(&attributes);
        }
        posix_spawn_file_actions_destroy(&actions);
    }
    for (int i = 0; i < 4; i++) {
        if (moved[i] >= 0) {
            close(moved[i]);
        }
    }
    if (error != 0) {
        errno = error;
        return -1;
    }
    return pid;
}
