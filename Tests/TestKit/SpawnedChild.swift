// SPDX-License-Identifier: Apache-2.0
// One posix_spawn with three pipes.
import Glibc
import Synchronization

/// Held from a pipe's making to the spawn, so that no other child of the tests inherits an end of
/// it: pipe2, which would do without, is not in Swift's view of Glibc.
private let spawning = Mutex(())

/// A child just started, and the test's ends of its pipes.
///
/// **Ownership**: the three descriptors go to the caller, who closes them.
struct SpawnedChild {
  let pid: pid_t
  let input: Int32
  let output: Int32
  let errors: Int32

  /// **Throws**: ``SubprocessError`` `spawn_failed`, with nothing left open.
  init(
    _ program: String, _ arguments: [String], environment: [String: String], folder: String?
  ) throws(SubprocessError) {
    let made = spawning.withLock { _ in
      Self.make(program, arguments, environment: environment, folder: folder)
    }
    guard made.failure == 0 else {
      for descriptor in made.ours { close(descriptor) }
      throw SubprocessError(
        code: "spawn_failed", reason: "\(program): \(String(cString: strerror(made.failure)))")
    }
    pid = made.pid
    (input, output, errors) = (made.ours[0], made.ours[1], made.ours[2])
  }

  private static func make(
    _ program: String, _ arguments: [String], environment: [String: String], folder: String?
  ) -> (failure: Int32, pid: pid_t, ours: [Int32]) {
    var pipes: [Int32] = []
    for _ in 0..<3 {
      var pair: [Int32] = [-1, -1]
      guard pipe(&pair) == 0 else { return (errno, 0, pipes) }
      for descriptor in pair { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
      pipes += pair
    }
    let theirs = [pipes[0], pipes[3], pipes[5]]
    // A folder goes by way of env(1), which becomes the program: same pid, same group.
    let command = folder.map { ["env", "--chdir=\($0)", program] } ?? [program]
    let (failure, pid) = spawn(
      command[0], command.dropFirst() + arguments, environment: environment, descriptors: theirs)
    for descriptor in theirs { close(descriptor) }
    return (failure, pid, [pipes[1], pipes[2], pipes[4]])
  }

  private static func spawn(
    _ program: String, _ arguments: [String], environment: [String: String],
    descriptors: [Int32]
  ) -> (failure: Int32, pid: pid_t) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in descriptors.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    var envp = merged(environment).map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    let failure = posix_spawnp(&pid, program, &actions, &attributes, &argv, &envp)
    return (failure, pid)
  }

  /// The test's own environment with additions; an empty value takes a variable out.
  private static func merged(_ additions: [String: String]) -> [String] {
    var result: [String] = []
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      let name = String(text.prefix { $0 != "=" })
      if additions[name] == nil { result.append(text) }
      next += 1
    }
    for (name, value) in additions.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
      result.append(name + "=" + value)
    }
    return result
  }
}
