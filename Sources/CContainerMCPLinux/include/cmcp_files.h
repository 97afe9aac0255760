// SPDX-License-Identifier: Apache-2.0

/// File access beneath a folder that is held open, for work on trees that hostile code can change at any
/// moment.
///
/// Every function takes a descriptor and a relative name, never follows a link, and answers a negative errno
/// when it fails. None keeps any state, so all may be called from any thread.

#ifndef CMCP_FILES_H
#define CMCP_FILES_H

#include <stddef.h>
#include <stdint.h>

/// The value of O_PATH, which fcntl.h shows only under _GNU_SOURCE, and so not to Swift.
#define CMCP_O_PATH 010000000

/// What is asked about one file; the fields mean what stat(2) says. In C because `struct stat` reaches Swift
/// with names and widths that differ between architectures.
struct cmcp_file_info {
    /// Device that holds the file.
    uint64_t device;
    /// Number of the file on its device.
    uint64_t inode;
    /// Kind and permission bits.
    uint32_t mode;
    /// Number of names the file has.
    uint32_t links;
    /// Owner.
    uint32_t user;
    /// Group.
    uint32_t group;
    /// Length in bytes.
    int64_t size;
    /// Bytes that are allocated on the device.
    int64_t allocated;
    /// Last change of the content, seconds since 1970.
    int64_t modified;
};

/// Opens `path` beneath `folder`: no link in any place, no magic link, no other mount, no way up.
///
/// By openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS and RESOLVE_NO_XDEV
/// (Linux 5.6); in C because glibc 2.36 has no wrapper and `syscall` is variadic. Where the call is
/// missing (ENOSYS, or EPERM from an old container filter) or `stepwise` is not 0, component by component
/// with O_NOFOLLOW. Adds O_CLOEXEC always, and O_NONBLOCK and O_NOCTTY unless O_PATH is asked for, so
/// that no pipe or terminal holds the caller up.
///
/// \return A descriptor, or a negative errno: ELOOP for a link, EXDEV for another mount or a way out.
int cmcp_file_open(int folder, const char *path, int flags, unsigned mode, int stepwise);

/// Opens `path` beneath `folder` to read it, under the same rules as `cmcp_file_open`, and only if the kernel has at hand
/// all that the way takes (RESOLVE_CACHED, Linux 5.12): it waits for no disk. The time of access stays as it was.
///
/// \return A descriptor, or a negative errno: EAGAIN where it would wait, EINVAL or ENOSYS on an older kernel, EPERM
/// for a file of somebody else.
int cmcp_file_open_cached(int folder, const char *path);

/// Reads from an open file what lies in memory: by preadv2(2) with RWF_NOWAIT, which waits for no disk (Linux 4.14).
///
/// \return The number of bytes, 0 at the end of the file, or a negative errno: EAGAIN where it would wait, EOPNOTSUPP
/// where the file system can't tell.
int64_t cmcp_file_read_cached(int file, void *buffer, size_t capacity, int64_t offset);

/// Whether an open file lies on a file system of a disk of this machine that is known not to wait for anybody else when
/// a file is opened, as network file systems and those of user programs do. By fstatfs(2).
int cmcp_file_is_on_local_disk(int descriptor);

/// Tells about the open file itself. In C for `struct cmcp_file_info`.
int cmcp_file_info_of(int descriptor, struct cmcp_file_info *info);

/// Tells about the entry `name` of `folder`, about a link itself and not its target. In C for `struct
/// cmcp_file_info`.
int cmcp_file_info_at(int folder, const char *name, struct cmcp_file_info *info);

/// Reads the next entries of a folder: for each its d_type byte, its name, and a zero byte.
///
/// By getdents64(2), in C because readdir(3) hands out a pointer into a buffer that Swift cannot check.
/// `.` and `..` are left out. `capacity` must be 1,024 or more.
///
/// \return The number of bytes written, 0 at the end of the folder, or a negative errno.
int64_t cmcp_file_names(int folder, unsigned char *buffer, size_t capacity);

/// Renames one entry; `replace` 0 fails with EEXIST if the new name is taken.
///
/// By renameat2(2) with RENAME_NOREPLACE, in C because musl and older glibc have no wrapper. On a file system
/// that knows no such flag the name is looked up first, which leaves a race inside the folder but never
/// outside it.
int cmcp_file_rename(int from_folder, const char *from, int to_folder, const char *to, int replace);

/// Gives the owner of an open folder (O_PATH is enough) all permissions again, so that its content can be
/// counted and deleted.
///
/// Through /proc/self/fd, because fchmod(2) refuses O_PATH descriptors; in C beside the others for its error
/// convention.
int cmcp_file_allow_owner(int folder);

#endif
