import Foundation

/// The copying service as a process of its own, which does not outlive whoever started it.
///
/// A guard waits beside it on a pipe: when the process that holds the other end dies, however it dies, the guard kills the
/// service.
final class ServiceProcess {
  enum Ending: Equatable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)

    var description: String {
      switch self {
      case .exited(let status): "exited with \(status)"
      case .killed(let signal): "was killed by signal \(signal)"
      }
    }
  }

  private let process = Process()
  private let guardian = Process()
  private let lifeline = Pipe()

  var number: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  /// `nil` while it runs.
  var ending: Ending? {
    if process.isRunning { return nil }
    switch process.terminationReason {
    case .uncaughtSignal: return .killed(signal: process.terminationStatus)
    case .exit: return .exited(process.terminationStatus)
    @unknown default: return .exited(process.terminationStatus)
    }
  }

  /// Starts `program run` in the folder; what it says is added to the folder's lines.
  init(program: String, folder: DemoFolder) throws {
    let lines = try ServiceProcess.appending(to: folder.lines)
    defer { try? lines.close() }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["run", "--config", folder.configuration]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = lines
    process.standardError = lines
    try process.run()
    do {
      try startGuardian()
    } catch {
      kill(number, SIGKILL)
      throw error
    }
  }

  private func startGuardian() throws {
    guardian.executableURL = URL(fileURLWithPath: "/bin/sh")
    // Ctrl-C goes to everybody in the terminal, and the guard is to be there after that.
    guardian.arguments = ["-c", "trap '' INT TERM HUP; read -r nothing; kill -KILL \"$1\"", "guard", "\(number)"]
    guardian.standardInput = lifeline
    guardian.standardOutput = FileHandle.nullDevice
    guardian.standardError = FileHandle.nullDevice
    try guardian.run()
  }

  private static func appending(to file: String) throws -> FileHandle {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ReportFault(.cannotCreate, "\(file) cannot be written: \(String(cString: strerror(errno))).")
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Asks it to stop, or with SIGKILL does not ask, and waits for its end.
  ///
  /// - Returns: how it ended; `nil` when it did not within `time`.
  func end(_ signal: Int32, within time: Duration) async throws -> Ending? {
    if process.isRunning { kill(number, signal) }
    let limit = ContinuousClock.now + time
    while process.isRunning, ContinuousClock.now < limit { try await Task.sleep(for: .milliseconds(5)) }
    if !process.isRunning { dismissGuardian() }
    return ending
  }

  /// Ends it at once and without a word, if it is still there.
  func discard() {
    if process.isRunning { kill(number, SIGKILL) }
    process.waitUntilExit()
    dismissGuardian()
  }

  private func dismissGuardian() {
    guard guardian.isRunning else { return }
    kill(guardian.processIdentifier, SIGKILL)
    guardian.waitUntilExit()
  }
}
