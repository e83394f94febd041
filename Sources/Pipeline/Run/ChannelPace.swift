// SPDX-License-Identifier: Apache-2.0
// How fast messages to many go out through one channel.

import Values

/// A channel's pace: evenly spread, without a burst at the beginning.
package struct ChannelPace: Sendable, Hashable {
  /// The channel's id.
  package var channel: String
  package var name: String
  /// One call in so long.
  package var rate: RatePolicy

  package init(channel: String, name: String, rate: RatePolicy) {
    self.channel = channel
    self.name = name
    self.rate = RatePolicy(calls: 1, per: rate.per / max(rate.calls, 1))
  }
}

/// The paces of a project's channels, found by id or by name.
package struct ChannelPaces: Sendable {
  private var paces: [String: ChannelPace] = [:]

  package init(_ channels: [ChannelPace]) {
    for pace in channels {
      paces[ReferenceText.folded(pace.name)] = pace
    }
    for pace in channels { paces[pace.channel] = pace }
  }

  /// The pace of the channel a parameter names; nil where none is known.
  package func pace(of reference: JSONValue?) -> ChannelPace? {
    guard let text = reference?.asText else { return nil }
    return paces[text] ?? paces[ReferenceText.folded(text)]
  }
}

/// Which calls of an action keep a channel's pace.
///
/// **Shape** `"pace": {"channel": "channel", "when": "broadcast"}`: the parameter that names the
/// channel, and the one whose presence makes the call one of many.
package struct PaceRule: Sendable, Hashable {
  package var channel: String
  package var when: String

  package init(channel: String, when: String) {
    self.channel = channel
    self.when = when
  }

  /// The channel that a call with these parameters keeps the pace of.
  func reference(in parameters: JSONValue) -> JSONValue? {
    guard let reason = parameters[when], !reason.isEmpty else { return nil }
    return parameters[channel]
  }
}
