// SPDX-License-Identifier: Apache-2.0
// go-whatsapp-web-multidevice.
import JackfieldBase
import JackfieldPlugin
import WhatsAppMedia

/// A device of go-whatsapp-web-multidevice; the credential's session is the device's id.
///
/// **Source**: its docs/openapi.yaml, 9.2. Every answer is `{code, message, results}`.
struct GOWAGateway: Gateway {
  private let requests: GatewayRequests

  init(_ credential: GatewayCredential, _ call: Call) {
    let device = credential.session.isEmpty
      ? [] : [HTTPHeader("X-Device-Id", credential.session)]
    requests = GatewayRequests(credential: credential, call: call, headers: device)
  }

  func sessionState() throws(ActionError) -> GatewaySession {
    let results = try get("/app/status")
    let isConnected = results["is_connected"]?.asBoolean ?? false
    let isPaired = results["is_logged_in"]?.asBoolean ?? false
    let own = GatewayAddress.text(results, "jid", "device_id").map(GatewayAddress.number)
    return GatewaySession(
      isWorking: isConnected && isPaired,
      state: isPaired ? (isConnected ? "connected" : "disconnected") : "not paired",
      number: own.flatMap { $0.allSatisfy(\.isNumber) ? $0 : nil })
  }

  // MARK: Messages

  func sendText(
    _ text: String, previewsURL: Bool, to chat: GatewayChat
  ) throws(ActionError) -> String {
    try id(try change("/send/message", ["phone": .text(Self.id(chat)), "message": .text(text)]))
  }

  func sendMedia(
    _ media: MediaReference, caption: String?, to chat: GatewayChat
  ) throws(ActionError) -> String {
    guard case .url(let url) = media.source else {
      throw .invalidInput("bad_media", "\(media.shown) is of the Cloud API: a gateway needs a url")
    }
    let kind = try media.requireKind()
    let name = kind == .document ? "file" : kind.rawValue
    var fields = [(name: "phone", value: Self.id(chat))]
    if let caption { fields.append(("caption", caption)) }
    fields.append(("\(name)_url", url))
    let response = try requests.post("/send/\(name)", fields: fields)
    return try id(results(try requests.require(response, changes: true)))
  }

  private func id(_ results: JSONValue) throws(ActionError) -> String {
    guard let id = results["message_id"]?.asText, !id.isEmpty else {
      throw .unknownOutcome("gateway_error", "the gateway took a message and named no id")
    }
    return id
  }

  // MARK: Groups

  func createGroup(_ name: String, _ numbers: [String]) throws(ActionError) -> String {
    let results = try change(
      "/group", ["title": .text(name), "participants": .list(numbers.map { .text($0) })])
    guard let id = results["group_id"]?.asText, !id.isEmpty else {
      throw .unknownOutcome("gateway_error", "the gateway made a group and named no id")
    }
    return id
  }

  func group(_ id: String) throws(ActionError) -> GatewayGroup? {
    let response = try requests.get("/group/info?group_id=\(GatewayAddress.segment(id))")
    guard ![403, 404].contains(response.status) else { return nil }
    do throws(ActionError) {
      return Self.group(results(try requests.require(response, changes: false)))
    } catch {
      if ["group_not_found", "not_admin"].contains(error.code) { return nil }
      throw error
    }
  }

  func add(
    _ numbers: [String], to group: String
  ) throws(ActionError) -> [String: MemberRefusal] {
    MemberRefusal.read(try members(group, "", numbers))
  }

  func remove(_ numbers: [String], from group: String) throws(ActionError) {
    _ = try members(group, "/remove", numbers)
  }

  func promote(_ numbers: [String], in group: String) throws(ActionError) {
    _ = try members(group, "/promote", numbers)
  }

  func demote(_ numbers: [String], in group: String) throws(ActionError) {
    _ = try members(group, "/demote", numbers)
  }

  func setAnnounce(_ isOn: Bool, in group: String) throws(ActionError) {
    _ = try change("/group/announce", ["group_id": .text(group), "announce": .boolean(isOn)])
  }

  func inviteLink(of group: String) throws(ActionError) -> String {
    let results = try get("/group/invite-link?group_id=\(GatewayAddress.segment(group))")
    return GatewayAddress.text(results, "invite_link", "link") ?? ""
  }

  func groups() throws(ActionError) -> [GatewayGroup] {
    let results = try get("/user/my/groups")
    return GatewayAddress.elements(results["data"] ?? results).compactMap(Self.group)
  }

  private func members(
    _ group: String, _ what: String, _ numbers: [String]
  ) throws(ActionError) -> JSONValue {
    try change(
      "/group/participants" + what,
      ["group_id": .text(group), "participants": .list(numbers.map { .text($0) })])
  }

  // MARK: Requests and shapes

  private func get(_ path: String) throws(ActionError) -> JSONValue {
    results(try requests.require(try requests.get(path), changes: false))
  }

  private func change(_ path: String, _ body: JSONValue) throws(ActionError) -> JSONValue {
    results(try requests.require(try requests.send("POST", path, body), changes: true))
  }

  private func results(_ answer: JSONValue) -> JSONValue { answer["results"] ?? .null }

  private static func id(_ chat: GatewayChat) -> String {
    switch chat {
    case .person(let number): "\(number)@s.whatsapp.net"
    case .group(let id): id
    }
  }

  private static func group(_ value: JSONValue) -> GatewayGroup? {
    guard let id = GatewayAddress.text(value, "JID", "jid", "group_id") else { return nil }
    let members = GatewayAddress.elements(value["Participants"] ?? value["participants"])
    return GatewayGroup(
      id: id, name: GatewayAddress.text(value, "Name", "name") ?? "",
      owner: GatewayAddress.text(value, "OwnerPN", "OwnerJID").map(GatewayAddress.number),
      isAnnounce: value["IsAnnounce"]?.asBoolean ?? false, members: members.compactMap(member))
  }

  private static func member(_ value: JSONValue) -> GatewayMember? {
    guard let id = GatewayAddress.text(value, "PhoneNumber", "JID", "phone_number", "jid") else {
      return nil
    }
    let isAdmin = ["IsAdmin", "IsSuperAdmin", "is_admin", "is_super_admin"].contains {
      value[$0]?.asBoolean == true
    }
    return GatewayMember(number: GatewayAddress.number(id), isAdmin: isAdmin)
  }
}
