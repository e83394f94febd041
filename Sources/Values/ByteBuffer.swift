// SPDX-License-Identifier: Apache-2.0
// Memory that grows, for writing text without the checks an array makes for every byte.

/// Bytes being written. Freed when it goes out of scope.
struct ByteBuffer: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 256) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// Valid until the next write.
  var view: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  @inline(__always)
  mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = Swift.max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    append(start, bytes.count)
  }

  @inline(__always)
  mutating func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length)
    (base + count).update(from: start, count: length)
    count += length
  }

  @inline(__always)
  mutating func append(_ text: StaticString) {
    append(text.utf8Start, text.utf8CodeUnitCount)
  }

  /// Room for `length` bytes, filled in by the caller.
  @inline(__always)
  mutating func appendUninitialized(_ length: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    reserve(length)
    fill(base + count)
    count += length
  }

  mutating func append(repeating byte: UInt8, _ times: Int) {
    reserve(times)
    (base + count).update(repeating: byte, count: times)
    count += times
  }

  mutating func removeAll() { count = 0 }
}
