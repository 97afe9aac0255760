// SPDX-License-Identifier: Apache-2.0
// What is said before the launcher is ready: greetings, order, views.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static struct message message;

static void expect_no_launcher(pid_t pid) {
    int status = wait_for(pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == NOT_A_LAUNCHER);
}

void try_greetings(void) {
    struct launcher good = greeted_launcher();
    end_launcher(&good);
    // Whoever does not answer with the nonce has no launcher in front of it, but the program as it is.
    for (int fault = 0; fault < 6; fault++) {
        struct launcher launcher = start_launcher();
        struct reply hello;
        receive_reply(launcher.socket, &hello);
        CHECK(hello.length == 24);
        hello.words[0] = fault == 0 ? CMCP_REQUEST_SEAL : CMCP_REQUEST_HELLO;
        hello.words[1] += fault == 1;
        hello.words[5] ^= fault == 2;
        size_t length = fault == 3 ? 20 : fault == 4 ? 28 : 24;
        if (fault != 5) {
            send_bytes(launcher.socket, hello.words, length, NULL, 0);
        }
        close(launcher.socket);
        expect_no_launcher(launcher.pid);
    }
    // Nor has one that hands over another kind of socket, or no socket.
    for (int type = 0; type < 2; type++) {
        int ends[2];
        CHECK((type == 0 ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) : pipe2(ends, O_CLOEXEC)) == 0);
        pid_t pid = cmcp_start_launcher(ends[1]);
        CHECK(pid > 0);
        expect_no_launcher(pid);
        close(ends[0]);
        close(ends[1]);
    }
    CHECK(cmcp_start_launcher(-1) == -1 && errno == EBADF);
    // An empty message is the end of the conversation.
    struct launcher launcher = greeted_launcher();
    send_bytes(launcher.socket, "", 0, NULL, 0);
    end_launcher(&launcher);
}

static void refuse(struct launcher *launcher, uint32_t kind, uint32_t step) {
    begin(&message, kind);
    put_u32(&message, 0);
    expect_failure(launcher, &message, step, 0);
}

