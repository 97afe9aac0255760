// SPDX-License-Identifier: Apache-2.0

/// A folder that is watched, or that is to be watched as soon as it is there.
struct WatchNode {
    let tree: SandboxPath.Root
    /// The way down from the root of the tree.
    let components: [String]
    let parent: Int?
    /// Folders in it that are watched, too.
    var children: [String: Int] = [:]
    /// Files in it that somebody watches, with the URIs by which they were asked for.
    var files: [String: Set<String>] = [:]
    /// The number of the kernel's watch; nil while the folder is not there.
    var watch: Int32?
    /// Whether it belongs to the list of resources.
    var isListed = false

    var isNeeded: Bool { isListed || !children.isEmpty || !files.isEmpty }
}
