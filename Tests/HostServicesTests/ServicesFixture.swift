// SPDX-License-Identifier: Apache-2.0
// The host services of one project on a real store and loop, asked as the pool asks them.
import Calendar
import Crypto
import Pipeline
import PluginHost
import Store
import Synchronization
import TestKit
import Testing
import Values
import WorkerProtocol

@testable import HostServices

/// One answer of a service.
struct ServiceAnswer: Sendable {
  let status: Int32
  let value: JSONValue
  let body: [UInt8]

  var code: String? { value["code"]?.asText }
  var message: String? { value["message"]?.asText }
}

/// A project `acme` with a channel, a contact and three connectors, the fixture transport, and a
/// credential of the plugin `http`.
///
/// **Isolation** any thread.
final class ServicesFixture: Sendable {
  let loop = EventLoop(name: "test-loop")
  let data = TemporaryFolder()
  let store: Store
  let pool: WorkerPool
  let services: HostServices
  let blobs: BlobStore
  private let blobThread: BlobThread
  let plugin: InstalledPlugin
  let setup: ProjectSetup
  let contact: RecordID
  private let spawner: Spawner
  private let fixtures: [FixturePlugin]

  static let secret = "s3cr3t/\"Käse\" xyz"

  /// - Parameters:
  ///   - routed: what each connector takes of others.
  ///   - reads: the collections its plugin may read.
  init(
    runs: Bool = true, hosts: [String] = ["peer.test:80"], reads: Set<String> = [],
    writes: Set<String> = [], routed: RoutedTrigger? = nil, takers: [EventTaker] = []
  ) throws {
    let registry = try WorkerRegistry.takeOver(dataFolder: data.path)
    spawner = try Spawner(registry: registry)
    pool = WorkerPool(
      loop: loop, spawner: spawner, program: BuiltProducts.program("jackfield-worker"),
      limits: PoolLimits()
    ) { _ in }
    try loop.start()
    let loop = loop
    store = try Store.open(folder: data.path) { completions in loop.postAll(completions) }
    let sodium = try Sodium.load()
    let vault = CredentialVault(sodium: sodium)
    #expect(try vault.unlock(folder: data.path, rows: []).isEmpty)
    blobs = BlobStore(store, folder: data.path) {
      let stream = sodium.sha256Stream()
      return BlobDigest(add: { stream.add($0) }, finish: { Hex.encode(stream.finish()) })
    }
    blobThread = try BlobThread()
    services = HostServices(
      loop: loop, store: store, vault: vault, pool: pool, recordIDs: store.recordIDs,
      blobs: blobs, blobThread: blobThread,
      digest: { Hex.encode(sodium.sha256($0)) }, clock: { 1_000 }, log: { _, _ in })
    let fixtures = [try FixturePlugin("services"), try FixturePlugin("transport_fixture")]
    self.fixtures = fixtures
    let read = fixtures.map { PluginCatalogue.read(folder: $0.folder.path, hash: { "\($0.count)" }) }
    plugin = try #require(read[0].plugin)
    let http = try Self.manifest("http")
    var grants = PluginGrants()
    grants.runs = runs
    grants.hosts = hosts
    grants.readCollections = reads
    grants.writeCollections = writes
    grants.credentials = ["key"]
    let collections = try (Self.manifest("base").collections + Self.manifest("crm").collections)
    let schemas = Dictionary(collections.map { ($0.name, RecordSchema($0)) }) { first, _ in first }
    contact = try Self.records(store, schemas)
    try Self.credential(store, vault)
    let installed = InstalledPlugin(
      manifest: http, manifestBytes: [], folder: data.path, imagePath: nil,
      hash: { "\($0.count)" })
    setup = ProjectSetup(
      project: "acme", zone: .utc, constants: [:],
      plugins: [
        plugin.id: .init(installed: plugin, isEnabled: true, grants: grants, settings: [:]),
        "http": .init(installed: installed, isEnabled: true, grants: .init(), settings: [:]),
      ],
      collections: schemas,
      connectors: Dictionary(
        [("orders", 1, true), ("night_desk", 2, true), ("old_desk", 3, false)].map {
          (
            ConnectorName(rawValue: $0.0),
            ConnectorFacts(
              id: ConnectorID($0.1), name: ConnectorName(rawValue: $0.0), version: 4,
              isEnabled: $0.2, trigger: .webhook, routed: routed)
          )
        }) { first, _ in first },
      takers: takers,
      httpTransport: read[1].plugin, mailTransport: nil)
  }

