// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestKit
import Testing

@testable import PluginHost

@Suite struct ControlGroupTests {
  let handed = TemporaryFolder()

  @Test func `the group of a process is found among the mounts`() {
    let mount = "31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"
    let old = "30 23 0:26 / /sys/fs/cgroup/pids rw shared:8 - cgroup cgroup rw,pids\n"
    let nested = "31 23 0:27 /docker/1 /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
    let cases: [(mounts: String, membership: String, folder: String?)] = [
      (old + mount, "4:pids:/x\n0::/system.slice/jackfield.service\n",
        "/sys/fs/cgroup/system.slice/jackfield.service"),
      (mount, "0::/\n", "/sys/fs/cgroup"),
      (nested, "0::/docker/1/unit\n", "/sys/fs/cgroup/unit"),
      (nested, "0::/elsewhere\n", nil),
      (old, "0::/\n", nil),
      (mount, "4:pids:/x\n", nil),
      ("", "", nil),
      ("- - - cgroup2\n", "0::/\n", nil),
    ]
    for (mounts, membership, folder) in cases {
      #expect(ControlGroups.folder(mounts: mounts, membership: membership) == folder)
    }
  }

  @Test func `only what was handed over whole is used`() throws {
    let me = "\(getpid())\n"
    func found(_ isHandedOver: Bool = true, procs: String? = nil, controllers: String? = nil)
      -> ControlGroups?
    {
      handed.write(procs ?? me, to: "cgroup.procs")
      handed.write(controllers ?? "cpuset cpu memory pids\n", to: "cgroup.controllers")
      handed.write("", to: "cgroup.subtree_control")
      return ControlGroups.found(handed.path, isHandedOver: isHandedOver, process: getpid())
    }
    let whole = found()
    #expect(whole?.controllers == ["memory", "pids"] && whole?.folder == handed.path)
    #expect(found(false) == nil)
    #expect(found(procs: me + "1\n") == nil, "somebody else is in it")
    #expect(found(controllers: "cpu io\n") == nil)
    #expect(found(controllers: "pids\n")?.controllers == ["pids"])
    // A host that has moved already, as one that begins anew under the same manager.
    #expect(found(procs: "") != nil)
    let inside = handed("jackfield-host")
    #expect(
      ControlGroups.found(inside, isHandedOver: true, process: getpid())?.folder == handed.path)
  }

  @Test func `a process is moved to a group of its own, which goes when it has ended`() throws {
    let mounts = try #require(TestFile.text(of: "/proc/self/mountinfo"))
    let root = try #require(ControlGroups.folder(mounts: mounts, membership: "0::/\n"))
    let groups = ControlGroups(folder: root, controllers: [])
    let sleeper = try Subprocess("/bin/sleep", ["60"])
    let (group, problem) = groups.enter(sleeper.pid, WorkerBounds(memory: 1 << 30, threads: 10))
    #expect(problem == nil)
    let made = try #require(group)
    #expect(
      TestFile.text(of: "/proc/\(sleeper.pid)/cgroup")?.contains("0::/jackfield-worker-") == true)
    #expect(!made.isOverMemory)
    sleeper.kill()
    _ = try sleeper.wait()
    made.remove()
    #expect(access(made.folder, F_OK) != 0)
    // What cannot be bounded gets no group.
    let unbounded = ControlGroups(folder: root, controllers: ["pids"])
    let (none, why) = unbounded.enter(getpid(), WorkerBounds(memory: 1, threads: 1))
    #expect(none == nil && why?.contains("pids.max") == true, "\(why ?? "")")
    #expect(access("\(root)/jackfield-worker-\(getpid())", F_OK) != 0)
  }
}
