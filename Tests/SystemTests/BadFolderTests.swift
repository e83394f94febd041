// SPDX-License-Identifier: Apache-2.0
// Data folders, databases and ports that cannot be used.
import Glibc
import TestKit
import Testing
import Values

@Suite struct BadFolderTests {
  @Test func `a folder that cannot be made is named, with what to type`() throws {
    let keeper = Operator()
    let file = keeper.folder.write("not a folder", to: "file")
    for folder in [file, file + "/below", "/proc/nowhere"] {
      let result = try Subprocess.run(
        BuiltProducts.program("jackfield"), ["project", "list", "--data", folder])
      #expect(result.status == .exited(1), "\(folder): \(result.errors)")
      #expect(result.errors.contains("--data"), "\(result.errors)")
      #expect(result.errors.contains(folder.split(separator: "/").last ?? ""), "\(result.errors)")
    }
    #expect(TestFile.text(of: file) == "not a folder")
  }

  @Test func `a command beside a host whose control socket is gone says whom it waits for`() throws
  {
    let keeper = Operator()
    let host = try ServedHost(keeper)
    unlink(keeper.folder.path + "/control.sock")

    for command in [["project", "list"], ["serve", "--port", "0"]] {
      let result = try keeper.command(command)
      #expect(result.status == .exited(1))
      #expect(result.errors.contains("in use by process \(host.process.pid)"), "\(result.errors)")
    }
    #expect(try WebRequest(host.url + "/in/nothing", body: "{}").send().status == 404, "it lives")
    try host.stop()
  }

  @Test func `a second host on the same folder is refused, and the first goes on`() throws {
    let keeper = Operator()
    let host = try ServedHost(keeper)
    let second = try keeper.command(["serve", "--port", "0"])
    #expect(second.status == .exited(1))
    #expect(second.errors.contains("in use by process \(host.process.pid)"), "\(second.errors)")
    #expect(try keeper.json("project", "list").asList == ["default"])
    try host.stop()
  }

  @Test func `a port in use is named, with what to type`() throws {
    let first = try ServedHost(Operator())
    let port = String(WebRequest(first.url).port)
    let second = try Operator().command(["serve", "--port", port])
    #expect(second.status == .exited(1))
    #expect(second.errors.contains("port \(port)"), "\(second.errors)")
    #expect(second.errors.contains("--port"), "\(second.errors)")
    try first.stop()
  }

  @Test(arguments: [
    ("another program", "PRAGMA application_id = 252006675"),
    ("newer", "PRAGMA user_version = 99"),
  ])
  func `a database of another program or of a newer version is left as it is`(
    what: String, change: String
  ) throws {
    let keeper = Operator()
    try keeper.command("project", "create", "mine")
    let database = keeper.folder.path + "/main.db"
    let script =
      "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()"
    let changed = try Subprocess.run(PythonServer.python, ["-c", script, database, change])
    try #require(changed.isSuccess, "\(changed.errors)")
    let before = TestFile.bytes(of: database)

    for command in [["project", "list"], ["serve", "--port", "0"]] {
      let result = try keeper.command(command)
      #expect(result.status == .exited(1), "\(result.errors)")
      #expect(result.errors.contains(what), "\(result.errors)")
      #expect(result.errors.contains("main.db"), "\(result.errors)")
    }
    #expect(TestFile.bytes(of: database) == before, "not one byte of it was changed")
  }

  @Test func `a file that is no database is left as it is`() throws {
    let keeper = Operator()
    try keeper.command("project", "list")
    let database = keeper.folder.path + "/main.db"
    for name in TestFile.names(in: keeper.folder.path) where name.hasPrefix("main.db") {
      unlink(keeper.folder.path + "/" + name)
    }
    _ = keeper.folder.write("precious notes", to: "data/main.db")

    let result = try keeper.command(["project", "list"])
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("no SQLite database"), "\(result.errors)")
    #expect(TestFile.text(of: database) == "precious notes")
  }
}
