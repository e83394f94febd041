// SPDX-License-Identifier: Apache-2.0
// A plan that is handed from hand to hand.
import Pipeline

/// A plan behind one reference: it is some hundred words long, and goes through every phase and
/// order of its call.
package final class SharedPlan: Sendable {
  package let plan: CallPlan

  init(_ plan: CallPlan) { self.plan = plan }
}
