// SPDX-License-Identifier: Apache-2.0

/// Stands for one batch whose answers are being gathered.
struct BatchNumber: Sendable, Hashable {
    let number: UInt64
}

/// Gathers the answers to batches, each of which goes back as one array.
struct BatchCollector: Sendable {
    private struct Batch: Sendable {
        var responses: [JSONValue] = []
        /// One for each request in flight, and one while the batch is being read.
        var outstanding = 1
    }

    private var lastNumber: UInt64 = 0
    private var batches: [BatchNumber: Batch] = [:]

    mutating func open() -> BatchNumber {
        lastNumber &+= 1
        let number = BatchNumber(number: lastNumber)
        batches[number] = Batch()
        return number
    }

    mutating func expectOneMore(_ number: BatchNumber) {
        batches[number]?.outstanding += 1
    }

    mutating func add(_ response: JSONValue, to number: BatchNumber) {
        batches[number]?.responses.append(response)
    }

    /// Notes that one part of a batch is done.
    ///
    /// - Returns: The array of answers if that was the last part and there is anything to answer.
    mutating func settle(_ number: BatchNumber) -> JSONValue? {
        guard let batch = batches[number] else { return nil }
        guard batch.outstanding <= 1 else {
            batches[number]?.outstanding -= 1
            return nil
        }
        batches[number] = nil
        return batch.responses.isEmpty ? nil : .array(batch.responses)
    }

    mutating func removeAll() {
        batches.removeAll()
    }
}
