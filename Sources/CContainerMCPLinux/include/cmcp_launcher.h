// SPDX-License-Identifier: Apache-2.0
// The launcher's wire: what the server writes to it and what comes back. All numbers are in host byte order; a
// string is a u32 length, its bytes, and a NUL that the length does not count.
#ifndef CMCP_LAUNCHER_H
#define CMCP_LAUNCHER_H

#include <stdint.h>

/// The private argument by which a program that links this library becomes the launcher.
#define CMCP_LAUNCHER_ARGUMENT "--cmcp-launcher-7c1e52"
/// The descriptor on which the launcher finds its socket.
#define CMCP_LAUNCHER_DESCRIPTOR 3
/// Raised with every change of the wire. Server and launcher are one binary, so a difference means a bug.
#define CMCP_WIRE_VERSION 1
/// The largest message either side accepts, in bytes.
#define CMCP_MESSAGE_MAX (192 * 1024)
/// The most descriptors one message carries.
#define CMCP_DESCRIPTORS_MAX 8
/// The most mounts, and the most Landlock rules, of one view.
#define CMCP_ENTRIES_MAX 512
/// The most views one launcher holds.
#define CMCP_VIEWS_MAX 16

/// The longest name of an AppArmor profile, and the longest label (names of stacked profiles and their mode), with NUL.
#define CMCP_PROFILE_MAX 128
#define CMCP_LABEL_MAX 1024

/// The user and group id that a child sees itself under, where it has a user namespace.
#define CMCP_INNER_ID 1000

/// What a message from the server asks of the launcher or of a supervisor.
enum cmcp_request {
    CMCP_REQUEST_HELLO = 1,     ///< The nonce that the launcher sent, sent back.
    CMCP_REQUEST_CONFIGURE = 2, ///< Level, outer ids, flags: enter the namespaces.
    CMCP_REQUEST_VIEW = 3,      ///< One view: mounts and rules, and with CMCP_VIEW_PROFILE a name at the end.
    CMCP_REQUEST_SEAL = 4,      ///< Let go of the host's files.
    CMCP_REQUEST_PREPARE = 5,   ///< One supervisor for a view; carries its control socket.
    CMCP_REQUEST_RUN = 6,       ///< To a supervisor: argv, environment, limits, descriptors.
    CMCP_REQUEST_PROBE = 7,     ///< To a supervisor: try what must be refused, instead of a program.
    CMCP_REQUEST_PREPARE_IN_GROUP = 8, ///< As PREPARE; the last descriptor is the folder of the call's control group.
};

/// What a message to the server says.
enum cmcp_reply {
    CMCP_REPLY_HELLO = 1,    ///< u32 wire version, 16 bytes of nonce.
    CMCP_REPLY_DONE = 2,     ///< The request was carried out. For PREPARE it carries the supervisor's pidfd, for a
                             ///< VIEW with a profile u32 enum cmcp_profile_state.
    CMCP_REPLY_FAILED = 3,   ///< u32 step, i32 errno.
    CMCP_REPLY_READY = 4,    ///< From a supervisor: u32 layers in force, u32 Landlock ABI.
    CMCP_REPLY_EXITED = 5,   ///< From a supervisor: see struct cmcp_exit.
    CMCP_REPLY_PROBED = 6,   ///< From a supervisor: u32 breaches, u32 confirmed.
};

/// How strongly children are confined.
enum cmcp_level {
    CMCP_LEVEL_FULL = 1,     ///< Namespaces with /proc.
    CMCP_LEVEL_NOPROC = 2,   ///< Namespaces without /proc.
    CMCP_LEVEL_FILTERED = 3, ///< No namespaces.
    CMCP_LEVEL_NONE = 4,     ///< No confinement at all; the server asks for it only when its operator did by name.
};

/// Flags of CONFIGURE. A way to confine signals is turned off only to try another one alone; with none left the probe
/// finds the breach.
enum cmcp_configure_flag {
    CMCP_CONFIGURE_CHANGES_ID = 1 << 0,      ///< The launcher is root, and children get the outer ids.
    CMCP_CONFIGURE_NO_SIGNAL_SCOPE = 1 << 1, ///< At level `filtered`, not by Landlock.
    CMCP_CONFIGURE_NO_SIGNAL_ANSWERS = 1 << 2, ///< At level `filtered`, not by the supervisor.
    CMCP_CONFIGURE_GROUPS = 1 << 4, ///< Each supervisor will be prepared in a group, and takes that for its top.
    CMCP_CONFIGURE_INTERRUPTIBLE = 1 << 3, ///< Callers that are being answered can be interrupted (Linux before 5.19).
};

