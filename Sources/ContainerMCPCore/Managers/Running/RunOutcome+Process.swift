// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

extension RunOutcome {
    /// Words what the sandbox reports.
    ///
    /// - Parameters:
    ///   - process: What became of the process.
    ///   - saved: Where the full texts went.
    /// - Throws: ``ToolError`` with code `cancelled` when the caller gave it up.
    init(_ process: ProcessOutcome, saved: SavedOutput?) throws(ToolError) {
        output = process.output.text(mark: process.output.mark)
        error = process.error.text(mark: process.error.mark)
        outputBytes = process.output.total
        errorBytes = process.error.total
        droppedBytes = process.output.dropped + process.error.dropped
        switch process.ending {
        case .exited(let status):
            exitCode = Int(status)
        case .signalled(let number):
            exitCode = 128 + Int(number)
            signal = SignalName.of(number)
        case .timedOut:
            exitCode = 124
            timedOut = true
        case .limit(let limit):
            exitCode = 137
            self.limit = limit
        case .cancelled:
            throw ToolError(.cancelled, "The call was given up; its processes were ended.")
        }
        guard let saved else { return }
        if process.output.isSaved {
            outputFile = saved.path(of: .output)
            savedBytes = process.output.saved
        }
        if process.error.isSaved {
            let path = saved.path(of: .error)
            if outputFile == nil {
                outputFile = path
                savedBytes = process.error.saved
            } else {
                errorFile = path
            }
        }
    }
}

extension CapturedOutput {
    /// What stands in the text where bytes are missing; it says as well where they are not to be found.
    fileprivate func mark(_ missing: Int) -> String {
        guard isSavingCutShort else { return "\n[… \(missing) bytes dropped …]\n" }
        let why = "there is no space left in the workspace, or '/.cmcp/output' can't be written"
        let what =
            isSaved
            ? "only the first \(saved) bytes of the full text could be saved"
            : "the full text could not be saved"
        return "\n[… \(missing) bytes dropped; \(what): \(why) …]\n"
    }
}
