// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol
internal import Crypto
internal import Glibc

/// Seals what a client has to bring back with its answers (MCP 2026-07-28, multi round-trip requests).
///
/// The client can read it and keep it, but what comes back is what went out: for the same caller, the same request, within ten
/// minutes. The keys are random, or come from a file that several processes share.
struct StateSeal: Sendable {
    /// How long a client may take for its answers.
    static let lifetime = Duration.seconds(600)
    /// A sealed text is never longer, in bytes.
    static let longest = 512 * 1024

    /// What belongs to the request that is sealed.
    struct Binding: Sendable, Equatable {
        let principal: String
        let method: String
        /// Stands for the name or URI and the arguments.
        let digest: String

        init(principal: String, method: MethodName, target: String, arguments: JSONObject) {
            self.principal = principal
            self.method = method.rawValue
            var hash = SHA256()
            hash.update(data: Array("\(target.utf8.count):\(target)".utf8))
            // A client may write the members of the repeated request in another order.
            hash.update(data: Self.ordered(.object(arguments)).encoded())
            digest = Base64.encode(Array(hash.finalize())[...])
        }

        /// The value with the members of all objects in one order; as deep as the parser lets values be.
        private static func ordered(_ value: JSONValue) -> JSONValue {
            switch value {
            case .object(let object):
                var sorted = JSONObject()
                for member in object.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                    sorted[member.key] = ordered(member.value)
                }
                return .object(sorted)
            case .array(let elements): return .array(elements.map { ordered($0) })
            default: return value
            }
        }
    }

    /// What is sealed.
    struct Content: Sendable, Equatable {
        /// Names the seal; never the same twice.
        var nonce: String
        /// The keys of the questions that were asked in this round.
        var asked: [String]
        /// The answers of earlier rounds.
        var rounds: CallRounds
        /// How many rounds there were.
        var count: Int
    }

    private struct Key: Sendable {
        let id: String
        let key: SymmetricKey

        init(_ bytes: [UInt8]) {
            key = SymmetricKey(data: bytes)
            id = SHA256.hash(data: Array("container-mcp key".utf8) + bytes).prefix(4)
                .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    private let keys: [Key]
    private let now: @Sendable () -> Int64

    /// Makes a seal.
    ///
    /// - Parameters:
    ///   - secrets: The keys, of which the first seals and all open; none means a random one.
    ///   - now: The time in seconds since 1970.
    init(secrets: [[UInt8]] = [], now: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }) {
        keys = secrets.isEmpty ? [Key(Self.randomBytes(32))] : secrets.map { Key($0) }
        self.now = now
    }

    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// A text that never comes twice.
    static func nonce() -> String {
        Base64.encode(randomBytes(16)[...])
    }

    /// Seals the content for a request.
    ///
    /// - Returns: The text, or nil where it would be too long.
    func seal(_ content: Content, for binding: Binding) -> String? {
        guard let key = keys.first else { return nil }
        var answers = JSONObject()
        for (name, given) in content.rounds.answers {
            var object: JSONObject = ["a": given.answer]
            object["s"] = given.seal.map { .string($0) }
            if given.isVolunteered { object["v"] = true }
            answers[name] = .object(object)
        }
        var payload: JSONObject = [
            "e": .integer(now() + Self.lifetime.components.seconds),
            "p": .string(binding.principal),
            "m": .string(binding.method),
            "d": .string(binding.digest),
            "n": .string(content.nonce),
            "q": .array(content.asked.map { .string($0) }),
            "a": .object(answers),
            "c": .integer(Int64(content.count)),
        ]
        payload["s"] = content.rounds.state
        let head = "v1.\(key.id)." + Base64.encode(JSONValue.object(payload).encoded()[...])
        let code = HMAC<SHA256>.authenticationCode(for: Array(head.utf8), using: key.key)
        let text = head + "." + Base64.encode(Array(code)[...])
        return text.utf8.count <= Self.longest ? text : nil
    }

    /// Opens a sealed text.
    ///
    /// - Throws: `-32602`, one text for every reason, so that nothing can be learned from it.
    func open(_ text: String, for binding: Binding) throws(JSONRPCError) -> Content {
        guard text.utf8.count <= Self.longest else { throw Self.fault }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "v1",
            let key = keys.first(where: { $0.id == parts[1] }),
            // The decoder passes over spaces; what was sealed has none.
            let code = Base64.decode(parts[3]), Base64.encode(code[...]).utf8.elementsEqual(parts[3].utf8),
            HMAC<SHA256>.isValidAuthenticationCode(
                code,
                authenticating: Array("v1.\(parts[1]).\(parts[2])".utf8),
                using: key.key
            ),
            let bytes = Base64.decode(parts[2]),
            let payload = try? JSONValue(parsing: bytes).objectValue,
            let content = Self.content(payload),
            let end = payload["e"]?.intValue, Int64(end) > now(),
            // Byte by byte: two subjects that Unicode holds to be equivalent are two.
            payload["p"]?.stringValue?.utf8.elementsEqual(binding.principal.utf8) == true,
            payload["m"]?.stringValue == binding.method,
            payload["d"]?.stringValue == binding.digest
        else { throw Self.fault }
        return content
    }

    private static func content(_ payload: JSONObject) -> Content? {
        guard let nonce = payload["n"]?.stringValue, let asked = payload["q"]?.arrayValue,
            let answers = payload["a"]?.objectValue, let count = payload["c"]?.intValue
        else { return nil }
        var rounds = CallRounds()
        rounds.state = payload["s"]
        for (name, entry) in answers {
            guard let answer = entry["a"] else { return nil }
            rounds.answers[name] = CallRounds.Given(
                answer: answer,
                seal: entry["s"]?.stringValue,
                isVolunteered: entry["v"] != nil
            )
        }
        return Content(nonce: nonce, asked: asked.compactMap(\.stringValue), rounds: rounds, count: count)
    }

    private static let fault = JSONRPCError(
        .invalidParams,
        "the requestState does not belong to this request, was changed, or is too old; send the request again without it"
    )
}