/// The step that failed. The order is the order in which they are taken.
enum cmcp_step {
    CMCP_STEP_NONE = 0,
    CMCP_STEP_MESSAGE,
    CMCP_STEP_STATE,
    CMCP_STEP_MEMORY,
    CMCP_STEP_USER_NAMESPACE,
    CMCP_STEP_ID_MAP,
    CMCP_STEP_NAMESPACES,
    CMCP_STEP_PROPAGATION,
    CMCP_STEP_TEMPLATE_ROOT,
    CMCP_STEP_PIVOT,
    CMCP_STEP_PROC_DONOR,
    CMCP_STEP_VIEW_ROOT,
    CMCP_STEP_VIEW_NODE,
    CMCP_STEP_VIEW_SOURCE,
    CMCP_STEP_VIEW_CHANGED,
    CMCP_STEP_VIEW_BIND,
    CMCP_STEP_VIEW_REMOUNT,
    CMCP_STEP_DETACH,
    CMCP_STEP_CLONE,
    CMCP_STEP_SESSION,
    CMCP_STEP_MOUNT_TMP,
    CMCP_STEP_MOUNT_SHM,
    CMCP_STEP_MOUNT_PROC,
    CMCP_STEP_CHILD_ROOT,
    CMCP_STEP_GROUPS,
    CMCP_STEP_IDS,
    CMCP_STEP_LATE_USER_NAMESPACE,
    CMCP_STEP_LATE_ID_MAP,
    CMCP_STEP_CAPABILITIES,
    CMCP_STEP_NO_NEW_PRIVS,
    CMCP_STEP_LANDLOCK,
    CMCP_STEP_LANDLOCK_RULE,
    CMCP_STEP_SECCOMP,
    CMCP_STEP_LIMITS,
    CMCP_STEP_DESCRIPTORS,
    CMCP_STEP_WORKING_DIRECTORY,
    CMCP_STEP_EXEC,
    CMCP_STEP_FORK,
    CMCP_STEP_SIGNALS,
    CMCP_STEP_NO_NEW_CODE,
    CMCP_STEP_APPARMOR,
    CMCP_STEP_GROUP,
};

/// Layers in force, as bits of READY.
enum cmcp_layer {
    CMCP_LAYER_USER = 1 << 0,
    CMCP_LAYER_MOUNT = 1 << 1,
    CMCP_LAYER_PID = 1 << 2,
    CMCP_LAYER_NET = 1 << 3,
    CMCP_LAYER_IPC = 1 << 4,
    CMCP_LAYER_UTS = 1 << 5,
    CMCP_LAYER_CGROUP = 1 << 6,
    CMCP_LAYER_PROC = 1 << 7,
    CMCP_LAYER_LANDLOCK = 1 << 8,
    CMCP_LAYER_SECCOMP = 1 << 9,
    CMCP_LAYER_CAPABILITIES = 1 << 10,
    CMCP_LAYER_NO_NEW_PRIVS = 1 << 11,
    CMCP_LAYER_SIGNAL_SCOPE = 1 << 12,
    CMCP_LAYER_OUTER_ID = 1 << 13,
    CMCP_LAYER_TCP = 1 << 14,
    CMCP_LAYER_NO_NEW_CODE = 1 << 15,
    CMCP_LAYER_APPARMOR = 1 << 16,
    CMCP_LAYER_SIGNAL_ANSWERS = 1 << 17, ///< The supervisor answers calls that send signals.
    CMCP_LAYER_GROUP = 1 << 18,          ///< Supervisor and call are in a control group of their own.
    CMCP_LAYER_PIDS = 1 << 19,           ///< Confirmed by the probe: its group's limit of three processes holds.
};

