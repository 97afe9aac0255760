// SPDX-License-Identifier: Apache-2.0

extension ServerMetrics {
    /// The first digit of an HTTP status.
    enum StatusClass: String, Sendable, CaseIterable {
        case informational = "1xx"
        case success = "2xx"
        case redirection = "3xx"
        case clientError = "4xx"
        case serverError = "5xx"
        case other

        init(_ status: Int) {
            self =
                switch status {
                case 100..<200: .informational
                case 200..<300: .success
                case 300..<400: .redirection
                case 400..<500: .clientError
                case 500..<600: .serverError
                default: .other
                }
        }
    }
}
