// SPDX-License-Identifier: Apache-2.0
// Where a run may go from each step, and what has been saved when it gets there.

/// The ways through a connector. They lead forwards only, so one pass over the steps is enough.
struct StepFlow {
  /// A way out of a step.
  struct Exit: Hashable {
    /// The index of the step entered next; the number of steps at the end of the run.
    let target: Int
    /// The components whose saved names count: those before this index.
    let passed: Int
  }

  private let connector: Connector
  /// Names that every way to a step saves, and that some way does; absent: never reached.
  private var certain: [Int: Set<String>] = [0: []]
  private var possible: [Int: Set<String>] = [0: []]

  init(_ connector: Connector) {
    self.connector = connector
    for index in connector.steps.indices where certain[index] != nil {
      for exit in exits(of: index) {
        let position = Position(step: index, component: exit.passed)
        let (sure, maybe) = names(at: position)
        certain[exit.target] = certain[exit.target]?.intersection(sure) ?? sure
        possible[exit.target, default: []].formUnion(maybe)
      }
    }
  }

  func isReached(_ step: Int) -> Bool { certain[step] != nil }

  /// Names saved before a component runs: on every way, and on some way.
  func names(at position: Position) -> (certain: Set<String>, possible: Set<String>) {
    var sure = certain[position.step] ?? []
    var maybe = possible[position.step] ?? []
    guard connector.steps.indices.contains(position.step) else { return (sure, maybe) }
    for component in connector.steps[position.step].components.prefix(position.component) {
      switch component {
      case .filter, .delay: break
      case .format(let format): sure.insert(format.save)
      case .waitForMessage(let wait): wait.save.map { _ = sure.insert($0) }
      case .action(let action):
        action.save.map { _ = sure.insert($0) }
        maybe.formUnion(action.withFallbacks.compactMap(\.save))
      }
    }
    return (sure, maybe.union(sure))
  }

  /// The ways out of a step, whatever its filters and actions say.
  func exits(of index: Int) -> Set<Exit> {
    let step = connector.steps[index]
    let end = Exit(target: index + 1, passed: step.components.count)
    guard step.isEnabled else { return [Exit(target: index + 1, passed: 0)] }
    // An element that is filtered or fails ends alone; afterwards every name is a list.
    guard step.forEach == nil else { return [end] }
    var exits: Set<Exit> = []
    for (inner, component) in step.components.enumerated() {
      exits.formUnion(targets(of: component, in: index).map { Exit(target: $0, passed: inner) })
      if case .action(let action) = component, action.endsRun { return exits }
    }
    exits.insert(end)
    return exits
  }

  /// The steps a component may lead to instead of the next component.
  private func targets(of component: Component, in index: Int) -> [Int] {
    switch component {
    case .filter(let filter): target(of: filter.otherwise, in: index).map { [$0] } ?? []
    case .waitForMessage(let wait): target(of: wait.otherwise, in: index).map { [$0] } ?? []
    case .format: []
    case .delay(let delay): delay.maySkipStep ? [index + 1] : []
    case .action(let action):
      action.withFallbacks.flatMap(\.gotos).compactMap { connector.stepIndex($0) }
        .filter { $0 > index }
    }
  }

  private func target(of branch: FilterElse, in index: Int) -> Int? {
    switch branch {
    case .nextStep: index + 1
    case .stop: nil
    case .goto(let id): connector.stepIndex(id).flatMap { $0 > index ? $0 : nil }
    }
  }
}

extension DelayComponent {
  /// Whether the rest of its step may be left out.
  var maySkipStep: Bool {
    guard pastDue == .skipStep else { return false }
    switch basis {
    case .before, .on: return true
    case .amount, .after: return expiresAfter != nil
    }
  }
}

extension ActionComponent {
  /// The steps its own fallback rules may go to.
  var gotos: [StepID] {
    guard case .rules(let rules) = fallback else { return [] }
    return rules.compactMap { if case .goto(let id) = $0.act { id } else { nil } }
  }
}
