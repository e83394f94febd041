// SPDX-License-Identifier: Apache-2.0
//
// What this kernel lets this user have done to a worker.

import CSystem
import Glibc

/// The means of confinement that there are.
package struct SandboxOffer: Sendable, Hashable {
  /// The version of Landlock; 0 without.
  package let landlock: Int32
  package let seccomp: Bool
  /// Whether workers can be made other users.
  package let isRoot: Bool
  /// Control groups that were handed to this host.
  package let groups: ControlGroups?

  package init(landlock: Int32, seccomp: Bool, isRoot: Bool, groups: ControlGroups? = nil) {
    self.landlock = landlock
    self.seccomp = seccomp
    self.isRoot = isRoot
    self.groups = groups
  }

  /// What there is here, asked of the kernel.
  package static let here = SandboxOffer(
    landlock: sys_landlock_version(), seccomp: sys_seccomp_offered() != 0, isRoot: geteuid() == 0,
    groups: ControlGroups.found())
}
