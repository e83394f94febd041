// SPDX-License-Identifier: Apache-2.0
//
// The calls of one plugin that run inside of the host.

import Glibc
import Pipeline
import PluginRuntime
import WorkerProtocol

/// One (project, plugin) without a worker: a queue of calls, threads of the host, an open instance.
///
/// Trusted code. Nothing can end it but its own return: a call that is over its deadline is told as
/// one, its requests are ended, and it is cancelled; when it still does not return, the plugin is
/// quarantined, and its calls run in a worker until the host is started again.
///
/// **Isolation** the loop's thread.
final class InsideLane: CallLane, @unchecked Sendable {
  // Safe because: confined to the loop's thread; threads of calls reach it by posting there.

  private enum State {
    /// Not opened: the next call does it.
    case shut
    /// A thread opens it.
    case opening
    case open(RuntimeActions)
    /// Its threads are ending, and take nothing any more.
    case ended
  }

  unowned let pool: WorkerPool
  let key: LaneKey
  let plugin: InstalledPlugin
  private let maxCalls: Int
  private let threads: InsideThreads
  private let backend: InsideBackend
  private var state = State.shut
  private(set) var queue = CallQueue()
  /// The running and closing calls, by number.
  private(set) var open: [UInt32: PoolCall] = [:]
  /// Those that were told as overdue and have not returned.
  private(set) var strays: Set<UInt32> = []
  private var boxes: [UInt64: ReplyBox] = [:]
  private var lastNumber: UInt32 = 0
  private var lastUsed: UInt64 = 0
  private var actionIndexes: [ActionID: Int] = [:]
  /// Set once a call of it did not return: nothing more is begun here.
  private var isQuarantined = false

  init(pool: WorkerPool, key: LaneKey, request: CallRequest) {
    self.pool = pool
    self.key = key
    plugin = request.plugin
    maxCalls = max(1, min(request.plugin.maxCalls, Self.mostThreads))
    threads = InsideThreads(most: maxCalls)
    backend = InsideBackend(loop: pool.context.loop)
    for (index, action) in plugin.actions.enumerated() { actionIndexes[action] = index }
    backend.lane = self
  }

  /// Each is a thread of the host.
  private static let mostThreads = 64

  private var loop: EventLoop { pool.context.loop }
  var calls: Int { Int(lastNumber) }

  func submit(_ call: PoolCall) {
    queue.append(call)
    pump()
  }

  func noteCancelled() { queue.noteCancelled() }

  private func pump() {
    guard !queue.isEmpty else { return }
    switch state {
    case .shut: openPlugin()
    case .opening, .ended: break
    case .open(let actions):
      while open.count < maxCalls, !isQuarantined, let call = queue.popFirst() {
        begin(call, actions)
      }
    }
  }

  // MARK: The plugin

  private func openPlugin() {
    if let failure = pool.backOff.blocking(key.build, now: loop.now) { return failQueue(failure) }
    guard plugin.usable else {
      let problem = plugin.problems.first { $0.severity == .error }
      return failQueue(
        LoadFailure(
          code: "plugin_unusable",
          message: problem?.message ?? "plugin \(key.plugin) cannot be used"))
    }
    state = .opening
    let (plugin, settings, services) = (plugin, key.settings, key.services)
    let hasThread = threads.run { [backend, loop] in
      let result = Result { () throws(LoadFailure) in
        try Self.open(plugin, settings: settings, services: services, backend)
      }
      loop.post { backend.lane?.opened(result) }
    }
    guard hasThread else {
      return opened(.failure(LoadFailure(code: "no_thread", message: "the host has no thread left")))
    }
  }

  private static func open(
    _ plugin: InstalledPlugin, settings: [UInt8], services: [String], _ backend: InsideBackend
  ) throws(LoadFailure) -> RuntimeActions {
    let image = try InsideImage.load(plugin)
    do throws(LoadError) {
      let instance = try RuntimeInstance(
        opening: image, settings: settings, services: services, backend: backend)
      return try instance.actions(plugin.actions.map(\.rawValue))
    } catch {
      throw LoadFailure(code: error.code.rawValue, message: error.message)
    }
  }

