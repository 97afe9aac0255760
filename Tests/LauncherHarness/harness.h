// SPDX-License-Identifier: Apache-2.0
// A program of its own that links the launcher, starts it for real and speaks its wire, so that sanitizers see
// every line of it. Every check ends the program when it fails: what follows would only be noise.
#ifndef CMCP_HARNESS_H
#define CMCP_HARNESS_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "CContainerMCPLinux.h"

/// How long anything may take before it counts as hanging. Far more than is needed, also on a busy machine.
#define PATIENCE_MS 30000
/// What the program ends with when it was started as a launcher and did not become one.
#define NOT_A_LAUNCHER 77

#define CHECK(condition)                                                                                    \
    do {                                                                                                    \
        if (!(condition)) {                                                                                 \
            fprintf(stderr, "%s:%d: %s: not so: %s (errno %d)\n", __FILE__, __LINE__, at_level, #condition, \
                    errno);                                                                                 \
            exit(1);                                                                                        \
        }                                                                                                   \
        checks++;                                                                                           \
    } while (0)

/// The level that is being tried, for messages.
extern const char *at_level;
/// Checks that held.
extern unsigned checks;

/// A request under construction.
struct message {
    size_t length;
    uint8_t bytes[CMCP_MESSAGE_MAX + 4096];
};

void put_u32(struct message *message, uint32_t value);
void put_u64(struct message *message, uint64_t value);
void put_text(struct message *message, const char *text);
void begin(struct message *message, uint32_t kind);

/// A reply with what came along.
struct reply {
    int64_t length;
    uint32_t words[16];
    int descriptors[CMCP_DESCRIPTORS_MAX];
    int count;
};

/// A launcher that was started.
struct launcher {
    int socket;
    pid_t pid;
    uint32_t level;
};

/// A supervisor that was asked for.
struct supervisor {
    int control;
    int pidfd;
    uint32_t abi;
    uint32_t layers;
};

/// What a run left behind.
struct ending {
    struct cmcp_exit report;
    char output[4096];
};

/// Where the tests work: a throw-away folder, and who children are.
struct place {
    /// Further flags of CONFIGURE.
    uint32_t flags;
    /// The folder of the control group that supervisors are prepared in, or 0.
    int group_folder;
    char folder[64];
    char workspace[96];
    char data[96];
    uint32_t user;
    uint32_t group;
    int changes_id;
    pid_t server;
};
extern struct place place;

void make_place(void);
/// Whether a level can be had here; tells why not.
int is_offered(uint32_t level);
void remove_place(void);

// launching.c
struct launcher start_launcher(void);
struct launcher greeted_launcher(void);
void send_bytes(int socket, const void *bytes, size_t length, const int *descriptors, int count);
void receive_reply(int socket, struct reply *reply);
/// Sends a request; the answer must be DONE, or FAILED with the given step and (unless 0) errno.
void expect_done(struct launcher *launcher, const struct message *message);
void expect_failure(struct launcher *launcher, const struct message *message, uint32_t step, int error);
void expect_socket_failure(int socket, uint32_t step, int error);
void put_configure(struct message *message, uint32_t level);
/// A launcher at a level with one view, sealed.
struct launcher ready_launcher(uint32_t level);
struct supervisor prepare(struct launcher *launcher);
/// Lets go of a supervisor and waits until its processes are gone.
void retire(struct supervisor *supervisor);
/// Closes the launcher's socket and checks that it ends well.
void end_launcher(struct launcher *launcher);
/// Waits for a process; its wait status.
int wait_for(pid_t pid);
/// Waits until a descriptor is readable or hung up.
void wait_readable(int descriptor);
/// Waits until nobody holds the other end of a pipe or socket any more.
void wait_hung_up(int descriptor);
int count_descriptors(void);
long resident_kib(pid_t pid);

// requests.c
void put_view(struct message *message, uint32_t id, uint32_t level);
void put_run(struct message *message, const char *program, const char *directory, const char *const *arguments);
void put_probe(struct message *message, uint32_t level);
/// The workspace as a child sees it.
const char *inner_workspace(uint32_t level);
/// Runs a shell line to its end.
struct ending run_shell(struct launcher *launcher, const char *line);

// What is tried. Those with a level are tried at each one that this machine offers.
void try_greetings(void);
void try_order(void);
void try_malformed_views(uint32_t level);
void try_views(uint32_t level);
void try_preparing(uint32_t level);
void try_runs(uint32_t level);
void try_malformed_runs(uint32_t level);
void try_probe(uint32_t level);
void try_many_supervisors(uint32_t level);
void try_ends(uint32_t level);
void try_descriptor_floods(uint32_t level);
void try_answers(void);
void try_groups(uint32_t level);
void try_shims(void);
void try_files(void);

#endif
