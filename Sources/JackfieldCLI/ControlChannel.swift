// SPDX-License-Identifier: Apache-2.0
// The frames between a command and the running host, over DATA/control.sock.
import Glibc

/// One end of a control connection.
///
/// **Shape**: each frame is `length u32 little-endian, kind u8, payload`; length counts the
/// payload only and is at most 8 MiB. The client sends `request` (JSON `{args, terminal, folder}`), a
/// `file` for each file the command names, `go`; the server sends `output`, `error`, `progress`
/// and `ask`, which the client answers with `answer`, and at the end `exit`.
final class ControlChannel {
  enum Kind: UInt8 {
    case request = 1, file, go, answer, noAnswer
    case output = 10, error, progress, ask, exit
  }

  struct Frame {
    let kind: Kind
    let payload: [UInt8]
    var text: String { String(decoding: payload, as: UTF8.self) }
  }

  static let payloadLimit = 8 << 20

  private let descriptor: Int32

  /// **Ownership**: the channel closes the descriptor.
  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Whether the frame went out; false when the other end is gone.
  @discardableResult
  func send(_ kind: Kind, _ payload: [UInt8] = []) -> Bool {
    let size = UInt32(payload.count)
    var bytes: [UInt8] = [
      UInt8(truncatingIfNeeded: size), UInt8(truncatingIfNeeded: size >> 8),
      UInt8(truncatingIfNeeded: size >> 16), UInt8(truncatingIfNeeded: size >> 24), kind.rawValue,
    ]
    bytes += payload
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        Glibc.send(
          descriptor, raw.baseAddress?.advanced(by: sent), raw.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ kind: Kind, _ text: String) -> Bool { send(kind, Array(text.utf8)) }

  /// The next frame, or nil when the other end is gone or broke the format.
  func receive() -> Frame? {
    guard let head = read(5), let kind = Kind(rawValue: head[4]) else { return nil }
    let size =
      Int(head[0]) | Int(head[1]) << 8 | Int(head[2]) << 16 | Int(head[3]) << 24
    guard size <= Self.payloadLimit, let payload = read(size) else { return nil }
    return Frame(kind: kind, payload: payload)
  }

  /// Whether the other end has closed: a peek that does not wait.
  var isClosed: Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
  }

  private func read(_ size: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: size)
    var got = 0
    while got < size {
      let count = bytes.withUnsafeMutableBytes { raw in
        recv(descriptor, raw.baseAddress?.advanced(by: got), size - got, 0)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return nil }
      got += count
    }
    return bytes
  }
}