  private func opened(_ result: Result<RuntimeActions, LoadFailure>) {
    switch result {
    case .success(let actions):
      pool.backOff.reset(key.build)
      state = .open(actions)
      lastUsed = loop.now
      watchIdleness()
      pump()
    case .failure(let failure):
      state = .shut
      pool.backOff.failed(key.build, failure, now: loop.now)
      failQueue(failure)
    }
  }

  private func failQueue(_ failure: LoadFailure) {
    for call in queue.takeAll() { pool.finish(call, .notStarted(failure), egress: .none) }
    pool.forgetIfUnused(self)
  }

  /// Has done nothing, and is to do nothing.
  var isUnused: Bool {
    guard open.isEmpty, strays.isEmpty, queue.isEmpty else { return false }
    if case .opening = state { return false }
    return true
  }

  var isOpen: Bool { if case .open = state { true } else { false } }

  func cancelAll() {
    for call in open.values.sorted(by: { $0.number < $1.number }) { close(call, .cancelled) }
  }

  /// Once a minute it looks when the last call was.
  private func watchIdleness() {
    let idle = pool.context.limits.idle.nanoseconds
    let since = open.isEmpty ? lastUsed : loop.now
    _ = loop.schedule(at: since + idle) { [weak self] in
      guard let self, case .open = state else { return }
      guard isUnused, lastUsed + idle <= loop.now else { return watchIdleness() }
      end()
    }
  }

  /// Ends its threads, the first of which closes the plugin.
  func end() {
    guard case .open(let actions) = state else { return pool.forgetIfUnused(self) }
    state = .ended
    threads.end { actions.instance.close() }
    pool.forgetIfUnused(self)
  }

  // MARK: Calls

  private func begin(_ call: PoolCall, _ actions: RuntimeActions) {
    guard let action = actionIndexes[call.request.action] else {
      let failure = LoadFailure(
        code: "action_unknown",
        message: "plugin \(key.plugin) has no action \(call.request.action)")
      return pool.finish(call, .notStarted(failure), egress: .none)
    }
    lastNumber += 1
    let number = lastNumber
    call.number = number
    call.started = loop.now
    call.workerPid = 0
    lastUsed = call.started
    open[number] = call
    call.state = .running(
      deadline: loop.schedule(at: call.due) { [self] in close(call, .deadline) })
    let request = call.request
    let order = RuntimeActions.Call(
      number: number, action: action,
      budgetMS: Int64(request.timeout.nanoseconds / 1_000_000), key: Array(request.key.utf8)[...],
      context: request.context[...], parameters: request.parameters[...])
    let hasThread = threads.run { [backend, loop] in
      let result = actions.run(order)
      loop.post { backend.lane?.returned(number, result) }
    }
    guard !hasThread else { return }
    let json = #"{"code":"no_thread","message":"the host has no thread left"}"#
    let result = CallResult(status: ErrorClass.unavailable.status, json: Array(json.utf8))
    // Never from within `submit`.
    loop.deferToTurnEnd { [self] in returned(number, result) }
  }

  private func returned(_ number: UInt32, _ result: CallResult) {
    if strays.remove(number) != nil { return }
    guard let call = open[number] else { return }
    switch call.state {
    case .running(let deadline):
      loop.cancel(deadline)
      if call.openExchanges.isEmpty {
        pool.finish(
          call, .returned(status: result.status, json: result.json), egress: EgressFate.none)
        return remove(call)
      }
      var closing = CallClosing(cause: .returned(status: result.status, json: result.json))
      closing.isOut = true
      call.state = .closing(closing)
      endEgress(of: call)
    case .closing: update(call) { $0.isOut = true }
    case .queued, .ended: break
    }
  }

  private func remove(_ call: PoolCall) {
    open[call.number] = nil
    boxes = boxes.filter { $0.key >> 32 != UInt64(call.number) }
    lastUsed = loop.now
    pump()
  }

  // MARK: Its services

