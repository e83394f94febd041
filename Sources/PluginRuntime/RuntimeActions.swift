// SPDX-License-Identifier: Apache-2.0
// Runs the actions of an open plugin.
import CJackfield
import Values

/// The actions of an instance, by their place in the manifest.
///
/// **Isolation**: any thread, several at once only if the manifest says `concurrent`.
// Safe because: all it holds is constant.
package struct RuntimeActions: @unchecked Sendable {
  package let instance: RuntimeInstance
  let table: UnsafePointer<jf_action_interface>
  let numbers: [Int32]

  /// One call.
  package struct Call: Sendable {
    /// Unique among the calls that run, never 0.
    package var number: UInt32
    /// The place of the action in the manifest.
    package var action: Int
    /// **Unit**: milliseconds that are left.
    package var budgetMS: Int64
    package var key: ArraySlice<UInt8>
    /// JSON, an object.
    package var context: ArraySlice<UInt8>
    /// JSON, an object.
    package var parameters: ArraySlice<UInt8>

    package init(
      number: UInt32, action: Int, budgetMS: Int64, key: ArraySlice<UInt8>,
      context: ArraySlice<UInt8>, parameters: ArraySlice<UInt8>
    ) {
      self.number = number
      self.action = action
      self.budgetMS = budgetMS
      self.key = key
      self.context = context
      self.parameters = parameters
    }
  }

  /// Runs one action to its end, on this thread.
  ///
  /// `begun` is called once a cancel finds the call, so that one that came before can be repeated.
  package func run(_ call: Call, begun: () -> Void = {}) -> CallResult {
    guard numbers.indices.contains(call.action) else {
      return RuntimeError.result(
        JF_BUG, "unknown_action", "the plugin was opened with \(numbers.count) actions")
    }
    let parameters: BuiltValue
    do {
      parameters = try BuiltValue(call.parameters)
    } catch {
      return RuntimeError.result(
        JF_BUG, "parameters_malformed", "the parameters are no JSON: \(error)")
    }
    let begin = RuntimeCall.Begin(
      number: call.number, deadline: Self.deadline(call.budgetMS), key: call.key,
      context: call.context, parameters: parameters)
    guard let running = RuntimeCall.begin(begin, host: instance.host),
      let pointer = running.pointer
    else {
      return RuntimeError.result(JF_UNAVAILABLE, "too_many_calls", "65,536 calls run already")
    }
    begun()
    let status = table.pointee.run(instance.pointer, numbers[call.action], pointer)
    return running.end() ?? Self.withoutResult(status)
  }

  /// What a plugin that set no result has answered.
  private static func withoutResult(_ status: jf_status) -> CallResult {
    if status == JF_OK {
      return RuntimeError.result(
        JF_BUG, "no_result", "the action returned without setting a result")
    }
    return RuntimeError.result(
      StatusName.known(status), "no_result",
      "the action returned \(StatusName.of(status)) without setting a result")
  }

  private static func deadline(_ budgetMS: Int64) -> Int64 {
    let bounded = min(max(budgetMS, 0), 366 * 86_400_000)
    return MonotonicClock.now + bounded * 1_000_000
  }
}
