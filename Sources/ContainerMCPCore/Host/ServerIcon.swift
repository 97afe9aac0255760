// SPDX-License-Identifier: Apache-2.0

internal import ContainerMCPProtocol

/// The picture that clients may show for the server and its tools; it is part of the message, so nothing is fetched.
enum ServerIcon {
    /// A prompt sign in a box.
    private static let drawing =
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'><rect x='4' y='8' width='40' height='32' rx='6' "
        + "fill='#1f2a37'/><path d='M13 19l7 6-7 6M24 31h11' fill='none' stroke='#7dd3a8' stroke-width='3.5' "
        + "stroke-linecap='round' stroke-linejoin='round'/></svg>"

    static let icon = Icon(
        source: "data:image/svg+xml;base64," + Base64.encode(Array(drawing.utf8)[...]),
        mimeType: "image/svg+xml",
        sizes: ["any"]
    )
}
