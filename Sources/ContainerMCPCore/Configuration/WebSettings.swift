// SPDX-License-Identifier: Apache-2.0

/// What the web tools may do.
public struct WebSettings: Sendable, Equatable {
    /// `WEB_SEARCH_PROVIDER`.
    public enum Provider: String, Sendable, Equatable, CaseIterable {
        /// The first that is set up.
        case automatic = "auto"
        /// Brave Search.
        case brave
        /// A SearXNG instance.
        case searxng
        /// Tavily.
        case tavily
        /// Exa.
        case exa
        /// Kagi.
        case kagi
    }

    /// `WEB_BROWSER_ENGINE`.
    public enum Engine: String, Sendable, Equatable, CaseIterable {
        /// The DevTools pipe.
        case cdp
        /// Playwright.
        case playwright
    }

    /// `WEB_TIMEOUT_DEFAULT`; never more than ``timeoutMaximum``.
    public var timeout: Duration
    /// `WEB_TIMEOUT_MAX`: 1 s to 10 minutes.
    public var timeoutMaximum: Duration
    /// `WEB_ALLOWED_DOMAINS`: lower case; `*` for all, `*.x` for the subdomains of x; empty allows none.
    public var allowedDomains: [String]
    /// `WEB_ALLOW_PRIVATE`: ranges in CIDR form.
    public var allowedPrivateNetworks: [String]
    /// `WEB_SEARCH_PROVIDER`.
    public var provider: Provider
    /// `BRAVE_SEARCH_API_KEY`.
    public var braveKey: SecretText?
    /// `SEARXNG_URL`.
    public var searxngURL: String?
    /// `TAVILY_API_KEY`.
    public var tavilyKey: SecretText?
    /// `EXA_API_KEY`.
    public var exaKey: SecretText?
    /// `KAGI_API_KEY`.
    public var kagiKey: SecretText?
    /// `WEB_BROWSER_ENGINE`.
    public var browserEngine: Engine
    /// `WEB_BROWSER_PATH`: absolute path; nil looks for one.
    public var browserPath: String?
    /// `WEB_RESPECT_ROBOTS`.
    public var respectsRobots: Bool
    /// `WEB_USER_AGENT`.
    public var userAgent: String?
    /// `WEB_PROXY`; it may hold a password.
    public var proxy: SecretText?
    /// `WEB_CA_FILE`: absolute path; nil trusts what the system trusts.
    public var certificateFile: String?
}
