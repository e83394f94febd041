// SPDX-License-Identifier: Apache-2.0
// Messages over a real socket pair, with peers that behave and peers that do not.
import CSystem
import Glibc
import Testing

@testable import WorkerProtocol

@Suite struct MessageSocketTests {
  private let host: MessageSocket
  private let worker: MessageSocket
  private let buffer = ReceiveBuffer(slots: Limits.batch)

  init() throws {
    let pair = try MessageSocket.pair()
    host = MessageSocket(descriptor: pair.host, peer: .worker, owned: true)
    worker = MessageSocket(descriptor: pair.worker, peer: .host, owned: true)
  }

  private func next(_ socket: MessageSocket) throws -> Message? {
    switch try socket.receive(buffer, wait: false) {
    case .message(let message): message
    case .wouldBlock, .closed: nil
    }
  }

  @Test func `a call arrives with every field as it was sent`() throws {
    var writer = PayloadWriter()
    let sent = CallMessage(
      call: 7, action: 3, budgetMS: -5, key: [1, 2], context: Array("{}".utf8)[...],
      parameters: Array(#"{"a":1}"#.utf8)[...])
    sent.write(into: &writer)
    #expect(try host.send(&writer, wait: true) == .sent)

    let message = try #require(try next(worker))
    guard case .call(let call) = try HostMessage(message) else {
      Issue.record("not a call")
      return
    }
    #expect(call.call == 7)
    #expect(call.action == 3)
    #expect(call.budgetMS == -5)
    #expect(Array(call.key) == [1, 2])
    #expect(String(decoding: call.parameters, as: UTF8.self) == #"{"a":1}"#)
  }

  @Test func `nothing to receive is told from a peer that is gone`() throws {
    guard case .wouldBlock = try worker.receive(buffer, wait: false) else {
      Issue.record("something came")
      return
    }
    shutdown(host.descriptor, Int32(SHUT_WR))
    guard case .closed = try worker.receive(buffer, wait: false) else {
      Issue.record("not closed")
      return
    }
  }

  @Test func `a peer that is gone ends a send without a signal`() throws {
    shutdown(worker.descriptor, Int32(SHUT_RD))
    #expect(try host.send(.bare(.stop), wait: true) == .closed)
  }

  @Test func `a full socket says so instead of blocking`() throws {
    let message = try EncodedMessage.bare(.stop)
    var state = MessageSocket.Sent.sent
    for _ in 0..<100_000 where state == .sent { state = try host.send(message, wait: false) }
    #expect(state == .wouldBlock)
  }

  @Test(arguments: [65_520 - 8, 65_521, 1 << 20, (32 << 20) - 8])
  func `a payload of any size up to the bound arrives whole`(size: Int) throws {
    let body = [UInt8]((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let message = IncomingMessage(exchange: 9, head: [], body: body[...])
    #expect(try worker.send(message.encoded(), wait: false) == .sent)
    let received = try IncomingMessage(try #require(try next(host)))
    #expect(Array(received.body) == body)
  }

  @Test func `a payload over its kind's bound is refused before it is sent`() throws {
    let message = IncomingMessage(
      exchange: 9, head: [], body: [UInt8](repeating: 0, count: 32 << 20)[...])
    #expect(throws: ProtocolViolation.self) { try message.encoded() }
  }

  @Test func `many messages go and come in one system call each`() throws {
    let messages = try (1...5).map {
      try LogMessage(call: UInt32($0), level: 1, text: Array("line \($0)".utf8)[...]).encoded()
    }
    #expect(try worker.sendMany(messages[...]) == (5, .sent))
    var received: [Message] = []
    #expect(try host.receiveMany(buffer, into: &received) == (5, false))
    #expect(received.map(\.call) == [1, 2, 3, 4, 5])
    #expect(try host.receiveMany(buffer, into: &received) == (0, false))
    shutdown(worker.descriptor, Int32(SHUT_WR))
    #expect(try host.receiveMany(buffer, into: &received) == (0, true))
  }

  @Test func `a batch with sealed memory in it arrives whole`() throws {
    let large = [UInt8](repeating: 7, count: 100_000)
    let messages = try [
      IncomingMessage(exchange: 1, head: [], body: [1]).encoded(),
      IncomingMessage(exchange: 2, head: [], body: large[...]).encoded(),
      IncomingMessage(exchange: 3, head: [], body: [3]).encoded(),
    ]
    #expect(try worker.sendMany(messages[...]).count == 3)
    var received: [Message] = []
    #expect(try host.receiveMany(buffer, into: &received).count == 3)
    #expect(try IncomingMessage(received[1]).body.count == large.count)
  }
}
