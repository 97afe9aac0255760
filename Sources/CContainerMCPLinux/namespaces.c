// SPDX-License-Identifier: Apache-2.0
// The template root and what each child adds to it. The order of the steps and the traps behind it are explained
// in docs/sandbox.md.
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#define HOST "/host"
#define DONOR "/donor"

int cmcp_write_self(int proc, const char *name, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "self/%s", name);
    int file = openat(proc, path, O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return -1;
    }
    ssize_t length = (ssize_t)strlen(text);
    ssize_t written = write(file, text, (size_t)length);
    int error = errno;
    close(file);
    errno = error;
    return written == length ? 0 : -1;
}

/// Writes /proc/PID/uid_map and gid_map with two lines each: 0 stays 0, and the outer id becomes the inner one.
/// Runs in a process that is still outside the new namespace, since that needs CAP_SETUID there.
static int map_two_ids(int proc, pid_t pid, uint32_t uid, uint32_t gid) {
    for (int which = 0; which < 2; which++) {
        char path[64], text[64];
        snprintf(path, sizeof path, "%d/%s", (int)pid, which == 0 ? "uid_map" : "gid_map");
        int length = snprintf(text, sizeof text, "0 0 1\n%u %u 1\n", CMCP_INNER_ID, which == 0 ? uid : gid);
        int file = openat(proc, path, O_WRONLY | O_CLOEXEC);
        if (file < 0) {
            return -1;
        }
        ssize_t written = write(file, text, (size_t)length);
        close(file);
        if (written != length) {
            return -1;
        }
    }
    return 0;
}

static int map_one_id(int proc, uint32_t uid, uint32_t gid) {
    char text[64];
    // Refused when the parent namespace already denies setgroups; then it is denied here, too.
    if (cmcp_write_self(proc, "setgroups", "deny") != 0 && errno != ENOENT && errno != EPERM) {
        return -1;
    }
    snprintf(text, sizeof text, "%u %u 1\n", CMCP_INNER_ID, uid);
    if (cmcp_write_self(proc, "uid_map", text) != 0) {
        return -1;
    }
    snprintf(text, sizeof text, "%u %u 1\n", CMCP_INNER_ID, gid);
    return cmcp_write_self(proc, "gid_map", text);
}

static uint32_t enter_user_namespace(struct cmcp_setting *setting) {
    if (!setting->changes_id) {
        if (unshare(CLONE_NEWUSER) != 0) {
            return CMCP_STEP_USER_NAMESPACE;
        }
        return map_one_id(setting->proc, setting->outer_uid, setting->outer_gid) == 0 ? CMCP_STEP_NONE
                                                                                     : CMCP_STEP_ID_MAP;
    }
    int go[2];
    if (pipe2(go, O_CLOEXEC) != 0) {
        return CMCP_STEP_ID_MAP;
    }
    pid_t self = getpid();
    pid_t helper = fork();
    if (helper < 0) {
        close(go[0]);
        close(go[1]);
        return CMCP_STEP_ID_MAP;
    }
    if (helper == 0) {
        char byte;
        close(go[1]);
        ssize_t got = read(go[0], &byte, 1);
        if (got != 1) {
            _exit(ECANCELED);
        }
        _exit(map_two_ids(setting->proc, self, setting->outer_uid, setting->outer_gid) == 0 ? 0 : errno & 0xff);
    }
    close(go[0]);
    uint32_t step = CMCP_STEP_NONE;
    int error = 0;
    if (unshare(CLONE_NEWUSER) != 0) {
        error = errno;
        step = CMCP_STEP_USER_NAMESPACE;
    } else if (write(go[1], "g", 1) != 1) {
        error = errno;
        step = CMCP_STEP_ID_MAP;
    }
    close(go[1]);
    int status = 0;
    while (waitpid(helper, &status, 0) < 0 && errno == EINTR) {
    }
    if (step == CMCP_STEP_NONE && status != 0) {
        error = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
        step = CMCP_STEP_ID_MAP;
    }
    errno = error;
    return step;
}

