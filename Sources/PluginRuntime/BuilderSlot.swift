// SPDX-License-Identifier: Apache-2.0
// What a `jf_builder` is.
import CJackfield
import Values

/// A builder of a call, found by its handle; used up by `finish` or by the end of the call.
///
/// **Isolation**: one thread at a time, as the ABI says; a late use finds another generation.
// Safe because: between `begin` and `end` one thread of the plugin uses it, and a plugin that uses
// it from two breaks the ABI and only its own value.
final class BuilderSlot: @unchecked Sendable {
  static let registry = Registry<BuilderSlot>()

  let index: Int
  private(set) var generation: UInt = 0
  private(set) var builder = JSONBuilder(limits: limits)
  private(set) var call: RuntimeCall?

  /// Larger values cannot leave the process anyway.
  private static let limits = JSONLimits(bytes: 32 << 20)

  private init(index: Int) { self.index = index }

  /// A builder of `call`, or nil when 65,536 are in use.
  static func take(for call: RuntimeCall) -> BuilderSlot? {
    guard let slot = registry.take({ BuilderSlot(index: $0) }) else { return nil }
    slot.generation += 1
    slot.call = call
    return slot
  }

  /// The builder in use that a plugin's pointer names.
  @inline(__always)
  static func find(_ pointer: OpaquePointer) -> BuilderSlot? {
    let handle = Handle(pointer)
    guard let slot = registry.find(handle.index), slot.generation == handle.generation else {
      return nil
    }
    return slot
  }

  var pointer: OpaquePointer? { Handle(index: index, generation: generation).pointer }

  /// Takes the text out, and with it the builder out of use: its handle is dead.
  func finish() -> Result<[UInt8], JSONError> {
    let result = Result { () throws(JSONError) in try builder.finish() }
    release()
    return result
  }

  /// Ends the use of the builder, finished or not.
  func release() {
    generation += 1
    call = nil
    // A builder that is marked or half written cannot begin again.
    if builder.mistake != nil || builder.count > 0 { builder = JSONBuilder(limits: Self.limits) }
    Self.registry.giveBack(self)
  }
}
