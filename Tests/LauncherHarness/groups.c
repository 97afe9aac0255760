// SPDX-License-Identifier: Apache-2.0
// Supervisors that are born in a control group, where this user may make one.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static struct message message;

/// Makes a group next to the top of a tree of version 2; its folder, or -1.
static int make_group(char *path, size_t room) {
    static const char *const tops[] = {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"};
    for (size_t i = 0; i < sizeof tops / sizeof tops[0]; i++) {
        snprintf(path, room, "%s/cgroup.controllers", tops[i]);
        if (access(path, F_OK) == 0) {
            snprintf(path, room, "%s/cmcp-harness-%d", tops[i], (int)getpid());
            return mkdir(path, 0755) == 0 ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
        }
    }
    return -1;
}

static void refuse_prepare(struct launcher *launcher, uint32_t kind, int last, int count, uint32_t step) {
    int ends[2];
    CHECK(cmcp_socket_pair(ends) == 0);
    const int descriptors[3] = {ends[1], last, last};
    begin(&message, kind);
    put_u32(&message, 0);
    send_bytes(launcher->socket, message.bytes, message.length, descriptors, count);
    expect_socket_failure(launcher->socket, step, 0);
    close(ends[1]);
    wait_hung_up(ends[0]);
    close(ends[0]);
}

void try_groups(uint32_t level) {
    char path[128], line[256];
    if (!is_offered(level)) {
        return;
    }
    int group = make_group(path, sizeof path);
    if (group < 0) {
        printf("%s: left out, no control group can be made here\n", at_level);
        return;
    }
    place.flags = CMCP_CONFIGURE_GROUPS;
    place.group_folder = group;
    struct launcher launcher = ready_launcher(level);
    refuse_prepare(&launcher, CMCP_REQUEST_PREPARE, group, 1, CMCP_STEP_MESSAGE);
    refuse_prepare(&launcher, CMCP_REQUEST_PREPARE_IN_GROUP, group, 1, CMCP_STEP_MESSAGE);
    int ends[2];
    CHECK(cmcp_pipe(ends, 0, 0) == 0);
    refuse_prepare(&launcher, CMCP_REQUEST_PREPARE_IN_GROUP, ends[0], 2, CMCP_STEP_CLONE);
    close(ends[0]);
    close(ends[1]);
    struct supervisor supervisor = prepare(&launcher);
    CHECK((supervisor.layers & CMCP_LAYER_GROUP) != 0);
    snprintf(line, sizeof line, "%s/cgroup.procs", path);
    FILE *members = fopen(line, "re");
    int found = 0;
    CHECK(members != NULL && fscanf(members, "%d", &found) == 1 && found > 0 && found != launcher.pid);
    fclose(members);
    retire(&supervisor);
    struct ending ending = run_shell(&launcher, "sleep 600 & setsid sleep 600 & echo $((6 * 7))");
    CHECK(strcmp(ending.output, "42\n") == 0);
    end_launcher(&launcher);
    close(group);
    place.group_folder = 0;
    place.flags = 0;
    // A group that has no process left can be removed.
    int removed = -1;
    for (int waited = 0; removed != 0 && waited < PATIENCE_MS; waited += 10) {
        removed = rmdir(path);
        usleep(removed == 0 ? 0 : 10000);
    }
    CHECK(removed == 0);
    printf("%s: held\n", at_level);
}
