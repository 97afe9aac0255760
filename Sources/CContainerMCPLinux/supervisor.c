// SPDX-License-Identifier: Apache-2.0
// One supervisor for each call. With a pid namespace it is the init of that namespace, and its death takes every
// process of the call with it. Without one it is a subreaper outside the call's confinement that sweeps up.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

// Where a supervisor keeps its descriptors.
enum { CONTROL = 3, LIFE = 4, PROC = 5, SIGNALS = 6, LABEL = 8, PRIVATE = 9 };

struct supervisor {
    const struct cmcp_setting *setting;
    const struct cmcp_view *view;
    int filtered;
    int private_folder;
    uint8_t *message;
    /// Where a child hands its filter's listener over: its end, and the supervisor's.
    int handing[2];
    struct cmcp_listener listener;
};

static void fail(uint32_t step) __attribute__((noreturn));
static void fail(uint32_t step) {
    cmcp_send_failure(CONTROL, step, errno);
    _exit(1);
}

/// Puts a descriptor at a fixed number, above the ones in use until then.
static void place(int descriptor, int target) {
    if (descriptor != target && (dup3(descriptor, target, O_CLOEXEC) < 0)) {
        _exit(1);
    }
}

/// Kills everything below this process, again and again, until nothing is left: a child that forks meanwhile is
/// found in the next round, since orphans become ours.
static void sweep(void) {
    for (int round = 0; round < 10000; round++) {
        char path[64], text[8192];
        snprintf(path, sizeof path, "self/task/%d/children", (int)getpid());
        int file = openat(PROC, path, O_RDONLY | O_CLOEXEC);
        ssize_t length = file >= 0 ? read(file, text, sizeof text - 1) : -1;
        if (file >= 0) {
            close(file);
        }
        if (length > 0) {
            text[length] = 0;
            // A number that the buffer cut in two would name a stranger: the last one counts only with its blank.
            for (char *at = text; *at != 0;) {
                char *end;
                long pid = strtol(at, &end, 10);
                if (end == at || *end != ' ') {
                    break;
                }
                kill((pid_t)pid, SIGKILL);
                at = end + 1;
            }
        }
        int status;
        pid_t reaped;
        while ((reaped = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
        }
        if (reaped < 0 && errno == ECHILD) {
            return;
        }
        struct timespec pause = {0, round < 50 ? 200000 : 2000000};
        nanosleep(&pause, NULL);
    }
}

static uint32_t confine(struct supervisor *self) {
    uint32_t step = CMCP_STEP_NONE;
    if (self->setting->level == CMCP_LEVEL_NONE) {
        return step;
    }
    if (self->filtered && self->setting->changes_id) {
        // The change of user takes away what this needs.
        cmcp_drop_bounding_set();
        if (syscall(SYS_setgroups, 0, NULL) != 0) {
            return CMCP_STEP_GROUPS;
        }
        uint32_t uid = self->setting->outer_uid, gid = self->setting->outer_gid;
        if (syscall(SYS_setresgid, gid, gid, gid) != 0 || syscall(SYS_setresuid, uid, uid, uid) != 0) {
            return CMCP_STEP_IDS;
        }
    }
    if ((step = cmcp_drop_capabilities()) != CMCP_STEP_NONE) {
        return step;
    }
    int label = -1;
    if ((step = cmcp_attach_profile(self->setting, self->view, &label)) != CMCP_STEP_NONE) {
        return step;
    }
    if (label >= 0 && label != LABEL) {
        place(label, LABEL);
        close(label);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
        return CMCP_STEP_NO_NEW_PRIVS;
    }
    // Kernels before 6.3 do not know it; READY then says so, and any other refusal ends the call.
    if ((self->view->flags & CMCP_VIEW_NO_NEW_CODE) != 0 && prctl(65 /* PR_SET_MDWE */, 1, 0, 0, 0) != 0 &&
        errno != EINVAL) {
        return CMCP_STEP_NO_NEW_CODE;
    }
    if ((step = cmcp_restrict_paths(self->setting, self->view, self->private_folder)) != CMCP_STEP_NONE) {
        return step;
    }
    if (!self->setting->answers_signals) {
        return cmcp_install_filter(self->setting);
    }
    struct cmcp_listener listener;
    if ((step = cmcp_install_listening(self->setting, &listener)) != CMCP_STEP_NONE) {
        return step;
    }
    // Until the program runs nothing may send a signal: who would answer waits for the end of vfork.
    return cmcp_hand_over_listener(self->handing[0], &listener) == 0 ? CMCP_STEP_NONE : CMCP_STEP_SECCOMP;
}

/// Makes the way by which a child hands its listener over, where there will be one.
static void open_handing(struct supervisor *self) {
    if (!self->filtered || !self->setting->answers_signals) {
        return;
    }
    int ends[2];
    if (cmcp_socket_pair(ends) != 0) {
        fail(CMCP_STEP_SECCOMP);
    }
    for (int i = 0; i < 2; i++) {
        // Out of the way of the descriptors that the child places.
        self->handing[i] = fcntl(ends[i], F_DUPFD_CLOEXEC, CMCP_DESCRIPTORS_MAX + 16);
        close(ends[i]);
        if (self->handing[i] < 0) {
            fail(CMCP_STEP_SECCOMP);
        }
    }
}

/// Takes the listener over; without it every signal of the call is refused with ENOSYS. Returns 0 or -1.
static int close_handing(struct supervisor *self) {
    if (self->handing[0] < 0) {
        return 0;
    }
    close(self->handing[0]);
    int result = cmcp_take_over_listener(self->handing[1], &self->listener);
    close(self->handing[1]);
    self->handing[0] = self->handing[1] = -1;
    return result;
}

static uint32_t place_descriptors(const int *descriptors, int count) {
    int high[CMCP_DESCRIPTORS_MAX];
    for (int i = 0; i < count; i++) {
        high[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, 64);
        if (high[i] < 0) {
            return CMCP_STEP_DESCRIPTORS;
        }
    }
    for (int i = 0; i < count; i++) {
        if (dup2(high[i], i) < 0) {
            return CMCP_STEP_DESCRIPTORS;
        }
    }
    return CMCP_STEP_NONE;
}

/// What happens between vfork and exec. Returns only on failure.
///
/// The memory is the supervisor's own, which is not dumpable and stays so when the user id changes.
static uint32_t become(struct supervisor *self, const struct cmcp_run *run, const int *descriptors, int count) {
    uint32_t step = place_descriptors(descriptors, count);
    if (step == CMCP_STEP_NONE && self->filtered) {
        // Its groups hold no process of anybody else: signals to the own one need no look.
        step = setsid() < 0 ? CMCP_STEP_SESSION : confine(self);
    }
    if (step != CMCP_STEP_NONE) {
        return step;
    }
    // Before the limits: a low limit on descriptors would cut a slow close short.
    cmcp_close_from((unsigned)count);
    if (chdir(run->directory) != 0) {
        return CMCP_STEP_WORKING_DIRECTORY;
    }
    umask(022);
    if ((step = cmcp_set_limits(run)) != CMCP_STEP_NONE) {
        return step;
    }
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) {
        return CMCP_STEP_SIGNALS;
    }
    execve(run->program, (char *const *)run->arguments, (char *const *)run->environment);
    return CMCP_STEP_EXEC;
}

