// SPDX-License-Identifier: Apache-2.0
// Looking at a file before it is sent.
import JackfieldBase
import JackfieldPlugin

/// What a link leads to, asked before anybody is written to: WhatsApp tells of a bad link only
/// later, or not at all.
public struct MediaInspection {
  /// Whether the types and sizes are the Cloud API's; a gateway's are its own.
  private let isCloud: Bool
  private let call: Call

  public init(isCloud: Bool, _ call: Call) {
    self.isCloud = isCloud
    self.call = call
  }

  /// The reference with its kind, where the link could be looked at.
  ///
  /// A host that is not granted is left to the provider; the run's log says so.
  ///
  /// **Throws**: `unavailable`, code `media_unreachable`; `not_found`, code `media_gone`;
  /// `invalid_input`, codes `media_refused`, `media_wrong_type`, `media_too_big`.
  public func inspected(_ media: MediaReference) throws(ActionError) -> MediaReference {
    if case .blob(let blob) = media.source { return try inspected(media, blob) }
    guard case .url(let url) = media.source else { return media }
    var file = FileFacts()
    do throws(ActionError) {
      try look(at: url, media, &file)
    } catch {
      guard error.class == .denied else { throw error }
      call.log("\(media.shown) was not looked at before sending: \(error.message)")
      return media
    }
    return try judged(media, file)
  }

  /// A blob is here already: its first bytes are looked at.
  private func inspected(
    _ media: MediaReference, _ blob: Blob
  ) throws(ActionError) -> MediaReference {
    let known = try call.blobs.look(blob)
    let front = try call.blobs.read(blob, size: 512)
    return try judged(
      media, FileFacts(type: blob.type ?? known.type, bytes: known.bytes, front: front))
  }

  /// What is known of a file.
  fileprivate struct FileFacts {
    var type: String?
    var bytes: Int?
    /// The first of it.
    var front: [UInt8] = []
  }

  private func look(
    at url: String, _ media: MediaReference, _ file: inout FileFacts
  ) throws(ActionError) {
    let head = try ask(HTTPRequest("HEAD", url, timeout: .seconds(10), maxRedirects: 5), media)
    // Some servers answer no HEAD: what the GET says counts then.
    let isAnswered = head.map { (200..<300).contains($0.status) } ?? false
    if let head, isAnswered { file.read(head) }
    let part = HTTPRequest(
      "GET", url, headers: [HTTPHeader("Range", "bytes=0-511")], timeout: .seconds(10),
      maxResponseBytes: 65_536, maxRedirects: 5)
    guard let answer = try ask(part, media) else { return }
    switch answer.status {
    case 200..<300:
      file.read(answer)
      file.front = Array(answer.body.prefix(512))
    case 416 where isAnswered: return
    case 404, 410:
      throw .notFound("media_gone", "\(media.shown) answers \(answer.status): it is not there")
    case 500...599:
      throw .unavailable("media_unreachable", "\(media.shown) answers \(answer.status)")
    default:
      throw .invalidInput(
        "media_refused",
        "\(media.shown) answers \(answer.status): WhatsApp needs a link that is open to everybody")
    }
  }

  /// The answer; nil where the file is larger than was asked for, which says nothing against it.
  private func ask(
    _ request: HTTPRequest, _ media: MediaReference
  ) throws(ActionError) -> HTTPResponse? {
    do throws(ActionError) {
      return try call.http.send(request)
    } catch {
      switch error.class {
      case .failed: return nil
      case .unavailable, .unknownOutcome, .rateLimited:
        throw .unavailable("media_unreachable", "\(media.shown): \(error.message)")
      default: throw error
      }
    }
  }

  private func judged(
    _ media: MediaReference, _ file: FileFacts
  ) throws(ActionError) -> MediaReference {
    var media = media
    let type = file.type.map { MediaKind.bare($0) }
    if media.kind == nil, let kind = type.flatMap({ MediaKind(type: $0) }) { media.set(kind) }
    guard let kind = media.kind else { return media }
    if isCloud, let type, !kind.types.contains(type) {
      throw .invalidInput(
        "media_wrong_type",
        "\(media.shown) is \(type): for \(kind.rawValue) WhatsApp takes "
          + kind.types.joined(separator: ", "))
    }
    let front = FileFront(file.front)
    let contradiction =
      isCloud
      ? front.contradiction(to: kind, type: type)
      : (kind == .document ? nil : front.contradictionOfPages)
    if let contradiction {
      throw .invalidInput("media_wrong_type", "\(media.shown) \(contradiction)")
    }
    let longest = isCloud ? kind.longest : MediaKind.document.longest
    if let bytes = file.bytes, bytes > longest {
      throw .invalidInput(
        "media_too_big",
        "\(media.shown) has \(bytes) bytes: \(kind.rawValue) may have \(longest)")
    }
    return media
  }
}

extension MediaInspection.FileFacts {
  /// Takes what the headers say: of a part, the whole's length stands in its range.
  fileprivate mutating func read(_ response: HTTPResponse) {
    type = response.header("content-type") ?? type
    let range = response.header("content-range")?.split(separator: "/").last
    if let whole = range.flatMap({ Int($0) }) {
      bytes = whole
    } else if response.status != 206, let length = response.header("content-length") {
      bytes = Int(length.trimmed) ?? bytes
    }
  }
}
