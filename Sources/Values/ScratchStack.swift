// SPDX-License-Identifier: Apache-2.0
// A stack whose top part can be moved out as an array of exactly its size.

/// Elements under construction; what is left is destroyed with it, so a refused text leaks nothing.
struct ScratchStack<Element>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  @inline(__always)
  mutating func push(_ element: consuming Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    capacity *= 2
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
  }

  /// The top element; the stack must not be empty.
  var top: Element {
    @inline(__always) get { base[count - 1] }
    @inline(__always) _modify { yield &base[count - 1] }
  }

  /// Valid until the next push; the stack must not be empty.
  var topPointer: UnsafeMutablePointer<Element> {
    @inline(__always) get { base + (count - 1) }
  }

  subscript(_ place: Int) -> Element {
    @inline(__always) get { base[place] }
  }

  @inline(__always)
  mutating func pop() -> Element {
    count -= 1
    return (base + count).move()
  }

  mutating func removeAll(above start: Int) {
    (base + start).deinitialize(count: count - start)
    count = start
  }

  /// Everything above `start`, moved out.
  @inline(__always)
  mutating func popAll(above start: Int) -> [Element] {
    let length = count - start
    if length == 0 { return [] }
    count = start
    let from = base + start
    return Array(unsafeUninitializedCapacity: length) { target, written in
      target.baseAddress?.moveInitialize(from: from, count: length)
      written = length
    }
  }
}

extension ScratchStack where Element: Equatable {
  @inline(__always)
  func contains(_ element: Element, from start: Int) -> Bool {
    var place = start
    while place < count {
      if self[place] == element { return true }
      place += 1
    }
    return false
  }
}