static void report_exit(int status, const struct rusage *usage, int has_others) {
    struct rusage rest;
    struct cmcp_exit report;
    memset(&report, 0, sizeof report);
    report.status = status;
    report.has_others = has_others ? 1 : 0;
    if (getrusage(RUSAGE_CHILDREN, &rest) != 0) {
        rest = *usage;
    }
    report.user_usec = (uint64_t)rest.ru_utime.tv_sec * 1000000 + (uint64_t)rest.ru_utime.tv_usec;
    report.system_usec = (uint64_t)rest.ru_stime.tv_sec * 1000000 + (uint64_t)rest.ru_stime.tv_usec;
    report.max_rss_kib = (uint64_t)rest.ru_maxrss;
    struct cmcp_writer writer = {{0}, 0};
    cmcp_write_u32(&writer, CMCP_REPLY_EXITED);
    cmcp_write_bytes(&writer, &report, sizeof report);
    cmcp_send(CONTROL, writer.bytes, writer.length, NULL, 0);
}

/// Waits for the end of the call's first process, reaping orphans, or for the server's word that the call is over.
static void watch(struct supervisor *self, pid_t first) __attribute__((noreturn));
static void watch(struct supervisor *self, pid_t first) {
    for (;;) {
        struct pollfd waiting[4] = {
            {CONTROL, POLLIN, 0}, {LIFE, POLLIN, 0}, {SIGNALS, POLLIN, 0}, {self->listener.descriptor, POLLIN, 0}};
        if (poll(waiting, 4, -1) < 0 && errno != EINTR) {
            break;
        }
        // Before every answer, so that no flood of questions can hold up the end.
        if (waiting[0].revents != 0 || waiting[1].revents != 0) {
            break;
        }
        if ((waiting[3].revents & POLLIN) != 0) {
            cmcp_answer_signal(&self->listener, PROC);
        } else if (waiting[3].revents != 0) {
            // Nobody is left who could ask.
            close(self->listener.descriptor);
            self->listener.descriptor = -1;
        }
        struct signalfd_siginfo ignored;
        while (read(SIGNALS, &ignored, sizeof ignored) > 0) {
        }
        int status;
        struct rusage usage;
        pid_t pid;
        int over = 0;
        while ((pid = wait4(-1, &status, WNOHANG | __WALL, &usage)) > 0) {
            if (pid == first) {
                over = 1;
                break;
            }
        }
        if (over) {
            // Orphans become this process's children, so none of them means that nothing of the call is left.
            int left;
            while ((pid = waitpid(-1, &left, WNOHANG | __WALL)) > 0) {
            }
            int has_others = !(pid < 0 && errno == ECHILD);
            if (self->filtered && has_others) {
                // They must be gone before the call is reported as over: nothing else would end them.
                sweep();
                has_others = 0;
            }
            report_exit(status, &usage, has_others);
            _exit(0);
        }
    }
    if (self->filtered) {
        sweep();
    }
    _exit(0);
}

