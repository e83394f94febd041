// SPDX-License-Identifier: Apache-2.0
//
// The calls that share one worker, and that worker.

import Pipeline
import Values
import WorkerProtocol

/// One (project, plugin): a queue of calls, at most one worker, the calls open in it.
///
/// **Isolation** the loop's thread.
final class WorkerLane: CallLane {
  /// Whether there is a worker.
  enum Place {
    /// No worker, and none asked for.
    case empty
    /// In the pool's line for room.
    case waiting
    /// There is one; its own state says what it can do.
    case held(WorkerProcess)
  }

  unowned let pool: WorkerPool
  let key: LaneKey
  let plugin: InstalledPlugin
  let maxCalls: Int
  var place = Place.empty
  var queue = CallQueue()
  /// The running and closing calls, by their number in the worker.
  var open: [UInt32: PoolCall] = [:]
  var lastNumber: UInt32 = 0
  /// The calls that this worker has been given and that are not in the ledger yet.
  var served: Int { Int(lastNumber) }
  /// When a call last began or ended. **Unit** nanoseconds of the monotonic clock.
  var lastUsed: UInt64 = 0
  private var actionIndexes: [ActionID: Int32] = [:]
  private var idleTimer: TimerToken?
  /// Starts in a row that somebody's SIGKILL ended.
  var killedStarts = 0
  /// The next of them, while the queue waits for it.
  private var restart: TimerToken?

  init(pool: WorkerPool, key: LaneKey, request: CallRequest) {
    self.pool = pool
    self.key = key
    plugin = request.plugin
    maxCalls = key.isAlone ? 1 : max(1, min(request.plugin.maxCalls, Limits.callsAtOnce))
    for (index, action) in plugin.actions.enumerated() { actionIndexes[action] = Int32(index) }
  }

  var loop: EventLoop { pool.context.loop }

  var worker: WorkerProcess? { if case .held(let worker) = place { worker } else { nil } }

  /// Has a worker that could be taken away at once: it does nothing, or had its turn.
  var isFree: Bool {
    guard case .ready? = worker?.state, open.isEmpty else { return false }
    return queue.isEmpty || pool.mustYield(self)
  }

  func noteCancelled() { queue.noteCancelled() }

  func submit(_ call: PoolCall) {
    queue.append(call)
    pump()
  }

  /// Moves calls on as far as they can go now.
  func pump() {
    guard !queue.isEmpty else { return }
    switch place {
    case .empty:
      if restart != nil { return }
      if let failure = pool.backOff.blocking(key.build, now: loop.now) {
        failQueue(failure)
        pool.forgetIfUnused(self)
      } else {
        pool.wantsWorker(self)
      }
    case .waiting:
      break
    case .held(let worker):
      guard case .ready = worker.state else { return }
      while open.count < maxCalls, !worker.isCongested, !pool.mustYield(self),
        let call = queue.popFirst()
      {
        send(call, to: worker)
      }
    }
  }

  // MARK: The worker

  /// The pool has room: starts the worker.
  func startWorker() {
    lastNumber = 0
    do throws(LoadFailure) {
      guard plugin.usable else {
        throw LoadFailure(
          code: "plugin_unusable",
          message: plugin.problems.first { $0.severity == .error }?.message
            ?? "plugin \(key.plugin) cannot be used")
      }
      let order = WorkerOrder(
        project: key.project, plugin: plugin, hello: try hello(), maxCalls: maxCalls,
        profile: .action, allowance: key.allowance, listening: nil)
      let worker = WorkerProcess(context: pool.context, order: order, owner: self)
      do throws(PluginHostError) { try worker.start() } catch {
        throw LoadFailure(code: error.code, message: error.message)
      }
      place = .held(worker)
    } catch {
      place = .empty
      pool.startFailed(self, error)
    }
  }

  /// Keeps the queue and starts another worker when the pause after a failed start is over.
  func startAgain(at due: UInt64) {
    restart = loop.schedule(at: due) { [weak self] in
      guard let self else { return }
      restart = nil
      if queue.isEmpty { pool.forgetIfUnused(self) } else { pump() }
    }
  }

  func failQueue(_ failure: LoadFailure) {
    for call in queue.takeAll() { pool.finish(call, .notStarted(failure), egress: .none) }
  }

  private func hello() throws(LoadFailure) -> JSONObject {
    let text = HelloText(
      plugin: key.plugin, project: key.project, settings: key.settings,
      interface: plugin.interface, actions: plugin.actions, services: key.services,
      maxCalls: maxCalls)
    return try text.object()
  }

  // MARK: Calls

  private func send(_ call: PoolCall, to worker: WorkerProcess) {
    guard let action = actionIndexes[call.request.action] else {
      let failure = LoadFailure(
        code: "action_unknown",
        message: "plugin \(key.plugin) has no action \(call.request.action)"
          + Suggestion.text(
            for: call.request.action.rawValue, among: plugin.actions.map(\.rawValue)))
      return pool.finish(call, .notStarted(failure), egress: .none)
    }
    lastNumber += 1
    let message = CallMessage(
      call: lastNumber, action: action,
      budgetMS: Int64(call.request.timeout.nanoseconds / 1_000_000),
      key: Array(call.request.key.utf8)[...], context: call.request.context[...],
      parameters: call.request.parameters[...])
    do throws(ProtocolViolation) {
      worker.send(try message.encoded())
    } catch {
      let failure = LoadFailure(code: error.code, message: error.reason)
      return pool.finish(call, .notStarted(failure), egress: .none)
    }
    begin(call, in: worker)
  }

  private func begin(_ call: PoolCall, in worker: WorkerProcess) {
    call.number = lastNumber
    call.started = loop.now
    call.workerPid = worker.pid
    lastUsed = call.started
    open[lastNumber] = call
    call.state = .running(
      deadline: loop.schedule(at: call.due) { [self] in close(call, .deadline) })
  }

  /// A call is out of the lane for good.
  func remove(_ call: PoolCall) {
    // The number may be another call's in the worker after.
    if open[call.number] === call { open[call.number] = nil }
    lastUsed = loop.now
    pump()
    if isFree { pool.becameFree(self) }
  }

  // MARK: Idleness

  /// One timer a minute instead of one a call: it looks when the last call was.
  func watchIdleness() {
    let idle = pool.context.limits.idle.nanoseconds
    let since = open.isEmpty ? lastUsed : loop.now
    idleTimer = loop.schedule(at: since + idle) { [weak self] in
      guard let self, case .held(let worker) = place, case .ready = worker.state else { return }
      if isFree && lastUsed + idle <= loop.now { worker.retire() } else { watchIdleness() }
    }
  }

  func unwatchIdleness() {
    if let idleTimer { loop.cancel(idleTimer) }
    idleTimer = nil
  }
}
