// SPDX-License-Identifier: Apache-2.0
// How a call ends, and what a service's error was.
import CJackfield
import Values

extension Call {
  /// Anything encodable as a value, for an error's detail or for progress.
  public func encoded(_ value: some Encodable) throws(ActionError) -> JSONValue {
    do { return try ValueEncoder.encode(value) } catch {
      throw .bug("result", "the result cannot be written: \(error)")
    }
  }

  /// Has the result count only once news of what was sent have come (`EventService.settle`, under
  /// this call's key). The run holds no worker meanwhile. Where one target's news are a success the
  /// action succeeds with its result, where all are failures it fails as the first says, and where
  /// they do not come in time its outcome is unknown.
  ///
  /// - Parameters:
  ///   - targets: of how many different ones, 1 to 1,000.
  ///   - time: at most 30 days.
  public func awaitNews(of targets: Int = 1, within time: Duration) {
    news.terms.withLock {
      $0 = NewsRequest.Terms(count: Int64(targets), withinMS: time.milliseconds)
    }
  }

  /// Reports success.
  ///
  /// **Throws**: `failed`, code `result_too_large`, when the host does not take the value.
  func succeed(with result: some Encodable) throws(ActionError) {
    guard let built = build(try encoded(result)), report(built) == JF_OK else {
      throw .failed(
        "result_too_large", "the result is over 1 MiB: ask for less, or keep less of it")
    }
  }

  private func report(_ built: OpaquePointer) -> jf_status {
    guard let terms = news.terms.withLock({ $0 }) else {
      return instance.calls.pointee.result_value(pointer, built)
    }
    return instance.calls.pointee.result_wait(pointer, built, terms.count, terms.withinMS)
  }

  /// Reports failure.
  func fail(with error: ActionError) {
    let borrowed = Borrowed()
    withExtendedLifetime(borrowed) {
      var report = jf_error(
        size: UInt32(MemoryLayout<jf_error>.size), status: error.class.rawValue,
        code: borrowed.bytes(error.code), message: borrowed.bytes(error.message),
        provider_code: borrowed.bytes(error.providerCode),
        retry_after_ms: error.retryAfter?.milliseconds ?? 0,
        detail: error.detail.flatMap { build($0) })
      if instance.calls.pointee.result_error(pointer, &report) != JF_OK {
        log("the host did not take the error \(error.code)", level: .error)
      }
    }
  }

  /// Turns the status of a service into its error.
  func check(_ status: jf_status, _ service: String) throws(ActionError) {
    guard status != JF_OK else { return }
    throw lastError(status, service)
  }

  /// The error behind the last service function on this thread that did not answer JF_OK.
  func lastError(_ status: jf_status, _ service: String) -> ActionError {
    var report = jf_error()
    report.size = UInt32(MemoryLayout<jf_error>.size)
    let known = instance.calls.pointee.last_error(pointer, &report) == JF_OK
    let fallback = ErrorClass(status: status)
    guard known else {
      return ActionError(fallback, service, "\(service): \(fallback.name)")
    }
    let code = report.code.text
    let providerCode = report.provider_code.text
    return ActionError(
      fallback, code.isEmpty ? service : code, report.message.text,
      providerCode: providerCode.isEmpty ? nil : providerCode,
      retryAfter: report.retry_after_ms > 0 ? .milliseconds(report.retry_after_ms) : nil,
      detail: report.detail.map { value($0).json })
  }
}

extension Duration {
  /// Whole milliseconds, for the ABI.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}

extension DecodingError {
  /// The error as a sentence: where, what was expected, what was found.
  var sentence: String {
    let context: Context
    switch self {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
      .dataCorrupted(let found):
      context = found
    @unknown default: return "\(self)"
    }
    var place = ""
    for key in context.codingPath {
      if let index = key.intValue {
        place += "[\(index)]"
      } else {
        place += place.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
    return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
  }
}
