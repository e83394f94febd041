// SPDX-License-Identifier: Apache-2.0
// A peer that writes what it likes: every message ends in a violation, and nothing leaks.
import CSystem
import Glibc
import Testing

@testable import WorkerProtocol

/// Serialized, for the tests count the process's open memory descriptors.
@Suite(.serialized) struct HostilePeerTests {
  private let host: MessageSocket
  private let peer: Int32
  private let buffer = ReceiveBuffer(slots: Limits.batch)

  init() throws {
    let pair = try MessageSocket.pair()
    host = MessageSocket(descriptor: pair.host, peer: .worker, owned: true)
    peer = pair.worker
  }

  private func header(
    _ kind: UInt8, flags: UInt8 = 0, reserved: UInt8 = 0, call: UInt8 = 0, exchange: UInt8 = 0,
    length: UInt32 = 0
  ) -> [UInt8] {
    [kind, flags, reserved, 0, call, 0, 0, 0, exchange, 0, 0, 0]
      + withUnsafeBytes(of: length.littleEndian) { Array($0) }
  }

  private func send(_ bytes: [UInt8], descriptors: [Int32] = []) {
    // One descriptor goes by the function under test; more are sent by hand below.
    var message = bytes.withUnsafeBytes {
      sys_message(
        data: $0.baseAddress, size: UInt64($0.count), descriptor: descriptors.first ?? -1,
        reserved: 0)
    }
    withExtendedLifetime(bytes) { _ = sys_send(peer, &message, 0) }
  }

  private func code() -> String? {
    do throws(ProtocolViolation) {
      _ = try host.receive(buffer, wait: false)
      return nil
    } catch {
      return error.code
    }
  }

  private func memory(_ count: Int, sealed: Bool) -> Int32 {
    let memory = sys_memory_create("hostile")
    ftruncate(memory, off_t(count))
    if sealed { _ = sys_memory_seal(memory) }
    return memory
  }

  /// How many descriptors of this process are memory made by this test.
  private func openMemories() -> Int {
    (0..<1_024).filter { number in
      var room = [CChar](repeating: 0, count: 256)
      let count = readlink("/proc/self/fd/\(number)", &room, room.count)
      let bytes = room[..<max(count, 0)].map { UInt8(bitPattern: $0) }
      let link = String(decoding: bytes, as: UTF8.self)
      return link.contains("memfd:hostile")
    }.count
  }

  @Test func `a message shorter than its header is refused`() {
    send([1, 2, 3])
    #expect(code() == "message_too_short")
    close(peer)
  }

  @Test func `a kind that is unknown or the host's own is refused`() {
    for kind in [0, 1, 2, 9, 10, 31, 41, 255] as [UInt8] {
      send(header(kind, call: 1))
      #expect(code() == "kind_unknown")
    }
    close(peer)
  }

  @Test func `a reserved bit is refused`() {
    send(header(38, flags: 2, exchange: 1))
    #expect(code() == "reserved_not_zero")
    send(header(38, reserved: 1, exchange: 1))
    #expect(code() == "reserved_not_zero")
    close(peer)
  }

  @Test func `numbers that are missing or too many are refused`() {
    send(header(34, call: 0))
    #expect(code() == "number_wrong")
    send(header(38, call: 1, exchange: 1))
    #expect(code() == "number_wrong")
    send(header(35, call: 1, exchange: 0))
    #expect(code() == "number_wrong")
    close(peer)
  }

  @Test func `a length that is not the message's is refused`() {
    send(header(37, call: 1, length: 5) + [1, 2, 3])
    #expect(code() == "length_mismatch")
    send(header(37, call: 1, length: 2) + [1, 2, 3])
    #expect(code() == "length_mismatch")
    close(peer)
  }

  @Test func `a length over the kind's bound is refused before the memory is looked at`() {
    let memory = memory(16, sealed: true)
    send(header(40, flags: 1, exchange: 1, length: .max), descriptors: [memory])
    #expect(code() == "payload_too_large")
    close(memory)
    #expect(openMemories() == 0)
    close(peer)
  }

  @Test func `a message larger than any is refused`() {
    send(header(40, exchange: 1, length: 65_530) + [UInt8](repeating: 1, count: 65_530))
    #expect(code() == "payload_too_large")
    close(peer)
  }

