// SPDX-License-Identifier: Apache-2.0
// From the parser's events to a JSONValue, without recursion.

/// Collects the members and elements of open containers on two stacks and moves each container's
/// part out when it closes.
struct JSONValueSink: JSONSink, ~Copyable {
  struct Frame {
    var isObject: Bool
    /// Where this container's part of its stack begins.
    var start: Int
    /// One bit for each hash of a name seen; only a bit met twice asks for a look at the hashes.
    var seen: UInt64 = 0
    /// Two names have one hash, or there are too many to look.
    var mayRepeat = false
  }

  private(set) var root = JSONValue.null
  private var elements = ScratchStack<JSONValue>(capacity: 32)
  private var members = ScratchStack<JSONObject.Member>(capacity: 32)
  /// Of the names of `members`.
  private var hashes = ScratchStack<UInt64>(capacity: 32)
  private var frames = ScratchStack<Frame>(capacity: 16)

  @inline(__always)
  private mutating func add(_ value: consuming JSONValue) {
    if frames.count == 0 {
      root = value
    } else if frames.top.isObject {
      members.top.value = value
    } else {
      elements.push(value)
    }
  }

  mutating func null() { add(.null) }
  mutating func boolean(_ truth: Bool) { add(.boolean(truth)) }

  mutating func integer(_ integer: Int64, written: UnsafeBufferPointer<UInt8>) {
    add(.integer(integer))
  }

  mutating func number(written: UnsafeBufferPointer<UInt8>) {
    add(.number(JSONNumber(unchecked: String(decoding: written, as: UTF8.self))))
  }

  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>) {
    add(.text(String(decoding: bytes, as: UTF8.self)))
  }

  mutating func name(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>) {
    let hash = Self.hash(of: bytes)
    let bit: UInt64 = 1 << (hash >> 58)
    if frames.top.seen & bit != 0 {
      let start = frames.top.start
      let isMany = hashes.count - start > JSONObject.indexedAbove
      if isMany || hashes.contains(hash, from: start) { frames.top.mayRepeat = true }
    }
    frames.top.seen |= bit
    hashes.push(hash)
    members.push(
      JSONObject.Member(name: String(decoding: bytes, as: UTF8.self), value: .null))
  }

  mutating func listBegin() { frames.push(Frame(isObject: false, start: elements.count)) }
  mutating func objectBegin() { frames.push(Frame(isObject: true, start: members.count)) }

  mutating func listEnd() {
    let frame = frames.pop()
    add(.list(elements.popAll(above: frame.start)))
  }

  mutating func objectEnd() {
    let frame = frames.pop()
    hashes.removeAll(above: frame.start)
    let part = members.popAll(above: frame.start)
    add(.object(frame.mayRepeat ? JSONObject(repeating: part) : JSONObject(unique: part)))
  }

  /// A cheap hash of the length and the first and last bytes.
  @inline(__always)
  private static func hash(of bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return 0 }
    var hash = UInt64(truncatingIfNeeded: bytes.count)
    if bytes.count >= 8 {
      hash ^= UTF8Scan.word(start) ^ (UTF8Scan.word(start + bytes.count - 8) &* 31)
    } else {
      for byte in bytes { hash = hash << 8 ^ hash >> 56 ^ UInt64(byte) }
    }
    return hash &* 0x9E37_79B9_7F4A_7C15
  }
}
