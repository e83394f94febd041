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