  /// The run that makes the calls: one of `orders`.
  func caller(hops: Int = 0) -> CallerFacts {
    CallerFacts(
      connector: ConnectorID(1), component: "act", event: ["own": true], contact: contact,
      hops: hops)
  }

  /// Opens a call.
  func open(
    _ number: UInt64, attempt: Int = 1, mayHaveSent: Bool = false, hops: Int = 0,
    effect: SideEffect = .atMostOnce, run: Int64 = 9, project: ProjectID = "acme"
  ) async throws {
    let setup = try #require(setup.plugins[plugin.id])
    let facts = CallOrderFacts(
      number: number, run: RunID(run), project: project, plugin: plugin.id, effect: effect,
      key: "k-9-0-0", attempt: attempt, mayHaveSent: mayHaveSent, caller: caller(hops: hops))
    await loop.perform { [services, whole = self.setup] in
      services.open(facts, setup: whole, plugin: setup)
    }
  }

  /// Asks a service in the first call, and waits for the answer.
  func ask(
    _ service: ServiceID, _ request: JSONValue, body: [UInt8] = []
  ) async -> ServiceAnswer {
    await ask(1, service, request, body: body)
  }

  /// The same in another call.
  func ask(
    _ number: UInt64, _ service: ServiceID, _ request: JSONValue, body: [UInt8] = [],
    parameters: JSONValue = [:]
  ) async -> ServiceAnswer {
    let call = CallRequest(
      id: number, project: "acme", plugin: plugin, action: plugin.actions[0],
      parameters: parameters.jsonBytes,
      context: [], key: "k-9-0-0", timeout: .seconds(60))
    let reply = await loop.answer { [services, loop] (answer: @escaping @Sendable (ServiceReply) -> Void) in
      services.serve(
        ServiceRequest(
          call: call, exchange: 1, service: service, json: request.jsonBytes[...],
          body: body[...], deadline: loop.now + 60_000_000_000)
      ) { answer($0) }
    }
    return ServiceAnswer(
      status: reply.status, value: (try? JSONValue(parsing: reply.json)) ?? .null,
      body: Array(reply.body))
  }

  func effects(_ number: UInt64 = 1) async -> [RunEffect] {
    await loop.perform { [services] in services.effects(of: number) }
  }

  func exchanges(_ number: UInt64 = 1) async -> [ExchangeRow] {
    await loop.perform { [services] in services.exchanges(of: number) }
  }

  func stop() async {
    _ = await loop.answer { [pool] (answer: @escaping @Sendable (Bool) -> Void) in
      pool.shutdown(grace: .seconds(5)) { answer(true) }
    }
    store.close()
    loop.stop()
    spawner.stop()
  }

  // MARK: what is there

  private static func manifest(_ id: String) throws -> PluginManifest {
    let bytes = try #require(TestFile.bytes(of: PackageFolder.path + "/Plugins/\(id)/plugin.json"))
    return try #require(PluginManifest.parse(try JSONDocument(source: bytes)).manifest)
  }

  private static func records(
    _ store: Store, _ schemas: [String: RecordSchema]
  ) throws -> RecordID {
    let ids = store.recordIDs
    let contact = ids.reserve()
    var writes: [RecordWrite] = []
    func add(_ collection: String, _ id: RecordID, _ fields: JSONObject) throws {
      let schema = try #require(schemas[collection])
      writes.append(RecordWrite(.put, schema, id: id, expectation: .new, fields: fields))
    }
    let channel = ids.reserve()
    try add("channel", channel, ["name": "WA Main", "kind": "whatsapp_cloud"])
    try add(
      "contact", contact,
      ["channel": .text(channel.text), "number": "491701234567", "name": "Ann"])
    try add("user", ids.reserve(), ["name": "Bo", "email": "bo@example.com", "reference": "B1"])
    try add("user", ids.reserve(), ["name": "Cy", "email": "cy@example.com", "reference": "C1"])
    try store.writeAndWait { [writes] transaction throws(StoreError) -> Void in
      _ = try transaction.recordsApply("acme", writes, nowMS: 1)
    }
    return contact
  }

  private static func credential(_ store: Store, _ vault: CredentialVault) throws {
    let sealed = try vault.seal(["token": .text(secret)], project: "acme", name: "key")
    let row = CredentialRow(
      project: "acme", name: "key", kind: "bearer",
      fields: JSONValue.object(["hosts": ["peer.test:80"]]).json,
      sealed: sealed.bytes, keyID: sealed.keyID, updatedAt: 1)
    try store.writeAndWait { transaction throws(StoreError) -> Void in
      try transaction.credentialPut(row)
    }
  }
}
