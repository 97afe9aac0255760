// SPDX-License-Identifier: Apache-2.0

/// Who the client says it is; for display and logs only, never to branch on.
public struct ClientInformation: Sendable, Equatable {
    /// The name of the program.
    public let name: String
    /// Its version.
    public let version: String
    /// Its name for people.
    public let title: String?

    /// Reads what the client said; a missing name or version is empty.
    ///
    /// - Throws: `-32602` if a member that is there is no string.
    public init(_ object: JSONObject) throws(JSONRPCError) {
        let parameters = Parameters(object, of: "clientInfo")
        self.name = try parameters.optionalString("name") ?? ""
        self.version = try parameters.optionalString("version") ?? ""
        self.title = try parameters.optionalString("title")
    }
}
