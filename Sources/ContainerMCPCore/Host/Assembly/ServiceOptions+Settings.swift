// SPDX-License-Identifier: Apache-2.0

internal import Logging

extension ServiceOptions {
    /// The longest file with keys, in bytes.
    private static let keyFileLimit = 65_536
    /// The fewest bytes of a key.
    private static let keyBytes = 32

    /// The options that settings ask for.
    ///
    /// - Throws: ``ServerStartFailure`` for a file with keys that can't be used.
    init(_ settings: Settings, logger: Logger) throws(ServerStartFailure) {
        self.init(
            icons: [ServerIcon.icon],
            tasks: JobLimits(kept: settings.tools.tasksKept),
            stateKeys: try Self.stateKeys(settings.server.stateKeyFile, logger),
            replicaTag: settings.server.replicaID,
            taskTimeout: settings.tools.taskTimeoutMaximum,
            taskStorage: settings.tools.taskStore.map { JobStorage(folder: $0, logger: logger) },
            logger: logger
        )
    }

    /// Reads the keys: one a line in base64, the first of which seals; the others still open what they sealed.
    private static func stateKeys(_ path: String?, _ logger: Logger) throws(ServerStartFailure) -> [[UInt8]] {
        guard let path else { return [] }
        func failure(_ reason: String) -> ServerStartFailure {
            ServerStartFailure(
                .failed,
                """
                MCP_STATE_KEY_FILE (\(path)) \(reason). It holds one key a line, each at least 32 random bytes in base64; \
                make one with: head -c 32 /dev/urandom | base64
                """
            )
        }
        let contents: HostFile.Contents
        do throws(HostFile.Failure) {
            contents = try HostFile.read(path, atMost: keyFileLimit)
        } catch {
            throw failure(error.reason)
        }
        if contents.mode & 0o077 != 0 {
            logger.warning(
                "others can read MCP_STATE_KEY_FILE; make it readable for its owner only (chmod 600)"
            )
        }
        var keys: [[UInt8]] = []
        for line in contents.bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            guard let key = Base64.decode(String(decoding: line, as: UTF8.self)), key.count >= keyBytes else {
                throw failure("has a line that is no key")
            }
            keys.append(key)
        }
        guard !keys.isEmpty, keys.count <= 16 else { throw failure("holds no key, or more than 16") }
        return keys
    }
}
