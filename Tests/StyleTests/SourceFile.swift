// SPDX-License-Identifier: Apache-2.0
// The project's own files as the style tests read them.
import TestKit

/// A file of the project, split into lines.
struct SourceFile {
  /// **Shape**: relative to the package's folder, `Sources/Values/JSONValue.swift`.
  let path: String
  let lines: [Substring]

  /// All files with one of the endings, below these folders of the package.
  static func all(
    _ endings: [String], in folders: [String] = ["Sources", "Plugins", "Tests", "sdk"]
  ) -> [SourceFile] {
    folders.flatMap { folder in
      TestFile.all(below: PackageFolder.path + "/" + folder, endings: endings)
    }.map { full in
      let text = TestFile.text(of: full) ?? ""
      return SourceFile(
        path: String(full.dropFirst(PackageFolder.path.count + 1)),
        lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }
  }

  var name: Substring { path.split(separator: "/").last ?? "" }

  /// A closing newline makes no line.
  var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

  /// `path:line` of each line for which a claim holds, as a person would jump to it.
  func places(where claim: (Substring) -> Bool) -> [String] {
    lines.enumerated().filter { claim($0.element) }.map { "\(path):\($0.offset + 1)" }
  }

  /// The module of each import line, whatever attributes and access words stand before it.
  var imports: [(line: Int, module: String)] {
    lines.enumerated().compactMap { offset, line in
      let words = line.split(separator: " ")
      guard
        let index = words.firstIndex(of: "import"), index + 1 < words.count,
        words[..<index].allSatisfy({ $0.hasPrefix("@") || Self.accessWords.contains($0) })
      else { return nil }
      let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias"]
      let named = kinds.contains(words[index + 1]) ? words.dropFirst(index + 2).first : nil
      let module = (named ?? words[index + 1]).prefix { $0 != "." && $0 != ";" }
      return (offset + 1, String(module))
    }
  }

  private static let accessWords: Set<Substring> = [
    "public", "package", "internal", "private", "fileprivate",
  ]
}