static void run(struct supervisor *self, struct cmcp_reader *reader, int *descriptors, int count)
    __attribute__((noreturn));
static void run(struct supervisor *self, struct cmcp_reader *reader, int *descriptors, int count) {
    struct cmcp_run request;
    if (cmcp_decode_run(reader, &request) != 0 || count < 3) {
        errno = EINVAL;
        fail(CMCP_STEP_MESSAGE);
    }
    // This process may have waited long for its run.
    if (!self->filtered && cmcp_confirm_profile(self->view, LABEL) != CMCP_STEP_NONE) {
        fail(CMCP_STEP_APPARMOR);
    }
    volatile uint32_t step = CMCP_STEP_NONE;
    volatile int error = 0;
    open_handing(self);
    pid_t child = vfork();
    if (child == 0) {
        step = become(self, &request, descriptors, count);
        error = errno;
        _exit(127);
    }
    if (child < 0) {
        fail(CMCP_STEP_FORK);
    }
    for (int i = 0; i < count; i++) {
        close(descriptors[i]);
    }
    if (close_handing(self) != 0 && step == CMCP_STEP_NONE) {
        step = CMCP_STEP_SECCOMP;
        error = EPROTO;
    }
    if (step != CMCP_STEP_NONE) {
        errno = error;
        cmcp_send_failure(CONTROL, step, error);
        if (self->filtered) {
            sweep();
        }
        _exit(1);
    }
    watch(self, child);
}

