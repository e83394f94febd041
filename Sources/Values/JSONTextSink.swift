// SPDX-License-Identifier: Apache-2.0
// Events back to compact JSON text.

/// A sink that writes what it is told.
struct JSONTextSink: JSONSink, ~Copyable {
  var buffer = ByteBuffer()
  private var needsComma = false

  @inline(__always)
  private mutating func separate() {
    if needsComma { buffer.append(0x2C) }
    needsComma = true
  }

  mutating func null() {
    separate()
    buffer.append("null")
  }

  mutating func boolean(_ truth: Bool) {
    separate()
    buffer.append(truth ? "true" : "false")
  }

  mutating func integer(_ integer: Int64, written: UnsafeBufferPointer<UInt8>) {
    separate()
    buffer.append(written)
  }

  mutating func number(written: UnsafeBufferPointer<UInt8>) {
    separate()
    buffer.append(written)
  }

  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>) {
    separate()
    JSONWriter.write(text: bytes, into: &buffer)
  }

  mutating func name(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>) {
    separate()
    JSONWriter.write(text: bytes, into: &buffer)
    buffer.append(0x3A)
    needsComma = false
  }

  mutating func listBegin() { open(0x5B) }
  mutating func objectBegin() { open(0x7B) }
  mutating func listEnd() { close(0x5D) }
  mutating func objectEnd() { close(0x7D) }

  private mutating func open(_ byte: UInt8) {
    separate()
    buffer.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    buffer.append(byte)
    needsComma = true
  }
}
