// SPDX-License-Identifier: Apache-2.0
// WAHA.
import JackfieldBase
import JackfieldPlugin
import WhatsAppMedia

/// A session of WAHA, the WhatsApp HTTP API.
///
/// **Source**: its OpenAPI document, 2026.9.
struct WAHAGateway: Gateway {
  private let requests: GatewayRequests
  private let session: String

  init(_ credential: GatewayCredential, _ call: Call) {
    requests = GatewayRequests(credential: credential, call: call)
    session = credential.session
  }

  func sessionState() throws(ActionError) -> GatewaySession {
    let response = try requests.get("/api/sessions/\(GatewayAddress.segment(session))")
    if response.status == 404 {
      return GatewaySession(isWorking: false, state: "unknown to it", number: nil)
    }
    let body = try requests.require(response, changes: false)
    let state = body["status"]?.asText ?? "without a status"
    let own = body["me"].flatMap { GatewayAddress.text($0["id"]) }
    return GatewaySession(
      isWorking: state == "WORKING", state: state, number: own.map(GatewayAddress.number))
  }

  // MARK: Messages

  func sendText(
    _ text: String, previewsURL: Bool, to chat: GatewayChat
  ) throws(ActionError) -> String {
    try message(
      "/api/sendText",
      [
        "session": .text(session), "chatId": .text(Self.id(chat)), "text": .text(text),
        "linkPreview": .boolean(previewsURL),
      ])
  }

  func sendMedia(
    _ media: MediaReference, caption: String?, to chat: GatewayChat
  ) throws(ActionError) -> String {
    guard case .url(let url) = media.source else {
      throw .invalidInput("bad_media", "\(media.shown) is of the Cloud API: a gateway needs a url")
    }
    let kind = try media.requireKind()
    let path = url.prefix { $0 != "?" }.split(separator: "/").last
    let name = media.filename ?? path.map(String.init)
    var file: JSONObject = ["url": .text(url), "mimetype": .text(media.mimeType(kind))]
    if let name { file["filename"] = .text(name) }
    var body: JSONObject = ["session": .text(session), "chatId": .text(Self.id(chat))]
    if let caption { body["caption"] = .text(caption) }
    let endpoint: String
    switch kind {
    case .image: endpoint = "/api/sendImage"
    case .document: endpoint = "/api/sendFile"
    case .video:
      endpoint = "/api/sendVideo"
      body["convert"] = false
      if file["filename"] == nil { file["filename"] = "video.mp4" }
    case .audio:
      endpoint = "/api/sendVoice"
      body["convert"] = true
      file["filename"] = nil
    }
    body["file"] = .object(file)
    return try message(endpoint, .object(body))
  }

  private func message(_ path: String, _ body: JSONValue) throws(ActionError) -> String {
    let answer = try requests.require(try requests.send("POST", path, body), changes: true)
    guard let id = GatewayAddress.text(answer, "id", "key") else {
      throw .unknownOutcome("gateway_error", "the gateway took a message and named no id")
    }
    return id
  }

  // MARK: Groups

  func createGroup(_ name: String, _ numbers: [String]) throws(ActionError) -> String {
    let body: JSONValue = ["name": .text(name), "participants": Self.participants(numbers)]
    let answer = try requests.require(
      try requests.send("POST", "/api/\(GatewayAddress.segment(session))/groups", body),
      changes: true)
    guard let id = GatewayAddress.text(answer, "id", "gid", "JID") else {
      throw .unknownOutcome("gateway_error", "the gateway made a group and named no id")
    }
    return id
  }

  func group(_ id: String) throws(ActionError) -> GatewayGroup? {
    let response = try requests.get(path(id))
    guard ![403, 404].contains(response.status) else { return nil }
    let group: JSONValue
    do throws(ActionError) {
      group = try requests.require(response, changes: false)
    } catch {
      if error.code == "group_not_found" { return nil }
      throw error
    }
    let members = try requests.require(
      try requests.get(path(id, "/participants/v2")), changes: false)
    let security = try requests.require(
      try requests.get(path(id, "/settings/security/messages-admin-only")), changes: false)
    let shown = Self.group(group)
    return GatewayGroup(
      id: id, name: shown?.name ?? "", owner: shown?.owner,
      isAnnounce: security["adminsOnly"]?.asBoolean ?? false,
      members: GatewayAddress.elements(members).compactMap(Self.member))
  }

