// SPDX-License-Identifier: Apache-2.0
// Signals at level `filtered` where Landlock has no scope for them: the filter hands each call that sends one to the
// supervisor (seccomp_unotify(2)), which stands outside of the confinement and lets it reach the call's own
// processes only.
//
// Nothing is decided on memory that a child could change meanwhile, only on the registers. What the kernel may do
// itself (CONTINUE) is what means the caller's own process or group whatever happens meanwhile; everything else the
// supervisor does, on a pidfd of a process that was seen to descend from it while that pidfd was open. A number that
// is used again after that makes the pidfd a dead one.
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "processes.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define HIGHEST_SIGNAL 64
#define ROUNDS_MAX 8

static int install(const struct cmcp_setting *setting, unsigned long flags) {
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | flags,
                        &setting->filter);
}

uint32_t cmcp_install_listening(const struct cmcp_setting *setting, struct cmcp_listener *listener) {
    // With this flag (Linux 5.19) only a fatal signal interrupts a caller that is being answered, so that no signal is
    // sent twice and none comes after its call has returned.
    listener->waits = !setting->interruptible;
    listener->descriptor = install(setting, listener->waits ? SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV : 0);
    if (listener->descriptor < 0 && listener->waits && errno == EINVAL) {
        listener->waits = 0;
        listener->descriptor = install(setting, 0);
    }
    return listener->descriptor < 0 ? CMCP_STEP_SECCOMP : CMCP_STEP_NONE;
}

int cmcp_hand_over_listener(int socket, const struct cmcp_listener *listener) {
    uint8_t waits = (uint8_t)listener->waits;
    int sent = cmcp_send(socket, &waits, 1, &listener->descriptor, 1) == 1;
    int error = errno;
    close(listener->descriptor);
    errno = error;
    return sent ? 0 : -1;
}

int cmcp_take_over_listener(int socket, struct cmcp_listener *listener) {
    uint8_t waits = 0;
    int count = 1, descriptor = -1;
    if (cmcp_receive(socket, &waits, 1, &descriptor, &count, 0) != 1 || count != 1) {
        return -1;
    }
    listener->waits = waits != 0;
    listener->descriptor = descriptor;
    struct rlimit files;
    // Room for a pidfd of each process of a call. What the program may have is set for it later, by number.
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 2 * CMCP_MEMBERS_MAX) {
        files.rlim_cur = files.rlim_max < 2 * CMCP_MEMBERS_MAX ? files.rlim_max : 2 * CMCP_MEMBERS_MAX;
        // With less room a group that is too large is reached in part.
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    return 0;
}

int cmcp_can_listen(const struct cmcp_setting *setting) {
    struct seccomp_notif_sizes sizes;
    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0 ||
        sizes.seccomp_notif > sizeof(union cmcp_notification) ||
        sizes.seccomp_notif_resp > sizeof(union cmcp_notification)) {
        return 0;
    }
    pid_t child = fork();
    if (child == 0) {
        // Refused with EBUSY where a container's runtime listens to this process already.
        struct cmcp_listener listener;
        _exit(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                      cmcp_install_listening(setting, &listener) == CMCP_STEP_NONE
                  ? 0
                  : 1);
    }
    int status = -1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && status == 0;
}

struct question {
    const struct cmcp_listener *listener;
    int proc;
    uint64_t id;
    pid_t thread;
    pid_t process;
    int number;
    const uint64_t *arguments;
    int is_answered;
};

