// SPDX-License-Identifier: Apache-2.0
// The mapping from an event to the contact it is about.

import Values

/// How an event's contact is found or created.
///
/// **Source** spec/engine.md, Contact.
package struct ContactMapping: Sendable, Hashable {
  package var channel: String
  package var number: TemplateTree
  package var fields: [TemplateMember] = []
  package var attributes: [TemplateMember] = []
  package var overwritesEmpty = false
  package var ifUnusable: ContactIfUnusable = .continue

  /// The mapping's values for one event.
  package func render(
    in scope: inout RenderScope
  ) throws(TemplateError) -> RenderedContact {
    var contact = RenderedContact(
      channel: channel, number: trimmed(plainText(try number.render(in: &scope))))
    for member in fields { contact.fields[member.name] = try member.value.render(in: &scope) }
    for member in attributes {
      contact.attributes[member.name] = try member.value.render(in: &scope)
    }
    return contact
  }
}

/// What happens to a run whose number cannot be used.
package enum ContactIfUnusable: String, Sendable, Hashable, CaseIterable {
  /// It goes on without a contact.
  case `continue`
  case fail
}

/// A contact mapping's values for one event; an empty number maps nothing.
package struct RenderedContact: Sendable, Hashable {
  package var channel: String
  package var number: String
  package var fields = JSONObject()
  package var attributes = JSONObject()
}

extension ContactMapping {
  static func read(_ source: DocumentValue) -> ContactMapping? {
    guard
      let object = source.object(keys: [
        "channel", "number", "fields", "attributes", "overwrite_empty", "if_unusable",
      ]), let channel = object.required("channel")?.text(atMost: PipelineLimits.titleLength),
      let number = object.required("number")
    else { return nil }
    var mapping = ContactMapping(channel: channel, number: TemplateTree.read(number))
    mapping.fields = readMembers(object["fields"])
    mapping.attributes = readMembers(object["attributes"])
    mapping.overwritesEmpty = object["overwrite_empty"]?.boolean() ?? false
    mapping.ifUnusable = object["if_unusable"]?.choice(ContactIfUnusable.self) ?? .continue
    return mapping
  }

  private static func readMembers(_ source: DocumentValue?) -> [TemplateMember] {
    source?.map(atMost: PipelineLimits.collectionFields)?.all.map { name, value in
      TemplateMember(name: name, value: TemplateTree.read(value))
    } ?? []
  }
}
