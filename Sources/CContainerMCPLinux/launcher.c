// SPDX-License-Identifier: Apache-2.0
// The launcher: this same binary, started again and caught before the Swift runtime does any work. It is one
// thread of C that starts supervisors and holds nothing that a call could want.
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define SUPERVISORS_MAX 256

struct launcher {
    struct cmcp_setting setting;
    int socket;
    int signals;
    /// Both ends of the pipe whose hang-up tells supervisors that this process is gone.
    int life[2];
    int configured;
    int sealed;
    struct cmcp_view *views[CMCP_VIEWS_MAX];
    /// The messages that the views' strings lie in.
    uint8_t *texts[CMCP_VIEWS_MAX];
    pid_t supervisors[SUPERVISORS_MAX];
    uint8_t message[CMCP_MESSAGE_MAX];
};

uint32_t cmcp_launcher_anchor(void) { return CMCP_WIRE_VERSION; }

static int runs_one_thread(void) {
    DIR *folder = opendir("/proc/self/task");
    if (folder == NULL) {
        return 0;
    }
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(folder);
    return count == 1;
}

/// The inherited descriptor must be a local packet socket whose other end knows what to answer.
static int is_called_by_server(void) {
    int type = 0, domain = 0;
    socklen_t length = sizeof type;
    if (getsockopt(CMCP_LAUNCHER_DESCRIPTOR, SOL_SOCKET, SO_TYPE, &type, &length) != 0 || type != SOCK_SEQPACKET) {
        return 0;
    }
    length = sizeof domain;
    if (getsockopt(CMCP_LAUNCHER_DESCRIPTOR, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0 || domain != AF_UNIX) {
        return 0;
    }
    uint32_t hello[6] = {CMCP_REPLY_HELLO, CMCP_WIRE_VERSION}, answer[6] = {0};
    if (getrandom(&hello[2], 16, 0) != 16 ||
        cmcp_send(CMCP_LAUNCHER_DESCRIPTOR, hello, sizeof hello, NULL, 0) != (ssize_t)sizeof hello ||
        cmcp_wait_readable(CMCP_LAUNCHER_DESCRIPTOR, 2000) != 1) {
        return 0;
    }
    int none = 0;
    if (cmcp_receive(CMCP_LAUNCHER_DESCRIPTOR, answer, sizeof answer, NULL, &none, 0) != (ssize_t)sizeof answer) {
        return 0;
    }
    return answer[0] == CMCP_REQUEST_HELLO && answer[1] == CMCP_WIRE_VERSION && memcmp(&answer[2], &hello[2], 16) == 0;
}

/// Tells that a request was carried out; `profile` is 0 where the request named none.
static void reply_done(struct launcher *self, int descriptor, uint32_t profile) {
    uint32_t words[2] = {CMCP_REPLY_DONE, profile};
    size_t length = profile == 0 ? sizeof words[0] : sizeof words;
    cmcp_send(self->socket, words, length, &descriptor, descriptor >= 0 ? 1 : 0);
}

static uint32_t configure(struct launcher *self, struct cmcp_reader *reader) {
    // Nothing of a request that is refused may change what is in force.
    uint32_t level = cmcp_read_u32(reader);
    uint32_t uid = cmcp_read_u32(reader);
    uint32_t gid = cmcp_read_u32(reader);
    uint32_t flags = cmcp_read_u32(reader);
    errno = EINVAL;
    if (reader->failed || reader->at != reader->end || level < CMCP_LEVEL_FULL || level > CMCP_LEVEL_NONE ||
        (level != CMCP_LEVEL_NONE && (uid == 0 || gid == 0))) {
        return CMCP_STEP_MESSAGE;
    }
    if (self->configured) {
        errno = EPROTO;
        return CMCP_STEP_STATE;
    }
    self->setting.level = level;
    self->setting.outer_uid = uid;
    self->setting.outer_gid = gid;
    self->setting.changes_id = (flags & CMCP_CONFIGURE_CHANGES_ID) != 0;
    int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    self->setting.proc = proc < 0 ? -1 : fcntl(proc, F_DUPFD_CLOEXEC, 16);
    if (proc >= 0) {
        close(proc);
    }
    if (self->setting.proc < 0) {
        return CMCP_STEP_PROC_DONOR;
    }
    self->setting.landlock_abi = cmcp_landlock_abi();
    if (self->setting.landlock_abi < 1 && self->setting.level != CMCP_LEVEL_NONE) {
        errno = ENOSYS;
        return CMCP_STEP_LANDLOCK;
    }
    int is_filtered = level == CMCP_LEVEL_FILTERED;
    self->setting.scopes_signals =
        self->setting.landlock_abi >= 6 && !(is_filtered && (flags & CMCP_CONFIGURE_NO_SIGNAL_SCOPE) != 0);
    self->setting.answers_signals =
        is_filtered && !self->setting.scopes_signals && (flags & CMCP_CONFIGURE_NO_SIGNAL_ANSWERS) == 0;
    self->setting.has_groups = (flags & CMCP_CONFIGURE_GROUPS) != 0;
    self->setting.interruptible = (flags & CMCP_CONFIGURE_INTERRUPTIBLE) != 0;
    if (cmcp_build_filter(level, self->setting.answers_signals, &self->setting.filter) != 0) {
        errno = EINVAL;
        return CMCP_STEP_SECCOMP;
    }
    if (self->setting.answers_signals && !cmcp_can_listen(&self->setting)) {
        // Then another user id alone has to do; without one the probe finds that nothing does.
        self->setting.answers_signals = 0;
        free(self->setting.filter.filter);
        if (cmcp_build_filter(level, 0, &self->setting.filter) != 0) {
            errno = EINVAL;
            return CMCP_STEP_SECCOMP;
        }
    }
    uint32_t step = CMCP_STEP_NONE;
    if (cmcp_has_namespaces(&self->setting)) {
        step = cmcp_enter_namespaces(&self->setting);
    } else if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
        step = CMCP_STEP_SESSION;
    }
    if (step == CMCP_STEP_NONE && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        step = CMCP_STEP_SESSION;
    }
    self->configured = step == CMCP_STEP_NONE;
    return step;
}

