// SPDX-License-Identifier: Apache-2.0
// What happens when somebody goes away, and when there is too much of something.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static struct message message;

void try_many_supervisors(uint32_t level) {
    enum { MOST = 256 };
    static struct supervisor supervisors[MOST];
    struct launcher launcher = ready_launcher(level);
    for (int i = 0; i < MOST; i++) {
        supervisors[i] = prepare(&launcher);
    }
    int ends[2];
    CHECK(cmcp_socket_pair(ends) == 0);
    begin(&message, CMCP_REQUEST_PREPARE);
    put_u32(&message, 0);
    send_bytes(launcher.socket, message.bytes, message.length, &ends[1], 1);
    expect_socket_failure(launcher.socket, CMCP_STEP_CLONE, EAGAIN);
    close(ends[1]);
    wait_hung_up(ends[0]);
    close(ends[0]);
    for (int i = 0; i < MOST; i += 2) {
        retire(&supervisors[i]);
    }
    // The launcher hears of an end by a signal, which may come a moment later than the pidfd's word.
    usleep(100000);
    struct ending ending = run_shell(&launcher, "echo again");
    CHECK(strcmp(ending.output, "again\n") == 0);
    end_launcher(&launcher);
    for (int i = 1; i < MOST; i += 2) {
        wait_hung_up(supervisors[i].control);
        retire(&supervisors[i]);
    }
}

/// A run that goes on for long, with processes that try to get away; it is at work when this returns.
static struct supervisor begin_run(struct launcher *launcher, int *output) {
    struct supervisor supervisor = prepare(launcher);
    const char *const arguments[] = {
        "bash", "--norc", "--noprofile", "-c",
        "trap '' TERM HUP; setsid sleep 600 & (sleep 600 & sleep 600 & wait) & echo r; wait", NULL,
    };
    put_run(&message, "/bin/bash", inner_workspace(launcher->level), arguments);
    int pipe[2];
    CHECK(cmcp_pipe(pipe, 0, 0) == 0);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int descriptors[3] = {nothing, pipe[1], pipe[1]};
    send_bytes(supervisor.control, message.bytes, message.length, descriptors, 3);
    close(nothing);
    close(pipe[1]);
    char ready[2];
    wait_readable(pipe[0]);
    CHECK(read(pipe[0], ready, 2) == 2 && ready[0] == 'r');
    *output = pipe[0];
    return supervisor;
}

static void expect_gone(struct supervisor *supervisor, int output) {
    wait_readable(supervisor->pidfd);
    wait_hung_up(output);
    close(output);
    retire(supervisor);
}

void try_ends(uint32_t level) {
    struct launcher launcher = ready_launcher(level);
    int output;
    // The server says that the call is over.
    struct supervisor supervisor = begin_run(&launcher, &output);
    CHECK(shutdown(supervisor.control, SHUT_WR) == 0);
    expect_gone(&supervisor, output);
    // The server lets go of the call.
    supervisor = begin_run(&launcher, &output);
    close(supervisor.control);
    supervisor.control = fcntl(output, F_DUPFD_CLOEXEC, 0);
    expect_gone(&supervisor, output);
    // Anything said during a run ends it, too.
    supervisor = begin_run(&launcher, &output);
    send_bytes(supervisor.control, "more", 4, NULL, 0);
    expect_gone(&supervisor, output);
    // The supervisor is killed: its processes go with it, or are swept up by the launcher.
    supervisor = begin_run(&launcher, &output);
    CHECK(cmcp_pidfd_signal(supervisor.pidfd, SIGKILL) == 0);
    expect_gone(&supervisor, output);
    // The launcher serves on.
    struct ending ending = run_shell(&launcher, "echo on");
    CHECK(strcmp(ending.output, "on\n") == 0);
    // The server's end is closed.
    supervisor = begin_run(&launcher, &output);
    struct supervisor idle = prepare(&launcher);
    end_launcher(&launcher);
    expect_gone(&supervisor, output);
    wait_readable(idle.pidfd);
    retire(&idle);
    // The launcher is killed.
    launcher = ready_launcher(level);
    supervisor = begin_run(&launcher, &output);
    idle = prepare(&launcher);
    CHECK(kill(launcher.pid, SIGKILL) == 0);
    int status = wait_for(launcher.pid);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    wait_hung_up(launcher.socket);
    close(launcher.socket);
    expect_gone(&supervisor, output);
    wait_readable(idle.pidfd);
    retire(&idle);
}

/// Sends one message with more descriptors than the shims allow.
static void send_surplus(int socket, const struct message *request, int descriptor) {
    enum { SURPLUS = 40 };
    struct iovec vector = {(void *)request->bytes, request->length};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * SURPLUS)];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr header = {
        .msg_iov = &vector,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int) * SURPLUS);
    for (int i = 0; i < SURPLUS; i++) {
        memcpy(CMSG_DATA(rights) + (size_t)i * sizeof(int), &descriptor, sizeof(int));
    }
    CHECK(sendmsg(socket, &header, MSG_NOSIGNAL) == (ssize_t)request->length);
}

void try_descriptor_floods(uint32_t level) {
    struct launcher launcher = ready_launcher(level);
    int ends[2];
    CHECK(cmcp_pipe(ends, 0, 0) == 0);
    int copies[CMCP_DESCRIPTORS_MAX];
    for (int i = 0; i < CMCP_DESCRIPTORS_MAX; i++) {
        copies[i] = ends[1];
    }
    const uint32_t kinds[] = {99, CMCP_REQUEST_CONFIGURE, CMCP_REQUEST_VIEW, CMCP_REQUEST_SEAL, CMCP_REQUEST_PREPARE};
    for (int i = 0; i < 1000; i++) {
        begin(&message, kinds[i % 5]);
        put_u32(&message, 0);
        send_bytes(launcher.socket, message.bytes, message.length, copies, CMCP_DESCRIPTORS_MAX);
        expect_socket_failure(launcher.socket, i % 5 == 2 || i % 5 == 3 ? CMCP_STEP_STATE : CMCP_STEP_MESSAGE, 0);
    }
    // More descriptors, or more bytes, than a message may have: dropped without a word.
    for (int i = 0; i < 100; i++) {
        begin(&message, 99);
        send_surplus(launcher.socket, &message, ends[1]);
    }
    memset(&message, 0, sizeof message);
    message.length = CMCP_MESSAGE_MAX + 1;
    send_bytes(launcher.socket, message.bytes, message.length, copies, CMCP_DESCRIPTORS_MAX);
    // The answer to a known question is the next thing that is heard, and by then all copies are closed.
    begin(&message, CMCP_REQUEST_SEAL);
    expect_failure(&launcher, &message, CMCP_STEP_STATE, 0);
    close(ends[1]);
    wait_hung_up(ends[0]);
    close(ends[0]);
    struct supervisor supervisor = prepare(&launcher);
    CHECK(cmcp_pipe(ends, 0, 0) == 0);
    begin(&message, CMCP_REQUEST_RUN);
    send_surplus(supervisor.control, &message, ends[1]);
    close(ends[1]);
    wait_hung_up(supervisor.control);
    wait_hung_up(ends[0]);
    close(ends[0]);
    retire(&supervisor);
    end_launcher(&launcher);
}
