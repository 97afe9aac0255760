// SPDX-License-Identifier: Apache-2.0

import ContainerMCPSandbox
import Glibc

/// Throw-away folders for a server in test mode: made under a fresh name, removed without following a link.
///
/// What a child left behind is hostile: links, folders without permissions, trees thousands of levels deep.
/// So removal goes by descriptors, never by a path below the first folder, and needs three of them at any
/// depth.
public struct TestModeFolders: Sendable {
    /// The folder that holds the others; absolute, mode 0700 (0710 under root, for the group of children).
    public let base: String
    /// Takes the place of `SANDBOX_ROOT`.
    public var sandbox: String { base + "/sandbox" }
    /// Takes the place of `DATA_DIR`.
    public var data: String { base + "/data" }
    /// Takes the place of `TEMP_DIR`.
    public var temp: String { base + "/temp" }
    /// Takes the place of `LOG_DIR`.
    public var logs: String { base + "/logs" }

    private let identity: FileIdentity

    /// Makes the folders.
    ///
    /// - Parameter parent: Where they are made; an absolute folder.
    /// - Throws: ``ToolError`` with code `internalFailure`.
    ///
    /// System calls: `mkdtemp(3)`, `mkdirat(2)`.
    public init(in parent: String = "/tmp") throws(ToolError) {
        var template = Array((parent + "/container-mcp-test-XXXXXX").utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
        }
        let path = template.dropLast().map { UInt8(bitPattern: $0) }
        guard made, let base = String(validating: path, as: UTF8.self) else {
            throw Self.failure("The folders for test mode could not be made.", "mkdtemp in \(parent)")
        }
        self.base = base
        let descriptor = unsafe open(base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Self.failure("The folders for test mode could not be opened.", base)
        }
        defer { close(descriptor) }
        // Under root, children are another user, who has to get through to the sandbox and to nothing else.
        if geteuid() == 0 {
            let group = ChildIdentity.fallbackUser
            guard fchown(descriptor, 0, group) == 0, fchmod(descriptor, 0o710) == 0 else {
                throw Self.failure("The folders for test mode could not be given to the sandbox.", base)
            }
        }
        guard let identity = FileIdentity(of: descriptor) else {
            throw Self.failure("The folders for test mode could not be looked at.", base)
        }
        self.identity = identity
        // Children may be another user; the folder above keeps everybody else out.
        for (name, mode) in [("sandbox", 0o755), ("data", 0o755), ("temp", 0o711), ("logs", 0o700)] {
            guard unsafe mkdirat(descriptor, name, mode_t(mode)) == 0 else {
                throw Self.failure("The folders for test mode could not be made.", base + "/" + name)
            }
        }
    }

    /// Removes the folders and everything in them.
    ///
    /// Nothing happens when they are gone already.
    ///
    /// - Throws: ``ToolError`` with code `internalFailure` when something could not be removed, or when
    ///   another folder has taken their place.
    public func remove() throws(ToolError) {
        let descriptor = unsafe open(base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw Self.failure("The folders of test mode could not be opened.", base)
        }
        defer { close(descriptor) }
        guard FileIdentity(of: descriptor) == identity else {
            throw Self.failure("The folders of test mode were replaced; they are left alone.", base)
        }
        var remover = TreeRemover(top: descriptor)
        guard remover.run(), unsafe rmdir(base) == 0 else {
            throw Self.failure("The folders of test mode could not be removed.", base)
        }
    }

    private static func failure(_ message: String, _ place: String) -> ToolError {
        ToolError(.internalFailure, message, cause: "\(place): errno \(errno)")
    }
}