static uint32_t add_view(struct launcher *self, size_t length, uint32_t *profile) {
    errno = EPROTO;
    if (!self->configured || self->sealed) {
        return CMCP_STEP_STATE;
    }
    uint8_t *text = malloc(length);
    struct cmcp_view *view = malloc(sizeof *view);
    uint32_t step = CMCP_STEP_NONE;
    if (text == NULL || view == NULL) {
        step = CMCP_STEP_MEMORY;
    } else {
        memcpy(text, self->message, length);
        struct cmcp_reader reader = {text + sizeof(uint32_t), text + length, 0};
        if (cmcp_decode_view(&reader, view) != 0) {
            errno = EINVAL;
            step = CMCP_STEP_MESSAGE;
        } else if (self->views[view->id] != NULL) {
            errno = EEXIST;
            step = CMCP_STEP_STATE;
        } else if (cmcp_has_namespaces(&self->setting)) {
            step = cmcp_build_view(view);
        }
    }
    if (step != CMCP_STEP_NONE) {
        int error = errno;
        free(text);
        free(view);
        errno = error;
        return step;
    }
    *profile = view->profile == NULL ? 0 : cmcp_try_profile(&self->setting, view);
    self->views[view->id] = view;
    self->texts[view->id] = text;
    return step;
}

static uint32_t seal(struct launcher *self) {
    errno = EPROTO;
    if (!self->configured || self->sealed) {
        return CMCP_STEP_STATE;
    }
    uint32_t step = !cmcp_has_namespaces(&self->setting) ? CMCP_STEP_NONE : cmcp_seal_template();
    self->sealed = step == CMCP_STEP_NONE;
    return step;
}

