// SPDX-License-Identifier: Apache-2.0
// What a storm left behind.
import Values

/// The reckoning of a storm.
package struct StormReport: Sendable {
  package var kills = 0
  /// Kills at each fault point, and of each victim at each.
  package var byPoint: [String: Int] = [:]
  package var byVictim: [String: Int] = [:]
  package var acknowledged = 0
  /// Events that were acknowledged only when they were sent again.
  package var sentAgain = 0
  package var markedUnknown = 0
  /// Requests that may be repeated and were.
  package var keyedRepeated = 0
  /// What should not be, in words; empty when every promise was kept.
  package var wrong: [String] = []

  package init() {}

  /// **Shape** `{kills, by_point, by_victim, acknowledged, sent_again, marked_unknown,
  /// keyed_repeated, wrong}`; at most twenty things that are wrong.
  package var value: JSONValue {
    [
      "kills": .integer(Int64(kills)), "by_point": StormReport.counts(byPoint),
      "by_victim": StormReport.counts(byVictim), "acknowledged": .integer(Int64(acknowledged)),
      "sent_again": .integer(Int64(sentAgain)), "marked_unknown": .integer(Int64(markedUnknown)),
      "keyed_repeated": .integer(Int64(keyedRepeated)),
      "wrong": .list(wrong.prefix(20).map { .text($0) }),
    ]
  }

  private static func counts(_ counts: [String: Int]) -> JSONValue {
    var object = JSONObject()
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
      object[name] = .integer(Int64(count))
    }
    return .object(object)
  }
}
