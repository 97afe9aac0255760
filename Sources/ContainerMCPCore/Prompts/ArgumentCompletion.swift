// SPDX-License-Identifier: Apache-2.0

/// How an argument of a prompt is completed.
enum ArgumentCompletion: Sendable {
    /// By files and folders that `file_list` would tell of.
    case paths
    /// By folders only.
    case folders
    /// By those of some words that begin like it.
    case words([String])
}
