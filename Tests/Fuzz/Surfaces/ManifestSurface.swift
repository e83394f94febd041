// SPDX-License-Identifier: Apache-2.0
// The documents beside connectors: plugin.json and project.json.
import Pipeline
import Values

extension Surface {
  static let manifest = Surface(
    name: "manifest",
    summary: "a manifest is read or refused; accepted, it reads the same again and fits itself",
    mostBytes: 8_192,
    words: """
      format id version abi kind interface title library linux-x86_64 concurrent max_calls requires
      grants credentials settings actions collections connectors parameters result properties
      required additionalProperties side_effect timeout examples with fields indexes readers hosts
      send_as signing pattern minimum enum const x-ref x-whole x-deferred items oneOf retries
      """.split(whereSeparator: \.isWhitespace).map { "\"\($0)\": " } + ["\"0.1\"", "\"1.0.0\""],
    examine: { (input) throws(BrokenProperty) in
      guard let document = try document(input) else { return }
      let (manifest, findings) = PluginManifest.parse(document)
      try examine(findings, of: document)
      guard let manifest else { return }
      let (again, same) = PluginManifest.parse(JSONDocument(value: document.root))
      try require(same.map(\.code).sorted() == findings.map(\.code).sorted(), "found alike")
      guard let again else { throw BrokenProperty("does not hold: accepted compact as well") }
      try require(again.isSame(as: manifest), "a manifest reads the same again")
      let problem = again.incompatibility(with: manifest)
      try require(problem == nil, "a build fits itself: \(problem ?? "")")
    })

  static let project = Surface(
    name: "project",
    summary: "a project is read or refused; accepted, it reads the same again",
    mostBytes: 8_192,
    words: """
      format name title url time_zone constants plugins channels grants policy credentials hosts
      paths memory retention records alerts enabled timeout fallback retry rate concurrency version
      """.split(whereSeparator: \.isWhitespace).map { "\"\($0)\": " },
    examine: { (input) throws(BrokenProperty) in
      guard let document = try document(input) else { return }
      let (project, findings) = ProjectDocument.parse(document, zones: FuzzWorld.zones)
      try examine(findings, of: document)
      guard let project else { return }
      let again = ProjectDocument.parse(
        JSONDocument(value: document.root), zones: FuzzWorld.zones
      ).project
      guard let again else { throw BrokenProperty("does not hold: accepted compact as well") }
      let isSame =
        again.name == project.name && again.constants == project.constants
        && again.plugins.map(\.id) == project.plugins.map(\.id)
      try require(isSame, "a project reads the same again")
    })
}

extension PluginManifest {
  fileprivate func isSame(as other: PluginManifest) -> Bool {
    id == other.id && version == other.version && kind == other.kind && library == other.library
      && settings == other.settings && actions.map(\.id) == other.actions.map(\.id)
      && actions.map(\.parameters) == other.actions.map(\.parameters)
      && collections.map(\.name) == other.collections.map(\.name)
      && connectors == other.connectors
  }
}
