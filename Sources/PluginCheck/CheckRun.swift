// SPDX-License-Identifier: Apache-2.0
// Asks a plugin one question after the other.

import Pipeline
import Values

/// A run of checks over one plugin.
///
/// **Isolation**: blocks its thread, which has to live as long as the run: the probes end with it.
package struct CheckRun {
  package let subject: CheckSubject
  package let program: String
  package let seed: UInt64
  /// **Unit**: seconds.
  package let fuzzSeconds: Int
  /// The seed of one round of the fuzz, which alone is run.
  package let reproduces: UInt64?
  /// The types of the fields of collections, of this plugin's and of others'.
  package let types: [String: [String: ConditionType]]

  package init(
    subject: CheckSubject, program: String, seed: UInt64, fuzzSeconds: Int = 5,
    reproduces: UInt64? = nil, collections: [CollectionManifest] = []
  ) {
    self.subject = subject
    self.program = program
    self.seed = seed
    self.fuzzSeconds = fuzzSeconds
    self.reproduces = reproduces
    let all = collections + (subject.manifest?.collections ?? [])
    types = Dictionary(all.map { ($0.name, $0.conditionTypes) }) { $1 }
  }

  /// Asks `checks`, in their order; `began` is told each name before.
  package func report(_ checks: [PluginCheck], began: (String) -> Void = { _ in }) -> CheckReport {
    var results: [CheckResult] = []
    var lacking: (need: CheckNeed, because: String)?
    for check in checks {
      began(check.name)
      let finding: CheckFinding
      if let reason = reasonToSkip(check, lacking) {
        finding = .skipped(reason)
      } else {
        finding = find(check)
      }
      results.append(CheckResult(name: check.name, finding: finding))
      if let lacks = finding.lacks, lacks < lacking?.need ?? .actions || lacking == nil {
        lacking = (lacks, check.name)
      }
    }
    return CheckReport(
      folder: subject.folder, plugin: subject.manifest?.id.rawValue ?? "", seed: seed,
      results: results)
  }

  private func reasonToSkip(
    _ check: PluginCheck, _ lacking: (need: CheckNeed, because: String)?
  ) -> String? {
    if let lacking, check.needs >= lacking.need { return "see \(lacking.because)" }
    guard let kind = subject.manifest?.kind else {
      return check.needs == .folder ? nil : "the manifest cannot be read"
    }
    if kind == .data, check.needs > .folder { return "a plugin of kind data has no image" }
    if kind != .action, check.needs == .actions { return "a \(kind.rawValue) has no actions" }
    return nil
  }

  private func find(_ check: PluginCheck) -> CheckFinding {
    switch check.body {
    case .reading(let body): body(subject)
    case .probing: ProbeProcess(run: self).find(check)
    }
  }
}
