// SPDX-License-Identifier: Apache-2.0
// Well-formed requests, and runs from their beginning to their end.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

static void put_bytes(struct message *message, const void *bytes, size_t length) {
    CHECK(length <= sizeof message->bytes - message->length);
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

void put_u32(struct message *message, uint32_t value) { put_bytes(message, &value, sizeof value); }

void put_u64(struct message *message, uint64_t value) { put_bytes(message, &value, sizeof value); }

void put_text(struct message *message, const char *text) {
    size_t length = strlen(text);
    put_u32(message, (uint32_t)length);
    put_bytes(message, text, length + 1);
}

void begin(struct message *message, uint32_t kind) {
    message->length = 0;
    put_u32(message, kind);
}

static void put_node(struct message *message, uint32_t kind, uint32_t flags, const char *source, const char *target) {
    struct stat found;
    memset(&found, 0, sizeof found);
    CHECK(kind != CMCP_ENTRY_BIND || stat(source, &found) == 0);
    put_u32(message, kind);
    put_u32(message, flags);
    put_u64(message, found.st_dev);
    put_u64(message, found.st_ino);
    put_text(message, source);
    put_text(message, target);
}

static void put_rule(struct message *message, uint32_t grant, const char *path) {
    put_u32(message, grant);
    put_text(message, path);
}

static const char *const systems[] = {"/bin", "/sbin", "/lib", "/lib64"};

/// A folder of programs at the top: a link where /usr is merged, else the folder itself.
static uint32_t put_system(struct message *message, const char *path) {
    char text[256];
    struct stat found;
    if (lstat(path, &found) != 0) {
        return 0;
    }
    if (S_ISLNK(found.st_mode)) {
        ssize_t length = readlink(path, text, sizeof text - 1);
        CHECK(length > 0);
        text[length] = 0;
        put_node(message, CMCP_ENTRY_SYMLINK, 0, text, path);
    } else {
        put_node(message, CMCP_ENTRY_BIND, 0, path, path);
    }
    return 1;
}

static void put_inner_view(struct message *message) {
    size_t count_at = message->length;
    put_u32(message, 0);
    uint32_t count = 10;
    static const char *const folders[] = {"/dev", "/dev/shm", "/etc", "/proc", "/tmp"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        put_node(message, CMCP_ENTRY_FOLDER, 0, "", folders[i]);
    }
    put_node(message, CMCP_ENTRY_BIND, CMCP_BIND_DEVICE | CMCP_BIND_WRITABLE | CMCP_BIND_NOEXEC, "/dev/null", "/dev/null");
    put_node(message, CMCP_ENTRY_TEXT, 0, "sandbox:x:1000:1000::/workspace:/bin/bash\n", "/etc/passwd");
    put_node(message, CMCP_ENTRY_BIND, 0, "/usr", "/usr");
    put_node(message, CMCP_ENTRY_BIND, CMCP_BIND_WRITABLE | CMCP_BIND_NOEXEC, place.workspace, "/workspace");
    put_node(message, CMCP_ENTRY_BIND, CMCP_BIND_NOEXEC, place.data, "/data");
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        count += put_system(message, systems[i]);
    }
    memcpy(message->bytes + count_at, &count, sizeof count);
    put_u32(message, 6);
    put_rule(message, CMCP_GRANT_READ, "/");
    put_rule(message, CMCP_GRANT_EXECUTE, "/usr");
    put_rule(message, CMCP_GRANT_DEVICE, "/dev/null");
    put_rule(message, CMCP_GRANT_WRITE, "/workspace");
    put_rule(message, CMCP_GRANT_WRITE, "/tmp");
    put_rule(message, CMCP_GRANT_WRITE, "/dev/shm");
}

