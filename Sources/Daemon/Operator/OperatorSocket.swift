import Domain
import Engine
import Foundation
import NIOCore
import NIOPosix

/// The unix socket beside the store through which a person speaks to the running service. Only the service's own user may
/// open it.
public struct OperatorSocket: Sendable {
  /// A command has a hundred bytes; whoever sends more means something else.
  static let longestLine = 4_096

  let path: String

  public init(path: String) { self.path = path }

  /// `<store>.sock`
  public static func path(ofStore store: String) -> String { store + ".sock" }

  typealias Client = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  /// Answers until the task is cancelled. To be called by whoever holds the store: a socket that lies there is removed.
  public func serve(
    _ handle: @escaping @Sendable (OperatorCommand, _ reply: @escaping @Sendable (CommandReply) -> Void) -> Void
  ) async throws {
    let address = try SocketPath(of: path)
    defer { withExtendedLifetime(address) {} }
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(unixDomainSocketPath: address.path, cleanupExistingSocketFile: true) { channel in
        channel.eventLoop.makeCompletedFuture { try Client(wrappingChannelSynchronously: channel) }
      }
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    try await withThrowingDiscardingTaskGroup { group in
      try await server.executeThenClose { clients in
        for try await client in clients {
          // What goes wrong with one who asks concerns nobody else.
          group.addTask { try? await answer(client, handle) }
        }
      }
    }
  }

  private func answer(
    _ client: Client,
    _ handle: @escaping @Sendable (OperatorCommand, _ reply: @escaping @Sendable (CommandReply) -> Void) -> Void
  ) async throws {
    try await client.executeThenClose { incoming, outgoing in
      var line: [UInt8] = []
      for try await part in incoming {
        line += part.readableBytesView
        if line.last == UInt8(ascii: "\n") || line.count > OperatorSocket.longestLine { break }
      }
      let answer: OperatorCommand.Answer
      if let command = try? JSONDecoder().decode(OperatorCommand.self, from: Data(line)) {
        answer = .init(await withCheckedContinuation { waiting in handle(command) { waiting.resume(returning: $0) } })
      } else {
        answer = .init(error: "this is no command that the service knows")
      }
      try await outgoing.write(ByteBuffer(bytes: OperatorCommand.line(answer)))
    }
  }
}
