// SPDX-License-Identifier: Apache-2.0

#include "cmcp_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

// Older kernel headers lack these; the numbers are the same on every architecture (Linux 5.6).
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#define CMCP_RESOLVE_NO_XDEV 0x01
#define CMCP_RESOLVE_NO_MAGICLINKS 0x02
#define CMCP_RESOLVE_NO_SYMLINKS 0x04
#define CMCP_RESOLVE_BENEATH 0x08
#define CMCP_RESOLVE_CACHED 0x20
#define CMCP_RWF_NOWAIT 0x08
#define CMCP_RENAME_NOREPLACE 1

_Static_assert(CMCP_O_PATH == O_PATH, "CMCP_O_PATH is not what this architecture calls O_PATH");

// A rename elsewhere in the tree can make openat2 answer EAGAIN; a hostile child can do that for ever.
#define CMCP_OPEN_TRIES 64

struct cmcp_open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

// getdents64(2) describes this layout; no header declares it.
struct cmcp_directory_entry {
    uint64_t inode;
    int64_t next;
    uint16_t length;
    uint8_t kind;
    char name[];
};

struct cmcp_place {
    uint64_t device;
    uint64_t mount;
};

static int place_of(int descriptor, struct cmcp_place *place) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return -errno;
    }
    place->device = (uint64_t)status.st_dev;
    place->mount = 0;
#ifdef STATX_MNT_ID
    // The mount number also tells a bind mount of the same device apart (Linux 5.8); the device alone does not.
    struct statx extended;
    if (statx(descriptor, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_MNT_ID, &extended) == 0 &&
        (extended.stx_mask & STATX_MNT_ID) != 0) {
        place->mount = extended.stx_mnt_id;
    }
#endif
    return 0;
}

static bool is_link(int folder, const char *name) {
    struct stat status;
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0 && S_ISLNK(status.st_mode);
}

static int open_one(int folder, const char *name, int flags, unsigned mode) {
    int opened;
    do {
        opened = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
    } while (opened < 0 && errno == EINTR);
    if (opened < 0) {
        int reason = errno;
        // With O_DIRECTORY the kernel calls a link "not a directory"; the caller wants to know that it is a link.
        if (reason == ENOTDIR && is_link(folder, name)) {
            reason = ELOOP;
        }
        return -reason;
    }
    if ((flags & O_PATH) != 0) {
        struct stat status;
        // O_PATH with O_NOFOLLOW opens the link itself.
        if (fstat(opened, &status) != 0 || S_ISLNK(status.st_mode)) {
            close(opened);
            return -ELOOP;
        }
    }
    return opened;
}

static int open_stepwise(int folder, const char *path, int flags, unsigned mode) {
    struct cmcp_place start;
    int failure = place_of(folder, &start);
    if (failure < 0) {
        return failure;
    }
    if (*path == '/') {
        return -EXDEV;
    }
    int current = folder;
    for (;;) {
        size_t length = strcspn(path, "/");
        const char *rest = path + length;
        rest += strspn(rest, "/");
        char name[NAME_MAX + 1];
        int opened;
        if (length == 0) {
            opened = -ENOENT;
        } else if (length > NAME_MAX) {
            opened = -ENAMETOOLONG;
        } else {
            memcpy(name, path, length);
            name[length] = '\0';
            if (strcmp(name, "..") == 0) {
                opened = -EXDEV;
            } else if (*rest == '\0') {
                opened = open_one(current, name, flags, mode);
            } else {
                opened = open_one(current, name, O_PATH | O_DIRECTORY, 0);
            }
        }
        if (current != folder) {
            close(current);
        }
        if (opened < 0) {
            return opened;
        }
        struct cmcp_place place;
        failure = place_of(opened, &place);
        if (failure == 0 && (place.device != start.device || place.mount != start.mount)) {
            failure = -EXDEV;
        }
        if (failure < 0) {
            close(opened);
            return failure;
        }
        if (*rest == '\0') {
            return opened;
        }
        current = opened;
        path = rest;
    }
}

int cmcp_file_open(int folder, const char *path, int flags, unsigned mode, int stepwise) {
    int all_flags = flags | O_CLOEXEC;
    if ((flags & O_PATH) == 0) {
        all_flags |= O_NONBLOCK | O_NOCTTY;
    }
    unsigned used_mode = (flags & O_CREAT) != 0 ? mode : 0;
    if (!stepwise) {
        struct cmcp_open_how how = {
            .flags = (uint64_t)(unsigned)all_flags,
            .mode = used_mode,
            .resolve = CMCP_RESOLVE_BENEATH | CMCP_RESOLVE_NO_SYMLINKS | CMCP_RESOLVE_NO_MAGICLINKS |
                       CMCP_RESOLVE_NO_XDEV,
        };
        for (int attempt = 0; attempt < CMCP_OPEN_TRIES; attempt++) {
            long opened = syscall(SYS_openat2, folder, path, &how, sizeof how);
            if (opened >= 0) {
                return (int)opened;
            }
            if (errno != EAGAIN && errno != EINTR) {
                break;
            }
        }
        // EPERM is also an honest answer; then the second way finds the same.
        if (errno != ENOSYS && errno != EPERM) {
            return -errno;
        }
    }
    return open_stepwise(folder, path, all_flags, used_mode);
}

