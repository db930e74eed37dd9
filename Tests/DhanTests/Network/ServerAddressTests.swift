import Testing

@testable import Dhan

@Suite struct ServerAddressTests {
  @Test(
    "A URL is taken apart",
    arguments: [
      ("wss://api-order-update.dhan.co", true, "api-order-update.dhan.co", 443, "", "api-order-update.dhan.co"),
      ("ws://127.0.0.1:8080/stream?a=b", false, "127.0.0.1", 8080, "/stream?a=b", "127.0.0.1:8080"),
      ("WSS://h?a", true, "h", 443, "/?a", "h"),
      ("ws://[::1]:99/", false, "::1", 99, "/", "[::1]:99"),
      ("ws://[::1]", false, "::1", 80, "", "[::1]"),
    ])
  func read(_ url: String, secure: Bool, host: String, port: Int, target: String, authority: String) throws {
    let address = try ServerAddress(url, scheme: "ws")
    #expect(address.secure == secure)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.target == target)
    #expect(address.authority == authority)
  }

  @Test(
    "What is no URL of the broker's is refused",
    arguments: [
      "", "ws", "ws://", "http://h", "h:80", "ws://:80", "ws://h:", "ws://h:0", "ws://h:65536", "ws://u:p@h",
      "ws://h/#x",
      "ws://[::1", "ws://h/a b", "ws://h/\u{e9}",
    ])
  func refused(_ url: String) {
    #expect(throws: NetworkSetupFault.self) { try ServerAddress(url, scheme: "ws") }
  }

  @Test(
    "Settings that cannot be used are refused at the start, in words that name them",
    arguments: [
      ("ftp://h", nil, nil), ("https://h", "localhost", nil), ("https://h", nil, "/nowhere.pem"),
      ("https://h", nil, "/dev/null"),
    ])
  func settings(_ url: String, _ localAddress: String?, _ trustRootsFile: String?) throws {
    let fault = try #require(throws: NetworkSetupFault.self) {
      _ = try DhanGateway(
        baseURL: url, clientID: account, token: TestToken(secret), contracts: NoContracts(),
        localAddress: localAddress, trustRootsFile: trustRootsFile, logger: .silent)
    }
    #expect(fault.description.contains(trustRootsFile ?? localAddress ?? url))
  }
}
