// SPDX-License-Identifier: Apache-2.0
// Whether calls give back what they take.

import CSystem

/// Calls the samples again and again, and looks at the heap.
enum GrowthCheck {
  private static let calls = 300
  /// The first calls fill caches that are not filled again.
  private static let warmUp = 100
  /// **Unit**: bytes a call. A pointer leaked in each call is 32 with the heap's own part.
  private static let allowed: Int64 = 16

  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    let samples = probe.samples
    var before = ProcessState()
    var heap: Int64 = 0
    for round in 0..<(calls + warmUp) {
      if round == warmUp { (before, heap) = (ProcessState(), Int64(sys_probe_heap())) }
      _ = plugin.call(samples[round % samples.count])
    }
    let growth = Int64(sys_probe_heap()) - heap
    let remains = ProcessState().remains(since: before)
    plugin.close()
    if let first = remains.first {
      return .fail(
        "\(calls) calls left \(first)"
          + (remains.count > 1 ? " and \(remains.count - 1) more" : "")
          + ": end in a call what the call began")
    }
    guard growth <= allowed * Int64(calls) else {
      return .fail(
        "\(calls) calls made the heap \(growth) bytes larger, \(growth / Int64(calls)) each: free "
          + "before `run` returns what it allocated")
    }
    return .pass("\(max(growth, 0)) bytes over \(calls) calls")
  }
}
