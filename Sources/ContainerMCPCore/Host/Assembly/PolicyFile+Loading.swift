// SPDX-License-Identifier: Apache-2.0

extension PolicyFile {
    /// Reads the policy file that the settings name.
    ///
    /// - Parameter path: An absolute path; nil for no file.
    /// - Returns: The policy, or nil for no file.
    /// - Throws: ``ServerStartFailure`` that names the file, the line and what is wrong.
    static func load(_ path: String?) throws(ServerStartFailure) -> PolicyFile? {
        guard let path else { return nil }
        let bytes: [UInt8]
        do throws(HostFile.Failure) {
            bytes = try HostFile.read(path, atMost: 1 << 20).bytes
        } catch {
            throw ServerStartFailure(.failed, "POLICY_FILE '\(path)' \(error.reason).")
        }
        do throws(PolicyFileError) {
            return try PolicyFile(yaml: bytes)
        } catch {
            throw ServerStartFailure(.failed, "POLICY_FILE '\(path)': \(error)")
        }
    }
}
