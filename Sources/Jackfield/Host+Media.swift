// SPDX-License-Identifier: Apache-2.0
// The gallery: files that a project's actions send by their names.
import Glibc
import HostServices
import Pipeline
import Store
import Values

extension Host {
  /// The project's gallery, by name.
  ///
  /// - Throws: `HostError`, code `no_gallery`.
  public func media(project: String) throws(HostError) -> [MediaEntry] {
    let (project, schema) = (try self.project(named: project), try gallerySchema())
    let query = try galleryQuery(["sort": "name", "limit": .integer(StoreLimits.queryLimit)], schema)
    return try reading { transaction throws(StoreError) in
      try transaction.recordQuery(project, schema, query).records.map { MediaEntry($0) }
    }
  }

  /// Puts a file into the gallery. When it returns, the file is on disk.
  ///
  /// - Parameters:
  ///   - path: from the root on.
  ///   - name: the file's own where nil.
  ///   - type: by the name's ending where nil.
  ///   - replaces: whether an entry of this name gives way.
  /// - Throws: `HostError`, codes `bad_file`, `bad_name`, `bad_type`, `media_exists`,
  ///   `gallery_full`, `blobs_full`, `disk_full`.
  public func addMedia(
    file path: String, name: String? = nil, type: String? = nil, replaces: Bool = false,
    project: String
  ) throws(HostError) -> MediaEntry {
    let (project, schema) = (try self.project(named: project), try gallerySchema())
    let own = path.split(separator: "/").last.map(String.init) ?? ""
    let shown = try mediaName(name ?? own, type)
    do throws(StoreError) {
      let draft = try blobs.begin()
      try Host.copy(path, into: draft)
      let id = store.recordIDs.reserve()
      let now = Host.now()
      let kept = try blobs.keep(draft, in: project, for: nil, nowMS: now) {
        transaction, blob, size throws(StoreError) in
        let fields: JSONObject = [
          "name": .text(shown.name), "type": .text(shown.type), "bytes": .integer(size),
          "blob": .text(blob.text),
        ]
        try Host.put(fields, id, project, schema, replaces: replaces, now, transaction)
      }
      return try entry(shown.name, project, schema, orElse: kept.id.text)
    } catch {
      throw Host.mediaError(error)
    }
  }

