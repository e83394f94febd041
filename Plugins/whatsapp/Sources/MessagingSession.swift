// SPDX-License-Identifier: Apache-2.0
// The 24 hours in which free text may be sent.
import JackfieldBase
import JackfieldPlugin

/// The session rule, checked before sending where the channel's inbound messages reach the project.
struct MessagingSession {
  private let isChecked: Bool
  private let log: MessageLog
  private let now: Moment

  init(_ channel: Channel, _ log: MessageLog, now: Moment = .now) {
    isChecked = channel.hasInbound
    self.log = log
    self.now = now
  }

  /// Why free text to this number is refused, or nil.
  func refusal(of number: String) -> ActionError? {
    guard isChecked, !isOpen(number) else { return nil }
    return .denied("session_closed", "outside the 24-hour session: a template is needed")
  }

  /// Whether the person is known to have written within the session's length.
  func isOpen(_ number: String) -> Bool {
    guard let last = log.lastInbound(number).flatMap({ Moment(iso: $0) }) else { return false }
    return now.seconds - last.seconds < Self.length
  }

  /// **Unit**: seconds. **Source**: WhatsApp Business Platform, customer service windows.
  private static let length: Int64 = 24 * 3_600
}
