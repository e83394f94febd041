// SPDX-License-Identifier: Apache-2.0
// The trigger `record`: a record of a module changed.

import Values

/// Which changes of records start a run.
package struct RecordTrigger: Sendable, Hashable {
  package var module: String
  package var on: Set<RecordChange> = Set(RecordChange.allCases)
  /// Fields of which one has to differ after an update; with none any update counts.
  package var watch: [String] = []

  package init(module: String) { self.module = module }

  package func accepts(_ event: JSONValue) -> Bool {
    guard sameName(plainText(event["module"]), module),
      let change = RecordChange(rawValue: plainText(event["change"])), on.contains(change)
    else { return false }
    guard change == .update, !watch.isEmpty else { return true }
    let (before, after) = (event["before"], event["after"])
    return watch.contains { value(of: $0, in: before) != value(of: $0, in: after) }
  }

  /// A field's value, whose absence is the same as an empty one.
  private func value(of field: String, in record: JSONValue?) -> JSONValue? {
    let member = record?.asObject?.first { sameName($0.name, field) }?.value
    return member.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// What may happen to a record.
package enum RecordChange: String, Sendable, Hashable, CaseIterable {
  case create, update, delete
}
