// SPDX-License-Identifier: Apache-2.0
//
// The one thread that the worker pool, the host services, the ingress and the scheduler share:
// epoll, an inbox, timers. No hop between a frame and the engine: a hand-over to another core
// costs 66-115 µs.

import CSystem
import Glibc
import Synchronization

/// A thread that runs, turn by turn: the whole inbox, then ready descriptors, then due timers, then
/// the ends of turn.
///
/// **Isolation** `post`, `postAll`, `start`, `stop`, `isCurrent` and `now` from any thread;
/// everything else on the loop's own thread, or before `start`.
package final class EventLoop: @unchecked Sendable {
  // Safe because the inbox is behind a mutex; the rest is confined to the loop's thread, which
  // assertCurrent() checks at each entry.

  private struct Inbox {
    var works: [@Sendable () -> Void] = []
    /// The loop is in epoll_wait, or about to be, and has seen an empty inbox.
    var isAsleep = false
    var isStopping = false
    var thread: NamedThread?
    var owner: pthread_t?
    var hasStarted = false
  }

  private struct Watch {
    let generation: UInt32
    let ready: (Readiness) -> Void
  }

  private let name: String
  private let epoll: Int32
  private let bell: Int32
  private let inbox = Mutex(Inbox())

  private var watches: [Int32: Watch] = [:]
  private var generation: UInt32 = 0
  private var timers = TimerHeap()
  private var timerSequence: UInt64 = 0
  private var turnEnds: [() -> Void] = []
  private var atTurnEnd: [() -> Void] = []

  /// Makes a loop that does not run yet; `name` is its thread's.
  package init(name: String) {
    self.name = name
    epoll = sys_loop_create()
    bell = sys_loop_bell()
    precondition(
      epoll >= 0 && bell >= 0,
      "no descriptors left for the event loop: raise the limit of open files (ulimit -n)")
    _ = sys_loop_watch(epoll, 0, bell, SYS_LOOP_READABLE, UInt64(UInt32.max))
  }

  deinit {
    close(bell)
    close(epoll)
  }

  // MARK: Any thread

  /// The time timers are counted in. **Unit** nanoseconds of the monotonic clock.
  package var now: UInt64 { monotonicNanoseconds() }

  /// Whether the caller is on the loop's thread.
  package var isCurrent: Bool {
    inbox.withLock { state in
      guard let owner = state.owner else { return !state.hasStarted }
      return pthread_equal(owner, pthread_self()) != 0
    }
  }

  /// Stops the program when the caller is not on the loop's thread; before `start`, any thread is.
  package func assertCurrent() {
    assert(isCurrent, "this is confined to the loop \(name): post it there")
  }

  /// Hands work over; it runs in the loop's next turn, in the order it was posted.
  package func post(_ work: @escaping @Sendable () -> Void) {
    let mustWake = inbox.withLock { state in
      state.works.append(work)
      return Self.takeSleep(&state)
    }
    if mustWake { ring() }
  }

  /// Hands several works over with one lock and one wake-up at most.
  package func postAll(_ works: [@Sendable () -> Void]) {
    guard !works.isEmpty else { return }
    let mustWake = inbox.withLock { state in
      state.works.append(contentsOf: works)
      return Self.takeSleep(&state)
    }
    if mustWake { ring() }
  }

  /// Starts the loop's thread.
  ///
  /// **Throws** `PluginHostError` with the code `no_thread`.
  package func start() throws(PluginHostError) {
    inbox.withLock { state in
      precondition(!state.hasStarted, "the loop \(name) was started before")
      state.hasStarted = true
    }
    let thread = try NamedThread(name: name) { [self] in run() }
    inbox.withLock { $0.thread = thread }
  }

  /// Ends the loop after what was posted before has run, and waits for its thread; on the loop's
  /// own thread it only asks.
  package func stop() {
    let isOwn = isCurrent
    let (thread, mustWake) = inbox.withLock { state in
      state.isStopping = true
      let thread = isOwn ? nil : state.thread
      if !isOwn { state.thread = nil }
      return (thread, Self.takeSleep(&state))
    }
    if mustWake { ring() }
    thread?.join()
  }

  // MARK: The loop's thread

  /// Runs `work` once, not before `due`.
  ///
  /// **Unit** nanoseconds of the monotonic clock.
  @discardableResult
  package func schedule(at due: UInt64, _ work: @escaping () -> Void) -> TimerToken {
    assertCurrent()
    timerSequence += 1
    let timer = TimerToken(due: due, sequence: timerSequence, work: work)
    timers.insert(timer)
    return timer
  }

  /// Takes a timer back; nothing happens when it has run or was cancelled before.
  package func cancel(_ timer: TimerToken) {
    assertCurrent()
    timers.remove(timer)
    timer.work = nil
  }

  /// Calls `ready` in each turn in which the descriptor is ready for one of the two, or was closed
  /// by its peer. **Ownership** the descriptor stays the caller's; unwatch before closing it.
  package func watch(
    fd: Int32, reading: Bool, writing: Bool, _ ready: @escaping (Readiness) -> Void
  ) {
    assertCurrent()
    precondition(watches[fd] == nil, "descriptor \(fd) is watched already")
    generation &+= 1
    watches[fd] = Watch(generation: generation, ready: ready)
    let failure = sys_loop_watch(epoll, 0, fd, interest(reading, writing), token(fd, generation))
    precondition(failure == 0, "descriptor \(fd) cannot be watched: \(systemText(-failure))")
  }

  /// Changes what a watched descriptor is watched for.
  package func modify(fd: Int32, reading: Bool, writing: Bool) {
    assertCurrent()
    guard let watch = watches[fd] else { return }
    _ = sys_loop_watch(epoll, 1, fd, interest(reading, writing), token(fd, watch.generation))
  }

  /// Stops to watch a descriptor; nothing of it is reported afterwards, not even in this turn.
  package func unwatch(fd: Int32) {
    assertCurrent()
    guard watches.removeValue(forKey: fd) != nil else { return }
    _ = sys_loop_watch(epoll, 2, fd, 0, 0)
  }

  /// Calls `work` at the end of every turn, for as long as the loop lives: for what is gathered in
  /// a turn and written once.
  package func onTurnEnd(_ work: @escaping () -> Void) {
    assertCurrent()
    turnEnds.append(work)
  }

  /// Calls `work` once, at the end of this turn and after all that `onTurnEnd` was told: for what
  /// is sent in one system call however often it was added to.
  package func deferToTurnEnd(_ work: @escaping () -> Void) {
    assertCurrent()
    atTurnEnd.append(work)
  }

  // MARK: The turn

  private func run() {
    inbox.withLock { $0.owner = pthread_self() }
    var events = [sys_loop_event](repeating: sys_loop_event(), count: 256)
    while turn(&events) {}
    turnEnds = []
    watches = [:]
  }

  private func turn(_ events: inout [sys_loop_event]) -> Bool {
    let count = wait(&events)
    let (works, isStopping) = inbox.withLock { state in
      state.isAsleep = false
      defer { state.works = [] }
      return (state.works, state.isStopping)
    }
    for work in works { work() }
    for index in 0..<count { dispatch(events[index]) }
    runTimers()
    for work in turnEnds { work() }
    while !atTurnEnd.isEmpty {
      let works = atTurnEnd
      atTurnEnd.removeAll(keepingCapacity: true)
      for work in works { work() }
    }
    return !isStopping
  }

  private func wait(_ events: inout [sys_loop_event]) -> Int {
    let mayBlock = inbox.withLock { state in
      state.isAsleep = state.works.isEmpty && !state.isStopping
      return state.isAsleep
    }
    let count = sys_loop_wait(
      epoll, &events, Int32(events.count), mayBlock ? millisecondsToNextTimer() : 0)
    precondition(count >= 0, "the loop \(name) cannot wait: \(systemText(-count))")
    return Int(count)
  }

  private func dispatch(_ event: sys_loop_event) {
    let fd = Int32(truncatingIfNeeded: event.token & 0xffff_ffff)
    guard fd >= 0 else {
      var counter: UInt64 = 0
      _ = read(bell, &counter, 8)
      return
    }
    guard let watch = watches[fd], watch.generation == UInt32(event.token >> 32) else { return }
    watch.ready(Readiness(rawValue: event.ready))
  }

  private func runTimers() {
    guard timers.next != nil else { return }
    let now = self.now
    while let timer = timers.next, timer.due <= now {
      timers.remove(timer)
      let work = timer.work
      timer.work = nil
      work?()
    }
  }

  /// Rounded up: a timer never runs early, and a wait of under a millisecond does not spin.
  private func millisecondsToNextTimer() -> Int32 {
    guard let due = timers.next?.due else { return -1 }
    let now = self.now
    guard due > now else { return 0 }
    return Int32(clamping: (due - now + 999_999) / 1_000_000)
  }

  private static func takeSleep(_ state: inout Inbox) -> Bool {
    defer { state.isAsleep = false }
    return state.isAsleep
  }

  private func ring() {
    var one: UInt64 = 1
    _ = write(bell, &one, 8)
  }

  private func interest(_ reading: Bool, _ writing: Bool) -> UInt32 {
    (reading ? SYS_LOOP_READABLE : 0) | (writing ? SYS_LOOP_WRITABLE : 0)
  }

  private func token(_ fd: Int32, _ generation: UInt32) -> UInt64 {
    UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
  }
}

/// The monotonic clock. **Unit** nanoseconds.
package func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
