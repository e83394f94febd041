// SPDX-License-Identifier: Apache-2.0
// What ends a wait.

/// What woke a run, or will have when it is due.
package enum StoredWake: Sendable, Hashable {
  /// Its time came.
  case due
  /// Its delay was cancelled so that it goes on.
  case resumed
  /// Its time was moved by a person.
  case moved
  /// The last of its children ended.
  case children
  /// What was waited for has been told.
  case news
  /// The contact wrote.
  ///
  /// **Shape** JSON text of the message
  case message(String)

  /// **Throws** `database_damaged` for a text that `text` never made
  init(text: String?) throws(StoreError) {
    switch text {
    case nil: self = .due
    case "resumed": self = .resumed
    case "moved": self = .moved
    case "children": self = .children
    case "news": self = .news
    case .some(let other):
      guard other.hasPrefix("message:") else {
        throw StoreError(.damaged, "a run waits to be woken by something unknown")
      }
      self = .message(String(other.dropFirst("message:".count)))
    }
  }

  var text: String? {
    switch self {
    case .due: nil
    case .resumed: "resumed"
    case .moved: "moved"
    case .children: "children"
    case .news: "news"
    case .message(let payload): "message:" + payload
    }
  }
}
