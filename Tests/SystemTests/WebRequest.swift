// SPDX-License-Identifier: Apache-2.0
// One HTTP request over a plain socket: what a sender of webhooks does.
import Glibc

/// The answer to a request.
struct WebAnswer: Sendable {
  let status: Int
  /// Names in lower case.
  let headers: [String: String]
  let body: String
}

/// Why there was no answer.
struct WebFailure: Error, CustomStringConvertible {
  let description: String
}

/// A connection to a port of the loopback, closed with the last reference.
final class WebConnection {
  private let descriptor: Int32

  /// **Throws**: `WebFailure` when nobody listens there.
  init(port: Int, timeoutSeconds: Int = 30) throws(WebFailure) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var time = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = UInt16(port).bigEndian
    target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw WebFailure(description: "cannot connect to port \(port): \(reason)")
    }
  }

  deinit { close(descriptor) }

  /// Sends bytes; a peer that has gone is found by `answer`.
  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits for the interim answer to a head with `Expect: 100-continue`: from then on the peer has
  /// taken the connection and waits for the body.
  func waitForContinue() throws(WebFailure) {
    var all: [UInt8] = []
    var byte: UInt8 = 0
    while !all.reversed().starts(with: "\n\r\n\r".utf8) {
      let count = recv(descriptor, &byte, 1, 0)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      all.append(byte)
    }
    guard all.starts(with: "HTTP/1.1 100 ".utf8) else {
      throw WebFailure(description: "no 100 came, only \"\(String(decoding: all, as: UTF8.self))\"")
    }
  }

  /// Reads to the end of the connection, which the request asked for.
  func answer() throws(WebFailure) -> WebAnswer {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      all += chunk[..<count]
    }
    let text = String(decoding: all, as: UTF8.self)
    guard let end = text.firstRange(of: "\r\n\r\n") else {
      throw WebFailure(description: "no answer came, only \"\(text)\"")
    }
    var lines = text[..<end.lowerBound].split(separator: "\r\n").map(String.init)
    let first = lines.removeFirst().split(separator: " ")
    var headers: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers[line[..<colon].lowercased()] = String(value)
    }
    return WebAnswer(
      status: first.count > 1 ? Int(first[1]) ?? 0 : 0, headers: headers,
      body: String(text[end.upperBound...]))
  }
}

/// A request to a URL `http://127.0.0.1:PORT/path`.
struct WebRequest: Sendable {
  var method = "POST"
  let url: String
  var headers = ["Content-Type": "application/json"]
  var body: [UInt8] = []

  init(_ url: String, body: String = "") {
    self.url = url
    self.body = Array(body.utf8)
  }

  var port: Int {
    Int(url.dropFirst("http://127.0.0.1:".count).prefix { $0.isNumber }) ?? 0
  }

  /// Everything up to the body.
  var head: [UInt8] {
    let rest = url.dropFirst("http://".count)
    let path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
    var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
    return Array((text + "Content-Length: \(body.count)\r\n\r\n").utf8)
  }

  /// **Throws**: `WebFailure` when nobody answers.
  func send() throws(WebFailure) -> WebAnswer {
    let connection = try WebConnection(port: port)
    connection.send(head + body)
    return try connection.answer()
  }
}
