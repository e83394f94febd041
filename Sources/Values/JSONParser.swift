// SPDX-License-Identifier: Apache-2.0
// The one JSON parser: strict, without recursion, generic over what becomes of the text.

/// Reads one JSON text and tells a sink what stands in it.
///
/// Strict UTF-8; a byte order mark, a lone surrogate escape and anything after the value are
/// refused. The source must stay valid while the parser lives.
/// **Source**: RFC 8259
public struct JSONParser: ~Copyable {
  let source: UnsafeBufferPointer<UInt8>
  let start: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  var at: UnsafePointer<UInt8>
  let limits: JSONLimits
  private var values = 0
  /// The string being read, its escapes resolved; filled only for a string that has some.
  var unescaped = ByteBuffer(capacity: 64)

  public init(_ source: UnsafeRawBufferPointer, limits: JSONLimits = .standard) {
    self.source = source.bindMemory(to: UInt8.self)
    // An empty buffer has no address; any will do for one that is never read.
    start = self.source.baseAddress ?? UnsafePointer(Self.nothing.utf8Start)
    end = start + self.source.count
    at = start
    self.limits = limits
  }

  private static let nothing: StaticString = ""

  /// **Throws**: where and why the text is refused; the sink is then of no use
  public mutating func parse<Sink: JSONSink & ~Copyable>(into sink: inout Sink) throws(JSONError) {
    try checkSize()
    if source.count >= 3, start[0] == 0xEF, start[1] == 0xBB, start[2] == 0xBF {
      throw failure("byte_order_mark", "the text begins with a byte order mark: leave it out")
    }
    skipSpace()
    if at == end { throw failure("empty", "the text is empty, a JSON value is wanted") }
    try parseValue(into: &sink)
    skipSpace()
    if at != end {
      throw failure("trailing_content", "\(shown()) after the end of the value")
    }
  }

  func checkSize() throws(JSONError) {
    guard source.count > limits.bytes else { return }
    throw failure(
      "too_large",
      "the text has \(source.count) bytes, at most \(limits.bytes) are read: send less at once")
  }

  /// Reads one value that begins at `at` and stops behind it.
  mutating func parseValue<Sink: JSONSink & ~Copyable>(
    into sink: inout Sink
  ) throws(JSONError) {
    // The kinds of the open containers, on this thread's stack: no allocation, no recursion.
    let outcome = withUnsafeTemporaryAllocation(of: Bool.self, capacity: limits.depth + 1) {
      isObject in
      Result { () throws(JSONError) in try self.run(&sink, isObject) }
    }
    try outcome.get()
  }

  @inline(__always)
  private mutating func run<Sink: JSONSink & ~Copyable>(
    _ sink: inout Sink, _ isObject: UnsafeMutableBufferPointer<Bool>
  ) throws(JSONError) {
    var depth = 0
    while true {
      // One value, or the opening of a container.
      let opened = try scalarOrOpening(&sink)
      if opened != 0 {
        depth += 1
        if depth > limits.depth {
          at -= 1
          throw tooDeep()
        }
        let opensObject = opened == 0x7B
        isObject[depth] = opensObject
        skipSpace()
        let closing: UInt8 = opensObject ? 0x7D : 0x5D
        if at == end || at[0] != closing {
          if opensObject { try name(&sink, isFirst: true) }
          continue
        }
        // An empty container closes below like a full one.
      }
      // What follows a value: closings, then a comma, or the end of it all.
      if try afterValue(&sink, isObject, &depth) { return }
    }
  }

  /// Closes what ends here; true when the outermost value is complete.
  @inline(__always)
  private mutating func afterValue<Sink: JSONSink & ~Copyable>(
    _ sink: inout Sink, _ isObject: UnsafeMutableBufferPointer<Bool>, _ depth: inout Int
  ) throws(JSONError) -> Bool {
    while depth > 0 {
      skipSpace()
      let inObject = isObject[depth]
      let byte = at < end ? at[0] : 0
      if byte == 0x2C {
        at += 1
        skipSpace()
        if inObject { try name(&sink, isFirst: false) }
        return false
      }
      guard byte == (inObject ? 0x7D : 0x5D), at < end else { throw unclosed(inObject) }
      at += 1
      if inObject { sink.objectEnd() } else { sink.listEnd() }
      depth -= 1
    }
    return true
  }

  /// The byte that opened a container, or 0 after a scalar.
  @inline(__always)
  private mutating func scalarOrOpening<Sink: JSONSink & ~Copyable>(
    _ sink: inout Sink
  ) throws(JSONError) -> UInt8 {
    values += 1
    if values > limits.values { throw tooManyValues() }
    guard at < end else { throw unexpectedEnd("a value is missing") }
    let byte = at[0]
    switch byte {
    case 0x22:
      let written = try string()
      sink.text(written.isPlain ? written.bytes : unescaped.view, written: written.bytes)
    case 0x7B:
      at += 1
      sink.objectBegin()
      return byte
    case 0x5B:
      at += 1
      sink.listBegin()
      return byte
    case 0x2D, 0x30...0x39: try number(&sink)
    case 0x74:
      try word("true")
      sink.boolean(true)
    case 0x66:
      try word("false")
      sink.boolean(false)
    case 0x6E:
      try word("null")
      sink.null()
    default: throw failure("unexpected_character", "\(shown()) where a value is wanted")
    }
    return 0
  }

  @inline(__always)
  private mutating func name<Sink: JSONSink & ~Copyable>(
    _ sink: inout Sink, isFirst: Bool
  ) throws(JSONError) {
    guard at < end, at[0] == 0x22 else { throw noName(isFirst) }
    let written = try string()
    sink.name(written.isPlain ? written.bytes : unescaped.view, written: written.bytes)
    skipSpace()
    guard at < end, at[0] == 0x3A else {
      throw at < end
        ? failure("unexpected_character", "\(shown()) where a colon is wanted")
        : unexpectedEnd("a colon and a value are missing")
    }
    at += 1
    skipSpace()
  }

  @inline(__always)
  mutating func skipSpace() {
    while at < end, at[0] <= 0x20 {
      guard at[0] == 0x20 || at[0] == 0x0A || at[0] == 0x0D || at[0] == 0x09 else { return }
      at += 1
    }
  }

  @inline(__always)
  private mutating func word(_ word: StaticString) throws(JSONError) {
    let length = word.utf8CodeUnitCount
    guard end - at >= length, UTF8Scan.equal(at, word.utf8Start, length) else {
      throw misspelled(word)
    }
    at += length
  }
}
