// SPDX-License-Identifier: Apache-2.0
// Everything a host may say, for the worker.

/// A message of the host with its fields read.
package enum HostMessage: Sendable {
  case hello(HelloMessage)
  case call(CallMessage)
  case cancel(call: UInt32)
  case reply(ReplyMessage)
  case stop
  case submit(SubmitMessage)
  case abort(exchange: UInt32)
  case respond(RespondMessage)
  case intake(IntakeMessage)
  case file(exchange: UInt32, AttachedFile)

  package init(_ message: Message) throws(ProtocolViolation) {
    switch message.kind {
    case .hello: self = .hello(try HelloMessage(message))
    case .call: self = .call(try CallMessage(message))
    case .cancel: self = .cancel(call: message.call)
    case .reply: self = .reply(try ReplyMessage(message))
    case .stop: self = .stop
    case .submit: self = .submit(try SubmitMessage(message))
    case .abort: self = .abort(exchange: message.exchange)
    case .respond: self = .respond(try RespondMessage(message))
    case .intake: self = .intake(try IntakeMessage(message))
    case .file:
      guard let file = message.file else {
        throw ProtocolViolation(code: "memory_missing", reason: "file: no file came with it")
      }
      self = .file(exchange: message.exchange, file)
    case .ready, .loadFailed, .result, .request, .log, .progress, .left, .answered, .incoming:
      throw ProtocolViolation(code: "kind_unknown", reason: "\(message.kind) is none of the host's")
    }
  }
}
