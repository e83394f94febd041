// SPDX-License-Identifier: Apache-2.0
// Raw sockets on the loopback: what no HTTP client would send.
import Glibc
import Testing

enum Loopback {
  /// Whether anybody accepts at a port.
  static func accepts(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { Glibc.close(descriptor) }
    var address = Self.address(port)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  static func close(_ descriptor: Int32) { Glibc.close(descriptor) }

  /// A listening socket on a free port.
  static func listen(queue: Int32 = 4_096) throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.address(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        Glibc.bind(descriptor, address, size) == 0 && Glibc.listen(descriptor, queue) == 0
          && getsockname(descriptor, address, &size) == 0
      }
    }
    try #require(bound, "no port: errno \(errno)")
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}

/// One connection to a port of the loopback.
final class RawConnection {
  private var descriptor: Int32
  private var received: [UInt8] = []

  /// A connection that was accepted.
  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Connects; without `waits` the handshake may still be under way.
  init(_ port: UInt16, waits: Bool = true) throws {
    let type = Int32(SOCK_STREAM.rawValue) | (waits ? 0 : Int32(SOCK_NONBLOCK.rawValue))
    descriptor = socket(AF_INET, type, 0)
    var address = Loopback.address(port)
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    try #require(isConnected || !waits, "no connection: errno \(errno)")
  }

  deinit { close() }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Sends all of it; false when the peer has closed.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Reads one response with a Content-Length; what follows it stays for the next call.
  func response() -> (status: Int, head: String, body: String) {
    let end = Array("\r\n\r\n".utf8)
    while received.firstRange(of: end) == nil && readMore() {}
    guard let range = received.firstRange(of: end) else { return (0, text, "") }
    let head = String(decoding: received[..<range.lowerBound], as: UTF8.self)
    let line = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
    let length = Int(line?.dropFirst(15).drop { $0 == " " } ?? "0") ?? 0
    while received.count < range.upperBound + length && readMore() {}
    let stop = min(range.upperBound + length, received.count)
    let body = String(decoding: received[range.upperBound..<stop], as: UTF8.self)
    received.removeFirst(stop)
    return (Int(head.split(separator: " ").dropFirst().first ?? "0") ?? 0, head, body)
  }

  /// Reads up to the end of a request's headers.
  func readHead() {
    while received.firstRange(of: Array("\r\n\r\n".utf8)) == nil && readMore() {}
  }

  /// Reads until the peer closes.
  func rest() -> String {
    while readMore() {}
    return text
  }

  private var text: String { String(decoding: received, as: UTF8.self) }

  private func readMore() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    received += buffer[..<count]
    return true
  }
}
