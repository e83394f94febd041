// SPDX-License-Identifier: Apache-2.0
// What became of a message that was sent, as a provider tells of it.
import JackfieldBase
import JackfieldPlugin

/// News of one message.
struct InboundStatus: Equatable {
  enum State: String {
    case sent, delivered, read, played, failed, deleted
  }

  /// The provider's id of the message.
  let messageID: String
  let state: State
  /// Who it was for, digits only; empty in groups.
  let number: String
  var group: String?
  /// What we gave along with the message, where the provider gives it back.
  var data: CallbackData?
  var errorCode: String?
  var errorText: String?
  var at: Moment

  /// How the message's record puts it; nil where it says nothing new.
  var recorded: String? {
    switch state {
    case .sent: "accepted"
    case .delivered: "delivered"
    case .read, .played: "read"
    case .failed: "failed"
    case .deleted: nil
    }
  }

  /// Whether a record that says `known` is behind this: news come in any order.
  func isNews(to known: String?) -> Bool {
    guard let recorded else { return false }
    let order = ["unknown", "accepted", "failed", "delivered", "read"]
    let rank = order.firstIndex(of: recorded) ?? 0
    return rank > known.flatMap { order.firstIndex(of: $0) } ?? -1
  }

  /// Whether it arrived: known once somebody's device or the provider has it.
  var hasArrived: Bool { state != .failed && state != .deleted }

  /// Whether it ends the wait of who sent the message: `delivered` waits on while it is only sent.
  func settles(_ awaited: String?) -> Bool {
    switch state {
    case .deleted: false
    case .sent: awaited != "delivered"
    case .delivered, .read, .played, .failed: true
    }
  }

  /// What names this news among all of its channel.
  var identity: String { "\(messageID) \(state.rawValue) \(group ?? number)" }
}
