// SPDX-License-Identifier: Apache-2.0
// The loop of a step.

/// A step that runs once for each element of a list.
///
/// **Source** spec/engine.md, For each; spec/formats.md 1.8.
package struct ForEach: Sendable, Hashable {
  /// A single value is one element; missing is none.
  package var list: TemplateTree
  /// The word that holds the element.
  package var name = "item"
  /// Elements beyond this many fail the step before its first element.
  package var most = 10_000
  /// Whether a run waits for the child runs of its elements.
  package var waits = true
  /// Whether an element that failed keeps the later ones from running.
  package var stopsOnFailure = false

  package init(list: TemplateTree) { self.list = list }

  /// The words of a loop besides the element's own.
  package static let words = ["index", "count", "first", "last"]
}
