// SPDX-License-Identifier: Apache-2.0
// The event a connector's document names as its example.
import Values

/// `options.sample` of a document: a file below the document's folder.
enum SampleFile {
  /// Where it lies; nil when the document names none, or is standard input.
  static func path(of document: [UInt8], at path: String) -> String? {
    guard path != "-",
      let sample = (try? JSONValue(parsing: document))?["options"]?["sample"]?.asText,
      !sample.split(separator: "/").contains("..")
    else { return nil }
    guard let slash = path.lastIndex(of: "/") else { return sample }
    return path[...slash] + sample
  }
}
