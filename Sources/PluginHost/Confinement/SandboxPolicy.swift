// SPDX-License-Identifier: Apache-2.0
//
// Which measures hold for all workers of a host.

/// The confinement of a host's workers: what the kernel offers, less what somebody switched off.
package struct SandboxPolicy: Sendable, Hashable {
  package let offer: SandboxOffer
  /// The users that workers become, one each; nil: all are the host's own.
  package let users: ClosedRange<UInt32>?
  private let off: Set<SandboxMeasure>

  /// A range that no distribution gives to anybody.
  package static let defaultUsers: ClosedRange<UInt32> = 60_000...60_999

  package init(
    offer: SandboxOffer = .here, users: ClosedRange<UInt32>? = SandboxPolicy.defaultUsers,
    off: Set<SandboxMeasure> = []
  ) {
    self.offer = offer
    self.users = offer.isRoot && !off.contains(.user) ? users : nil
    self.off = off
  }

  /// Reads the names of measures that are to be left out, as tests do that show what each prevents.
  ///
  /// **Shape** names with commas between them.
  /// **Throws** `sandbox_measure_unknown`.
  package static func measures(_ text: String) throws(PluginHostError) -> Set<SandboxMeasure> {
    var measures: Set<SandboxMeasure> = []
    for name in text.split(separator: ",") {
      guard let measure = SandboxMeasure(rawValue: String(name)) else {
        let known = SandboxMeasure.allCases.map(\.rawValue).joined(separator: ", ")
        throw PluginHostError(
          code: "sandbox_measure_unknown",
          message: "there is no measure \"\(name)\" of the sandbox: they are \(known)")
      }
      measures.insert(measure)
    }
    return measures
  }

  package func holds(_ measure: SandboxMeasure) -> Bool {
    guard !off.contains(measure) else { return false }
    return switch measure {
    case .user: users != nil
    case .files: offer.landlock > 0
    case .calls: offer.seccomp
    case .groups: offer.groups != nil
    case .limits, .counting: true
    }
  }

  /// The control groups to use.
  package var groups: ControlGroups? { holds(.groups) ? offer.groups : nil }

  /// What is missing and why, for whoever insists on all of it; nil when nothing is.
  package var gap: String? {
    if let measure = SandboxMeasure.allCases.first(where: off.contains) {
      return "the measure \"\(measure.rawValue)\" is switched off by JACKFIELD_SANDBOX_OFF: unset it"
    }
    if !holds(.files) {
      return "this kernel has no Landlock, or has it switched off, so that a plugin can read what "
        + "its user can: use a kernel of 5.13 or later with landlock among its lsm="
    }
    if !holds(.calls) {
      return "this kernel does not filter system calls: use one with CONFIG_SECCOMP_FILTER"
    }
    return nil
  }

  /// The measures in force in a line.
  package var summary: String {
    let parts = SandboxMeasure.allCases.compactMap { measure -> String? in
      if off.contains(measure) { return "\(measure.rawValue) OFF" }
      return switch measure {
      case .user:
        users.map { "own users \($0.lowerBound)-\($0.upperBound)" } ?? "the host's own user"
      case .files:
        holds(.files) ? "files by Landlock \(offer.landlock)" : "files NOT confined (no Landlock)"
      case .calls: holds(.calls) ? "calls by seccomp" : "calls NOT confined (no seccomp)"
      case .limits: "limits"
      case .groups:
        groups.map { "control groups (\($0.controllers.joined(separator: ", ")))" }
      case .counting: "memory, threads and processor counted by the host"
      }
    }
    return parts.joined(separator: ", ")
  }
}
