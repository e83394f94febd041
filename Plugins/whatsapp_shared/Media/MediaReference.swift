// SPDX-License-Identifier: Apache-2.0
// Media as a parameter names it.
import JackfieldBase
import JackfieldPlugin

/// One file to send: by its URL, by an entry of the project's gallery, or by the id of an upload.
public struct MediaReference: Sendable, Hashable {
  /// Where WhatsApp gets the bytes.
  public enum Source: Sendable, Hashable {
    case url(String)
    /// Of an upload to the Cloud API.
    case id(String)
    /// The host's own: it is uploaded before it is sent.
    case blob(Blob)
  }

  public let source: Source
  /// Nil where neither the parameter, nor the gallery, nor the name tells.
  public private(set) var kind: MediaKind?
  public let filename: String?

  /// Reads `{url | id | file | blob, kind?, filename?}`; a blob as values name it.
  ///
  /// **Throws**: `invalid_input`, code `bad_media`; `not_found`, code `media_not_found`.
  public init(_ value: JSONValue, _ call: Call) throws(ActionError) {
    let (url, id) = (Self.text(value["url"]), Self.text(value["id"]))
    let (file, blob) = (Self.text(value["file"]), Blob(value))
    let given = [url, id, file].compactMap { $0 }.count + (blob == nil ? 0 : 1)
    guard given == 1 else {
      throw .invalidInput("bad_media", "media needs exactly one of url, file, blob and id")
    }
    let found = try Self.found(url: url, id: id, file: file, blob: blob, call)
    source = found.source
    filename = try Self.filename(value["filename"]) ?? found.name
    kind =
      value["kind"]?.asText.flatMap { MediaKind(rawValue: $0) }
      ?? found.type.flatMap { MediaKind(type: $0) } ?? found.address.flatMap { MediaKind(path: $0) }
      ?? filename.flatMap { MediaKind(path: $0) }
  }

  /// Where a file is, and what is known of it beside.
  private struct Found {
    var source: Source
    var type: String?
    var name: String?
    /// Where its ending may tell the kind.
    var address: String?

    init(_ blob: Blob) {
      (source, type, name) = (.blob(blob), blob.type, blob.name)
    }

    init(url: String, type: String? = nil) {
      (source, address) = (.url(url), url)
      self.type = type
    }

    init(id: String) { source = .id(id) }
  }

  /// One of the four, the gallery's entry by its link or its file.
  private static func found(
    url: String?, id: String?, file: String?, blob: Blob?, _ call: Call
  ) throws(ActionError) -> Found {
    if let id { return Found(id: id) }
    if let blob { return Found(blob) }
    guard let file else { return Found(url: try checked(url ?? "")) }
    let entry = try call.records.named(file, in: "media", kind: "media")
    guard let kept = entry.text("blob") else {
      return Found(url: try checked(entry.text("url") ?? ""), type: entry.text("type"))
    }
    return Found(
      Blob(
        blob: kept, type: entry.text("type"),
        bytes: entry["bytes"]?.asInteger.flatMap { Int(exactly: $0) }, name: entry.text("name")))
  }

  /// The same file, uploaded.
  public init(uploaded media: MediaReference, as id: String) {
    source = .id(id)
    (kind, filename) = (media.kind, media.filename)
  }

  /// Puts in what looking at the file told.
  public mutating func set(_ kind: MediaKind) { self.kind = kind }

  /// The kind, where it must be known.
  ///
  /// **Throws**: `invalid_input`, code `media_kind_unknown`.
  public func requireKind() throws(ActionError) -> MediaKind {
    guard let kind else {
      throw .invalidInput(
        "media_kind_unknown",
        "what \(shown) is cannot be told by its name: say kind (image, video, audio, document)")
    }
    return kind
  }

  /// Refuses a caption that cannot stand with it.
  ///
  /// **Throws**: `invalid_input`, codes `media_kind_unknown`, `bad_caption`.
  public func requireCaption(_ caption: String?) throws(ActionError) {
    let kind = try requireKind()
    guard let caption else { return }
    guard kind.hasCaption else {
      throw .invalidInput("bad_caption", "audio has no caption: send the text by itself")
    }
    let count = caption.unicodeScalars.count
    guard count <= 1_024 else {
      throw .invalidInput(
        "bad_caption", "the caption has \(count) characters: at most 1024 beside media")
    }
  }

  /// The URL or id, for messages and records; what stands after a question mark may be a secret.
  public var shown: String {
    switch source {
    case .id(let id): "media \(id)"
    case .blob(let blob): filename ?? String(blob.blob.prefix(20))
    case .url(let url): String(url.prefix { $0 != "?" && $0 != "#" })
    }
  }

  private static func text(_ value: JSONValue?) -> String? {
    guard let text = value?.asText?.trimmed, !text.isEmpty else { return nil }
    return text
  }

  private static func checked(_ url: String) throws(ActionError) -> String {
    let scheme = url.lowercased()
    guard scheme.hasPrefix("https://") || scheme.hasPrefix("http://"),
      !url.unicodeScalars.contains(where: {
        $0.properties.isWhitespace || $0.properties.generalCategory == .control
      })
    else {
      throw .invalidInput("bad_media", "the media's URL must be http or https, without spaces")
    }
    return url
  }

  private static func filename(_ value: JSONValue?) throws(ActionError) -> String? {
    guard let name = value?.asText, !name.isEmpty else { return nil }
    guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw .invalidInput("bad_media", "the media's filename has control characters in it")
    }
    return name
  }
}

extension MediaReference {
  /// The type a gateway is told, by the name's ending, else the kind's most usual.
  public func mimeType(_ kind: MediaKind) -> String {
    var path = filename ?? ""
    if path.isEmpty, case .url(let url) = source { path = String(url.prefix { $0 != "?" }) }
    let ending = path.split(separator: ".").last?.lowercased() ?? ""
    return switch ending {
    case "png": "image/png"
    case "pdf": "application/pdf"
    case "txt": "text/plain"
    case "3gp": "video/3gpp"
    case "mp3": "audio/mpeg"
    default:
      switch kind {
      case .image: "image/jpeg"
      case .video: "video/mp4"
      case .audio: "audio/ogg"
      case .document: "application/octet-stream"
      }
    }
  }
}
