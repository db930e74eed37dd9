import Foundation
import Glibc
import Synchronization

/// A program beside the test, with its output in files. Killed when it is let go.
///
/// Started by `posix_spawn`: Foundation's `Process` lists the open files of this process before each start, and reads beyond the end
/// of that list where hundreds of tests have thousands of files open (swift-corelibs-foundation, pull request 5472).
public final class ChildProcess: Sendable {
  /// How a process ended.
  public enum End: Equatable, Sendable {
    case exited(Int32)
    case killed(Int32)

    /// The exit code, or the number of the signal.
    public var status: Int32 {
      switch self {
      case .exited(let number), .killed(let number): number
      }
    }
  }

  public struct NotStarted: Error, CustomStringConvertible {
    public let description: String
  }

  /// What a program said until its end.
  public struct Outcome: Equatable, Sendable {
    public var status: Int32
    public var output: String
    public var diagnostics: String

    public init(status: Int32, output: String, diagnostics: String) {
      self.status = status
      self.output = output
      self.diagnostics = diagnostics
    }
  }

  public let identifier: Int32
  private let ending = Mutex<End?>(nil)

  /// Starts `program`, a path; one that is not there ends with 127.
  ///
  /// - Parameters:
  ///   - environment: `nil` for that of this process.
  ///   - input: a file; nothing can be read where it is `nil`.
  ///   - output: a file that is created or appended to, as `diagnostics` is; what is written is lost where it is `nil`.
  /// - Throws: ``NotStarted`` with the words of the system.
  public init(
    _ program: String, _ arguments: [String], in folder: String, environment: [String: String]? = nil,
    input: String? = nil, output: String? = nil, diagnostics: String? = nil
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input ?? "/dev/null", O_RDONLY, 0)
    for (descriptor, file) in [(STDOUT_FILENO, output), (STDERR_FILENO, diagnostics)] {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, file ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }
    // Threads of tasks block signals, and a child would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    // There is no portable way to give a child its folder but to let a shell go there, and become the program.
    let words = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program] + arguments
    var argv = words.map { strdup($0) } + [nil]
    var envp = (environment ?? ProcessInfo.processInfo.environment).map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var number: pid_t = 0
    let code = posix_spawn(&number, words[0], &actions, &attributes, &argv, &envp)
    guard code == 0 else {
      throw NotStarted(description: "\(program) does not start: \(String(cString: strerror(code)))")
    }
    identifier = number
  }

  deinit {
    if isRunning {
      kill(identifier, SIGKILL)
      waitUntilExit()
    }
  }

  /// How it ended; `nil` while it runs.
  public var end: End? {
    ending.withLock { ending in
      if let ending { return ending }
      var status: Int32 = 0
      guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
      let signal = status & 0x7F
      ending = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal)
      return ending
    }
  }
  public var isRunning: Bool { end == nil }

  public func signal(_ number: Int32) { if isRunning { kill(identifier, number) } }

  /// Holds the thread up until it is gone.
  @discardableResult
  public func waitUntilExit() -> End {
    while true {
      if let end { return end }
      usleep(1000)
    }
  }

  /// Runs a program to its end.
  public static func run(
    _ program: String, _ arguments: [String], in folder: String, environment: [String: String]? = nil,
    input: String? = nil
  ) throws -> Outcome {
    // Files, not pipes: nothing can fill up while nobody reads.
    let scratch = NSTemporaryDirectory() + "copytrade-child-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    if let input { try Data(input.utf8).write(to: URL(filePath: scratch + "/in")) }
    let child = try ChildProcess(
      program, arguments, in: folder, environment: environment, input: input.map { _ in scratch + "/in" },
      output: scratch + "/out", diagnostics: scratch + "/err")
    let status = child.waitUntilExit().status
    let texts = ["out", "err"].map {
      String(decoding: FileManager.default.contents(atPath: "\(scratch)/\($0)") ?? Data(), as: UTF8.self)
    }
    return Outcome(status: status, output: texts[0], diagnostics: texts[1])
  }
}
