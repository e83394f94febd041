// SPDX-License-Identifier: Apache-2.0
//
// The other half of a fault point: a worker killed from outside, as the kernel or a person would.

import CSystem
import Glibc

extension WorkerPool {
  /// Kills a worker that holds the plugin `JACKFIELD_FAULT` names; nothing where it names none.
  package func killFaultVictim() {
    let plugin = String(cString: sys_fault_victim())
    for worker in status.workers where worker.plugin.rawValue == plugin && worker.pid > 0 {
      kill(worker.pid, SIGKILL)
    }
  }
}