  func add(
    _ numbers: [String], to group: String
  ) throws(ActionError) -> [String: MemberRefusal] {
    let answer = try requests.require(
      try requests.send(
        "POST", path(group, "/participants/add"), ["participants": Self.participants(numbers)]),
      changes: true)
    var refusals = MemberRefusal.read(answer)
    // Some engines say nothing of anybody: whether a number is on WhatsApp can be asked for.
    if GatewayAddress.elements(answer).isEmpty {
      for number in numbers where try !exists(number) { refusals[number] = .notOnWhatsApp }
    }
    return refusals
  }

  private func exists(_ number: String) throws(ActionError) -> Bool {
    let response = try requests.get(
      "/api/contacts/check-exists?phone=\(number)&session=\(GatewayAddress.segment(session))")
    let answer = try requests.require(response, changes: false)
    return answer["numberExists"]?.asBoolean ?? true
  }

  func remove(_ numbers: [String], from group: String) throws(ActionError) {
    try change(group, "/participants/remove", numbers)
  }

  func promote(_ numbers: [String], in group: String) throws(ActionError) {
    try change(group, "/admin/promote", numbers)
  }

  func demote(_ numbers: [String], in group: String) throws(ActionError) {
    try change(group, "/admin/demote", numbers)
  }

  func setAnnounce(_ isOn: Bool, in group: String) throws(ActionError) {
    _ = try requests.require(
      try requests.send(
        "PUT", path(group, "/settings/security/messages-admin-only"),
        ["adminsOnly": .boolean(isOn)]), changes: true)
  }

  func inviteLink(of group: String) throws(ActionError) -> String {
    let response = try requests.get(path(group, "/invite-code"))
    let answer = try requests.require(response, changes: false)
    let code = answer.asText ?? GatewayAddress.text(answer, "inviteCode", "code")
      ?? response.text.trimmed
    return code.hasPrefix("http") ? code : "https://chat.whatsapp.com/\(code)"
  }

  func groups() throws(ActionError) -> [GatewayGroup] {
    let answer = try requests.require(
      try requests.get("/api/\(GatewayAddress.segment(session))/groups"), changes: false)
    return GatewayAddress.elements(answer).compactMap(Self.group)
  }

  private func change(
    _ group: String, _ what: String, _ numbers: [String]
  ) throws(ActionError) {
    _ = try requests.require(
      try requests.send("POST", path(group, what), ["participants": Self.participants(numbers)]),
      changes: true)
  }

  private func path(_ group: String, _ rest: String = "") -> String {
    "/api/\(GatewayAddress.segment(session))/groups/\(GatewayAddress.segment(group))\(rest)"
  }

  // MARK: Ids and shapes

  private static func id(_ chat: GatewayChat) -> String {
    switch chat {
    case .person(let number): "\(number)@c.us"
    case .group(let id): id
    }
  }

  private static func participants(_ numbers: [String]) -> JSONValue {
    .list(numbers.map { ["id": .text($0.contains("@") ? $0 : "\($0)@c.us")] })
  }

  /// A group as the engines show it, each with names of its own.
  private static func group(_ value: JSONValue) -> GatewayGroup? {
    guard let id = GatewayAddress.text(value, "id", "JID") else { return nil }
    let data = value["groupMetadata"] ?? value
    let owner =
      GatewayAddress.text(data, "ownerPn", "OwnerPN", "owner", "OwnerJID")
      ?? GatewayAddress.text(value, "owner")
    return GatewayGroup(
      id: id, name: GatewayAddress.text(value, "subject", "name", "Name") ?? "",
      owner: owner.map(GatewayAddress.number), isAnnounce: false, members: [])
  }

  private static func member(_ value: JSONValue) -> GatewayMember? {
    let role = value["role"]?.asText
    guard role != "left", let id = GatewayAddress.text(value, "pn", "id") else { return nil }
    return GatewayMember(
      number: GatewayAddress.number(id), isAdmin: role == "admin" || role == "superadmin")
  }
}
