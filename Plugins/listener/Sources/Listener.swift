// SPDX-License-Identifier: Apache-2.0
// Accepts requests, hands them to the host, and keeps each open until the host has answered.
import CJackfield
import CMicrohttpdCalls
import Glibc
import Synchronization

/// One libmicrohttpd daemon on the host's listening socket: its own epoll thread reads requests
/// and writes answers, and a waiting request costs no thread, only its suspended connection.
final class Listener: @unchecked Sendable {
  // Safe because: `state` is guarded by its mutex, `daemon` and `clock` are set in `init` and
  // never again, and the worker's table is constant for the process's life.
  private struct State {
    var waiting = WaitingRequests()
    var connections: OpenConnections
    /// When the clock looks next.
    var wakesAtMS = Int64.max
    var isStopping = false
    /// Requests that have begun and not been completed, answers being written among them.
    var openRequests = 0

    init(_ settings: ListenerSettings) { connections = OpenConnections(settings) }

    /// Whether the clock has to be rung for a time to be kept.
    mutating func wakes(before dueMS: Int64) -> Bool {
      guard dueMS < wakesAtMS else { return false }
      wakesAtMS = dueMS
      return true
    }
  }

  private let worker: UnsafePointer<jf_listener_host>
  private let settings: ListenerSettings
  private let state: Mutex<State>
  private var daemon: OpaquePointer?
  private var clock: PatienceClock?

  /// Starts to accept; nil when the descriptor is no listening socket.
  /// **Ownership**: the listener lives until the process ends.
  init?(worker: UnsafePointer<jf_listener_host>, descriptor: Int32, settings: ListenerSettings) {
    self.worker = worker
    self.settings = settings
    state = Mutex(State(settings))
    Self.raiseDescriptorLimit(settings.maxConnections)
    let clock = PatienceClock { [weak self] nowMS in self?.expire(nowMS) }
    guard let clock, clock.start(), Self.isListening(descriptor) else { return nil }
    self.clock = clock
    daemon = startDaemon(descriptor)
    guard daemon != nil else { return nil }
  }

  private func startDaemon(_ descriptor: Int32) -> OpaquePointer? {
    var callbacks = jf_daemon_callbacks(
      context: Unmanaged.passRetained(self).toOpaque(),
      connection: { context, connection, _, event in
        guard let context else { return }
        let listener = Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
        listener.connection(connection, isOpen: event == .CONNECTION_NOTIFY_STARTED)
      },
      target: { context, target, connection in
        guard let context, let target else { return nil }
        let listener = Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
        return listener.begin(connection, target).retained()
      },
      request: { context, connection, _, method, _, upload, size, exchange in
        guard let context, let size, let request = exchange?.pointee else { return .NO }
        let listener = Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
        return listener.step(
          ListenerRequest.from(request), connection, method, upload, &size.pointee)
      },
      completed: { context, connection, exchange, _ in
        guard let context, let request = exchange?.pointee else { return }
        exchange?.pointee = nil
        let listener = Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
        listener.forget(ListenerRequest.from(request), connection)
        ListenerRequest.release(request)
      })
    var limits = jf_daemon_limits(
      connections: UInt32(settings.maxConnections),
      idle_seconds: UInt32((settings.idleTimeoutMS + 999) / 1_000),
      memory_per_connection: settings.memoryPerConnection)
    return jf_daemon_start(descriptor, &callbacks, &limits)
  }

  // MARK: - The host's side

  /// Answers a request; an unknown number is ignored. Any thread.
  func respond(_ number: UInt64, _ answer: ListenerAnswer) {
    // Whoever sets the answer resumes the connection; until then nobody else can end it.
    let connection = state.withLock { $0.waiting.answer(number, answer) }
    connection?.resume()
  }

  /// Stops to accept; open requests are still answered.
  func stop() {
    let isFirst = state.withLock { state in
      defer { state.isStopping = true }
      return !state.isStopping
    }
    guard isFirst else { return }
    let descriptor = MHD_quiesce_daemon(daemon)
    if descriptor >= 0 { Glibc.close(descriptor) }
  }

