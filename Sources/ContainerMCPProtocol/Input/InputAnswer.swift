// SPDX-License-Identifier: Apache-2.0

/// What was answered to an ``InputRequest``, checked against it.
public enum InputAnswer: Sendable, Equatable {
    /// What the user did, and what stands in the form's fields; without content unless the user accepted.
    case elicitation(action: ElicitationAction, content: JSONObject)
    /// What the model said: `role`, `content`, `model` and the rest as they came.
    case sampling(JSONObject)
    /// The directories, each with its `uri`.
    case roots([JSONObject])
}
