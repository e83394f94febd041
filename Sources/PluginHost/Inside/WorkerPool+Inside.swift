// SPDX-License-Identifier: Apache-2.0
//
// The pool's calls that need no worker.

import Pipeline

extension WorkerPool {
  /// Runs a call inside of the host.
  func submitInside(_ call: PoolCall) {
    let key = LaneKey(call.request, isAlone: false)
    let lane = insideLanes[key] ?? InsideLane(pool: self, key: key, request: call.request)
    insideLanes[key] = lane
    call.lane = lane
    lane.submit(call)
  }

  /// A plugin did not return in time, and nothing can end it: from now on it runs in workers.
  func quarantined(_ lane: InsideLane, because reason: String, _ waiting: [PoolCall]) {
    quarantines[lane.key.health] = reason
    let text = "\(reason), and still runs inside of the host: its calls run in a worker until the "
      + "host is started again"
    context.log(
      WorkerLogLine(
        project: lane.key.project, plugin: lane.key.plugin, pid: 0, level: 3,
        bytes: Array(text.utf8)[...]))
    for call in waiting { submitToWorker(call) }
  }

  func forgetIfUnused(_ lane: InsideLane) {
    guard lane.isUnused, !lane.isOpen, insideLanes[lane.key] === lane else { return }
    context.health.served(lane.calls, lane.key.health)
    insideLanes[lane.key] = nil
  }

  /// The host has ended: closes the plugins that nothing runs in.
  func closeInside() {
    for lane in Array(insideLanes.values) where lane.isUnused { lane.end() }
  }

  /// At the end of the host: calls may go on for `grace`, then they are told as cancelled.
  func endInside(grace: Duration) {
    let lanes = Array(insideLanes.values)
    guard !lanes.isEmpty else { return }
    _ = context.schedule(after: grace) {
      for lane in lanes { lane.cancelAll() }
    }
  }
}
