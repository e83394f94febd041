// SPDX-License-Identifier: Apache-2.0
// Which runs of a connector keep their order.

import Values

extension Connector {
  /// The key of an event under `options.fifo`: runs with the same one go in the order of their
  /// events. Nil without the option, and where the event names nobody.
  ///
  /// It is the channel and number of the contact mapping, or of a channel's own event, so that it
  /// is known before the contact is; two spellings of one number are one key.
  package func fifoKey(of event: JSONValue, context: FormatterContext) -> String? {
    guard options.isFIFO else { return nil }
    guard let contact else {
      let channel = plainText(event["channel"])
      return Connector.key(channel, plainText(event["number"]))
    }
    var scope = RenderScope(context: context) { name in name == "event" ? event : nil }
    guard let rendered = try? contact.number.render(in: &scope) else { return nil }
    return Connector.key(contact.channel, plainText(rendered))
  }

  private static func key(_ channel: String, _ number: String) -> String? {
    let number = trimmed(number).lowercased()
    guard !number.isEmpty else { return nil }
    let digits = number.filter { $0.isASCII && $0.isNumber }
    let isPhone = number.allSatisfy { "+-(). 0123456789".contains($0) }
    // A leading 00 says the same as a plus.
    let plain = isPhone && digits.hasPrefix("00") ? String(digits.dropFirst(2)) : digits
    return channel + ":" + (isPhone ? plain : number).prefix(200)
  }
}
