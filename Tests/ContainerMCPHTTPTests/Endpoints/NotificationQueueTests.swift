// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import ContainerMCPProtocol
import Testing

@Suite struct NotificationQueueTests {
    private static func admitted(
        _ method: String,
        _ params: String,
        meta: String = #""progressToken":"p","io.modelcontextprotocol/logLevel":"info""#
    ) throws -> AdmittedRequest {
        let text = """
            {"jsonrpc":"2.0","id":1,"method":"\(method)","params":{\(params),"_meta":{\(meta),\
            "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
            """
        guard case .request(let request) = JSONRPCMessage(try JSONValue(parsing: text)) else {
            throw RawConnection.Failure(description: "no request")
        }
        let server = ServerDescription(
            name: "t",
            version: "1",
            capabilities: ServerCapabilities(tools: .init(announcesChanges: true), hasLogging: true),
            toolNames: ["t"]
        )
        return try ModernLadder(server: server).admit(request)
    }

    private static func call(meta: String = #""progressToken":"p","io.modelcontextprotocol/logLevel":"info""#)
        throws -> AdmittedRequest
    {
        try admitted("tools/call", #""name":"t""#, meta: meta)
    }

    private static func listen() throws -> AdmittedRequest {
        try admitted("subscriptions/listen", #""notifications":{"toolsListChanged":true}"#)
    }

    private static func message(_ step: NotificationQueue.Step) -> JSONValue? {
        if case .message(let message) = step { message } else { nil }
    }

    private static func isOutcome(_ step: NotificationQueue.Step) -> Bool {
        if case .outcome = step { true } else { false }
    }

    private static func news(_ number: Int) -> JSONRPCNotification {
        JSONRPCNotification(method: "n", params: ["number": .integer(Int64(number))])
    }

    @Test func `what was asked for comes in order, the outcome last`() async throws {
        let queue = NotificationQueue(try Self.call(), hasStream: true, counters: StreamCounters())
        queue.progress(ProgressUpdate(1))
        queue.progress(ProgressUpdate(1))
        queue.log(LogEntry(.debug, data: "no"))
        queue.log(LogEntry(.error, data: "yes"))
        queue.finish(.result(.empty))
        queue.log(LogEntry(.error, data: "late"))
        #expect(Self.message(await queue.next())?["params"]?["progress"] == 1)
        #expect(Self.message(await queue.next())?["params"]?["data"] == "yes")
        #expect(Self.isOutcome(await queue.next()))
    }

    @Test(arguments: [true, false])
    func `what nobody asked for, or can get, is dropped`(hasStream: Bool) async throws {
        let meta = hasStream ? #""x":1"# : #""progressToken":"p","io.modelcontextprotocol/logLevel":"info""#
        let queue = NotificationQueue(
            try Self.call(meta: meta),
            hasStream: hasStream,
            counters: StreamCounters()
        )
        queue.progress(ProgressUpdate(1))
        queue.log(LogEntry(.emergency, data: "x"))
        queue.finish(.result(.empty))
        #expect(Self.isOutcome(await queue.next()))
    }

    @Test func `a handler never waits, and what finds no room is counted`() async throws {
        let counters = StreamCounters()
        let queue = NotificationQueue(try Self.call(), hasStream: true, counters: counters)
        for number in 1...1_000 { queue.progress(ProgressUpdate(Double(number))) }
        queue.finish(.result(.empty))
        #expect(counters.counts.news == 744)
        var count = 0
        while Self.message(await queue.next()) != nil { count += 1 }
        #expect(count == 256)
    }

    @Test func `a silence is told once, before an outcome and after what was said`() async throws {
        let queue = NotificationQueue(try Self.call(), hasStream: true, counters: StreamCounters())
        queue.noteSilence()
        queue.progress(ProgressUpdate(1))
        #expect(Self.message(await queue.next()) != nil)
        guard case .silence = await queue.next() else { return #expect(Bool(false)) }
        async let step = queue.next()
        queue.finish(.result(.empty))
        #expect(Self.isOutcome(await step))
    }

    @Test func `a stream of changes carries no progress and no logs`() async throws {
        let queue = NotificationQueue(try Self.listen(), hasStream: true, counters: StreamCounters())
        queue.progress(ProgressUpdate(1))
        queue.log(LogEntry(.emergency, data: "x"))
        async let written: Void = queue.write(Self.news(1).jsonValue)
        #expect(Self.message(await queue.next())?["params"]?["number"] == 1)
        await written
    }

    @Test func `of equal changes that wait the last one counts`() async throws {
        let queue = NotificationQueue(try Self.listen(), hasStream: true, counters: StreamCounters())
        let writers = Task {
            await withDiscardingTaskGroup { group in
                for number in [1, 2, 1, 2, 1] {
                    group.addTask { await queue.write(Self.news(number).jsonValue) }
                }
            }
            queue.finish(.result(.empty))
        }
        var seen: [JSONValue?] = []
        while let message = Self.message(await queue.next()) { seen.append(message["params"]?["number"]) }
        await writers.value
        #expect(seen.contains(1) && seen.contains(2))
    }

    @Test func `changes that pile up end the stream, and none is lost silently`() async throws {
        let counters = StreamCounters()
        let queue = NotificationQueue(try Self.listen(), hasStream: true, counters: counters)
        let writers = Task {
            await withDiscardingTaskGroup { group in
                for number in 0..<300 { group.addTask { await queue.write(Self.news(number).jsonValue) } }
            }
        }
        while counters.counts.slowSubscriptions == 0 { await Task.yield() }
        guard case .overflow = await queue.next() else { return #expect(Bool(false)) }
        queue.close()
        await writers.value
        #expect(counters.counts.slowSubscriptions == 1)
    }

    @Test func `whoever writes to a closed stream does not wait`() async throws {
        let queue = NotificationQueue(try Self.listen(), hasStream: true, counters: StreamCounters())
        let writer = Task { await queue.write(Self.news(1).jsonValue) }
        queue.close()
        await writer.value
        await queue.write(Self.news(2).jsonValue)
    }
}
