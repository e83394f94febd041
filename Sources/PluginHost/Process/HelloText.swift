// SPDX-License-Identifier: Apache-2.0
//
// The first message to a worker: all it needs to know, for its arguments are empty.

import Pipeline
import Values

/// The fields of a hello.
struct HelloText {
  let plugin: PluginID
  let project: ProjectID
  /// **Shape** JSON, an object.
  let settings: [UInt8]
  let interface: String
  let actions: [ActionID]
  let services: [String]
  let maxCalls: Int
  /// **Shape** JSON, an object; for listeners.
  var listenerSettings: [UInt8]?

  /// All of it but the confinement, which is known when the process is there.
  func object() throws(LoadFailure) -> JSONObject {
    var object = JSONObject()
    object["plugin"] = .text(plugin.rawValue)
    object["project"] = .text(project.rawValue)
    object["settings"] = try parsed(settings, "settings")
    object["interface"] = .text(interface)
    object["actions"] = .list(actions.map { .text($0.rawValue) })
    object["services"] = .list(services.map { .text($0) })
    object["max_calls"] = .integer(Int64(maxCalls))
    if let listenerSettings {
      object["listener_settings"] = try parsed(listenerSettings, "listener settings")
    }
    return object
  }

  private func parsed(_ json: [UInt8], _ what: String) throws(LoadFailure) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: json)
    } catch {
      throw LoadFailure(
        code: "settings_invalid", message: "the \(what) of plugin \(plugin) are no JSON: \(error)")
    }
  }
}
