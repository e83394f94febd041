// SPDX-License-Identifier: Apache-2.0
// The accessors of a tape's values.

extension UnsafePointer where Pointee == JSONTape.Node {
  public var type: JSONType { pointee.type }

  /// A text's bytes; a number's digits as written; else empty.
  public var text: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: pointee.bytes, count: Int(pointee.length))
  }

  /// An integer, or a boolean as 0 or 1; nil for everything else.
  public var integer: Int64? {
    pointee.type == .integer || pointee.type == .boolean ? pointee.number : nil
  }

  /// Any number, rounded to nearest; nil for everything else and beyond a double's range.
  public var number: Double? {
    switch pointee.type {
    case .integer: return Double(pointee.number)
    case .number:
      let value = Double(String(decoding: text, as: UTF8.self)) ?? .nan
      return value.isFinite ? value : nil
    default: return nil
    }
  }

  public var boolean: Bool? { pointee.type == .boolean ? pointee.number != 0 : nil }

  /// Elements of a list or members of an object; 0 for everything else.
  public var count: Int { isContainer ? Int(pointee.number) : 0 }

  /// The member with this name, the last where it stands twice; nil where there is none.
  public func child(_ name: UnsafeBufferPointer<UInt8>) -> Self? {
    guard pointee.type == .object else { return nil }
    var found: Self?
    var member = first
    while let current = member {
      if UTF8Scan.equal(current.name, name) { found = current }
      member = current.next
    }
    return found
  }

  public func child(_ name: String) -> Self? { name.withBytes { child($0) } }

  /// The first element or member.
  public var first: Self? { count > 0 ? self + 1 : nil }

  /// The next element or member of the container this one is in.
  public var next: Self? { pointee.isLast ? nil : self + Int(pointee.span) }

  /// The name of a member; empty for anything else.
  public var name: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: pointee.name, count: Int(pointee.nameLength))
  }

  private var isContainer: Bool { pointee.type == .list || pointee.type == .object }
}

extension UnsafePointer where Pointee == JSONTape.Node {
  /// Compact JSON of this value. **Unit**: UTF-8
  public var jsonBytes: [UInt8] {
    var sink = JSONTextSink()
    replay(into: &sink)
    return Array(sink.buffer.view)
  }

  public var json: String { String(decoding: jsonBytes, as: UTF8.self) }

  /// A copy as a value of its own.
  public var value: JSONValue {
    var sink = JSONValueSink()
    replay(into: &sink)
    return sink.root
  }

  /// Tells a sink of this value as the parser would.
  func replay<Sink: JSONSink & ~Copyable>(into sink: inout Sink) {
    let end = self + Int(pointee.span)
    var open: [(end: Self, isObject: Bool)] = []
    var at = self
    while at < end {
      if at != self, at.pointee.name != nil { sink.name(at.name, written: at.name) }
      switch at.pointee.type {
      case .null: sink.null()
      case .boolean: sink.boolean(at.pointee.number != 0)
      case .integer: sink.integer(at.pointee.number, written: at.text)
      case .number: sink.number(written: at.text)
      case .text: sink.text(at.text, written: at.text)
      case .list:
        sink.listBegin()
        open.append((at + Int(at.pointee.span), false))
      case .object:
        sink.objectBegin()
        open.append((at + Int(at.pointee.span), true))
      }
      // Entries lie in the order of the text: a container ends where the next entry is past it.
      at += 1
      while let last = open.last, last.end == at {
        if last.isObject { sink.objectEnd() } else { sink.listEnd() }
        open.removeLast()
      }
    }
  }
}
