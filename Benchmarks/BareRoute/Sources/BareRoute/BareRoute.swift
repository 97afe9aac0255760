// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// What `ping` costs at least on this framework: the body is read, and an answer of the same size goes back.
@main
enum BareRoute {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8_901
        let router = Router()
        router.post("/mcp") { request, context -> Response in
            var request = request
            let body = try await request.collectBody(upTo: 1 << 20)
            guard body.readableBytes > 0 else { return Response(status: .badRequest) }
            return Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"result":{}}"#))
            )
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 1_024)
        )
        try await application.runService()
    }
}
