// SPDX-License-Identifier: Apache-2.0
// A run rebuilt from its journal after a restart.

import Values

extension RunProgress {
  /// Applies the stored entries of an unfinished run in order. What follows is what would have
  /// followed without the restart.
  ///
  /// - Parameter setsContact: the member of an action's result that holds the contact
  /// **Throws** `journal_mismatch` when an entry is not of this version of the connector.
  package mutating func restore(
    journal: [JournalEntry], setsContact: (ActionID) -> String? = { _ in nil }
  ) throws(PipelineError) {
    for entry in journal {
      settle()
      guard end == nil, component(at: position)?.id == entry.component else {
        throw PipelineError(
          code: "journal_mismatch",
          message: "run \(runID) of \(connector.name) version \(connectorVersion): the journal "
            + "names \"\(entry.component)\" where the run stands at "
            + "\"\(component(at: position)?.id.rawValue ?? "its end")\"")
      }
      record(entry, setsContact: entry.action.flatMap(setsContact))
    }
  }
}
