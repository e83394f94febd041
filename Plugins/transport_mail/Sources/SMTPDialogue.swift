// SPDX-License-Identifier: Apache-2.0
// What client and server said to each other, as far as it explains the end.
import CurlTransport
import ExchangeValues

/// Follows one SMTP session by its lines: what was asked last, and the last refusal.
///
/// libcurl's own codes cannot tell a temporary refusal from a permanent one, so the server's
/// words decide.
struct SMTPDialogue {
  enum Stage: Equatable {
    case greeting
    case login
    case sender
    case recipient(String)
    case message
  }

  /// A reply of the server's: `550-5.1.1 …`, joined over its lines.
  struct Reply {
    let code: Int
    var text: [UInt8]
    let stage: Stage
  }

  /// Removes the login's secrets from each line as it comes: later a line may be cut, and half a
  /// secret is not known for one.
  let scrubber: Scrubber
  private(set) var stage = Stage.greeting
  private(set) var refusal: Reply?
  /// The last positive reply: after the data it is the server's receipt.
  private(set) var lastReply: Reply?
  /// When libcurl said goodbye. **Unit**: milliseconds of ``Clock``.
  private(set) var quitMS: Int64?
  private var isContinued = false

  init(scrubber: Scrubber) { self.scrubber = scrubber }

  /// Whether the last whole reply is positive and answers what comes after DATA.
  var hasAccepted: Bool {
    guard let lastReply, !isContinued, refusal == nil else { return false }
    return stage == .message && lastReply.stage == .message && lastReply.code < 300
  }

  /// Takes a command of libcurl's. Its arguments are kept for recipients only: a login's are
  /// secret.
  mutating func take(command: UnsafeRawBufferPointer) {
    if command.starts(with: "RCPT TO:<".utf8) {
      let address = command.dropFirst(9).prefix { $0 != 0x3E }
      stage = .recipient(String(decoding: address, as: UTF8.self))
    } else if command.starts(with: "MAIL FROM:".utf8) {
      stage = .sender
    } else if command.starts(with: "AUTH ".utf8) {
      stage = .login
    } else if command.starts(with: "DATA".utf8) {
      stage = .message
    } else if command.starts(with: "QUIT".utf8) {
      quitMS = Clock.milliseconds
    }
  }

  /// Takes a line of the server's.
  mutating func take(reply line: UnsafeRawBufferPointer) {
    let digits = line.prefix(3)
    guard digits.count == 3, let code = Int(String(decoding: digits, as: UTF8.self)),
      (200...599).contains(code)
    else { return }
    let text = scrubber.scrub(Array(line.dropFirst(4).prefix { $0 != 0x0D && $0 != 0x0A }))
    var reply = Reply(code: code, text: text, stage: stage)
    let before = code >= 400 ? refusal : lastReply
    if isContinued, let before, before.code == code, before.text.count < CurlLimits.messageBytes {
      reply.text = before.text + [0x20] + text
    }
    isContinued = line.count > 3 && line[3] == 0x2D
    if code >= 400 { refusal = reply } else if code != 221 { lastReply = reply }
  }
}

extension SMTPDialogue.Reply {
  /// The reply in one line fit for a message.
  var line: String { "\(code) \(UTF8Check.printable(text, limit: CurlLimits.messageBytes))" }

  /// `5.1.1` when the reply has an enhanced status code, else the three digits.
  ///
  /// **Source**: RFC 3463.
  var providerCode: String {
    let word = String(decoding: text.prefix { $0 != 0x20 }, as: UTF8.self)
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    let isEnhanced =
      parts.count == 3 && parts[0] == "\(code / 100)"
      && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isWholeNumber) }
    return isEnhanced ? word : "\(code)"
  }
}
