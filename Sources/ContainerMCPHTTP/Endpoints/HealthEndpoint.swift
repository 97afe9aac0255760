// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol

/// `/health`: whether the server lives and takes requests.
///
/// Any answer means that it lives; the status is 200 where it takes requests, and 503 while it starts and
/// while it stops.
struct HealthEndpoint: Sendable {
    let sessions: SessionStore
    let connections: ConnectionTable
    /// Whether everything has started that calls need.
    var hasStarted: @Sendable () -> Bool = { true }

    /// The answer.
    ///
    /// - Parameter showsDetails: Whether the caller may know more than that the server is there.
    /// - Returns: The answer.
    func reply(showsDetails: Bool) -> HTTPReply {
        let status = sessions.isClosed ? "stopping" : hasStarted() ? "ok" : "starting"
        let isReady = status == "ok"
        var object: JSONObject = ["status": .string(status), "live": true, "ready": .bool(isReady)]
        if showsDetails {
            object["version"] = .string(ContainerMCPServer.version)
            object["sessions"] = .integer(Int64(sessions.count))
            object["connections"] = .integer(Int64(connections.count))
        }
        return .json(isReady ? 200 : 503, .object(object))
    }
}
