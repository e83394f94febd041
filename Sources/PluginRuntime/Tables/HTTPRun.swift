// SPDX-License-Identifier: Apache-2.0
// Many HTTP requests of one call, several at a time.
import CJackfield
import Values

/// One `perform`: keeps `atOnce` requests open until all have ended.
///
/// **Isolation**: the call thread; every callback runs on it.
struct HTTPRun {
  let pointer: OpaquePointer
  let count: Int
  let atOnce: Int
  private let box = ReplyBox()
  private var next = 0
  private var open: [UInt32: (index: Int, pending: RuntimeCall.Pending)] = [:]
  private var status = JF_OK

  init(pointer: OpaquePointer, count: Int, atOnce: Int) {
    self.pointer = pointer
    self.count = count
    self.atOnce = atOnce
  }

  typealias Each = (Int, jf_status, UnsafePointer<jf_http_response>?) -> Void

  /// Returns the class of the first request that ended without an answer, or JF_OK.
  mutating func perform(_ request: (Int) -> jf_http_request?, _ each: Each) -> jf_status {
    while true {
      while next < count && open.count < atOnce {
        begin(next, request(next), each)
        next += 1
      }
      guard let any = open.first else { return status }
      settle(any.value.pending.host.backend.wait(box), each)
    }
  }

  private mutating func begin(_ index: Int, _ request: jf_http_request?, _ each: Each) {
    guard let request else {
      let failed = RuntimeCall.with(pointer, late: JF_BUG) {
        $0.fail(JF_INVALID_INPUT, "request_missing", "request \(index) is a null pointer")
      }
      return end(index, failed, nil, each)
    }
    let begun = RuntimeCall.begin(pointer, 5, body: [request.body.raw], box: box) {
      HTTPTable.write(request, $0)
    }
    switch begun {
    case .success(let pending): open[pending.exchange] = (index, pending)
    case .failure(let failed): end(index, failed, nil, each)
    }
  }

  /// Ends the request the reply is for; a reply for none of them ends all that are open.
  private mutating func settle(_ reply: ServiceReply, _ each: Each) {
    var ended = Array(open.values)
    if let one = open.removeValue(forKey: reply.exchange) { ended = [one] } else { open = [:] }
    for (index, pending) in ended.sorted(by: { $0.index < $1.index }) {
      var response: UnsafePointer<jf_http_response>?
      let status = RuntimeCall.finish(pointer, pending, reply, box: box) {
        HTTPTable.accept($0, $1, &response)
      }
      end(index, status, response, each)
    }
  }

  private mutating func end(
    _ index: Int, _ status: jf_status, _ response: UnsafePointer<jf_http_response>?, _ each: Each
  ) {
    if self.status == JF_OK { self.status = status }
    each(index, status, response)
  }
}