  func serve(
    _ number: UInt32, _ exchange: UInt32, _ service: ServiceID?, _ json: [UInt8], _ body: [UInt8],
    _ box: ReplyBox
  ) {
    guard let call = open[number], let service, call.isRunning,
      call.openExchanges.insert(exchange).inserted
    else { return refuse(box, exchange, open[number]) }
    boxes[Self.place(number, exchange)] = box
    guard let services = pool.services else { return refuse(box, exchange, call) }
    let ask = ServiceRequest(
      call: call.request, exchange: exchange, service: service, json: json[...], body: body[...],
      deadline: call.due)
    services.serve(ask) { [weak self] reply in
      guard let self, call.isRunning, call.openExchanges.remove(exchange) != nil,
        let box = boxes.removeValue(forKey: Self.place(number, exchange))
      else { return }
      box.deliver(
        PluginRuntime.ServiceReply(
          exchange: exchange, status: reply.status, json: reply.json[...], body: reply.body))
    }
  }

  private static func place(_ call: UInt32, _ exchange: UInt32) -> UInt64 {
    UInt64(call) << 32 | UInt64(exchange)
  }

  private func refuse(_ box: ReplyBox, _ exchange: UInt32, _ call: PoolCall?) {
    let (status, json) = Self.refusal(call)
    box.deliver(
      PluginRuntime.ServiceReply(exchange: exchange, status: status, json: Array(json.utf8)[...]))
  }

  private static func refusal(_ call: PoolCall?) -> (Int32, String) {
    guard case .closing(let closing)? = call?.state else { return (9, CallClosing.Cause.callEnded) }
    return closing.cause.refusal
  }

  func log(_ number: UInt32, _ level: UInt8, _ text: String) {
    guard let call = open[number], call.isRunning else {
      return pool.context.log(
        WorkerLogLine(
          project: key.project, plugin: key.plugin, pid: getpid(), level: level,
          bytes: Array(text.utf8)[...]))
    }
    pool.services?.callLog(call.request, level: level, text: Array(text.utf8)[...])
  }

  func progress(_ number: UInt32, _ json: [UInt8]) {
    guard let call = open[number], call.isRunning else { return }
    pool.services?.callProgress(call.request, json: json[...])
  }

  // MARK: Its end

  /// Closes a running call: from here on no request of it is served.
  func close(_ call: PoolCall, _ cause: CallClosing.Cause) {
    guard case .running(let deadline) = call.state else { return }
    loop.cancel(deadline)
    call.state = .closing(CallClosing(cause: cause))
    endEgress(of: call)
    if case .open(let actions) = state { actions.instance.cancel(call.number) }
    let grace = pool.context.schedule(after: pool.context.limits.cancel) { [self] in
      update(call) { $0.isGraceOver = true }
    }
    update(call) { $0.timers.append(grace) }
  }

  private func endEgress(of call: PoolCall) {
    for exchange in call.openExchanges {
      if let box = boxes.removeValue(forKey: Self.place(call.number, exchange)) {
        refuse(box, exchange, call)
      }
    }
    call.openExchanges = []
    askFate(of: call)
  }

  func update(_ call: PoolCall, _ change: (inout CallClosing) -> Void) {
    guard case .closing(var closing) = call.state else { return }
    change(&closing)
    call.state = .closing(closing)
    guard let fate = closing.fate, closing.isOut || closing.isGraceOver else { return }
    for timer in closing.timers { loop.cancel(timer) }
    if !closing.isOut { strayed(call) }
    let outcome: CallEnd.Outcome =
      switch closing.cause {
      case .returned(let status, let json): .returned(status: status, json: json)
      case .deadline: .deadline
      case .cancelled, .doomed: .cancelled
      }
    pool.finish(call, outcome, egress: fate)
    remove(call)
  }

  /// It goes on, and nothing can end it.
  private func strayed(_ call: PoolCall) {
    strays.insert(call.number)
    guard !isQuarantined else { return }
    isQuarantined = true
    pool.quarantined(
      self, because: "\(call.request.action) did not return within \(call.request.timeout)",
      queue.takeAll())
  }
}
