// SPDX-License-Identifier: Apache-2.0
// Starting launchers and supervisors, and hearing what they say.
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

struct launcher start_launcher(void) {
    int ends[2];
    CHECK(cmcp_socket_pair(ends) == 0);
    pid_t pid = cmcp_start_launcher(ends[1]);
    CHECK(pid > 0);
    close(ends[1]);
    return (struct launcher){ends[0], pid, 0};
}

struct launcher greeted_launcher(void) {
    struct launcher launcher = start_launcher();
    struct reply hello;
    receive_reply(launcher.socket, &hello);
    CHECK(hello.length == 24 && hello.words[0] == CMCP_REPLY_HELLO && hello.words[1] == CMCP_WIRE_VERSION);
    hello.words[0] = CMCP_REQUEST_HELLO;
    send_bytes(launcher.socket, hello.words, 24, NULL, 0);
    return launcher;
}

void send_bytes(int socket, const void *bytes, size_t length, const int *descriptors, int count) {
    int64_t sent;
    // The other side may be slow to read; the shim itself never waits.
    while ((sent = cmcp_send(socket, bytes, length, descriptors, count)) < 0 && errno == EAGAIN) {
        struct pollfd waiting = {socket, POLLOUT, 0};
        CHECK(poll(&waiting, 1, PATIENCE_MS) == 1);
    }
    CHECK(sent == (int64_t)length);
}

void receive_reply(int socket, struct reply *reply) {
    memset(reply, 0, sizeof *reply);
    CHECK(cmcp_wait_readable(socket, PATIENCE_MS) == 1);
    reply->count = CMCP_DESCRIPTORS_MAX;
    reply->length = cmcp_receive(socket, reply->words, sizeof reply->words, reply->descriptors, &reply->count, 0);
    CHECK(reply->length >= 0);
}

static void ask(struct launcher *launcher, const struct message *message, struct reply *reply) {
    send_bytes(launcher->socket, message->bytes, message->length, NULL, 0);
    receive_reply(launcher->socket, reply);
    CHECK(reply->count == 0);
}

void expect_done(struct launcher *launcher, const struct message *message) {
    struct reply reply;
    ask(launcher, message, &reply);
    if (reply.words[0] == CMCP_REPLY_FAILED) {
        fprintf(stderr, "%s: could not %s: %s\n", at_level, cmcp_step_name(reply.words[1]),
                strerror((int)reply.words[2]));
    }
    CHECK(reply.length == 4 && reply.words[0] == CMCP_REPLY_DONE);
}

static void check_failure(const struct reply *reply, uint32_t step, int error) {
    if (reply->length != 12 || reply->words[1] != step) {
        fprintf(stderr, "%s: kind %u, step '%s', error %d; expected step '%s'\n", at_level, reply->words[0],
                cmcp_step_name(reply->words[1]), (int)reply->words[2], cmcp_step_name(step));
    }
    CHECK(reply->length == 12 && reply->words[0] == CMCP_REPLY_FAILED && reply->words[1] == step);
    CHECK(error == 0 || reply->words[2] == (uint32_t)error);
}

void expect_failure(struct launcher *launcher, const struct message *message, uint32_t step, int error) {
    struct reply reply;
    ask(launcher, message, &reply);
    check_failure(&reply, step, error);
}

void expect_socket_failure(int socket, uint32_t step, int error) {
    struct reply reply;
    receive_reply(socket, &reply);
    check_failure(&reply, step, error);
}

void put_configure(struct message *message, uint32_t level) {
    begin(message, CMCP_REQUEST_CONFIGURE);
    put_u32(message, level);
    put_u32(message, place.user);
    put_u32(message, place.group);
    put_u32(message, level == CMCP_LEVEL_NONE ? 0 : (uint32_t)place.changes_id | place.flags);
}

struct launcher ready_launcher(uint32_t level) {
    struct launcher launcher = greeted_launcher();
    launcher.level = level;
    static struct message message;
    put_configure(&message, level);
    expect_done(&launcher, &message);
    put_view(&message, 0, level);
    expect_done(&launcher, &message);
    begin(&message, CMCP_REQUEST_SEAL);
    expect_done(&launcher, &message);
    return launcher;
}

