// SPDX-License-Identifier: Apache-2.0
//
// What a worker prints: the reading end of its standard output and error.

import Glibc

/// Reads a worker's output on the loop and hands it out line by line.
///
/// **Isolation** the loop's thread.
final class WorkerOutput {
  private let loop: EventLoop
  private let emit: (ArraySlice<UInt8>) -> Void
  private var splitter: LineSplitter
  private var reading: OwnedDescriptor?

  init(
    loop: EventLoop, limits: PoolLimits, reading: OwnedDescriptor,
    _ emit: @escaping (ArraySlice<UInt8>) -> Void
  ) {
    self.loop = loop
    self.emit = emit
    self.reading = reading
    splitter = LineSplitter(
      longest: limits.logLine, burst: limits.logLines, perSecond: limits.logLinesPerSecond,
      now: loop.now)
    loop.watch(fd: reading.number, reading: true, writing: false) { [weak self] _ in
      self?.read(atMost: 65_536)
    }
  }

  /// Takes what is still in the pipe and closes it, though something the worker left behind may
  /// hold the other end.
  func finish() {
    read(atMost: 1 << 20)
    close()
  }

  private func read(atMost limit: Int) {
    var chunk = [UInt8](repeating: 0, count: 16_384)
    var total = 0
    while total < limit, let reading {
      let count = Glibc.read(reading.number, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return }
      guard count > 0 else { return close() }
      total += count
      splitter.take(chunk[..<count], now: loop.now, emit)
    }
  }

  private func close() {
    guard let reading else { return }
    loop.unwatch(fd: reading.number)
    self.reading = nil
    splitter.end(now: loop.now, emit)
  }
}
