// SPDX-License-Identifier: Apache-2.0
//
// The other half of a fault point: a worker killed from outside, as the kernel or a person would.

import CSystem
import Glibc

extension WorkerPool {
  /// Kills the ready workers that hold the plugin `JACKFIELD_FAULT` names; nothing where it names none.
  package func killFaultVictim() {
    let plugin = String(cString: sys_fault_victim())
    let victims = status.workers.filter { $0.plugin.rawValue == plugin && $0.state == "ready" }
    for worker in victims { kill(worker.pid, SIGKILL) }
    sys_fault_done(victims.isEmpty ? 0 : 1)
  }
}
