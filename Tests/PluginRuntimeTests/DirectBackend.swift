// SPDX-License-Identifier: Apache-2.0
// A host in the same process.
import CJackfield
import Synchronization
import Values

@testable import PluginRuntime

/// Answers each request at once by a closure, and remembers what was logged.
final class DirectBackend: ServiceBackend {
  typealias Answer = @Sendable (_ service: UInt8, _ json: JSONValue, _ body: [UInt8]) -> (
    status: Int32, json: JSONValue
  )

  private let answer: Answer
  private let lines = Mutex<[String]>([])

  init(_ answer: @escaping Answer = { _, _, _ in (JF_DENIED, [:]) }) { self.answer = answer }

  var logged: [String] { lines.withLock { $0 } }

  func begin(_ request: ServiceRequest, box: ReplyBox) {
    let json = (try? JSONValue(parsing: request.json)) ?? .null
    let reply = answer(request.service, json, request.joinedBody)
    box.deliver(
      ServiceReply(
        exchange: request.exchange, status: reply.status, json: reply.json.jsonBytes[...]))
  }

  func log(call: UInt32, level: UInt8, text: String) { lines.withLock { $0.append(text) } }

  func progress(call: UInt32, json: [UInt8]) {}
}
