// SPDX-License-Identifier: Apache-2.0
// What the parser tells of a JSON text as it reads it.

/// The receiver of a parse. Events come in the order of the text and are always balanced until the
/// parser throws. Byte views live for the call only, those named `written` as long as the source.
public protocol JSONSink: ~Copyable {
  mutating func null()
  mutating func boolean(_ truth: Bool)
  /// An integer that fits, and its digits in the source.
  mutating func integer(_ integer: Int64, written: UnsafeBufferPointer<UInt8>)
  /// Any other number.
  mutating func number(written: UnsafeBufferPointer<UInt8>)
  /// A string with its escapes resolved, and what stood between the quotes; the two are the same
  /// view when there were no escapes.
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>)
  /// The name of the member whose value comes next.
  mutating func name(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>)
  mutating func listBegin()
  mutating func listEnd()
  mutating func objectBegin()
  mutating func objectEnd()
}

/// A sink that keeps nothing: for checking that a text is JSON.
struct JSONCheckSink: JSONSink {
  mutating func null() {}
  mutating func boolean(_ truth: Bool) {}
  mutating func integer(_ integer: Int64, written: UnsafeBufferPointer<UInt8>) {}
  mutating func number(written: UnsafeBufferPointer<UInt8>) {}
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>) {}
  mutating func name(_ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>) {}
  mutating func listBegin() {}
  mutating func listEnd() {}
  mutating func objectBegin() {}
  mutating func objectEnd() {}
}
