// SPDX-License-Identifier: Apache-2.0
// Plugins that are installed: what is taken, what is refused, and that the locked bytes are used.
import Glibc
import TestKit
import Testing
import Values

@Suite struct PluginInstallTests {
  private let keeper = Operator()

  private func run(_ word: String = "hello") throws -> RunView {
    try keeper.run(
      Document.connector("say", Document.action("call", "acme-echo.run", with: ["w": .text(word)]))
    ).view
  }

  private func enable(_ plugin: FixturePlugin) throws -> String {
    try keeper.apply(project: Document.project())
    let report = try keeper.json("plugin", "install", plugin.folder.path)
    try keeper.command("plugin", "enable", "acme-echo", "--project", Document.project)
    return try #require(report["hash"]?.asText)
  }

  private func refuse(_ path: String, _ words: String...) throws {
    let result = try keeper.command(["plugin", "install", path])
    #expect(!result.isSuccess && !result.errors.isEmpty, "\(result.output)")
    for word in words { #expect(result.errors.contains(word), "\(word): \(result.errors)") }
    #expect(TestFile.names(in: keeper.folder.path + "/plugins").isEmpty, "something was left")
  }

  @Test func `an installed plugin is copied, locked, listed and called`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    plugin.folder.write("what it is\n", to: "README.md")
    let hash = try enable(plugin)
    let place = keeper.folder.path + "/plugins/acme-echo/" + hash
    #expect(TestFile.names(in: place).sorted() == ["README.md", "echo.so", "plugin.json"])
    let modes = try Subprocess.run("/usr/bin/stat", ["-c", "%a", place + "/echo.so"])
    #expect(modes.output == "400\n")
    let lock = try #require(TestFile.text(of: keeper.folder.path + "/plugins/lock.json"))
    let build = try JSONValue(parsing: lock)["plugins"]?["acme-echo"]?["builds"]?[0]
    #expect(build?["version"] == "1.0.0" && build?["hash"]?.asText == hash)
    #expect(build?["platforms"]?.asObject?.names == ["linux-aarch64", "linux-x86_64"])
    #expect(build?["from"]?.asText == plugin.folder.path)

    let view = try run()
    #expect(view["call"].output["w"] == "hello", "\(view)")
    #expect(view["call"].value["build"]?.asText.map { hash.hasPrefix($0) } == true, "\(view)")
    let listed = try keeper.json("plugin", "list").asList?.first { $0["id"] == "acme-echo" }
    #expect(listed?["source"] == "installed" && listed?["hash"]?.asText == hash)
    #expect(listed?["enabled_for"] == [.text(Document.project)])

    // The folder it came from does not matter any more.
    plugin.folder.write("gone", to: "echo.so")
    #expect(try run()["call"].output["w"] == "hello")
  }

