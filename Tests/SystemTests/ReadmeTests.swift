// SPDX-License-Identifier: Apache-2.0
// The README's commands, typed as they stand there, on the documents that stand there.
import TestKit
import Testing

@Suite struct ReadmeTests {
  @Test func `the commands of the README work in the order they are written`() throws {
    let readme = try #require(TestFile.text(of: PackageFolder.path + "/README.md"))
    let folder = TemporaryFolder()
    for document in Self.blocks("json", of: readme) {
      folder.write(document, to: document.contains("\"steps\"") ? "lead.json" : "acme.json")
    }
    folder.write(#"{"company": "Acme", "seats": 12}"#, to: "event.json")
    let environment = ["JACKFIELD_DATA": folder("data")]
    let commands = Self.blocks("sh", of: readme).flatMap(Self.commands)
    #expect(commands.contains(["serve"]))
    for words in commands {
      if words == ["serve"] {
        try Self.serve(environment)
        continue
      }
      let result = try Subprocess.run(
        BuiltProducts.program("jackfield"), words, input: "correct horse battery\n",
        environment: environment, folder: folder.path)
      let said = result.output + result.errors
      #expect(result.isSuccess, "jackfield \(words.joined(separator: " ")) said\n\(said)")
    }
  }

  private static func serve(_ environment: [String: String]) throws {
    // Not the port of the README, which something else may have.
    let server = try Subprocess(
      BuiltProducts.program("jackfield"), ["serve", "--port", "0"], environment: environment)
    try server.waitForLine { $0.contains("listening on http://") }
    server.kill(15)
    #expect(try server.wait().isSuccess)
  }

  /// The fenced blocks of one language, without their fences.
  private static func blocks(_ language: String, of text: String) -> [String] {
    text.split(separator: "```", omittingEmptySubsequences: false).enumerated().compactMap {
      index, block in
      guard !index.isMultiple(of: 2), block.hasPrefix(language + "\n") else { return nil }
      return String(block.dropFirst(language.count + 1))
    }
  }

  /// The `jackfield` lines of a block as words, without comments.
  private static func commands(in block: String) -> [[String]] {
    block.split(separator: "\n").compactMap { line in
      let words = line.prefix { $0 != "#" }.split(separator: " ").map {
        // Nothing answers at the README's mail server; a refusal comes sooner than a name's.
        $0 == "host=mail.acme.example" ? "host=127.0.0.1" : String($0)
      }
      return words.first == "jackfield" ? Array(words.dropFirst()) : nil
    }
  }
}
