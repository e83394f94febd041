// SPDX-License-Identifier: Apache-2.0
// The one thread on which every exchange runs.
import CCurlCalls
import CurlTransport
import ExchangeValues
import Glibc
import Synchronization

/// Runs any number of libcurl transfers on one thread: epoll for their sockets, an eventfd for
/// what other threads ask.
///
/// `curl_multi_socket_action` rather than `curl_multi_poll`: the latter looks at every transfer
/// on every turn, which for 5,000 open ones is most of the processor.
final class HTTPLoop: TransportRunner, @unchecked Sendable {
  // Safe because: `inbox` is guarded by its mutex, the descriptors never change, and everything
  // else is touched on the loop's thread only.
  private enum Request {
    case begin(HTTPExchange)
    case abort(UInt64)
  }

  private struct Open {
    let exchange: HTTPExchange
    let easy: CurlEasy
  }

  private let inbox = Mutex<[Request]>([])
  private let poll: Int32
  private let bell: Int32
  private let multi: UnsafeMutableRawPointer
  private let reports: TransportReports
  private var open: [UInt64: Open] = [:]
  private var numbers: [UnsafeMutableRawPointer: UInt64] = [:]
  private var timerDueMS: Int64?

  /// Starts the thread. **Ownership**: the loop lives until the process ends.
  init(reports: TransportReports) throws(ExchangeFailure) {
    Self.raiseDescriptorLimit()
    guard jf_curl_start() == 0, let multi = curl_multi_init() else {
      throw ExchangeFailure(.unavailable, "curl_start", "libcurl did not start")
    }
    self.multi = multi
    self.reports = reports
    var (poll, bell): (Int32, Int32) = (-1, -1)
    guard jf_poll_open(&poll, &bell) == 0 else {
      throw ExchangeFailure(.unavailable, "no_descriptors", "no descriptor for the loop")
    }
    (self.poll, self.bell) = (poll, bell)
    configure()
    try startThread()
  }

  /// Begins an exchange. Any thread.
  func begin(_ exchange: HTTPExchange) { ask(.begin(exchange)) }

  /// Ends an exchange early; an unknown number is ignored. Any thread.
  func abort(_ number: UInt64) { ask(.abort(number)) }

  private func ask(_ request: Request) {
    let wasEmpty = inbox.withLock { requests in
      requests.append(request)
      return requests.count == 1
    }
    if wasEmpty { jf_bell_ring(bell) }
  }

  private func configure() {
    _ = jf_multi_long(multi, CURLMOPT_MAXCONNECTS, CurlLimits.idleConnections)
    _ = jf_multi_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, Self.connectionLimit())
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = jf_multi_on_events(
      multi,
      { _, socket, what, context, _ in
        guard let context else { return 0 }
        jf_poll_watch(HTTPLoop.from(context).poll, socket, what)
        return 0
      },
      { _, milliseconds, context in
        guard let context else { return 0 }
        let loop = HTTPLoop.from(context)
        loop.timerDueMS = milliseconds < 0 ? nil : Clock.milliseconds + Int64(milliseconds)
        return 0
      }, context)
  }

  private static func from(_ context: UnsafeMutableRawPointer) -> HTTPLoop {
    Unmanaged<HTTPLoop>.fromOpaque(context).takeUnretainedValue()
  }

  // MARK: - The thread

  private func startThread() throws(ExchangeFailure) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        jf_thread_begin("transport")
        HTTPLoop.from(context).run()
      }, context)
    guard result == 0 else {
      throw ExchangeFailure(.unavailable, "no_thread", "no thread for the loop")
    }
    pthread_detach(thread)
  }

  private func run() -> Never {
    let capacity = 256
    let events = UnsafeMutablePointer<jf_event>.allocate(capacity: capacity)
    while true {
      let count = jf_poll_wait(poll, bell, waitMS(), events, Int32(capacity))
      for index in 0..<Int(count) { act(events[index].socket, events[index].bits) }
      if let due = timerDueMS, due <= Clock.milliseconds {
        timerDueMS = nil
        act(CURL_SOCKET_TIMEOUT, 0)
      }
      takeInbox()
      takeFinished()
    }
  }

  private func waitMS() -> Int32 {
    guard let due = timerDueMS else { return -1 }
    return Int32(clamping: max(0, due - Clock.milliseconds))
  }

  private func act(_ socket: Int32, _ bits: Int32) {
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, bits, &running)
  }

  private func takeInbox() {
    let requests = inbox.withLock { requests in
      defer { requests = [] }
      return requests
    }
    for request in requests {
      switch request {
      case .begin(let exchange): start(exchange)
      case .abort(let number): end(number)
      }
    }
  }

  private func start(_ exchange: HTTPExchange) {
    do throws(ExchangeFailure) {
      let easy = try exchange.transfer()
      guard curl_multi_add_handle(multi, easy.handle) == CURLM_OK else {
        throw ExchangeFailure(.bug, "curl_add", "libcurl did not take the transfer")
      }
      numbers[easy.handle] = exchange.number
      open[exchange.number] = Open(exchange: exchange, easy: easy)
    } catch {
      let head = error.head(left: exchange.hasLeft)
      reports.answered(exchange.number, ExchangeAnswer(head: head))
    }
  }

  private func end(_ number: UInt64) {
    guard let aborted = remove(number) else { return }
    reports.answered(number, .aborted(left: aborted.exchange.hasLeft))
  }

  private func remove(_ number: UInt64) -> Open? {
    guard let closed = open.removeValue(forKey: number) else { return nil }
    numbers[closed.easy.handle] = nil
    curl_multi_remove_handle(multi, closed.easy.handle)
    return closed
  }

  private func takeFinished() {
    var handle: UnsafeMutableRawPointer?
    var code = CURLE_OK
    while jf_multi_next_done(multi, &handle, &code) == 1 {
      guard let handle, let number = numbers[handle], let done = remove(number) else { continue }
      switch done.exchange.ended(done.easy, code: code) {
      case .again: start(done.exchange)
      case .answer(let answer): reports.answered(number, answer)
      }
    }
  }

  // MARK: - Descriptors

  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(CurlLimits.openConnections * 2))
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  private static func connectionLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
    return min(CurlLimits.openConnections, max(16, Int(clamping: limit.rlim_cur) - 64))
  }
}
