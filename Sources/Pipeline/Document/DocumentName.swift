// SPDX-License-Identifier: Apache-2.0
// What a stable name looks like.

/// The forms of names in documents.
package enum DocumentName {
  /// Whether a text is `[a-z][a-z0-9_]{0,62}`: ids of steps and components, saved names, names of
  /// connectors, collections and credentials.
  package static func isValid(_ text: String) -> Bool {
    guard let first = text.utf8.first, (97...122).contains(first),
      text.utf8.count <= PipelineLimits.nameLength
    else { return false }
    return text.utf8.allSatisfy { isWordByte($0) }
  }

  /// Whether a text is one word or `vendor-name`, of lower-case letters, digits and `_`.
  package static func isPluginID(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count <= 4 && text.utf8.count <= PipelineLimits.nameLength
      && parts.allSatisfy { part in
        part.utf8.allSatisfy { isWordByte($0) }
          && (part.utf8.first.map { (97...122).contains($0) } ?? false)
      }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
  }
}
