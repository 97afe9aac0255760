// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux

/// What a launcher behind a wall found around it.
struct WallFindings: Sendable, Equatable {
    /// Namespaces that are not the server's.
    let separated: Set<Mechanism>

    /// In the order of `cmcp_namespace`.
    private static let order: [Mechanism] = [
        .mountNamespace, .pidNamespace, .networkNamespace, .ipcNamespace, .utsNamespace, .userNamespace,
        .cgroupNamespace,
    ]

    /// Compares with the namespaces of this process.
    ///
    /// - Parameter numbers: The launcher's, as the kernel numbers them; 0 for one that could not be told, which counts
    ///   as the server's.
    init(launcher numbers: [UInt64]) {
        var own = [UInt64](repeating: 0, count: Int(CMCP_NAMESPACES.rawValue))
        unsafe cmcp_namespaces(&own)
        var separated: Set<Mechanism> = []
        for (index, mechanism) in Self.order.enumerated() where index < numbers.count {
            if numbers[index] != 0, own[index] != 0, numbers[index] != own[index] {
                separated.insert(mechanism)
            }
        }
        self.separated = separated
    }
}
