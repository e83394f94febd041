// SPDX-License-Identifier: Apache-2.0
// The messages between host and worker, as a hostile peer writes them.
import WorkerProtocol

extension Surface {
  static let frame = Surface(
    name: "frame",
    summary: "a frame of either side is refused or decoded, and decoded it encodes to itself",
    mostBytes: 1_024,
    words: MessageKind.allCases.map { String(Unicode.Scalar($0.rawValue)) + "\0\0\0" }
      + ["\u{1}\0\0\0", "\u{10}\0\0\0", "{\"a\":1}"],
    examine: { (input) throws(BrokenProperty) in
      for sender in [Side.host, .worker] {
        var again: [UInt8]?
        do throws(ProtocolViolation) {
          again = try encodedAgain(input, from: sender)
        } catch {
          try require(!error.code.isEmpty && !error.reason.isEmpty, "a violation says what it is")
          try require(error.reason.isFitForTerminal, "a violation holds no control character")
        }
        try require(again ?? input == input, "a decoded frame encodes to the same bytes")
      }
    })

  /// A frame as its fields are written again; nil where it is not carried inside.
  private static func encodedAgain(
    _ input: [UInt8], from sender: Side
  ) throws(ProtocolViolation) -> [UInt8]? {
    // What travels in sealed memory is the rest of the input here.
    let isInMemory = input.count > 1 && input[1] & 1 == 1
    let carried = isInMemory ? Array(input.prefix(Limits.header)) : input
    let header = try carried.withUnsafeBytes { bytes in
      Result { () throws(ProtocolViolation) in try MessageHeader(parsing: bytes, from: sender) }
    }.get()
    let payload = Array(input.dropFirst(Limits.header))
    guard payload.count == Int(header.length) else { return nil }
    let message = Message(header: header, payload: payload)
    let encoded =
      sender == .host
      ? try HostMessage(message).encodedAgain() : try WorkerMessage(message).encodedAgain()
    return encoded.memory == nil && !isInMemory ? encoded.bytes : nil
  }
}

extension HostMessage {
  fileprivate func encodedAgain() throws(ProtocolViolation) -> EncodedMessage {
    switch self {
    case .hello(let message): try message.encoded()
    case .call(let message): try message.encoded()
    case .cancel(let call): try .bare(.cancel, call: call)
    case .reply(let message): try message.encoded()
    case .stop: try .bare(.stop)
    case .submit(let message): try message.encoded()
    case .abort(let exchange): try .bare(.abort, exchange: exchange)
    case .respond(let message): try message.encoded()
    case .intake(let message): try message.encoded()
    case .file(let exchange, let file): .file(file, exchange: exchange)
    }
  }
}

extension WorkerMessage {
  fileprivate func encodedAgain() throws(ProtocolViolation) -> EncodedMessage {
    switch self {
    case .ready(let message): try message.encoded()
    case .loadFailed(let message): try message.encoded()
    case .result(let message): try message.encoded()
    case .request(let message): try message.encoded()
    case .log(let message): try message.encoded()
    case .progress(let message): try message.encoded()
    case .left(let exchange): try .bare(.left, exchange: exchange)
    case .answered(let message): try message.encoded()
    case .incoming(let message): try message.encoded()
    }
  }
}