void put_view(struct message *message, uint32_t id, uint32_t level) {
    begin(message, CMCP_REQUEST_VIEW);
    put_u32(message, id);
    put_u32(message, CMCP_VIEW_SHM);
    put_u32(message, 1 << 20);
    put_u32(message, 128);
    put_u32(message, 1 << 20);
    put_u32(message, 128);
    if (level == CMCP_LEVEL_FULL || level == CMCP_LEVEL_NOPROC) {
        put_inner_view(message);
        return;
    }
    put_u32(message, 0);
    size_t count_at = message->length;
    put_u32(message, 0);
    uint32_t count = 3;
    put_rule(message, CMCP_GRANT_READ | CMCP_GRANT_EXECUTE, "/usr");
    put_rule(message, CMCP_GRANT_DEVICE, "/dev/null");
    put_rule(message, CMCP_GRANT_READ | CMCP_GRANT_WRITE, place.workspace);
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        if (access(systems[i], F_OK) == 0) {
            put_rule(message, CMCP_GRANT_READ | CMCP_GRANT_EXECUTE, systems[i]);
            count++;
        }
    }
    memcpy(message->bytes + count_at, &count, sizeof count);
}

const char *inner_workspace(uint32_t level) {
    return level == CMCP_LEVEL_FULL || level == CMCP_LEVEL_NOPROC ? "/workspace" : place.workspace;
}

void put_run(struct message *message, const char *program, const char *directory, const char *const *arguments) {
    begin(message, CMCP_REQUEST_RUN);
    put_text(message, program);
    put_text(message, directory);
    put_u64(message, 512 << 20);
    put_u64(message, 1 << 12);
    put_u64(message, 256);
    put_u64(message, 1 << 20);
    put_u64(message, 60);
    put_u64(message, 2 << 20);
    uint32_t count = 0;
    while (arguments[count] != NULL) {
        count++;
    }
    put_u32(message, count);
    for (uint32_t i = 0; i < count; i++) {
        put_text(message, arguments[i]);
    }
    put_u32(message, 2);
    put_text(message, "PATH=/usr/bin:/bin");
    put_text(message, "LANG=C.UTF-8");
}

void put_probe(struct message *message, uint32_t level) {
    char canary[128], outside[128], socket[128];
    snprintf(canary, sizeof canary, "%s/canary", place.folder);
    snprintf(outside, sizeof outside, "%s/outside", place.folder);
    snprintf(socket, sizeof socket, "%s/socket", place.folder);
    begin(message, CMCP_REQUEST_PROBE);
    put_text(message, canary);
    put_text(message, outside);
    put_text(message, socket);
    put_text(message, inner_workspace(level));
    put_u32(message, (uint32_t)place.server);
}

static void read_all(int descriptor, char *into, size_t room) {
    size_t length = 0;
    for (;;) {
        char bytes[512];
        wait_readable(descriptor);
        ssize_t got = read(descriptor, bytes, sizeof bytes);
        CHECK(got >= 0);
        if (got == 0) {
            break;
        }
        size_t kept = (size_t)got < room - 1 - length ? (size_t)got : room - 1 - length;
        memcpy(into + length, bytes, kept);
        length += kept;
    }
    into[length] = 0;
}

struct ending run_shell(struct launcher *launcher, const char *line) {
    struct ending ending;
    memset(&ending, 0, sizeof ending);
    struct supervisor supervisor = prepare(launcher);
    const char *const arguments[] = {"bash", "--norc", "--noprofile", "-c", line, NULL};
    static struct message message;
    put_run(&message, "/bin/bash", inner_workspace(launcher->level), arguments);
    int output[2];
    CHECK(cmcp_pipe(output, 0, 0) == 0);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    int descriptors[3] = {nothing, output[1], output[1]};
    CHECK(nothing >= 0);
    send_bytes(supervisor.control, message.bytes, message.length, descriptors, 3);
    close(nothing);
    close(output[1]);
    struct reply reply;
    receive_reply(supervisor.control, &reply);
    if (reply.words[0] == CMCP_REPLY_FAILED) {
        fprintf(stderr, "%s: could not %s\n", at_level, cmcp_step_name(reply.words[1]));
    }
    CHECK(reply.words[0] == CMCP_REPLY_EXITED && reply.length == 4 + (int64_t)sizeof ending.report);
    memcpy(&ending.report, &reply.words[1], sizeof ending.report);
    // Nothing of the run may be left to hold its output once the supervisor is gone.
    wait_readable(supervisor.pidfd);
    read_all(output[0], ending.output, sizeof ending.output);
    close(output[0]);
    retire(&supervisor);
    return ending;
}
