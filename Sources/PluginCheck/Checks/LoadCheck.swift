// SPDX-License-Identifier: Apache-2.0
// What happens while an image is loaded.

/// Constructors are to be quiet: nobody knows yet what the process is for.
enum LoadCheck {
  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let before = ProcessState()
    let trap = OutputTrap()
    _ = try probe.load()
    let printed = trap.release()
    let after = ProcessState()
    let found = after.remains(since: before) + after.changes(since: before)
      + (printed.isEmpty ? [] : ["it printed \(printed.debugDescription)"])
    guard found.isEmpty else {
      return .fail(
        "loading it leaves traces: \(found.joined(separator: ", ")): do nothing in constructors, "
          + "and start what you need in open")
    }
    return .pass
  }
}
