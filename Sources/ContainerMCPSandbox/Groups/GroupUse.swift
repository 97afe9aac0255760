// SPDX-License-Identifier: Apache-2.0

/// Whether calls get control groups; anything but the first is for tests.
enum GroupUse: Sendable {
    /// Where they limit something.
    case automatic
    /// Never: what is done without them.
    case never
    /// Also where no controller is delegated and they only hold processes together.
    case bare
}
