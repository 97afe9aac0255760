// SPDX-License-Identifier: Apache-2.0
// What the launcher's own files share.
#ifndef CMCP_INTERNAL_H
#define CMCP_INTERNAL_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cmcp_launcher.h"
#include "cmcp_system.h"

/// A cursor over a message. After the first misfit every read gives zero or NULL and `failed` stays set.
struct cmcp_reader {
    const uint8_t *at;
    const uint8_t *end;
    int failed;
};

uint32_t cmcp_read_u32(struct cmcp_reader *reader);
int32_t cmcp_read_i32(struct cmcp_reader *reader);
uint64_t cmcp_read_u64(struct cmcp_reader *reader);
/// A string that lies in the message itself, NUL at its end and nowhere inside.
const char *cmcp_read_string(struct cmcp_reader *reader);

/// One node of a view.
struct cmcp_node {
    uint32_t kind;
    uint32_t flags;
    uint64_t device;
    uint64_t inode;
    const char *source;
    const char *target;
};

/// One Landlock rule of a view.
struct cmcp_rule {
    uint32_t grant;
    const char *path;
};

/// A view as decoded; the strings lie in the message it came in.
struct cmcp_view {
    uint32_t id;
    uint32_t flags;
    uint32_t tmp_bytes;
    uint32_t tmp_names;
    uint32_t shm_bytes;
    uint32_t shm_names;
    uint32_t node_count;
    uint32_t rule_count;
    /// The AppArmor profile that the server named, or NULL.
    const char *profile;
    /// Every call gets the profile or fails: it was seen to be enforced, under this label.
    int has_profile;
    char label[CMCP_LABEL_MAX];
    struct cmcp_node nodes[CMCP_ENTRIES_MAX];
    struct cmcp_rule rules[CMCP_ENTRIES_MAX];
};

/// A run as decoded.
struct cmcp_run {
    const char *program;
    const char *directory;
    uint64_t address_space;
    uint64_t processes;
    uint64_t open_files;
    uint64_t file_size;
    uint64_t cpu_seconds;
    uint64_t stack;
    uint32_t argument_count;
    uint32_t environment_count;
    /// argv and environ, each with its NULL.
    const char *arguments[64 + 1];
    const char *environment[64 + 1];
};

/// A probe as decoded.
struct cmcp_probe {
    const char *canary;
    const char *outside;
    const char *socket;
    const char *workspace;
    int32_t server;
};

int cmcp_decode_view(struct cmcp_reader *reader, struct cmcp_view *view);
int cmcp_decode_run(struct cmcp_reader *reader, struct cmcp_run *run);
int cmcp_decode_probe(struct cmcp_reader *reader, struct cmcp_probe *probe);

/// What the launcher knows after CONFIGURE.
struct cmcp_setting {
    uint32_t level;
    uint32_t outer_uid;
    uint32_t outer_gid;
    int changes_id;  ///< The launcher is root and its children are not.
    int landlock_abi;
    int scopes_signals; ///< Landlock keeps signals inside a call.
    int answers_signals; ///< Its supervisor does (level `filtered`).
    int interruptible;   ///< It does so without what Linux 5.19 brought.
    int has_groups;      ///< Each call has a control group (cgroups(7)).
    int proc;        ///< O_PATH descriptor of the host's /proc.
    struct sock_fprog filter;
};

/// Whether children of this level live in namespaces of their own.
static inline int cmcp_has_namespaces(const struct cmcp_setting *setting) {
    return setting->level == CMCP_LEVEL_FULL || setting->level == CMCP_LEVEL_NOPROC;
}

/// Enters the namespaces and makes the template root. Returns the failed step, or CMCP_STEP_NONE.
uint32_t cmcp_enter_namespaces(struct cmcp_setting *setting);
/// Builds one view below the template root.
uint32_t cmcp_build_view(const struct cmcp_view *view);
/// Detaches the host's files from the template.
uint32_t cmcp_seal_template(void);
/// Mounts what each child has of its own, makes the view its root and forgets everything else.
uint32_t cmcp_enter_view(const struct cmcp_setting *setting, const struct cmcp_view *view);

/// Writes one file of /proc/self, by the descriptor of /proc.
int cmcp_write_self(int proc, const char *name, const char *text);

