// SPDX-License-Identifier: Apache-2.0
// Runs actions: the thread that reads a call runs it and writes its result.
import Glibc
import PluginRuntime
import WorkerProtocol

/// A pool of threads of which one reads (see `ReadingTurn`); the others run calls or are spare.
///
/// There is always one thread more than calls may run, so that a cancel or a reply never waits
/// behind a call.
// Safe because: what changes is touched only under `lock`, and `buffer` only by the reading thread.
final class ActionServer: WorkerServer, @unchecked Sendable {
  private let actions: RuntimeActions
  private let maxCalls: Int
  private let page: EnteredPage
  private let link: HostLink
  private let backend: SocketBackend
  private let buffer = ReceiveBuffer()
  private lazy var turn = ReadingTurn { [unowned self] in relieve() }

  private let lock = Lock()
  private let work: Condition
  private var threads = 1
  private var spares = 0
  private var running = 0
  private var isStopping = false
  private var hasEnded = false
  /// Calls that were read by a thread in the middle of another.
  private var unstarted: [CallMessage] = []
  /// Cancels that overtook their call on its way to a thread, the newest last.
  private var earlyCancels: [UInt32] = []

  init(
    actions: RuntimeActions, maxCalls: Int, page: EnteredPage, link: HostLink,
    backend: SocketBackend
  ) {
    self.actions = actions
    self.maxCalls = min(maxCalls, Limits.callsAtOnce)
    self.page = page
    self.link = link
    self.backend = backend
    work = Condition(lock)
  }

  func serve() -> Never {
    _ = turn  // made, and taken, by this thread
    backend.waiting = { [unowned self] in wait($0) }
    serve(slot: 0, isReading: true)
    actions.instance.close()
    ExitCode.end(ExitCode.stopped)
  }

  /// Runs calls until the host has said stop and all is done.
  private func serve(slot: Int, isReading: Bool) {
    var writer = PayloadWriter()
    var call = isReading ? read() : next()
    while let current = call {
      run(current, slot, &writer)
      call = next()
    }
  }

  /// A call that was left to other threads, or one that this thread reads when it is its turn; nil
  /// at the end.
  private func next() -> CallMessage? {
    lock.lock()
    while !hasEnded {
      if !unstarted.isEmpty {
        running += 1
        defer { lock.unlock() }
        return unstarted.removeFirst()
      }
      if turn.tryTake() {
        lock.unlock()
        return read()
      }
      spares += 1
      work.wait()
      spares -= 1
    }
    lock.unlock()
    return nil
  }

  /// Reads up to the next call and gives the turn back; nil at the end.
  private func read() -> CallMessage? {
    while let message = link.next(buffer) {
      guard case .call(let call) = message else {
        take(message)
        continue
      }
      lock.locked { running += 1 }
      if turn.giveBack() { relieve() }
      return call
    }
    end()
    return nil
  }

  /// The socket has nothing more: the host is gone, and this process with it, or all is done.
  private func end() {
    lock.locked {
      guard isStopping && running == 0 else { ExitCode.end(ExitCode.stopped) }
      hasEnded = true
      work.wakeAll()
    }
  }

  /// Waits for a reply of the host, and reads meanwhile if nobody else does.
  private func wait(_ box: ReplyBox) -> ServiceReply {
    while true {
      if let reply = box.take() { return reply }
      if turn.tryTake() {
        while !box.hasReply {
          guard let message = link.next(buffer) else { ExitCode.end(ExitCode.stopped) }
          if case .call(let call) = message { leave(call) } else { take(message) }
        }
        turn.giveBack()
      } else if let reply = turn.wait(box) {
        return reply
      }
    }
  }

  /// Everything but a call.
  private func take(_ message: HostMessage) {
    switch message {
    case .cancel(let call): cancel(call)
    case .reply(let reply): backend.deliver(reply)
    case .stop: stop()
    default: link.unexpected("a message")
    }
  }

  private func run(_ call: CallMessage, _ slot: Int, _ writer: inout PayloadWriter) {
    page.enter(slot, call: call.call)
    let result = actions.run(
      RuntimeActions.Call(
        number: call.call, action: Int(call.action), budgetMS: call.budgetMS, key: call.key,
        context: call.context, parameters: call.parameters)
    ) {
      if lock.locked({ earlyCancels.contains(call.call) }) { actions.instance.cancel(call.call) }
    }
    writer.begin(.result, call: call.call)
    writer.i32(result.status)
    writer.bytes(result.json)
    link.send(&writer)
    // Only now: a call whose result is not on its way may still have to be charged with a crash.
    page.enter(slot, call: 0)
    let isDone = lock.locked {
      running -= 1
      return isStopping && running == 0 && unstarted.isEmpty
    }
    if isDone { link.stopReading() }
  }

  private func cancel(_ call: UInt32) {
    // Noted first: a call that is between the socket and its start looks here after it started.
    lock.locked {
      earlyCancels.append(call)
      if earlyCancels.count > 64 { earlyCancels.removeFirst() }
    }
    actions.instance.cancel(call)
  }

  private func stop() {
    let isDone = lock.locked {
      isStopping = true
      return running == 0 && unstarted.isEmpty
    }
    if isDone { link.stopReading() }
  }
}

// Threads.
extension ActionServer {
  /// Leaves a call to another thread.
  private func leave(_ call: CallMessage) {
    lock.locked {
      unstarted.append(call)
      wakeOrStart()
    }
  }

  /// Puts a thread to reading, for those that have the time are in a plugin.
  private func relieve() { lock.locked { wakeOrStart() } }

  /// Under the lock. Where the system has no more threads, this worker runs fewer calls at once.
  private func wakeOrStart() {
    if spares > 0 { return work.wakeOne() }
    guard threads <= maxCalls else { return }
    let slot = threads
    let hasStarted = PluginThread.start { [self] in
      serve(slot: slot, isReading: false)
      // The process is ending; the entry thread ends it.
      while true { pause() }
    }
    if hasStarted { threads += 1 }
  }
}
