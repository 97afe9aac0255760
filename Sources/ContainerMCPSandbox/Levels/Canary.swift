// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A file and a listening socket that the probe must not be able to reach.
struct Canary: Sendable {
    let folder: String
    private let listener: Descriptor

    /// A file that anybody could read by its mode.
    var file: String { folder + "/canary" }
    /// A place where nothing must be written.
    var outside: String { folder + "/mark" }
    /// A socket that anybody could connect to by its mode.
    var socket: String { folder + "/socket" }

    /// Makes them in a fresh folder below one of the server's.
    init(folder parent: String) throws(SandboxError) {
        var template = Array("\(parent)/probe-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw .exhausted("a folder for the probe", errno) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The modes let everybody in, so that only the sandbox keeps the probe out.
        unsafe chmod(folder, 0o777)
        let number = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw .exhausted("a socket for the probe", errno) }
        listener = Descriptor(owning: number)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("\(folder)/socket".utf8)
        // A long folder name does not fit into a socket address; then the socket part of the probe has no target,
        // and the socket call itself still shows whether it is allowed.
        if path.count < 108 {
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            _ = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(number, $0, size)
                }
            }
            unsafe chmod(socket, 0o777)
            listen(number, 4)
        }
        guard let made = Descriptor.open(file, O_WRONLY | O_CREAT | O_EXCL) else {
            throw .exhausted("a file for the probe", errno)
        }
        fchmod(made.number, 0o666)
    }

    /// Removes everything.
    func remove() {
        PrivateFolders.removeTree(folder)
    }
}
