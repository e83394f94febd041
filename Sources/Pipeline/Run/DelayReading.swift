// SPDX-License-Identifier: Apache-2.0
// The rendered parts of a delay.

import Calendar
import Values

/// Renders what a delay is computed from and keeps it for the journal.
struct DelayReading {
  private(set) var scope: RenderScope
  let zone: Zone
  var input = JSONObject()
  private(set) var notes: [String] = []

  init(scope: RenderScope, zone: Zone) {
    self.scope = scope
    self.zone = zone
  }

  /// When the delay is over.
  ///
  /// **Throws** `invalid_input` for an amount that is no duration and a date that is none.
  mutating func due(
    _ basis: DelayBasis, now: Moment, started: Moment
  ) throws(ActionFailure) -> Moment {
    switch basis {
    case .amount(let amount, let origin):
      input["from"] = .text(origin.rawValue)
      return (origin == .event ? started : now).adding(try self.amount(amount))
    case .before(let amount, let date):
      let amount = try self.amount(amount)
      return try self.date(date, "before").adding(.zero - amount)
    case .after(let amount, let date):
      let amount = try self.amount(amount)
      return try self.date(date, "after").adding(amount)
    case .on(let date): return try self.date(date, "on")
    }
  }

  private mutating func amount(_ tree: TemplateTree) throws(ActionFailure) -> Duration {
    let value = try render(tree, "amount")
    do throws(PipelineError) {
      return try DurationText.parse(trimmed(plainText(value)))
    } catch {
      throw ActionFailure(
        .invalidInput, code: "bad_duration", message: "amount: \(error.message)")
    }
  }

  private mutating func date(_ tree: TemplateTree, _ name: String) throws(ActionFailure) -> Moment {
    let value = try render(tree, name)
    // A moment further away than any date has digits for would overflow the sum.
    let bound: Int64 = 1 << 53
    if let value, let moment = Moment(value, zone: zone), abs(moment.milliseconds) < bound {
      return moment
    }
    let found = value.map { plainText($0) } ?? ""
    throw ActionFailure(
      .invalidInput, code: "bad_date",
      message: found.isEmpty
        ? "\(name) is empty: a delay needs a date"
        : "\(name): \"\(found.prefix(100))\" is not a date: write one such as 2026-11-22 or "
          + "2026-11-22T15:00:00Z, or Unix time")
  }

  /// The identifiers, without repetitions and those of which a part is empty; a list gives each of
  /// its elements.
  mutating func identifiers(_ trees: [TemplateTree]) throws(ActionFailure) -> [String] {
    var found: [String] = []
    for tree in trees {
      guard let value = try identifier(tree) else { continue }
      for part in value.asList ?? [value] {
        let text = trimmed(plainText(part))
        guard !text.isEmpty else {
          notes.append("an identifier is empty and left out")
          continue
        }
        guard text.count <= RunLimits.identifierLength else {
          throw ActionFailure(
            .invalidInput, code: "identifier_too_long",
            message: "the identifier \"\(text.prefix(40))…\" has \(text.count) characters: at most "
              + "\(RunLimits.identifierLength) are allowed, take an id instead of a text")
        }
        if !found.contains(text) { found.append(text) }
      }
    }
    guard found.count <= RunLimits.identifiers else {
      throw ActionFailure(
        .invalidInput, code: "too_many_identifiers",
        message: "the delay has \(found.count) identifiers: at most \(RunLimits.identifiers) are "
          + "allowed")
    }
    return found
  }

  private mutating func identifier(_ tree: TemplateTree) throws(ActionFailure) -> JSONValue? {
    do throws(TemplateError) {
      guard case .template(let template) = tree else { return try tree.render(in: &scope) }
      return try scope.renderWhole(template, "the identifier")
    } catch {
      throw ActionFailure(.invalidInput, code: error.code, message: "identifier: \(error)")
    }
  }

  private mutating func render(
    _ tree: TemplateTree, _ name: String
  ) throws(ActionFailure) -> JSONValue? {
    do throws(TemplateError) {
      let value = try tree.render(in: &scope)
      input[name] = value
      return value
    } catch {
      throw ActionFailure(.invalidInput, code: error.code, message: "\(name): \(error)")
    }
  }
}
