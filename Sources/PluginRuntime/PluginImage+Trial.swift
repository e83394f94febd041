// SPDX-License-Identifier: Apache-2.0
// A plugin's functions one by one, as a checker tries them.
import CJackfield
import Values

extension PluginImage {
  /// Opens an instance with any host table, and says how that ended.
  package func open(
    host: UnsafePointer<jf_host>, settings: [UInt8]
  ) -> (status: jf_status, instance: OpaquePointer?) {
    guard let tape = try? JSONTape(parsing: settings) else { return (JF_INVALID_INPUT, nil) }
    var instance: OpaquePointer?
    let status = plugin.pointee.open(host, OpaquePointer(tape.root), &instance)
    withExtendedLifetime(tape) {}
    return (status, instance)
  }

  package func close(_ instance: OpaquePointer?) { plugin.pointee.close(instance) }
}

extension RuntimeHost {
  /// The table as a plugin gets it.
  package var table: UnsafePointer<jf_host> { pointer }
}

extension RuntimeInstance {
  /// Whether the plugin has an interface of this id.
  package func offers(_ id: String) -> Bool { image.plugin.pointee.interface(pointer, id) != nil }

  /// What `find_action` answers to any bytes.
  ///
  /// **Throws**: `no_interface`, `table_incomplete`.
  package func find(_ id: [UInt8]) throws(LoadError) -> Int32 {
    let table = try table(JF_ACTION_INTERFACE, as: jf_action_interface.self)
    return id.withUnsafeBufferPointer { table.pointee.find_action(pointer, jf_bytes($0)) }
  }
}
