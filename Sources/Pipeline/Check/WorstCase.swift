// SPDX-License-Identifier: Apache-2.0
// How long a run may take at most.

import Values

/// The longest a run of a connector may take, as far as the document says.
package struct WorstCase: Sendable, Hashable {
  /// Timeouts, retries, fallbacks and the waits that are written out, on the longest way.
  package var duration: Duration
  /// Whether something may take longer: a wait until a date, or one whose amount is a template.
  package var isOpen: Bool

  static let nothing = WorstCase(duration: .zero, isOpen: false)
}

extension Connector {
  /// The longest way through the steps. Waits for rates, locks and breakers are not in it.
  package func worstCase(in context: CheckContext) -> WorstCase {
    let flow = StepFlow(self)
    var longest: [Int: Duration] = [0: .zero]
    var most = Duration.zero
    var isOpen = false
    for (index, step) in steps.enumerated() {
      guard let before = longest[index] else { continue }
      let own = step.isEnabled ? worstCase(of: step, context) : .nothing
      let after = min(before + own.duration, PipelineLimits.longest)
      isOpen = isOpen || own.isOpen
      most = max(most, after)
      for exit in flow.exits(of: index) {
        longest[exit.target] = max(longest[exit.target] ?? .zero, after)
      }
    }
    return WorstCase(duration: most, isOpen: isOpen)
  }

  private func worstCase(of step: Step, _ context: CheckContext) -> WorstCase {
    var sum = WorstCase.nothing
    for component in step.components {
      switch component {
      case .filter, .format: break
      case .delay, .waitForMessage:
        if let wait = component.longestWait {
          sum.duration += wait
        } else {
          sum.isOpen = true
        }
      case .action(let action): sum.duration += action.worstCase(in: context)
      }
    }
    guard let loop = step.forEach else { return sum }
    // Elements with waits run beside each other; the others one after the other.
    guard !step.needsChildRuns else { return loop.waits ? sum : .nothing }
    let times = Int64(loop.mostElements)
    let milliseconds = sum.duration.milliseconds.multipliedReportingOverflow(by: times)
    sum.duration =
      milliseconds.overflow ? PipelineLimits.longest : .milliseconds(milliseconds.partialValue)
    sum.duration = min(sum.duration, PipelineLimits.longest)
    return sum
  }
}

extension ConnectorCheck {
  func checkDuration() {
    guard let limit = connector.options.maxRunTime else { return }
    let worst = connector.worstCase(in: context)
    guard worst.duration > limit else { return }
    warning(
      "too_slow",
      "a run may take \(DurationText.rounded(worst.duration)), \"max_run_time\" is "
        + "\(DurationText.text(limit)): raise it, or lower timeouts, retries and delays",
      at: DocumentPath([.key("options"), .key("max_run_time")]))
  }
}

extension ForEach {
  /// How many elements there may be: those written out, else the bound.
  var mostElements: Int {
    guard case .literal(let value) = list else { return most }
    return min(most, value.asList?.count ?? (value.isEmpty ? 0 : 1))
  }
}

extension ActionComponent {
  /// Every attempt at its timeout, the waits between them, and the longest fallback.
  func worstCase(in context: CheckContext) -> Duration {
    let policy = PolicyResolution(
      component: self, project: context.policies[use.plugin], manifest: context.actions[use])
    let retry = policy.retry.resolved
    var total = policy.timeout.value * retry.attempts
    var wait = retry.firstWait
    for _ in 1..<max(retry.attempts, 1) {
      total += min(wait, retry.maxWait)
      wait = min(wait * 2, retry.maxWait)
    }
    // No attempt begins once the budget is used up.
    total = min(total, retry.budget + policy.timeout.value)
    let inner = policy.fallback.value.actions.map { action -> Duration in
      // What a policy's fallback falls back to is bounded by the project's check.
      policy.fallback.origin == .action ? action.worstCase(in: context) : policy.timeout.value
    }
    return total + (inner.max() ?? .zero)
  }
}

extension Component {
  /// A wait that always happens and whose length is written out.
  var knownWait: Duration? {
    guard case .delay(let delay) = self, case .amount(let amount, from: .lastStep) = delay.basis,
      case .literal(let value) = amount
    else { return nil }
    return value.asText.flatMap { try? DurationText.parse($0) }
  }

  /// The longest a wait may take; nil when the document does not say.
  var longestWait: Duration? {
    switch self {
    case .waitForMessage(let wait): wait.timeout
    case .delay(let delay):
      if case .amount(.literal(let value), from: _) = delay.basis {
        value.asText.flatMap { try? DurationText.parse($0) }
      } else {
        nil
      }
    case .filter, .format, .action: nil
    }
  }
}
