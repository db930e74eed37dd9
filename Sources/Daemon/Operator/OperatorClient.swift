import Domain
import Engine
import EventStore
import Foundation
import Glibc
import Ports
import Reactors

/// Gives an operator's command to the running service, or to the log where no service runs.
public enum OperatorClient {
  /// How long the service may take to answer, in seconds.
  static let patience = 15

  /// Returns once the command is durable, with the newest sequence of the log.
  ///
  /// - Throws: ``OperatorFault`` or an ``EventStoreError``.
  public static func give(_ command: OperatorCommand, store: String) throws -> SequenceNumber {
    if let answer = try ask(command, path: OperatorSocket.path(ofStore: store)) {
      if let sequence = answer.sequence { return SequenceNumber(sequence) }
      throw OperatorFault(.usage, "The service says: \(answer.error ?? "nothing"). Nothing was changed.")
    }
    return try record(command, store: store)
  }

  /// Records the command in a log that nobody else has open; the next start goes on with it.
  private static func record(_ command: OperatorCommand, store: String) throws -> SequenceNumber {
    guard FileManager.default.fileExists(atPath: store) else {
      throw OperatorFault(.usage, "There is no store \(store): no service ever ran with it.")
    }
    let log = try SQLiteEventLog(path: store)
    let engine = try Engine(log: log, clock: SystemClock())
    let observation: Observation
    do {
      observation = try command.observation(in: engine.state)
    } catch {
      try log.close()
      let why = OperatorCommand.Answer(error.reply).error ?? "the command cannot be followed"
      throw OperatorFault(.usage, "Nothing was changed: \(why).")
    }
    // Whoever has the store open knows that the service is down, even when it was killed and could not say so.
    if engine.state.isRunning { _ = try engine.observe([.stopped]) }
    _ = try engine.observe([observation])
    try log.close()
    return engine.state.lastSequence
  }

  /// The service's answer; `nil` when nobody listens.
  private static func ask(_ command: OperatorCommand, path: String) throws -> OperatorCommand.Answer? {
    let short = try SocketPath(of: path)
    defer { withExtendedLifetime(short) {} }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(short.path.utf8) + [0]
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let connected = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else {
      if errno == EACCES || errno == EPERM {
        throw OperatorFault(.unreachable, "The socket \(path) belongs to another user. Use the service's own user.")
      }
      return nil
    }
    let line = OperatorCommand.line(command)
    guard send(descriptor, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else {
      throw OperatorFault(.unreachable, "The service closed \(path) before it was told anything. Try again.")
    }
    return try answer(descriptor, path: path)
  }

  private static func answer(_ descriptor: Int32, path: String) throws -> OperatorCommand.Answer {
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: OperatorSocket.longestLine)
    while received.last != UInt8(ascii: "\n") {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      received += buffer.prefix(count)
    }
    guard let answer = try? JSONDecoder().decode(OperatorCommand.Answer.self, from: Data(received)) else {
      throw OperatorFault(
        .unreachable,
        "The service does not answer on \(path). Whether the command is in force, `copytrade status` tells.")
    }
    return answer
  }
}

public struct OperatorFault: ExitStatusProviding, Equatable, CustomStringConvertible {
  public let exitStatus: ExitStatus
  public let description: String

  init(_ exitStatus: ExitStatus, _ description: String) {
    self.exitStatus = exitStatus
    self.description = description
  }
}
