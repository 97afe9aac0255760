// SPDX-License-Identifier: Apache-2.0

// Compiled together with the event log of ContainerMCPHTTP into one module; see `bin/fuzz`.

/// What a client sends as `Last-Event-ID`, and the replay that it gets for it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzResumption(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard StreamFuzzing.exercise(bytes) else { fatalError("something that must hold did not") }
    return 0
}
