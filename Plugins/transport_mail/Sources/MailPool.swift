// SPDX-License-Identifier: Apache-2.0
// The threads on which mails are handed over.
import CCurlCalls
import CurlTransport
import ExchangeValues
import Glibc
import Synchronization

/// Runs each session on a thread, at most ``most`` at once; the others wait their turn.
///
/// Not one thread for all, as HTTP has: libcurl 7.88 blocks while it waits for the reply to the
/// end of the data, and one slow server would hold up every other mail.
final class MailPool: TransportRunner {
  /// Servers limit sessions per client too, commonly at 50 and below.
  static let most = 32
  private static let stackBytes = 512 * 1_024

  private struct State {
    var waiting: [MailExchange] = []
    var running: [UInt64: MailExchange] = [:]
    var threads = 0
  }

  private let state = Mutex(State())
  private let reports: TransportReports

  init(reports: TransportReports) throws(ExchangeFailure) {
    guard jf_curl_start() == 0 else {
      throw ExchangeFailure(.unavailable, "curl_start", "libcurl did not start")
    }
    self.reports = reports
  }

  func begin(_ exchange: MailExchange) {
    let needsThread = state.withLock { state in
      state.waiting.append(exchange)
      guard state.threads < Self.most else { return false }
      state.threads += 1
      return true
    }
    if needsThread { startThread() }
  }

  func abort(_ number: UInt64) {
    let (waited, running) = state.withLock { state in
      let index = state.waiting.firstIndex { $0.number == number }
      return (index.map { state.waiting.remove(at: $0) }, state.running[number])
    }
    if waited != nil { reports.answered(number, .aborted(left: false)) }
    running?.abort()
  }

  // MARK: - The threads

  private func startThread() {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, Self.stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let result = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        jf_thread_begin("mail")
        Unmanaged<MailPool>.fromOpaque(context).takeRetainedValue().work()
        return nil
      }, context)
    pthread_attr_destroy(&attributes)
    if result != 0 {
      Unmanaged<MailPool>.fromOpaque(context).release()
      refuse()
    }
  }

  /// Without a thread of its own a mail waits for another's, if there is one.
  private func refuse() {
    let abandoned = state.withLock { state -> [MailExchange] in
      state.threads -= 1
      guard state.threads == 0 else { return [] }
      defer { state.waiting = [] }
      return state.waiting
    }
    let failure = ExchangeFailure(.unavailable, "no_thread", "no thread for the mail: try again")
    for exchange in abandoned {
      reports.answered(exchange.number, ExchangeAnswer(head: failure.head(left: false)))
    }
  }

  /// Hands mails over until none waits.
  private func work() {
    while let exchange = next() {
      exchange.run()
      state.withLock { $0.running[exchange.number] = nil }
    }
  }

  private func next() -> MailExchange? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.threads -= 1
        return nil
      }
      let exchange = state.waiting.removeFirst()
      state.running[exchange.number] = exchange
      return exchange
    }
  }
}
