// SPDX-License-Identifier: Apache-2.0
// Whether a plugin opens and is what its manifest says.

import CJackfield
import PluginRuntime

/// Opens the plugin as a worker does.
enum OpenCheck {
  static func open(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let image = try probe.load()
    let host = ScriptedHost()
    do throws(LoadError) {
      let instance = try open(image, probe, host)
      probe.note.say("asking for its interface")
      try checkTable(of: instance, probe)
      probe.note.say("asking for an interface that no plugin has")
      if instance.offers("example.unheard_of/1") {
        return .fail(
          "asked for the interface \"example.unheard_of/1\" it answered a table: answer null to "
            + "ids it does not know")
      }
      probe.note.say("close")
      instance.close()
      return .pass
    } catch {
      return .fail(error.message + host.ownLogText, lacks: .open)
    }
  }

  private static func open(
    _ image: PluginImage, _ probe: Probe, _ host: ScriptedHost
  ) throws(LoadError) -> RuntimeInstance {
    probe.note.say("open")
    return try RuntimeInstance(
      opening: image, settings: probe.world.settings.jsonBytes, services: probe.services,
      backend: host)
  }

  private static func checkTable(
    of instance: RuntimeInstance, _ probe: Probe
  ) throws(LoadError) {
    switch probe.manifest.kind {
    case .action: _ = try instance.table(JF_ACTION_INTERFACE, as: jf_action_interface.self)
    case .transport:
      _ = try instance.table(probe.manifest.interface ?? "", as: jf_transport_interface.self)
    case .listener:
      _ = try instance.table(probe.manifest.interface ?? "", as: jf_listener_interface.self)
    case .data: break
    }
  }

  static func actions(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    guard probe.manifest.kind == .action else {
      return .skipped("a \(probe.manifest.kind.rawValue) has no actions")
    }
    let plugin = try OpenPlugin(probe, services: probe.services)
    let unknown = Array((probe.manifest.id.rawValue + ".unheard_of").utf8)
    let prefix = Array(probe.manifest.actions[0].id.rawValue.utf8.dropLast())
    for id in [unknown, prefix, []] {
      let text = String(decoding: id, as: UTF8.self)
      probe.note.say("find_action of \"\(text)\"")
      guard let number = try? plugin.instance.find(id), number < 0 else {
        return .fail(
          "asked for the action \"\(text)\", which its manifest does not have, find_action "
            + "found something: compare the whole id, and answer -1 to others")
      }
    }
    plugin.close()
    return .pass("\(probe.manifest.actions.count) found")
  }
}
