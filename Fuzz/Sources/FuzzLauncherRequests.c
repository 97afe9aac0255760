// SPDX-License-Identifier: Apache-2.0
// Requests to the launcher, compiled with the launcher's own files; see bin/fuzz.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void require(int condition) {
    if (!condition) {
        abort();
    }
}

static const uint8_t *message, *message_end;

/// A decoded string lies in the message, its NUL included.
static void require_inside(const char *text) {
    const uint8_t *at = (const uint8_t *)text;
    require(at >= message && at < message_end && memchr(at, 0, (size_t)(message_end - at)) != NULL);
}

static void require_plain(const char *path) {
    require_inside(path);
    require(path[0] == '/' && strstr(path, "//") == NULL && strstr(path, "/./") == NULL && strstr(path, "/../") == NULL);
    size_t length = strlen(path);
    require(path[length - 1] != '/' && strcmp(path + length - 2, "/.") != 0);
    require(length < 3 || strcmp(path + length - 3, "/..") != 0);
}

static void check_view(struct cmcp_reader *reader) {
    static struct cmcp_view view;
    if (cmcp_decode_view(reader, &view) != 0) {
        return;
    }
    require(view.id < CMCP_VIEWS_MAX && view.node_count <= CMCP_ENTRIES_MAX && view.rule_count <= CMCP_ENTRIES_MAX);
    for (uint32_t i = 0; i < view.node_count; i++) {
        const struct cmcp_node *node = &view.nodes[i];
        require_inside(node->source);
        require_plain(node->target);
        if (node->kind == CMCP_ENTRY_BIND) {
            require_plain(node->source);
        }
    }
    for (uint32_t i = 0; i < view.rule_count; i++) {
        require_inside(view.rules[i].path);
        require(view.rules[i].path[0] == '/');
    }
    require((view.profile != NULL) == ((view.flags & CMCP_VIEW_PROFILE) != 0) && view.has_profile == 0);
    if (view.profile != NULL) {
        require_inside(view.profile);
        require(view.profile[0] != 0 && strlen(view.profile) < CMCP_PROFILE_MAX && strchr(view.profile, '&') == NULL);
    }
}

static void check_strings(uint32_t count, const char *const *strings) {
    require(count <= 64 && strings[count] == NULL);
    for (uint32_t i = 0; i < count; i++) {
        require_inside(strings[i]);
    }
}

static void check_run(struct cmcp_reader *reader) {
    struct cmcp_run run;
    if (cmcp_decode_run(reader, &run) != 0) {
        return;
    }
    require(run.program[0] == '/' && run.directory[0] == '/' && run.argument_count > 0);
    require_inside(run.program);
    require_inside(run.directory);
    check_strings(run.argument_count, run.arguments);
    check_strings(run.environment_count, run.environment);
}

static void check_probe(struct cmcp_reader *reader) {
    struct cmcp_probe probe;
    if (cmcp_decode_probe(reader, &probe) != 0) {
        return;
    }
    require_inside(probe.canary);
    require_inside(probe.outside);
    require_inside(probe.socket);
    require_inside(probe.workspace);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    message = bytes;
    message_end = bytes + length;
    int result = cmcp_check_request(bytes, length);
    require(result == 0 || result == -1);
    require(cmcp_check_request(bytes, length) == result);
    struct cmcp_reader reader = {bytes, bytes + length, 0};
    switch (cmcp_read_u32(&reader)) {
    case CMCP_REQUEST_VIEW:
        check_view(&reader);
        break;
    case CMCP_REQUEST_RUN:
        check_run(&reader);
        break;
    case CMCP_REQUEST_PROBE:
        check_probe(&reader);
        break;
    default:
        require(result == -1);
    }
    return 0;
}
