// SPDX-License-Identifier: Apache-2.0
// What travels with a message and comes back with its statuses.

/// The attempt that sent a message, and to whom it was written: WhatsApp may know another number.
///
/// **Shape** `key:number`, and `/count` behind it where the attempt is at several.
struct CallbackData: Equatable {
  let key: String
  let number: String
  let count: Int

  init(_ key: String, _ number: String, of count: Int = 1) {
    (self.key, self.number, self.count) = (key, number, count)
  }

  /// Nil for what others put there.
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let key = InboundLimits.id(String(text[..<colon]))
    else { return nil }
    let parts = text[text.index(after: colon)...].split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let number = InboundLimits.number(parts[0]) else { return nil }
    let count = parts.count == 2 ? Int(parts[1]) : 1
    guard let count, (1...100).contains(count) else { return nil }
    self.init(key, number, of: count)
  }

  var text: String { "\(key):\(number)" + (count > 1 ? "/\(count)" : "") }
}
