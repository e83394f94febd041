// SPDX-License-Identifier: Apache-2.0
// A starting host and the workers of the one before.
import Glibc
import Pipeline
import PluginHost
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct WorkerRegistryTests {
  @Test func `a fresh folder is taken over at once, and again after its host ended`() async throws {
    let folder = TemporaryFolder()
    _ = try WorkerRegistry.takeOver(dataFolder: folder.path)
    _ = try WorkerRegistry.takeOver(dataFolder: folder.path)
    #expect(folder.names() == ["workers.list", "workers.lock"])
  }

  @Test func `workers that are left over are killed before the folder is taken`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    async let hung = host.call(plugin, #"{"hang":true}"#)
    let status = await host.status { $0.workers.contains { $0.openCalls == 1 } }
    let pid = try #require(status.workers.first?.pid)
    _ = try WorkerRegistry.takeOver(dataFolder: host.data.path, patience: .milliseconds(50))
    #expect(!isAlive(pid))
    #expect(await hung.death?.status == .signal(9))
    await host.stop()
  }

  @Test func `a recorded number that belongs to another process now is not killed`() async throws {
    let folder = TemporaryFolder()
    let own = try #require(ProcessIdentity.read(getpid()))
    folder.write("+ \(own.pid) \(own.startTime + 1)\n+ 1 1\ngarbage\n+ x y\n- 5\n", to: "workers.list")
    _ = try WorkerRegistry.takeOver(dataFolder: folder.path)
    #expect(folder.bytes(of: "workers.list") == [])
  }

  @Test func `somebody else who holds the lock is named`() async throws {
    let folder = TemporaryFolder()
    let path = folder.write("", to: "workers.lock")
    let fd = open(path, O_RDONLY)
    defer { close(fd) }
    #expect(flock(fd, LOCK_SH) == 0)
    let error = #expect(throws: PluginHostError.self) {
      try WorkerRegistry.takeOver(dataFolder: folder.path, patience: .milliseconds(20))
    }
    #expect(error?.code == "workers_alive")
    #expect(error?.message.contains(path) == true)
  }

  @Test func `a folder that cannot be written is named`() throws {
    let error = #expect(throws: PluginHostError.self) {
      try WorkerRegistry.takeOver(dataFolder: "/nonexistent")
    }
    #expect(error?.code == "data_folder_unusable")
  }
}
