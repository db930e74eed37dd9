import NIOCore
import NIOHTTP1

/// The types of the network handlers, made once and by one thread, before any connection.
///
/// They are generic, and come into being where they are first used. Two event loops that use them first at the same moment crash inside
/// of the Swift 6.3 runtime (a null metadata in `swift_checkMetadataState`, under `configureUpgradableHTTPClientPipeline` on one and a
/// connection of the HTTP client on the other): three of some four thousand starts of the service ended so.
enum HandlerTypes {
  private static let decoder = ObjectIdentifier(
    ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)))
  private static let encoder = ObjectIdentifier(HTTPRequestEncoder())

  static func make() { _ = (decoder, encoder) }
}