uint32_t cmcp_enter_namespaces(struct cmcp_setting *setting) {
    uint32_t step = enter_user_namespace(setting);
    if (step != CMCP_STEP_NONE) {
        return step;
    }
    // The top of a namespace for control groups is where its maker is: with a group for each call every supervisor
    // makes its own, and until then the launcher must see the groups that it starts them in.
    int groups = setting->has_groups ? 0 : CLONE_NEWCGROUP;
    if (unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | groups | CLONE_NEWNET) != 0) {
        return CMCP_STEP_NAMESPACES;
    }
    sethostname("sandbox", 7);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        return CMCP_STEP_PROPAGATION;
    }
    // The mount point only has to exist: after pivot_root the folder is whole again below /host.
    static const char *const places[] = {"/tmp", "/run", "/mnt", "/var"};
    const char *place = NULL;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (mount("cmcp", places[i], "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m,nr_inodes=1k") == 0) {
            place = places[i];
            break;
        }
    }
    if (place == NULL || chdir(place) != 0 || mkdir("host", 0755) != 0 || mkdir("donor", 0755) != 0 ||
        mkdir("v", 0755) != 0) {
        return CMCP_STEP_TEMPLATE_ROOT;
    }
    if (syscall(SYS_pivot_root, ".", "host") != 0 || chdir("/") != 0) {
        return CMCP_STEP_PIVOT;
    }
    if (setting->level == CMCP_LEVEL_FULL) {
        // proc can be mounted in a child's namespaces only while a whole /proc is visible there.
        if (mount(HOST "/proc", DONOR, NULL, MS_BIND | MS_REC, NULL) != 0) {
            return CMCP_STEP_PROC_DONOR;
        }
    }
    return CMCP_STEP_NONE;
}

/// Makes the folders above a node. Every one of them lies in a tmpfs of ours.
static int make_parents(char *path) {
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = 0;
        int failed = mkdir(path, 0755) != 0 && errno != EEXIST;
        *at = '/';
        if (failed) {
            return -1;
        }
    }
    return 0;
}

