// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Synchronization

/// Tools, prompts and resources on offer; may change while the server runs, which is announced to clients.
public final class Catalogue: Sendable {
    /// Where changes are announced, those of resources included.
    public let changes: ChangeBus
    private let state: Mutex<State>

    /// What the protocol layer must know to refuse what isn't there.
    struct Names: Sendable, Equatable {
        var tools: Set<String> = []
        var prompts: Set<String> = []
        var hasResources = false
        /// Another one after each change; 0 before there is a catalogue.
        var revision: UInt64 = 0
    }

    private struct State {
        var tools: ToolRegistry {
            didSet {
                names.tools = tools.names
                names.revision &+= 1
            }
        }
        var prompts: [any Prompt] {
            didSet {
                names.prompts = Set(prompts.map(\.descriptor.name))
                names.revision &+= 1
            }
        }
        var providers: [any ResourceProvider] {
            didSet {
                names.hasResources = !providers.isEmpty
                names.revision &+= 1
            }
        }
        var names: Names

        init(tools: ToolRegistry, prompts: [any Prompt], providers: [any ResourceProvider]) {
            self.tools = tools
            self.prompts = prompts
            self.providers = providers
            names = Names(
                tools: tools.names,
                prompts: Set(prompts.map(\.descriptor.name)),
                hasResources: !providers.isEmpty,
                revision: 1
            )
        }
    }

    /// Makes a catalogue.
    ///
    /// - Parameters:
    ///   - tools: The tools.
    ///   - prompts: The prompts, each with a name of its own; of two with one name the first counts.
    ///   - providers: Where resources come from; those of the first are listed first.
    ///   - changes: Where changes are announced.
    public init(
        tools: ToolRegistry,
        prompts: [any Prompt] = [],
        providers: [any ResourceProvider] = [],
        changes: ChangeBus = ChangeBus()
    ) {
        self.changes = changes
        state = Mutex(State(tools: tools, prompts: prompts, providers: providers))
    }

    /// The tools.
    public var tools: ToolRegistry { state.withLock(\.tools) }

    var names: Names { state.withLock(\.names) }

    /// The prompts.
    public var prompts: [any Prompt] { state.withLock(\.prompts) }

    /// Where resources come from.
    public var providers: [any ResourceProvider] { state.withLock(\.providers) }

    /// Adds a tool, and announces it.
    ///
    /// - Throws: ``ToolError`` with code `invalidArgument` when its name is taken or malformed.
    public func add(_ tool: any Tool) throws(ToolError) {
        try state.withLock { state throws(ToolError) in try state.tools.add(tool) }
        changes.publish(.tools)
    }

    /// Removes a tool, and announces it; calls that run go on.
    ///
    /// - Returns: Whether there was one of this name.
    @discardableResult
    public func removeTool(_ name: ToolName) -> Bool {
        let wasThere = state.withLock { $0.tools.remove(name) }
        if wasThere { changes.publish(.tools) }
        return wasThere
    }

    /// Adds a prompt, and announces it; one of the same name is replaced.
    public func add(_ prompt: any Prompt) {
        state.withLock { state in
            state.prompts.removeAll { $0.descriptor.name == prompt.descriptor.name }
            state.prompts.append(prompt)
        }
        changes.publish(.prompts)
    }

    /// Removes a prompt, and announces it.
    ///
    /// - Returns: Whether there was one of this name.
    @discardableResult
    public func removePrompt(_ name: String) -> Bool {
        let wasThere = state.withLock { state in
            let count = state.prompts.count
            state.prompts.removeAll { $0.descriptor.name == name }
            return state.prompts.count < count
        }
        if wasThere { changes.publish(.prompts) }
        return wasThere
    }

    /// Begins to watch the lists of resources that change by themselves.
    ///
    /// - Parameter caller: Whose lists they are.
    /// - Returns: The providers whose lists have to be let go of again.
    func watchLists(for caller: Caller) async -> [any ResourceProvider] {
        var watched: [any ResourceProvider] = []
        for provider in providers where await provider.watchList(for: caller) { watched.append(provider) }
        return watched
    }

    /// Adds a source of resources, and announces it.
    public func add(_ provider: any ResourceProvider) {
        state.withLock { $0.providers.append(provider) }
        changes.publish(.resources)
    }
}
