// SPDX-License-Identifier: Apache-2.0
// How an exchange fails: the class that decides, the code that machines match.

/// The error a transport answers with.
package struct ExchangeFailure: Error, Sendable, Equatable {
  /// The classes a transport uses, by the names of the ABI's `head`.
  package enum Class: String, Sendable {
    case invalidInput = "invalid_input"
    case denied
    case unavailable
    case failed
    case unknownOutcome = "unknown_outcome"
    case bug
  }

  package var `class`: Class
  package var code: String
  package var message: String
  package var providerCode: String?

  package init(
    _ class: Class, _ code: String, _ message: String, providerCode: String? = nil
  ) {
    self.class = `class`
    self.code = code
    self.message = message
    self.providerCode = providerCode
  }

  package static func invalid(_ code: String, _ message: String) -> ExchangeFailure {
    ExchangeFailure(.invalidInput, code, message)
  }

  /// `{error: {class, code, message, provider_code?}, left}`.
  package func head(left: Bool) -> [UInt8] {
    var writer = HeadWriter()
    writer.objectBegin()
    writer.key("error")
    writer.objectBegin()
    writer.key("class")
    writer.text(`class`.rawValue)
    writer.key("code")
    writer.text(code)
    writer.key("message")
    writer.text(message)
    if let providerCode {
      writer.key("provider_code")
      writer.text(providerCode)
    }
    writer.objectEnd()
    writer.key("left")
    writer.boolean(left)
    writer.objectEnd()
    return writer.bytes
  }
}
