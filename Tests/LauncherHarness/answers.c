// SPDX-License-Identifier: Apache-2.0
// Supervisors that answer for signals, asked in every way that a child can ask.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static void expect_output(struct launcher *launcher, const char *line, const char *output) {
    struct ending ending = run_shell(launcher, line);
    if (strcmp(ending.output, output) != 0) {
        fprintf(stderr, "%s: %s\noutput:\n%s\nexpected:\n%s\n", at_level, line, ending.output, output);
    }
    CHECK(strcmp(ending.output, output) == 0);
}

/// Ends a call whose processes ask without a pause.
static void end_asking(struct launcher *launcher, int way) {
    struct supervisor supervisor = prepare(launcher);
    const char *const arguments[] = {
        "bash", "--norc", "--noprofile", "-c",
        "trap '' USR1; for i in {1..20}; do (while :; do kill -USR1 -1; kill -0 1 $PPID $$; done 2>/dev/null) & done; "
        "echo r; wait", NULL,
    };
    static struct message message;
    put_run(&message, "/bin/bash", inner_workspace(launcher->level), arguments);
    int output[2];
    CHECK(cmcp_pipe(output, 0, 0) == 0);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int descriptors[3] = {nothing, output[1], output[1]};
    send_bytes(supervisor.control, message.bytes, message.length, descriptors, 3);
    close(nothing);
    close(output[1]);
    wait_readable(output[0]);
    usleep(50000);
    if (way == 0) {
        CHECK(shutdown(supervisor.control, SHUT_WR) == 0);
    } else {
        CHECK(cmcp_pidfd_signal(supervisor.pidfd, SIGKILL) == 0);
    }
    wait_readable(supervisor.pidfd);
    wait_hung_up(output[0]);
    close(output[0]);
    retire(&supervisor);
}

void try_answers(void) {
    struct launcher launcher = ready_launcher(CMCP_LEVEL_FILTERED);
    struct supervisor supervisor = prepare(&launcher);
    CHECK((supervisor.layers & CMCP_LAYER_SIGNAL_ANSWERS) != 0 && (supervisor.layers & CMCP_LAYER_SIGNAL_SCOPE) == 0);
    retire(&supervisor);
    char line[256];
    // This program, its group, the supervisor, and numbers at the edges.
    snprintf(line, sizeof line,
             "for p in %d -%d $PPID 1 -2147483648 2147483647 4194305; do kill -9 -- $p 2>/dev/null && echo $p; done; echo end",
             (int)getpid(), (int)getpgrp());
    expect_output(&launcher, line, "end\n");
    expect_output(&launcher, "trap 'echo got' USR1; kill -USR1 $$; kill -USR1 0; (kill -USR1 $$); echo end",
                  "got\ngot\ngot\nend\n");
    expect_output(&launcher, "for i in {1..30}; do sleep 600 & done; kill -TERM -1; wait; echo end", "end\n");
    expect_output(&launcher,
                  "set -m; (trap '' TERM; sleep 600 & sleep 600) & kill -KILL -- -$!; wait $! 2>/dev/null; echo $?", "137\n");
    expect_output(&launcher, "for i in {1..300}; do (exit 0) & kill -0 $! 2>/dev/null; done; wait; echo end", "end\n");
    // A chain of parents, as deep as processes may be here.
    expect_output(&launcher,
                  "f() { if [ $1 = 0 ]; then kill -USR1 $2; else (f $(($1 - 1)) $2); fi; }; trap 'echo deep' USR1; f 60 $$",
                  "deep\n");
    // All of the call dies at its own hand.
    struct ending ending = run_shell(&launcher, "sleep 600 & (kill -KILL -1 $$); echo survived");
    CHECK(WIFSIGNALED(ending.report.status) && WTERMSIG(ending.report.status) == SIGKILL);
    for (int i = 0; i < 4; i++) {
        end_asking(&launcher, i % 2);
    }
    expect_output(&launcher, "echo on", "on\n");
    end_launcher(&launcher);
    // With no way at all, where children are this same user, the probe finds the breach.
    uint32_t flags = place.flags;
    place.flags |= CMCP_CONFIGURE_NO_SIGNAL_ANSWERS;
    launcher = ready_launcher(CMCP_LEVEL_FILTERED);
    supervisor = prepare(&launcher);
    static struct message message;
    put_probe(&message, CMCP_LEVEL_FILTERED);
    send_bytes(supervisor.control, message.bytes, message.length, NULL, 0);
    struct reply reply;
    receive_reply(supervisor.control, &reply);
    CHECK(reply.length == 12 && reply.words[0] == CMCP_REPLY_PROBED);
    CHECK(reply.words[1] == (place.changes_id ? 0 : CMCP_BREACH_SIGNAL_SERVER | CMCP_BREACH_SIGNAL_SUPERVISOR));
    retire(&supervisor);
    end_launcher(&launcher);
    place.flags = flags;
}
