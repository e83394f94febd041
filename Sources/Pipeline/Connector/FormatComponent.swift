// SPDX-License-Identifier: Apache-2.0
// The component that names values.

/// A format: values computed from others, saved as one object.
///
/// **Source** spec/formats.md 1.7.
package struct FormatComponent: Sendable, Hashable {
  package var id: ComponentID
  package var save: String
  package var values: [TemplateMember]

  package init(id: ComponentID, save: String, values: [TemplateMember]) {
    self.id = id
    self.save = save
    self.values = values
  }
}