static int private_folder(void) {
    char path[128];
    snprintf(path, sizeof path, "%s/call-XXXXXX", place.folder);
    CHECK(mkdtemp(path) != NULL);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(folder >= 0 && fchown(folder, place.user, place.group) == 0);
    return folder;
}

struct supervisor prepare(struct launcher *launcher) {
    int ends[2], descriptors[3], count = 1;
    CHECK(cmcp_socket_pair(ends) == 0);
    descriptors[0] = ends[1];
    if (launcher->level == CMCP_LEVEL_FILTERED || launcher->level == CMCP_LEVEL_NONE) {
        descriptors[count++] = private_folder();
    }
    if (place.group_folder > 0) {
        descriptors[count++] = fcntl(place.group_folder, F_DUPFD_CLOEXEC, 0);
    }
    struct message *message = malloc(sizeof *message);
    CHECK(message != NULL);
    begin(message, place.group_folder > 0 ? CMCP_REQUEST_PREPARE_IN_GROUP : CMCP_REQUEST_PREPARE);
    put_u32(message, 0);
    send_bytes(launcher->socket, message->bytes, message->length, descriptors, count);
    free(message);
    for (int i = 0; i < count; i++) {
        close(descriptors[i]);
    }
    struct reply reply;
    receive_reply(launcher->socket, &reply);
    CHECK(reply.length == 4 && reply.words[0] == CMCP_REPLY_DONE && reply.count == 1);
    struct supervisor supervisor = {ends[0], reply.descriptors[0], 0, 0};
    receive_reply(supervisor.control, &reply);
    if (reply.words[0] == CMCP_REPLY_FAILED) {
        fprintf(stderr, "%s: could not %s: %s\n", at_level, cmcp_step_name(reply.words[1]),
                strerror((int)reply.words[2]));
    }
    CHECK(reply.length == 12 && reply.words[0] == CMCP_REPLY_READY);
    uint32_t always = CMCP_LAYER_LANDLOCK | CMCP_LAYER_SECCOMP | CMCP_LAYER_NO_NEW_PRIVS;
    CHECK(launcher->level == CMCP_LEVEL_NONE || (reply.words[1] & always) == always);
    CHECK(((reply.words[1] & CMCP_LAYER_PROC) != 0) == (launcher->level == CMCP_LEVEL_FULL));
    supervisor.layers = reply.words[1];
    supervisor.abi = reply.words[2];
    return supervisor;
}

void retire(struct supervisor *supervisor) {
    close(supervisor->control);
    wait_readable(supervisor->pidfd);
    close(supervisor->pidfd);
}

void end_launcher(struct launcher *launcher) {
    close(launcher->socket);
    int status = wait_for(launcher->pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int wait_for(pid_t pid) {
    int status = 0;
    for (int waited = 0; waited < PATIENCE_MS; waited++) {
        pid_t reaped = cmcp_reap(pid, &status);
        CHECK(reaped >= 0);
        if (reaped == pid) {
            return status;
        }
        usleep(1000);
    }
    CHECK(!"the process ended in time");
    return -1;
}

void wait_readable(int descriptor) { CHECK(cmcp_wait_readable(descriptor, PATIENCE_MS) == 1); }

void wait_hung_up(int descriptor) {
    char bytes[256];
    for (;;) {
        wait_readable(descriptor);
        ssize_t got = read(descriptor, bytes, sizeof bytes);
        if (got == 0 || (got < 0 && errno == ECONNRESET)) {
            return;
        }
        CHECK(got > 0);
    }
}

int count_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    CHECK(folder != NULL);
    int count = 0;
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

long resident_kib(pid_t pid) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    CHECK(file != NULL);
    long found = -1;
    while (found < 0 && fgets(line, sizeof line, file) != NULL) {
        sscanf(line, "VmRSS: %ld", &found);
    }
    fclose(file);
    CHECK(found > 0);
    return found;
}
