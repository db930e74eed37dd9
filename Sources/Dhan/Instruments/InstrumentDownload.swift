import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1

/// Fetches the instrument file into a part file, and continues one that was cut (dhan-api-v2.md §9.1: no authentication).
struct InstrumentDownload: Sendable {
  struct Limits: Sendable {
    /// How long the server may say nothing.
    var silence = Duration.seconds(30)
    var total = Duration.seconds(900)
    var bytes: Int64 = 500_000_000
    var redirects = 3
    /// A reply that was cut is continued at once, as long as each try brings something.
    var tries = 5
  }

  let address: InstrumentAddress
  let part: String
  var trustRootsFile: String?
  var limits = Limits()

  /// Returns when the part file is complete. As long as the file is held no other process takes it up.
  func run() async throws(InstrumentFault) -> PartialFile {
    let file = try PartialFile(path: part)
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    do {
      configuration.tlsConfiguration = try TransportSecurity.configuration(trustRootsFile: trustRootsFile)
    } catch {
      throw InstrumentFault(.badSource, error.text)
    }
    configuration.timeout.connect = TimeAmount(limits.silence)
    configuration.timeout.read = TimeAmount(limits.silence)
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let outcome: Result<Void, InstrumentFault>
    do {
      outcome = .success(try await fetch(into: file, client))
    } catch {
      outcome = .failure(error)
    }
    // What is still open is closed with it; there is nothing to do about a fault in closing.
    try? await client.shutdown()
    try outcome.get()
    return file
  }

  private func fetch(into file: PartialFile, _ client: HTTPClient) async throws(InstrumentFault) {
    let end = ContinuousClock.now + limits.total
    var left = limits.tries
    while true {
      left -= 1
      do {
        let outcome = try await receive(into: file, client, end: end)
        if outcome == .complete { return }
        if outcome == .worthAnotherTry, left > 0, ContinuousClock.now < end, !Task.isCancelled { continue }
      } catch {
        file.keepForLater()
        throw error
      }
      file.keepForLater()
      throw InstrumentFault(.unreachable, "\(address) broke off after \(file.length) bytes. It is tried again later.")
    }
  }

  private enum Outcome {
    case complete
    /// Cut after it had brought something, or no continuation of what we have.
    case worthAnotherTry
    case broken
  }

  /// One request and its reply.
  private func receive(
    into file: PartialFile, _ client: HTTPClient, end: ContinuousClock.Instant
  ) async throws(InstrumentFault) -> Outcome {
    let response = try await respond(to: file, client)
    let expected: Int64?
    switch response.status {
    case .ok:
      let version = response.headers.first(name: "ETag").flatMap { $0.hasPrefix("\"") ? $0 : nil }
      try file.restart(version: version)
      expected = response.headers.first(name: "Content-Length").flatMap { Int64($0) }
    case .partialContent:
      guard let range = ContentRange(response.headers.first(name: "Content-Range")), range.first == file.length,
        let version = file.version, response.headers.first(name: "ETag").map({ $0 == version }) ?? true
      else { return try startOver(file) }
      expected = range.total
    case .rangeNotSatisfiable: return try startOver(file)
    default:
      throw InstrumentFault(
        .unreachable,
        "\(address) answered \(response.status.code) instead of the instrument file. Is the address right?")
    }
    try checkSize(expected ?? 0)
    let begin = file.length
    do {
      for try await piece in response.body {
        try checkSize(file.length + Int64(piece.readableBytes))
        try piece.withUnsafeReadableBytes { try file.append($0) }
        guard ContinuousClock.now < end else { return .broken }
      }
      if expected.map({ $0 == file.length }) ?? true { return .complete }
    } catch let fault as InstrumentFault {
      throw fault
    } catch {
      // The connection ended, or nothing came for too long.
    }
    return file.length > begin ? .worthAnotherTry : .broken
  }

  private func startOver(_ file: PartialFile) throws(InstrumentFault) -> Outcome {
    try file.restart(version: nil)
    return .worthAnotherTry
  }

  private func checkSize(_ bytes: Int64) throws(InstrumentFault) {
    guard bytes <= limits.bytes else {
      throw InstrumentFault(
        .unreadable, "\(address) sends more than \(limits.bytes) bytes, which is no instrument file. Check the address."
      )
    }
  }

  /// The head of the reply, behind at most ``Limits/redirects`` redirects.
  private func respond(to file: PartialFile, _ client: HTTPClient) async throws(InstrumentFault) -> HTTPClientResponse {
    var address = address
    for _ in 0...limits.redirects {
      var request = HTTPClientRequest(url: address.url.absoluteString)
      request.headers.add(name: "User-Agent", value: "copytrade")
      request.headers.add(name: "Accept-Encoding", value: "identity")
      if file.length > 0, let version = file.version {
        request.headers.add(name: "Range", value: "bytes=\(file.length)-")
        request.headers.add(name: "If-Range", value: version)
      }
      let response: HTTPClientResponse
      do {
        response = try await client.execute(request, timeout: TimeAmount(limits.total))
      } catch {
        throw InstrumentFault(
          .unreachable, "\(address) cannot be reached: \(NetworkWords.describe(error)). Check the network.")
      }
      guard [301, 302, 303, 307, 308].contains(response.status.code),
        let location = response.headers.first(name: "Location")
      else { return response }
      address = try address.redirected(to: location)
    }
    throw InstrumentFault(.unreachable, "\(self.address) sends us on more than \(limits.redirects) times.")
  }
}

/// `bytes 100-199/200`
private struct ContentRange {
  let first: Int64
  let total: Int64?

  init?(_ text: String?) {
    guard let text, text.hasPrefix("bytes "), let dash = text.firstIndex(of: "-"), let slash = text.firstIndex(of: "/"),
      let first = Int64(text[..<dash].dropFirst(6))
    else { return nil }
    self.first = first
    self.total = Int64(text[text.index(after: slash)...])
  }
}