/// Empties the bounding set of capabilities, which a process can do only while it still has CAP_SETPCAP.
void cmcp_drop_bounding_set(void);
/// Empties every capability set, the bounding set included.
uint32_t cmcp_drop_capabilities(void);
/// Restricts the caller by the view's rules; `private_folder` (or -1) is a folder of this call alone.
uint32_t cmcp_restrict_paths(const struct cmcp_setting *setting, const struct cmcp_view *view, int private_folder);
/// Finds out with a throw-away process whether the view's profile can be had; notes in the view what to expect.
///
/// Returns one of enum cmcp_profile_state.
uint32_t cmcp_try_profile(const struct cmcp_setting *setting, struct cmcp_view *view);
/// Stacks the view's profile on the caller, where it has one, and reads back that it is in force.
///
/// `label` becomes the descriptor from which that can be read again, or -1.
uint32_t cmcp_attach_profile(const struct cmcp_setting *setting, const struct cmcp_view *view, int *label);
/// Reads back once more that the view's profile, where it has one, is in force: a profile that is unloaded meanwhile lets
/// go of what it held.
uint32_t cmcp_confirm_profile(const struct cmcp_view *view, int label);
/// Installs the system call filter, without a listener.
uint32_t cmcp_install_filter(const struct cmcp_setting *setting);
/// Sets the resource limits of a run.
uint32_t cmcp_set_limits(const struct cmcp_run *run);
/// Closes every descriptor from `first` up.
void cmcp_close_from(unsigned first);

/// Builds the filter for a level into `program`, which the caller frees. With `asks_for_signals` calls that send one
/// wait for the answer of a listener. Returns 0 or -1.
int cmcp_build_filter(uint32_t level, int asks_for_signals, struct sock_fprog *program);

/// The end of a filter on which its supervisor answers (seccomp_unotify(2)).
struct cmcp_listener {
    int descriptor;
    int waits; ///< Callers that are being answered wait through all but fatal signals (Linux 5.19).
};

/// A question or an answer, with room for what later kernels add.
union cmcp_notification {
    struct seccomp_notif question;
    struct seccomp_notif_resp answer;
    uint8_t room[512];
};

/// Whether a filter with a listener can be installed here; tried in a throw-away child.
int cmcp_can_listen(const struct cmcp_setting *setting);
/// Installs the filter in the caller; `listener` is its own until it is handed over.
uint32_t cmcp_install_listening(const struct cmcp_setting *setting, struct cmcp_listener *listener);
/// Sends the listener to the supervisor, and closes it. Returns 0, or -1 with errno.
int cmcp_hand_over_listener(int socket, const struct cmcp_listener *listener);
/// Receives what was handed over before; does not wait. Returns 0 or -1.
int cmcp_take_over_listener(int socket, struct cmcp_listener *listener);
/// Answers one call that sends a signal, if one waits. `proc` is the descriptor of /proc. Runs in the supervisor.
void cmcp_answer_signal(const struct cmcp_listener *listener, int proc);

/// Tries everything that must be refused. Runs in a confined child; with `is_in_group` the group of it and of its
/// supervisor has room for one process more.
void cmcp_try_everything(const struct cmcp_probe *probe, int is_in_group, uint32_t *breaches, uint32_t *confirmed);

/// Starts a process in a control group, whose folder is open; `flags` as for clone(2), CLONE_PIDFD among them.
///
/// \param must_join Set to a descriptor in a new process that has to join by itself, with cmcp_join_group; else -1.
/// \returns As clone(2).
long cmcp_clone_into_group(unsigned long flags, int *pidfd, int group, int *must_join);
/// Moves the caller into the group whose cgroup.procs is open, and closes that. Returns 0, or -1 with errno.
int cmcp_join_group(int processes);

/// The life of a supervisor: set up, wait for a run, run it, report. Never returns. `must_join` as above.
void cmcp_supervise(const struct cmcp_setting *setting, const struct cmcp_view *view, int control, int life,
                    int private_folder, int must_join) __attribute__((noreturn));

/// Appends to a reply.
struct cmcp_writer {
    uint8_t bytes[128];
    size_t length;
};
void cmcp_write_u32(struct cmcp_writer *writer, uint32_t value);
void cmcp_write_bytes(struct cmcp_writer *writer, const void *bytes, size_t length);
/// Sends a reply that says which step failed, and errno.
void cmcp_send_failure(int socket, uint32_t step, int error);

#endif
