// SPDX-License-Identifier: Apache-2.0
// Why a run is not moving, and until when.
import Calendar
import Pipeline
import Values

/// How a run in memory stands, for `runs explain`.
package struct Standing: Sendable, Hashable {
  package enum Reason: String, Sendable, Hashable, CaseIterable {
    /// An earlier run of the same contact has not parked or ended.
    case fifo
    case connectorConcurrency = "connector_concurrency"
    case pluginDisabled = "plugin_disabled"
    /// A person holds the runs of its project.
    case projectPaused = "project_paused"
    case rate
    case lock
    case breaker
    case pluginConcurrency = "plugin_concurrency"
    /// An attempt failed and the next one has its time.
    case retry
    /// The references of its serial keys are being looked up.
    case resolving
    case calling
    case recording
    /// The disk refused what it has to record.
    case disk
    /// The host is ending: it goes on at the next start.
    case hostEnding = "host_ending"
  }

  package var reason: Reason
  /// In words.
  package var message: String
  /// When this is over at the latest, where it is known. **Unit** milliseconds since 1970.
  package var until: Int64?
  /// Since when. **Unit** milliseconds since 1970.
  package var since: Int64
  /// The action it is at.
  package var component: ComponentID?
  /// The run in front of it.
  package var holder: RunID?
  /// How many are in line before it.
  package var ahead: Int?

  /// The message, and what it leaves out: who is in front, and until when.
  package var words: String {
    var words = message
    if let holder { words += ", held by run \(holder)" }
    if let ahead, ahead > 0 { words += ", \(ahead) before it in line" }
    if let until { words += ", until \(Moment(milliseconds: until).iso)" }
    return words
  }

  /// **Shape** `{reason, message, since, until?, component?, holder?, ahead?}`; times are ISO 8601.
  package var value: JSONValue {
    var object = JSONObject()
    object["reason"] = .text(reason.rawValue)
    object["message"] = .text(message)
    object["since"] = .text(Moment(milliseconds: since).iso)
    if let until { object["until"] = .text(Moment(milliseconds: until).iso) }
    if let component { object["component"] = .text(component.rawValue) }
    if let holder { object["holder"] = .text(holder.description) }
    if let ahead { object["ahead"] = .integer(Int64(ahead)) }
    return .object(object)
  }
}
