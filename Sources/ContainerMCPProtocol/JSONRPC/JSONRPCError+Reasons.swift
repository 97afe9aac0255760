// SPDX-License-Identifier: Apache-2.0

extension JSONRPCError {
    /// The error for a text that was refused by the parser: `-32600` where it is valid JSON, else `-32700`.
    public static func unreadable(_ failure: JSONParsingError) -> JSONRPCError {
        failure.isValidJSON
            ? JSONRPCError(.invalidRequest, "the message is refused: \(failure)")
            : JSONRPCError(.parseError, "the message is not JSON: \(failure)")
    }

    /// The error for a message longer than allowed.
    public static func messageTooLong(limit: Int) -> JSONRPCError {
        JSONRPCError(.invalidRequest, "the message is longer than \(limit) bytes and was dropped")
    }

    /// The error for a method that is unknown, or whose capability is not offered, in the revision in force.
    public static func methodNotFound(_ method: String, in revision: ProtocolRevision?) -> JSONRPCError {
        let place = revision.map { " in protocol version \($0.rawValue)" } ?? ""
        return JSONRPCError(.methodNotFound, "the method \(Quoted(method)) is not available\(place)")
    }

    /// The error for parameters of the wrong shape.
    public static func invalidParams(_ reason: String) -> JSONRPCError {
        JSONRPCError(.invalidParams, reason)
    }

    /// The error for a call of a tool that isn't there.
    public static func unknownTool(_ name: String) -> JSONRPCError {
        JSONRPCError(.invalidParams, "there is no tool named \(Quoted(name)); tools/list names them all")
    }

    /// The error for a prompt that isn't there.
    public static func unknownPrompt(_ name: String) -> JSONRPCError {
        JSONRPCError(.invalidParams, "there is no prompt named \(Quoted(name)); prompts/list names them all")
    }

    /// The error for a task that isn't there, has expired or belongs to somebody else: one text for all.
    public static let unknownTask = JSONRPCError(.invalidParams, "there is no such task")

    /// The error for giving up a task that has ended, in 2025-11-25.
    public static let taskHasEnded = JSONRPCError(.invalidParams, "the task has ended already")

    /// The error for a request that needs the extension of tasks and does not declare it.
    public static let needsTasksExtension = JSONRPCError(
        .missingClientCapability,
        "this request needs the tasks extension",
        data: ["requiredCapabilities": ["extensions": [ExtensionName.tasks: [:]]]]
    )

    /// The error for a call of a tool in a way that it does not offer, in 2025-11-25.
    ///
    /// - Parameters:
    ///   - name: The name of the tool.
    ///   - isRequired: Whether the tool can be called only as a task, not never.
    /// - Returns: The error.
    public static func wrongTaskSupport(_ name: String, isRequired: Bool) -> JSONRPCError {
        JSONRPCError(
            .methodNotFound,
            isRequired
                ? "the tool \(Quoted(name)) can be called only as a task; add the member 'task'"
                : "the tool \(Quoted(name)) can't be called as a task; leave out the member 'task'"
        )
    }

    /// The error for a resource that isn't there, with the code of the revision in force.
    public static func unknownResource(_ uri: String, in revision: ProtocolRevision) -> JSONRPCError {
        JSONRPCError(
            revision.era == .modern ? .invalidParams : .legacyResourceNotFound,
            "there is no such resource",
            data: ["uri": .string(Quoted.clipped(uri, to: 2_048))]
        )
    }

    /// The error for headers that do not mirror the body.
    public static func headerMismatch(_ reason: String) -> JSONRPCError {
        JSONRPCError(.headerMismatch, reason)
    }

    /// The error for a client that did not declare what the request needs.
    ///
    /// - Parameter required: The missing part as a ClientCapabilities object, such as `{"sampling":{}}`.
    /// - Returns: The error.
    public static func missingClientCapability(_ required: JSONObject) -> JSONRPCError {
        JSONRPCError(
            .missingClientCapability,
            "the request needs a client capability that it does not declare",
            data: ["requiredCapabilities": .object(required)]
        )
    }

    /// The error for a protocol version that is not served.
    ///
    /// The requested version is echoed, cut to 256 bytes.
    public static func unsupportedVersion(_ requested: String) -> JSONRPCError {
        JSONRPCError(
            .unsupportedProtocolVersion,
            "the protocol version \(Quoted(requested)) is not supported for this request",
            data: [
                "supported": .array(ProtocolRevision.newestFirst.map { .string($0.rawValue) }),
                "requested": .string(Quoted.clipped(requested, to: 256)),
            ]
        )
    }

    /// The error for one request too many.
    public static func busy(running: Int) -> JSONRPCError {
        JSONRPCError(
            .internalError,
            "busy: \(running) requests are already in flight here; wait for one of them to end and try again"
        )
    }
}
