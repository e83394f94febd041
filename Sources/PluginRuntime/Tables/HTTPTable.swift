// SPDX-License-Identifier: Apache-2.0
// "jackfield.http/1": HTTP requests through the host.
import CJackfield
import Values

/// One request, and many at once.
enum HTTPTable {
  static let table = StaticTable(
    jf_http_interface(
      size: UInt32(MemoryLayout<jf_http_interface>.size), reserved: 0,
      send: { call, request, out in
        out?.pointee = nil
        let request = copied(request, into: jf_http_request())
        return RuntimeCall.serve(call, 5, body: [request.body.raw]) {
          HTTPTable.write(request, $0)
        } accept: {
          HTTPTable.accept($0, $1, out)
        }
      },
      perform: { call, requests, count, atOnce, each, user in
        var run = HTTPRun(
          pointer: call, count: Int(min(count, UInt64(Int32.max))),
          atOnce: Int(min(max(atOnce, 1), 16)))
        return run.perform(
          { requests[$0].map { copied($0, into: jf_http_request()) } },
          { each(call, user, UInt64($0), $1, $2) })
      }))

  static func write(_ request: jf_http_request, _ builder: JSONBuilder) {
    builder.objectBegin()
    builder.key("method")
    if request.method.size == 0 { builder.text("GET") } else { builder.text(request.method.view) }
    builder.key("url")
    builder.text(request.url.view)
    builder.key("headers")
    if let headers = request.headers {
      builder.copy(UnsafePointer(headers))
    } else {
      builder.objectBegin()
      builder.end()
    }
    if request.credential.size > 0 {
      builder.key("credential")
      builder.text(request.credential.view)
    }
    builder.key("timeout_ms")
    builder.integer(request.timeout_ms)
    builder.key("max_response_bytes")
    builder.integer(Int64(clamping: request.max_response_bytes))
    builder.key("max_redirects")
    builder.integer(Int64(request.max_redirects))
    if request.save_body != 0 {
      builder.key("save_body")
      builder.boolean(true)
    }
    value("body_blob", request.body_blob, builder)
    value("parts", request.parts, builder)
    builder.end()
  }

  private static func value(_ name: String, _ value: OpaquePointer?, _ builder: JSONBuilder) {
    guard let value else { return }
    builder.key(name)
    builder.copy(UnsafePointer(value))
  }

  /// Makes the response the plugin reads, kept until the call returns.
  static func accept(
    _ call: RuntimeCall, _ reply: ServiceReply,
    _ out: UnsafeMutablePointer<UnsafePointer<jf_http_response>?>?
  ) -> jf_status {
    guard let tape = reply.json.withUnsafeBytes({ try? JSONTape(parsing: $0) }) else {
      return call.fail(JF_BUG, "reply_malformed", "the head of the response is no JSON")
    }
    let head = call.keep(tape)
    let headers = head.child("headers") ?? StaticValues.object.root
    let body = reply.body.withUnsafeBufferPointer { call.keep($0) }
    let response = call.keep(
      jf_http_response(
        size: UInt32(MemoryLayout<jf_http_response>.size),
        status: Int32(clamping: head.child("status")?.integer ?? 0),
        headers: OpaquePointer(headers), body: body,
        json: parsed(reply.body, headers).map { OpaquePointer(call.keep($0)) },
        url: head.child("url").map { jf_bytes($0.text) } ?? .empty,
        elapsed_ms: head.child("elapsed_ms")?.integer ?? 0,
        blob: head.child("blob").map { OpaquePointer($0) }))
    guard let response else {
      return call.fail(JF_FAILED, "no_memory", "there is no memory for the response")
    }
    out?.pointee = response
    return JF_OK
  }

  /// The body as a value when its type says JSON and it is.
  private static func parsed(
    _ body: ArraySlice<UInt8>, _ headers: UnsafePointer<JSONTape.Node>
  ) -> BuiltValue? {
    guard !body.isEmpty, let type = headers.child("content-type"),
      saysJSON(type.text)
    else { return nil }
    return try? BuiltValue(body)
  }

  /// `application/json`, `application/problem+json; charset=utf-8`, in any case.
  private static func saysJSON(_ type: UnsafeBufferPointer<UInt8>) -> Bool {
    let essence = type.prefix { $0 != UInt8(ascii: ";") }.map { $0 | 0x20 }
    var end = essence.count
    while end > 0, essence[end - 1] == 0x20 || essence[end - 1] == 0x29 { end -= 1 }
    return essence[..<end].reversed().starts(with: "nosj".utf8)
  }
}
