// SPDX-License-Identifier: Apache-2.0
// Whether a plugin keeps its hands off what its process shares.

/// Opens, calls every example, closes, and looks what is other than before.
enum ProcessStateCheck {
  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    // The image is loaded before the first look: what loading does is another check's.
    _ = try probe.load()
    let before = ProcessState()
    if probe.manifest.kind == .action {
      guard let plugin = try? OpenPlugin(probe, services: probe.services) else {
        return .skipped("its actions are not found: see actions")
      }
      for sample in probe.samples { _ = plugin.call(sample) }
      plugin.close()
    } else {
      let finding = try OpenCheck.open(probe)
      if finding.outcome != .pass { return finding }
    }
    let changes = ProcessState().changes(since: before)
    guard changes.isEmpty else {
      return .fail(
        "after its calls \(changes.joined(separator: ", ")): other calls of its process live with "
          + "that too; use functions that take what they need as parameters")
    }
    return .pass
  }
}