/// Whether the caller still waits for its answer.
static int is_waiting(const struct question *question) {
    uint64_t id = question->id;
    return ioctl(question->listener->descriptor, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/// Lets the caller go on with a result, or into the kernel. Returns 0, or -1 when it does not wait any more.
static int answer(struct question *question, int error, int goes_on) {
    union cmcp_notification reply;
    memset(&reply, 0, sizeof reply);
    reply.answer.id = question->id;
    reply.answer.error = error;
    reply.answer.flags = goes_on ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
    question->is_answered = 1;
    return ioctl(question->listener->descriptor, SECCOMP_IOCTL_NOTIF_SEND, &reply) == 0 ? 0 : -1;
}

static int send_signal(int pidfd, int number, siginfo_t *info, unsigned flags) {
    return syscall(SYS_pidfd_send_signal, pidfd, number, info, flags) == 0 ? 0 : -errno;
}

/// Sends to one process or thread and answers; `pidfd` is closed.
static void signal_one(struct question *question, int pidfd, int number, siginfo_t *info, unsigned flags) {
    if (pidfd < 0) {
        answer(question, pidfd, 0);
        return;
    }
    if (question->listener->waits) {
        answer(question, send_signal(pidfd, number, info, flags), 0);
    } else {
        // A signal that reaches the caller itself would interrupt it, and make it ask again.
        int error = send_signal(pidfd, 0, NULL, flags);
        if (answer(question, error, 0) == 0 && error == 0 && number != 0) {
            (void)send_signal(pidfd, number, info, flags);
        }
    }
    close(pidfd);
}

static int is_wanted(const struct question *question, const struct cmcp_member *member, pid_t group) {
    return group != 0 ? member->group == group : member->pid != question->process;
}

/// Sends to a process group, or with group 0 to every process of the call but the caller's.
///
/// Who was forked meanwhile by one that was not reached yet is found in the next round.
static void signal_many(struct question *question, pid_t group, int number) {
    static struct cmcp_members members;
    static pid_t reached[CMCP_MEMBERS_MAX];
    int count = 0, error = -ESRCH;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        cmcp_gather(question->proc, &members);
        if (round == 0 && !question->listener->waits) {
            for (int i = 1; i < members.count && error != 0; i++) {
                if (is_wanted(question, &members.list[i], group)) {
                    error = send_signal(members.list[i].pidfd, 0, NULL, 0);
                }
            }
            if (answer(question, error, 0) != 0 || error != 0 || number == 0) {
                cmcp_let_go(&members);
                return;
            }
        }
        int found = 0;
        for (int i = 1; i < members.count; i++) {
            int is_new = is_wanted(question, &members.list[i], group) && count < CMCP_MEMBERS_MAX;
            for (int j = 0; is_new && j < count; j++) {
                is_new = reached[j] != members.list[i].pid;
            }
            if (is_new) {
                reached[count++] = members.list[i].pid;
                found = 1;
                int result = send_signal(members.list[i].pidfd, number, NULL, 0);
                error = error == 0 || result == 0 ? 0 : result;
            }
        }
        cmcp_let_go(&members);
        if (!found || number == 0) {
            break;
        }
    }
    if (!question->is_answered) {
        answer(question, error, 0);
    }
}

/// Copies the caller's siginfo. Returns 0 or a negative errno; what it may say is decided on the copy, which is sent.
static int copy_info(struct question *question, uint64_t address, int number, siginfo_t *info) {
    int memory = cmcp_open_private(question->proc, question->thread, "mem");
    if (memory < 0) {
        return -EPERM;
    }
    ssize_t length = address > INT64_MAX ? -1 : pread(memory, info, sizeof *info, (off_t)address);
    close(memory);
    if (length != (ssize_t)sizeof *info) {
        return -EFAULT;
    }
    // Kinds that only the kernel, kill and tkill may send, as the kernel itself has it.
    if (info->si_code >= 0 || info->si_code == SI_TKILL) {
        return -EPERM;
    }
    info->si_signo = number;
    return is_waiting(question) ? 0 : -ESRCH;
}

static void signal_one_with_info(struct question *question, int pidfd, int number, uint64_t address, unsigned flags) {
    siginfo_t info;
    int error = pidfd < 0 ? pidfd : copy_info(question, address, number, &info);
    if (error < 0) {
        if (pidfd >= 0) {
            close(pidfd);
        }
        answer(question, error, 0);
        return;
    }
    signal_one(question, pidfd, number, &info, flags);
}

/// tgkill(2) and rt_tgsigqueueinfo(2), which differ in what they carry: a thread of a process, each by its number.
static void signal_thread(struct question *question, int has_info) {
    int process = (int)question->arguments[0], thread = (int)question->arguments[1];
    int number = (int)question->arguments[2];
    if (process == question->process) {
        // The kernel sees to it that the thread is one of the process, which is the caller's own.
        answer(question, 0, 1);
        return;
    }
    if (process <= 0 || number < 0 || number > HIGHEST_SIGNAL) {
        answer(question, -EINVAL, 0);
        return;
    }
    unsigned flags = 0;
    int pidfd = cmcp_open_thread(question->proc, process, thread, &flags);
    if (has_info) {
        signal_one_with_info(question, pidfd, number, question->arguments[3], flags);
    } else {
        signal_one(question, pidfd, number, NULL, flags);
    }
}

static void decide(struct question *question) {
    const uint64_t *arguments = question->arguments;
    int proc = question->proc, first = (int)arguments[0], second = (int)arguments[1];
    unsigned flags = 0;
    int is_own = first == question->process || first == question->thread;
    switch (question->number) {
    case SYS_kill:
        if (second < 0 || second > HIGHEST_SIGNAL) {
            answer(question, -EINVAL, 0);
        } else if (first == 0 || is_own) {
            // The caller's own group holds processes of the call only, since the call is a session of its own.
            answer(question, 0, 1);
        } else if (first > 0) {
            signal_one(question, cmcp_open_process(proc, first), second, NULL, 0);
        } else if (first == INT32_MIN) {
            answer(question, -ESRCH, 0);
        } else {
            signal_many(question, first == -1 ? 0 : -first, second);
        }
        return;
    case SYS_tkill:
        if (is_own || second < 0 || second > HIGHEST_SIGNAL) {
            // A number that is no signal ends in the kernel, too, before it looks at the thread's.
            answer(question, is_own ? 0 : -EINVAL, is_own);
            return;
        }
        first = cmcp_open_thread(proc, 0, first, &flags);
        signal_one(question, first, second, NULL, flags);
        return;
    case SYS_tgkill:
        signal_thread(question, 0);
        return;
    case SYS_rt_sigqueueinfo:
        if (is_own || second < 0 || second > HIGHEST_SIGNAL) {
            answer(question, is_own ? 0 : -EINVAL, is_own);
        } else {
            signal_one_with_info(question, cmcp_open_process(proc, first), second, arguments[2], 0);
        }
        return;
    case SYS_rt_tgsigqueueinfo:
        signal_thread(question, 1);
        return;
    case SYS_pidfd_send_signal:
        if ((unsigned)arguments[3] != 0 || second < 0 || second > HIGHEST_SIGNAL) {
            answer(question, -EINVAL, 0);
        } else if (arguments[2] == 0) {
            signal_one(question, cmcp_open_behind(proc, question->process, first), second, NULL, 0);
        } else {
            signal_one_with_info(question, cmcp_open_behind(proc, question->process, first), second, arguments[2], 0);
        }
        return;
    default:
        answer(question, -ENOSYS, 0);
    }
}

void cmcp_answer_signal(const struct cmcp_listener *listener, int proc) {
    union cmcp_notification request;
    memset(&request, 0, sizeof request);
    // A caller that was killed while it waited leaves nothing to receive.
    if (ioctl(listener->descriptor, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) {
        return;
    }
    uint64_t arguments[6];
    for (int i = 0; i < 6; i++) {
        arguments[i] = request.question.data.args[i];
    }
    struct question question = {
        .listener = listener,
        .proc = proc,
        .id = request.question.id,
        .thread = (pid_t)request.question.pid,
        .number = request.question.data.nr,
        .arguments = arguments,
    };
    question.process = question.thread > 0 ? cmcp_process_of(proc, question.thread) : -1;
    if (question.process <= 0) {
        answer(&question, -EPERM, 0);
    } else if (is_waiting(&question)) {
        // The thread was the caller while its process was read, and it waits: both numbers are its own until it is
        // answered.
        decide(&question);
    }
}
