// SPDX-License-Identifier: Apache-2.0
// One line of the table: what is measured and what it should be.

struct Figure {
  /// What the project promises; `Source`: the table of targets in ARCHITECTURE.md.
  enum Target {
    case ratioAtLeast(Double)
    case ratioAtMost(Double)
    case below(Double)
    case none

    var text: String {
      switch self {
      case .ratioAtLeast(let ratio): "≥ \(Report.number(ratio)) ×"
      case .ratioAtMost(let ratio): "≤ \(Report.number(ratio)) ×"
      case .below(let value): "< \(Report.number(value))"
      case .none: ""
      }
    }

    /// nil when there is nothing to hold it to.
    func isMet(ours: Double?, reference: Double?) -> Bool? {
      guard let ours else { return nil }
      switch self {
      case .ratioAtLeast(let ratio): return reference.map { ours >= ratio * $0 }
      case .ratioAtMost(let ratio): return reference.map { ours <= ratio * $0 }
      case .below(let value): return ours < value
      case .none: return nil
      }
    }
  }

  let name: String
  let unit: String
  let target: Target

  init(_ name: String, _ unit: String, _ target: Target = .none) {
    (self.name, self.unit, self.target) = (name, unit, target)
  }
}
