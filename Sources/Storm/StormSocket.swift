// SPDX-License-Identifier: Apache-2.0
// Plain HTTP over a loopback socket, as much as a storm's sender and target need.
import Glibc

/// One connection of the loopback; it reads whole HTTP messages with a `Content-Length`.
///
/// **Isolation**: one thread at a time; calls block.
final class StormSocket {
  /// A message: its first line and its body.
  struct Message {
    let firstLine: String
    let body: [UInt8]
  }

  /// Above this the other side is not one of ours.
  private static let messageLimit = 1 << 20
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Connects; nil when nobody listens.
  convenience init?(port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.init(descriptor: descriptor)
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let connected = StormSocket.withLoopback(port: port) { connect(descriptor, $0, $1) }
    guard connected == 0 else { return nil }
  }

  deinit { close(descriptor) }

  /// Listens on a free port of the loopback.
  static func listen() -> (descriptor: Int32, port: UInt16)? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0, withLoopback(port: 0, { bind(descriptor, $0, $1) }) == 0,
      Glibc.listen(descriptor, 512) == 0
    else { return nil }
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let named = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size)
      }
    }
    guard named == 0 else { return nil }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  private static func withLoopback(
    port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// - Returns: whether all of it was taken.
  func send(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// The next message; nil when the connection ended, or what came is none.
  func receive() -> Message? {
    while buffer.count < Self.messageLimit {
      if let message = take() { return message }
      var chunk = [UInt8](repeating: 0, count: 16_384)
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return nil }
      buffer += chunk[..<count]
    }
    return nil
  }

  /// A message that is whole in the buffer.
  private func take() -> Message? {
    let end = Array("\r\n\r\n".utf8)
    guard buffer.count >= end.count,
      let head = (0...buffer.count - end.count).first(where: {
        buffer[$0..<$0 + end.count].elementsEqual(end)
      })
    else { return nil }
    let lines = String(decoding: buffer[..<head], as: UTF8.self).split(separator: "\r\n")
    let length = lines.dropFirst().lazy.compactMap { line -> Int? in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
      return Int(parts[1].drop { $0 == " " })
    }.first
    let start = head + end.count
    guard let first = lines.first, let length = length ?? 0 as Int?, length >= 0,
      buffer.count >= start + length
    else { return nil }
    let message = Message(firstLine: String(first), body: Array(buffer[start..<start + length]))
    buffer.removeFirst(start + length)
    return message
  }
}
