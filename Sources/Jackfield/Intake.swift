// SPDX-License-Identifier: Apache-2.0
// From a request of the listener to a run on disk and its receipt.
import CSystem
import Engine
import Ingress
import Pipeline
import PluginHost
import Scheduler
import Store
import Values

/// What the intake knows of a project: where its URLs lead, and the secrets that verify.
package struct IntakeTable: Sendable {
  /// One connector's newest version.
  package struct Entry: Sendable {
    package let row: ConnectorRow
    package let connector: Connector
  }

  package var entries: [String: Entry] = [:]
  package var secrets: [CredentialName: [[UInt8]]] = [:]
}

/// Takes requests in: decides, has them committed, and answers from the commit.
///
/// The tables are copies of what the store holds, replaced within the command that changes it,
/// so a URL never leads to what was there before.
///
/// **Isolation**: confined to the loop thread.
package final class Intake: @unchecked Sendable {
  // Safe because: only touched on the loop thread, checked by `loop.assertCurrent()`.

  /// Bodies that wait for the writer before the listener is told to answer 503, and when it may
  /// take requests again: at 10,000 commits a second the wait is under half a second.
  static let busyAbove = 4_096
  static let calmBelow = 1_024
  /// What those bodies may hold together, in memory until they are on disk.
  static let busyAboveBytes = 64 << 20
  /// Refused bodies kept for looking at: this much of each, and this many on their way at once, so
  /// that what nobody signed costs little.
  static let keptBytes = 64 << 10
  static let keepingAtOnce = 16

  private let loop: EventLoop
  private let store: Store
  private let scheduler: Scheduler
  private let pool: WorkerPool
  private let ingress: Ingress
  private let log: @Sendable (String) -> Void
  private var tables: [ProjectID: IntakeTable] = [:]
  private var listener: ListenerChannel?
  private var isBusy = false
  private var waiting = 0
  private var waitingBytes = 0
  private var keeping = 0
  /// Senders that wait for what their run makes of the mapping, by exchange.
  private var promised: [UInt64: Promise] = [:]
  private var isStopping = false

  /// An answer that is still owed, and what is said when it does not come.
  private struct Promise {
    let run: RunID
    let timer: TimerToken
    let receipt: IngressReply
  }

  init(
    loop: EventLoop, store: Store, scheduler: Scheduler, pool: WorkerPool, ingress: Ingress,
    log: @escaping @Sendable (String) -> Void
  ) {
    self.loop = loop
    self.store = store
    self.scheduler = scheduler
    self.pool = pool
    self.ingress = ingress
    self.log = log
  }

  func replace(_ table: IntakeTable, for project: ProjectID) {
    loop.assertCurrent()
    tables[project] = table
  }

  /// Takes requests from a listener.
  func attach(_ listener: ListenerChannel, ready: @escaping () -> Void) {
    loop.assertCurrent()
    self.listener = listener
    listener.incoming = { [weak self] exchange, head, body in
      self?.incoming(exchange, head, body)
    }
    listener.ready = ready
    listener.failed = { [log] failure in log("listener: \(failure.message)") }
    listener.start()
  }

  /// Takes no more requests. Who waits for a mapped answer gets the receipt: the run goes on at the
  /// next start.
  func detach() {
    loop.assertCurrent()
    isStopping = true
    for (exchange, promise) in promised {
      scheduler.answer(promise.run, nil)
      settle(exchange, nil)
    }
    listener?.stop()
  }

  // MARK: one request

  private func incoming(_ exchange: UInt64, _ head: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) {
    guard let value = try? JSONValue(parsing: Array(head)),
      let request = IngressRequest(head: value, body: Array(body))
    else {
      return respond(exchange, .failed(reference: reference("the listener's head does not parse")))
    }
    let route = IngressRoute(path: request.path)
    if let answer = Ingress.answer(to: route) { return respond(exchange, answer) }
    guard case .webhook(let token) = route else { return }
    guard !isBusy else { return respond(exchange, .busy) }
    let found = find(token)
    guard let (entry, table) = found else {
      return retired(token, exchange, request)
    }
    let now = Host.now()
    let zone = scheduler.setups[entry.row.project]?.zone ?? .utc
    let context = FormatterContext(
      zone: entry.connector.zone(in: scheduler.zones) ?? zone, zones: scheduler.zones)
    let webhook = entry.connector.webhook.map {
      IngressConnector(row: entry.row, trigger: $0, context: context)
    }
    let decision = ingress.decide(
      request, connector: webhook.map { .found($0) } ?? .unknown,
      secret: { table.secrets[$0] ?? [] }, nowMS: now)
    switch decision {
    case .reply(let reply, let verdict):
      if let verdict { keep(verdict, entry.row.id, nil, request.body, now) }
      respond(exchange, reply)
    case .accept(let plan): accept(plan, entry, exchange, request.body, now)
    }
  }

  private func find(_ token: String) -> (IntakeTable.Entry, IntakeTable)? {
    for table in tables.values {
      if let entry = table.entries[token] { return (entry, table) }
    }
    return nil
  }

  /// No connector has this token now: it may have had one before, which only the store knows.
  private func retired(_ token: String, _ exchange: UInt64, _ request: IngressRequest) {
    store.read({ transaction throws(StoreError) in try transaction.connectorByToken(token) }) {
      [self] result in
      let lookup: IngressLookup
      switch result {
      case .success(.unknown): lookup = .unknown
      case .success(.retired): lookup = .retired
      // It is there, and this host could not read it: what is sent meanwhile must come again.
      case .success(.found(let row)):
        return respond(exchange, .failed(reference: reference("\(row.name) is left out")))
      case .failure(let error):
        return respond(exchange, .failed(reference: reference(error.message)))
      }
      let decision = ingress.decide(request, connector: lookup, secret: { _ in [] }, nowMS: 0)
      if case .reply(let reply, _) = decision { respond(exchange, reply) }
    }
  }

  private func accept(
    _ plan: IntakePlan, _ entry: IntakeTable.Entry, _ exchange: UInt64, _ body: [UInt8],
    _ now: Int64
  ) {
    let setup = scheduler.setups[entry.row.project]
    let event = NewEvent(
      entry.row, entry.connector, event: plan.event, dedupe: plan.dedupe,
      zone: setup?.zone ?? .utc, zones: scheduler.zones, digests: scheduler.digests)
    let size = body.count
    waiting += 1
    waitingBytes += size
    if waiting > Self.busyAbove || waitingBytes > Self.busyAboveBytes { setBusy(true) }
    store.write({ transaction throws(StoreError) in
      let verdict = try transaction.eventAccept(event, nowMS: now)
      _ = sys_fault(SYS_FAULT_ACCEPT)
      return verdict
    }) { [self] result in
      waiting -= 1
      waitingBytes -= size
      if waiting < Self.calmBelow, waitingBytes < Self.busyAboveBytes / 4 { setBusy(false) }
      switch result {
      case .failure(let error):
        respond(exchange, .failed(reference: reference(error.message)))
      case .success(let verdict):
        // The batch is on disk: only now is there a receipt.
        if sys_fault(SYS_FAULT_COMMIT) != 0 { pool.killFaultVictim() }
        guard case .accepted(let run) = verdict else {
          respond(exchange, plan.receipt(verdict.run))
          return keep(.duplicate, entry.row.id, verdict.run, body, now)
        }
        if let mapping = entry.connector.respond, !plan.answersWithPage, !isStopping {
          respondLater(exchange, run, mapping, plan.receipt(run))
        } else {
          respond(exchange, plan.receipt(run))
        }
        scheduler.accepted(run, of: entry.row.id, entry.row.project) { [scheduler] in
          RunSeed.new(
            run, entry.row, entry.connector, event, event: plan.event, scheduler: scheduler,
            startedMS: now)
        }
      }
    }
  }

  /// Answers with what the run makes of the mapping; with the receipt when it is not there in time,
  /// or when the run has ended without it.
  private func respondLater(
    _ exchange: UInt64, _ run: RunID, _ mapping: RespondMapping, _ receipt: IngressReply
  ) {
    let timer = loop.schedule(at: loop.now + UInt64(mapping.wait.milliseconds) * 1_000_000) {
      [self] in
      scheduler.answer(run, nil)
      settle(exchange, nil)
    }
    promised[exchange] = Promise(run: run, timer: timer, receipt: receipt)
    scheduler.answer(run) { [self] response in settle(exchange, response) }
  }

  private func settle(_ exchange: UInt64, _ response: Response?) {
    guard let promise = promised.removeValue(forKey: exchange) else { return }
    loop.cancel(promise.timer)
    respond(exchange, response.map { IngressReply($0) } ?? promise.receipt)
  }

  /// Keeps a refused body with its verdict, for whoever asks why nothing runs.
  private func keep(
    _ verdict: IngressVerdict, _ connector: ConnectorID, _ run: RunID?, _ body: [UInt8],
    _ now: Int64
  ) {
    guard keeping < Self.keepingAtOnce else { return }
    keeping += 1
    let kept = Array(body.prefix(Self.keptBytes))
    store.write({ transaction throws(StoreError) in
      try transaction.receivedPut(
        connector, verdict: verdict.rawValue, run: run, body: kept, nowMS: now)
    }) { [self] _ in keeping -= 1 }
  }

  private func respond(_ exchange: UInt64, _ reply: IngressReply) {
    var headers = JSONObject()
    for (name, value) in reply.headers { headers[name] = .text(value) }
    let head: JSONValue = ["status": .integer(Int64(reply.status)), "headers": .object(headers)]
    listener?.respond(exchange: exchange, head: head.jsonBytes, body: reply.body)
  }

  private func setBusy(_ busy: Bool) {
    guard busy != isBusy else { return }
    isBusy = busy
    listener?.setIntake(!busy)
    log(busy ? "intake: the disk is behind, answering 503" : "intake: taking requests again")
  }

  /// A short id that is in the answer and, with the reason, in the log.
  private func reference(_ reason: String) -> String {
    let id = String(UInt32.random(in: .min ... .max), radix: 16)
    log("intake: \(id): \(reason)")
    return id
  }
}
