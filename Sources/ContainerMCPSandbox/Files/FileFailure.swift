// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why a file operation beneath a root was refused or failed.
public enum FileFailure: Error, Hashable, Sendable {
    /// No such entry.
    case notFound
    /// A folder was needed and something else is there.
    case notFolder
    /// A file was needed and a folder is there.
    case isFolder
    /// A pipe, a socket or a device.
    case notRegular
    /// A symbolic link stands somewhere on the way, or at its end.
    case linkRefused
    /// The file has further names, so it may belong to another place (hard link).
    case severalNames
    /// The way leads to another mount or out of the root.
    case outside
    /// The file is larger than the limit that was given.
    case tooLarge
    /// The device or the quota of its owner is full.
    case noSpace
    /// The name is taken.
    case exists
    /// The folder still holds entries.
    case notEmpty
    /// The operating system does not permit it.
    case notPermitted
    /// A name that no entry can have, or a path that is too long.
    case badName
    /// A folder would be moved into itself.
    case intoItself
    /// The root itself was named where only an entry below it can be meant.
    case isRoot
    /// A folder to be moved holds an entry that the caller's rule refuses; the name is as found, repaired to
    /// UTF-8.
    case refusedInside(name: String)
    /// A walk passed its limit of entries, levels or time.
    case tooMany
    /// The tree was changed by someone else in a way that cannot be followed.
    case changed
    /// Anything else, with its errno.
    case other(Int32)

    /// Makes a failure from an error number.
    ///
    /// - Parameter number: A positive errno.
    init(errno number: Int32) {
        switch number {
        case ENOENT: self = .notFound
        case ENOTDIR: self = .notFolder
        case EISDIR: self = .isFolder
        case ENXIO, ENODEV: self = .notRegular
        case ELOOP: self = .linkRefused
        case EXDEV: self = .outside
        case EFBIG, EOVERFLOW: self = .tooLarge
        case ENOSPC, EDQUOT: self = .noSpace
        case EEXIST: self = .exists
        case ENOTEMPTY: self = .notEmpty
        case EACCES, EPERM, EROFS: self = .notPermitted
        case EAGAIN: self = .changed
        case ENAMETOOLONG, EILSEQ: self = .badName
        default: self = .other(number)
        }
    }

    /// Turns the answer of a C shim into a value or a failure.
    @discardableResult
    static func checked(_ answer: Int32) throws(FileFailure) -> Int32 {
        guard answer < 0 else { return answer }
        throw FileFailure(errno: 0 &- answer)
    }
}
