// SPDX-License-Identifier: Apache-2.0
// Runs actions: the thread that reads a call runs it and writes its result.
import Glibc
import PluginRuntime
import WorkerProtocol

/// Threads that all block in a receive on the same socket, of which the kernel wakes one.
///
/// A plugin that is not concurrent has one thread, which reads on while it waits for a reply. A
/// concurrent one begins with one and has another started whenever none is left to read, so that
/// a cancel or a reply never waits behind a call.
// Safe because: what changes is touched only under `lock`.
final class ActionServer: WorkerServer, @unchecked Sendable {
  private let actions: RuntimeActions
  private let maxCalls: Int
  private let page: EnteredPage
  private let link: HostLink
  private let backend: SocketBackend

  private let lock = Lock()
  private var threads = 1
  /// How many threads are in a receive, or on their way there.
  private var readers = 1
  private var running = 0
  private var isStopping = false
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
  }

  func serve() -> Never {
    if maxCalls == 1 {
      let buffer = ReceiveBuffer()
      backend.readWhileWaiting { [unowned self] in
        guard let message = link.next(buffer) else { ExitCode.end(ExitCode.stopped) }
        if case .call = message { link.unexpected("a second call") }
        take(message)
      }
    }
    read(slot: 0)
    // The host is gone, or it said stop and all is done.
    if lock.locked({ isStopping }) { actions.instance.close() }
    ExitCode.end(ExitCode.stopped)
  }

  /// Takes messages until there are no more.
  private func read(slot: Int) {
    let buffer = ReceiveBuffer()
    var writer = PayloadWriter()
    while let message = link.next(buffer) {
      if case .call(let call) = message {
        run(call, slot, &writer)
      } else {
        take(message)
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
    begin()
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
    end()
  }

  /// Leaves a thread behind that reads, before this one is lost in a plugin.
  private func begin() {
    lock.lock()
    defer { lock.unlock() }
    running += 1
    readers -= 1
    guard readers == 0, maxCalls > 1, threads <= maxCalls else { return }
    if start(slot: threads) {
      threads += 1
      readers += 1
    }
  }

  private func end() {
    lock.lock()
    running -= 1
    readers += 1
    let isDone = isStopping && running == 0
    lock.unlock()
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
      return running == 0
    }
    if isDone { link.stopReading() }
  }

  /// Starts a reading thread; false when the system has no more, and then this worker runs fewer
  /// calls at once.
  private func start(slot: Int) -> Bool {
    WorkerThread.start { [self] in
      read(slot: slot)
      // The process is ending; the entry thread ends it.
      while true { pause() }
    }
  }
}
