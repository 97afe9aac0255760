// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

extension ServerMetrics {
    /// How a task ended.
    public enum TaskOutcome: String, Sendable, CaseIterable {
        /// With a result.
        case completed
        /// With a result that is marked as an error.
        case error
        /// With an error of the protocol.
        case failed
        /// It was given up.
        case cancelled
        /// Its time to be kept was over before it ended.
        case expired

        /// Makes the outcome of a task that has ended.
        public init(_ outcome: TaskSnapshot.Outcome) {
            self =
                switch outcome {
                case .result(let result): result.isError ? .error : .completed
                case .failure: .failed
                case .cancelled: .cancelled
                }
        }
    }
}
