// SPDX-License-Identifier: Apache-2.0
// Values to JSON text, without recursion.

/// Writes JSON. Only what the standard demands is escaped; everything else is written as UTF-8.
enum JSONWriter {
  /// An open list or object and the next thing of it to write.
  private enum Frame {
    case list([JSONValue], Int)
    case object(JSONObject, Int)
  }

  static func write(
    _ value: JSONValue, into out: inout ByteBuffer, pretty: Bool = false
  ) {
    guard var current = open(value, &out) else { return }
    var outer: [Frame] = []
    while true {
      guard let next = step(&current, &out, pretty ? outer.count + 1 : nil) else {
        guard let last = outer.popLast() else { return }
        current = last
        continue
      }
      if let inner = open(next, &out) {
        outer.append(current)
        current = inner
      }
    }
  }

  /// Writes a scalar or an empty container; for anything else its first byte and the frame.
  @inline(__always)
  private static func open(_ value: JSONValue, _ out: inout ByteBuffer) -> Frame? {
    switch value {
    case .null: out.append("null")
    case .boolean(let truth): out.append(truth ? "true" : "false")
    case .integer(let integer): write(integer, into: &out)
    case .number(let number): number.text.withBytes { out.append($0) }
    case .text(let text): text.withBytes { write(text: $0, into: &out) }
    case .list(let list):
      guard !list.isEmpty else {
        out.append("[]")
        return nil
      }
      out.append(0x5B)
      return .list(list, 0)
    case .object(let object):
      guard !object.isEmpty else {
        out.append("{}")
        return nil
      }
      out.append(0x7B)
      return .object(object, 0)
    }
    return nil
  }

  /// The next value of a frame, its comma and name written; nil after writing its closing byte.
  /// With a level, every element stands on a line of its own.
  @inline(__always)
  private static func step(
    _ frame: inout Frame, _ out: inout ByteBuffer, _ level: Int?
  ) -> JSONValue? {
    switch frame {
    case .list(let list, let index):
      guard separate(index, list.count, 0x5D, &out, level) else { return nil }
      frame = .list(list, index + 1)
      return list[index]
    case .object(let object, let index):
      guard separate(index, object.count, 0x7D, &out, level) else { return nil }
      frame = .object(object, index + 1)
      let member = object.members[index]
      member.name.withBytes { write(text: $0, into: &out) }
      out.append(0x3A)
      if level != nil { out.append(0x20) }
      return member.value
    }
  }

  @inline(__always)
  private static func separate(
    _ index: Int, _ count: Int, _ closing: UInt8, _ out: inout ByteBuffer, _ level: Int?
  ) -> Bool {
    if index == count {
      if let level { breakLine(&out, level - 1) }
      out.append(closing)
      return false
    }
    if index > 0 { out.append(0x2C) }
    if let level { breakLine(&out, level) }
    return true
  }

  private static func breakLine(_ out: inout ByteBuffer, _ level: Int) {
    out.append(0x0A)
    out.append(repeating: 0x20, level * 2)
  }
}

extension JSONWriter {
  /// A string with its quotes. The bytes must be UTF-8.
  @inline(__always)
  static func write(text: UnsafeBufferPointer<UInt8>, into out: inout ByteBuffer) {
    // Room for the whole string unescaped, so that only escapes have to look again.
    out.reserve(text.count + 2)
    out.append(0x22)
    if var at = text.baseAddress {
      let end = at + text.count
      while at < end {
        let run = at
        at = UTF8Scan.skipUnescaped(at, end)
        out.append(run, at - run)
        if at < end {
          escape(at[0], &out)
          at += 1
        }
      }
    }
    out.append(0x22)
  }

  private static func escape(_ byte: UInt8, _ out: inout ByteBuffer) {
    switch byte {
    case 0x22: out.append("\\\"")
    case 0x5C: out.append("\\\\")
    case 0x08: out.append("\\b")
    case 0x09: out.append("\\t")
    case 0x0A: out.append("\\n")
    case 0x0C: out.append("\\f")
    case 0x0D: out.append("\\r")
    default:
      out.append("\\u00")
      out.append(byte < 0x10 ? 0x30 : 0x31)
      let low = byte & 0xF
      out.append(low < 10 ? 0x30 + low : 0x57 + low)
    }
  }

  static func write(_ integer: Int64, into out: inout ByteBuffer) {
    out.reserve(20)
    if integer < 0 { out.append(0x2D) }
    var rest = integer.magnitude
    var length = 1
    var bound: UInt64 = 10
    while length < 19, rest >= bound {
      length += 1
      bound &*= 10
    }
    out.appendUninitialized(length) { digits in
      var place = length
      repeat {
        place -= 1
        digits[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while place > 0
    }
  }
}
