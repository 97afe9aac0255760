// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import Synchronization

/// Resources from a table, which tells who watches them.
final class FakeProvider: ResourceProvider {
    private struct State {
        var texts: [String: String]
        var watchers: [String: Int] = [:]
        var listWatchers = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    let templates: [ResourceTemplate]
    private let uris: [String]
    private let question: InputRequest?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - texts: The texts by their URIs.
    ///   - templates: Families of URIs.
    ///   - question: What is asked before anything is read.
    init(
        _ texts: [String: String],
        templates: [ResourceTemplate] = [],
        asking question: InputRequest? = nil
    ) {
        uris = texts.keys.sorted()
        self.templates = templates
        self.question = question
        state = Mutex(State(texts: texts))
    }

    /// How many watch each resource.
    var watchers: [String: Int] { state.withLock { $0.watchers.filter { $0.value != 0 } } }
    /// How many watch the list.
    var listWatchers: Int { state.withLock(\.listWatchers) }

    func list(in context: CallContext) async throws(ToolError) -> [ResourceDescriptor] {
        uris.map { ResourceDescriptor(uri: $0, name: $0) }
    }

    func read(_ uri: String, in context: CallContext) async throws(ToolError) -> [ResourceContents]? {
        guard let text = state.withLock({ $0.texts[uri] }) else { return nil }
        if let question { _ = try context.answer("who", to: question) }
        return [ResourceContents(uri: uri, mimeType: "text/plain", payload: .text(text))]
    }

    func complete(
        _ variable: String,
        of template: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String] {
        (0..<150).map { "\(value)\($0)" }
    }

    func watch(_ uri: String, in context: CallContext) async -> Bool {
        state.withLock { state in
            guard state.texts[uri] != nil else { return false }
            state.watchers[uri, default: 0] += 1
            return true
        }
    }

    func unwatch(_ uri: String, for caller: Caller) async {
        let waiters = state.withLock { state in
            state.watchers[uri, default: 0] -= 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func watchList(for caller: Caller) async -> Bool {
        let waiters = state.withLock { state in
            state.listWatchers += 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
        return true
    }

    func unwatchList(for caller: Caller) async {
        let waiters = state.withLock { state in
            state.listWatchers -= 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when so many watch the list and all resources together.
    func settled(lists: Int, watchers: Int) async {
        var isReached = false
        while !isReached {
            await withCheckedContinuation { continuation in
                isReached = state.withLock { state in
                    let all = state.watchers.values.reduce(0, +)
                    guard state.listWatchers == lists, all == watchers else {
                        state.waiters.append(continuation)
                        return false
                    }
                    return true
                }
                if isReached { continuation.resume() }
            }
        }
    }
}

/// A prompt that greets, and asks whom to greet where it is not told.
struct FakePrompt: Prompt {
    var name = "greet"
    var isRequired = false
    var question: InputRequest?

    var descriptor: PromptDescriptor {
        PromptDescriptor(name: name, arguments: [PromptArgument("who", isRequired: isRequired)])
    }

    func get(_ arguments: [String: String], in context: CallContext) async throws(ToolError) -> PromptResult {
        guard let question else { return PromptResult(messages: [.user("Hi \(arguments["who"] ?? "all")")]) }
        let answer = try context.answer("who", to: question)
        return PromptResult(messages: [.user("Hi \(answer.text("name"))")])
    }

    func complete(
        _ argument: String,
        value: String,
        given: [String: String],
        in context: CallContext
    ) async throws(ToolError) -> [String] {
        ["anna", "bert"].filter { $0.hasPrefix(value) }
    }
}