int cmcp_file_open_cached(int folder, const char *path) {
    struct cmcp_open_how how = {
        // Without O_NOATIME a read that waits for no data may wait for the journal, to note its time.
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOATIME,
        .resolve = CMCP_RESOLVE_BENEATH | CMCP_RESOLVE_NO_SYMLINKS | CMCP_RESOLVE_NO_MAGICLINKS |
                   CMCP_RESOLVE_NO_XDEV | CMCP_RESOLVE_CACHED,
    };
    long opened = syscall(SYS_openat2, folder, path, &how, sizeof how);
    return opened >= 0 ? (int)opened : -errno;
}

int64_t cmcp_file_read_cached(int file, void *buffer, size_t capacity, int64_t offset) {
    struct iovec part = {.iov_base = buffer, .iov_len = capacity};
    ssize_t got = preadv2(file, &part, 1, (off_t)offset, CMCP_RWF_NOWAIT);
    return got >= 0 ? (int64_t)got : -errno;
}

int cmcp_file_is_on_local_disk(int descriptor) {
    struct statfs status;
    if (fstatfs(descriptor, &status) != 0) {
        return 0;
    }
    switch ((uint32_t)status.f_type) {
    case EXT4_SUPER_MAGIC:
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
        return 1;
    default:
        return 0;
    }
}

static void copy_info(const struct stat *status, struct cmcp_file_info *info) {
    info->device = (uint64_t)status->st_dev;
    info->inode = (uint64_t)status->st_ino;
    info->mode = (uint32_t)status->st_mode;
    info->links = status->st_nlink > UINT32_MAX ? UINT32_MAX : (uint32_t)status->st_nlink;
    info->user = (uint32_t)status->st_uid;
    info->group = (uint32_t)status->st_gid;
    info->size = (int64_t)status->st_size;
    info->allocated = status->st_blocks > INT64_MAX / 512 ? INT64_MAX : (int64_t)status->st_blocks * 512;
    info->modified = (int64_t)status->st_mtim.tv_sec;
}

int cmcp_file_info_of(int descriptor, struct cmcp_file_info *info) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return -errno;
    }
    copy_info(&status, info);
    return 0;
}

int cmcp_file_info_at(int folder, const char *name, struct cmcp_file_info *info) {
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
        return -errno;
    }
    copy_info(&status, info);
    return 0;
}

int64_t cmcp_file_names(int folder, unsigned char *buffer, size_t capacity) {
    // 8-byte alignment is what the kernel's records need.
    _Alignas(8) unsigned char records[32768];
    size_t header = offsetof(struct cmcp_directory_entry, name);
    if (capacity < 1024) {
        return -EINVAL;
    }
    for (;;) {
        // A record is always longer than what is made of it, so the same limit fits both buffers.
        size_t room = capacity < sizeof records ? capacity : sizeof records;
        long got;
        do {
            got = syscall(SYS_getdents64, folder, records, room);
        } while (got < 0 && errno == EINTR);
        if (got <= 0) {
            return got < 0 ? -errno : 0;
        }
        size_t written = 0;
        size_t position = 0;
        while (position + header < (size_t)got) {
            const struct cmcp_directory_entry *entry = (const void *)(records + position);
            if (entry->length <= header || position + entry->length > (size_t)got) {
                return -EIO;
            }
            size_t length = strnlen(entry->name, entry->length - header);
            bool is_self = strncmp(entry->name, ".", length + 1) == 0;
            bool is_parent = strncmp(entry->name, "..", length + 1) == 0;
            if (length > 0 && !is_self && !is_parent && written + length + 2 <= capacity) {
                buffer[written] = entry->kind;
                memcpy(buffer + written + 1, entry->name, length);
                buffer[written + 1 + length] = 0;
                written += length + 2;
            }
            position += entry->length;
        }
        if (written > 0) {
            return (int64_t)written;
        }
    }
}

int cmcp_file_rename(int from_folder, const char *from, int to_folder, const char *to, int replace) {
    if (replace) {
        return renameat(from_folder, from, to_folder, to) == 0 ? 0 : -errno;
    }
    if (syscall(SYS_renameat2, from_folder, from, to_folder, to, CMCP_RENAME_NOREPLACE) == 0) {
        return 0;
    }
    // EINVAL has two meanings: no such flag here, or a folder that would go into itself. The plain call knows.
    if (errno != EINVAL && errno != ENOSYS) {
        return -errno;
    }
    struct stat status;
    if (fstatat(to_folder, to, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0) {
        return -EEXIST;
    }
    if (errno != ENOENT) {
        return -errno;
    }
    return renameat(from_folder, from, to_folder, to) == 0 ? 0 : -errno;
}

int cmcp_file_allow_owner(int folder) {
    struct stat status;
    if (fstat(folder, &status) != 0) {
        return -errno;
    }
    if (!S_ISDIR(status.st_mode)) {
        return -ENOTDIR;
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
    // The magic link leads to exactly the open object, so nothing can be swapped in between.
    return chmod(path, (status.st_mode & 07777) | S_IRWXU) == 0 ? 0 : -errno;
}
