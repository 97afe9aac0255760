// SPDX-License-Identifier: Apache-2.0

/// How much of what was said is kept for clients that come back.
struct StreamLimits: Sendable, Equatable {
    /// Events of one stream.
    var events = 256
    /// Bytes of their messages; the last message is kept whole, however long it is.
    var bytes = 1 << 20
    /// Messages that belong to no request and that nobody has read yet.
    var unheardEvents = 64
    /// Their bytes.
    var unheardBytes = 256 << 10
    /// Streams of one session, those of requests in flight included.
    var streams = 64
    /// How long a stream is kept after all was said on it, and an event that belongs to no request after it
    /// was sent.
    var age = Duration.seconds(300)
    /// After how many milliseconds a client whose connection was ended shall come back.
    var retry = 500
    /// How long a stream of changes or an `/sse` stream may take to say its last when the server stops.
    var grace = Duration.seconds(2)
}
