// SPDX-License-Identifier: Apache-2.0
// What a call may ask the host for, and what the host keeps for it until its outcome is on disk.
import Pipeline
import PluginHost
import Store
import Values
import WorkerProtocol

/// Serves the requests of all open calls.
///
/// A call is opened by the scheduler before it is submitted, asked through `CallServices` by the
/// pool while it runs, closed by the pool when it ends, and released by the scheduler when its
/// outcome is on disk. Only then are its gathered writes forgotten.
///
/// **Isolation**: confined to the loop thread.
package final class HostServices: CallServices, @unchecked Sendable {
  // Safe because: only touched on the loop thread, checked by `loop.assertCurrent()`.

  let loop: EventLoop
  let store: Store
  let vault: CredentialVault
  let pool: WorkerPool
  let recordIDs: RecordIDAllocator
  let blobs: BlobStore
  let blobThread: BlobThread
  /// The digest of a request, for the ledger.
  let digest: @Sendable ([UInt8]) -> String
  /// Milliseconds since 1970.
  let clock: @Sendable () -> Int64
  /// What was used while nothing is denied; nil where grants hold.
  package private(set) var record: GrantRecord?
  private let journalLog: @Sendable (RunID, String) -> Void
  private(set) var calls: [UInt64: OpenCall] = [:]
  /// What the notes of all open calls take in memory.
  var noteBytes = 0
  private var lastTransportNumber: UInt32 = 0

  package init(
    loop: EventLoop, store: Store, vault: CredentialVault, pool: WorkerPool,
    recordIDs: RecordIDAllocator, blobs: BlobStore, blobThread: BlobThread,
    digest: @escaping @Sendable ([UInt8]) -> String,
    clock: @escaping @Sendable () -> Int64, isPermissive: Bool = false,
    log: @escaping @Sendable (RunID, String) -> Void
  ) {
    if isPermissive { record = GrantRecord() }
    self.loop = loop
    self.store = store
    self.vault = vault
    self.pool = pool
    self.recordIDs = recordIDs
    self.blobs = blobs
    self.blobThread = blobThread
    self.digest = digest
    self.clock = clock
    journalLog = log
  }

  // MARK: the life of a call

  /// Opens a call. Its number must be new.
  package func open(
    _ order: CallOrderFacts, setup: ProjectSetup, plugin: ProjectSetup.PluginSetup
  ) {
    loop.assertCurrent()
    calls[order.number] = OpenCall(order: order, setup: setup, plugin: plugin)
  }

  /// The writes a call gathered, in order.
  package func writes(of number: UInt64) -> [RecordWrite] {
    calls[number]?.writes ?? []
  }

  /// What a call asked of runs, in order.
  package func effects(of number: UInt64) -> [RunEffect] {
    calls[number]?.effects ?? []
  }

  /// The latest HTTP exchanges of a call in the order they were asked for, ready to be stored.
  package func exchanges(of number: UInt64) -> [ExchangeRow] {
    guard let call = calls[number], let caller = call.order.caller else { return [] }
    return call.kept.sorted { $0.key < $1.key }.map { $0.value.row(of: call.order, by: caller) }
  }

  /// What is known of everything a call sent.
  package func fate(of number: UInt64) -> EgressFate {
    calls[number]?.fate ?? .none
  }

  /// Forgets a call whose outcome is on disk, or that runs again as another.
  package func release(_ number: UInt64) {
    guard let call = calls.removeValue(forKey: number) else { return }
    // Nothing of it may leave any more, whatever a callback that is still on its way wants.
    call.isClosed = true
    call.isReleased = true
    let drafts = call.blobs.drafts.values.map(\.file)
    call.blobs = CallBlobs()
    for draft in drafts { discard(draft) }
    noteBytes -= call.notes.bytes
    for exchange in call.exchanges.values {
      if let number = exchange.transportNumber { exchange.channel.abort(exchange: number) }
    }
  }

  // MARK: CallServices

  package func serve(_ request: ServiceRequest, reply: @escaping (ServiceReply) -> Void) {
    loop.assertCurrent()
    guard let call = calls[request.call.id], !call.isClosed else {
      reply(.failure(.bug, "call_closed", "the call is over"))
      return
    }
    let answer = noting(request, of: call, reply)
    guard request.json.count + request.body.count + call.openBytes
      <= HostServicesLimits.openBytesPerCall
    else {
      let most = HostServicesLimits.openBytesPerCall >> 20
      answer(
        .failure(
          .invalidInput, "too_much_at_once",
          "the requests a call has open are at most \(most) MiB together"))
      return
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Array(request.json))
    } catch {
      answer(.failure(.bug, "bad_request", "the request is no JSON: \(error)"))
      return
    }
    guard call.order.caller?.isTrial != true || request.service.mayBeTried else {
      return answer(.failure(Self.triedOnly))
    }
    switch request.service {
    case .recordsGet: recordGet(call, value, answer)
    case .recordsQuery: recordQuery(call, value, answer)
    case .recordsPut: recordPut(call, value, answer)
    case .recordsPutNow: recordPutNow(call, value, answer)
    case .recordsRemove: recordRemove(call, value, answer)
    case .httpSend: httpSend(call, request, value, answer)
    case .mailSend: mailSend(call, request, value, answer)
    case .credential: credentialGet(call, value, answer)
    case .runsStart: runsStart(call, value, answer)
    case .runsCancelDelays: runsCancelDelays(call, value, answer)
    case .runsLeave: runsLeave(call, value, answer)
    case .runsStop: runsStop(call, value, answer)
    case .eventsRaise: eventsRaise(call, value, answer)
    case .eventsSettle: eventsSettle(call, value, answer)
    case .blobsCreate: blobCreate(call, value, answer)
    case .blobsAppend: blobAppend(call, request, value, answer)
    case .blobsFinish: blobFinish(call, value, answer)
    case .blobsLook: blobLook(call, request, value, answer)
    case .blobsRead: blobRead(call, request, value, answer)
    }
  }

  /// What a trial is answered where something would happen.
  static let triedOnly = ActionFailure(
    .denied, code: "trial", message: "this is a trial: nothing is sent, written or started")

  package func endEgress(of request: CallRequest, done: @escaping (EgressFate) -> Void) {
    loop.assertCurrent()
    guard let call = calls[request.id] else { return done(.none) }
    call.isClosed = true
    // One that is not submitted yet ends when its intent is on disk and taken back.
    for exchange in call.exchanges.values {
      if let transportNumber = exchange.transportNumber {
        exchange.channel.abort(exchange: transportNumber)
      }
    }
    if call.isQuiet {
      done(call.fate)
    } else {
      call.whenQuiet = done
    }
  }

  package func callLog(_ request: CallRequest, level: UInt8, text: ArraySlice<UInt8>) {
    guard let call = calls[request.id] else { return }
    let line = String(decoding: text, as: UTF8.self)
    call.notes.log(line)
    journalLog(call.order.run, line)
  }

  package func callProgress(_ request: CallRequest, json: ArraySlice<UInt8>) {
    // Shown with the run's timeline by a later issue; nothing depends on it.
  }

  // MARK: grants

  /// Whether a call may do something. A permissive host lets it, and writes it down.
  func allows(_ grant: Grant, _ call: OpenCall) -> Bool {
    let isGranted = call.plugin.grants.has(grant)
    guard record != nil else { return isGranted }
    record?.note(grant, by: call.order.plugin, isGranted: isGranted)
    return true
  }

  // MARK: exchanges

  func nextTransportNumber() -> UInt32 {
    lastTransportNumber = lastTransportNumber == .max ? 1 : lastTransportNumber + 1
    return lastTransportNumber
  }

  /// Takes an exchange off the call and tells a closed call when it was the last.
  func endExchange(_ call: OpenCall, _ number: UInt32) {
    if let exchange = call.exchanges.removeValue(forKey: number) { call.openBytes -= exchange.bytes }
    tellIfQuiet(call)
  }

  /// Writes to the ledger; a closed call is not quiet before it is on disk.
  func writeLedger(
    _ call: OpenCall, _ body: @escaping @Sendable (WriteTransaction) throws(StoreError) -> Void,
    done: @escaping @Sendable (Result<Void, StoreError>) -> Void = { _ in }
  ) {
    call.ledgerWrites += 1
    store.write(body) { [self] result in
      call.ledgerWrites -= 1
      done(result)
      tellIfQuiet(call)
    }
  }

  private func tellIfQuiet(_ call: OpenCall) {
    guard call.isQuiet, let quiet = call.whenQuiet else { return }
    call.whenQuiet = nil
    quiet(call.fate)
  }
}

/// A reply that may be given from a store's or a transport's callback.
final class ReplyOnce: @unchecked Sendable {
  // Safe because: made and called on the loop thread only; callbacks are delivered there.
  private var reply: ((ServiceReply) -> Void)?

  init(_ reply: @escaping (ServiceReply) -> Void) {
    self.reply = reply
  }

  func callAsFunction(_ answer: ServiceReply) {
    reply?(answer)
    reply = nil
  }
}

extension ServiceID {
  /// Whether it only looks, or can be put together without happening.
  fileprivate var mayBeTried: Bool {
    switch self {
    case .recordsGet, .recordsQuery, .credential, .blobsLook, .blobsRead, .httpSend: true
    default: false
    }
  }
}
