// SPDX-License-Identifier: Apache-2.0
// The socket as a worker uses it: a host that is gone ends the process.
import Glibc
import WorkerProtocol

/// Reads from and writes to the host.
///
/// **Isolation**: any thread, with a buffer of its own.
final class HostLink: Sendable {
  private let socket = MessageSocket(descriptor: InheritedDescriptor.socket, peer: .host)

  /// The next message; blocks. Ends the process when the host is gone, and when it breaks the
  /// protocol: a worker that does not understand its host must not go on.
  ///
  /// Returns nil only after `stopReading`.
  func next(_ buffer: ReceiveBuffer) -> HostMessage? {
    do throws(ProtocolViolation) {
      switch try socket.receive(buffer, wait: true) {
      case .message(let message): return try HostMessage(message)
      case .closed, .wouldBlock: return nil
      }
    } catch {
      if error.code != "socket_failed" { violated(error) }
      ExitCode.end(ExitCode.socketLost, saying: "the socket to the host is lost: \(error)")
    }
  }

  /// Makes every thread's `next` return nil.
  func stopReading() { shutdown(InheritedDescriptor.socket, Int32(SHUT_RD)) }

  /// Sends, blocking while the host is busy. False when the message is over its bound.
  @discardableResult
  func send(_ message: some TypedMessage, _ writer: inout PayloadWriter) -> Bool {
    message.write(into: &writer)
    return send(&writer)
  }

  @discardableResult
  func send(_ message: some TypedMessage) -> Bool {
    var writer = PayloadWriter(capacity: 256)
    return send(message, &writer)
  }

  @discardableResult
  func send(_ writer: inout PayloadWriter) -> Bool { send(&writer, wait: true) == .sent }

  /// Sends without blocking: false when the host is behind.
  func sendNow(_ message: some TypedMessage) -> Bool {
    var writer = PayloadWriter(capacity: 256)
    message.write(into: &writer)
    return send(&writer, wait: false) == .sent
  }

  /// nil when the message is over its bound.
  private func send(_ writer: inout PayloadWriter, wait: Bool) -> MessageSocket.Sent? {
    do throws(ProtocolViolation) {
      let sent = try socket.send(&writer, wait: wait)
      if sent == .closed { ExitCode.end(ExitCode.stopped) }
      return sent
    } catch {
      if error.code == "payload_too_large" { return nil }
      ExitCode.end(ExitCode.socketLost, saying: "the socket to the host is lost: \(error)")
    }
  }

  func violated(_ violation: ProtocolViolation) -> Never {
    ExitCode.end(ExitCode.protocolViolated, saying: "the host broke the protocol: \(violation)")
  }

  func unexpected(_ what: String) -> Never {
    violated(ProtocolViolation(code: "kind_unexpected", reason: "\(what) is not for this worker"))
  }
}
