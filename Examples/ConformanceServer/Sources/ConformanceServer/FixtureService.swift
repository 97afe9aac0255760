// SPDX-License-Identifier: Apache-2.0

import ContainerMCPCore
import ContainerMCPProtocol
import Logging

/// All fixtures, and the service that offers them.
///
/// That is what any program does that serves MCP with this library: it fills a ``Catalogue``, gives it to a
/// ``ToolHost``, which carries out calls, and that to an ``MCPService``, which speaks every revision of the protocol.
/// What comes in over a transport goes to the service.
struct FixtureService {
    /// What is on offer; some tools change it while the server runs.
    let catalogue: Catalogue
    /// What answers requests.
    let service: MCPService

    /// Makes the service.
    ///
    /// - Parameter logger: Where causes of failures go.
    /// - Throws: ``ToolError`` where two tools have one name.
    init(logger: Logger) throws(ToolError) {
        let changes = ChangeBus()
        let resources = FixtureResources(changes: changes)
        catalogue = Catalogue(
            tools: try ToolRegistry(
                // Tests of headers call the first tool of the list, and give it no arguments.
                ContentTools.all + SchemaTools.all + NewsTools.all + QuestionTools.all + RoundTripTools.all
                    + TaskTools.all
            ),
            prompts: ContentPrompts.all + [AskingPrompt()],
            providers: [resources],
            changes: changes
        )
        // These need the catalogue that they are in.
        try catalogue.add(ToolChangeTool(catalogue: catalogue))
        try catalogue.add(PromptChangeTool(catalogue: catalogue))
        try catalogue.add(ResourceChangeTool(resources: resources))
        let host = ToolHost(
            catalogue: catalogue,
            // No fixture asks for permission, so a policy that allows nothing will do.
            policy: PolicyEngine(settings: PolicySettings()),
            audit: nil,
            limits: Self.places,
            mechanism: "none",
            logger: logger
        )
        service = MCPService(
            host: host,
            name: "conformance-server",
            version: "1.0.0",
            instructions: "Fixtures for tests of the protocol. Nothing here does anything useful.",
            options: ServiceOptions(
                title: "Conformance server",
                summary: "One of everything that MCP has.",
                tasks: Self.tasks,
                taskTimeout: .seconds(60),
                logger: logger
            )
        )
    }

    /// Tests call much at once and all are one caller, so there is room for many.
    private static let places = LimitSettings(
        files: .init(running: 128, waiting: 128),
        sessionRunning: 128,
        backgroundRunning: 128
    )

    /// A task runs for a minute at most and can be read for half a minute longer.
    private static let tasks = JobLimits(
        keptPerOwner: 512,
        livePerOwner: 128,
        kept: 1_024,
        questionTime: .seconds(60),
        readsPerSecond: 100,
        slotWait: .seconds(5),
        readingTime: .seconds(25),
        shortestReadingTime: .seconds(5)
    )
}
