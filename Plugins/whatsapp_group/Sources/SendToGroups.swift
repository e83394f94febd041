// SPDX-License-Identifier: Apache-2.0
// whatsapp_group.send_message: posts to groups and their children.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway
import WhatsAppMedia

/// Posts one message to each base group and to all its children, once each.
struct SendToGroups: Action {
  static let id = "whatsapp_group.send_message"

  struct Parameters: Decodable {
    var channel: String
    var groups: TextList
    var text: String?
    var media: JSONValue?
    var require_all: Bool?
  }

  struct Result: Encodable {
    var accepted: Int
    var messages: [Post]
    var failed: [SendFailure]
  }

  struct Post: Encodable {
    var group: String
    var base: String
    var message_id: String
  }

  /// A group that is posted to.
  private struct Target {
    let group: KnownGroup
    let base: String
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    var (message, summary) = try Self.message(p, call)
    let groups = try GroupChannel(p.channel, call)
    var failures = SendFailures()
    let families = try GroupDirectory(groups, call).families(p.groups, &failures)
    let log = try MessageLog(groups.channel, [], touchesConversations: false, call)
    var (targets, gone) = try Self.targets(families, groups, &failures)
    let limit = try DailyLimit.cap(groups.channel, targets.map(\.group.id), call)
    for target in targets {
      guard let refusal = limit.refusal(of: target.group.id) else { continue }
      failures.add(target.group.name, refusal)
    }
    targets.removeAll { limit.refusal(of: $0.group.id) != nil }
    let requireAll = p.require_all ?? false
    if requireAll && !failures.isEmpty {
      try failures.conclude(
        reached: 0, unsent: targets.count, requireAll: true,
        result: try call.encoded(Result(accepted: 0, messages: [], failed: failures.list)))
    }
    var posts: [Post] = []
    if !targets.isEmpty {
      message = try Self.inspected(message, call)
      posts = try Self.post(message, targets, groups, call, &failures)
    }
    for post in posts {
      try log.insert(group: post.group, providerID: post.message_id, body: summary)
    }
    let records = GroupRecords(groups.channel, call)
    for group in gone { try records.noteGone(group) }
    let result = Result(accepted: posts.count, messages: posts, failed: failures.list)
    try failures.conclude(
      reached: posts.count, requireAll: requireAll, result: try call.encoded(result))
    return result
  }

  /// Everybody to post to, once each, and who turned out to be gone.
  private static func targets(
    _ families: [GroupFamily], _ groups: GroupChannel, _ failures: inout SendFailures
  ) throws(ActionError) -> (targets: [Target], gone: [KnownGroup]) {
    var targets: [Target] = []
    var gone: [KnownGroup] = []
    for family in families {
      for group in family.all where !targets.contains(where: { $0.group.id == group.id }) {
        guard let state = try groups.read(group.id) else {
          gone.append(group)
          failures.add(
            group.name,
            .notFound("group_not_found", "group not found: \(group.name) is gone, or left"))
          continue
        }
        if state.isAnnounce && groups.lacksRights(in: state) {
          failures.add(
            group.name, .denied("not_admin", "only admins may post to \(group.name)"))
          continue
        }
        targets.append(Target(group: group, base: family.base.id))
      }
    }
    return (targets, gone)
  }

  private static func post(
    _ message: GatewayMessage, _ targets: [Target], _ groups: GroupChannel, _ call: Call,
    _ failures: inout SendFailures
  ) throws(ActionError) -> [Post] {
    var reached: [JSONValue] = []
    let fates = try groups.paced.send(message, to: targets.map { .group($0.group.id) }) { index in
      reached.append(.text(targets[index].group.id))
      call.progress(["reached": .list(reached)])
    }
    var posts: [Post] = []
    for (target, fate) in zip(targets, fates) {
      switch fate {
      case .success(let id):
        posts.append(Post(group: target.group.id, base: target.base, message_id: id))
      case .failure(let error): failures.add(target.group.name, error)
      }
    }
    return posts
  }

  private static func message(
    _ p: Parameters, _ call: Call
  ) throws(ActionError) -> (GatewayMessage, summary: String) {
    let text = p.text.flatMap { $0.isEmpty ? nil : $0 }
    if let given = p.media, !given.isEmpty {
      let media = try MediaReference(given, call)
      let summary = "[media] \(media.shown)" + (text.map { "\n\($0)" } ?? "")
      return (.media(media, caption: text), summary)
    }
    guard let text else { throw .invalidInput("no_content", "text is empty, and so is media") }
    return (.text(text, previewsURL: false), text)
  }

  private static func inspected(
    _ message: GatewayMessage, _ call: Call
  ) throws(ActionError) -> GatewayMessage {
    guard case .media(let media, let caption) = message else { return message }
    let seen = try MediaInspection(isCloud: false, call).inspected(media)
    try seen.requireCaption(caption)
    return .media(seen, caption: caption)
  }
}
