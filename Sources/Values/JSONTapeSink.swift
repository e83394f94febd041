// SPDX-License-Identifier: Apache-2.0
// From the parser's events to a tape.

/// Appends one entry for each value. The bytes an entry shows lie in the tape's own copy of the
/// source, at the place they have in the source; a text with escapes is written over its escaped
/// form there, which is never shorter.
struct JSONTapeSink: JSONSink, ~Copyable {
  struct Frame {
    var container: Int
    var lastChild: Int
    var count: Int
  }

  private let source: UnsafePointer<UInt8>
  private let copy: UnsafeMutablePointer<UInt8>
  private var nodes: UnsafeMutablePointer<JSONTape.Node>
  private(set) var count = 0
  private var capacity: Int
  private var name: UnsafeBufferPointer<UInt8>?
  /// The container being filled; those around it are on the stack.
  private var current = Frame(container: -1, lastChild: -1, count: 0)
  private var outer = ScratchStack<Frame>(capacity: 16)

  /// **Ownership**: the memory of the result is the caller's
  static func parse(
    _ source: UnsafeRawBufferPointer, _ limits: JSONLimits
  ) throws(JSONError) -> JSONTapeParts {
    // Lengths and spans are 32 bits wide.
    precondition(limits.bytes <= Int(UInt32.max), "a tape's text is at most 4 GiB")
    var parser = JSONParser(source, limits: limits)
    try parser.checkSize()
    let text = UnsafeMutablePointer<UInt8>.allocate(capacity: Swift.max(source.count, 1))
    text.update(from: parser.start, count: source.count)
    var sink = JSONTapeSink(source: parser.start, count: source.count, copy: text)
    do throws(JSONError) {
      try parser.parse(into: &sink)
    } catch {
      text.deallocate()
      sink.nodes.deallocate()
      throw error
    }
    sink.nodes[0].isLast = true
    return JSONTapeParts(text: text, nodes: sink.nodes, count: sink.count)
  }

  private init(source: UnsafePointer<UInt8>, count: Int, copy: UnsafeMutablePointer<UInt8>) {
    self.source = source
    self.copy = copy
    // A guess at ten bytes a value; most texts have fewer values than that.
    capacity = 8 + count / 10
    nodes = .allocate(capacity: capacity)
  }

  @inline(__always)
  private mutating func add(_ type: JSONType, _ number: Int64 = 0) {
    if count == capacity { grow() }
    (nodes + count).initialize(to: JSONTape.Node(number: number, type: type))
    if let name {
      nodes[count].name = UnsafePointer(name.baseAddress)
      nodes[count].nameLength = UInt32(truncatingIfNeeded: name.count)
      self.name = nil
    }
    current.lastChild = count
    current.count += 1
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    capacity *= 2
    let larger = UnsafeMutablePointer<JSONTape.Node>.allocate(capacity: capacity)
    larger.moveInitialize(from: nodes, count: count)
    nodes.deallocate()
    nodes = larger
  }

  /// Shows bytes of the source in the copy, resolved where they differ from what was written.
  @inline(__always)
  private func kept(
    _ bytes: UnsafeBufferPointer<UInt8>, _ written: UnsafeBufferPointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8> {
    guard let start = bytes.baseAddress, let place = written.baseAddress else { return written }
    let target = copy + (place - source)
    if start != place { target.update(from: start, count: bytes.count) }
    return UnsafeBufferPointer(start: target, count: bytes.count)
  }

  @inline(__always)
  private mutating func show(_ bytes: UnsafeBufferPointer<UInt8>) {
    nodes[count - 1].bytes = bytes.baseAddress
    nodes[count - 1].length = UInt32(truncatingIfNeeded: bytes.count)
  }

  mutating func null() { add(.null) }
  mutating func boolean(_ truth: Bool) { add(.boolean, truth ? 1 : 0) }

  mutating func integer(_ integer: Int64, written: UnsafeBufferPointer<UInt8>) {
    add(.integer, integer)
    show(kept(written, written))
  }

  mutating func number(written: UnsafeBufferPointer<UInt8>) {
    add(.number)
    show(kept(written, written))
  }

  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>) {
    add(.text)
    show(kept(bytes, written))
  }

  mutating func name(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>) {
    name = kept(bytes, written)
  }

  mutating func listBegin() { open(.list) }
  mutating func objectBegin() { open(.object) }
  mutating func listEnd() { close() }
  mutating func objectEnd() { close() }

  @inline(__always)
  private mutating func open(_ type: JSONType) {
    add(type)
    outer.push(current)
    current = Frame(container: count - 1, lastChild: -1, count: 0)
  }

  @inline(__always)
  private mutating func close() {
    nodes[current.container].number = Int64(current.count)
    nodes[current.container].span = UInt32(truncatingIfNeeded: count - current.container)
    if current.lastChild >= 0 { nodes[current.lastChild].isLast = true }
    current = outer.pop()
  }
}
