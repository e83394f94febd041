// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Store
import TestKit
import Testing

@Suite struct DataFolderTests {
  let folder = TemporaryFolder()

  @Test func `a second owner is refused and told the first one's pid`() throws {
    let lock = try DataFolder.lock(folder.path)
    do {
      _ = try DataFolder.lock(folder.path)
      Issue.record("the folder was locked twice")
    } catch {
      #expect(error.code == .folderLocked)
      #expect(error.message.contains("process \(getpid())"))
      #expect(error.message.contains("--data"))
    }
    withExtendedLifetime(lock) {}
  }

  @Test func `a released folder can be taken again, its stale file does not matter`() throws {
    do { _ = try DataFolder.lock(folder.path) }
    #expect(TestFile.exists(folder("lock")))
    #expect(code { () throws(StoreError) in _ = try DataFolder.lock(folder.path) } == nil)
  }

  @Test func `what a dead owner's child still holds is waited for`() throws {
    let owner = try Subprocess("/bin/true")
    _ = try owner.wait()
    folder.write("\(owner.pid)\n", to: "lock")
    let file = open(folder("lock"), O_RDWR)
    #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
    Thread.detachNewThread {
      usleep(100_000)
      close(file)
    }
    #expect(code { () throws(StoreError) in _ = try DataFolder.lock(folder.path) } == nil)
    #expect(TestFile.text(of: folder("lock")) == "\(getpid())\n")
  }

  @Test func `a lock file with garbage names no pid`() throws {
    folder.write("garbage", to: "lock")
    let file = open(folder("lock"), O_RDWR)
    defer { close(file) }
    #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
    do {
      _ = try DataFolder.lock(folder.path)
      Issue.record("the folder was locked twice")
    } catch {
      #expect(error.message.contains("another process"))
    }
  }
}
