// SPDX-License-Identifier: Apache-2.0
// "jackfield.call/1": what a call knows, and its result.
import CJackfield
import Values

/// The functions of a call.
enum CallTable {
  static let table = StaticTable(
    jf_call_interface(
      size: UInt32(MemoryLayout<jf_call_interface>.size), reserved: 0,
      parameters: { call in
        OpaquePointer(RuntimeCall.with(call, late: StaticValues.object.root) { $0.parameters })
      },
      context: { call in
        OpaquePointer(RuntimeCall.with(call, late: StaticValues.object.root) { $0.context })
      },
      key: { call in RuntimeCall.with(call, late: .empty) { $0.keyBytes } },
      budget_ms: { call in RuntimeCall.with(call, late: 0) { $0.budget } },
      cancelled: { call in RuntimeCall.with(call, late: 1) { $0.isCancelled ? 1 : 0 } },
      log: { call, level, line in
        let known = RuntimeCall.with(call, late: (nil, 0)) { ($0.host, $0.number) }
        known.0?.log(call: known.1, level: level, line: line)
      },
      builder: { call in CallTable.builder(call) },
      progress: { call, value in CallTable.progress(call, UnsafePointer(value)) },
      last_error: { call, out in CallTable.lastError(call, out) },
      result_value: { call, value in
        CallTable.settle(call) { $0.setResult(value: UnsafePointer(value)) }
      },
      result_error: { call, error in
        let copy = copied(error, into: jf_error())
        return CallTable.settle(call) { $0.setResult(error: copy) }
      },
      credential: { call, name, out in
        out?.pointee = nil
        return RuntimeCall.serve(call, 7) { builder in
          builder.objectBegin()
          builder.key("name")
          builder.text(name.view)
          builder.end()
        } accept: {
          $0.accept($1, out)
        }
      },
      result_wait: { call, value, count, within in
        CallTable.settle(call) {
          $0.setResult(value: UnsafePointer(value), awaiting: count, within: within)
        }
      }))

  /// A handle that names no builder: every function passes it over and `finish` answers null.
  private static let dead = Handle(index: Handle.capacity - 1, generation: UInt(1) << 40)

  private static func builder(_ pointer: OpaquePointer) -> OpaquePointer {
    let made = RuntimeCall.with(pointer, late: nil) { $0.makeBuilder()?.pointer }
    guard let builder = made ?? dead.pointer else {
      preconditionFailure("a handle of generation \(dead.generation) is never null")
    }
    return builder
  }

  /// **Unit**: bytes; fits in one message.
  private static let progressLimit = 65_000

  private static func progress(
    _ pointer: OpaquePointer, _ value: UnsafePointer<JSONTape.Node>
  ) -> jf_status {
    let known = RuntimeCall.with(pointer, late: (nil, 0, [])) {
      ($0.host, $0.number, $0.json(of: value))
    }
    guard let host = known.0 else { return JF_BUG }
    guard known.2.count <= progressLimit else {
      host.backend.log(
        call: known.1, level: 3,
        text: "progress of \(known.2.count) bytes is over \(progressLimit): report less")
      return JF_BUG
    }
    host.backend.progress(call: known.1, json: known.2)
    return JF_OK
  }

  private static func settle(
    _ pointer: OpaquePointer, _ set: (RuntimeCall) -> RuntimeCall.Complaint?
  ) -> jf_status {
    let outcome = RuntimeCall.with(pointer, late: (JF_BUG, nil as RuntimeCall.Complaint?)) {
      let complaint = set($0)
      return (complaint == nil ? JF_OK : JF_BUG, complaint)
    }
    outcome.1?.log()
    return outcome.0
  }

  private static func lastError(
    _ pointer: OpaquePointer, _ out: UnsafeMutablePointer<jf_error>
  ) -> jf_status {
    RuntimeCall.with(pointer, late: JF_BUG) { call in
      guard let (status, document) = call.lastError else { return JF_NOT_FOUND }
      var error = jf_error()
      error.status = status
      if let root = document?.root {
        error.code = text(root, "code")
        error.message = text(root, "message")
        error.provider_code = text(root, "provider_code")
        error.retry_after_ms = root.child("retry_after_ms")?.integer ?? 0
        error.detail = root.child("detail").map { OpaquePointer($0) }
      }
      write(error, over: out)
      return JF_OK
    }
  }

  private static func text(_ root: UnsafePointer<JSONTape.Node>, _ name: String) -> jf_bytes {
    guard let child = root.child(name), child.type == .text else { return .empty }
    return jf_bytes(child.text)
  }

  /// Fills in as much as the caller's struct has; its size stays as the caller set it.
  private static func write(_ error: jf_error, over out: UnsafeMutablePointer<jf_error>) {
    var error = error
    error.size = out.pointee.size
    let count = min(Int(error.size), MemoryLayout<jf_error>.size)
    withUnsafeBytes(of: &error) {
      UnsafeMutableRawPointer(out).copyMemory(
        from: UnsafeRawPointer($0.baseAddress ?? UnsafeRawPointer(out)), byteCount: count)
    }
  }
}
