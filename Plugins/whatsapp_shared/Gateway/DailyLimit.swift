// SPDX-License-Identifier: Apache-2.0
// How many people may be written to in a day.
import JackfieldBase
import JackfieldPlugin

/// What is left of a channel's day, as the message records show it.
///
/// Records of calls that have not ended are not seen, and neither are other projects that share
/// the channel: a limit that must hold to the last message needs room.
public struct DailyLimit {
  private var refusals: [String: ActionError] = [:]

  /// The 24-hour tier: `daily_unique` people outside open sessions within 24 hours.
  ///
  /// - Parameter numbers: who is to be written to, those with an open session left out.
  public static func tier(
    _ channel: Channel, _ numbers: [String], _ call: Call, now: Moment = .now
  ) throws(ActionError) -> DailyLimit {
    var limit = DailyLimit()
    guard let most = channel.record["daily_unique"]?.asInteger.map({ Int(clamping: $0) }),
      most > 0, !numbers.isEmpty
    else { return limit }
    let recent = RecentMessages(channel, since: Moment(seconds: now.seconds - 86_400), call)
    guard try recent.isAtLeast(max(0, most - numbers.count + 1)) else { return limit }
    var known = try recent.numbers(atMost: most)
    for number in numbers where !known.contains(number) {
      if known.count < most {
        known.insert(number)
      } else {
        limit.refusals[number] = .rateLimited(
          "daily_tier",
          "\(channel.name) has written to \(most) people within 24 hours, its daily_unique",
          retryAfter: .seconds(3_600))
      }
    }
    return limit
  }

  /// A gateway's `daily_cap`: messages since midnight UTC.
  public static func cap(
    _ channel: Channel, _ numbers: [String], _ call: Call, now: Moment = .now
  ) throws(ActionError) -> DailyLimit {
    var limit = DailyLimit()
    let most = channel.record["daily_cap"]?.asInteger.map { Int(clamping: $0) } ?? 1_000
    guard most > 0, !numbers.isEmpty else { return limit }
    let midnight = now.seconds - now.seconds % 86_400
    let recent = RecentMessages(channel, since: Moment(seconds: midnight), call)
    guard try recent.isAtLeast(max(0, most - numbers.count + 1)) else { return limit }
    let left = max(0, most - (try recent.count(atMost: most)))
    for number in numbers.dropFirst(left) {
      limit.refusals[number] = .rateLimited(
        "daily_cap", "\(channel.name) has sent its daily_cap of \(most) messages today",
        retryAfter: .seconds(midnight + 86_400 - now.seconds))
    }
    return limit
  }

  /// Why this number is refused, or nil.
  public func refusal(of number: String) -> ActionError? { refusals[number] }
}

/// The messages a channel sent since a point in time, newest first.
private struct RecentMessages {
  private let condition: RecordCondition
  private let since: Moment
  private let call: Call

  init(_ channel: Channel, since: Moment, _ call: Call) {
    condition = .all([
      .field("channel", equals: channel.id), .field("direction", equals: "out"),
    ])
    self.since = since
    self.call = call
  }

  /// Whether there are this many, by a look at the one at that place.
  func isAtLeast(_ count: Int) throws(ActionError) -> Bool {
    guard count > 0 else { return true }
    return try page(offset: count - 1, limit: 1).first.map(isRecent) ?? false
  }

  func count(atMost most: Int) throws(ActionError) -> Int {
    var count = 0
    try each(atMost: most) { _ in
      count += 1
      return true
    }
    return count
  }

  /// Whom they went to, until more are known than count.
  func numbers(atMost most: Int) throws(ActionError) -> Set<String> {
    var numbers: Set<String> = []
    try each(atMost: .max) { record in
      if let number = record.text("number") { numbers.insert(number) }
      return numbers.count < most
    }
    return numbers
  }

  private func each(
    atMost most: Int, _ body: (Record) -> Bool
  ) throws(ActionError) {
    var offset = 0
    while offset < most {
      let records = try page(offset: offset, limit: min(500, most - offset))
      for record in records {
        guard isRecent(record), body(record) else { return }
      }
      guard records.count == 500 else { return }
      offset += records.count
    }
  }

  private func page(offset: Int, limit: Int) throws(ActionError) -> [Record] {
    try call.records.query(
      RecordQuery(condition, isDescending: true, limit: limit, offset: offset), in: "message"
    ).records
  }

  private func isRecent(_ record: Record) -> Bool {
    (Moment(iso: record.createdAt)?.seconds ?? 0) >= since.seconds
  }
}
