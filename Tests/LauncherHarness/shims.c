// SPDX-License-Identifier: Apache-2.0
// The functions that Swift calls, and the decoder on bytes that are not there to be read too far.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static struct message message;

/// Checks a request in memory of exactly its size, so that a byte too far is a byte outside.
static int check_exactly(const uint8_t *bytes, size_t length) {
    uint8_t *exact = malloc(length == 0 ? 1 : length);
    CHECK(exact != NULL);
    memcpy(exact, bytes, length);
    int result = cmcp_check_request(exact, length);
    free(exact);
    return result;
}

static void try_decoder(void) {
    static uint8_t changed[sizeof message.bytes];
    uint64_t random = 88172645463325252U;
    for (int which = 0; which < 3; which++) {
        const char *const arguments[] = {"a", "", "-c", NULL};
        if (which == 0) {
            put_view(&message, 0, CMCP_LEVEL_FULL);
        } else if (which == 1) {
            put_run(&message, "/bin/echo", "/", arguments);
        } else {
            put_probe(&message, CMCP_LEVEL_FULL);
        }
        CHECK(check_exactly(message.bytes, message.length) == 0);
        for (size_t length = 0; length < message.length; length++) {
            CHECK(check_exactly(message.bytes, length) == -1);
        }
        for (int round = 0; round < 20000; round++) {
            memcpy(changed, message.bytes, message.length);
            for (int change = 0; change < 3; change++) {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                changed[random % message.length] = (uint8_t)(random >> 32);
            }
            check_exactly(changed, message.length);
        }
    }
    memset(changed, 0, sizeof changed);
    CHECK(cmcp_check_request(changed, CMCP_MESSAGE_MAX + 1) == -1);
    CHECK(cmcp_check_request(changed, UINT64_MAX) == -1);
}

static void try_messages(void) {
    int ends[2], descriptors[CMCP_DESCRIPTORS_MAX], count = 2;
    char bytes[8];
    CHECK(cmcp_socket_pair(ends) == 0);
    CHECK(cmcp_receive(ends[0], bytes, sizeof bytes, descriptors, &count, 0) == -1 && errno == EAGAIN && count == 0);
    CHECK(cmcp_send(ends[1], "x", 1, NULL, -1) == -1 && errno == EINVAL);
    CHECK(cmcp_send(ends[1], "x", 1, NULL, CMCP_DESCRIPTORS_MAX + 1) == -1 && errno == EINVAL);
    // Descriptors beyond the room are closed; a message that is cut brings none at all.
    int pipe[2];
    CHECK(cmcp_pipe(pipe, 1, 1) == 0);
    const int copies[4] = {pipe[1], pipe[1], pipe[1], pipe[1]};
    send_bytes(ends[1], "12345678", 8, copies, 4);
    count = 1;
    CHECK(cmcp_receive(ends[0], bytes, sizeof bytes, descriptors, &count, 1) == 8 && count == 1);
    CHECK((fcntl(descriptors[0], F_GETFD) & FD_CLOEXEC) != 0);
    close(descriptors[0]);
    send_bytes(ends[1], "123456789", 9, copies, 4);
    count = CMCP_DESCRIPTORS_MAX;
    CHECK(cmcp_receive(ends[0], bytes, sizeof bytes, descriptors, &count, 1) == -1 && errno == EMSGSIZE && count == 0);
    close(pipe[1]);
    wait_hung_up(pipe[0]);
    close(pipe[0]);
    close(ends[1]);
    count = 0;
    CHECK(cmcp_receive(ends[0], bytes, sizeof bytes, NULL, &count, 0) == 0);
    CHECK(cmcp_send(ends[0], "x", 1, NULL, 0) == -1 && errno == EPIPE);
    close(ends[0]);
    CHECK(cmcp_receive(-1, bytes, sizeof bytes, NULL, &count, 0) == -1 && errno == EBADF);
}

static void try_events(void) {
    int poll = cmcp_epoll_create(), event = cmcp_event_create();
    CHECK(poll >= 0 && event >= 0);
    CHECK(cmcp_epoll_watch(poll, event, 1, 0) == 0 && cmcp_epoll_watch(poll, event, 1, 0) == -1);
    struct cmcp_ready ready[100];
    CHECK(cmcp_epoll_wait(poll, ready, 100, 0) == 0);
    uint64_t one = 1;
    CHECK(write(event, &one, sizeof one) == (ssize_t)sizeof one);
    CHECK(cmcp_epoll_wait(poll, ready, 1, PATIENCE_MS) == 1);
    CHECK(ready[0].descriptor == event && ready[0].readable && !ready[0].writable);
    CHECK(cmcp_epoll_unwatch(poll, event) == 0 && cmcp_epoll_unwatch(poll, event) == -1);
    CHECK(cmcp_epoll_wait(-1, ready, 1, 0) == 0);
    close(event);
    close(poll);
    CHECK(cmcp_wait_readable(0x7fffffff, 0) == 1);
}

void try_shims(void) {
    try_decoder();
    try_messages();
    try_events();
    for (uint32_t step = 0; step < 1000; step++) {
        CHECK(strlen(cmcp_step_name(step)) > 0);
    }
    CHECK(strcmp(cmcp_step_name(UINT32_MAX), "unknown step") == 0);
    for (size_t room = 1; room < 64; room++) {
        char *text = malloc(room);
        CHECK(text != NULL);
        cmcp_error_text(ENOENT, text, room);
        CHECK(strlen(text) < room);
        cmcp_error_text(123456, text, room);
        CHECK(strlen(text) < room);
        free(text);
    }
    CHECK(cmcp_set_nonblocking(-1) == -1);
    CHECK(cmcp_landlock_abi() >= 0);
    CHECK(cmcp_launcher_anchor() == CMCP_WIRE_VERSION);
    CHECK(cmcp_status_exited(3 << 8) && cmcp_status_code(3 << 8) == 3 && cmcp_status_signal(9) == 9);
    CHECK(cmcp_pidfd_signal(-1, 0) == -1);
}

