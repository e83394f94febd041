// SPDX-License-Identifier: Apache-2.0
// An answer, from the host or our own.
import CMicrohttpdCalls
import ExchangeValues
import Glibc

/// A status, headers and a body that may be written on the wire.
struct ListenerAnswer: Sendable {
  private(set) var status: UInt32
  private(set) var headers: [(name: String, value: String)]
  private var body: [UInt8]

  /// Headers that libmicrohttpd writes itself.
  private static let own: Set<String> = [
    "content-length", "transfer-encoding", "connection", "date", "keep-alive", "upgrade",
  ]

  /// `{status, headers: {name: text}}`. What cannot be sent is a mistake of the host's and
  /// becomes a 500.
  static func reading(_ head: ValueReader, body: UnsafeRawBufferPointer) -> ListenerAnswer {
    guard let status = head["status"].integer, (200...599).contains(status) else {
      return ListenerAnswer(500, "bad_answer", "the host gave no status")
    }
    var headers: [(name: String, value: String)] = []
    for member in head["headers"].members {
      guard let value = member.value.text, UTF8Check.isToken(member.name),
        !UTF8Check.hasControl(value)
      else {
        return ListenerAnswer(500, "bad_answer", "the host gave a header that cannot be sent")
      }
      if !own.contains(member.name.lowercased()) { headers.append((member.name, value)) }
    }
    return ListenerAnswer(status: UInt32(status), headers: headers, body: Array(body))
  }

  private init(status: UInt32, headers: [(name: String, value: String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An error of our own: `{"error": {code, message}}`.
  init(_ status: UInt32, _ code: String, _ message: String, retryAfter: Int? = nil) {
    self.status = status
    headers = [("Content-Type", "application/json")]
    if let retryAfter { headers.append(("Retry-After", String(retryAfter))) }
    var writer = HeadWriter()
    writer.objectBegin()
    writer.key("error")
    writer.objectBegin()
    writer.key("code")
    writer.text(code)
    writer.key("message")
    writer.text(message)
    writer.objectEnd()
    writer.objectEnd()
    body = writer.bytes
  }

  static let busy = ListenerAnswer(
    503, "busy", "more requests than the host can take: try again", retryAfter: 1)
  static let stopping = ListenerAnswer(
    503, "stopping", "the host is stopping: try again", retryAfter: 5)
  static let late = ListenerAnswer(504, "no_answer", "the host did not answer in time")

  static let tooSlow = ListenerAnswer(
    408, "too_slow", "the request did not come in time: send it again")

  static func tooManyParameters(_ limit: Int) -> ListenerAnswer {
    ListenerAnswer(
      414, "too_many_parameters",
      "the query has more than \(limit) parameters: send them as the body")
  }

  static let notTaken = ListenerAnswer(
    500, "not_taken", "the host could not take the request")

  static func tooLarge(_ limit: Int) -> ListenerAnswer {
    ListenerAnswer(413, "body_too_large", "the body is over \(limit) bytes: send less")
  }

  static func headersTooLarge(_ limit: Int) -> ListenerAnswer {
    ListenerAnswer(431, "headers_too_large", "the headers are over \(limit) bytes: send fewer")
  }

  /// Queues the answer on its connection.
  func queue(on connection: OpaquePointer?, closing: Bool) -> MHD_Result {
    let response = body.withUnsafeBytes { bytes in
      MHD_create_response_from_buffer(
        bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let response else { return .NO }
    defer { MHD_destroy_response(response) }
    for header in headers { MHD_add_response_header(response, header.name, header.value) }
    if closing { MHD_add_response_header(response, "Connection", "close") }
    return MHD_queue_response(connection, status, response)
  }

  /// Writes the answer past the daemon, to a connection whose request is not over.
  func send(past socket: Int32) {
    _ = Glibc.send(socket, wire, wire.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
  }

  private var wire: [UInt8] {
    var text = "HTTP/1.1 \(status) Refused\r\nConnection: close\r\n"
    text += "Content-Length: \(body.count)\r\n"
    for header in headers { text += "\(header.name): \(header.value)\r\n" }
    return Array((text + "\r\n").utf8) + body
  }
}
