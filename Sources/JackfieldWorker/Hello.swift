// SPDX-License-Identifier: Apache-2.0
// The first message, read.
import Values

/// What the worker is to become.
///
/// **Ownership**: the settings live as long as this value's tape.
struct Hello {
  let tape: JSONTape
  let plugin: String
  let interface: String
  let actions: [String]
  let services: [String]
  let maxCalls: Int

  init(_ json: ArraySlice<UInt8>) throws(JSONError) {
    let outcome = json.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in try JSONTape(parsing: bytes) }
    }
    tape = try outcome.get()
    let root = tape.root
    plugin = Self.text(root.child("plugin"))
    interface = Self.text(root.child("interface"))
    actions = Self.texts(root.child("actions"))
    services = Self.texts(root.child("services"))
    maxCalls = Int(clamping: max(root.child("max_calls")?.integer ?? 1, 1))
  }

  /// The project's settings for the plugin; the whole message where there are none, which no
  /// plugin sees, for a host always sends them.
  var settings: UnsafePointer<JSONTape.Node> { tape.root.child("settings") ?? tape.root }

  var listenerSettings: UnsafePointer<JSONTape.Node> {
    tape.root.child("listener_settings") ?? settings
  }

  var confinement: Confinement { Confinement(tape.root.child("confinement")) }

  static func text(_ node: UnsafePointer<JSONTape.Node>?) -> String {
    node.map { String(decoding: $0.text, as: UTF8.self) } ?? ""
  }

  static func texts(_ node: UnsafePointer<JSONTape.Node>?) -> [String] {
    elements(node).map { text($0) }
  }

  static func elements(_ node: UnsafePointer<JSONTape.Node>?) -> [UnsafePointer<JSONTape.Node>] {
    var all: [UnsafePointer<JSONTape.Node>] = []
    var element = node?.first
    while let current = element {
      all.append(current)
      element = current.next
    }
    return all
  }
}
