// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Schema
import TestKit
import Testing
import Values

@testable import PluginCheck

/// What the checks call actions with.
@Suite struct SchemaValuesTests {
  /// Every parameter schema that comes with the host.
  static let schemas: [(action: String, schema: JSONSchema)] = {
    let folder = PackageFolder.path + "/Plugins"
    return TestFile.names(in: folder).flatMap { name -> [(action: String, schema: JSONSchema)] in
      guard let bytes = TestFile.bytes(of: "\(folder)/\(name)/plugin.json"),
        let document = try? JSONDocument(source: bytes)
      else { return [] }
      let actions = PluginManifest.parse(document).manifest?.actions ?? []
      return actions.map { ($0.id.rawValue, $0.parameters) }
    }
  }()

  @Test func `values made from a schema fit it`() {
    #expect(Self.schemas.count > 8)
    for (action, schema) in Self.schemas {
      for seed in 0..<200 as Range<UInt64> {
        var values = SchemaValues(random: ProbeRandom(seed: seed), isMinimal: seed == 0)
        let value = values.value(of: schema.raw)
        #expect(schema.validate(value).isEmpty, "\(action), seed \(seed): \(value)")
      }
    }
  }

  @Test func `every kind of rule is broken once, and the schema refuses each`() throws {
    let text = """
      {"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
        "a": {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"},
        "b": {"type": "integer", "minimum": 3, "maximum": 9, "multipleOf": 3},
        "c": {"type": "string", "enum": ["x", "y"]}, "d": {"type": "string", "format": "email"},
        "e": {"type": "array", "minItems": 1, "maxItems": 2, "items": {
          "type": "object", "required": ["f"], "properties": {"f": {"type": "boolean"}}}}}}
      """
    let schema = try JSONSchema(parsing: try JSONValue(parsing: text))
    let good: JSONValue = [
      "a": "abc", "b": 6, "c": "x", "d": "bo@example.com", "e": [["f": true]],
    ]
    #expect(schema.validate(good).isEmpty)
    let mutations = SchemaMutation.all(of: schema.raw, good)
    for mutation in mutations {
      #expect(!schema.validate(mutation.parameters).isEmpty, "\(mutation.what)")
    }
    let what = Set(mutations.map(\.what))
    let wanted: Set<String> = [
      "a missing", "a member that the action does not have", "a of another type", "a too short",
      "a too long", "a of another pattern", "b below its minimum", "b above its maximum",
      "b no multiple", "c not among its choices", "d of another format",
      "e with too few elements", "e with too many elements", "f missing", "f of another type",
    ]
    #expect(what.isSuperset(of: wanted), "\(wanted.subtracting(what))")
  }

  @Test func `a seed gives the same numbers for ever`() {
    var random = ProbeRandom(seed: 1_234_567)
    // The first values of the reference implementation for this seed.
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
  }
}
