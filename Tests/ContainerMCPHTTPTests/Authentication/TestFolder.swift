// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A folder for one test, gone when the test lets go of it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/cmcp-http-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Puts a file in the place of another, as a careful program does, and tells its path.
    @discardableResult func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let place = "\(path)/\(name)"
        let fresh = "\(path)/.fresh"
        try? FileManager.default.removeItem(atPath: fresh)
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode]
        guard
            FileManager.default.createFile(atPath: fresh, contents: Data(text.utf8), attributes: attributes)
        else { throw RawConnection.Failure(description: "can't write \(name)") }
        remove(name)
        try FileManager.default.moveItem(atPath: fresh, toPath: place)
        return place
    }

    func remove(_ name: String) {
        try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
}
