// SPDX-License-Identifier: Apache-2.0
//
// The workers of a host and the calls that wait for them.

import Pipeline

/// Starts, feeds, watches, kills and ends all workers of a host.
///
/// **Isolation** the loop's thread.
package final class WorkerPool: @unchecked Sendable {
  // Safe because: confined to the loop's thread, checked by loop.assertCurrent() at each entry.

  let context: WorkerContext
  /// What calls may ask for; set before the first call.
  package weak var services: CallServices?

  var backOff: StartBackOff
  var suspicions: Suspicions
  private(set) var isStopping = false
  private(set) var lanes: [LaneKey: WorkerLane] = [:]
  /// The plugins that run inside of the host.
  var insideLanes: [LaneKey: InsideLane] = [:]
  /// Those that did so and are not to any more, with the reason.
  var quarantines: [PluginHealthKey: String] = [:]
  /// Those who wait for room, first come first served.
  private var line: [WorkerLane] = []
  /// The workers that take one of the places.
  private var live: [ObjectIdentifier: WorkerProcess] = [:]
  /// The workers the kernel does not let go, with those who wait to hear of their end.
  private(set) var stuck: [ObjectIdentifier: (worker: WorkerProcess, lane: WorkerLane)] = [:]
  /// The calls that have not ended, by the caller's number.
  private var calls: [UInt64: PoolCall] = [:]
  var transports: [TransportKey: TransportChannel] = [:]
  var listeners: [ListenerChannel] = []
  /// Those who wait to hear that the pool has ended.
  private var stopped: [() -> Void] = []

  /// Makes a pool without workers.
  ///
  /// `program` is the path of `jackfield-worker`; `sandbox` confines each; `log` gets what workers print and what they log
  /// outside of calls.
  package init(
    loop: EventLoop, spawner: Spawner, program: String, limits: PoolLimits = PoolLimits(),
    sandbox: SandboxPolicy = SandboxPolicy(), log: @escaping (WorkerLogLine) -> Void
  ) {
    context = WorkerContext(
      loop: loop, spawner: spawner, limits: limits, program: program, sandbox: sandbox, log: log)
    backOff = StartBackOff(first: limits.backOffFirst, most: limits.backOffMost)
    suspicions = Suspicions(limits: limits)
  }

  /// Why the control groups that were handed over are not used; nil where they are, or none were.
  package var groupsProblem: String? { context.groupsProblem }

  // MARK: Calls

  /// Runs a call as soon as there is a worker for it. `ended` is told once, on the loop, never
  /// before this returns.
  package func submit(_ request: CallRequest, ended: @escaping (CallEnd) -> Void) {
    context.loop.assertCurrent()
    let call = PoolCall(request, ended)
    precondition(
      calls.updateValue(call, forKey: request.id) == nil,
      "call \(request.id) was submitted twice")
    guard !isStopping else { return finish(call, .cancelled, egress: .none) }
    if request.isInside, quarantines[PluginHealthKey(request.project, request.plugin.id)] == nil {
      return submitInside(call)
    }
    submitToWorker(call)
  }

  /// Runs a call in a worker.
  func submitToWorker(_ call: PoolCall) {
    let request = call.request
    let key = LaneKey(request, isAlone: request.alone || suspicions.mustBeAlone(request))
    let lane = lane(key, request)
    call.lane = lane
    lane.submit(call)
  }

  private func lane(_ key: LaneKey, _ request: CallRequest) -> WorkerLane {
    if let lane = lanes[key] { return lane }
    let lane = WorkerLane(pool: self, key: key, request: request)
    lanes[key] = lane
    return lane
  }

  /// Ends a call early: at once when it waits; else it is closed as at its deadline, and its worker
  /// killed if it does not return. Unknown numbers are ignored.
  package func cancel(_ id: UInt64) {
    context.loop.assertCurrent()
    guard let call = calls[id] else { return }
    switch call.state {
    case .queued:
      finish(call, .cancelled, egress: .none)
      call.lane?.noteCancelled()
    case .running:
      call.lane?.close(call, .cancelled)
    case .closing, .ended:
      break
    }
  }

  /// The last thing that happens to a call.
  func finish(
    _ call: PoolCall, _ outcome: CallEnd.Outcome, egress: EgressFate, suspects: [UInt64] = []
  ) {
    calls[call.request.id] = nil
    if case .collateral = outcome {} else { suspicions.forget(call.request) }
    let end = call.end(outcome, egress: egress, suspects: suspects, at: context.loop.now)
    if call.started == 0 {
      // Never from within `submit`: the caller has not written down what it submitted.
      context.loop.deferToTurnEnd { call.tell(end) }
    } else {
      call.tell(end)
    }
    checkStopped()
  }

  // MARK: Room

  /// A lane wants a worker: now if there is room, else when its turn has come.
  func wantsWorker(_ lane: WorkerLane) {
    if live.count < context.limits.workers && line.isEmpty {
      start(lane)
    } else {
      lane.place = .waiting
      line.append(lane)
      makeRoom()
    }
  }

  /// A lane's worker does nothing, or had its turn.
  func becameFree(_ lane: WorkerLane) {
    if !line.isEmpty { makeRoom() }
  }

  /// Whether a lane must give its worker up to those who wait, however much it has to do.
  func mustYield(_ lane: WorkerLane) -> Bool {
    guard !line.isEmpty, let worker = lane.worker else { return false }
    return worker.readySince + context.limits.turn.nanoseconds < context.loop.now
  }

  /// Ends as many free workers as lanes wait, the longest unused ones first.
  private func makeRoom() {
    var leaving = live.values.reduce(0) { count, worker in
      switch worker.state {
      case .retiring, .dying: count + 1
      case .spawning, .loading, .ready, .stuck, .gone: count
      }
    }
    let room = max(0, context.limits.workers - live.count)
    guard leaving + room < line.count else { return }
    for lane in lanes.values.filter(\.isFree).sorted(by: { $0.lastUsed < $1.lastUsed }) {
      guard leaving + room < line.count else { return }
      lane.worker?.retire()
      leaving += 1
    }
  }

  private func admit() {
    while live.count < context.limits.workers, !line.isEmpty {
      let lane = line.removeFirst()
      lane.place = .empty
      if lane.queue.isEmpty { forgetIfUnused(lane) } else { start(lane) }
    }
  }

  private func start(_ lane: WorkerLane) {
    lane.startWorker()
    if let worker = lane.worker { live[ObjectIdentifier(worker)] = worker }
  }

  // MARK: Ends of workers

  /// There is no worker for a lane: its calls end, and its build is left alone for a while.
  func startFailed(_ lane: WorkerLane, _ failure: LoadFailure) {
    backOff.failed(lane.key.build, failure, now: context.loop.now)
    lane.failQueue(failure)
    forgetIfUnused(lane)
  }

  /// A lane's worker was killed from outside while it loaded: its calls wait for another.
  func startWasKilled(_ lane: WorkerLane, _ failure: LoadFailure) {
    backOff.failed(lane.key.build, failure, now: context.loop.now)
    lane.startAgain(at: backOff.entries[lane.key.build]?.nextAttempt ?? context.loop.now)
  }

  func becameStuck(_ worker: WorkerProcess, _ death: WorkerDeath, _ lane: WorkerLane) {
    live[ObjectIdentifier(worker)] = nil
    stuck[ObjectIdentifier(worker)] = (worker, lane)
    context.loop.deferToTurnEnd { [self] in admit() }
  }

  func isGone(_ worker: WorkerProcess, _ lane: WorkerLane) {
    live[ObjectIdentifier(worker)] = nil
    stuck[ObjectIdentifier(worker)] = nil
    forgetIfUnused(lane)
    admit()
    checkStopped()
  }

  /// A lane that has nothing and waits for nothing.
  func forgetIfUnused(_ lane: WorkerLane) {
    guard case .empty = lane.place, lane.queue.isEmpty, lane.open.isEmpty,
      lanes[lane.key] === lane
    else { return }
    lanes[lane.key] = nil
  }

  // MARK: The end

  /// Takes no more calls; those that wait end as cancelled, those that run may go on for `grace`,
  /// then their workers are killed. Transports end after the last call, then `done` is told.
  ///
  /// Asked again, it shortens the grace and never lengthens it; without any, workers are killed at
  /// once. Every `done` is told.
  package func shutdown(grace: Duration, done: @escaping () -> Void) {
    context.loop.assertCurrent()
    isStopping = true
    stopped.append(done)
    for call in calls.values where call.isQueued {
      finish(call, .cancelled, egress: .none)
      call.lane?.noteCancelled()
    }
    endInside(grace: grace)
    for listener in listeners { listener.stop(patience: grace) }
    for worker in live.values { worker.retire(patience: grace) }
    context.loop.deferToTurnEnd { [self] in checkStopped() }
  }

  /// Goes on with the shutdown when what it waits for has come.
  func checkStopped() {
    guard !stopped.isEmpty, calls.isEmpty, live.isEmpty else { return }
    for transport in transports.values { transport.stop() }
    guard transports.values.allSatisfy(\.isStopped), listeners.allSatisfy(\.isStopped) else {
      return
    }
    transports = [:]
    listeners = []
    closeInside()
    for done in stopped { context.loop.deferToTurnEnd(done) }
    stopped = []
  }

  /// How many lanes wait for room.
  var waitingLanes: [WorkerLane] { line }
  /// Whether the last of all workers is gone.
  package var hasWorkers: Bool { !live.isEmpty }
}
