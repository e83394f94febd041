// SPDX-License-Identifier: Apache-2.0
//
// One worker process: its start, its socket, its end. It knows nothing of calls.

import CSystem
import Glibc
import Pipeline
import Values
import WorkerProtocol

/// A worker process from the wish for one to its reaping; never used again afterwards.
///
/// **Isolation** the loop's thread.
final class WorkerProcess: @unchecked Sendable {
  // Safe because: confined to the loop's thread, checked by loop.assertCurrent(); it crosses to the
  // spawner's thread only inside of a closure that posts it back.

  let context: WorkerContext
  let order: WorkerOrder
  weak var owner: WorkerOwner?

  var state = WorkerState.spawning
  private(set) var pid: Int32 = 0
  /// The user it becomes; 0: the host's own.
  private(set) var user: UInt32 = 0
  /// When it became ready. **Unit** nanoseconds of the monotonic clock; 0 before.
  private(set) var readySince: UInt64 = 0
  /// What it said when it could not load its plugin.
  private(set) var loadFailure: LoadFailure?

  var pidfd: OwnedDescriptor?
  /// Its control group, where there is one.
  private(set) var group: WorkerGroup?
  private(set) var autogroup: OwnedDescriptor?
  var socket: MessageSocket?
  var isSocketWatched = false
  /// Its socket is watched for room, because messages wait for it.
  var awaitsRoom = false
  var outbox = Outbox()
  /// A flush comes at the end of this turn.
  var isFlushDue = false
  private(set) var entered: EnteredPage?
  var output: WorkerOutput?
  /// What it may log by messages.
  private var logRate: LineRate
  /// Something it said was neither heard nor can it be read any more.
  var hasLostWords = false
  /// What it had taken when it ended.
  var lastUsage = WorkerUsage()
  /// The start timeout, then what else it must do in time; at most one at once.
  var timer: TimerToken?

  init(context: WorkerContext, order: WorkerOrder, owner: WorkerOwner) {
    self.context = context
    self.order = order
    self.owner = owner
    logRate = LineRate(
      burst: context.limits.logLines, perSecond: context.limits.logLinesPerSecond,
      now: context.loop.now)
  }

  /// The calls its threads were inside of. Hostile: a number counts only if such a call is open.
  var enteredCalls: [UInt32] { entered?.entered ?? [] }

  // MARK: Start

  /// Asks the spawner for the process.
  ///
  /// **Throws** when it cannot even be asked for; then nothing of it exists and nothing is told.
  func start() throws(PluginHostError) {
    context.loop.assertCurrent()
    let image = try order.plugin.image()
    user = try context.users.take(seed: UInt32(getpid()))
    let request: SpawnRequest
    do throws(ProtocolViolation) {
      request = try prepare(image)
    } catch {
      context.users.giveBack(user)
      throw PluginHostError(code: "worker_not_spawned", message: error.reason)
    }
    let loop = context.loop
    context.spawner.spawn(request) { [self] result in
      loop.post { self.attach(result) }
    }
  }

  private func prepare(_ image: LoadedImage) throws(ProtocolViolation) -> SpawnRequest {
    let (page, memory) = try EnteredPage.create(maxCalls: order.maxCalls)
    let pageMemory = OwnedDescriptor(memory)
    let ends = try MessageSocket.pair()
    let theirs = OwnedDescriptor(ends.worker)
    socket = MessageSocket(descriptor: ends.host, peer: .worker, owned: true)
    var reading: Int32 = -1
    var writing: Int32 = -1
    guard sys_pipe(&reading, &writing) == 0 else {
      throw ProtocolViolation(code: "socket_failed", reason: "no descriptors left for a worker")
    }
    entered = page
    output = WorkerOutput(
      loop: context.loop, limits: context.limits, reading: OwnedDescriptor(reading)
    ) { [weak self] line in self?.log(level: 1, line) }
    let environment =
      order.profile == .transport
      ? RuntimeLibraries.transportEnvironment : RuntimeLibraries.workerEnvironment
    return SpawnRequest(
      program: context.program, environment: environment, input: nil,
      output: OwnedDescriptor(writing), socket: theirs, image: image.memory, entered: pageMemory,
      listening: order.listening,
      libraries: context.sandbox.holds(.files) ? context.libraries : nil,
      groups: context.groups.map { ($0, WorkerBounds(order)) })
  }

