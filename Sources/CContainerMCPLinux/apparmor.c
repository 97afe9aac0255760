// SPDX-License-Identifier: Apache-2.0
// AppArmor profiles, attached by stacking: the caller keeps the profile it has and is held by another one, too. That only
// narrows, so that the kernel allows it under no-new-privileges, where it refuses a change of profile by execve.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

/// What stands between the profiles of one label.
#define SEPARATOR "//&"

/// Opens a file of /proc/self/attr, by the descriptor of /proc. Kernels before 5.8 have no folder for each module.
static int open_attribute(int proc, const char *name, int flags) {
    char path[64];
    snprintf(path, sizeof path, "self/attr/apparmor/%s", name);
    int file = openat(proc, path, flags | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) {
        snprintf(path, sizeof path, "self/attr/%s", name);
        file = openat(proc, path, flags | O_CLOEXEC);
    }
    return file;
}

/// Stacks a profile on the caller. Returns 0, or -1 with errno as the kernel gave it.
static int stack_profile(int proc, const char *profile) {
    char command[CMCP_PROFILE_MAX + 8];
    int length = snprintf(command, sizeof command, "stack %s", profile);
    if (length >= (int)sizeof command) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int file = open_attribute(proc, "current", O_WRONLY);
    if (file < 0) {
        errno = ENOSYS;
        return -1;
    }
    ssize_t written = write(file, command, (size_t)length);
    int error = errno;
    close(file);
    errno = error;
    return written == length ? 0 : -1;
}

/// Reads a label and its mode, such as `container-mcp//&container-mcp-bash (enforce)`. Returns 0 or -1.
static int read_label(int file, char *label, size_t room) {
    ssize_t length = pread(file, label, room, 0);
    // One that fills the room may have been cut.
    if (length <= 0 || (size_t)length >= room) {
        errno = length < 0 ? errno : EMSGSIZE;
        return -1;
    }
    label[length] = 0;
    label[strcspn(label, "\n")] = 0;
    return 0;
}

/// Whether a profile is one of those of a label; what stands behind the name is a separator or the mode.
static int label_holds(const char *label, const char *profile) {
    size_t length = strlen(profile);
    for (const char *at = label;;) {
        const char *behind = at + length;
        if (strncmp(at, profile, length) == 0 && (strncmp(behind, SEPARATOR, 3) == 0 || strncmp(behind, " (", 2) == 0)) {
            return 1;
        }
        at = strstr(at, SEPARATOR);
        if (at == NULL) {
            return 0;
        }
        at += strlen(SEPARATOR);
    }
}

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/// Whether a file that everybody may read, and that no profile of ours grants, can be opened: 1, 0, or -1 when that can't
/// be told.
static int opens_a_stranger(int proc) {
    int file = openat(proc, "version", O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        close(file);
        return 1;
    }
    return errno == EACCES ? 0 : -1;
}

uint32_t cmcp_attach_profile(const struct cmcp_setting *setting, const struct cmcp_view *view, int *label) {
    *label = -1;
    if (!view->has_profile) {
        return CMCP_STEP_NONE;
    }
    if (stack_profile(setting->proc, view->profile) != 0 ||
        (*label = open_attribute(setting->proc, "current", O_RDONLY)) < 0) {
        return CMCP_STEP_APPARMOR;
    }
    return cmcp_confirm_profile(view, *label);
}

uint32_t cmcp_confirm_profile(const struct cmcp_view *view, int label) {
    char text[CMCP_LABEL_MAX];
    if (!view->has_profile) {
        return CMCP_STEP_NONE;
    }
    if (read_label(label, text, sizeof text) != 0) {
        return CMCP_STEP_APPARMOR;
    }
    // The very label that was seen to be enforced when the view was made: neither another profile nor another mode.
    if (strcmp(text, view->label) != 0) {
        errno = EBADMSG;
        return CMCP_STEP_APPARMOR;
    }
    return CMCP_STEP_NONE;
}

/// What the throw-away process of cmcp_try_profile does: one of enum cmcp_profile_state.
static uint32_t try_stacking(int proc, const char *profile, char *label) {
    int could_open = opens_a_stranger(proc);
    if (stack_profile(proc, profile) != 0) {
        // Which profiles there are is told before what the caller's own profile allows.
        switch (errno) {
        case ENOENT:
            return CMCP_PROFILE_NOT_LOADED;
        case EACCES:
        case EPERM:
            return CMCP_PROFILE_REFUSED;
        default:
            return CMCP_PROFILE_ABSENT;
        }
    }
    int file = open_attribute(proc, "current", O_RDONLY);
    if (file < 0 || read_label(file, label, CMCP_LABEL_MAX) != 0 || !label_holds(label, profile)) {
        return CMCP_PROFILE_UNCONFIRMED;
    }
    if (ends_with(label, " (enforce)")) {
        return CMCP_PROFILE_ENFORCED;
    }
    // Profiles of different modes, as where one only lets the server have user namespaces: then the kernel names none of
    // them, but what it does tells.
    int is_held = ends_with(label, " (mixed)") && could_open == 1 && opens_a_stranger(proc) == 0;
    return is_held ? CMCP_PROFILE_ENFORCED : CMCP_PROFILE_UNCONFIRMED;
}

uint32_t cmcp_try_profile(const struct cmcp_setting *setting, struct cmcp_view *view) {
    int channel[2];
    if (pipe2(channel, O_CLOEXEC) != 0) {
        return CMCP_PROFILE_UNCONFIRMED;
    }
    struct {
        uint32_t state;
        char label[CMCP_LABEL_MAX];
    } found;
    memset(&found, 0, sizeof found);
    pid_t helper = fork();
    if (helper == 0) {
        found.state = try_stacking(setting->proc, view->profile, found.label);
        // Shorter than PIPE_BUF, so that it arrives whole.
        _exit(write(channel[1], &found, sizeof found) == (ssize_t)sizeof found ? 0 : 1);
    }
    close(channel[1]);
    ssize_t got = helper > 0 ? read(channel[0], &found, sizeof found) : -1;
    close(channel[0]);
    int status = 0;
    while (helper > 0 && waitpid(helper, &status, 0) < 0 && errno == EINTR) {
    }
    if (got != (ssize_t)sizeof found || status != 0) {
        return CMCP_PROFILE_UNCONFIRMED;
    }
    if (found.state == CMCP_PROFILE_ENFORCED) {
        memcpy(view->label, found.label, sizeof view->label);
        view->label[sizeof view->label - 1] = 0;
        view->has_profile = 1;
    }
    return found.state;
}
