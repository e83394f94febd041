// SPDX-License-Identifier: Apache-2.0
// How a call in a probe ended.

import Pipeline
import PluginRuntime
import Values

/// The result of a call and what the host saw of it.
struct CallReport: Sendable {
  /// The result with deferred values in their place, or {code, message, …}.
  let value: JSONValue
  /// nil: it succeeded.
  let errorClass: ErrorClass?
  let script: CallScript

  init(_ result: CallResult, _ script: CallScript) {
    var value = (try? JSONValue(parsing: result.json)) ?? .null
    // In the world of a check news come at once, and are good.
    let isResult = result.status == 0 || result.status == CallResult.waits
    if result.status == CallResult.waits { value = value["result"] ?? .null }
    self.script = script
    errorClass = isResult ? nil : ErrorClass(status: result.status)
    self.value = isResult ? DeferredValues.fill(value, script.deferred) : value
  }

  var code: String { errorClass == nil ? "" : value["code"]?.asText ?? "" }
  var message: String { errorClass == nil ? "" : value["message"]?.asText ?? "" }

  /// `success`, or `not_found storage_not_found "there is no storage …"`.
  var shown: String {
    guard let errorClass else { return "success" }
    return "\(errorClass.rawValue) \(code) \"\(message)\""
  }

  /// What is wrong with an error whatever the call was; nil for success and for a clean error.
  var blemish: String? {
    guard let errorClass else { return nil }
    if errorClass == .bug {
      return "it ended with the class bug (\(code): \(message)), by which the host means a mistake "
        + "in the plugin: answer the class of what went wrong"
    }
    if message.isEmpty {
      return "its error \(errorClass.rawValue) \(code) has no message: say what happened and what "
        + "to do"
    }
    return nil
  }
}
