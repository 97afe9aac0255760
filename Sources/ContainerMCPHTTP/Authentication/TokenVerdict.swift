// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore

/// What a token proves.
enum TokenVerdict: Sendable {
    case accepted(Subject)
    case refused(TokenFault)
    /// The keys have to be fetched first, which takes ten seconds at most.
    case waits(@Sendable () async -> TokenVerdict)
}
