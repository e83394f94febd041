// SPDX-License-Identifier: Apache-2.0
// Which channel a phone number id is of.
import JackfieldBase
import JackfieldPlugin

/// The Cloud API channels of a project by the phone number ids of their credentials.
struct CloudNumbers {
  private var channels: [String: Channel] = [:]

  /// - Parameters:
  ///   - numbers: those that are asked for; usually the one of `asked`, which is looked at first.
  ///   - asked: the channel whose URL was called.
  init(_ numbers: Set<String>, asked: Channel, _ call: Call) throws(ActionError) {
    try add(asked, call)
    guard !numbers.allSatisfy({ channels[$0] != nil }) else { return }
    let page = try call.records.query(
      RecordQuery(.field("kind", is: asked.kind), limit: 1_000), in: "channel")
    for record in page.records where record.id != asked.id {
      let channel = Channel(record: record)
      // A channel whose credential this plugin may not use is not its own.
      if channel.isEnabled { try? add(channel, call) }
    }
  }

  subscript(number: String) -> Channel? { channels[number] }

  private mutating func add(_ channel: Channel, _ call: Call) throws(ActionError) {
    let credential = try call.credential(named: channel.requireCredential())
    guard let number = credential["phone_number_id"]?.asText, channels[number] == nil else { return }
    channels[number] = channel
  }
}
