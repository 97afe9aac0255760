// SPDX-License-Identifier: Apache-2.0

/// What the server was started in, as far as that can be seen from inside.
///
/// A place can lie in another one; the innermost is told. Virtual machines and systemd units are told beside it.
public enum MachinePlace: String, Sendable, Hashable, CaseIterable {
    /// No container.
    case host
    /// A container of Podman.
    case podman
    /// A container of Docker.
    case docker
    /// A pod of Kubernetes, whatever runs its containers.
    case kubernetes
    /// A container of LXC, LXD or Incus.
    case lxc
    /// A container of systemd-nspawn.
    case nspawn
    /// Another container.
    case container
    /// A sandbox of bubblewrap, which Flatpak uses, too.
    case bubblewrap
    /// A sandbox of firejail.
    case firejail

    /// The place in words.
    public var summary: String {
        switch self {
        case .host: "no container"
        case .podman: "a Podman container"
        case .docker: "a Docker container"
        case .kubernetes: "a Kubernetes pod"
        case .lxc: "an LXC container"
        case .nspawn: "a systemd-nspawn container"
        case .container: "a container of an unknown kind"
        case .bubblewrap: "a bubblewrap sandbox"
        case .firejail: "a firejail sandbox"
        }
    }

    /// Whether the kernel belongs to somebody outside, who alone can change it.
    public var sharesKernel: Bool {
        switch self {
        case .host, .bubblewrap, .firejail: false
        case .podman, .docker, .kubernetes, .lxc, .nspawn, .container: true
        }
    }
}
