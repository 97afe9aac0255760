// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// `/health`: whether the server lives and takes requests.
struct HealthEndpoint: Sendable {
    let sessions: SessionStore
    let connections: ConnectionTable

    /// The answer.
    ///
    /// - Parameter showsDetails: Whether the caller may know more than that the server is there.
    /// - Returns: The answer.
    func reply(showsDetails: Bool) -> HTTPReply {
        var object: JSONObject = ["status": "ok", "live": true, "ready": true]
        if showsDetails {
            object["version"] = .string(ContainerMCPServer.version)
            object["sessions"] = .integer(Int64(sessions.count))
            object["connections"] = .integer(Int64(connections.count))
        }
        return .json(200, .object(object))
    }
}
