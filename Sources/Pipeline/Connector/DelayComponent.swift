// SPDX-License-Identifier: Apache-2.0
// The component that lets time pass.

/// A delay: the run waits on disk until its time has come or somebody cancels it.
///
/// **Source** spec/engine.md, Delay; spec/formats.md 1.6.
package struct DelayComponent: Sendable, Hashable {
  package var id: ComponentID
  package var basis: DelayBasis
  /// What it can be cancelled by; each is rendered when the delay is reached.
  package var identifiers: [TemplateTree] = []
  package var pastDue: PastDue = .skipStep
  /// A wake-up later than this takes `pastDue` too.
  package var expiresAfter: Duration?

  package init(id: ComponentID, basis: DelayBasis) {
    self.id = id
    self.basis = basis
  }
}

/// What a delay's due time is counted from. An amount is a duration's text, a date is ISO 8601 or
/// Unix time; both may be templates.
package enum DelayBasis: Sendable, Hashable {
  case amount(TemplateTree, from: DelayOrigin)
  /// An amount before a date.
  case before(TemplateTree, TemplateTree)
  /// An amount after a date.
  case after(TemplateTree, TemplateTree)
  case on(TemplateTree)
}

/// Where an amount without a date begins.
package enum DelayOrigin: String, Sendable, Hashable, CaseIterable {
  /// When the delay is reached.
  case lastStep = "last_step"
  /// When the run's event came in.
  case event
}

/// What happens when a delay's time has passed already.
package enum PastDue: String, Sendable, Hashable, CaseIterable {
  /// The rest of the step is not run, the next step is.
  case skipStep = "skip_step"
  case runNow = "run_now"
  /// The run fails here.
  case fail
}
