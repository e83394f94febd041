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

  /// The `jackfield` commands are run by ReadmeTests, as they stand there.
  @Test func `every make command in the README is run by .ci/run`() throws {
    let readme = try #require(Self.documents.first { $0.path == "README.md" })
    let script = try #require(TestFile.text(of: PackageFolder.path + "/.ci/run"))
    let run = script.split(separator: "\n").map(String.init)
    for command in Self.makeCommands(in: readme) {
      let isRun = run.contains { $0 == command || $0.hasPrefix(command + " ") }
      #expect(isRun, "nothing runs: \(command)")
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

  private static func makeCommands(in file: SourceFile) -> [String] {
    var commands: [String] = []
    var isShell = false
    for line in file.lines {
      if line.hasPrefix("```") {
        isShell = line == "```sh"
      } else if isShell, line.hasPrefix("make") {
        commands.append(String(line))
      }
    }
    return commands
  }
}
