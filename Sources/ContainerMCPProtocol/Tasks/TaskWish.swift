// SPDX-License-Identifier: Apache-2.0

/// The wish of a 2025-11-25 client to have a call carried out as a task.
public struct TaskWish: Sendable, Equatable {
    /// How long the task should be kept from its creation on, in milliseconds; nil leaves it to the server.
    ///
    /// As the client wrote it: any number.
    public let ttl: Int64?

    /// Makes a wish.
    public init(ttl: Int64? = nil) {
        self.ttl = ttl
    }

    /// Reads the member `task` of the parameters of a call.
    ///
    /// - Parameter params: The parameters.
    /// - Returns: The wish, nil if the member is absent.
    /// - Throws: `-32602` if it is no object, or its time is no whole number.
    static func read(_ params: JSONObject) throws(JSONRPCError) -> TaskWish? {
        guard let object = try Parameters(params, of: "tools/call").optionalObject("task") else { return nil }
        guard let value = object["ttl"] else { return TaskWish() }
        if case .number(let number) = value, let ttl = Int64(whole: number) { return TaskWish(ttl: ttl) }
        guard let ttl = value.int64Value else {
            throw .invalidParams("the member 'ttl' of 'task' must be a whole number of milliseconds")
        }
        return TaskWish(ttl: ttl)
    }
}