  @Test func `the same bytes twice change nothing, by the folder or by the image`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    let hash = try enable(plugin)
    let lock = keeper.folder.path + "/plugins/lock.json"
    let before = TestFile.text(of: lock)
    let again = try keeper.command("plugin", "install", plugin.library)
    #expect(again.contains("is installed already, nothing changed"), "\(again)")
    #expect(try keeper.json("plugin", "install", plugin.folder.path)["hash"]?.asText == hash)
    #expect(TestFile.text(of: lock) == before)
  }

  @Test func `what cannot be installed is refused with its reason, and leaves nothing`() throws {
    try refuse(keeper.folder.file("nowhere"), "is not there")
    let empty = TemporaryFolder()
    try refuse(empty.path, "plugin.json")
    for (id, words) in [
      ("echo", ["one word", "vendor-echo"]), ("http", ["there already", "vendor-name"]),
      ("system", ["reserved"]),
    ] {
      let taken = try FixturePlugin("echo", as: id)
      for word in words { try refuse(taken.folder.path, word) }
    }

    let plugin = try FixturePlugin("echo", as: "acme-echo")
    let image = try #require(plugin.folder.bytes(of: "echo.so"))
    plugin.folder.write(Array(image.prefix(200)), to: "echo.so")
    try refuse(plugin.folder.path, "cut")
    unlink(plugin.library)
    try refuse(plugin.folder.path, "echo.so", "is not there")
    symlink("/bin/true", plugin.library)
    try refuse(plugin.folder.path, "leads out of the folder")
    unlink(plugin.library)
    mkfifo(plugin.library, 0o600)
    try refuse(plugin.folder.path, "no plain file")
    unlink(plugin.library)
    plugin.folder.write("", to: "echo.so")
    truncate(plugin.library, 600 << 20)
    try refuse(plugin.folder.path, "over 512 MiB")
    plugin.folder.write(image, to: "echo.so")
    plugin.folder.write("x", to: "other.so")
    try refuse(plugin.folder("other.so"), "names no library other.so")
    let parent = try FixturePlugin("echo", as: "acme-echo") { manifest in
      manifest["library"] = ["linux-x86_64": "../echo.so"]
    }
    try refuse(parent.folder.path, "name a file in the same folder")
  }

  @Test func `a plugin that would take another's names, or all traffic, is not installed`() throws {
    let mail = try FixturePlugin("echo", as: "acme-mail") { manifest in
      manifest["credentials"] = [["kind": "mail", "fields": [["name": "host"]]]]
    }
    try refuse(mail.folder.path, "credential kind", "email")
    let contacts = try FixturePlugin("echo", as: "acme-contacts") { manifest in
      manifest["collections"] = [["name": "contact", "fields": ["x": ["type": "text"]]]]
    }
    try refuse(contacts.folder.path, "collection", "contact")
    let transport = try FixturePlugin("transport_fixture", as: "acme-transport")
    try refuse(transport.folder.path, "transport", "--plugins")
  }

  @Test func `a byte changed after the install is found at the start and at the load`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    let hash = try enable(plugin)
    let host = try ServedHost(keeper)
    let image = keeper.folder.path + "/plugins/acme-echo/\(hash)/echo.so"
    try change(image)
    // The running host had not loaded it yet: the load finds it.
    let running = try run()
    #expect(running["call"].code == "hash_mismatch", "\(running)")
    #expect(running["call"].message.contains(hash), "\(running)")
    try host.stop()

    let started = try run()
    #expect(started["call"].code == "hash_mismatch", "\(started)")
    #expect(started["call"].errorClass == "unavailable")
    let listed = try keeper.json("plugin", "list").asList?.first { $0["id"] == "acme-echo" }
    #expect(listed?["problems"]?[0]?["code"] == "hash_mismatch", "\(String(describing: listed))")
    let status = try keeper.command(["status"])
    #expect(status.output.contains("the lock says \(hash)"), "\(status.output)")

    let repaired = try keeper.json("plugin", "install", plugin.folder.path)
    #expect(repaired["hash"]?.asText == hash && repaired["put_back"] == true)
    #expect(try run()["call"].output["w"] == "hello")
  }

  @Test func `bundled, listed and installed plugins are refused alike by their hash`() throws {
    let listed = try FixturePlugin("echo", as: "acme-listed")
    let installed = try FixturePlugin("echo", as: "acme-echo")
    try keeper.apply(project: Document.project())
    try keeper.command("plugin", "install", installed.folder.path)
    let host = try ServedHost(
      keeper,
      plugins: [
        ["id": "data_storage"], ["id": "listener"], ["path": .text(listed.folder.path)],
      ])
    let wrong = String(repeating: "0", count: 64)
    for id in ["data_storage", "acme-listed", "acme-echo"] {
      let hash = try #require(try keeper.json("plugin", "show", id)["hash"]?.asText)
      let pinned = { (hash: String) in
        try keeper.command([
          "project", "apply",
          keeper.write(
            Document.project(plugins: [id: ["sha256": .text(hash)]]), to: "pinned.json"),
        ])
      }
      let refused = try pinned(wrong)
      #expect(refused.status == .exited(2), "\(id): \(refused.output)")
      #expect(refused.errors.contains(wrong) && refused.errors.contains(hash), "\(refused.errors)")
      #expect(try pinned(hash).isSuccess, "\(id)")
    }
    try host.stop()

    // What is pinned and changes afterwards is refused by its runs, as what is locked is.
    let text = try #require(TestFile.text(of: listed.folder("plugin.json")))
    listed.folder.write(text + "\n", to: "plugin.json")
    let again = try ServedHost(
      keeper,
      plugins: [
        ["id": "data_storage"], ["id": "listener"], ["path": .text(listed.folder.path)],
      ])
    let hash = try #require(
      try keeper.json("plugin", "show", "acme-listed", "--project", Document.project)["hash"]?.asText)
    let (view, _) = try keeper.run(
      Document.connector("say", Document.action("call", "acme-listed.run", with: [:])))
    #expect(view["call"].code == "hash_mismatch", "\(view)")
    #expect(view["call"].message.contains(hash), "\(view)")
    try again.stop()
  }

  @Test func `a lock file that is garbage stops what is installed and nothing else`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    _ = try enable(plugin)
    let lock = keeper.folder.path + "/plugins/lock.json"
    let good = try #require(TestFile.text(of: lock))
    let foreign = #"{"format":1,"plugins":{"acme-echo":{"current":"../x","builds":[]}}}"#
    for garbage in ["not json", "{}", foreign] {
      write(garbage, to: lock)
      let list = try keeper.command("plugin", "list")
      #expect(list.contains("lock.json") && list.contains("restore it from a backup"), "\(list)")
      #expect(list.contains("data_storage"))
      let refused = try keeper.command(["plugin", "install", plugin.folder.path])
      #expect(!refused.isSuccess && refused.errors.contains("lock.json"), "\(refused.errors)")
      #expect(try keeper.keys() == [])
    }
    write(good, to: lock)
    #expect(try run()["call"].output["w"] == "hello")
  }

  @Test func `a running host takes an install and a removal without a restart`() throws {
    try keeper.apply(project: Document.project())
    let host = try ServedHost(keeper)
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    try keeper.command("plugin", "install", plugin.folder.path)
    try keeper.command("plugin", "enable", "acme-echo", "--project", Document.project)
    #expect(try run("served")["call"].output["w"] == "served")

    let used = try keeper.command(["plugin", "remove", "acme-echo"])
    #expect(!used.isSuccess, "\(used.output)")
    #expect(
      used.errors.contains("jackfield plugin disable acme-echo --project \(Document.project)"),
      "\(used.errors)")
    try keeper.command("plugin", "disable", "acme-echo", "--project", Document.project)
    try keeper.command("plugin", "remove", "acme-echo")
    #expect(try keeper.command(["plugin", "show", "acme-echo"]).status == .exited(2))
    #expect(TestFile.names(in: keeper.folder.path + "/plugins") == ["lock.json"])
    let bundled = try keeper.command(["plugin", "remove", "http"])
    #expect(bundled.errors.contains("plugin disable http"), "\(bundled.errors)")
    try host.stop()
  }

  @Test func `a backup has what is installed, and its restoration runs it`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    let hash = try enable(plugin)
    let copy = keeper.folder.file("copy")
    try keeper.command("backup", copy)
    let other = Operator()
    try other.command("restore", copy)
    let view = try other.run(
      Document.connector("say", Document.action("call", "acme-echo.run", with: ["w": "again"]))
    ).view
    #expect(view["call"].output["w"] == "again", "\(view)")
    let shown = try other.json("plugin", "show", "acme-echo", "--project", Document.project)
    #expect(shown["hash"]?.asText == hash && shown["source"] == "installed")
    // A byte lost on the way is found like one that was changed.
    let third = Operator()
    try change(copy + "/plugins/acme-echo/\(hash)/echo.so")
    try third.command("restore", copy)
    let listed = try third.command("plugin", "list")
    #expect(listed.contains("the lock says \(hash)"), "\(listed)")
  }

  @Test(.enabled(if: MountNamespace.isPossible, "\(MountNamespace.whatIsMissing)"))
  func `a disk that is full is said, and nothing of the plugin stays`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    plugin.folder.write([UInt8](repeating: 120, count: 4 << 20), to: "README.md")
    let room = TemporaryFolder()
    let shell = try MountNamespace.start(
      #"mount -t tmpfs -o size=4m tmpfs "$1" && "$0" plugin install "$2" --data "$1/data"; "#
        + #"echo "ended with $?, left: $(ls -A "$1/data/plugins")"; "$0" plugin list --data "$1/data""#,
      [BuiltProducts.program("jackfield"), room.path, plugin.folder.path])
    let result = try shell.wait()
    #expect(result.errors.contains("the disk is full"), "\(result)")
    #expect(result.output.contains("ended with 1, left: \n"), "\(result)")
    #expect(result.output.contains("data_storage") && !result.output.contains("acme-echo"))
  }

  @Test func `isolation none is refused for what did not come with the host`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    _ = try enable(plugin)
    let file = keeper.write(
      Document.project(plugins: ["acme-echo": ["isolation": "none"]]), to: "trusting.json")
    let refused = try keeper.command(["project", "apply", file])
    #expect(refused.errors.contains("did not come with the host"), "\(refused.errors)")
  }

  /// Changes one byte near the end of a file that is read-only.
  private func change(_ path: String) throws {
    var bytes = try #require(TestFile.bytes(of: path))
    bytes[bytes.count - 1] ^= 1
    chmod(path, 0o600)
    write(bytes, to: path)
  }

  private func write(_ text: String, to path: String) { write(Array(text.utf8), to: path) }

  private func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
