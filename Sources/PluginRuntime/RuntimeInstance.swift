// SPDX-License-Identifier: Apache-2.0
// A plugin that is open: its actions can be run.
import CJackfield
import Values

/// One open instance of an image, for one project.
///
/// **Isolation**: `open`, `close` and `table` on the entry thread; `run` on any thread, several at
/// once only if the manifest says `concurrent`.
// Safe because: all it holds is constant for the instance's life.
package final class RuntimeInstance: @unchecked Sendable {
  package let image: PluginImage
  package let host: RuntimeHost
  package let pointer: OpaquePointer?

  /// Opens the plugin with its settings.
  ///
  /// **Throws**: `open_failed`.
  package convenience init(
    opening image: PluginImage, settings: [UInt8], services: [String],
    backend: any ServiceBackend
  ) throws(LoadError) {
    let tape: JSONTape
    do {
      tape = try JSONTape(parsing: settings)
    } catch {
      throw LoadError(
        code: .openFailed, message: "\(image.file): its settings are no JSON: \(error)")
    }
    try self.init(
      opening: image, settings: tape.root, host: RuntimeHost(services: services, backend: backend))
    withExtendedLifetime(tape) {}
  }

  /// Opens the plugin; `settings` has to live until this returns.
  package init(
    opening image: PluginImage, settings: UnsafePointer<JSONTape.Node>, host: RuntimeHost
  ) throws(LoadError) {
    self.image = image
    self.host = host
    var instance: OpaquePointer?
    let status = image.plugin.pointee.open(host.pointer, OpaquePointer(settings), &instance)
    guard status == JF_OK else {
      throw LoadError(
        code: .openFailed,
        message: "\(image.file): open answered \(StatusName.of(status)): its log says why; check "
          + "the plugin's settings")
    }
    pointer = instance
  }

  /// Ends the instance. Nothing of it may be running.
  package func close() { image.plugin.pointee.close(pointer) }

  /// A table of the plugin's own by its id.
  ///
  /// **Throws**: `no_interface`.
  package func table(_ id: String) throws(LoadError) -> UnsafeRawPointer {
    guard let table = image.plugin.pointee.interface(pointer, id) else {
      throw LoadError(
        code: .noInterface,
        message: "\(image.file) has no interface \"\(id)\": its manifest says so, its code does "
          + "not: install a build that fits its plugin.json")
    }
    return table
  }

  /// The same, checked to be as large as this version's and whole.
  package func table<Table>(
    _ id: String, as type: Table.Type
  ) throws(LoadError) -> UnsafePointer<Table> {
    let table = try table(id)
    let size = MemoryLayout<Table>.size
    try checkTable(
      table, id, size, functions: Array(stride(from: 8, to: size, by: 8)), in: image.file)
    return table.assumingMemoryBound(to: Table.self)
  }

  /// Looks up the actions of the manifest.
  ///
  /// **Throws**: `no_interface`, `table_incomplete`, `unknown_action`.
  package func actions(_ ids: [String]) throws(LoadError) -> RuntimeActions {
    let table = try table(JF_ACTION_INTERFACE, as: jf_action_interface.self)
    var numbers: [Int32] = []
    for id in ids {
      let number = Array(id.utf8).withUnsafeBufferPointer {
        table.pointee.find_action(pointer, jf_bytes($0))
      }
      guard number >= 0 else {
        throw LoadError(
          code: .unknownAction,
          message: "\(image.file) does not know its manifest's action \"\(id)\": install a build "
            + "that fits its plugin.json")
      }
      numbers.append(number)
    }
    return RuntimeActions(instance: self, table: table, numbers: numbers)
  }

  /// Marks a running call as no longer wanted; false when no such call runs.
  @discardableResult
  package func cancel(_ number: UInt32) -> Bool { RuntimeCall.cancel(number, of: host) }
}