/// What became of a view's AppArmor profile, found out by attaching it to a throw-away process.
enum cmcp_profile_state {
    CMCP_PROFILE_ENFORCED = 1,    ///< Every call of the view gets it, or fails.
    CMCP_PROFILE_ABSENT = 2,      ///< No AppArmor, or one that can't stack.
    CMCP_PROFILE_NOT_LOADED = 3,  ///< No profile has this name.
    CMCP_PROFILE_REFUSED = 4,     ///< The profile that the server runs under does not let it stack this one.
    CMCP_PROFILE_UNCONFIRMED = 5, ///< Attached, but the kernel does not say that it is enforced: complain mode.
};

/// What the probe found possible although it must not be, as bits of PROBED.
enum cmcp_breach {
    CMCP_BREACH_READ_CANARY = 1 << 0,
    CMCP_BREACH_WRITE_OUTSIDE = 1 << 1,
    CMCP_BREACH_INET_SOCKET = 1 << 2,
    CMCP_BREACH_UNIX_CONNECT = 1 << 3,
    CMCP_BREACH_SIGNAL_SERVER = 1 << 4,
    CMCP_BREACH_USER_NAMESPACE = 1 << 5,
    CMCP_BREACH_MOUNT = 1 << 6,
    CMCP_BREACH_PTRACE = 1 << 7,
    CMCP_BREACH_MEMFD = 1 << 8,
    CMCP_BREACH_CAPABILITIES = 1 << 9,
    CMCP_BREACH_NEW_PRIVS = 1 << 10,
    CMCP_BREACH_NO_FILTER = 1 << 11,
    CMCP_BREACH_UID_ZERO = 1 << 12,
    CMCP_BREACH_WORKSPACE = 1 << 13, ///< The workspace could not be written: not a breach, but no service either.
    CMCP_BREACH_DESCRIPTOR = 1 << 14,
    CMCP_BREACH_SIGNAL_SUPERVISOR = 1 << 15,
    CMCP_BREACH_OWN_SIGNALS = 1 << 16, ///< A process of the call's own could not be signalled: no service, either.
};

/// How an entry of a view comes to be.
enum cmcp_entry {
    CMCP_ENTRY_FOLDER = 1,  ///< An empty folder.
    CMCP_ENTRY_BIND = 2,    ///< A file or folder of the host.
    CMCP_ENTRY_SYMLINK = 3, ///< A link; the source is its text.
    CMCP_ENTRY_TEXT = 4,    ///< A small file; the source is its contents.
};

/// Flags of a bound entry.
enum cmcp_bind {
    CMCP_BIND_WRITABLE = 1 << 0,
    CMCP_BIND_NOEXEC = 1 << 1,
    CMCP_BIND_DEVICE = 1 << 2,
    CMCP_BIND_IS_FOLDER = 1 << 3,
};

/// What a Landlock rule grants beneath a path. The rights follow the ABI of the running kernel.
enum cmcp_grant {
    CMCP_GRANT_READ = 1 << 0,
    CMCP_GRANT_EXECUTE = 1 << 1,
    CMCP_GRANT_WRITE = 1 << 2,  ///< Write, create, rename, remove; never devices.
    CMCP_GRANT_DEVICE = 1 << 3, ///< Read, write and ioctl of a harmless device.
};

/// Flags of a view.
enum cmcp_view_flag {
    CMCP_VIEW_SHM = 1 << 0,          ///< Has /dev/shm.
    CMCP_VIEW_NO_NEW_CODE = 1 << 1,  ///< Memory that was written can't become executable (PR_SET_MDWE, Linux 6.3).
    CMCP_VIEW_PROFILE = 1 << 2,      ///< The message ends with the name of an AppArmor profile.
};

/// What EXITED carries after its kind.
struct cmcp_exit {
    int32_t status;         ///< As waitpid(2) gives it.
    uint32_t has_others;    ///< Whether processes of the call may still be going away.
    uint64_t user_usec;     ///< CPU time of the reaped processes, in microseconds.
    uint64_t system_usec;
    uint64_t max_rss_kib;   ///< The largest of them.
};

/// Makes the linker keep the launcher's constructor when this library is a static archive.
///
/// \returns The wire version.
uint32_t cmcp_launcher_anchor(void);

/// The name of a step, for logs and for the enforcement report.
const char *cmcp_step_name(uint32_t step);

/// Checks a request as the launcher or a supervisor would, without doing anything: the way in for the fuzzer.
///
/// \returns 0 when the request is well formed, else -1.
int cmcp_check_request(const uint8_t *bytes, uint64_t length);

#endif
