// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Glibc
import Testing

@testable import ContainerMCPCore

/// An audit log in a folder of its own.
struct TemporaryAudit {
    let log: AuditLog
    private let folder: String

    init() async throws {
        var template = Array("/tmp/cmcp-audit-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        log = try await AuditLog(path: folder + "/audit.jsonl")
    }

    /// The lines so far.
    func lines() throws -> [JSONValue] {
        let file = unsafe open(folder + "/audit.jsonl", O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            count = max(0, unsafe read(file, buffer.baseAddress, buffer.count))
        }
        return try bytes.split(separator: 0x0A).map { try JSONValue(parsing: Array($0)) }
    }

    func remove() {
        log.close()
        unsafe unlink(folder + "/audit.jsonl")
        unsafe unlink(folder + "/audit.jsonl.lock")
        unsafe rmdir(folder)
    }
}