static uint32_t prepare(struct launcher *self, struct cmcp_reader *reader, const int *descriptors, int count,
                        int has_group, int *supervisor) {
    uint32_t id = cmcp_read_u32(reader);
    errno = EPROTO;
    if (!self->sealed) {
        return CMCP_STEP_STATE;
    }
    int group = has_group && count > 1 ? descriptors[--count] : -1;
    errno = EINVAL;
    if (reader->failed || reader->at != reader->end || id >= CMCP_VIEWS_MAX || self->views[id] == NULL || count < 1 ||
        count > 2 || has_group != self->setting.has_groups || (has_group && group < 0)) {
        return CMCP_STEP_MESSAGE;
    }
    size_t slot = 0;
    while (slot < SUPERVISORS_MAX && self->supervisors[slot] != 0) {
        slot++;
    }
    if (slot == SUPERVISORS_MAX) {
        errno = EAGAIN;
        return CMCP_STEP_CLONE;
    }
    unsigned long flags = CLONE_PIDFD | SIGCHLD;
    if (cmcp_has_namespaces(&self->setting)) {
        flags |= CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC;
        // Calls share one empty network namespace only while Landlock keeps them from each other's sockets there.
        flags |= self->setting.landlock_abi >= 6 ? 0 : CLONE_NEWNET;
    }
    int pidfd = -1, must_join = -1;
    long pid = has_group ? cmcp_clone_into_group(flags, &pidfd, group, &must_join)
                         : syscall(SYS_clone, flags, NULL, &pidfd, NULL, NULL);
    if (pid < 0) {
        return CMCP_STEP_CLONE;
    }
    if (pid == 0) {
        cmcp_supervise(&self->setting, self->views[id], descriptors[0], self->life[0], count > 1 ? descriptors[1] : -1,
                       must_join);
    }
    self->supervisors[slot] = (pid_t)pid;
    *supervisor = pidfd;
    return CMCP_STEP_NONE;
}

/// Ends what a supervisor that died without sweeping left behind: such processes become ours.
static void sweep_orphans(struct launcher *self) {
    char path[64], text[8192];
    snprintf(path, sizeof path, "self/task/%d/children", (int)getpid());
    int file = openat(self->setting.proc, path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, text, sizeof text - 1) : -1;
    if (file >= 0) {
        close(file);
    }
    if (length <= 0) {
        return;
    }
    text[length] = 0;
    char *end;
    for (char *at = text; *at != 0; at = end) {
        long pid = strtol(at, &end, 10);
        if (end == at || *end != ' ') {
            return;
        }
        int known = 0;
        for (size_t i = 0; i < SUPERVISORS_MAX; i++) {
            known = known || self->supervisors[i] == (pid_t)pid;
        }
        if (!known) {
            kill((pid_t)pid, SIGKILL);
        }
    }
}

static void reap(struct launcher *self) {
    struct signalfd_siginfo ignored;
    while (read(self->signals, &ignored, sizeof ignored) > 0) {
    }
    pid_t pid;
    int status;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < SUPERVISORS_MAX; i++) {
            if (self->supervisors[i] == pid) {
                self->supervisors[i] = 0;
            }
        }
    }
    if (self->sealed && !cmcp_has_namespaces(&self->setting)) {
        sweep_orphans(self);
    }
}

static int serve(struct launcher *self) {
    int descriptors[CMCP_DESCRIPTORS_MAX], count = CMCP_DESCRIPTORS_MAX;
    ssize_t length = cmcp_receive(self->socket, self->message, sizeof self->message, descriptors, &count, 0);
    if (length == 0) {
        return -1;
    }
    if (length < 0) {
        return errno == EAGAIN || errno == EMSGSIZE ? 0 : -1;
    }
    // A supervisor keeps its own descriptors at low numbers, so what came must stand above them.
    for (int i = 0; i < count; i++) {
        int high = fcntl(descriptors[i], F_DUPFD_CLOEXEC, 16);
        close(descriptors[i]);
        descriptors[i] = high;
    }
    struct cmcp_reader reader = {self->message, self->message + length, 0};
    uint32_t kind = cmcp_read_u32(&reader), step, profile = 0;
    int supervisor = -1;
    switch (kind) {
    case CMCP_REQUEST_CONFIGURE:
        step = configure(self, &reader);
        break;
    case CMCP_REQUEST_VIEW:
        step = add_view(self, (size_t)length, &profile);
        break;
    case CMCP_REQUEST_SEAL:
        step = seal(self);
        break;
    case CMCP_REQUEST_PREPARE:
    case CMCP_REQUEST_PREPARE_IN_GROUP:
        step = prepare(self, &reader, descriptors, count, kind == CMCP_REQUEST_PREPARE_IN_GROUP, &supervisor);
        break;
    default:
        errno = EINVAL;
        step = CMCP_STEP_MESSAGE;
    }
    if (step == CMCP_STEP_NONE) {
        reply_done(self, supervisor, profile);
    } else {
        cmcp_send_failure(self->socket, step, errno);
    }
    if (supervisor >= 0) {
        close(supervisor);
    }
    for (int i = 0; i < count; i++) {
        if (descriptors[i] >= 0) {
            close(descriptors[i]);
        }
    }
    return 0;
}

