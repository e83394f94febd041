// SPDX-License-Identifier: Apache-2.0
// What the id of a button carries beside the id its author wrote.

/// The run and the action that sent a button or a list, inside the id that comes back with a tap.
///
/// Written, it is `jf1:<run>:<action>:<id>`: neither a run's id nor an action's holds a colon, and
/// the author's id stands last and whole, colons and all. A reply whose id does not begin so was
/// sent by somebody else: its id is the author's as it is. What follows `jf1` may change only with
/// another number there.
public struct ReplyStamp: Sendable, Hashable {
  public let run: String
  public let action: String

  /// Nil where one of the two is empty or holds a colon.
  public init?(run: String, action: String) {
    guard !run.isEmpty, !action.isEmpty, !run.utf8.contains(Self.colon),
      !action.utf8.contains(Self.colon)
    else { return nil }
    self.run = run
    self.action = action
  }

  /// The id as it is sent.
  public func written(_ id: String) -> String { prefix + id }

  /// How many characters of an id that may be `limit` long are left for its author.
  public func room(of limit: Int) -> Int { limit - prefix.unicodeScalars.count }

  /// The stamp of an id that came back, and the id its author wrote; nil for an id without one.
  public static func read(_ text: String) -> (stamp: ReplyStamp, id: String)? {
    let parts = text.utf8.split(separator: colon, maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, String(parts[0]) == mark,
      let stamp = ReplyStamp(run: String(parts[1]) ?? "", action: String(parts[2]) ?? "")
    else { return nil }
    return (stamp, String(parts[3]) ?? "")
  }

  private var prefix: String { "\(Self.mark):\(run):\(action):" }
  private static let mark = "jf1"
  private static let colon = UInt8(ascii: ":")
}
