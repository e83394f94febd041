// SPDX-License-Identifier: Apache-2.0
// Sending through a session without getting its number banned.
import JackfieldBase
import JackfieldPlugin
import WhatsAppMedia

/// A gateway with the pace its channel asks for: one send at a time in a session, and the
/// channel's `gap`, up to half more at random, between two.
///
/// The pace is kept in the worker; what another worker or plugin sent through the channel is known
/// from its last message record, once that is written.
public struct PacedGateway {
  public let gateway: any Gateway
  private let gap: Duration
  private let place: String
  private let channel: Channel
  private let call: Call

  /// **Throws**: what the credential throws; `invalid_input`, code `bad_gap`.
  public init(_ channel: Channel, _ call: Call) throws(ActionError) {
    let credential = try GatewayCredential(channel, call)
    gateway = try credential.gateway(call)
    place = credential.place
    gap = try Self.gap(channel)
    self.channel = channel
    self.call = call
  }

  /// Sends one message to each, in order; each fate stands where its chat stands.
  ///
  /// What would take longer than the call may is refused before anything is sent. A session that
  /// goes offline on the way ends it: the rest has not been sent to.
  ///
  /// **Throws**: `invalid_input`, code `too_slow`; `unavailable`, code `session_offline`.
  public func send(
    _ message: GatewayMessage, to chats: [GatewayChat], reached: (Int) -> Void
  ) throws(ActionError) -> [Result<String, ActionError>] {
    let needed = gap * (chats.count - 1) * 3 / 2
    guard needed < call.budget else {
      throw .invalidInput(
        "too_slow",
        "too many recipients for this channel's pace: \(chats.count) messages with a gap of "
          + "\(gap.shown) take up to \(needed.shown), and the call has \(call.budget.shown): send to "
          + "fewer at a time, or raise the timeout")
    }
    try gateway.sessionState().requireWorking()
    let turn = try SessionTurns.shared.take(place, within: call.budget - needed)
    defer { SessionTurns.shared.leave(turn) }
    if gap > .zero, let left = try sinceLastMessage().map({ gap - $0 }), left > .zero {
      SessionTurns.shared.note(turn, gap: left)
    }
    var fates: [Result<String, ActionError>] = []
    var end: ActionError?
    for (index, chat) in chats.enumerated() {
      if let end {
        fates.append(.failure(end))
        continue
      }
      do throws(ActionError) {
        guard SessionTurns.shared.wait(turn, budget: call.budget) else {
          throw .rateLimited(
            "gateway_pace", "the session's gap left no time in this call", retryAfter: gap)
        }
        defer { SessionTurns.shared.note(turn, gap: gap.withJitter) }
        let id = try send(message, to: chat)
        fates.append(.success(id))
        reached(index)
      } catch {
        fates.append(.failure(error))
        let isOver = ["session_offline", "gateway_busy", "gateway_pace", "credentials_refused"]
        if isOver.contains(error.code) { end = error }
      }
    }
    return fates
  }

  /// How long ago the channel's last message was written down, by whomever.
  private func sinceLastMessage() throws(ActionError) -> Duration? {
    let sent = RecordCondition.all([
      .field("channel", equals: channel.id), .field("direction", equals: "out"),
    ])
    let last = try call.records.query(
      RecordQuery(sent, isDescending: true, limit: 1), in: "message"
    ).records.first
    return last.flatMap { Moment(iso: $0.createdAt) }
      .map { .seconds(max(0, Moment.now.seconds - $0.seconds)) }
  }

  private func send(_ message: GatewayMessage, to chat: GatewayChat) throws(ActionError) -> String {
    switch message {
    case .text(let text, let previewsURL):
      try gateway.sendText(text, previewsURL: previewsURL, to: chat)
    case .media(let media, let caption):
      try gateway.sendMedia(media, caption: caption, to: chat)
    }
  }

  private static func gap(_ channel: Channel) throws(ActionError) -> Duration {
    guard let text = channel.record.text("gap"), !text.trimmed.isEmpty else { return .seconds(2) }
    guard let gap = Duration(setting: text) else {
      throw .invalidInput(
        "bad_gap", "channel \(channel.name) has the gap \"\(text)\": write it like 2 s or 1 min")
    }
    return gap
  }
}
