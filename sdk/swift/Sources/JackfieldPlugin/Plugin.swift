// SPDX-License-Identifier: Apache-2.0
// From action types to the table the host reads.
import CJackfield
import Synchronization

/// The table a plugin's entry point answers with.
public typealias PluginTable = UnsafePointer<jf_plugin>

/// Exports a plugin.
///
/// One line in the plugin, beside its actions:
///
/// ```swift
/// @c(jf_plugin_entry_v0)
/// public func entry(_ minor: UInt32) -> PluginTable? { Plugin.export(Greet.self) }
/// ```
public enum Plugin {
  /// The table that offers these actions.
  ///
  /// **Isolation**: called by the host on the thread that loaded the image, once. An image is one
  /// plugin: a second call replaces what the next `open` offers.
  /// **Ownership**: the table lives as long as the image.
  public static func export(_ actions: any Action.Type...) -> PluginTable? {
    exported.withLock { $0 = actions.map { ExportedAction($0) } }
    return table.pointer
  }

  static let exported = Mutex<[ExportedAction]>([])

  private static let table = Frozen(
    jf_plugin(
      size: UInt32(MemoryLayout<jf_plugin>.size), abi_major: UInt16(JF_ABI_MAJOR),
      abi_minor: UInt16(JF_ABI_MINOR),
      open: { host, settings, out in
        guard let instance = Instance(host: host, settings: settings) else { return JF_UNAVAILABLE }
        out?.pointee = OpaquePointer(Unmanaged.passRetained(instance).toOpaque())
        return JF_OK
      },
      close: { instance in
        instance.map { Unmanaged<Instance>.fromOpaque(UnsafeRawPointer($0)).release() }
      },
      interface: { _, id in
        String(cString: id) == JF_ACTION_INTERFACE
          ? UnsafeRawPointer(actionTable.pointer) : nil
      }))

  private static let actionTable = Frozen(
    jf_action_interface(
      size: UInt32(MemoryLayout<jf_action_interface>.size), reserved: 0,
      find_action: { instance, id in
        guard let instance = Instance.at(instance) else { return -1 }
        let wanted = id.text
        return instance.actions.firstIndex { $0.id == wanted }.map { Int32($0) } ?? -1
      },
      run: { instance, number, call in
        guard let instance = Instance.at(instance),
          instance.actions.indices.contains(Int(number))
        else { return JF_BUG }
        instance.actions[Int(number)].run(Call(pointer: call, instance: instance))
        return JF_OK
      }))
}
