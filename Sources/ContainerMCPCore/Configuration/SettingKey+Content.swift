// SPDX-License-Identifier: Apache-2.0

extension SettingKey {
    static let fileSize = SettingKey(
        "FILE_MAX_SIZE_MB",
        .integer(1...1_024, .megabytes),
        default: "10",
        visible: .value,
        in: .files,
        "Largest file that the file tools read or write."
    )
    static let fileExtensions = SettingKey(
        "FILE_ALLOWED_EXTENSIONS",
        .list(.fileExtension),
        default: "txt,md,csv,json,py",
        visible: .value,
        in: .files,
        "Endings of the files that the file tools touch."
    )

    static let fileKeys: [SettingKey] = [fileSize, fileExtensions]

    static let webTimeout = SettingKey(
        "WEB_TIMEOUT_DEFAULT",
        .integer(1...600, .seconds),
        default: "30",
        derived: "at most WEB_TIMEOUT_MAX",
        visible: .value,
        in: .web,
        "Time limit of a fetch, a search or a page."
    )
    static let webTimeoutMaximum = SettingKey(
        "WEB_TIMEOUT_MAX",
        .integer(1...600, .seconds),
        default: "120",
        in: .web,
        "Longest time limit of the web tools."
    )
    static let webDomains = SettingKey(
        "WEB_ALLOWED_DOMAINS",
        .list(.domain),
        default: "*",
        visible: .value,
        in: .web,
        "Domains that the web tools may reach."
    )
    static let webPrivate = SettingKey(
        "WEB_ALLOW_PRIVATE",
        .list(.network),
        default: "",
        visible: .value,
        in: .web,
        "Ranges of private addresses that the web tools may reach all the same."
    )
    static let webProvider = SettingKey(
        "WEB_SEARCH_PROVIDER",
        .choice(["auto", "brave", "searxng", "tavily", "exa", "kagi"]),
        default: "auto",
        in: .web,
        "Search engine; auto takes the first that is set up."
    )
    static let braveKey = SettingKey(
        "BRAVE_SEARCH_API_KEY",
        .text(.token),
        secret: true,
        in: .web,
        "Key for Brave Search."
    )
    static let searxngURL = SettingKey(
        "SEARXNG_URL",
        .text(.webAddress),
        visible: .value,
        in: .web,
        "Address of a SearXNG instance."
    )
    static let tavilyKey = SettingKey(
        "TAVILY_API_KEY",
        .text(.token),
        secret: true,
        in: .web,
        "Key for Tavily."
    )
    static let exaKey = SettingKey("EXA_API_KEY", .text(.token), secret: true, in: .web, "Key for Exa.")
    static let kagiKey = SettingKey("KAGI_API_KEY", .text(.token), secret: true, in: .web, "Key for Kagi.")
    static let browserEngine = SettingKey(
        "WEB_BROWSER_ENGINE",
        .choice(["cdp", "playwright"]),
        default: "cdp",
        in: .web,
        "How the browser is driven: over its DevTools pipe, or by Playwright."
    )
    static let browserPath = SettingKey(
        "WEB_BROWSER_PATH",
        .file,
        derived: "looked for among the installed ones",
        in: .web,
        "Browser program."
    )
    static let respectsRobots = SettingKey(
        "WEB_RESPECT_ROBOTS",
        .boolean,
        default: "true",
        in: .web,
        "Keeps to the robots.txt of a site."
    )
    static let userAgent = SettingKey(
        "WEB_USER_AGENT",
        .text(.line),
        derived: "name and version of this server",
        in: .web,
        "User-Agent header of the web tools."
    )
    static let webProxy = SettingKey(
        "WEB_PROXY",
        .text(.proxyAddress),
        secret: true,
        in: .web,
        "Proxy that the web tools go through; it may hold a password."
    )
    static let webCertificates = SettingKey(
        "WEB_CA_FILE",
        .file,
        derived: "the certificates of the system",
        in: .web,
        "Certificates that the web tools trust, in PEM form."
    )

    static let webKeys: [SettingKey] = [
        webTimeout, webTimeoutMaximum, webDomains, webPrivate, webProvider, braveKey, searxngURL, tavilyKey,
        exaKey,
        kagiKey, browserEngine, browserPath, respectsRobots, userAgent, webProxy, webCertificates,
    ]

    static let debug = SettingKey(
        "DEBUG",
        .boolean,
        default: "false",
        visible: .value,
        in: .logs,
        "Logs at least at DEBUG. The sandbox stays as it is."
    )
    static let logLevel = SettingKey(
        "LOG_LEVEL",
        .choice(["TRACE", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"]),
        default: "INFO",
        visible: .value,
        in: .logs,
        "Least important messages that are logged."
    )
    static let logFormat = SettingKey(
        "LOG_FORMAT",
        .choice(["text", "json"]),
        default: "text",
        in: .logs,
        "Form of the log on standard error."
    )
    static let logFolder = SettingKey(
        "LOG_DIR",
        .folder,
        default: "logs",
        in: .logs,
        "Folder for logs, which no child can see."
    )
    static let auditLog = SettingKey(
        "AUDIT_LOG",
        .file,
        default: "logs/audit.jsonl",
        derived: "audit.jsonl in LOG_DIR",
        in: .logs,
        "Audit log: one line of JSON for each call, written before the reply."
    )
    static let auditFullText = SettingKey(
        "AUDIT_FULL_TEXT",
        .boolean,
        default: "false",
        in: .logs,
        "Keeps the arguments of calls in the audit log, not only their digest and length."
    )
    static let auditSize = SettingKey(
        "AUDIT_MAX_MB",
        .integer(1...16_384, .megabytes),
        default: "64",
        in: .logs,
        "Size at which the audit log is set aside and a new one begun."
    )
    static let auditFiles = SettingKey(
        "AUDIT_MAX_FILES",
        .integer(1...100, .count),
        default: "4",
        in: .logs,
        "Files of the audit log in all; the oldest goes."
    )
    static let logKeys: [SettingKey] = [
        debug, logLevel, logFormat, logFolder, auditLog, auditFullText, auditSize, auditFiles,
    ]
}
