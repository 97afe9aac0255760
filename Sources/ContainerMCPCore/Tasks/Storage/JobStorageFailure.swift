// SPDX-License-Identifier: Apache-2.0

/// Why the folder of the task store can't be used, for the operator only.
public struct JobStorageFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed and, where the kernel said so, its error number.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
