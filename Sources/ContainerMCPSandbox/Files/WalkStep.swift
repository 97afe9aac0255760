// SPDX-License-Identifier: Apache-2.0

/// What a walk does after an entry was seen.
public enum WalkStep<State> {
    /// Go on with the next entry; a folder is not entered.
    case next
    /// Enter the folder later, with this state for its entries.
    case enter(State)
    /// End the walk.
    case stop
}
