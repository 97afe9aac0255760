// SPDX-License-Identifier: Apache-2.0

/// Something that clients may want to hear of.
public enum Change: Sendable, Hashable {
    /// The list of tools.
    case tools
    /// The list of prompts.
    case prompts
    /// The list of resources.
    case resources
    /// The content of a resource, or whether it is there; the URI as it was asked for.
    case resource(uri: String)
    /// The state of a task.
    case task(id: String)
}
