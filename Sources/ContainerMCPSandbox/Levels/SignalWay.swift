// SPDX-License-Identifier: Apache-2.0

internal import CContainerMCPLinux

/// What keeps the signals of a call inside it, from the strongest to the weakest.
public enum SignalWay: String, Sendable, CaseIterable {
    /// No process but the call's own exists for it (pid_namespaces(7)).
    case pidNamespace = "pid namespace"
    /// The kernel refuses signals that leave the call's domain (landlock(7), ABI 6).
    case landlockScope = "Landlock scope"
    /// A supervisor outside of the call answers each call that sends a signal (seccomp_unotify(2)).
    case supervisor = "seccomp user notification"
    /// Children are another user than the server, and the same one as each other.
    case userID = "user id"

    /// The strongest one among the layers that a supervisor reported.
    init?(layers: UInt32) {
        let ways: [(cmcp_layer, SignalWay)] = [
            (CMCP_LAYER_PID, .pidNamespace), (CMCP_LAYER_SIGNAL_SCOPE, .landlockScope),
            (CMCP_LAYER_SIGNAL_ANSWERS, .supervisor), (CMCP_LAYER_OUTER_ID, .userID),
        ]
        guard let found = ways.first(where: { layers & $0.0.rawValue != 0 }) else { return nil }
        self = found.1
    }

    /// How far signals are confined by it.
    var status: EnforcementReport.Status {
        switch self {
        case .pidNamespace, .landlockScope, .supervisor: .enforced
        case .userID: .partial(missing: "calls can signal each other: only the server is another user")
        }
    }

    /// What is promised less with it.
    var reducedPromises: [String] {
        self == .userID ? ["Processes of calls that run at the same time can signal each other."] : []
    }
}
