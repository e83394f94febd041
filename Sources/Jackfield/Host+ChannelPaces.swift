// SPDX-License-Identifier: Apache-2.0
// How fast messages to many go out through the channels of a project.
import Pipeline
import Store
import Values

extension Host {
  /// The pace of each channel: what its record says, else what its kind does.
  ///
  /// **Shape** of a record: `rate`, messages a minute, or `broadcast_gap`, a duration between two.
  func channelPaces(of project: ProjectID) throws(HostError) -> ChannelPaces {
    let kinds = try channelKinds(of: project)
    let paces = try (definitions("channel", of: project) ?? []).compactMap { row -> ChannelPace? in
      let kind = kinds[row.fields["kind"]?.asText ?? ""]
      guard let rate = Self.broadcastRate(of: row.fields) ?? kind?.broadcast else { return nil }
      return ChannelPace(
        channel: row.id.text, name: row.fields["name"]?.asText ?? "", rate: rate)
    }
    return ChannelPaces(paces)
  }

  private static func broadcastRate(of fields: JSONObject) -> RatePolicy? {
    if let rate = fields["rate"]?.asInteger, (1...1_000_000).contains(rate) {
      return RatePolicy(calls: Int(rate), per: .seconds(60))
    }
    guard let gap = fields["broadcast_gap"]?.asText.flatMap({ try? DurationText.parse($0) }),
      gap > .zero
    else { return nil }
    return RatePolicy(calls: 1, per: gap)
  }
}
