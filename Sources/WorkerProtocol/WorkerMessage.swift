// SPDX-License-Identifier: Apache-2.0
// Everything a worker may say, for the host.

/// A message of a worker with its fields read; what the fields say is still hostile.
package enum WorkerMessage: Sendable {
  case ready(ReadyMessage)
  case loadFailed(LoadFailedMessage)
  case result(ResultMessage)
  case request(RequestMessage)
  case log(LogMessage)
  case progress(ProgressMessage)
  case left(exchange: UInt32)
  case answered(AnsweredMessage)
  case incoming(IncomingMessage)

  package init(_ message: Message) throws(ProtocolViolation) {
    switch message.kind {
    case .ready: self = .ready(try ReadyMessage(message))
    case .loadFailed: self = .loadFailed(try LoadFailedMessage(message))
    case .result: self = .result(try ResultMessage(message))
    case .request: self = .request(try RequestMessage(message))
    case .log: self = .log(try LogMessage(message))
    case .progress: self = .progress(try ProgressMessage(message))
    case .left: self = .left(exchange: message.exchange)
    case .answered: self = .answered(try AnsweredMessage(message))
    case .incoming: self = .incoming(try IncomingMessage(message))
    case .hello, .call, .cancel, .reply, .stop, .submit, .abort, .respond, .intake, .file:
      throw ProtocolViolation(
        code: "kind_unknown", reason: "\(message.kind) is none of the worker's")
    }
  }
}
