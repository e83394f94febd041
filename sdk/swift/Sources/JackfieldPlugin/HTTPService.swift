// SPDX-License-Identifier: Apache-2.0
// Sending HTTP requests.
import CJackfield

/// HTTP through the host, from within one call.
public struct HTTPService {
  let call: Call

  /// Sends one request and waits for the response; any status is a response.
  ///
  /// **Throws**: `invalid_input` (malformed), `denied` (host or credential not granted),
  /// `unavailable` (nothing was sent), `failed` (response too large), `unknown_outcome` (sent, and
  /// no answer came).
  public func send(_ request: HTTPRequest) throws(ActionError) -> HTTPResponse {
    let table = try table()
    let borrowed = Borrowed()
    var lent = try request.lent(call, borrowed)
    var out: UnsafePointer<jf_http_response>?
    let status = withExtendedLifetime(borrowed) {
      table.pointee.send(call.pointer, &lent, &out)
    }
    try call.check(status, "http")
    guard let out else { throw .bug("http", "the host answered without a response") }
    return HTTPResponse(out.pointee, call)
  }

  /// Sends many requests and answers in their order.
  ///
  /// - Parameter atOnce: how many are under way together, 1 to 16.
  /// - Parameter each: called as each one ends, in any order, on this thread.
  public func perform(
    _ requests: [HTTPRequest], atOnce: Int = 8,
    each: (Int, Result<HTTPResponse, ActionError>) -> Void = { _, _ in }
  ) throws(ActionError) -> [Result<HTTPResponse, ActionError>] {
    guard !requests.isEmpty else { return [] }
    let table = try table()
    let borrowed = Borrowed()
    let structs = borrowed.array(of: jf_http_request.self, count: requests.count)
    let list = borrowed.array(of: UnsafePointer<jf_http_request>?.self, count: requests.count)
    for (index, request) in requests.enumerated() {
      (structs + index).initialize(to: try request.lent(call, borrowed))
      (list + index).initialize(to: UnsafePointer(structs + index))
    }
    return withoutActuallyEscaping(each) { each in
      let gathered = GatheredResponses(call: call, count: requests.count, each: each)
      let status = withExtendedLifetime((borrowed, gathered)) {
        table.pointee.perform(
          call.pointer, list, UInt64(requests.count), UInt32(min(max(atOnce, 1), 16)),
          { _, user, index, status, response in
            guard let user else { return }
            Unmanaged<GatheredResponses>.fromOpaque(user).takeUnretainedValue()
              .take(Int(clamping: index), status, response)
          },
          Unmanaged.passUnretained(gathered).toOpaque())
      }
      return gathered.finish(status)
    }
  }

  private func table() throws(ActionError) -> UnsafePointer<jf_http_interface> {
    guard let table = call.instance.http else {
      throw .denied("http_not_granted", "this plugin is granted no hosts: grant the host it needs")
    }
    return table
  }
}

/// The responses of one `perform` while they come in, all on one thread.
private final class GatheredResponses {
  private let call: Call
  private let each: (Int, Result<HTTPResponse, ActionError>) -> Void
  private var results: [Result<HTTPResponse, ActionError>?]

  init(
    call: Call, count: Int, each: @escaping (Int, Result<HTTPResponse, ActionError>) -> Void
  ) {
    self.call = call
    self.each = each
    results = Array(repeating: nil, count: count)
  }

  func take(_ index: Int, _ status: jf_status, _ response: UnsafePointer<jf_http_response>?) {
    guard results.indices.contains(index) else { return }
    let result: Result<HTTPResponse, ActionError>
    if status == JF_OK, let response {
      result = .success(HTTPResponse(response.pointee, call))
    } else {
      result = .failure(call.lastError(status, "http"))
    }
    results[index] = result
    each(index, result)
  }

  /// What the host did not report has the class of the whole.
  func finish(_ status: jf_status) -> [Result<HTTPResponse, ActionError>] {
    let missing = status == JF_OK ? JF_BUG : status
    return results.map { $0 ?? .failure(call.lastError(missing, "http")) }
  }
}
