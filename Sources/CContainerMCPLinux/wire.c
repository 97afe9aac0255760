// SPDX-License-Identifier: Apache-2.0
// Decoding of requests. Everything here works on bytes alone, so that the fuzzer can reach it.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int take(struct cmcp_reader *reader, void *into, size_t length) {
    if (reader->failed || (size_t)(reader->end - reader->at) < length) {
        reader->failed = 1;
        memset(into, 0, length);
        return -1;
    }
    memcpy(into, reader->at, length);
    reader->at += length;
    return 0;
}

uint32_t cmcp_read_u32(struct cmcp_reader *reader) {
    uint32_t value;
    take(reader, &value, sizeof value);
    return value;
}

int32_t cmcp_read_i32(struct cmcp_reader *reader) {
    int32_t value;
    take(reader, &value, sizeof value);
    return value;
}

uint64_t cmcp_read_u64(struct cmcp_reader *reader) {
    uint64_t value;
    take(reader, &value, sizeof value);
    return value;
}

const char *cmcp_read_string(struct cmcp_reader *reader) {
    uint32_t length = cmcp_read_u32(reader);
    if (reader->failed || (size_t)(reader->end - reader->at) < (size_t)length + 1) {
        reader->failed = 1;
        return NULL;
    }
    const char *text = (const char *)reader->at;
    if (memchr(text, 0, (size_t)length + 1) != text + length) {
        reader->failed = 1;
        return NULL;
    }
    reader->at += (size_t)length + 1;
    return text;
}

/// A path inside a view: absolute, no empty, `.` or `..` component, so that no node lands outside its view.
static int is_plain_path(const char *path) {
    if (path == NULL || path[0] != '/') {
        return 0;
    }
    for (const char *at = path; *at != 0;) {
        at++;
        size_t length = strcspn(at, "/");
        if (length == 0 || (length == 1 && at[0] == '.') || (length == 2 && at[0] == '.' && at[1] == '.')) {
            return 0;
        }
        at += length;
    }
    return 1;
}

/// A name that stands for one profile of the caller's own policy: no blank, no control character, and nothing of what
/// would make it a stack or a namespace (& and :).
static int is_profile_name(const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++) {
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '&' || name[i] == ':') {
            return 0;
        }
    }
    return length > 0 && length < CMCP_PROFILE_MAX;
}

int cmcp_decode_view(struct cmcp_reader *reader, struct cmcp_view *view) {
    memset(view, 0, sizeof *view);
    view->id = cmcp_read_u32(reader);
    view->flags = cmcp_read_u32(reader);
    view->tmp_bytes = cmcp_read_u32(reader);
    view->tmp_names = cmcp_read_u32(reader);
    view->shm_bytes = cmcp_read_u32(reader);
    view->shm_names = cmcp_read_u32(reader);
    view->node_count = cmcp_read_u32(reader);
    if (reader->failed || view->id >= CMCP_VIEWS_MAX || view->node_count > CMCP_ENTRIES_MAX) {
        return -1;
    }
    for (uint32_t i = 0; i < view->node_count; i++) {
        struct cmcp_node *node = &view->nodes[i];
        node->kind = cmcp_read_u32(reader);
        node->flags = cmcp_read_u32(reader);
        node->device = cmcp_read_u64(reader);
        node->inode = cmcp_read_u64(reader);
        node->source = cmcp_read_string(reader);
        node->target = cmcp_read_string(reader);
        if (reader->failed || node->kind < CMCP_ENTRY_FOLDER || node->kind > CMCP_ENTRY_TEXT ||
            !is_plain_path(node->target) || (node->kind == CMCP_ENTRY_BIND && !is_plain_path(node->source))) {
            return -1;
        }
    }
    view->rule_count = cmcp_read_u32(reader);
    if (reader->failed || view->rule_count > CMCP_ENTRIES_MAX) {
        return -1;
    }
    for (uint32_t i = 0; i < view->rule_count; i++) {
        view->rules[i].grant = cmcp_read_u32(reader);
        view->rules[i].path = cmcp_read_string(reader);
        if (reader->failed || view->rules[i].path[0] != '/') {
            return -1;
        }
    }
    if ((view->flags & CMCP_VIEW_PROFILE) != 0) {
        view->profile = cmcp_read_string(reader);
        if (reader->failed || !is_profile_name(view->profile)) {
            return -1;
        }
    }
    return reader->at == reader->end ? 0 : -1;
}

static int decode_strings(struct cmcp_reader *reader, uint32_t *count, const char **into) {
    *count = cmcp_read_u32(reader);
    if (reader->failed || *count > 64) {
        return -1;
    }
    for (uint32_t i = 0; i < *count; i++) {
        into[i] = cmcp_read_string(reader);
    }
    into[*count] = NULL;
    return reader->failed ? -1 : 0;
}

int cmcp_decode_run(struct cmcp_reader *reader, struct cmcp_run *run) {
    memset(run, 0, sizeof *run);
    run->program = cmcp_read_string(reader);
    run->directory = cmcp_read_string(reader);
    run->address_space = cmcp_read_u64(reader);
    run->processes = cmcp_read_u64(reader);
    run->open_files = cmcp_read_u64(reader);
    run->file_size = cmcp_read_u64(reader);
    run->cpu_seconds = cmcp_read_u64(reader);
    run->stack = cmcp_read_u64(reader);
    if (reader->failed || run->program[0] != '/' || run->directory[0] != '/' ||
        decode_strings(reader, &run->argument_count, run->arguments) != 0 ||
        decode_strings(reader, &run->environment_count, run->environment) != 0) {
        return -1;
    }
    return run->argument_count > 0 && reader->at == reader->end ? 0 : -1;
}

