// SPDX-License-Identifier: Apache-2.0
// What a `jf_call` is: everything that lives as long as one run of an action.
import CJackfield
import Glibc
import Values

/// One call, found by its handle. Never freed: its next use has another generation.
///
/// **Isolation**: any thread of the plugin, under `lock`.
/// **Ownership**: values, texts and responses handed to the plugin live until `end`.
// Safe because: every stored property but `lock` and `index` is touched only under `lock`.
final class RuntimeCall: @unchecked Sendable {
  static let registry = Registry<RuntimeCall>()

  let lock = Lock()
  private let index: Int
  private(set) var generation: UInt = 1

  /// Who runs it; kept after the end, so that a late use can be logged.
  private(set) var host: RuntimeHost?
  private(set) var isCancelled = false
  var result: CallResult?
  /// nil between two calls. One value, and `kept` another: each is one store where every member
  /// by itself cost a check of its own, a quarter of what a call took.
  private var begun: Begin?
  private var kept = Kept()

  private init(index: Int) { self.index = index }

  /// What a call begins with.
  struct Begin {
    var number: UInt32
    /// **Unit**: nanoseconds of the monotonic clock.
    var deadline: Int64
    var key: ArraySlice<UInt8>
    var context: ArraySlice<UInt8>
    var parameters: BuiltValue
  }

  /// What was made for the plugin, and lives until the call returns.
  private struct Kept {
    var isUsed = false
    /// The boxes that threads of this call wait on.
    var boxes: [ReplyBox] = []
    var builders: [BuilderSlot] = []
    var built: [BuiltValue] = []
    var tapes: [JSONTape] = []
    var blocks: [UnsafeMutableRawPointer] = []
    var context: JSONTape?
    var key: jf_bytes?
    var errors = ThreadErrors()
    var exchanges: UInt32 = 0
  }

  /// A call ready to be handed to a plugin; nil when 65,536 run already.
  static func begin(_ values: Begin, host: RuntimeHost) -> RuntimeCall? {
    guard let call = registry.take({ RuntimeCall(index: $0) }) else { return nil }
    call.lock.lock()
    defer { call.lock.unlock() }
    call.begun = values
    if call.host !== host { call.host = host }
    if call.isCancelled { call.isCancelled = false }
    return call
  }

  var pointer: OpaquePointer? { Handle(index: index, generation: generation).pointer }

  /// Ends the call: its handle is dead, what it owned is freed, and threads that still wait in a
  /// service of it are woken with JF_BUG.
  func end() -> CallResult? {
    lock.lock()
    defer { lock.unlock() }
    generation += 1
    begun = nil
    if kept.isUsed {
      release(kept)
      kept = Kept()
    }
    Self.registry.giveBack(self)
    guard let result else { return nil }
    self.result = nil
    return result
  }

  private func release(_ kept: Kept) {
    if !kept.boxes.isEmpty {
      let late = ServiceReply(
        exchange: 0, status: JF_BUG,
        json: RuntimeError.json("late_use", "the call returned while a service was awaited")[...])
      for box in kept.boxes { box.close(late) }
    }
    for builder in kept.builders where builder.call === self { builder.release() }
    for block in kept.blocks { free(block) }
  }

  /// Tells the running call of this number that it is no longer wanted: services that wait end at
  /// once. False when no such call runs.
  static func cancel(_ number: UInt32, of host: RuntimeHost) -> Bool {
    // A look at every call: cancels are rare, and a table of numbers would cost every call.
    registry.all.contains { call in
      call.lock.lock()
      defer { call.lock.unlock() }
      guard call.host === host, call.begun?.number == number else { return false }
      call.isCancelled = true
      for box in call.kept.boxes { box.close(RuntimeError.cancelled) }
      return true
    }
  }
}

// What a thread of the plugin uses, all of it under `lock`.
extension RuntimeCall {
  /// 0 once the call has ended.
  var number: UInt32 { begun?.number ?? 0 }

  /// **Unit**: milliseconds.
  var budget: Int64 { ((begun?.deadline ?? 0) - MonotonicClock.now) / 1_000_000 }

  var parameters: UnsafePointer<JSONTape.Node> {
    begun?.parameters.tape.root ?? StaticValues.object.root
  }

