// SPDX-License-Identifier: Apache-2.0
// Who a message goes to, and through what.
import JackfieldBase
import JackfieldPlugin

/// The channel and the numbers of a send; two spellings of one number are one recipient, and a
/// bad number fails alone.
struct Recipients {
  let channel: Channel
  private(set) var numbers: [String] = []
  private(set) var failures = SendFailures()

  /// Takes what was given, and the run's contact for what was not.
  ///
  /// **Throws**: `invalid_input`, `no contact mapped` or code `too_many_items`; what the channel
  /// throws.
  init(_ to: TextList?, channel reference: String?, _ call: Call) throws(ActionError) {
    let given = to?.items ?? []
    let named = reference.given
    guard given.count <= 100 else {
      throw .invalidInput("too_many_items", "to has \(given.count) numbers: at most 100 at a time")
    }
    var contact: Record?
    if given.isEmpty || named == nil { contact = try ContactReference.resolve(nil, call) }
    guard let wanted = named ?? contact?.text("channel") else {
      throw .invalidInput("no_channel", "channel is empty, and the contact has none")
    }
    channel = try Channel.find(wanted, call)
    let written = given.isEmpty ? [contact?.text("number") ?? ""] : given
    for text in written {
      do throws(ActionError) {
        let number = try AddressKind.phone.normalised(text)
        if !numbers.contains(number) { numbers.append(number) }
      } catch {
        failures.add(text, error)
      }
    }
  }
}
