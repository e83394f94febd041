// SPDX-License-Identifier: Apache-2.0
//
// A descriptor with an owner.

import Glibc

/// Closes its descriptor when nobody holds it any more.
package final class OwnedDescriptor: Sendable {
  package let number: Int32

  package init(_ number: Int32) {
    self.number = number
  }

  deinit {
    if number >= 0 { close(number) }
  }
}
