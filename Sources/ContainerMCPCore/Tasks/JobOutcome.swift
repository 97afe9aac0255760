// SPDX-License-Identifier: Apache-2.0

public import ContainerMCPProtocol

/// How a job ended: the result of the call, an error of the protocol, or that it was cancelled.
public typealias JobOutcome = TaskSnapshot.Outcome