  /// Waits until what is being answered is written, two seconds at most: what the host has not
  /// answered by now is answered by nobody.
  func close() {
    stop()
    let deadlineMS = PatienceClock.nowMS + 2_000
    while PatienceClock.nowMS < deadlineMS {
      let isQuiet = state.withLock { $0.openRequests <= $0.waiting.unansweredCount }
      if isQuiet { return }
      usleep(1_000)
    }
  }

  /// Ends the requests whose time is over, and says when the next one's is.
  private func expire(_ nowMS: Int64) -> Int64? {
    let due = state.withLock { $0.waiting.takeDue(nowMS) }
    for number in due { respond(number, .late) }
    return state.withLock { state in
      state.connections.endDue(nowMS)
      let next = [state.waiting.firstDueMS, state.connections.firstDueMS].compactMap { $0 }.min()
      state.wakesAtMS = next ?? .max
      return next
    }
  }

  // MARK: - The daemon's thread

  private func connection(_ connection: OpaquePointer?, isOpen: Bool) {
    let key = UInt(bitPattern: connection)
    guard isOpen else { return state.withLock { $0.connections.closed(key) } }
    let socket = jf_connection_socket(connection)
    let address = jf_connection_address(connection)
    let mustRing = state.withLock { state in
      let dueMS = state.connections.opened(
        key, socket: socket, address: address, nowMS: PatienceClock.nowMS)
      return dueMS.map { state.wakes(before: $0) } ?? false
    }
    if mustRing { clock?.ring() }
  }

  /// The line of a request has come. One whose parameters the daemon could not keep is answered
  /// here, for it would close the connection without a word.
  private func begin(
    _ connection: OpaquePointer?, _ target: UnsafePointer<CChar>
  ) -> ListenerRequest {
    let key = UInt(bitPattern: connection)
    let request = ListenerRequest(target: target)
    let mustRing = state.withLock { state in
      state.openRequests += 1
      let dueMS = state.connections.begins(key, nowMS: PatienceClock.nowMS)
      return dueMS.map { state.wakes(before: $0) } ?? false
    }
    if mustRing { clock?.ring() }
    if request.parameterCount > settings.maxParameters {
      refuse(request, connection, .tooManyParameters(settings.maxParameters))
    }
    return request
  }

  /// Answers past the daemon, which takes an answer before a body or after it, not in the middle of
  /// a chunked one of unknown length, and none before the headers.
  private func refuse(
    _ request: ListenerRequest, _ connection: OpaquePointer?, _ answer: ListenerAnswer
  ) {
    request.phase = .refused(drained: 0)
    let socket = jf_connection_socket(connection)
    answer.send(past: socket)
    shutdown(socket, Int32(SHUT_WR))
    state.withLock { $0.connections.refused(UInt(bitPattern: connection)) }
  }

  /// One call of the daemon for a request: its headers, a piece of its body, its end, or its
  /// connection resumed.
  private func step(
    _ request: ListenerRequest, _ connection: OpaquePointer?,
    _ method: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?, _ size: inout Int
  ) -> MHD_Result {
    switch request.phase {
    case .fresh:
      request.phase = .receiving
      guard let refusal = refusal(connection) else { return .YES }
      return answer(request, connection, refusal, closing: true)
    case .receiving where size > 0:
      let piece = UnsafeRawBufferPointer(start: upload, count: size)
      size = 0
      return receive(request, connection, piece)
    case .receiving:
      return handOver(request, connection, method)
    case .refused(let drained):
      guard size > 0, drained < ListenerSettings.drainBytes else { return .NO }
      request.phase = .refused(drained: drained + size)
      size = 0
      return .YES
    case .waiting(let number):
      guard let taken = state.withLock({ $0.waiting.take(number) }) else { return .NO }
      return answer(request, connection, taken, closing: false)
    case .done:
      return .NO
    }
  }

