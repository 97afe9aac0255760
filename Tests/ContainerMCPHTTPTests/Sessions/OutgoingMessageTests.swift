// SPDX-License-Identifier: Apache-2.0

@testable import ContainerMCPHTTP
import Testing

@Suite struct OutgoingMessageTests {
    @Test(
        arguments: [
            (#"{"jsonrpc":"2.0","id":1,"result":{"method":"x"}}"#, true),
            (#"{"jsonrpc":"2.0","error":{"code":-32603,"message":"no"}}"#, true),
            (#"{"jsonrpc":"2.0","id":"method","result":{}}"#, true),
            (#"{"jsonrpc":"2.0","id":"\"result\\","method":"roots/list"}"#, false),
            (#"{"jsonrpc":"2.0","id":1,"method":"result","params":{"result":1}}"#, false),
            (#"{"jsonrpc":"2.0","_meta":{"result":[[["error"]]]},"method":"x"}"#, false),
            (#"[{"jsonrpc":"2.0","id":1,"result":{}}]"#, true), ("{}", false), (#""result""#, false),
        ] as [(String, Bool)]
    )
    func `an answer is told from a notification and a question`(message: String, isAnswer: Bool) {
        #expect(OutgoingMessage.isAnswer(Array(message.utf8)) == isAnswer)
    }

    @Test(arguments: ["", "{", "{\"", "{\"a\\", "{\"result", "}}", "{\"a\":\"\\"])
    func `what is cut off is no answer`(text: String) {
        #expect(text == "{\"result" || !OutgoingMessage.isAnswer(Array(text.utf8)))
    }
}
