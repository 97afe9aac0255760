// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// Pieces that the file tools' schemas share.
enum FileSchema {
    static let encodings =
        "utf-8, utf-8-sig, ascii, latin-1, utf-16, utf-32 (also -le and -be), or base64 for bytes."

    static func result(_ members: JSONObject) -> JSONValue {
        var all = members
        all["success"] = RunSchema.typed("boolean", "Whether it was done.")
        all["error"] = RunSchema.typed("string", "What failed, why, and what to do.")
        all["warning"] = RunSchema.typed("string", "Said when the server runs without its sandbox.")
        return RunSchema.object(all, required: ["success"])
    }
}
