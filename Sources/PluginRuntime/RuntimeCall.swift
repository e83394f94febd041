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
  private(set) var number: UInt32 = 0
  private(set) var deadline: Int64 = 0
  private(set) var key: ArraySlice<UInt8> = []
  private(set) var parameters: BuiltValue?
  private var contextJSON: ArraySlice<UInt8> = []
  private var parsedContext: JSONTape?
  private(set) var isCancelled = false
  var result: CallResult?
  var errors = ThreadErrors()
  var exchanges: UInt32 = 0

  /// The boxes that threads of this call wait on.
  private var boxes: [ReplyBox] = []
  private var builders: [BuilderSlot] = []
  private var built: [BuiltValue] = []
  private var tapes: [JSONTape] = []
  private var blocks: [UnsafeMutableRawPointer] = []
  private var keyText: jf_bytes?

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

  /// A call ready to be handed to a plugin; nil when 65,536 run already.
  static func begin(_ values: Begin, host: RuntimeHost) -> RuntimeCall? {
    guard let call = registry.take({ RuntimeCall(index: $0) }) else { return nil }
    call.lock.locked {
      call.host = host
      call.number = values.number
      call.deadline = values.deadline
      call.key = values.key
      call.contextJSON = values.context
      call.parameters = values.parameters
      call.isCancelled = false
    }
    return call
  }

  var pointer: OpaquePointer? { Handle(index: index, generation: generation).pointer }

  /// Ends the call: its handle is dead, what it owned is freed, and threads that still wait in a
  /// service of it are woken with JF_BUG.
  func end() -> CallResult? {
    lock.lock()
    defer { lock.unlock() }
    generation += 1
    let result = result
    self.result = nil
    if !boxes.isEmpty {
      let late = ServiceReply(
        exchange: 0, status: JF_BUG,
        json: RuntimeError.json("late_use", "the call returned while a service was awaited")[...])
      for box in boxes { box.close(late) }
    }
    for builder in builders where builder.call === self { builder.release() }
    for block in blocks { free(block) }
    boxes.removeAll(keepingCapacity: true)
    builders.removeAll(keepingCapacity: true)
    built.removeAll(keepingCapacity: true)
    tapes.removeAll(keepingCapacity: true)
    blocks.removeAll(keepingCapacity: true)
    errors.removeAll()
    keyText = nil
    exchanges = 0
    parameters = nil
    parsedContext = nil
    contextJSON = []
    key = []
    Self.registry.giveBack(self)
    return result
  }

  /// The call is no longer wanted: services that wait end at once.
  func cancel() {
    lock.locked {
      isCancelled = true
      for box in boxes { box.close(RuntimeError.cancelled) }
    }
  }
}

// What a thread of the plugin uses, all of it under `lock`.
extension RuntimeCall {
  /// **Unit**: milliseconds.
  var budget: Int64 { (deadline - MonotonicClock.now) / 1_000_000 }

  var context: UnsafePointer<JSONTape.Node> {
    if let parsedContext { return parsedContext.root }
    let tape = contextJSON.withUnsafeBytes { try? JSONTape(parsing: $0) } ?? StaticValues.object
    parsedContext = tape
    return tape.root
  }

  var keyBytes: jf_bytes {
    if let keyText { return keyText }
    let text = key.withUnsafeBufferPointer { keep($0) }
    keyText = text
    return text
  }

  func makeBuilder() -> BuilderSlot? {
    guard let slot = BuilderSlot.take(for: self) else { return nil }
    builders.append(slot)
    return slot
  }

  /// Keeps a value that the plugin may hold until the call returns.
  func keep(_ tape: JSONTape) -> UnsafePointer<JSONTape.Node> {
    tapes.append(tape)
    return tape.root
  }

  /// Keeps a value together with its text, which saves writing it out again as a result.
  func keep(_ value: BuiltValue) -> UnsafePointer<JSONTape.Node> {
    built.append(value)
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

  /// The JSON of a value: the text it was made from where that is known.
  func json(of value: UnsafePointer<JSONTape.Node>) -> [UInt8] {
    if let parameters, parameters.tape.root == value { return Array(parameters.json) }
    if let known = built.last(where: { $0.tape.root == value }) { return Array(known.json) }
    return value.jsonBytes
  }

  func open(_ box: ReplyBox) { boxes.append(box) }

  /// Takes the box out once: `perform` opens the same one for each of its requests.
  func closed(_ box: ReplyBox) {
    if let place = boxes.firstIndex(where: { $0 === box }) { boxes.remove(at: place) }
  }

  private func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    guard let block = malloc(count) else { return nil }
    blocks.append(block)
    return block
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
    host?.backend.log(
      call: 0, level: 3,
      text: "a call was used after it had returned: an action must be done with its call, on "
        + "every thread, before `run` returns")
  }
}
