// SPDX-License-Identifier: Apache-2.0

/// The media type of a file, by the ending of its name.
struct MediaType: Sendable, Equatable {
    /// The type as it stands in messages.
    let name: String
    /// Whether files of the type are text.
    let isText: Bool

    /// For text of any other ending.
    static let plainText = MediaType(name: "text/plain", isText: true)
    /// For bytes of any other ending.
    static let anyBytes = MediaType(name: "application/octet-stream", isText: false)

    /// The type of a file of this name; nil where the ending says nothing.
    init?(fileName: String) {
        guard let dot = fileName.utf8.lastIndex(of: 0x2E), dot != fileName.utf8.startIndex else { return nil }
        let ending = fileName.utf8[fileName.utf8.index(after: dot)...]
        guard ending.count <= 8 else { return nil }
        let lowered = ending.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let key = String(decoding: lowered, as: UTF8.self)
        if let name = Self.texts[key] {
            self.init(name: name, isText: true)
        } else if let name = Self.binaries[key] {
            self.init(name: name, isText: false)
        } else {
            return nil
        }
    }

    private init(name: String, isText: Bool) {
        self.name = name
        self.isText = isText
    }

    private static let texts = [
        "c": "text/x-c", "conf": "text/plain", "css": "text/css", "csv": "text/csv", "h": "text/x-c",
        "htm": "text/html", "html": "text/html", "ini": "text/plain", "js": "text/javascript",
        "json": "application/json", "jsonl": "application/jsonl", "log": "text/plain", "md": "text/markdown",
        "mjs": "text/javascript", "py": "text/x-python", "rst": "text/x-rst", "sh": "application/x-sh",
        "sql": "application/sql", "svg": "image/svg+xml", "swift": "text/x-swift", "toml": "application/toml",
        "ts": "text/x-typescript", "tsv": "text/tab-separated-values", "txt": "text/plain",
        "xml": "application/xml",
        "yaml": "application/yaml", "yml": "application/yaml",
    ]

    private static let binaries = [
        "bmp": "image/bmp", "bz2": "application/x-bzip2", "gif": "image/gif", "gz": "application/gzip",
        "ico": "image/vnd.microsoft.icon", "jpeg": "image/jpeg", "jpg": "image/jpeg", "mp3": "audio/mpeg",
        "mp4": "video/mp4", "ogg": "audio/ogg", "parquet": "application/vnd.apache.parquet",
        "pdf": "application/pdf",
        "png": "image/png", "sqlite": "application/vnd.sqlite3", "tar": "application/x-tar",
        "wasm": "application/wasm",
        "wav": "audio/wav", "webm": "video/webm", "webp": "image/webp", "xz": "application/x-xz",
        "zip": "application/zip",
    ]
}