  var context: UnsafePointer<JSONTape.Node> {
    if let context = kept.context { return context.root }
    let text = begun?.context ?? []
    let tape = text.withUnsafeBytes { try? JSONTape(parsing: $0) } ?? StaticValues.object
    kept.context = tape
    kept.isUsed = true
    return tape.root
  }

  var keyBytes: jf_bytes {
    if let key = kept.key { return key }
    let key = (begun?.key ?? []).withUnsafeBufferPointer { keep($0) }
    kept.key = key
    return key
  }

  func makeBuilder() -> BuilderSlot? {
    guard let slot = BuilderSlot.take(for: self) else { return nil }
    kept.builders.append(slot)
    kept.isUsed = true
    return slot
  }

  /// Keeps a value that the plugin may hold until the call returns.
  func keep(_ tape: JSONTape) -> UnsafePointer<JSONTape.Node> {
    kept.tapes.append(tape)
    kept.isUsed = true
    return tape.root
  }

  /// Keeps a value together with its text, which saves writing it out again as a result.
  func keep(_ value: BuiltValue) -> UnsafePointer<JSONTape.Node> {
    kept.built.append(value)
    kept.isUsed = true
    return value.tape.root
  }

  /// Keeps a copy of bytes.
  func keep(_ bytes: UnsafeBufferPointer<UInt8>) -> jf_bytes {
    guard let source = bytes.baseAddress, bytes.count > 0,
      let block = allocate(bytes.count)
    else { return .empty }
    block.copyMemory(from: source, byteCount: bytes.count)
    return jf_bytes(
      data: UnsafePointer(block.assumingMemoryBound(to: UInt8.self)), size: UInt64(bytes.count))
  }

  /// Keeps a struct.
  func keep<Struct: BitwiseCopyable>(_ value: Struct) -> UnsafePointer<Struct>? {
    guard let block = allocate(MemoryLayout<Struct>.size) else { return nil }
    let pointer = block.bindMemory(to: Struct.self, capacity: 1)
    pointer.initialize(to: value)
    return UnsafePointer(pointer)
  }

  private func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    guard let block = malloc(count) else { return nil }
    kept.blocks.append(block)
    kept.isUsed = true
    return block
  }

  /// The JSON of a value: the text it was made from where that is known.
  func json(of value: UnsafePointer<JSONTape.Node>) -> [UInt8] {
    if let parameters = begun?.parameters, parameters.tape.root == value {
      return Array(parameters.json)
    }
    if let known = kept.built.last(where: { $0.tape.root == value }) { return Array(known.json) }
    return value.jsonBytes
  }

  /// The number of a new request, whose reply goes to `box`.
  func open(_ box: ReplyBox) -> UInt32 {
    kept.isUsed = true
    kept.boxes.append(box)
    kept.exchanges += 1
    return kept.exchanges
  }

  /// Takes the box out once: `perform` opens the same one for each of its requests.
  func closed(_ box: ReplyBox) {
    if let place = kept.boxes.firstIndex(where: { $0 === box }) { kept.boxes.remove(at: place) }
  }

  /// The error of the last service that did not answer JF_OK on the calling thread.
  var lastError: (status: jf_status, document: JSONTape?)? { kept.errors.current }

  func setLastError(_ status: jf_status, _ document: JSONTape?) {
    kept.isUsed = true
    kept.errors.set(status, document)
  }
}

extension RuntimeCall {
  /// Runs `body` under the lock of the call that `pointer` names, or answers `late` when that call
  /// has returned, and logs it.
  @inline(__always)
  static func with<Result>(
    _ pointer: OpaquePointer, late: @autoclosure () -> Result, _ body: (RuntimeCall) -> Result
  ) -> Result {
    let handle = Handle(pointer)
    guard let call = registry.find(handle.index) else { return late() }
    call.lock.lock()
    defer { call.lock.unlock() }
    guard call.generation == handle.generation else {
      call.logLateUse()
      return late()
    }
    return body(call)
  }

  /// Whether the call that `pointer` names still runs.
  func isStill(_ pointer: OpaquePointer) -> Bool { generation == Handle(pointer).generation }

  func logLateUse() {
    host?.backend.log(call: 0, level: 3, text: RuntimeError.lateUse)
  }
}
