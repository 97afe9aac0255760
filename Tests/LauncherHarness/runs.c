// SPDX-License-Identifier: Apache-2.0
// Supervisors, runs and the probe.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static struct message message;

void try_preparing(uint32_t level) {
    struct launcher launcher = ready_launcher(level);
    // A request that is refused leaves in force what was: the supervisor after it is as confined as ever.
    put_configure(&message, CMCP_LEVEL_NONE);
    expect_failure(&launcher, &message, CMCP_STEP_STATE, 0);
    begin(&message, CMCP_REQUEST_CONFIGURE);
    put_u32(&message, CMCP_LEVEL_NONE);
    expect_failure(&launcher, &message, CMCP_STEP_MESSAGE, EINVAL);
    struct supervisor supervisor = prepare(&launcher);
    retire(&supervisor);
    // No descriptor, too many, no such view, no view's number at all, something behind it.
    int ends[2];
    CHECK(cmcp_socket_pair(ends) == 0);
    const int copies[3] = {ends[1], ends[1], ends[1]};
    const uint32_t views[] = {0, 0, 1, CMCP_VIEWS_MAX, UINT32_MAX};
    const int counts[] = {0, 3, 1, 1, 1};
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        begin(&message, CMCP_REQUEST_PREPARE);
        put_u32(&message, views[i]);
        send_bytes(launcher.socket, message.bytes, message.length, copies, counts[i]);
        expect_socket_failure(launcher.socket, CMCP_STEP_MESSAGE, EINVAL);
    }
    for (size_t length = 4; length <= 9; length++) {
        begin(&message, CMCP_REQUEST_PREPARE);
        put_u64(&message, 0);
        if (length != 8) {
            send_bytes(launcher.socket, message.bytes, length, copies, 1);
            expect_socket_failure(launcher.socket, CMCP_STEP_MESSAGE, EINVAL);
        }
    }
    close(ends[1]);
    wait_hung_up(ends[0]);
    close(ends[0]);
    end_launcher(&launcher);
}

static void expect_exit(const struct ending *ending, int code, const char *output) {
    int status = ending->report.status;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != code || strcmp(ending->output, output) != 0) {
        fprintf(stderr, "%s: status %#x, output:\n%s\nexpected %d and:\n%s\n", at_level, (unsigned)status,
                ending->output, code, output);
    }
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == code && strcmp(ending->output, output) == 0);
}

void try_runs(uint32_t level) {
    struct launcher launcher = ready_launcher(level);
    struct ending ending = run_shell(&launcher, "/bin/echo hello");
    expect_exit(&ending, 0, "hello\n");
    CHECK(ending.report.max_rss_kib > 0);
    ending = run_shell(&launcher, "echo $((6 * 7)); exit 3");
    expect_exit(&ending, 3, "42\n");
    ending = run_shell(&launcher, "pwd; umask; ulimit -c; ulimit -n; ulimit -f; ulimit -t");
    char expected[256];
    snprintf(expected, sizeof expected, "%s\n0022\n0\n256\n1024\n60\n", inner_workspace(level));
    expect_exit(&ending, 0, expected);
    ending = run_shell(&launcher, "kill -SEGV $$");
    CHECK(WIFSIGNALED(ending.report.status) && WTERMSIG(ending.report.status) == SIGSEGV);
    // Nothing of the supervisor's stays open (10 and 11 are where bash puts its own).
    ending = run_shell(&launcher, "for n in {3..9} {12..99}; do { : <&$n; } 2>/dev/null && echo $n; done; echo end");
    expect_exit(&ending, 0, "end\n");
    ending = run_shell(&launcher, "trap 'echo term; exit 9' TERM; kill -TERM $$; exit 1");
    expect_exit(&ending, 9, "term\n");
    // What is left behind ends with the run, also in a session of its own.
    ending = run_shell(&launcher, "sleep 600 & setsid sleep 600 & (sleep 600 & exec sleep 600) & exit 4");
    expect_exit(&ending, 4, "");
    int has_root = level == CMCP_LEVEL_FULL || level == CMCP_LEVEL_NOPROC;
    CHECK(has_root || ending.report.has_others == 0);
    ending = run_shell(&launcher, "for n in {1..100}; do (exit 0) & done; wait; echo done");
    expect_exit(&ending, 0, "done\n");
    ending = run_shell(&launcher, "echo x >file && cat file && rm file");
    expect_exit(&ending, 0, "x\n");
    end_launcher(&launcher);
}

