// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// A sandbox that can be ended, with every call in it.
protocol StoppableRunner: ProcessRunner {
    func stop() async
}

extension Sandbox: StoppableRunner {}