/// Waits for the probe's word, five seconds at most, and answers its signals meanwhile. Returns 0 or -1.
static int await_probe(struct supervisor *self, int channel) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (const time_t end = now.tv_sec + 5; now.tv_sec <= end; clock_gettime(CLOCK_MONOTONIC, &now)) {
        struct pollfd waiting[3] = {
            {channel, POLLIN, 0}, {self->listener.descriptor, POLLIN, 0}, {self->handing[1], POLLIN, 0}};
        if (poll(waiting, 3, 1000) < 0 && errno != EINTR) {
            return -1;
        }
        if (waiting[0].revents != 0) {
            return 0;
        }
        if (waiting[2].revents != 0 && close_handing(self) != 0) {
            return -1;
        }
        if ((waiting[1].revents & POLLIN) != 0) {
            cmcp_answer_signal(&self->listener, PROC);
        }
    }
    return -1;
}

static void probe(struct supervisor *self, struct cmcp_reader *reader) __attribute__((noreturn));
static void probe(struct supervisor *self, struct cmcp_reader *reader) {
    struct cmcp_probe request;
    int channel[2];
    if (cmcp_decode_probe(reader, &request) != 0 || pipe2(channel, 0) != 0) {
        errno = EINVAL;
        fail(CMCP_STEP_MESSAGE);
    }
    open_handing(self);
    pid_t child = fork();
    if (child < 0) {
        fail(CMCP_STEP_FORK);
    }
    if (child == 0) {
        if (dup2(channel[1], 3) < 0 || (self->filtered && setsid() < 0)) {
            _exit(1);
        }
        // The step that failed, errno, breaches, what is confirmed.
        uint32_t words[4] = {CMCP_STEP_NONE, 0, 0, 0};
        if (self->filtered && (words[0] = confine(self)) != CMCP_STEP_NONE) {
            words[1] = (uint32_t)errno;
        } else {
            cmcp_close_from(4);
            cmcp_try_everything(&request, self->setting->has_groups, &words[2], &words[3]);
        }
        _exit(write(3, words, sizeof words) == (ssize_t)sizeof words ? 0 : 1);
    }
    close(channel[1]);
    uint32_t words[4];
    if (await_probe(self, channel[0]) != 0 || read(channel[0], words, sizeof words) != (ssize_t)sizeof words) {
        errno = EIO;
        fail(CMCP_STEP_FORK);
    }
    if (words[0] != CMCP_STEP_NONE) {
        errno = (int)words[1];
        fail(words[0]);
    }
    struct cmcp_writer writer = {{0}, 0};
    cmcp_write_u32(&writer, CMCP_REPLY_PROBED);
    cmcp_write_u32(&writer, words[2]);
    cmcp_write_u32(&writer, words[3]);
    cmcp_send(CONTROL, writer.bytes, writer.length, NULL, 0);
    if (self->filtered) {
        sweep();
    }
    _exit(0);
}