static void write_file(int folder, const char *path) {
    int file = cmcp_file_open(folder, path, O_WRONLY | O_CREAT | O_EXCL, 0600, 0);
    CHECK(file >= 0 && write(file, "x", 1) == 1);
    close(file);
}

static void try_opening(int root, int stepwise) {
    static char path[6000];
    CHECK(cmcp_file_open(root, "a/b/file", O_RDONLY, 0, stepwise) >= 0);
    const char *const absent[] = {"", "x", "a/x/file", "a/b/file/x"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        CHECK(cmcp_file_open(root, absent[i], O_RDONLY, 0, stepwise) < 0);
    }
    const char *const outside[] = {"..", "../x", "a/../../x", "/etc/passwd", "/"};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        CHECK(cmcp_file_open(root, outside[i], O_RDONLY, 0, stepwise) == -EXDEV);
    }
    const char *const links[] = {"link", "link/passwd", "a/up", "a/up/a"};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        CHECK(cmcp_file_open(root, links[i], O_RDONLY, 0, stepwise) == -ELOOP);
        CHECK(cmcp_file_open(root, links[i], O_PATH, 0, stepwise) == -ELOOP);
    }
    // Names up to and beyond their longest, and paths likewise.
    for (size_t length = 250; length < 260; length++) {
        memset(path, 'n', length);
        path[length] = 0;
        int expected = length > 255 ? -ENAMETOOLONG : -ENOENT;
        CHECK(cmcp_file_open(root, path, O_RDONLY, 0, stepwise) == expected);
    }
    for (size_t at = 0; at < sizeof path - 1; at += 2) {
        memcpy(path + at, "a/", at + 2 < sizeof path ? 2 : 1);
    }
    path[sizeof path - 1] = 0;
    CHECK(cmcp_file_open(root, path, O_RDONLY, 0, stepwise) < 0);
    // A pipe holds nobody up.
    int pipe = cmcp_file_open(root, "pipe", O_RDONLY, 0, stepwise);
    CHECK(pipe >= 0);
    close(pipe);
}

static int count_names(int root, size_t capacity) {
    unsigned char *bytes = malloc(capacity);
    CHECK(bytes != NULL && lseek(root, 0, SEEK_SET) == 0);
    int count = 0;
    int64_t length;
    while ((length = cmcp_file_names(root, bytes, capacity)) > 0) {
        for (int64_t at = 0; at < length; count++) {
            at += 1;
            size_t name = strnlen((const char *)bytes + at, (size_t)(length - at));
            CHECK(name > 0 && at + (int64_t)name < length);
            at += (int64_t)name + 1;
        }
    }
    CHECK(length == 0);
    free(bytes);
    return count;
}

void try_files(void) {
    int before = count_descriptors();
    char folder[128];
    snprintf(folder, sizeof folder, "%s/files", place.folder);
    CHECK(mkdir(folder, 0700) == 0);
    int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(root >= 0 && mkdirat(root, "a", 0700) == 0 && mkdirat(root, "a/b", 0700) == 0);
    write_file(root, "a/b/file");
    CHECK(symlinkat("/etc", root, "link") == 0 && symlinkat("..", root, "a/up") == 0);
    CHECK(mkfifoat(root, "pipe", 0600) == 0);
    for (int stepwise = 0; stepwise < 2; stepwise++) {
        try_opening(root, stepwise);
    }
    for (int i = 0; i < 300; i++) {
        char name[256];
        memset(name, 'l', 240);
        snprintf(name + 240, sizeof name - 240, "%d", i);
        write_file(root, name);
    }
    CHECK(count_names(root, 1024) == 303 && count_names(root, 1 << 16) == 303);
    CHECK(cmcp_file_names(-1, (unsigned char *)folder, 1024) < 0);
    struct cmcp_file_info info;
    CHECK(cmcp_file_info_at(root, "link", &info) == 0 && S_ISLNK(info.mode));
    CHECK(cmcp_file_info_at(root, "x", &info) == -ENOENT && cmcp_file_info_of(-1, &info) == -EBADF);
    CHECK(cmcp_file_info_of(root, &info) == 0 && S_ISDIR(info.mode));
    write_file(root, "one");
    write_file(root, "two");
    CHECK(cmcp_file_rename(root, "one", root, "two", 0) == -EEXIST);
    CHECK(cmcp_file_rename(root, "one", root, "two", 1) == 0);
    CHECK(cmcp_file_rename(root, "one", root, "three", 0) == -ENOENT);
    CHECK(fchmodat(root, "a", 0, 0) == 0);
    int closed = cmcp_file_open(root, "a", O_PATH | O_DIRECTORY, 0, 0);
    CHECK(closed >= 0 && cmcp_file_allow_owner(closed) == 0);
    CHECK(cmcp_file_info_of(closed, &info) == 0 && (info.mode & 0700) == 0700);
    close(closed);
    close(root);
    // Two descriptors were left open on purpose: one for each way of opening.
    CHECK(count_descriptors() - before == 2);
}
