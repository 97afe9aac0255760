// SPDX-License-Identifier: Apache-2.0

/// The questions to the client that are open on one channel or in one session.
///
/// Their ids are a space of their own: a client that uses the same ids for its requests is not mistaken,
/// since answers and requests are told apart by their members.
struct AskLedger: Sendable {
    struct Entry: Sendable {
        /// The request that the question is about, nil if it belongs to none.
        let about: RequestToken?
        /// The message, until it has been sent.
        var waiting: JSONValue?
    }

    private let limit: Int
    private var lastNumber: UInt64 = 0
    private var entries: [AskToken: Entry] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    var isFull: Bool { entries.count >= limit }

    /// The token and the id for the next question.
    mutating func nextToken() -> (AskToken, String) {
        lastNumber &+= 1
        let token = AskToken(number: lastNumber)
        return (token, Self.text(token))
    }

    mutating func open(_ token: AskToken, about request: RequestToken?, waiting: JSONValue?) {
        entries[token] = Entry(about: request, waiting: waiting)
    }

    static func text(_ token: AskToken) -> String { "ask-\(token.number)" }

    /// Closes the question that an answer belongs to.
    ///
    /// - Returns: Its token, nil if no such question was sent or it was answered already.
    mutating func answered(_ id: RequestID?) -> AskToken? {
        guard case .string(let text)? = id, text.utf8.count <= 24, text.utf8.starts(with: "ask-".utf8),
            let number = UInt64(text.dropFirst(4))
        else { return nil }
        let token = AskToken(number: number)
        guard ExactText.isSame(Self.text(token), text), let entry = entries[token], entry.waiting == nil
        else {
            return nil
        }
        entries[token] = nil
        return token
    }

    /// Forgets a question.
    ///
    /// - Returns: Its entry, nil if it is not open.
    mutating func remove(_ token: AskToken) -> Entry? {
        entries.removeValue(forKey: token)
    }

    /// The open questions about a request, oldest first.
    func tokens(about request: RequestToken) -> [AskToken] {
        entries.filter { $0.value.about == request }.keys.sorted { $0.number < $1.number }
    }

    /// Takes out the messages that wait for the session to be ready, oldest first.
    mutating func release() -> [(message: JSONValue, about: RequestToken?)] {
        var released: [(message: JSONValue, about: RequestToken?)] = []
        for token in entries.keys.sorted(by: { $0.number < $1.number }) {
            guard let message = entries[token]?.waiting else { continue }
            released.append((message, entries[token]?.about))
            entries[token]?.waiting = nil
        }
        return released
    }

    /// Closes all questions.
    ///
    /// - Returns: Their tokens, oldest first.
    mutating func removeAll() -> [AskToken] {
        let tokens = entries.keys.sorted { $0.number < $1.number }
        entries.removeAll()
        return tokens
    }
}
