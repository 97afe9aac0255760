// SPDX-License-Identifier: Apache-2.0

/// What becomes of a request whose head has been read.
struct Admission: Sendable {
    /// Does the work of a request and answers it.
    typealias Work = @Sendable (_ body: [UInt8], _ exchange: Exchange) async -> Void

    enum Decision: Sendable {
        /// The body is not looked at.
        case answer(HTTPReply)
        /// The body is read, up to so many bytes. A connection that ends cancels the work from its beginning on, or only
        /// when the work asks for it.
        case work(bodyLimit: Int, endsWithConnection: Bool = false, Work)
    }

    let decision: Decision
    /// Fields for every answer to the request.
    let fields: [HeaderFields.Field]

    init(_ decision: Decision, fields: [HeaderFields.Field] = []) {
        self.decision = decision
        self.fields = fields
    }
}