void cmcp_supervise(const struct cmcp_setting *setting, const struct cmcp_view *view, int control, int life,
                    int private_folder, int must_join) {
    if (must_join >= 0 && cmcp_join_group(must_join) != 0) {
        cmcp_send_failure(control, CMCP_STEP_GROUP, errno);
        _exit(1);
    }
    // The launcher keeps its own descriptors above these numbers, so nothing is overwritten before it is used.
    place(control, CONTROL);
    place(life, LIFE);
    place(setting->proc, PROC);
    struct cmcp_setting own = *setting;
    own.proc = PROC;
    struct supervisor self = {&own, view, !cmcp_has_namespaces(setting), -1, NULL, {-1, -1}, {-1, 0}};
    if (private_folder >= 0) {
        place(private_folder, PRIVATE);
        self.private_folder = PRIVATE;
    }
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    int signals = sigprocmask(SIG_SETMASK, &child_signal, NULL) == 0 ? signalfd(-1, &child_signal, SFD_NONBLOCK) : -1;
    if (signals < 0) {
        fail(CMCP_STEP_SIGNALS);
    }
    if (signals != SIGNALS) {
        place(signals, SIGNALS);
    }
    cmcp_close_from(private_folder >= 0 ? PRIVATE + 1 : SIGNALS + 1);
    prctl(PR_SET_NAME, "cmcp-init", 0, 0, 0);
    // The first to go when memory runs out. Failing to say so weakens nothing.
    (void)cmcp_write_self(PROC, "oom_score_adj", "1000");
    uint32_t layers = setting->has_groups ? CMCP_LAYER_GROUP : 0, step;
    if (self.filtered) {
        if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
            fail(CMCP_STEP_SESSION);
        }
    } else {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || setsid() < 0) {
            fail(CMCP_STEP_SESSION);
        }
        if ((step = cmcp_enter_view(&own, view)) != CMCP_STEP_NONE || (step = confine(&self)) != CMCP_STEP_NONE) {
            fail(step);
        }
        close(PROC);
        layers |= CMCP_LAYER_USER | CMCP_LAYER_MOUNT | CMCP_LAYER_PID | CMCP_LAYER_NET | CMCP_LAYER_IPC |
                  CMCP_LAYER_UTS | CMCP_LAYER_CGROUP | (setting->level == CMCP_LEVEL_FULL ? CMCP_LAYER_PROC : 0);
    }
    if (setting->level != CMCP_LEVEL_NONE) {
        layers |= CMCP_LAYER_LANDLOCK | CMCP_LAYER_SECCOMP | CMCP_LAYER_CAPABILITIES | CMCP_LAYER_NO_NEW_PRIVS;
        layers |= setting->scopes_signals ? CMCP_LAYER_SIGNAL_SCOPE : 0;
        layers |= setting->answers_signals ? CMCP_LAYER_SIGNAL_ANSWERS : 0;
        layers |= setting->landlock_abi >= 4 ? CMCP_LAYER_TCP : 0;
        layers |= setting->changes_id ? CMCP_LAYER_OUTER_ID : 0;
        layers |= view->has_profile ? CMCP_LAYER_APPARMOR : 0;
        // Asked of the kernel: at the filtered level the child itself will set it, and then the same answer holds.
        int new_code = prctl(66 /* PR_GET_MDWE */, 0, 0, 0, 0);
        int is_set = self.filtered ? new_code >= 0 : new_code == 1;
        layers |= (view->flags & CMCP_VIEW_NO_NEW_CODE) != 0 && is_set ? CMCP_LAYER_NO_NEW_CODE : 0;
    }
    struct cmcp_writer writer = {{0}, 0};
    cmcp_write_u32(&writer, CMCP_REPLY_READY);
    cmcp_write_u32(&writer, layers);
    cmcp_write_u32(&writer, (uint32_t)setting->landlock_abi);
    cmcp_send(CONTROL, writer.bytes, writer.length, NULL, 0);

    self.message = malloc(CMCP_MESSAGE_MAX);
    struct pollfd waiting[2] = {{CONTROL, POLLIN, 0}, {LIFE, POLLIN, 0}};
    int ready;
    while ((ready = poll(waiting, 2, -1)) < 0 && errno == EINTR) {
    }
    if (self.message == NULL || ready < 0 || waiting[1].revents != 0) {
        _exit(0);
    }
    int descriptors[CMCP_DESCRIPTORS_MAX], count = CMCP_DESCRIPTORS_MAX;
    ssize_t length = cmcp_receive(CONTROL, self.message, CMCP_MESSAGE_MAX, descriptors, &count, 1);
    if (length <= 0) {
        _exit(0);
    }
    struct cmcp_reader reader = {self.message, self.message + length, 0};
    uint32_t kind = cmcp_read_u32(&reader);
    if (kind == CMCP_REQUEST_RUN) {
        run(&self, &reader, descriptors, count);
    } else if (kind == CMCP_REQUEST_PROBE) {
        probe(&self, &reader);
    }
    errno = EINVAL;
    fail(CMCP_STEP_MESSAGE);
}