  private func attach(_ result: Result<SpawnedProcess, PluginHostError>) {
    switch result {
    case .failure(let error):
      loadFailure = LoadFailure(code: error.code, message: error.message)
      end(WorkerDeath(pid: 0, reason: .notSpawned, status: .unknown, detail: error.message))
    case .success(let process):
      pid = process.pid
      pidfd = process.pidfd
      group = process.group
      if let problem = process.groupProblem {
        log(level: 2, Array("it has no control group: \(problem)".utf8)[...])
      }
      autogroup = process.autogroup
      context.loop.watch(fd: process.pidfd.number, reading: true, writing: false) {
        [self] _ in processEnded()
      }
      context.watch.add(self)
      if case .dying = state { killNow() } else { introduce(process.libraries) }
    }
  }

  private func introduce(_ libraries: [String]) {
    state = .loading
    let confinement = ConfinementText(
      policy: context.sandbox, profile: order.profile, allowance: order.allowance,
      maxCalls: order.maxCalls, user: user, libraries: libraries)
    var hello = order.hello
    hello["confinement"] = confinement.value
    setTimer(context.limits.start) { [self] in
      kill(.startTimeout, "not ready within \(context.limits.start)")
    }
    watchSocket()
    do throws(ProtocolViolation) {
      send(try HelloMessage(json: JSONValue.object(hello).jsonBytes[...]).encoded())
    } catch {
      kill(.violation, "hello: \(error)")
    }
  }

  /// It has loaded its plugin.
  func becameReady() {
    cancelTimer()
    state = .ready
    readySince = context.loop.now
    owner?.workerIsReady(self)
  }

  /// It could not load its plugin and is about to exit.
  func failedToLoad(_ json: ArraySlice<UInt8>) {
    let object = try? JSONValue(parsing: Array(json))
    let code = object?["code"]?.asText ?? "load_failed"
    let message = object?["message"]?.asText ?? "the worker did not say why"
    loadFailure = LoadFailure(code: code, message: message)
    kill(.loadFailed, code)
  }

  // MARK: End

  /// Asks it to finish what runs and to exit; kills it when that takes too long, at once without
  /// any patience. Asked again, it may only take less time.
  func retire(patience: Duration? = nil) {
    switch state {
    case .ready, .retiring:
      if patience == .zero { return kill(.ended, "there was no time left for it to stop") }
      if case .ready = state {
        state = .retiring
        if let stop = try? EncodedMessage.bare(.stop) { send(stop) }
        endRetiring(after: patience ?? context.limits.retire)
      } else if let patience, context.loop.now + patience.nanoseconds < timer?.due ?? .max {
        endRetiring(after: patience)
      }
    case .spawning, .loading:
      kill(.ended, "no longer needed")
    case .dying, .stuck, .gone:
      break
    }
  }

  private func endRetiring(after patience: Duration) {
    setTimer(patience) { [self] in kill(.ended, "it did not stop when asked to") }
  }

  // MARK: Its small needs

  /// A message of its log made fit for a terminal and a journal; nil when there are too many.
  func admitted(_ line: LogMessage) -> LogMessage? {
    guard logRate.admits(now: context.loop.now) else { return nil }
    sayDropped()
    let longest = context.limits.logLine
    let text = WorkerLogLine.cleaned(line.text.prefix(longest))
      + (line.text.count > longest ? " …" : "")
    return LogMessage(call: line.call, level: line.level, text: Array(text.utf8)[...])
  }

  /// Says how many messages of its log were dropped, if any were.
  func sayDropped() {
    if let notice = logRate.takeNotice() { log(level: 2, notice) }
  }

  func log(level: UInt8, _ bytes: ArraySlice<UInt8>) {
    context.log(
      WorkerLogLine(
        project: order.project, plugin: order.plugin.id, pid: pid, level: level, bytes: bytes))
  }

  func setTimer(_ delay: Duration, _ work: @escaping () -> Void) {
    cancelTimer()
    timer = context.schedule(after: delay, work)
  }

  func cancelTimer() {
    if let timer { context.loop.cancel(timer) }
    timer = nil
  }
}