void try_order(void) {
    struct launcher launcher = greeted_launcher();
    launcher.level = CMCP_LEVEL_FILTERED;
    refuse(&launcher, CMCP_REQUEST_VIEW, CMCP_STEP_STATE);
    refuse(&launcher, CMCP_REQUEST_SEAL, CMCP_STEP_STATE);
    refuse(&launcher, CMCP_REQUEST_PREPARE, CMCP_STEP_STATE);
    const uint32_t strange[] = {0, CMCP_REQUEST_HELLO, CMCP_REQUEST_RUN, CMCP_REQUEST_PROBE, 99, 1U << 31, UINT32_MAX};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        refuse(&launcher, strange[i], CMCP_STEP_MESSAGE);
    }
    for (size_t length = 1; length < 4; length++) {
        memset(&message, 0xff, sizeof message);
        message.length = length;
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    const uint32_t levels[] = {0, 5, UINT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        put_configure(&message, levels[i]);
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    // Children are never root: neither id may be 0.
    for (size_t at = 8; at <= 12; at += 4) {
        put_configure(&message, CMCP_LEVEL_FILTERED);
        memset(message.bytes + at, 0, 4);
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    put_configure(&message, CMCP_LEVEL_FILTERED);
    for (message.length = 4; message.length < 20; message.length++) {
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    put_u32(&message, 0);
    expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    put_configure(&message, CMCP_LEVEL_FILTERED);
    expect_done(&launcher, &message);
    expect_failure(&launcher, &message, CMCP_STEP_STATE, 0);
    refuse(&launcher, CMCP_REQUEST_PREPARE, CMCP_STEP_STATE);
    begin(&message, CMCP_REQUEST_SEAL);
    expect_done(&launcher, &message);
    expect_failure(&launcher, &message, CMCP_STEP_STATE, 0);
    put_view(&message, 0, CMCP_LEVEL_FILTERED);
    expect_failure(&launcher, &message, CMCP_STEP_STATE, 0);
    // No view was added, so there is none to prepare a supervisor for.
    refuse(&launcher, CMCP_REQUEST_PREPARE, CMCP_STEP_MESSAGE);
    end_launcher(&launcher);
}

static struct launcher configured_launcher(uint32_t level) {
    struct launcher launcher = greeted_launcher();
    launcher.level = level;
    put_configure(&message, level);
    expect_done(&launcher, &message);
    return launcher;
}

static void begin_view(uint32_t id, uint32_t nodes) {
    begin(&message, CMCP_REQUEST_VIEW);
    put_u32(&message, id);
    for (int i = 0; i < 5; i++) {
        put_u32(&message, 0);
    }
    put_u32(&message, nodes);
}

static void put_entry(uint32_t kind, const char *source, const char *target) {
    put_u32(&message, kind);
    put_u32(&message, 0);
    put_u64(&message, 0);
    put_u64(&message, 0);
    put_text(&message, source);
    put_text(&message, target);
}

static void refuse_entry(struct launcher *launcher, uint32_t kind, const char *source, const char *target) {
    begin_view(1, 1);
    put_entry(kind, source, target);
    put_u32(&message, 0);
    expect_failure(launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
}

void try_malformed_views(uint32_t level) {
    struct launcher launcher = configured_launcher(level);
    const uint32_t namespaced = CMCP_LEVEL_FULL;
    // Every beginning of a good view is a bad one.
    put_view(&message, 1, namespaced);
    size_t whole = message.length;
    for (message.length = 4; message.length < whole; message.length++) {
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    put_u32(&message, 0);
    expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    const uint32_t ids[] = {CMCP_VIEWS_MAX, UINT32_MAX};
    for (size_t i = 0; i < 2; i++) {
        begin_view(ids[i], 0);
        put_u32(&message, 0);
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
        begin_view(1, i == 0 ? CMCP_ENTRIES_MAX + 1 : UINT32_MAX);
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
        begin_view(1, 0);
        put_u32(&message, i == 0 ? CMCP_ENTRIES_MAX + 1 : UINT32_MAX);
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    const char *const targets[] = {"", "a", "/..", "/a/../b", "/a//b", "/a/", "/.", "/./a", "/a/..", "//", "/"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        refuse_entry(&launcher, CMCP_ENTRY_FOLDER, "", targets[i]);
        refuse_entry(&launcher, CMCP_ENTRY_BIND, targets[i], "/x");
    }
    refuse_entry(&launcher, 0, "", "/x");
    refuse_entry(&launcher, CMCP_ENTRY_TEXT + 1, "", "/x");
    // Strings: a length that leads outside, one that wraps, a NUL inside, none at the end.
    const uint32_t lengths[] = {UINT32_MAX, UINT32_MAX - 1, INT32_MAX, 4096};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        begin_view(1, 0);
        put_u32(&message, 1);
        put_u32(&message, CMCP_GRANT_READ);
        put_u32(&message, lengths[i]);
        put_u32(&message, 0);
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    for (int fault = 0; fault < 3; fault++) {
        begin_view(1, 0);
        put_u32(&message, 1);
        put_u32(&message, CMCP_GRANT_READ);
        put_text(&message, fault == 2 ? "usr" : "/usr");
        if (fault < 2) {
            message.bytes[message.length - (fault == 0 ? 1 : 3)] = fault == 0 ? 'x' : 0;
        }
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    // The name of a profile: nothing that could be a stack, a namespace, a second word or too long for the kernel.
    static char long_name[CMCP_PROFILE_MAX + 1];
    memset(long_name, 'a', CMCP_PROFILE_MAX);
    const char *const names[] = {"", "a b", "a\nb", "&a", "a//&b", ":n:a", "\x7f", "\xc3\xa4", long_name};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        begin_view(1, 0);
        memcpy(message.bytes + 8, &(uint32_t){CMCP_VIEW_PROFILE}, sizeof(uint32_t));
        put_u32(&message, 0);
        put_text(&message, names[i]);
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    // What was refused is forgotten: thirty thousand bytes each, two thousand times, would be seen.
    begin_view(1, CMCP_ENTRIES_MAX + 1);
    expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    long before = resident_kib(launcher.pid);
    for (int i = 0; i < 2000; i++) {
        expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    }
    CHECK(resident_kib(launcher.pid) - before < 16 * 1024);
    end_launcher(&launcher);
}

void try_views(uint32_t level) {
    struct launcher launcher = configured_launcher(level);
    int has_root = level == CMCP_LEVEL_FULL || level == CMCP_LEVEL_NOPROC;
    for (uint32_t id = 0; id < CMCP_VIEWS_MAX; id++) {
        put_view(&message, id, level);
        if (id == 3 && has_root) {
            // A view whose last source is not there is refused whole, and its number stays spent.
            begin_view(id, 1);
            put_entry(CMCP_ENTRY_BIND, "/usr/not-there", "/x");
            put_u32(&message, 0);
            expect_failure(&launcher, &message, CMCP_STEP_VIEW_SOURCE, ENOENT);
            expect_failure(&launcher, &message, CMCP_STEP_VIEW_ROOT, EEXIST);
            continue;
        }
        if (id == 4 && has_root) {
            begin_view(id, 1);
            put_entry(CMCP_ENTRY_BIND, "/usr", "/x");
            put_u32(&message, 0);
            expect_failure(&launcher, &message, CMCP_STEP_VIEW_CHANGED, ESTALE);
            continue;
        }
        if (id == 5 && has_root) {
            begin_view(id, 2);
            put_entry(CMCP_ENTRY_TEXT, "t", "/x");
            put_entry(CMCP_ENTRY_SYMLINK, "t", "/x");
            put_u32(&message, 0);
            expect_failure(&launcher, &message, CMCP_STEP_VIEW_NODE, EEXIST);
            continue;
        }
        if (id == 6 && has_root) {
            static char long_name[8000];
            memset(long_name, 'a', sizeof long_name - 1);
            for (size_t at = 0; at < sizeof long_name - 1; at += 100) {
                long_name[at] = '/';
            }
            begin_view(id, 1);
            put_entry(CMCP_ENTRY_FOLDER, "", long_name);
            put_u32(&message, 0);
            expect_failure(&launcher, &message, CMCP_STEP_VIEW_NODE, ENAMETOOLONG);
            continue;
        }
        if (id == 7 && has_root) {
            static char long_source[8000];
            memset(long_source, 'b', sizeof long_source - 1);
            long_source[0] = '/';
            begin_view(id, 1);
            put_entry(CMCP_ENTRY_BIND, long_source, "/x");
            put_u32(&message, 0);
            expect_failure(&launcher, &message, CMCP_STEP_VIEW_SOURCE, ENAMETOOLONG);
            continue;
        }
        if (id == 8) {
            // A profile that nobody has: the view is good all the same, and the answer says what became of the profile.
            uint32_t flags;
            memcpy(&flags, message.bytes + 8, sizeof flags);
            flags |= CMCP_VIEW_PROFILE;
            memcpy(message.bytes + 8, &flags, sizeof flags);
            put_text(&message, "container-mcp-nowhere");
            struct reply reply;
            send_bytes(launcher.socket, message.bytes, message.length, NULL, 0);
            receive_reply(launcher.socket, &reply);
            CHECK(reply.length == 8 && reply.words[0] == CMCP_REPLY_DONE);
            CHECK(reply.words[1] == CMCP_PROFILE_ABSENT || reply.words[1] == CMCP_PROFILE_NOT_LOADED);
            continue;
        }
        expect_done(&launcher, &message);
        expect_failure(&launcher, &message, CMCP_STEP_STATE, EEXIST);
    }
    begin(&message, CMCP_REQUEST_SEAL);
    expect_done(&launcher, &message);
    put_view(&message, 0, level);
    expect_failure(&launcher, &message, CMCP_STEP_STATE, 0);
    end_launcher(&launcher);
}
