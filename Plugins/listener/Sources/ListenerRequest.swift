// SPDX-License-Identifier: Apache-2.0
// One request as it comes in.
import CMicrohttpdCalls
import ExchangeValues

/// A request's target, its body so far, and where it stands. Confined to the daemon's thread.
final class ListenerRequest {
  /// Where a request stands. Each state names what ends it.
  enum Phase {
    /// The headers have not been seen: the first call of the request callback.
    case fresh
    /// The body is coming in: ends with its last piece, or over the limit.
    case receiving
    /// Refused while its body came in; this much of it was thrown away since.
    case refused(drained: Int)
    /// The host has it under this number: ends with its answer.
    case waiting(UInt64)
    /// Answered; the callback is not called again for it.
    case done
  }

  let target: [UInt8]
  var phase = Phase.fresh
  private(set) var body: [UInt8] = []

  init(target: UnsafePointer<CChar>) {
    self.target = Array(String(cString: target).utf8)
  }

  /// Of the query, empty ones counted.
  var parameterCount: Int {
    guard let mark = target.firstIndex(of: 0x3F) else { return 0 }
    return target[mark...].count { $0 == 0x26 } + 1
  }

  func append(_ piece: UnsafeRawBufferPointer) { body.append(contentsOf: piece) }

  /// `{method, path, query, headers: [[name, value]], peer}`, path and query as they were sent.
  func head(method: UnsafePointer<CChar>?, connection: OpaquePointer?) -> [UInt8] {
    var writer = HeadWriter()
    writer.objectBegin()
    writer.key("method")
    writer.text(Self.bytes(method))
    let (path, query) = Self.split(target)
    writer.key("path")
    writer.text(Array(path))
    writer.key("query")
    writer.text(Array(query))
    writer.key("headers")
    writer.listBegin()
    withUnsafeMutablePointer(to: &writer) { writer in
      _ = MHD_get_connection_values(
        connection, .HEADER_KIND,
        { context, _, name, value in
          guard let context else { return .NO }
          let writer = context.assumingMemoryBound(to: HeadWriter.self)
          writer.pointee.listBegin()
          writer.pointee.text(ListenerRequest.bytes(name))
          writer.pointee.text(ListenerRequest.bytes(value))
          writer.pointee.listEnd()
          return .YES
        }, writer)
    }
    writer.listEnd()
    writer.key("peer")
    writer.text(Self.peer(connection))
    writer.objectEnd()
    return writer.bytes
  }

  private static func bytes(_ text: UnsafePointer<CChar>?) -> UnsafeRawBufferPointer {
    guard let text else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    var count = 0
    while text[count] != 0 { count += 1 }
    return UnsafeRawBufferPointer(start: text, count: count)
  }

  /// The path and the query of a target in origin form or in absolute form.
  private static func split(_ target: [UInt8]) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
    var rest = target[...]
    if rest.first != 0x2F, let slashes = Self.authorityStart(rest) {
      let path = rest[slashes...].firstIndex { $0 == 0x2F || $0 == 0x3F }
      rest = path.map { rest[$0...] } ?? []
    }
    guard let mark = rest.firstIndex(of: 0x3F) else { return (rest, []) }
    return (rest[..<mark], rest[(mark + 1)...])
  }

  private static func authorityStart(_ target: ArraySlice<UInt8>) -> Int? {
    for scheme in ["http://", "https://"] where target.starts(with: scheme.utf8) {
      return target.startIndex + scheme.utf8.count
    }
    return nil
  }

  private static func peer(_ connection: OpaquePointer?) -> [UInt8] {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 80) { text in
      guard let start = text.baseAddress else { return [] }
      jf_connection_peer(connection, start, text.count)
      return Array(bytes(start))
    }
  }

  // MARK: - Crossing the callbacks

  func retained() -> UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

  static func from(_ pointer: UnsafeMutableRawPointer) -> ListenerRequest {
    Unmanaged<ListenerRequest>.fromOpaque(pointer).takeUnretainedValue()
  }

  static func release(_ pointer: UnsafeMutableRawPointer) {
    Unmanaged<ListenerRequest>.fromOpaque(pointer).release()
  }
}
