// SPDX-License-Identifier: Apache-2.0
// From what the engine orders to what the store keeps of a wait.
import Engine
import Pipeline
import Store

extension RecordOrder {
  /// What the run waits for from this recording on; nil when it does not.
  var storedWait: StoredWait? {
    if let wait {
      return StoredWait(
        wait.kind == .message ? .message : .delay, component: wait.component.rawValue,
        step: journal.last?.step.rawValue, identifiers: wait.identifiers,
        contact: wait.messageContact)
    }
    guard let children, children.waits, !children.items.isEmpty else { return nil }
    return StoredWait(.children, component: children.entry.component.rawValue)
  }
}
