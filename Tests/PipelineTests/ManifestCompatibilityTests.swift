// SPDX-License-Identifier: Apache-2.0
// Which build of a plugin can take another's place, and what is named where it cannot.
import Pipeline
import Testing
import Values

@Suite struct ManifestCompatibilityTests {
  private static func manifest(_ edit: (inout String) -> Void = { _ in }) throws -> PluginManifest {
    var text = """
      {"format": 1, "id": "acme-sms", "version": "1.2.0", "abi": "0.1", "title": "T",
       "library": {"linux-x86_64": "a.so"}, "settings": {"type": "object", "properties": {}},
       "credentials": [{"kind": "acme_key", "fields": [{"name": "key", "secret": true}]}],
       "channels": [{"kind": "acme_chat", "credential": "acme_key", "webhook": {
         "action": "acme-sms.take", "auth": [{"scheme": "meta", "secret": "key"}]}}],
       "collections": [{"name": "sms", "fields": {"number": {"type": "text"}}}],
       "actions": [
         {"id": "acme-sms.take", "title": "Take", "side_effect": "idempotent",
          "parameters": {"type": "object", "properties": {"channel": {}, "body": {}}}},
         {"id": "acme-sms.send", "title": "Send", "side_effect": "keyed",
          "parameters": {"type": "object", "required": ["to"],
                         "properties": {"to": {"type": "string"}, "n": {"type": "integer"}}},
          "result": {"type": "object", "properties": {"id": {"type": "string"}}},
          "sets_contact": "id", "errors": [{"code": "no_credit", "class": "denied"}]}]}
      """
    edit(&text)
    let (manifest, findings) = PluginManifest.parse(try JSONDocument(source: Array(text.utf8)))
    return try #require(manifest, "\(findings)")
  }

  private static func replacing(_ old: String, _ new: String) throws -> PluginManifest {
    try manifest { text in
      let parts = text.split(separator: old, omittingEmptySubsequences: false)
      precondition(parts.count > 1, "the manifest has no \(old)")
      text = parts.joined(separator: new)
    }
  }

  @Test(arguments: [
    (#""required": ["to"]"#, #""required": []"#),
    (#""type": "integer""#, #""type": "number""#),
    (#"{"id": {"type": "string"}}"#, #"{"id": {"type": "string"}, "more": {}}"#),
    (#"{"number": {"type": "text"}}"#, #"{"number": {"type": "text"}, "at": {"type": "date"}}"#),
    ("1.2.0", "2.0.0"), (#""title": "Send""#, #""title": "Send it""#),
    (#""class": "denied""#, #""class": "failed""#),
  ])
  func `what widens, or only adds, takes the other's place`(_ old: String, _ new: String) throws {
    #expect(try Self.replacing(old, new).incompatibility(with: Self.manifest()) == nil)
  }

  @Test(arguments: [
    ("acme-sms.send", "acme-sms.post", "action acme-sms.send is not there any more"),
    (#""type": "integer""#, #""type": "boolean""#, "action acme-sms.send: parameter n"),
    (#""required": ["to"]"#, #""required": ["to", "n"]"#, "parameter n: is required"),
    (#"{"id": {"type": "string"}}"#, #"{"id": {"type": "integer"}}"#, "result id"),
    ("no_credit", "no_money", "error code no_credit"),
    (#""sets_contact": "id", "#, "", "is not the contact any more"),
    ("acme_key", "other_key", "credential kind acme_key"),
    ("acme_chat", "acme_talk", "channel kind acme_chat"),
    (
      #""webhook": {"#, #""note": {"#, "channels of kind acme_chat do not receive any more"
    ),
    (#""name": "sms""#, #""name": "mms""#, "collection sms is not there any more"),
    (#"{"number": {"type": "text"}}"#, "{}", "field number is not there any more"),
    (#"{"number": {"type": "text"}}"#, #"{"number": {"type": "integer"}}"#, "was text and is integer"),
    (
      #""settings": {"type": "object", "properties": {}}"#,
      #""settings": {"type": "object", "required": ["s"], "properties": {"s": {}}}"#, "setting s"
    ),
  ])
  func `what connectors may break on is named`(
    _ old: String, _ new: String, _ wanted: String
  ) throws {
    let reason = try Self.replacing(old, new).incompatibility(with: Self.manifest())
    #expect(reason?.contains(wanted) == true, "\(reason ?? "nothing")")
  }

  @Test func `versions are ordered by their numbers`() {
    #expect(PluginManifest.isVersion("1.9.0", below: "1.10.0"))
    #expect(!PluginManifest.isVersion("2.0.0", below: "1.10.9"))
    #expect(!PluginManifest.isVersion("1.0.0", below: "1.0.0"))
  }
}