  @Test func `memory that is not sealed, of another size, absent or unasked for is refused`() {
    let loose = memory(100, sealed: false)
    let sealed = memory(100, sealed: true)
    let message = header(40, flags: 1, exchange: 1, length: 100)
    send(message, descriptors: [loose])
    #expect(code() == "memory_unsealed")
    send(header(40, flags: 1, exchange: 1, length: 99), descriptors: [sealed])
    #expect(code() == "memory_size")
    send(message, descriptors: [0])
    #expect(code() == "memory_unsealed")
    send(message)
    #expect(code() == "memory_missing")
    send(header(38, exchange: 1), descriptors: [sealed])
    #expect(code() == "memory_unexpected")
    close(loose)
    close(sealed)
    #expect(openMemories() == 0)
    close(peer)
  }

  @Test func `several descriptors are refused and closed`() {
    let memory = memory(100, sealed: true)
    for count in [2, 3, 10, 100] {
      sendRights([Int32](repeating: memory, count: count), header(38, exchange: 1))
      #expect(code() == "descriptors")
    }
    close(memory)
    #expect(openMemories() == 0)
    close(peer)
  }

  @Test func `descriptors behind a violation of a batch are closed`() {
    let memory = memory(100, sealed: true)
    send([9])
    send(header(40, flags: 1, exchange: 1, length: 100), descriptors: [memory])
    var messages: [Message] = []
    #expect(throws: ProtocolViolation.self) { try host.receiveMany(buffer, into: &messages) }
    close(memory)
    #expect(openMemories() == 0)
    close(peer)
  }

  @Test func `random bytes as payload are read or refused, never a crash`() {
    var random = SystemRandomNumberGenerator()
    for kind in MessageKind.allCases {
      for _ in 0..<3_000 {
        let count = Int.random(in: 0...40, using: &random)
        var payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        // Often small lengths, so that deeper fields are reached.
        if count > 8 && Bool.random(using: &random) {
          for index in 1..<4 { payload[index] = 0 }
          for index in 5..<8 { payload[index] = 0 }
        }
        let header = MessageHeader(kind: kind, call: 1, exchange: 1)
        let message = Message(header: header, payload: payload)
        do throws(ProtocolViolation) {
          _ = kind.sender == .host
            ? try HostMessage(message).isSomething : try WorkerMessage(message).isSomething
        } catch {
          #expect(!error.code.isEmpty)
        }
      }
    }
    close(peer)
  }

  @Test func `random bytes as whole messages are read or refused, and nothing is left open`() {
    var random = SystemRandomNumberGenerator()
    let memory = memory(64, sealed: true)
    for _ in 0..<20_000 {
      let count = Int.random(in: 1...48, using: &random)
      var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      if Bool.random(using: &random) { bytes[0] = UInt8.random(in: 32...40, using: &random) }
      if count > 16 && Bool.random(using: &random) {
        bytes.replaceSubrange(1..<4, with: [0, 0, 0])
        bytes.replaceSubrange(12..<16, with: [UInt8(count - 16), 0, 0, 0])
      }
      send(bytes, descriptors: Bool.random(using: &random) ? [memory] : [])
      _ = code()
    }
    close(memory)
    #expect(openMemories() == 0)
    close(peer)
  }

  /// Attaches any number of descriptors, which no function of ours does.
  private func sendRights(_ descriptors: [Int32], _ bytes: [UInt8]) {
    var bytes = bytes
    let control = 16 + descriptors.count * 4
    var room = [UInt8](repeating: 0, count: (control + 7) / 8 * 8)
    room.withUnsafeMutableBytes {
      $0.storeBytes(of: control, as: Int.self)
      $0.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
      $0.storeBytes(of: 1, toByteOffset: 12, as: Int32.self)  // SCM_RIGHTS
      for (index, descriptor) in descriptors.enumerated() {
        $0.storeBytes(of: descriptor, toByteOffset: 16 + index * 4, as: Int32.self)
      }
    }
    bytes.withUnsafeMutableBytes { data in
      room.withUnsafeMutableBytes { control in
        var part = iovec(iov_base: data.baseAddress, iov_len: data.count)
        withUnsafeMutablePointer(to: &part) {
          var header = msghdr()
          header.msg_iov = $0
          header.msg_iovlen = 1
          header.msg_control = control.baseAddress
          header.msg_controllen = control.count
          #expect(sendmsg(peer, &header, 0) > 0)
        }
      }
    }
  }
}

extension HostMessage {
  fileprivate var isSomething: Bool { true }
}

extension WorkerMessage {
  fileprivate var isSomething: Bool { true }
}
