// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import ContainerMCPCore

/// A folder for one test, gone when the test lets go of it.
final class TemporaryFolder: Sendable {
    struct Failure: Error {
        let step: String
        let number: Int32
    }

    let path: String

    init() throws {
        var template = Array("/tmp/container-mcp-core-XXXXXX".utf8CString)
        let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
        }
        guard isMade else { throw Failure(step: "mkdtemp", number: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        var remover = TreeRemover(top: descriptor)
        _ = remover.run()
        close(descriptor)
        unsafe rmdir(path)
    }

    func makeFolder(_ name: String, mode: mode_t = 0o755) throws {
        guard unsafe mkdir("\(path)/\(name)", mode) == 0 else { throw Failure(step: "mkdir", number: errno) }
    }

    func link(_ name: String, to target: String) throws {
        guard unsafe symlink(target, "\(path)/\(name)") == 0 else {
            throw Failure(step: "symlink", number: errno)
        }
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
        let descriptor = unsafe open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Failure(step: "open", number: errno) }
        defer { close(descriptor) }
        fchmod(descriptor, mode)
        let bytes = Array(text.utf8)
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw Failure(step: "write", number: errno) }
    }

    func read(_ name: String) throws -> String {
        String(decoding: try HostFile.read("\(path)/\(name)", atMost: 1 << 30).bytes, as: UTF8.self)
    }

    func exists(_ name: String) -> Bool {
        unsafe access("\(path)/\(name)", F_OK) == 0
    }

    func mode(_ name: String) -> mode_t? {
        var status = stat()
        guard unsafe lstat("\(path)/\(name)", &status) == 0 else { return nil }
        return status.st_mode & 0o7777
    }
}
