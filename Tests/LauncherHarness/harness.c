// SPDX-License-Identifier: Apache-2.0
// Tries everything, level by level. Arguments: none. Ends with 0 when all held.
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

const char *at_level = "before";
unsigned checks = 0;
struct place place;

// A launcher gets an empty environment, so the sanitizers' options are part of the program.
//
// Leaks are looked for in this program only: launcher, supervisors and probe leave by _exit, which asks nobody, and a
// confined process may not use the ptrace that the search needs. What they would leak shows in their size instead.
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "exitcode=99:quarantine_size_mb=1:detect_stack_use_after_return=1"; }
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void) { return "print_stacktrace=1:halt_on_error=1"; }

void make_place(void) {
    strcpy(place.folder, "/tmp/cmcp-harness-XXXXXX");
    CHECK(mkdtemp(place.folder) != NULL);
    // Children may be another user, who has to get through but sees no names.
    CHECK(chmod(place.folder, 0711) == 0);
    snprintf(place.workspace, sizeof place.workspace, "%s/workspace", place.folder);
    snprintf(place.data, sizeof place.data, "%s/data", place.folder);
    CHECK(mkdir(place.workspace, 0755) == 0 && mkdir(place.data, 0755) == 0);
    char canary[96];
    snprintf(canary, sizeof canary, "%s/canary", place.folder);
    int file = open(canary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    CHECK(file >= 0 && write(file, "canary", 6) == 6);
    close(file);
    place.changes_id = geteuid() == 0;
    place.user = place.changes_id ? 64999 : geteuid();
    place.group = place.changes_id ? 64999 : getegid();
    CHECK(chown(place.workspace, place.user, place.group) == 0);
    place.server = getpid();
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

void remove_place(void) { CHECK(nftw(place.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0); }

/// After a check that failed. What can't be removed then is left.
static void remove_rest(void) { nftw(place.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

/// Every process that was started, however far down, has this one as its last parent.
static void expect_no_process_left(void) {
    for (int waited = 0; waited < PATIENCE_MS; waited += 10) {
        pid_t pid;
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
        }
        if (pid < 0 && errno == ECHILD) {
            return;
        }
        usleep(10000);
    }
    CHECK(!"every process is gone");
}

int is_offered(uint32_t level) {
    struct launcher launcher = greeted_launcher();
    struct message *message = malloc(sizeof *message);
    CHECK(message != NULL);
    put_configure(message, level);
    send_bytes(launcher.socket, message->bytes, message->length, NULL, 0);
    free(message);
    struct reply reply;
    receive_reply(launcher.socket, &reply);
    end_launcher(&launcher);
    if (reply.words[0] == CMCP_REPLY_DONE) {
        return 1;
    }
    CHECK(reply.length == 12 && reply.words[0] == CMCP_REPLY_FAILED && reply.words[1] > CMCP_STEP_MEMORY);
    printf("%s: left out, this machine could not %s: %s\n", at_level, cmcp_step_name(reply.words[1]),
           strerror((int)reply.words[2]));
    return 0;
}

static void try_level(uint32_t level, const char *name) {
    at_level = name;
    if (!is_offered(level)) {
        return;
    }
    unsigned before = checks;
    int descriptors = count_descriptors();
    try_malformed_views(level);
    try_views(level);
    try_preparing(level);
    try_runs(level);
    try_malformed_runs(level);
    if (level != CMCP_LEVEL_NONE) {
        // Without confinement the attempts would succeed on this machine.
        try_probe(level);
    }
    try_many_supervisors(level);
    try_ends(level);
    try_descriptor_floods(level);
    expect_no_process_left();
    CHECK(count_descriptors() == descriptors);
    printf("%s: %u checks\n", name, checks - before);
}

/// The filtered level with its supervisors answering signals.
static void try_level_with(uint32_t flags, const char *name) {
    place.flags = flags;
    try_level(CMCP_LEVEL_FILTERED, name);
    if (is_offered(CMCP_LEVEL_FILTERED)) {
        try_answers();
    }
    place.flags = 0;
    expect_no_process_left();
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], CMCP_LAUNCHER_ARGUMENT) == 0) {
        return NOT_A_LAUNCHER;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
    make_place();
    atexit(remove_rest);
    try_shims();
    try_files();
    try_greetings();
    try_order();
    expect_no_process_left();
    printf("before any level: %u checks\n", checks);
    try_level(CMCP_LEVEL_FULL, "full");
    try_level(CMCP_LEVEL_NOPROC, "noproc");
    try_level(CMCP_LEVEL_FILTERED, "filtered");
    try_level(CMCP_LEVEL_NONE, "none");
    try_level_with(CMCP_CONFIGURE_NO_SIGNAL_SCOPE, "filtered, signals answered");
    try_level_with(CMCP_CONFIGURE_NO_SIGNAL_SCOPE | CMCP_CONFIGURE_INTERRUPTIBLE, "filtered, interruptible");
    at_level = "full, in a group";
    try_groups(CMCP_LEVEL_FULL);
    at_level = "filtered, in a group";
    try_groups(CMCP_LEVEL_FILTERED);
    expect_no_process_left();
    remove_place();
    printf("as %s: %u checks held\n", place.changes_id ? "root" : "an ordinary user", checks);
    return 0;
}
