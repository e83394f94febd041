// SPDX-License-Identifier: Apache-2.0
// The four kinds of media that WhatsApp knows beside stickers.

/// What a file is to WhatsApp.
///
/// **Source**: WhatsApp Cloud API, media reference: the types and sizes of each kind.
public enum MediaKind: String, Codable, Sendable, Hashable, CaseIterable {
  case image, video, audio, document

  /// The types the Cloud API takes.
  var types: [String] {
    switch self {
    case .image: ["image/jpeg", "image/png"]
    case .video: ["video/mp4", "video/3gpp"]
    case .audio: ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"]
    case .document:
      [
        "text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint", Self.office + "wordprocessingml.document",
        Self.office + "spreadsheetml.sheet", Self.office + "presentationml.presentation",
      ]
    }
  }

  /// **Unit**: bytes.
  public var longest: Int {
    switch self {
    case .image: 5 << 20
    case .video, .audio: 16 << 20
    case .document: 100 << 20
    }
  }

  /// Whether a caption can stand with it.
  public var hasCaption: Bool { self != .audio }

  /// The kind of a MIME type, with or without parameters; nil for one that says nothing.
  init?(type: String) {
    let name = Self.bare(type)
    switch name.split(separator: "/").first {
    case "image": self = .image
    case "video": self = .video
    case "audio": self = .audio
    case "application" where name != "application/octet-stream": self = .document
    case "text": self = .document
    default: return nil
    }
  }

  /// The kind of a file or URL, by what stands after its last dot.
  init?(path: String) {
    let name = path.split(whereSeparator: { $0 == "?" || $0 == "#" }).first ?? ""
    let last = name.split(separator: "/").last ?? ""
    guard let dot = last.lastIndex(of: ".") else { return nil }
    switch last[last.index(after: dot)...].lowercased() {
    case "jpg", "jpeg", "png": self = .image
    case "mp4", "3gp": self = .video
    case "aac", "amr", "mp3", "m4a", "ogg", "opus": self = .audio
    case "txt", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx": self = .document
    default: return nil
    }
  }

  /// A type without parameters, in lower case.
  static func bare(_ type: String) -> String {
    let end = type.firstIndex(of: ";") ?? type.endIndex
    return type[..<end].filter { !$0.isWhitespace }.lowercased()
  }

  private static let office = "application/vnd.openxmlformats-officedocument."
}
