// SPDX-License-Identifier: Apache-2.0
// Checking where a run may go: gotos and steps that nothing reaches.

extension ConnectorCheck {
  func checkGotos() {
    for (index, step) in connector.steps.enumerated() {
      for (inner, component) in step.components.enumerated() {
        let branch: FilterElse
        switch component {
        case .filter(let filter): branch = filter.otherwise
        case .waitForMessage(let wait): branch = wait.otherwise
        case .delay, .format, .action: continue
        }
        let path = DocumentPath.beside(Position(step: index, component: inner), "else")
        check(branch, of: step, at: index, path)
      }
    }
    for site in connector.actionSites { checkRules(of: site) }
  }

  private func check(_ branch: FilterElse, of step: Step, at index: Int, _ path: DocumentPath) {
    if step.forEach != nil, branch != .nextStep {
      error(
        "else_in_loop",
        "a filter in the loop \"\(step.id)\" ends its element only: leave \"else\" out, or filter "
          + "in a step before it",
        at: path)
      return
    }
    guard case .goto(let target) = branch else { return }
    checkGoto(target, from: index, at: path.appending("goto"))
  }

  private func checkRules(of site: ActionSite) {
    guard case .rules(let rules) = site.action.fallback else { return }
    let index = site.position.step
    for (inner, rule) in rules.enumerated() {
      guard case .goto(let target) = rule.act else { continue }
      let path = site.path.appending("fallback").appending(inner).appending("do").appending("goto")
      guard connector.steps[index].forEach == nil else {
        error(
          "else_in_loop",
          "an action in the loop \"\(connector.steps[index].id)\" cannot leave it: write \"stop\", "
            + "which ends the element, or \"continue\"",
          at: path)
        continue
      }
      checkGoto(target, from: index, at: path)
    }
  }

  private func checkGoto(_ target: StepID, from index: Int, at path: DocumentPath) {
    guard let found = connector.stepIndex(target) else {
      let known = connector.steps.dropFirst(index + 1).map(\.id.rawValue)
      unknown("unknown_step", "step", target.rawValue, among: known, at: path)
      return
    }
    if found <= index {
      error(
        "goto_backwards",
        "\"goto\" leads back to \"\(target)\": it leads forwards only, to a step after "
          + "\"\(connector.steps[index].id)\"",
        at: path)
    }
  }

  /// Warns of steps that no way through the document reaches.
  func checkDeadSteps() {
    let flow = StepFlow(connector)
    for (index, step) in connector.steps.enumerated() where !flow.isReached(index) {
      warning(
        "dead_step", "the step \"\(step.id)\" is never reached: a step before it ends the run",
        at: .step(index))
    }
  }
}
