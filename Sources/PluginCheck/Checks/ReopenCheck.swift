// SPDX-License-Identifier: Apache-2.0
// Whether closing gives back what opening took.

import CSystem
import PluginRuntime

/// Opens and closes the plugin a thousand times.
enum ReopenCheck {
  private static let rounds = 1_000
  /// The first rounds fill caches that are not filled again.
  private static let warmUp = 50
  /// **Unit**: bytes a round. A pointer leaked in each round is 32 with the heap's own part.
  private static let allowed: Int64 = 16

  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let image = try probe.load()
    let host = RuntimeHost(services: probe.services, backend: ScriptedHost())
    let settings = probe.world.settings.jsonBytes
    var before = ProcessState()
    var heap: Int64 = 0
    for round in 0..<(rounds + warmUp) {
      if round == warmUp { (before, heap) = (ProcessState(), Int64(sys_probe_heap())) }
      probe.note.say("open, time \(round + 1)")
      let opened = image.open(host: host.table, settings: settings)
      guard opened.status == 0 else {
        return .fail(
          "open number \(round + 1) of one process answered \(StatusName.of(opened.status)): after "
            + "close it has to open again")
      }
      probe.note.say("close, time \(round + 1)")
      image.close(opened.instance)
    }
    let growth = Int64(sys_probe_heap()) - heap
    let remains = ProcessState().remains(since: before)
    if !remains.isEmpty {
      return .fail(
        "\(rounds) times open and close left \(remains.prefix(3).joined(separator: ", "))"
          + (remains.count > 3 ? " and \(remains.count - 3) more" : "")
          + ": close what open opened")
    }
    guard growth <= allowed * Int64(rounds) else {
      return .fail(
        "\(rounds) times open and close made the heap \(growth) bytes larger, "
          + "\(growth / Int64(rounds)) each time: free in close what open allocated")
    }
    return .pass("\(max(growth, 0)) bytes over \(rounds) rounds")
  }
}
