// SPDX-License-Identifier: Apache-2.0
// The trigger `message`: a contact writes on a channel.

import Values

/// Which inbound messages start a run.
package struct MessageTrigger: Sendable, Hashable {
  /// Any of them.
  package var channels: [String]
  /// Any of them; with none every message matches.
  package var keywords: [String] = []
  package var match: KeywordMatch = .any
  /// When several connectors match, the highest wins, then the longest keyword.
  package var priority = 0
  /// A language tag such as `en`, for messages whose language is known.
  package var language: String?
  /// What a contact's pause does to its messages.
  package var whenPaused: WhenPaused = .skip

  package init(channels: [String]) { self.channels = channels }

  /// How a message's text matches; nil when it does not.
  package func match(_ text: String) -> MessageMatch? {
    guard match != .any, !keywords.isEmpty else {
      return MessageMatch(priority: priority, keyword: "")
    }
    let text = trimmed(text).lowercased()
    let found = keywords.filter { matches(text, trimmed($0).lowercased()) }
    guard let longest = found.max(by: { $0.unicodeScalars.count < $1.unicodeScalars.count }) else {
      return nil
    }
    return MessageMatch(priority: priority, keyword: longest)
  }

  package func accepts(_ event: JSONValue) -> Bool {
    let channel = event["channel"]?.asText ?? ""
    guard channels.contains(where: { sameName($0, channel) }) else { return false }
    if let language, let spoken = event["language"]?.asText, !speaks(spoken, language) {
      return false
    }
    return match(plainText(event["text"])) != nil
  }

  private func matches(_ text: String, _ keyword: String) -> Bool {
    switch match {
    case .exact: text == keyword
    case .contains: contains(text, keyword)
    case .startsWith: text.utf8.starts(with: keyword.utf8)
    case .any: true
    }
  }

  /// `en` is spoken by `en`, `en_US` and `en-GB`.
  private func speaks(_ spoken: String, _ wanted: String) -> Bool {
    let (spoken, wanted) = (spoken.lowercased(), wanted.lowercased())
    return spoken == wanted || spoken.hasPrefix(wanted + "_") || spoken.hasPrefix(wanted + "-")
  }
}

/// How a keyword is looked for; case and the white space around do not count.
package enum KeywordMatch: String, Sendable, Hashable, CaseIterable {
  case exact, contains
  case startsWith = "starts_with"
  case any
}

/// Whether messages of a paused contact start this connector.
package enum WhenPaused: String, Sendable, Hashable, CaseIterable {
  case skip, run
}

/// How well a message matches: the best of several connectors starts.
package struct MessageMatch: Sendable, Hashable, Comparable {
  package var priority: Int
  /// Empty when any message matches.
  package var keyword: String

  package init(priority: Int, keyword: String) {
    self.priority = priority
    self.keyword = keyword
  }

  package static func < (left: MessageMatch, right: MessageMatch) -> Bool {
    (left.priority, left.keyword.unicodeScalars.count)
      < (right.priority, right.keyword.unicodeScalars.count)
  }
}
