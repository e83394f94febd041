// SPDX-License-Identifier: Apache-2.0
// From what the engine orders to what the store keeps of a wait.
import Engine
import Pipeline
import Store

extension RecordOrder {
  /// What the run waits for from this recording on; nil when it does not.
  var storedWait: StoredWait? {
    if let wait {
      var stored = StoredWait(
        StoredWait.Kind(wait.kind), component: wait.component.rawValue,
        step: journal.last?.step.rawValue, identifiers: wait.identifiers,
        contact: wait.messageContact)
      stored.key = wait.newsKey
      stored.count = wait.newsCount
      return stored
    }
    guard let children, children.waits, !children.items.isEmpty else { return nil }
    return StoredWait(.children, component: children.entry.component.rawValue)
  }
}

extension StoredWait.Kind {
  fileprivate init(_ kind: WaitKind) {
    switch kind {
    case .delay: self = .delay
    case .message: self = .message
    case .news: self = .news
    }
  }
}
