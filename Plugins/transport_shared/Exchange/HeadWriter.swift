// SPDX-License-Identifier: Apache-2.0
// Writes the JSON head of an exchange from texts that a stranger sent.

/// Appends JSON to a growing list of bytes. Texts come from the network: control characters are
/// escaped, and bytes that are no UTF-8 are read as Latin-1, so that the head always parses.
package struct HeadWriter {
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init() {}

  package mutating func objectBegin() { open(0x7B) }
  package mutating func objectEnd() { close(0x7D) }
  package mutating func listBegin() { open(0x5B) }
  package mutating func listEnd() { close(0x5D) }

  package mutating func key(_ name: String) {
    text(name)
    bytes.append(0x3A)
    needsComma = false
  }

  package mutating func key(_ name: UnsafeRawBufferPointer) {
    text(name)
    bytes.append(0x3A)
    needsComma = false
  }

  package mutating func integer(_ value: Int64) {
    separate()
    bytes.append(contentsOf: String(value).utf8)
  }

  package mutating func boolean(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  package mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { text(UnsafeRawBufferPointer($0)) }
  }

  package mutating func text(_ value: [UInt8]) {
    value.withUnsafeBytes { text($0) }
  }

  package mutating func text(_ value: UnsafeRawBufferPointer) {
    separate()
    bytes.append(0x22)
    if UTF8Check.isPlainASCII(value) {
      bytes.append(contentsOf: value)
    } else if UTF8Check.isValid(value) {
      for byte in value { append(escaping: byte) }
    } else {
      for byte in value { append(latin1: byte) }
    }
    bytes.append(0x22)
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2C) }
    needsComma = true
  }

  private mutating func append(escaping byte: UInt8) {
    switch byte {
    case 0x22, 0x5C:
      bytes.append(0x5C)
      bytes.append(byte)
    case 0..<0x20, 0x7F:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    default:
      bytes.append(byte)
    }
  }

  private mutating func append(latin1 byte: UInt8) {
    if byte < 0x80 {
      append(escaping: byte)
    } else {
      bytes.append(0xC0 | byte >> 6)
      bytes.append(0x80 | byte & 0x3F)
    }
  }
}