  /// Why a request is refused by its headers alone.
  private func refusal(_ connection: OpaquePointer?) -> ListenerAnswer? {
    if state.withLock({ $0.isStopping }) { return .stopping }
    if jf_connection_header_bytes(connection) > settings.maxHeaderBytes {
      return .headersTooLarge(settings.maxHeaderBytes)
    }
    let framing = RequestFraming(connection)
    if let problem = framing.problem { return ListenerAnswer(400, "bad_request", problem) }
    return framing.bodyBytes > settings.maxBodyBytes ? .tooLarge(settings.maxBodyBytes) : nil
  }

  private func receive(
    _ request: ListenerRequest, _ connection: OpaquePointer?, _ piece: UnsafeRawBufferPointer
  ) -> MHD_Result {
    guard request.body.count + piece.count > settings.maxBodyBytes else {
      request.append(piece)
      state.withLock { $0.connections.received(UInt(bitPattern: connection), bytes: piece.count) }
      return .YES
    }
    refuse(request, connection, .tooLarge(settings.maxBodyBytes))
    return .YES
  }

  private func handOver(
    _ request: ListenerRequest, _ connection: OpaquePointer?, _ method: UnsafePointer<CChar>?
  ) -> MHD_Result {
    let head = request.head(method: method, connection: connection)
    let dueMS = PatienceClock.nowMS + Int64(settings.pendingTimeoutMS)
    let suspendable = SuspendableConnection(connection)
    let key = UInt(bitPattern: connection)
    let added = state.withLock { state -> (number: UInt64, mustRing: Bool)? in
      // The sender of one that was cut off was told to send it again.
      guard state.connections.isOpen(key) else { return nil }
      state.connections.answers(key)
      return (state.waiting.add(suspendable, dueMS: dueMS), state.wakes(before: dueMS))
    }
    guard let (number, mustRing) = added else { return .NO }
    if mustRing { clock?.ring() }
    let status = incoming(number, head, request.body)
    guard status == JF_OK else {
      _ = state.withLock { $0.waiting.take(number) }
      let refusal = status == JF_RATE_LIMITED ? ListenerAnswer.busy : .notTaken
      return answer(request, connection, refusal, closing: false)
    }
    request.phase = .waiting(number)
    // Under the lock: an answer that comes now finds the connection suspended, or not yet.
    let early = state.withLock { state -> ListenerAnswer? in
      if state.waiting.hasAnswer(number) { return state.waiting.take(number) }
      suspendable.suspend()
      state.waiting.markSuspended(number)
      return nil
    }
    guard let early else { return .YES }
    return answer(request, connection, early, closing: false)
  }

  private func incoming(_ number: UInt64, _ head: [UInt8], _ body: [UInt8]) -> jf_status {
    head.withUnsafeBufferPointer { head in
      body.withUnsafeBufferPointer { body in
        worker.pointee.incoming(
          worker, number, jf_bytes(data: head.baseAddress, size: UInt64(head.count)),
          jf_bytes(data: body.baseAddress, size: UInt64(body.count)))
      }
    }
  }

  private func answer(
    _ request: ListenerRequest, _ connection: OpaquePointer?, _ answer: ListenerAnswer,
    closing: Bool
  ) -> MHD_Result {
    request.phase = .done
    let isStopping = state.withLock { state in
      state.connections.answers(UInt(bitPattern: connection))
      return state.isStopping
    }
    let closing = closing || isStopping
    return answer.queue(on: connection, closing: closing)
  }

  private func forget(_ request: ListenerRequest, _ connection: OpaquePointer?) {
    state.withLock { state in
      state.openRequests -= 1
      state.connections.rests(UInt(bitPattern: connection), nowMS: PatienceClock.nowMS)
      if case .waiting(let number) = request.phase { _ = state.waiting.take(number) }
    }
  }

  // MARK: - The socket

  private static func isListening(_ descriptor: Int32) -> Bool {
    var listens: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens == 1
  }

  private static func raiseDescriptorLimit(_ connections: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, rlim_t(connections + 64)))
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
