// SPDX-License-Identifier: Apache-2.0
// The answer to the caller of a webhook.

/// A mapped response.
///
/// **Source** spec/engine.md, Respond.
package struct RespondMapping: Sendable, Hashable {
  /// The step that has to be passed before values can be given; nil: none.
  package var after: StepID?
  /// How long the caller is kept; then the answer is the usual 202.
  package var wait: Duration = .seconds(10)
  package var status = 200
  package var headers: [TemplateMember] = []
  package var body: TemplateTree?

  package init() {}
}
