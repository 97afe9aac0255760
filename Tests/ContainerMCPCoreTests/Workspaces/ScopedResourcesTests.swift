// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import ContainerMCPSandbox
import Testing

@testable import ContainerMCPCore

/// Two callers with a workspace each, under the same URIs.
@Suite struct ScopedResourcesTests {
    /// A store with a folder for each subject.
    private final class Store: WorkspaceStore {
        let places: [WorkspaceKey: (fixture: ResourceFixture, workspace: Workspace)]

        init(_ subjects: [String], _ changes: ChangeBus) throws {
            places = Dictionary(
                uniqueKeysWithValues: try subjects.map { subject in
                    let (key, fixture) = (WorkspaceKey.subject(subject), try ResourceFixture())
                    let workspace = Workspace(
                        key: key,
                        files: fixture.files,
                        bash: BashManager(runner: Refusing(), programs: .all, workspace: nil),
                        python: nil,
                        resources: WorkspaceResources(
                            files: fixture.files,
                            workspace: fixture.workspace,
                            data: nil,
                            allowedEndings: ResourceFixture.endings
                        ) { changes.publish($0, in: key) }
                    )
                    return (key, (fixture, workspace))
                }
            )
        }

        func workspace(for caller: Caller) async throws(ToolError) -> Workspace {
            guard let place = places[.subject(caller.subject.id)] else {
                throw ToolError(.internalFailure, "There is no room.")
            }
            return place.workspace
        }

        func existingWorkspace(for caller: Caller) async -> Workspace? {
            places[.subject(caller.subject.id)]?.workspace
        }

        func conversationEnded(_ conversation: ConversationID) {}
        func stop() async {}

        func fixture(_ subject: String) throws -> ResourceFixture {
            try #require(places[.subject(subject)]?.fixture)
        }
    }

    private struct Refusing: ProcessRunner {
        var report: EnforcementReport {
            EnforcementReport(level: .none, statuses: [:], reducedPromises: [])
        }
        let workspacePath = "/workspace"
        let dataPath = "/data"
        func run(_ request: ProcessRequest, as kind: UInt32) async throws(SandboxError) -> ProcessOutcome {
            throw SandboxError(.unavailable, "nothing runs here")
        }
    }

    private let changes = ChangeBus(scope: .subject)
    private let store: Store
    private let resources: ScopedResources

    init() throws {
        store = try Store(["ann", "bob"], changes)
        resources = ScopedResources(
            store,
            scope: .subject,
            templates: WorkspaceResources.templates(of: [.workspace])
        )
    }

    private func caller(_ name: String) -> Caller {
        Caller(subject: Subject(id: name, isAuthenticated: true), session: name)
    }

    private func context(_ name: String) throws -> CallContext {
        try store.fixture("ann").context(caller: caller(name))
    }

    private static let uri = "file:///workspace/a.txt"

    @Test func `the same URI is another file for another caller`() async throws {
        try store.fixture("ann").write("workspace/a.txt", "of ann")
        #expect(try await resources.read(Self.uri, in: context("ann"))?.first?.payload == .text("of ann"))
        #expect(try await resources.read(Self.uri, in: context("bob")) == nil)
        try store.fixture("bob").write("workspace/a.txt", "of bob")
        #expect(try await resources.read(Self.uri, in: context("bob"))?.first?.payload == .text("of bob"))
        try store.fixture("ann").write("workspace/more.txt")
        #expect(try await resources.list(in: context("bob")).map(\.name) == ["a.txt"])
        #expect(try await resources.list(in: context("ann")).map(\.name) == ["a.txt", "more.txt"])
        let template = try #require(resources.templates.first?.uriTemplate)
        let values = try await resources.complete(
            "path",
            of: template,
            value: "m",
            given: [:],
            in: context("bob")
        )
        #expect(values.isEmpty)
    }

    @Test func `news of a file and of a list go only to those who share the workspace`() async throws {
        for name in ["ann", "bob"] {
            #expect(await resources.watch(Self.uri, in: try context(name)))
            #expect(await resources.watchList(for: caller(name)))
        }
        let interest = ChangeInterest(lists: [.resources], resources: [Self.uri])
        let (ann, bob) = (
            changes.feed(interest, for: caller("ann")), changes.feed(interest, for: caller("bob"))
        )
        try store.fixture("ann").write("workspace/a.txt", "new")
        let heard = await ann.changes(until: .resources)
        #expect(heard.contains(.resource(uri: Self.uri)))
        // Whatever bob would have heard by mistake came before this.
        changes.publish(.tools)
        changes.publish(.prompts)
        let feed = changes.feed(ChangeInterest(lists: [.prompts]), for: caller("bob"))
        changes.publish(.prompts)
        _ = await feed.next()
        try store.fixture("bob").write("workspace/a.txt", "new")
        #expect(await bob.changes(until: .resources).isSubset(of: [.resources, .resource(uri: Self.uri)]))
        for name in ["ann", "bob"] {
            await resources.unwatch(Self.uri, for: caller(name))
            await resources.unwatchList(for: caller(name))
        }
    }

    @Test func `a change in another workspace is of no interest`() {
        let interest = ChangeInterest(lists: [.resources], workspace: .subject("ann"))
        #expect(interest.covers(.resources, in: .subject("ann")))
        #expect(interest.covers(.resources))
        #expect(!interest.covers(.resources, in: .subject("bob")))
        #expect(!ChangeInterest(lists: [.resources]).covers(.resources, in: .subject("bob")))
    }

    @Test func `a caller for whom there is no workspace sees and watches nothing`() async throws {
        await #expect(throws: ToolError.self) { try await resources.list(in: try context("eve")) }
        #expect(!(await resources.watch(Self.uri, in: try context("eve"))))
        #expect(!(await resources.watchList(for: caller("eve"))))
        #expect(try await resources.read("container-mcp://settings", in: try context("eve")) == nil)
    }
}
