// SPDX-License-Identifier: Apache-2.0

// Compiled together with all of ContainerMCPProtocol into one module; see `bin/fuzz`.

/// Lines of a stranger: framing, JSON, JSON-RPC, classification and the state of a channel.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSONRPC(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard ProtocolFuzzing.exercise(bytes) else { fatalError("something that must hold did not") }
    return 0
}
