// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// SIGTERM and SIGINT for the programs of the package.
public enum StopSignals {
    /// Calls the handler at the first signal; a second one ends the process at once.
    ///
    /// - Parameter handler: Called on a thread that waits for signals.
    public static func onFirst(_ handler: @escaping @Sendable () -> Void) {
        do throws(SandboxError) {
            try StopSignal.onFirst(handler)
        } catch {
            // Without it a signal ends the process the hard way; the launcher then ends every call.
            StandardError.write("warning: stop signals can't be caught: \(error)\n")
        }
    }
}
