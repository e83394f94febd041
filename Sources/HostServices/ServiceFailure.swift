// SPDX-License-Identifier: Apache-2.0
// Answers of a host service that are no success.
import Pipeline
import PluginHost
import Values

extension ServiceReply {
  /// A failure as `jf_call_interface.last_error` shows it.
  static func failure(_ failure: ActionFailure) -> ServiceReply {
    ServiceReply(status: failure.class.status, json: failure.value.jsonBytes, body: [])
  }

  static func failure(_ kind: ErrorClass, _ code: String, _ message: String) -> ServiceReply {
    .failure(ActionFailure(kind, code: code, message: message))
  }

  static func success(_ value: JSONValue, body: [UInt8] = []) -> ServiceReply {
    ServiceReply(status: 0, json: value.jsonBytes, body: body[...])
  }
}
