// SPDX-License-Identifier: Apache-2.0

import ContainerMCPProtocol
import Crypto

// Compiled together with the sealed state of ContainerMCPCore into one module; see `bin/fuzz`.

/// What a client brings back as `requestState`: bytes as they are, below a valid code, and changed after sealing.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSealedState(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    SealCheck.foreign(bytes)
    SealCheck.forged(bytes)
    SealCheck.changed(bytes)
    return 0
}

/// What must hold for every sequence of bytes.
enum SealCheck {
    private static let secret = [UInt8](repeating: 7, count: 32)
    private static let now: Int64 = 1_000_000
    private static let seal = StateSeal(secrets: [secret, [UInt8](repeating: 9, count: 32)]) { now }
    private static let binding = StateSeal.Binding(
        principal: "user",
        method: .callTool,
        target: "t",
        arguments: ["a": 1]
    )

    static func require(_ condition: Bool, _ sentence: String) {
        guard condition else { fatalError(sentence) }
    }

    private static func opened(
        _ text: String,
        _ binding: StateSeal.Binding = binding,
        by seal: StateSeal = seal
    ) -> StateSeal.Content? {
        do throws(JSONRPCError) {
            return try seal.open(text, for: binding)
        } catch {
            require(error.code == .invalidParams, "every refusal looks the same")
            return nil
        }
    }

    /// A text that nobody sealed.
    static func foreign(_ bytes: [UInt8]) {
        require(opened(String(decoding: bytes, as: UTF8.self)) == nil, "what nobody sealed opens nothing")
    }

    /// A payload below a code that is valid, as if the key were known: it is read with care all the same.
    static func forged(_ bytes: [UInt8]) {
        guard let sample = seal.seal(content([]), for: binding) else { fatalError("nothing was sealed") }
        let parts = sample.split(separator: ".")
        let head = "\(parts[0]).\(parts[1])." + Base64.encode(bytes[...])
        let code = HMAC<SHA256>.authenticationCode(for: Array(head.utf8), using: SymmetricKey(data: secret))
        guard let content = opened(head + "." + Base64.encode(code[...])) else { return }
        let payload = try? JSONValue(parsing: bytes).objectValue
        require(payload?["p"]?.stringValue == "user", "a state belongs to its caller")
        require((payload?["e"]?.intValue).map { Int64($0) > now } == true, "a state has not expired")
        guard let again = seal.seal(content, for: binding) else { return }
        require(opened(again) == content, "what was opened can be sealed and opened again")
    }

    /// Something that was sealed, and one thing about it changed.
    static func changed(_ bytes: [UInt8]) {
        let content = content(bytes)
        guard let text = seal.seal(content, for: binding) else { return }
        require(opened(text) == content, "what was sealed opens as it was")
        var letters = Array(text.utf8)
        let place = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) } % letters.count
        letters[place] ^= max(1, bytes.last ?? 1)
        require(opened(String(decoding: letters, as: UTF8.self)) == nil, "a changed byte is found")
        require(opened(String(text.dropLast())) == nil, "a lost byte is found")
        require(opened(text + " ") == nil, "an added byte is found")
        let others = [
            StateSeal.Binding(principal: "User", method: .callTool, target: "t", arguments: ["a": 1]),
            StateSeal.Binding(principal: "user", method: .getPrompt, target: "t", arguments: ["a": 1]),
            StateSeal.Binding(principal: "user", method: .callTool, target: "t2", arguments: ["a": 1]),
            StateSeal.Binding(principal: "user", method: .callTool, target: "t", arguments: ["a": 2]),
        ]
        for other in others { require(opened(text, other) == nil, "a state fits one request") }
        let later = StateSeal(secrets: [secret]) { now + StateSeal.lifetime.components.seconds }
        require(opened(text, by: later) == nil, "a state expires")
        let stranger = StateSeal(secrets: [[UInt8](repeating: 8, count: 32)]) { now }
        require(opened(text, by: stranger) == nil, "a state needs its key")
    }

    private static func content(_ bytes: [UInt8]) -> StateSeal.Content {
        var rounds = CallRounds()
        let texts = bytes.prefix(512).split(separator: 0x0A, maxSplits: 8)
            .map { String(decoding: $0, as: UTF8.self) }
        for (index, text) in texts.enumerated() {
            rounds.answers[text] = CallRounds.Given(
                answer: (try? JSONValue(parsing: Array(text.utf8))) ?? .string(text),
                seal: index.isMultiple(of: 2) ? text : nil,
                isVolunteered: index.isMultiple(of: 3)
            )
        }
        rounds.state = (try? JSONValue(parsing: bytes)) ?? texts.last.map { .string($0) }
        return StateSeal.Content(nonce: texts.first ?? "", asked: texts, rounds: rounds, count: bytes.count)
    }
}
