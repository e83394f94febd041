// SPDX-License-Identifier: Apache-2.0
//
// Lines out of a stream of bytes, within bounds of length and of rate.

/// Cuts a stream into lines. A value, so that its bounds can be tested without a process.
struct LineSplitter {
  private let longest: Int
  private var line: [UInt8] = []
  private var isCutting = false
  private var rate: LineRate

  var dropped: Int { rate.dropped }

  init(longest: Int, burst: Int, perSecond: Int, now: UInt64) {
    self.longest = longest
    rate = LineRate(burst: burst, perSecond: perSecond, now: now)
  }

  /// Takes what was read; hands out each line that ended within it. A line over the bound is cut,
  /// a line over the rate is dropped and counted, and the count comes before the next line.
  mutating func take(_ bytes: ArraySlice<UInt8>, now: UInt64, _ emit: (ArraySlice<UInt8>) -> Void) {
    var rest = bytes
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      gather(rest[..<end])
      finish(now, emit)
      rest = rest[(end + 1)...]
    }
    gather(rest)
  }

  /// The stream has ended: hands out what had no line feed, and the count of what was dropped.
  mutating func end(now: UInt64, _ emit: (ArraySlice<UInt8>) -> Void) {
    if !line.isEmpty { finish(now, emit) }
    emitDropped(emit)
  }

  private mutating func gather(_ bytes: ArraySlice<UInt8>) {
    let room = longest - line.count
    line.append(contentsOf: bytes.prefix(room))
    if bytes.count > room { isCutting = true }
  }

  private mutating func finish(_ now: UInt64, _ emit: (ArraySlice<UInt8>) -> Void) {
    defer {
      line.removeAll(keepingCapacity: true)
      isCutting = false
    }
    guard rate.admits(now: now) else { return }
    emitDropped(emit)
    if isCutting { line.append(contentsOf: " …".utf8) }
    emit(line[...])
  }

  private mutating func emitDropped(_ emit: (ArraySlice<UInt8>) -> Void) {
    if let notice = rate.takeNotice() { emit(notice) }
  }
}