/// Ends every call and waits for it, so that nobody else has to reap what is left.
static void leave(struct launcher *self) __attribute__((noreturn));
static void leave(struct launcher *self) {
    // Supervisors see the hang-up, end their calls and leave.
    close(self->life[1]);
    for (int round = 0; round < 2000; round++) {
        pid_t pid;
        while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0) {
        }
        if (pid < 0 && errno == ECHILD) {
            break;
        }
        // One that is stuck in the kernel or stopped by somebody gets no longer than half a second.
        for (size_t i = 0; round == 500 && i < SUPERVISORS_MAX; i++) {
            if (self->supervisors[i] > 0) {
                kill(self->supervisors[i], SIGKILL);
            }
        }
        struct timespec pause = {0, 1000000};
        nanosleep(&pause, NULL);
    }
    _exit(0);
}

static void launch(void) __attribute__((noreturn));
static void launch(void) {
    struct launcher *self = calloc(1, sizeof *self);
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    if (self == NULL || sigprocmask(SIG_SETMASK, &child_signal, NULL) != 0) {
        _exit(1);
    }
    prctl(PR_SET_NAME, "cmcp-launcher", 0, 0, 0);
    self->socket = fcntl(CMCP_LAUNCHER_DESCRIPTOR, F_DUPFD_CLOEXEC, 16);
    // Whatever the embedding program forgot to mark close-on-exec ends here.
    if (self->socket < 0) {
        _exit(1);
    }
    cmcp_close_from((unsigned)self->socket + 1);
    for (int descriptor = CMCP_LAUNCHER_DESCRIPTOR; descriptor < self->socket; descriptor++) {
        close(descriptor);
    }
    self->signals = signalfd(-1, &child_signal, SFD_NONBLOCK | SFD_CLOEXEC);
    int life[2];
    if (self->socket < 0 || self->signals < 0 || pipe2(life, O_CLOEXEC) != 0) {
        _exit(1);
    }
    self->life[0] = fcntl(life[0], F_DUPFD_CLOEXEC, 16);
    self->life[1] = fcntl(life[1], F_DUPFD_CLOEXEC, 16);
    close(life[0]);
    close(life[1]);
    if (chdir("/") != 0 || self->life[0] < 0 || self->life[1] < 0) {
        _exit(1);
    }
    for (;;) {
        struct pollfd waiting[2] = {{self->socket, POLLIN, 0}, {self->signals, POLLIN, 0}};
        if (poll(waiting, 2, -1) < 0 && errno != EINTR) {
            break;
        }
        if (waiting[1].revents != 0) {
            reap(self);
        }
        if (waiting[0].revents != 0 && serve(self) != 0) {
            break;
        }
    }
    leave(self);
}

/// Runs before main in every program that links this library, and returns at once in all but one case.
static void recognise(int count, char **arguments, char **environment) __attribute__((constructor));
static void recognise(int count, char **arguments, char **environment) {
    if (count != 2 || arguments == NULL || arguments[1] == NULL || environment == NULL ||
        strcmp(arguments[1], CMCP_LAUNCHER_ARGUMENT) != 0 || environment[0] != NULL) {
        return;
    }
    if (runs_one_thread() && is_called_by_server()) {
        launch();
    }
}
