// SPDX-License-Identifier: Apache-2.0
// A backend for plugins that make no calls.
import PluginRuntime

/// Keeps the log and answers nothing: transports and listeners use no host service.
final class QuietBackend: ServiceBackend, Sendable {
  let lines = Reports<[String]>([])

  func begin(_ request: ServiceRequest, box: ReplyBox) {}
  func log(call: UInt32, level: UInt8, text: String) { lines.update { $0.append(text) } }
  func progress(call: UInt32, json: [UInt8]) {}
}
