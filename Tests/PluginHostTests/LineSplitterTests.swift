// SPDX-License-Identifier: Apache-2.0
// Lines of a worker's output, within bounds.
import Testing

@testable import PluginHost

@Suite struct LineSplitterTests {
  private func lines(
    _ chunks: [String], longest: Int = 10, burst: Int = 100, perSecond: Int = 0
  ) -> [String] {
    var splitter = LineSplitter(longest: longest, burst: burst, perSecond: perSecond, now: 0)
    var found: [String] = []
    let emit = { (line: ArraySlice<UInt8>) in found.append(String(decoding: line, as: UTF8.self)) }
    for chunk in chunks { splitter.take(Array(chunk.utf8)[...], now: 0, emit) }
    splitter.end(now: 0, emit)
    return found
  }

  @Test func `lines are put together from pieces, the last one without its line feed`() {
    #expect(lines(["a", "b\nc", "\n", "\nd"]) == ["ab", "c", "", "d"])
  }

  @Test func `a long line is cut and marked, and the next one is whole`() {
    #expect(lines(["0123456789", "0123456789", "\nshort\n"]) == ["0123456789 …", "short"])
  }

  @Test func `lines over the rate are dropped and counted`() {
    let found = lines(["a\nb\nc\nd\ne\n"], burst: 2)
    #expect(found == ["a", "b", "[3 lines dropped: the plugin prints too much]"])
  }

  @Test func `the rate refills with time, and the count comes before the next line`() {
    var splitter = LineSplitter(longest: 10, burst: 1, perSecond: 1, now: 0)
    var found: [String] = []
    let emit = { (line: ArraySlice<UInt8>) in found.append(String(decoding: line, as: UTF8.self)) }
    splitter.take(Array("a\nb\n".utf8)[...], now: 0, emit)
    splitter.take(Array("c\n".utf8)[...], now: 1_000_000_000, emit)
    #expect(found == ["a", "[1 lines dropped: the plugin prints too much]", "c"])
  }

  @Test func `control characters and broken UTF-8 do not reach a terminal`() {
    let line = WorkerLogLine(
      project: "p", plugin: "q", pid: 1, level: 1, bytes: [0x1b, 0x5b, 0x41, 0xff, 0x09, 0x7f][...])
    #expect(line.text == "\u{fffd}[A\u{fffd}\t\u{fffd}")
  }
}
