// SPDX-License-Identifier: Apache-2.0
// Requests of a call to the host, and their answers.
import CJackfield
import Values

extension RuntimeCall {
  /// A request that was handed over.
  struct Pending {
    let host: RuntimeHost
    let call: UInt32
    let exchange: UInt32
  }

  /// Asks the host and waits: `write` fills the request in, `accept` takes a good answer, under the
  /// call's lock.
  static func serve(
    _ pointer: OpaquePointer, _ service: UInt8, body: [UnsafeRawBufferPointer] = [],
    _ write: (JSONBuilder) -> Void,
    accept: (RuntimeCall, ServiceReply) -> jf_status = { _, _ in JF_OK }
  ) -> jf_status {
    let box = ReplyBox()
    let begun = begin(pointer, service, body: body, box: box, write)
    guard case .success(let pending) = begun else { return begun.status }
    let reply = pending.host.backend.wait(box)
    return finish(pointer, pending, reply, box: box, accept: accept)
  }

  enum Begun {
    case success(Pending)
    case failure(jf_status)

    var status: jf_status {
      if case .failure(let status) = self { status } else { JF_OK }
    }
  }

  /// Hands one request over without waiting.
  static func begin(
    _ pointer: OpaquePointer, _ service: UInt8, body: [UnsafeRawBufferPointer], box: ReplyBox,
    _ write: (JSONBuilder) -> Void
  ) -> Begun {
    let builder = JSONBuilder()
    write(builder)
    let text = Result { () throws(JSONError) in try builder.finish() }
    let begun = with(pointer, late: Begun.failure(JF_BUG)) { call -> Begun in
      if case .failure(let mistake) = text {
        return .failure(call.fail(JF_INVALID_INPUT, mistake.code, "the request: \(mistake)"))
      }
      if call.isCancelled {
        return .failure(call.fail(JF_UNAVAILABLE, RuntimeError.cancelled.json))
      }
      guard let host = call.host else { return .failure(JF_BUG) }
      return .success(Pending(host: host, call: call.number, exchange: call.open(box)))
    }
    if case .success(let pending) = begun, case .success(let json) = text {
      pending.host.backend.begin(
        ServiceRequest(
          call: pending.call, exchange: pending.exchange, service: service, json: json, body: body),
        box: box)
    }
    return begun
  }

  /// Takes an answer in: a value by `accept`, an error as this thread's last.
  static func finish(
    _ pointer: OpaquePointer, _ pending: Pending, _ reply: ServiceReply, box: ReplyBox,
    accept: (RuntimeCall, ServiceReply) -> jf_status
  ) -> jf_status {
    pending.host.backend.forget(call: pending.call, exchange: pending.exchange)
    return with(pointer, late: JF_BUG) { call in
      call.closed(box)
      if reply.status == JF_OK { return accept(call, reply) }
      return call.fail(StatusName.known(reply.status), reply.json)
    }
  }

  /// Takes an answer that is one value, kept until the call returns.
  func accept(
    _ reply: ServiceReply, _ out: UnsafeMutablePointer<OpaquePointer?>?
  ) -> jf_status {
    do throws(JSONError) {
      let value = keep(try BuiltValue(reply.json))
      out?.pointee = OpaquePointer(value)
      return JF_OK
    } catch {
      return fail(JF_BUG, "reply_malformed", "the host's answer is no JSON: \(error)")
    }
  }

  /// Sets the calling thread's last error.
  func fail(_ status: jf_status, _ code: String, _ message: String) -> jf_status {
    fail(status, RuntimeError.json(code, message)[...])
  }

  func fail(_ status: jf_status, _ document: ArraySlice<UInt8>) -> jf_status {
    let tape = document.withUnsafeBytes { try? JSONTape(parsing: $0) }
    if let tape { _ = keep(tape) }
    setLastError(status, tape)
    return status
  }
}