  /// Puts a link into the gallery; what it leads to is got when it is sent.
  ///
  /// - Throws: `HostError`, codes `bad_url`, `bad_name`, `bad_type`, `media_exists`, `gallery_full`.
  public func addMedia(
    url: String, name: String? = nil, type: String? = nil, replaces: Bool = false, project: String
  ) throws(HostError) -> MediaEntry {
    let (project, schema) = (try self.project(named: project), try gallerySchema())
    let isLink = ["http://", "https://"].contains { url.lowercased().hasPrefix($0) }
    guard isLink, url.utf8.count <= Host.longestLink, HostPattern.authority(of: url) != nil,
      url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw HostError(
        "bad_url",
        "\(url.prefix(100)) is no link: write https://…, percent-encoded, without a user in it, at "
          + "most \(Host.longestLink) characters")
    }
    let path = url.prefix { $0 != "?" && $0 != "#" }
    let last = path.split(separator: "/").dropFirst(2).last.map(String.init)
    let shown = try mediaName(name ?? last ?? "", type)
    let (id, now) = (store.recordIDs.reserve(), Host.now())
    do throws(StoreError) {
      try store.writeAndWait { transaction throws(StoreError) in
        let fields: JSONObject = [
          "name": .text(shown.name), "type": .text(shown.type), "url": .text(url),
        ]
        try Host.put(fields, id, project, schema, replaces: replaces, now, transaction)
      }
      return try entry(shown.name, project, schema, orElse: url)
    } catch {
      throw Host.mediaError(error)
    }
  }

  /// Takes an entry out of the gallery. Its file goes with the last run that holds it.
  ///
  /// - Throws: `HostError`, code `unknown_media`.
  public func removeMedia(named name: String, project: String) throws(HostError) {
    let (project, schema) = (try self.project(named: project), try gallerySchema())
    let now = Host.now()
    let isGone = try writing { transaction throws(StoreError) -> Bool in
      guard let row = try Host.find(name, project, schema, transaction) else { return false }
      _ = try transaction.recordsApply(
        project, [RecordWrite(.remove, schema, id: row.id, expectation: .any)], nowMS: now)
      return true
    }
    guard !isGone else { return }
    let names = try media(project: project.rawValue).map(\.name)
    let near = Suggestion.text(for: name, among: names)
    throw HostError("unknown_media", "there is no \"\(name)\" in the gallery\(near)")
  }

  // MARK: private parts

  /// **Unit**: characters of a link.
  private static let longestLink = 2_000
  /// Entries of a gallery: a list that a person still finds something in.
  private static let mostMedia: Int64 = 5_000

  private func gallerySchema() throws(HostError) -> RecordSchema {
    guard let manifest = catalogue.collections["media"] else {
      throw HostError(
        "no_gallery", "no plugin here declares the gallery: build or install the plugin base")
    }
    return RecordSchema(manifest)
  }

  private func galleryQuery(
    _ query: JSONValue, _ schema: RecordSchema
  ) throws(HostError) -> RecordQuery {
    do throws(StoreError) { return try RecordQuery(query, of: schema) } catch {
      throw HostError(error.code.rawValue, error.message)
    }
  }

  private func mediaName(_ name: String, _ type: String?) throws(HostError) -> BlobName {
    guard FileName.isSafe(name) else {
      throw HostError(
        "bad_name",
        "\"\(FileName.safe(name) ?? "")\" is what can be kept of the name: give one with --name that "
          + "has no slash and no control character, and at most \(BlobName.longestName) bytes")
    }
    guard let type else {
      return BlobName(type: MediaType.of(name) ?? BlobName.usualType, name: name)
    }
    guard let essence = BlobName.essence(type) else {
      throw HostError("bad_type", "--type is a media type, as image/png, not \"\(type.prefix(100))\"")
    }
    return BlobName(type: essence, name: name)
  }

  private func entry(
    _ name: String, _ project: ProjectID, _ schema: RecordSchema, orElse what: String
  ) throws(StoreError) -> MediaEntry {
    let row = try store.readAndWait { transaction throws(StoreError) in
      try Host.find(name, project, schema, transaction)
    }
    guard let row else {
      throw StoreError(.notFound, "\(what) was taken out of the gallery again by somebody else")
    }
    return MediaEntry(row)
  }

  private static func find(
    _ name: String, _ project: ProjectID, _ schema: RecordSchema,
    _ transaction: some StoreReading
  ) throws(StoreError) -> RecordRow? {
    let query = try RecordQuery(
      ["where": ["field": "name", "op": "is", "right": .text(name)], "limit": 1], of: schema)
    return try transaction.recordQuery(project, schema, query).records.first
  }

  private static func put(
    _ fields: JSONObject, _ id: RecordID, _ project: ProjectID, _ schema: RecordSchema,
    replaces: Bool, _ now: Int64, _ transaction: WriteTransaction
  ) throws(StoreError) {
    let name = fields["name"]?.asText ?? ""
    let old = try find(name, project, schema, transaction)
    if let old {
      guard replaces else {
        throw StoreError(
          .conflictUnique,
          "there is a \"\(name)\" in the gallery: --replace puts this in its place, --name gives it "
            + "another")
      }
      _ = try transaction.recordsApply(
        project, [RecordWrite(.remove, schema, id: old.id, expectation: .any)], nowMS: now)
    }
    let all = try RecordQuery(["limit": 1, "total": true], of: schema)
    guard try transaction.recordQuery(project, schema, all).total ?? 0 < mostMedia else {
      throw StoreError(
        .tooLarge, "the gallery has \(mostMedia) entries, which is the most: remove some")
    }
    _ = try transaction.recordsApply(
      project, [RecordWrite(.put, schema, id: id, expectation: .new, fields: fields)], nowMS: now)
  }

  /// Copies a file, which must be one and not too large.
  private static func copy(_ path: String, into draft: BlobDraft) throws(StoreError) {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw StoreError(.notFound, "cannot read \(path): \(String(cString: strerror(errno)))")
    }
    defer { Glibc.close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.notFound, "\(path) is no file: name one, not a folder or a device")
    }
    guard Int64(status.st_size) <= StoreLimits.blobBytes else {
      throw StoreError(
        .notFound,
        "\(path) has \(status.st_size) bytes, the most is \(StoreLimits.blobBytes): add a link to it "
          + "with --url")
    }
    var room = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let got = Glibc.read(file, &room, room.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else {
        throw StoreError(.notFound, "cannot read \(path): \(String(cString: strerror(errno)))")
      }
      if got == 0 { return }
      try draft.append(room[..<got])
    }
  }

  private static func mediaError(_ error: StoreError) -> HostError {
    switch error.code {
    case .conflictUnique: HostError("media_exists", error.message)
    case .notFound: HostError("bad_file", error.message)
    case .tooLarge: HostError("gallery_full", error.message)
    default: HostError(error.code.rawValue, error.message)
    }
  }
}
