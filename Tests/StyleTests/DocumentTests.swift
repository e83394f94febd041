// SPDX-License-Identifier: Apache-2.0
// What the documents promise: links that lead somewhere, commands that a test runs.
import Foundation
import TestKit
import Testing

@Suite struct DocumentTests {
  @Test func `a relative link in a document leads somewhere`() {
    for file in Self.documents {
      let folder = PackageFolder.path + "/" + file.path.split(separator: "/").dropLast()
        .joined(separator: "/")
      for (index, line) in file.lines.enumerated() {
        for match in line.matches(of: #/\]\(([^)\s]+)\)/#) {
          let target = match.output.1.prefix { $0 != "#" }
          if target.isEmpty || target.contains(":") { continue }
          let exists = TestFile.exists(folder + "/" + target)
          #expect(exists, "\(file.path):\(index + 1): there is no \(target)")
        }
      }
    }
  }

  @Test func `every command in the README is run by a test`() {
    guard let readme = Self.documents.first(where: { $0.path == "README.md" }) else { return }
    for command in Self.commands(in: readme) {
      let isCovered = ReadmeCommands.covered.contains { command.hasPrefix($0) }
      #expect(isCovered, "no test runs: \(command) (add one, and its line in ReadmeCommands)")
    }
  }

  private static var documents: [SourceFile] {
    let top = TestFile.names(in: PackageFolder.path).filter { $0.hasSuffix(".md") }.map { name in
      SourceFile(
        path: name,
        lines: (TestFile.text(of: PackageFolder.path + "/" + name) ?? "")
          .split(separator: "\n", omittingEmptySubsequences: false))
    }
    return top + SourceFile.all([".md"])
  }

  /// The lines of ```sh blocks that begin with one of our commands.
  private static func commands(in file: SourceFile) -> [String] {
    var commands: [String] = []
    var isShell = false
    for line in file.lines {
      if line.hasPrefix("```") {
        isShell = line == "```sh"
      } else if isShell {
        let command = line.drop { $0 == " " || $0 == "$" }
        if command.hasPrefix("jackfield") || command.hasPrefix("make") {
          commands.append(String(command))
        }
      }
    }
    return commands
  }
}
