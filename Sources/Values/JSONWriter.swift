// SPDX-License-Identifier: Apache-2.0
// Values to JSON text, without recursion: a worker's threads have small stacks.

/// Writes JSON. Only what the standard demands is escaped; everything else is written as UTF-8.
enum JSONWriter {
  /// An open list or object; the other array is empty.
  struct Frame {
    let elements: [JSONValue]
    let members: [JSONObject.Member]
    let isObject: Bool
    var index = 0
  }

  static func write(_ value: JSONValue, into out: inout ByteBuffer, pretty: Bool = false) {
    var open = ScratchStack<Frame>(capacity: 16)
    begin(value, &open, &out)
    while open.count > 0 {
      // Read in place: a copy of the frame would retain its arrays for every element.
      let frame = open.topPointer
      let index = frame.pointee.index
      let isObject = frame.pointee.isObject
      if index == (isObject ? frame.pointee.members.count : frame.pointee.elements.count) {
        if pretty { breakLine(&out, open.count - 1) }
        out.append(isObject ? 0x7D : 0x5D)
        _ = open.pop()
        continue
      }
      frame.pointee.index = index + 1
      if index > 0 { out.append(0x2C) }
      if pretty { breakLine(&out, open.count) }
      if isObject {
        frame.pointee.members[index].name.withBytes { write(text: $0, into: &out) }
        out.append(0x3A)
        if pretty { out.append(0x20) }
        begin(frame.pointee.members[index].value, &open, &out)
      } else {
        begin(frame.pointee.elements[index], &open, &out)
      }
    }
  }

  /// Writes a scalar or an empty container; opens any other.
  @inline(__always)
  private static func begin(
    _ value: JSONValue, _ open: inout ScratchStack<Frame>, _ out: inout ByteBuffer
  ) {
    switch value {
    case .null: out.append("null")
    case .boolean(let truth): out.append(truth ? "true" : "false")
    case .integer(let integer): write(integer, into: &out)
    case .number(let number): number.text.withBytes { out.append($0) }
    case .text(let text): text.withBytes { write(text: $0, into: &out) }
    case .list(let list):
      if list.isEmpty { return out.append("[]") }
      out.append(0x5B)
      open.push(Frame(elements: list, members: [], isObject: false))
    case .object(let object):
      if object.isEmpty { return out.append("{}") }
      out.append(0x7B)
      open.push(Frame(elements: [], members: object.members, isObject: true))
    }
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
