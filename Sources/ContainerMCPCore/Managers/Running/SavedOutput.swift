// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPSandbox

/// Where the full texts of one call go.
struct SavedOutput: Sendable {
    let store: OutputStore
    let name: String

    /// The path of a text in the workspace.
    func path(of stream: ProcessRequest.Stream) -> String {
        "/" + (OutputStore.folder + [fileName(stream)]).joined(separator: "/")
    }

    /// Opens the file of a stream when it is first needed.
    var opener: @Sendable (ProcessRequest.Stream) -> Int32? {
        { stream in store.open(fileName(stream), reserving: 16 << 20) }
    }

    private func fileName(_ stream: ProcessRequest.Stream) -> String {
        stream == .output ? "\(name).txt" : "\(name)-stderr.txt"
    }
}
