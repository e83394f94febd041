// SPDX-License-Identifier: Apache-2.0
// The component that waits for the contact to write.

/// Suspends the run until its contact writes or a time passes.
///
/// **Shape** `{"wait_for_message": {"id", "save", "within": "1 h"}, "else": "next_step"}`: the
/// message's event is saved; `else` says where the run goes when the time has passed.
/// **Source** spec/engine.md, Enrolment.
package struct MessageWaitComponent: Sendable, Hashable {
  package var id: ComponentID
  package var save: String?
  package var timeout: Duration = .seconds(86_400)
  package var otherwise: FilterElse = .nextStep

  package init(id: ComponentID) { self.id = id }
}
