// SPDX-License-Identifier: Apache-2.0
// One end of the socket between host and worker.
import CSystem
import Glibc

/// Sends and receives messages over one end of a `SOCK_SEQPACKET` pair.
///
/// The kernel keeps the bounds of messages, so any number of threads may send and receive at once.
///
/// **Isolation**: any thread, with a `ReceiveBuffer` and a `PayloadWriter` each.
/// **Ownership**: the descriptor stays the caller's, unless `owned` was said.
package final class MessageSocket: Sendable {
  package let descriptor: Int32
  /// Who the received messages come from.
  package let peer: Side
  private let isOwned: Bool

  package init(descriptor: Int32, peer: Side, owned: Bool = false) {
    self.descriptor = descriptor
    self.peer = peer
    isOwned = owned
  }

  deinit { if isOwned { close(descriptor) } }

  /// A connected pair of descriptors, both close-on-exec: the host's and the worker's.
  package static func pair() throws(ProtocolViolation) -> (host: Int32, worker: Int32) {
    var host: Int32 = -1
    var worker: Int32 = -1
    let made = sys_socket_pair(&host, &worker)
    guard made == 0 else { throw .system("socketpair", -made) }
    return (host, worker)
  }

  /// What became of a message that was to be sent.
  package enum Sent: Sendable { case sent, wouldBlock, closed }

  /// Sends the message in `writer`, which is free to begin the next one afterwards.
  ///
  /// With `wait` false and `.wouldBlock` the message is lost: a sender that queues uses
  /// `writer.take()` and `send(_: EncodedMessage)`.
  package func send(
    _ writer: inout PayloadWriter, wait: Bool
  ) throws(ProtocolViolation) -> Sent {
    let memory = try writer.finish()
    let result = writer.bytes.withUnsafeBytes { send($0, memory?.descriptor ?? -1, wait) }
    return try sent(result)
  }

  package func send(_ message: EncodedMessage, wait: Bool) throws(ProtocolViolation) -> Sent {
    let result = message.bytes.withUnsafeBytes { send($0, message.descriptor, wait) }
    return try sent(result)
  }

  /// Sends from the front of `messages` without waiting, in one system call where it can.
  ///
  /// Returns how many went; `closed` when the peer is gone.
  package func sendMany(
    _ messages: ArraySlice<EncodedMessage>
  ) throws(ProtocolViolation) -> (count: Int, state: Sent) {
    guard !messages.isEmpty else { return (0, .sent) }
    let batch = messages.prefix(Limits.batch)
    let result = withExtendedLifetime(batch) {
      withUnsafeTemporaryAllocation(of: sys_message.self, capacity: batch.count) { room in
        for (index, message) in batch.enumerated() {
          // Safe because: the batch is kept alive and unchanged until the call below has
          // returned, and an array's storage does not move while nobody writes to it.
          let bytes = message.bytes.withUnsafeBytes { $0 }
          room.initializeElement(
            at: index,
            to: sys_message(
              data: bytes.baseAddress, size: UInt64(bytes.count),
              descriptor: message.descriptor, reserved: 0))
        }
        return sys_send_many(descriptor, room.baseAddress, Int32(batch.count))
      }
    }
    if result >= 0 { return (Int(result), Int(result) == messages.count ? .sent : .wouldBlock) }
    return (0, try sent(result))
  }

  /// What came of a receive.
  package enum Received: Sendable { case message(Message), wouldBlock, closed }

  /// Receives one message and checks its header.
  ///
  /// **Throws**: the violation; descriptors that came with the message are closed.
  package func receive(
    _ buffer: ReceiveBuffer, wait: Bool
  ) throws(ProtocolViolation) -> Received {
    var received = sys_received()
    let result = sys_receive(
      descriptor, buffer.memory.baseAddress, UInt64(Limits.message), wait ? 1 : 0, &received)
    if result == -EAGAIN { return .wouldBlock }
    if result == -ECONNRESET { return .closed }
    guard result == 0 else { throw .system("recvmsg", -result) }
    guard let message = try message(received, buffer, 0) else { return .closed }
    return .message(message)
  }

  /// Receives what is there, up to the buffer's slots, and appends it to `messages`.
  ///
  /// Returns `.message` states as a count: 0 with `isClosed` false means nothing was there.
  /// **Throws**: the first violation; the messages before it have been appended, descriptors
  /// that came with those after it are closed.
  package func receiveMany(
    _ buffer: ReceiveBuffer, into messages: inout [Message]
  ) throws(ProtocolViolation) -> (count: Int, isClosed: Bool) {
    var received = [sys_received](repeating: sys_received(), count: buffer.slots)
    let result = sys_receive_many(
      descriptor, buffer.memory.baseAddress, UInt64(Limits.message), Int32(buffer.slots), &received)
    if result == -EAGAIN { return (0, false) }
    if result == -ECONNRESET { return (0, true) }
    guard result >= 0 else { throw .system("recvmmsg", -result) }
    for index in 0..<Int(result) {
      do throws(ProtocolViolation) {
        guard let message = try message(received[index], buffer, index) else {
          return (index, true)
        }
        messages.append(message)
      } catch {
        for rest in received[(index + 1)..<Int(result)] where rest.descriptor >= 0 {
          close(rest.descriptor)
        }
        throw error
      }
    }
    return (Int(result), false)
  }

  /// The message in a slot, or nil when the peer is gone.
  private func message(
    _ received: sys_received, _ buffer: ReceiveBuffer, _ slot: Int
  ) throws(ProtocolViolation) -> Message? {
    // From here on the descriptor is closed on every way out.
    let attached = received.descriptor >= 0 ? AttachedFile(owning: received.descriptor) : nil
    switch received.violation {
    case SYS_RECEIVED_TOO_LONG:
      throw ProtocolViolation(
        code: "payload_too_large", reason: "a message of over \(Limits.message) bytes")
    case SYS_RECEIVED_MANY_DESCRIPTORS:
      throw ProtocolViolation(
        code: "descriptors", reason: "more than one descriptor came with a message")
    default: break
    }
    if received.size == 0 { return nil }
    let bytes = buffer.slot(slot, count: Int(received.size))
    let header = try MessageHeader(parsing: bytes, from: peer)
    guard header.isInMemory == (attached != nil) else {
      throw ProtocolViolation(
        code: attached == nil ? "memory_missing" : "memory_unexpected",
        reason: "\(header.kind): the flag and the attached descriptor do not agree")
    }
    if header.kind == .file { return Message(header: header, payload: [], file: attached) }
    let payload = try attached.map { attached throws(ProtocolViolation) in
      try SealedMemory.read(attached.descriptor, exactly: Int(header.length))
    }
    return Message(header: header, payload: payload ?? [UInt8](bytes[Limits.header...]))
  }

  private func send(
    _ bytes: UnsafeRawBufferPointer, _ attached: Int32, _ wait: Bool
  ) -> Int32 {
    var message = sys_message(
      data: bytes.baseAddress, size: UInt64(bytes.count), descriptor: attached, reserved: 0)
    return sys_send(descriptor, &message, wait ? 1 : 0)
  }

  private func sent(_ result: Int32) throws(ProtocolViolation) -> Sent {
    switch -result {
    case 0: return .sent
    case EAGAIN: return .wouldBlock
    case EPIPE, ECONNRESET, ENOTCONN: return .closed
    default: throw .system("sendmsg", -result)
    }
  }
}
