// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol

/// The body of a POST, read.
struct PostedMessage: Sendable {
    let value: JSONValue
    let input: JSONRPCInput

    /// Reads a body.
    ///
    /// - Throws: The error for the answer.
    init(_ body: [UInt8]) throws(JSONRPCError) {
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw .unreadable(error)
        }
        input = JSONRPCInput(value)
    }

    /// The id of a single request, for errors that are raised before it is looked at more closely.
    var requestID: RequestID? {
        if case .single(.request(let request)) = input { request.id } else { nil }
    }

    /// What is wrong with the type of a body, before it is read.
    static func typeFault(_ fields: HeaderFields) -> HTTPReply? {
        let type = fields.only("content-type")?.split(separator: ";", omittingEmptySubsequences: false).first
        guard let type, ASCIIText.trimmed(type).lowercased() == "application/json" else {
            return .text(415, "the body must be application/json")
        }
        guard fields.list("content-encoding").allSatisfy({ $0 == "identity" }) else {
            return .text(415, "the body must not be compressed")
        }
        return nil
    }
}
