// SPDX-License-Identifier: Apache-2.0

/// The entry point for fuzzers: what a client that comes back names, and what it is given for it.
public enum StreamFuzzing {
    /// Reads bytes as the header `Last-Event-ID`, and replays from a log that the same bytes filled.
    ///
    /// - Parameter bytes: Any bytes. The first says how large the log is, the second how far it was read; each
    ///   adds an event of its size.
    /// - Returns: Whether what must hold did: an identifier that is read is written the same way, the log
    ///   keeps its bounds, bytes that were taken are given back once, and a replay gives later events only,
    ///   each once and in order.
    public static func exercise(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let place = EventID(text)
        guard place == nil || place?.description == text else { return false }
        return replays(bytes, after: place?.number ?? UInt64(bytes.dropFirst().first ?? 0))
    }

    private static func replays(_ bytes: [UInt8], after start: UInt64) -> Bool {
        var limits = StreamLimits()
        limits.events = Int(bytes.first ?? 0) % 32 + 1
        limits.bytes = Int(bytes.first ?? 0) * 4
        (limits.unheardEvents, limits.unheardBytes) = (limits.events / 2, limits.bytes / 2)
        var log = EventLog(limits: limits)
        var taken = 0
        let time = ContinuousClock.now
        for byte in bytes.prefix(1_024) {
            let message = [UInt8](repeating: byte, count: Int(byte))
            let isCharged = byte % 5 != 0
            if isCharged { taken += message.count }
            taken -= log.append(message, at: time, isCharged: isCharged)
            if byte % 7 == 0 { log.skip() }
            if byte % 11 == 0 { taken -= log.trimUnheard(after: start).bytes }
            if byte % 13 == 0 { taken -= log.removeOld(upTo: start, before: time + .seconds(1)) }
            guard taken == log.chargedBytes, log.events.count <= limits.events else { return false }
        }
        var last = start
        while let event = log.next(after: last) {
            guard event.number > last, event.number <= log.last else { return false }
            last = event.number
        }
        return log.removeAll() == taken && log.events.isEmpty
    }
}
