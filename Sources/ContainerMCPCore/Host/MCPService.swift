// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// Answers the requests of any client on any transport.
public struct MCPService: Sendable {
    /// What the server says about itself.
    public let server: ServerDescription
    private let source: HostSource

    private enum HostSource: Sendable {
        case ready(ToolHost)
        case starting(Task<ToolHost?, Never>)
    }

    /// The most tools on one page of a list.
    private static let pageSize = 100
    /// Lists of tools change only with the server.
    private static let listCaching = CacheHint(milliseconds: 300_000, scope: .everyone)

    /// Makes a service.
    ///
    /// - Parameters:
    ///   - host: What carries out tool calls.
    ///   - name: The server's name, for programs.
    ///   - version: The server's version.
    ///   - instructions: What a model should know first.
    public init(host: ToolHost, name: String, version: String, instructions: String?) {
        source = .ready(host)
        server = Self.description(name, version, instructions, host.registry.names)
    }

    /// Makes a service that answers before its host is ready; what needs the host waits for it.
    ///
    /// - Parameters:
    ///   - host: Gives the host, or nil where it does not start.
    ///   - toolNames: The names of the tools that the host will have.
    ///   - name: The server's name, for programs.
    ///   - version: The server's version.
    ///   - instructions: What a model should know first.
    init(
        startingHost host: Task<ToolHost?, Never>,
        toolNames: Set<String>,
        name: String,
        version: String,
        instructions: String?
    ) {
        source = .starting(host)
        server = Self.description(name, version, instructions, toolNames)
    }

    private static func description(
        _ name: String,
        _ version: String,
        _ instructions: String?,
        _ toolNames: Set<String>
    ) -> ServerDescription {
        ServerDescription(
            name: name,
            version: version,
            title: "Container-MCP",
            summary: "Runs commands and Python and works with files, confined by the kernel.",
            instructions: instructions,
            capabilities: ServerCapabilities(tools: .init()),
            toolNames: toolNames
        )
    }

    private var host: ToolHost? {
        get async {
            switch source {
            case .ready(let host): host
            case .starting(let task): await task.value
            }
        }
    }

    /// Carries out a request that the protocol layer admitted.
    ///
    /// - Parameters:
    ///   - admitted: The request.
    ///   - caller: Who sent it.
    /// - Returns: The result or the protocol error. Cancelling the task ends the work.
    public func handle(_ admitted: AdmittedRequest, from caller: Caller) async -> RequestOutcome {
        switch admitted.request {
        case .callTool(let call):
            guard let host = await host else { return .failure(Self.notStarted) }
            return .result(.toolCall(await host.call(call.name, call.arguments, caller: caller)))
        case .listTools(let cursor):
            guard let host = await host else { return .failure(Self.notStarted) }
            do throws(JSONRPCError) {
                let page = try ListCursor.page(
                    of: host.registry.descriptors,
                    from: cursor,
                    size: Self.pageSize,
                    name: \.name
                )
                return .result(.tools(page.items, nextCursor: page.next, caching: Self.listCaching))
            } catch {
                return .failure(error)
            }
        case .ping, .discover, .initialize, .setLogLevel:
            return .result(.empty)
        default:
            return .failure(JSONRPCError(.methodNotFound, "this server does not offer the method"))
        }
    }

    private static let notStarted = JSONRPCError(
        .internalError,
        "the server does not start; its standard error says why"
    )
}
