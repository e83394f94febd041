// SPDX-License-Identifier: Apache-2.0
// What a plugin asks to be allowed; the project decides.

/// The grants a manifest wishes for.
package struct GrantRequest: Sendable, Hashable {
  /// Host names; `*` when the operator names them.
  package var hosts: [String] = []
  package var readCollections: [String] = []
  package var writeCollections: [String] = []
  /// Whether it starts or cancels runs.
  package var runs = false
  /// Whether it publishes events.
  package var events = false
  package var resources = ResourceGrants()

  package init() {}
}