/// Sends what stands in `message` to a new supervisor; it must refuse, end, and keep none of the descriptors.
static void refuse_run(struct launcher *launcher, int count, uint32_t step, int error) {
    struct supervisor supervisor = prepare(launcher);
    int ends[2];
    CHECK(cmcp_pipe(ends, 0, 0) == 0);
    int descriptors[CMCP_DESCRIPTORS_MAX];
    for (int i = 0; i < CMCP_DESCRIPTORS_MAX; i++) {
        descriptors[i] = ends[1];
    }
    send_bytes(supervisor.control, message.bytes, message.length, descriptors, count);
    close(ends[1]);
    expect_socket_failure(supervisor.control, step, error);
    wait_readable(supervisor.pidfd);
    wait_hung_up(ends[0]);
    close(ends[0]);
    retire(&supervisor);
}

static void put_echo(uint32_t level) {
    const char *const arguments[] = {"echo", "hello", NULL};
    put_run(&message, "/bin/echo", inner_workspace(level), arguments);
}

void try_malformed_runs(uint32_t level) {
    struct launcher launcher = ready_launcher(level);
    const char *const arguments[] = {"echo", NULL};
    put_run(&message, "/bin/not-there", inner_workspace(level), arguments);
    refuse_run(&launcher, 3, CMCP_STEP_EXEC, level == CMCP_LEVEL_NONE ? ENOENT : 0);
    put_run(&message, "/usr", inner_workspace(level), arguments);
    refuse_run(&launcher, 3, CMCP_STEP_EXEC, EACCES);
    put_run(&message, "/bin/echo", "/usr/not-there", arguments);
    refuse_run(&launcher, 3, CMCP_STEP_WORKING_DIRECTORY, ENOENT);
    put_run(&message, "echo", "/", arguments);
    refuse_run(&launcher, 3, CMCP_STEP_MESSAGE, EINVAL);
    put_run(&message, "/bin/echo", ".", arguments);
    refuse_run(&launcher, 3, CMCP_STEP_MESSAGE, EINVAL);
    put_run(&message, "/bin/echo", "", arguments);
    refuse_run(&launcher, 3, CMCP_STEP_MESSAGE, EINVAL);
    const char *const none[] = {NULL};
    put_run(&message, "/bin/echo", "/", none);
    refuse_run(&launcher, 3, CMCP_STEP_MESSAGE, EINVAL);
    const char *many[66];
    for (int i = 0; i < 65; i++) {
        many[i] = "a";
    }
    many[65] = NULL;
    put_run(&message, "/bin/echo", "/", many);
    refuse_run(&launcher, 3, CMCP_STEP_MESSAGE, EINVAL);
    for (int count = 0; count < 3; count++) {
        put_echo(level);
        refuse_run(&launcher, count, CMCP_STEP_MESSAGE, EINVAL);
    }
    put_echo(level);
    put_u32(&message, 0);
    refuse_run(&launcher, 3, CMCP_STEP_MESSAGE, EINVAL);
    put_echo(level);
    size_t whole = message.length;
    for (size_t length = 1; length < whole; length += 7) {
        put_echo(level);
        message.length = length;
        refuse_run(&launcher, 8, CMCP_STEP_MESSAGE, EINVAL);
    }
    const uint32_t strange[] = {0, CMCP_REQUEST_CONFIGURE, CMCP_REQUEST_PREPARE, 99, UINT32_MAX};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        begin(&message, strange[i]);
        refuse_run(&launcher, 8, CMCP_STEP_MESSAGE, EINVAL);
    }
    // A message that is too long is cut, and what is cut is nothing.
    struct supervisor supervisor = prepare(&launcher);
    message.length = CMCP_MESSAGE_MAX + 1;
    send_bytes(supervisor.control, message.bytes, message.length, NULL, 0);
    wait_hung_up(supervisor.control);
    retire(&supervisor);
    end_launcher(&launcher);
}

void try_probe(uint32_t level) {
    struct launcher launcher = ready_launcher(level);
    struct supervisor supervisor = prepare(&launcher);
    put_probe(&message, level);
    send_bytes(supervisor.control, message.bytes, message.length, NULL, 0);
    struct reply reply;
    receive_reply(supervisor.control, &reply);
    CHECK(reply.length == 12 && reply.words[0] == CMCP_REPLY_PROBED);
    if (reply.words[1] != 0) {
        fprintf(stderr, "%s: breaches %#x\n", at_level, reply.words[1]);
    }
    CHECK(reply.words[1] == 0);
    CHECK(reply.words[2] == (CMCP_LAYER_SECCOMP | CMCP_LAYER_CAPABILITIES | CMCP_LAYER_NO_NEW_PRIVS));
    wait_readable(supervisor.pidfd);
    retire(&supervisor);
    put_probe(&message, level);
    size_t whole = message.length;
    for (size_t length = 4; length <= whole + 1; length += 5) {
        put_probe(&message, level);
        message.length = length < whole ? length : length + 1;
        refuse_run(&launcher, 0, CMCP_STEP_MESSAGE, EINVAL);
    }
    end_launcher(&launcher);
}
