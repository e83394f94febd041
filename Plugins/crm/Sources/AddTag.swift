// SPDX-License-Identifier: Apache-2.0
// crm.add_tag: tags a contact.
import JackfieldBase
import JackfieldPlugin

/// Adds tags to a contact and defines those nobody used before; the first spelling is kept.
struct AddTag: Action {
  static let id = "crm.add_tag"

  struct Parameters: Decodable {
    var tags: TextList
    var contact: ContactReference?
  }

  struct Result: Encodable {
    var tags: [String]
    var added: [String]
    var changed: Bool
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let wanted = try Self.checked(p.tags.items)
    let contact = try ContactReference.resolve(p.contact, call)
    let known = contact["tags"]?.asList?.compactMap(\.asText) ?? []
    var seen = Set(known.map { $0.lowercased() })
    let missing = wanted.filter { seen.insert($0.lowercased()).inserted }
    guard !missing.isEmpty else { return Result(tags: known, added: [], changed: false) }
    guard known.count + missing.count <= 200 else {
      throw .failed("too_many_tags", "too many tags: a contact has at most 200")
    }
    let added = try Self.define(missing, call)
    var fields = contact.fields
    fields["tags"] = .list((known + added).map(JSONValue.text))
    try call.records.put(fields, in: "contact", id: contact.id, version: .read(contact.version))
    return Result(tags: known + added, added: added, changed: true)
  }

  private static func checked(_ tags: [String]) throws(ActionError) -> [String] {
    guard !tags.isEmpty else { throw .invalidInput("empty_tags", "tags is empty") }
    guard tags.count <= 100 else {
      throw .invalidInput("too_many_items", "tags has \(tags.count) items: at most 100 at a time")
    }
    for tag in tags where tag.unicodeScalars.count > 64 {
      throw .invalidInput(
        "tag_too_long", "a tag has \(tag.unicodeScalars.count) characters: at most 64")
    }
    return tags
  }

  /// The tags in their first spelling; those without a definition get one.
  private static func define(_ tags: [String], _ call: Call) throws(ActionError) -> [String] {
    var spellings: [String?] = []
    for tag in tags {
      let page = try call.records.query(RecordQuery(.field("name", is: tag), limit: 1), in: "tag")
      spellings.append(page.records.first?.text("name"))
    }
    var defined: [String] = []
    for (tag, spelling) in zip(tags, spellings) {
      if spelling == nil { try call.records.put(["name": .text(tag)], in: "tag") }
      defined.append(spelling ?? tag)
    }
    return defined
  }
}
