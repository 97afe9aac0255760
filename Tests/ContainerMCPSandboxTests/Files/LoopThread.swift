// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import ContainerMCPSandbox

/// A thread that does one thing again and again, for races.
@safe final class LoopThread {
    private final class Order: Sendable {
        let isOver: @Sendable () -> Bool
        let body: @Sendable () -> Void

        init(_ isOver: @escaping @Sendable () -> Bool, _ body: @escaping @Sendable () -> Void) {
            self.isOver = isOver
            self.body = body
        }
    }

    private var thread = pthread_t()

    init(until isOver: @escaping @Sendable () -> Bool, _ body: @escaping @Sendable () -> Void) throws {
        let order = unsafe Unmanaged.passRetained(Order(isOver, body)).toOpaque()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let order = unsafe Unmanaged<Order>.fromOpaque(argument).takeRetainedValue()
                while !order.isOver() { order.body() }
                return nil
            },
            order
        )
        guard status == 0 else { throw FileFailure.other(status) }
    }

    func join() {
        pthread_join(thread, nil)
    }
}
