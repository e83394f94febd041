// SPDX-License-Identifier: Apache-2.0
// Components that only compute: filters and formats.

import Values

extension RunProgress {
  func evaluate(_ filter: FilterComponent, in step: StepID) -> JournalEntry {
    var scope = scope
    let (holds, verdicts) = judge(filter.conditions, &scope)
    var entry = entry(step, filter.id, .filter, holds ? .passed : .filtered)
    entry.input = .list(verdicts)
    entry.notes = notes(of: scope)
    return entry
  }

  /// Whether conditions hold, with each one's verdict. A template that cannot be evaluated makes
  /// its condition false.
  func judge(
    _ tree: ConditionTree<Condition>, _ scope: inout RenderScope
  ) -> (holds: Bool, verdicts: [JSONValue]) {
    var verdicts: [JSONValue] = []
    let holds = tree.holds { condition in
      var verdict: ConditionVerdict
      do throws(TemplateError) {
        verdict = try condition.verdict(in: &scope, zone: zone)
      } catch {
        verdict = ConditionVerdict(passed: false, left: nil, right: nil, note: error.description)
      }
      verdicts.append(verdict.value(of: condition.test))
      return verdict.passed
    }
    return (holds, verdicts)
  }

  /// The object of a format: a value that gives nothing is absent, which the notes tell.
  func evaluate(_ format: FormatComponent, in step: StepID) -> JournalEntry {
    var scope = scope
    var object = JSONObject()
    var entry = entry(step, format.id, .format, .succeeded)
    for member in format.values {
      do throws(TemplateError) {
        object[member.name] = try member.value.render(in: &scope)
      } catch {
        entry.status = .failed
        entry.error = ActionFailure(
          .invalidInput, code: error.code, message: "\(member.name): \(error)")
        return entry
      }
      if object[member.name] == nil { entry.notes.append("\(member.name) is empty") }
    }
    entry.output = .object(object)
    entry.notes += notes(of: scope)
    return entry
  }
}

extension ConditionVerdict {
  /// **Shape** `{type, op, left?, right?, passed, note?}`.
  func value(of test: ConditionTest) -> JSONValue {
    var object = JSONObject()
    object["type"] = .text(test.type.rawValue)
    object["op"] = .text(test.operator.rawValue)
    if let left { object["left"] = left }
    if let right { object["right"] = right }
    object["passed"] = .boolean(passed)
    if let note { object["note"] = .text(note) }
    return .object(object)
  }
}
