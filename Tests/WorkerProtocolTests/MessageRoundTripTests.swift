// SPDX-License-Identifier: Apache-2.0
// Every typed message comes back as it was written.
import Testing

@testable import WorkerProtocol

@Suite struct MessageRoundTripTests {
  private func roundTrip<M: TypedMessage>(_ message: M) throws -> M {
    var writer = PayloadWriter()
    message.write(into: &writer)
    let encoded = try writer.take()
    let header = try encoded.bytes.withUnsafeBytes { bytes throws(ProtocolViolation) in
      try MessageHeader(parsing: bytes, from: M.kind.sender)
    }
    #expect(header.kind == M.kind)
    return try M(Message(header: header, payload: Array(encoded.bytes[Limits.header...])))
  }

  @Test func `messages with a call keep its number`() throws {
    let result = try roundTrip(ResultMessage(call: 8, status: 9, json: [1]))
    #expect((result.call, result.status, Array(result.json)) == (8, 9, [1]))
    let waiting = try roundTrip(ResultMessage(call: 8, status: ResultMessage.waits, json: [1]))
    #expect(waiting.status == 64)
    let request = try roundTrip(
      RequestMessage(call: 1, exchange: 2, service: .httpSend, json: [3], body: [4, 5]))
    #expect((request.call, request.exchange, request.service) == (1, 2, .httpSend))
    #expect(Array(request.body) == [4, 5])
    let reply = try roundTrip(ReplyMessage(call: 1, exchange: 2, status: 6, json: [], body: [7]))
    #expect((reply.status, Array(reply.body)) == (6, [7]))
    let log = try roundTrip(LogMessage(call: 0, level: 3, text: [0x66]))
    #expect((log.call, log.level) == (0, 3))
  }

  @Test func `messages with an exchange keep its number`() throws {
    #expect(try roundTrip(SubmitMessage(exchange: 4, request: [1], body: [])).exchange == 4)
    #expect(try roundTrip(AnsweredMessage(exchange: 5, head: [1], body: [2])).exchange == 5)
    #expect(try roundTrip(RespondMessage(exchange: 6, head: [], body: [])).exchange == 6)
    #expect(try roundTrip(IntakeMessage(isOpen: true)).isOpen)
    #expect(try roundTrip(IntakeMessage(isOpen: false)).isOpen == false)
  }

  @Test func `a status, level, service or flag that is not listed is refused`() {
    let payloads: [(MessageKind, [UInt8])] = [
      (.result, [10, 0, 0, 0, 0, 0, 0, 0]), (.result, [65, 0, 0, 0, 0, 0, 0, 0]),
      (.result, [255, 255, 255, 255, 0, 0, 0, 0]),
      (.log, [4, 0, 0, 0, 0]), (.request, [0, 0, 0, 0, 0, 0, 0, 0, 0]),
      (.request, [18, 0, 0, 0, 0, 0, 0, 0, 0]), (.request, [22, 0, 0, 0, 0, 0, 0, 0, 0]),
    ]
    for (kind, payload) in payloads {
      let message = Message(
        header: MessageHeader(kind: kind, call: 1, exchange: 1), payload: payload)
      #expect(throws: ProtocolViolation.self) { try WorkerMessage(message) }
    }
    let flag = Message(header: MessageHeader(kind: .intake), payload: [2])
    #expect(throws: ProtocolViolation.self) { try HostMessage(flag) }
  }
}