int cmcp_decode_probe(struct cmcp_reader *reader, struct cmcp_probe *probe) {
    memset(probe, 0, sizeof *probe);
    probe->canary = cmcp_read_string(reader);
    probe->outside = cmcp_read_string(reader);
    probe->socket = cmcp_read_string(reader);
    probe->workspace = cmcp_read_string(reader);
    probe->server = cmcp_read_i32(reader);
    return !reader->failed && reader->at == reader->end ? 0 : -1;
}

int cmcp_check_request(const uint8_t *bytes, uint64_t length) {
    if (length > CMCP_MESSAGE_MAX) {
        return -1;
    }
    struct cmcp_reader reader = {bytes, bytes + length, 0};
    uint32_t kind = cmcp_read_u32(&reader);
    int result = -1;
    if (kind == CMCP_REQUEST_VIEW) {
        struct cmcp_view *view = malloc(sizeof *view);
        if (view != NULL) {
            result = cmcp_decode_view(&reader, view);
            free(view);
        }
    } else if (kind == CMCP_REQUEST_RUN) {
        struct cmcp_run run;
        result = cmcp_decode_run(&reader, &run);
    } else if (kind == CMCP_REQUEST_PROBE) {
        struct cmcp_probe probe;
        result = cmcp_decode_probe(&reader, &probe);
    }
    return result;
}

void cmcp_write_bytes(struct cmcp_writer *writer, const void *bytes, size_t length) {
    if (length <= sizeof writer->bytes - writer->length) {
        memcpy(writer->bytes + writer->length, bytes, length);
        writer->length += length;
    }
}

void cmcp_write_u32(struct cmcp_writer *writer, uint32_t value) { cmcp_write_bytes(writer, &value, sizeof value); }

void cmcp_send_failure(int socket, uint32_t step, int error) {
    struct cmcp_writer writer = {{0}, 0};
    cmcp_write_u32(&writer, CMCP_REPLY_FAILED);
    cmcp_write_u32(&writer, step);
    cmcp_write_u32(&writer, (uint32_t)error);
    cmcp_send(socket, writer.bytes, writer.length, NULL, 0);
}

const char *cmcp_step_name(uint32_t step) {
    static const char *const names[] = {
        [CMCP_STEP_NONE] = "none",
        [CMCP_STEP_MESSAGE] = "decode the request",
        [CMCP_STEP_STATE] = "take requests in order",
        [CMCP_STEP_MEMORY] = "allocate memory",
        [CMCP_STEP_USER_NAMESPACE] = "create a user namespace",
        [CMCP_STEP_ID_MAP] = "map user ids",
        [CMCP_STEP_NAMESPACES] = "create mount, net, ipc, uts and cgroup namespaces",
        [CMCP_STEP_PROPAGATION] = "make mounts private",
        [CMCP_STEP_TEMPLATE_ROOT] = "mount the template root",
        [CMCP_STEP_PIVOT] = "enter the template root",
        [CMCP_STEP_PROC_DONOR] = "keep /proc for later mounts",
        [CMCP_STEP_VIEW_ROOT] = "mount the root of a view",
        [CMCP_STEP_VIEW_NODE] = "create a node of a view",
        [CMCP_STEP_VIEW_SOURCE] = "open the source of a mount",
        [CMCP_STEP_VIEW_CHANGED] = "find the source of a mount unchanged",
        [CMCP_STEP_VIEW_BIND] = "bind a source into a view",
        [CMCP_STEP_VIEW_REMOUNT] = "restrict a bound mount",
        [CMCP_STEP_DETACH] = "detach the host's files",
        [CMCP_STEP_CLONE] = "start a supervisor",
        [CMCP_STEP_SESSION] = "start a session",
        [CMCP_STEP_MOUNT_TMP] = "mount /tmp",
        [CMCP_STEP_MOUNT_SHM] = "mount /dev/shm",
        [CMCP_STEP_MOUNT_PROC] = "mount /proc",
        [CMCP_STEP_CHILD_ROOT] = "enter the view",
        [CMCP_STEP_GROUPS] = "drop supplementary groups",
        [CMCP_STEP_IDS] = "change to the unprivileged user id",
        [CMCP_STEP_LATE_USER_NAMESPACE] = "create the user namespace of a call",
        [CMCP_STEP_LATE_ID_MAP] = "map the user id of a call",
        [CMCP_STEP_CAPABILITIES] = "drop capabilities",
        [CMCP_STEP_NO_NEW_PRIVS] = "set no-new-privileges",
        [CMCP_STEP_LANDLOCK] = "apply Landlock",
        [CMCP_STEP_LANDLOCK_RULE] = "add a Landlock rule",
        [CMCP_STEP_SECCOMP] = "install the system call filter",
        [CMCP_STEP_LIMITS] = "set resource limits",
        [CMCP_STEP_DESCRIPTORS] = "place descriptors",
        [CMCP_STEP_WORKING_DIRECTORY] = "enter the working directory",
        [CMCP_STEP_EXEC] = "execute the program",
        [CMCP_STEP_FORK] = "fork",
        [CMCP_STEP_SIGNALS] = "set up signals",
        [CMCP_STEP_NO_NEW_CODE] = "forbid new code in memory",
        [CMCP_STEP_APPARMOR] = "attach the AppArmor profile",
        [CMCP_STEP_GROUP] = "join the control group",
    };
    return step < sizeof names / sizeof names[0] && names[step] != NULL ? names[step] : "unknown step";
}
