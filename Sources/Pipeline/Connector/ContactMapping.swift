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

  /// What a contact has beside its channel, its number and its attributes.
  package static let fieldNames = ["name", "email", "language", "country", "timezone", "picture"]

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

extension ContactMapping {
  /// The mapping as an action, run before the first step. What the event brings that cannot be
  /// used is passed over unless the mapping says `fail`; that a channel is missing never is.
  package var step: Step {
    let values: [TemplateMember] = [
      TemplateMember(name: "number", value: number),
      TemplateMember(name: "channel", value: .literal(.text(channel))),
      TemplateMember(name: "fields", value: .object(fields + attributes)),
      TemplateMember(name: "overwrite_empty", value: .literal(.boolean(overwritesEmpty))),
    ]
    var action = ActionComponent(id: "map_contact", use: "crm.map_contact", with: .object(values))
    let passes = FallbackRule(classes: [.invalidInput], act: .continue)
    action.fallback = ifUnusable == .fail ? .stop : .rules([passes])
    return Step(id: "contact", components: [.action(action)])
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
