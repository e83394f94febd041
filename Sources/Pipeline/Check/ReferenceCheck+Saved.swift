// SPDX-License-Identifier: Apache-2.0
// Checking a path that begins with a saved name.

import Schema
import Values

extension ReferenceCheck {
  func judgeSaved(
    _ reference: AttributePath, _ position: Position, _ path: DocumentPath, _ place: TemplatePlace
  ) {
    guard let writers = saved[reference.root], let writer = writers.first else {
      unknownName(reference, path)
      return
    }
    guard writer.position < position else {
      check.error(
        "later_reference",
        "{{\(reference)}}: \"\(reference.root)\" is saved by \(writer.id), which has not run yet "
          + "here",
        at: path)
      return
    }
    judgeWays(reference, writer, position, path, place)
    judgeMember(reference, writers, position, path, place)
  }

  private func unknownName(_ reference: AttributePath, _ path: DocumentPath) {
    if ForEach.words.contains(reference.root) || reference.root == "item" {
      check.error(
        "unknown_reference",
        "{{\(reference)}} is known inside a loop only: put \"for_each\" on this step", at: path)
      return
    }
    let known = RootWord.reserved + saved.keys
    check.error(
      "unknown_reference",
      "{{\(reference)}}: nothing is called \"\(reference.root)\""
        + Suggestion.text(for: reference.root, among: known, listUpTo: 20),
      at: path, nearest: Suggestion.nearest(to: reference.root, among: known))
  }

  /// Whether every way to this place, or any, passes the component that saves the name.
  private func judgeWays(
    _ reference: AttributePath, _ writer: SavedName, _ position: Position, _ path: DocumentPath,
    _ place: TemplatePlace
  ) {
    // What nothing reaches has its own finding.
    guard flow.isReached(position.step) else { return }
    let (certain, possible) = flow.names(at: position)
    guard !certain.contains(reference.root) else { return }
    if !possible.contains(reference.root) {
      check.error(
        "never_produced",
        "{{\(reference)}}: \"\(reference.root)\" is saved by \(writer.id), and no way through the "
          + "steps leads from there to here",
        at: path)
    } else if !place.isGuarded {
      check.warning(
        "perhaps_missing",
        "{{\(reference)}}: some way to here passes by \(writer.id), which saves "
          + "\"\(reference.root)\": give a default, {{\(reference) | default: \"…\"}}",
        at: path)
    }
  }

  /// What is known about the members of what was saved.
  private func judgeMember(
    _ reference: AttributePath, _ writers: [SavedName], _ position: Position, _ path: DocumentPath,
    _ place: TemplatePlace
  ) {
    guard let writer = writers.first, let first = reference.segments.first else { return }
    var segments = reference.segments[...]
    let isList =
      connector.steps[writer.position.step].forEach != nil
      && (writer.position.step != position.step || place.loop == nil)
    if isList {
      guard case .index = first else {
        check.error(
          "list_of_elements",
          "{{\(reference)}}: after the loop \"\(connector.steps[writer.position.step].id)\" "
            + "\"\(reference.root)\" is the list over its elements: write "
            + "\(reference.root)[0] or a formatter such as pick",
          at: path)
        return
      }
      segments = segments.dropFirst()
    }
    guard case .name(let name)? = segments.first else { return }
    let known = writers.map { members(of: $0) }
    // One that says nothing about its members may have any.
    guard known.allSatisfy({ !$0.isEmpty }), !known.joined().contains(name) else { return }
    report(name, reference, writer, among: Array(known.joined()), path)
  }

  private func members(of writer: SavedName) -> [String] {
    switch writer.source {
    case .format(let format): format.values.map(\.name)
    case .message: TriggerKind.message.eventMembers
    case .action(let action): context.actions[action.use]?.result?.propertyNames ?? []
    }
  }

  private func report(
    _ name: String, _ reference: AttributePath, _ writer: SavedName, among known: [String],
    _ path: DocumentPath
  ) {
    let hint = Suggestion.text(for: name, among: known, listUpTo: 20)
    let nearest = Suggestion.nearest(to: name, among: known)
    switch writer.source {
    case .format:
      check.error(
        "unknown_member", "{{\(reference)}}: the format \(writer.id) has no \"\(name)\"\(hint)",
        at: path, nearest: nearest)
    case .message:
      check.warning(
        "unknown_member", "{{\(reference)}}: a message has no \"\(name)\"\(hint)", at: path,
        nearest: nearest)
    case .action(let action):
      check.warning(
        "unknown_member", "{{\(reference)}}: the result of \(action.use) has no \"\(name)\"\(hint)",
        at: path, nearest: nearest)
    }
  }
}
