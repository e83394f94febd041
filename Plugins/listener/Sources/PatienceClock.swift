// SPDX-License-Identifier: Apache-2.0
// The thread that ends what takes too long: a request that does not come, or is not answered.
import CMicrohttpdCalls
import Glibc

/// Calls `expire` when the time it last returned has come. Sleeps without a tick: until the first
/// request's time, or until one is there.
final class PatienceClock: @unchecked Sendable {
  // Safe because: the pipe's ends and the closure never change.
  private let expire: @Sendable (_ nowMS: Int64) -> Int64?
  private let bell: (read: Int32, write: Int32)

  /// `expire` ends what is due and returns the next due time; nil puts the clock to sleep until
  /// `ring`. **Ownership**: the thread lives until the process ends.
  init?(expire: @escaping @Sendable (_ nowMS: Int64) -> Int64?) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    self.expire = expire
    bell = (ends[0], ends[1])
  }

  func start() -> Bool {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        jf_name_listener_thread("listener-clock")
        Unmanaged<PatienceClock>.fromOpaque(context).takeUnretainedValue().run()
      }, context)
    guard result == 0 else { return false }
    pthread_detach(thread)
    return true
  }

  /// Wakes a sleeping clock. Any thread.
  func ring() {
    var byte: UInt8 = 1
    _ = write(bell.write, &byte, 1)
  }

  private func run() -> Never {
    while true {
      var wait: Int32 = -1
      if let due = expire(Self.nowMS) { wait = Int32(clamping: max(1, due - Self.nowMS)) }
      var descriptor = pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, wait) > 0 else { continue }
      var bytes = [UInt8](repeating: 0, count: 64)
      _ = read(bell.read, &bytes, bytes.count)
    }
  }

  static var nowMS: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
  }
}
