// SPDX-License-Identifier: Apache-2.0
// From a command line to a command: here, or in the host that owns the data folder.
import CSystem
import Glibc
import Jackfield
import Pipeline
import Values

/// The program's one function.
enum Program {
  /// What a command reads of a file it is given.
  static let fileLimit = 4 << 20

  /// Runs a command line and gives the exit code.
  static func run(_ words: [String]) -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    // Any command may come to hold a secret: a crash writes none to disk.
    precondition(sys_process_conceal() == 0, "the kernel does not let a process hide its memory")
    let console = LocalConsole()
    return reporting(to: console, json: words.contains("--json")) {
      guard let (command, arguments) = try find(words, console) else { return .succeeded }
      let files = try readFiles(command, arguments)
      if command.name == "serve" { return try ServeCommand.run(arguments, console) }
      if command.need == .folder,
        let code = ControlClient.run(
          path: dataFolder(arguments) + "/control.sock", words: words, files: files,
          console: console)
      {
        return ExitCode(rawValue: code) ?? .failed
      }
      if command.need == .nothing || command.need == .folder {
        let context = CommandContext(
          arguments: arguments, console: console, files: files, host: nil)
        return try command.body(context)
      }
      return try run(command, arguments, words, files, console)
    }.rawValue
  }

  /// Runs a command on the data folder: here when nobody owns it, else in the host that does. A
  /// host that is just starting or ending is waited for.
  private static func run(
    _ command: Command, _ arguments: Arguments, _ words: [String], _ files: [String: [UInt8]],
    _ console: LocalConsole
  ) throws -> ExitCode {
    let folder = dataFolder(arguments)
    guard !command.asksOfStored || access(folder, F_OK) == 0 else {
      throw UsageError(
        "there is no data folder \(folder) here: name one with --data DIR or JACKFIELD_DATA")
    }
    let clock = ContinuousClock()
    let patience = clock.now.advanced(by: .seconds(5))
    while true {
      do {
        let host = try Host(try options(command, arguments, folder, console))
        defer { host.close(grace: 2) }
        return try command.body(
          CommandContext(arguments: arguments, console: console, files: files, host: host))
      } catch let error as HostError where error.code == "folder_locked" {
        let code = ControlClient.run(
          path: folder + "/control.sock", words: words, files: files, console: console)
        if let code { return ExitCode(rawValue: code) ?? .failed }
        guard clock.now < patience else { throw error }
        usleep(50_000)
      }
    }
  }

  /// Runs a command line for a client of the control socket, in the host that is running.
  static func serve(
    _ words: [String], _ files: [String: [UInt8]], _ console: RemoteConsole, _ host: Host
  ) -> ExitCode {
    reporting(to: console, json: words.contains("--json")) {
      guard let (command, arguments) = try find(words, console) else { return .succeeded }
      return try command.body(
        CommandContext(arguments: arguments, console: console, files: files, host: host))
    }
  }

  /// Where the data folder is: the option, the environment, or a folder beside the caller.
  static func dataFolder(_ arguments: Arguments) -> String {
    if let folder = arguments["data"] { return folder }
    if let folder = getenv("JACKFIELD_DATA").map({ String(cString: $0) }), !folder.isEmpty {
      return folder
    }
    return "jackfield-data"
  }

  // MARK: private parts

  /// The command a line names, with its arguments; nil when its help was all that was wanted.
  private static func find(
    _ words: [String], _ console: Console
  ) throws(UsageError) -> (Command, Arguments)? {
    guard let first = words.first, first != "--help", first != "-h", first != "help" else {
      console.write(CommandTable.overview)
      return nil
    }
    if first == "--version" {
      console.line("jackfield \(Host.version)")
      return nil
    }
    if let text = CommandTable.overview(of: words) {
      console.write(text)
      return nil
    }
    let command = try CommandTable.command(words)
    let arguments = try Arguments(
      Array(words.dropFirst(command.words.count)), options: command.allOptions,
      operandNames: command.operands, command: command.name)
    if arguments.has("help") {
      console.write(command.help)
      return nil
    }
    return (command, arguments)
  }

  private static func options(
    _ command: Command, _ arguments: Arguments, _ folder: String, _ console: LocalConsole
  ) throws -> HostOptions {
    let need = command.need(of: arguments, isTerminal: console.isTerminal)
    var options = HostOptions(
      dataFolder: folder, extent: need == .everything ? .everything : .documents)
    options.isPermissive = arguments.has("permissive")
    // The runs of others go on under `serve`, not under a command that ends in a moment.
    options.resumesRuns = false
    try SandboxOptions.apply(arguments, to: &options)
    return options
  }

  private static func readFiles(
    _ command: Command, _ arguments: Arguments
  ) throws(CommandError) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var paths = command.files.compactMap { index in
      index < arguments.operands.count ? arguments.operands[index] : nil
    }
    paths = zip(command.files, paths).filter { command.isFile($1, at: $0) }.map(\.1)
    for option in command.options where option.value == "FILE" {
      paths += arguments.all(option.name)
    }
    for path in paths { files[path] = try InputFile.read(path, limit: fileLimit) }
    // The document's own event, where none was named; a command that cannot do without says so.
    if command.options.contains(where: { $0.name == "event" }), arguments["event"] == nil,
      let path = paths.first, let sample = SampleFile.path(of: files[path] ?? [], at: path)
    {
      files[sample] = try? InputFile.read(sample, limit: fileLimit)
    }
    return files
  }

  /// Runs a body and turns what it throws into words and an exit code.
  private static func reporting(
    to console: Console, json: Bool, _ body: () throws -> ExitCode
  ) -> ExitCode {
    func report(_ message: String, _ code: String, _ exit: ExitCode) -> ExitCode {
      if json {
        let error: JSONValue = ["error": ["code": .text(code), "message": .text(message)]]
        console.writeError(error.json + "\n")
      } else {
        console.writeError("jackfield: \(message)\n")
      }
      return exit
    }
    do {
      return try body()
    } catch let error as UsageError {
      return report(error.message, "usage", .wrong)
    } catch let error as CommandError {
      return error.message.isEmpty ? error.exit : report(error.message, "failed", error.exit)
    } catch let error as HostError {
      return report(error.message, error.code, error.isAboutInput ? .wrong : .failed)
    } catch {
      return report("\(error)", "failed", .failed)
    }
  }
}
