// SPDX-License-Identifier: Apache-2.0
// What of the style guide a machine can see, file by file.
import TestKit
import Testing

@Suite struct StyleTests {
  @Test func `every source says its licence in its first lines`() {
    for file in SourceFile.all([".swift", ".c", ".h", ".py", ".sh"]) {
      let isNamed = file.lines.prefix(3).contains {
        $0.contains("SPDX-License-Identifier: Apache-2.0")
      }
      #expect(isNamed, "\(file.path) has no SPDX line")
    }
  }

  @Test func `an unsafe construct says why it is safe`() {
    // In pieces, so that this file does not find itself.
    let constructs = [
      "@unchecked " + "Sendable", "nonisolated" + "(unsafe)", "try" + "!", "unsafe" + "BitCast",
    ]
    for file in SourceFile.all([".swift"]) {
      for (index, line) in file.lines.enumerated() {
        let code = Self.code(of: line)
        guard let found = constructs.first(where: { code.contains($0) }) else { continue }
        let around = file.lines[max(0, index - 2)...min(index + 1, file.lines.count - 1)]
        let isExplained = around.contains { $0.contains("Safe because") }
        #expect(isExplained, "\(file.path):\(index + 1): \(found) without \"Safe because\" above")
      }
    }
  }

  @Test func `a file is one room`() {
    let limit = 500
    for file in SourceFile.all([".swift", ".c", ".h", ".py"]) {
      if file.lineCount > 400 && file.lineCount <= limit {
        print("style: \(file.path) has \(file.lineCount) lines, more than 400")
      }
      #expect(file.lineCount <= limit, "\(file.path) has \(file.lineCount) lines, limit \(limit)")
    }
  }

  @Test func `a line ends before column 151, better before 101`() {
    for file in SourceFile.all([".swift"]) {
      for (index, line) in file.lines.enumerated() where line.count > 100 {
        if line.contains("://") || line.contains("#/") { continue }
        print("style: \(file.path):\(index + 1) is longer than 100 columns")
        #expect(line.count <= 150, "\(file.path):\(index + 1) has \(line.count) columns")
      }
    }
  }

  @Test func `a program's main only calls`() {
    for file in SourceFile.all(["main.swift"]) where file.name == "main.swift" {
      #expect(file.lineCount < 40, "\(file.path) has \(file.lineCount) lines, 40 is the limit")
    }
  }

  @Test func `nothing unfinished is left in the sources`() {
    let words = ["TO" + "DO", "FIX" + "ME"]
    for file in SourceFile.all([".swift", ".c", ".h", ".py", ".sh", ".md"]) {
      let places = file.places { line in words.contains { line.contains($0) } }
      #expect(places.isEmpty, "finish it or take it out: \(places.joined(separator: ", "))")
    }
  }

  @Test func `nothing is named after where leftovers go`() {
    let names = ["Core", "Common", "Utils", "Utilities", "Helpers"]
    for file in SourceFile.all([".swift", ".c", ".h"]) {
      let parts = file.path.split(separator: "/").map { $0.prefix { $0 != "." } }
      for part in parts {
        let isLeftover = names.contains { part.hasSuffix($0) }
        #expect(!isLeftover, "\(file.path): \(part) names no concept")
      }
    }
  }

  @Test func `Package.swift names no Swift package`() throws {
    let text = try #require(TestFile.text(of: PackageFolder.path + "/Package.swift"))
    #expect(!text.contains(".package" + "("))
  }

  /// A line without what stands after `//`: a comment may name what the code may not do.
  private static func code(of line: Substring) -> Substring {
    guard let start = line.firstRange(of: "//") else { return line }
    return line[..<start.lowerBound]
  }
}