static uint32_t bind_node(const struct cmcp_node *node, const char *target) {
    char source[4200], magic[64];
    snprintf(source, sizeof source, HOST "%s", node->source);
    int file = open(source, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat found;
    if (file < 0 || fstat(file, &found) != 0) {
        return CMCP_STEP_VIEW_SOURCE;
    }
    // The server looked at this object by descriptor. Another one under its name means that somebody swapped it.
    if (found.st_dev != node->device || found.st_ino != node->inode) {
        close(file);
        errno = ESTALE;
        return CMCP_STEP_VIEW_CHANGED;
    }
    int is_folder = S_ISDIR(found.st_mode);
    if (is_folder) {
        if (mkdir(target, 0755) != 0 && errno != EEXIST) {
            return CMCP_STEP_VIEW_NODE;
        }
    } else {
        int made = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
        if (made < 0) {
            return CMCP_STEP_VIEW_NODE;
        }
        close(made);
    }
    snprintf(magic, sizeof magic, HOST "/proc/self/fd/%d", file);
    // Recursive only where sub-mounts are locked together with their parent, which a plain bind refuses.
    int failed = mount(magic, target, NULL, MS_BIND, NULL) != 0 &&
                 (errno != EINVAL || mount(magic, target, NULL, MS_BIND | MS_REC, NULL) != 0);
    int error = errno;
    close(file);
    errno = error;
    if (failed) {
        return CMCP_STEP_VIEW_BIND;
    }
    // Flags that the host set on the mount are locked in a user namespace: a remount must name them again.
    struct statvfs held;
    if (statvfs(target, &held) != 0) {
        return CMCP_STEP_VIEW_REMOUNT;
    }
    unsigned long flags = MS_REMOUNT | MS_BIND | MS_NOSUID;
    if ((held.f_flag & ST_NOATIME) != 0) {
        flags |= MS_NOATIME;
    }
    if ((held.f_flag & ST_NODIRATIME) != 0) {
        flags |= MS_NODIRATIME;
    }
    if ((held.f_flag & ST_RELATIME) != 0) {
        flags |= MS_RELATIME;
    }
    if ((node->flags & CMCP_BIND_WRITABLE) == 0 || (held.f_flag & ST_RDONLY) != 0) {
        flags |= MS_RDONLY;
    }
    if ((node->flags & CMCP_BIND_NOEXEC) != 0 || (held.f_flag & ST_NOEXEC) != 0) {
        flags |= MS_NOEXEC;
    }
    if ((node->flags & CMCP_BIND_DEVICE) == 0 || (held.f_flag & ST_NODEV) != 0) {
        flags |= MS_NODEV;
    }
    return mount(NULL, target, NULL, flags, NULL) == 0 ? CMCP_STEP_NONE : CMCP_STEP_VIEW_REMOUNT;
}

uint32_t cmcp_build_view(const struct cmcp_view *view) {
    char root[32];
    snprintf(root, sizeof root, "/v/%u", view->id);
    if (mkdir(root, 0755) != 0 ||
        mount("view", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=4m,nr_inodes=4k") != 0) {
        return CMCP_STEP_VIEW_ROOT;
    }
    for (uint32_t i = 0; i < view->node_count; i++) {
        const struct cmcp_node *node = &view->nodes[i];
        char target[4200];
        if (snprintf(target, sizeof target, "%s%s", root, node->target) >= (int)sizeof target) {
            errno = ENAMETOOLONG;
            return CMCP_STEP_VIEW_NODE;
        }
        if (make_parents(target) != 0) {
            return CMCP_STEP_VIEW_NODE;
        }
        if (node->kind == CMCP_ENTRY_FOLDER) {
            if (mkdir(target, 0755) != 0 && errno != EEXIST) {
                return CMCP_STEP_VIEW_NODE;
            }
        } else if (node->kind == CMCP_ENTRY_SYMLINK) {
            if (symlink(node->source, target) != 0) {
                return CMCP_STEP_VIEW_NODE;
            }
        } else if (node->kind == CMCP_ENTRY_TEXT) {
            int file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
            size_t length = strlen(node->source);
            if (file < 0 || write(file, node->source, length) != (ssize_t)length) {
                if (file >= 0) {
                    close(file);
                }
                return CMCP_STEP_VIEW_NODE;
            }
            close(file);
        } else {
            uint32_t step = bind_node(node, target);
            if (step != CMCP_STEP_NONE) {
                return step;
            }
        }
    }
    if (mount(NULL, root, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0) {
        return CMCP_STEP_VIEW_REMOUNT;
    }
    return CMCP_STEP_NONE;
}

uint32_t cmcp_seal_template(void) {
    return umount2(HOST, MNT_DETACH) == 0 && rmdir(HOST) == 0 ? CMCP_STEP_NONE : CMCP_STEP_DETACH;
}

static int mount_sized(const char *target, uint32_t bytes, uint32_t names) {
    char options[96];
    // The child's id is the owner: it is the only one that will write here.
    snprintf(options, sizeof options, "mode=0700,uid=%u,gid=%u,size=%u,nr_inodes=%u", CMCP_INNER_ID, CMCP_INNER_ID,
             bytes, names);
    return mount("tmp", target, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options);
}

/// Gives the caller's user namespace a share of what the kernel counts by user, so that no call takes it from the
/// others and from the server (namespaces(7), /proc/sys/user). Where /proc/sys can't be written there is none.
static void take_share(int proc) {
    static const char *const shares[][2] = {{"sys/user/max_inotify_instances", "16"},
                                            {"sys/user/max_inotify_watches", "8192"}};
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        int file = openat(proc, shares[i][0], O_WRONLY | O_CLOEXEC);
        if (file >= 0) {
            ssize_t written = write(file, shares[i][1], strlen(shares[i][1]));
            (void)written;
            close(file);
        }
    }
}

uint32_t cmcp_enter_view(const struct cmcp_setting *setting, const struct cmcp_view *view) {
    char root[32], text[64];
    if (setting->has_groups && unshare(CLONE_NEWCGROUP) != 0) {
        return CMCP_STEP_NAMESPACES;
    }
    snprintf(root, sizeof root, "/v/%u", view->id);
    if (chdir(root) != 0) {
        return CMCP_STEP_CHILD_ROOT;
    }
    if (mount_sized("tmp", view->tmp_bytes, view->tmp_names) != 0) {
        return CMCP_STEP_MOUNT_TMP;
    }
    if ((view->flags & CMCP_VIEW_SHM) != 0 && mount_sized("dev/shm", view->shm_bytes, view->shm_names) != 0) {
        return CMCP_STEP_MOUNT_SHM;
    }
    if (setting->level == CMCP_LEVEL_FULL &&
        mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "subset=pid,hidepid=invisible") != 0 &&
        mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=2") != 0) {
        return CMCP_STEP_MOUNT_PROC;
    }
    // The old root, the donor and the other views go with the second step; a failure is final, so that nothing
    // of them can stay in sight.
    if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) {
        return CMCP_STEP_CHILD_ROOT;
    }
    if (setting->changes_id) {
        if (syscall(SYS_setgroups, 0, NULL) != 0) {
            return CMCP_STEP_GROUPS;
        }
        if (syscall(SYS_setresgid, CMCP_INNER_ID, CMCP_INNER_ID, CMCP_INNER_ID) != 0 ||
            syscall(SYS_setresuid, CMCP_INNER_ID, CMCP_INNER_ID, CMCP_INNER_ID) != 0) {
            return CMCP_STEP_IDS;
        }
    }
    // Its own user namespace, taken last: no capability over the mounts made above, and a process count of its own.
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0 || unshare(CLONE_NEWUSER) != 0) {
        return CMCP_STEP_LATE_USER_NAMESPACE;
    }
    if (cmcp_write_self(setting->proc, "setgroups", "deny") != 0 && errno != EPERM) {
        return CMCP_STEP_LATE_ID_MAP;
    }
    snprintf(text, sizeof text, "%u %u 1\n", CMCP_INNER_ID, CMCP_INNER_ID);
    if (cmcp_write_self(setting->proc, "uid_map", text) != 0 || cmcp_write_self(setting->proc, "gid_map", text) != 0) {
        return CMCP_STEP_LATE_ID_MAP;
    }
    take_share(setting->proc);
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? CMCP_STEP_NONE : CMCP_STEP_LATE_ID_MAP;
}
